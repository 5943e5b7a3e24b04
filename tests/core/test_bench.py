# What a maker tries in maintenance, one part at a time.
from link_host import Host
from massager.core import bench, limits, refusals, self_tests, signals
from massager.link import rpc


def in_maintenance():
    host = Host()
    host.rig.controller.take_start(self_tests.MAINTENANCE, self_tests.PASSED)
    return host


def keep_senses(host, level):
    host.rig.knee.heater_sense = level
    host.rig.knee.lamp_sense = level


def tried(host, what, ms=2500):
    """Try something to its end; return what was found, and the most of every output meanwhile."""
    host.result("bench.run", what=what)
    host.rig.seen.clear()
    host.run(ms)
    most = [max([abs(seen[at]) for seen in host.rig.seen]) for at in range(1, 7)]
    return host.result("bench.read"), most


def test_saf_44_in_maintenance_a_motor_turns_alone_gently_and_for_two_seconds():
    for what, at in (("roller", 1), ("roller_back", 1), ("inner", 2), ("outer", 3)):
        host = in_maintenance()
        host.rig.inputs.roller_ma = 210 if at == 1 else 0
        found, most = tried(host, what, 3500)
        assert (found["last"], found["found"], found["running"]) == (what, "ok", "")
        assert most[at - 1] == limits.GENTLE_PM
        assert [most[other] for other in (0, 1, 2) if other != at - 1] == [0, 0]
        assert most[3] == most[5] == 0  # neither heater nor lamp
        on_ms = sum([20 for seen in host.rig.seen if seen[at]])
        assert 1900 <= on_ms <= 2300, on_ms  # and what the slew takes to come down
        if at == 1:
            ways = {seen[1] > 0 for seen in host.rig.seen if seen[1]}
            assert ways == {what == "roller"}
        assert found["most_ma"] == host.rig.inputs.roller_ma


def test_saf_41_the_enable_is_tried_as_a_session_tries_it():
    host = in_maintenance()
    found, most = tried(host, "enable")
    assert (found["found"], found["running"]) == ("ok", "")
    assert 0 < found["rise_ms"] <= limits.ENABLE_RISE_MS
    assert 0 < found["fall_ms"] <= limits.LET_GO_MS
    assert most == [0, 0, 0, 0, 1, 0]
    assert host.rig.is_off()


def test_saf_41_an_enable_that_holds_on_or_never_comes_is_a_result_and_nothing_latched():
    host = in_maintenance()
    keep_senses(host, 0)
    found, _ = tried(host, "enable")
    assert (found["found"], found["rise_ms"]) == ("no_enable", 0)
    assert host.result("status")["state"] == "idle"


def test_saf_34_while_stop_is_held_the_enable_must_not_come():
    host = in_maintenance()
    assert host.refusal("bench.run", what="stop") == refusals.WORDS[refusals.STOP_UP]
    host.rig.inputs.buttons = signals.STOP
    host.run(100)
    keep_senses(host, 0)  # STOP's own contact
    assert tried(host, "stop")[0]["found"] == "no_enable"
    keep_senses(host, None)
    found, most = tried(host, "stop")
    assert found["found"] == "ok"  # it came: the contact does nothing
    assert most == [0, 0, 0, 0, 1, 0]


def test_saf_34_stop_ends_what_is_tried_at_once():
    for what in ("enable", "roller", "inner"):
        host = in_maintenance()
        host.result("bench.run", what=what)
        host.run(200)
        assert not host.rig.is_off()
        host.rig.inputs.buttons = signals.STOP
        host.run(40)
        assert host.rig.is_off()
        assert host.result("bench.read")["found"] == "cut short"
        host.rig.inputs.buttons = 0
        host.run(3000)
        assert host.rig.is_off()


def test_saf_03_a_fault_ends_what_is_tried():
    host = in_maintenance()
    host.result("bench.run", what="roller")
    host.run(600)
    host.rig.skin(43500)
    host.run(60)
    assert host.rig.is_off()
    assert host.result("bench.read")["running"] == ""
    assert host.refusal("bench.run", what="inner") == refusals.WORDS[refusals.FAULT]


def test_saf_26_a_gap_ends_what_is_tried():
    host = in_maintenance()
    host.result("bench.run", what="roller")
    host.run(600)
    host.rig.tick(limits.TICK_GAP_MS + 20)
    assert host.rig.is_off()
    assert host.result("bench.read")["found"] == "cut short"


def test_saf_44_only_in_maintenance_and_one_at_a_time():
    host = Host()
    words = refusals.WORDS[refusals.NO_MAINTENANCE]
    assert host.refusal("bench.run", what="roller") == host.refusal("bench.read") == words
    host = in_maintenance()
    host.result("bench.run", what="roller")
    assert host.refusal("bench.run", what="inner") == refusals.WORDS[refusals.TRYING]


def test_saf_27_flash_is_not_written_while_something_is_tried():
    host = in_maintenance()
    host.result("bench.run", what="roller")
    host.run(600)
    assert host.refusal("settings.set", knee="left") == refusals.WORDS[refusals.TRYING]
    assert host.refusal("image.confirm") == host.refusal("maintenance") == refusals.WORDS[refusals.TRYING]
    host.run(2000)
    assert host.result("settings.set", knee="left")["knee"] == "left"


def test_what_cannot_be_tried_is_said():
    host = in_maintenance()
    for given in ({}, {"what": "heater"}, {"what": 3}, {"what": "roller", "ms": 9}, {"what": ["roller"]}):
        assert host.error("bench.run", **given) == rpc.BAD_PARAMS
    assert host.error("bench.read", what="roller") == rpc.BAD_PARAMS


def test_every_input_is_told():
    host = in_maintenance()
    host.rig.controller.bench.floating = bench.NAMES  # as long as it can be
    host.rig.inputs.buttons = signals.STOP | signals.HEAT
    host.rig.inputs.is_rail_good = False
    host.run(100)
    found = host.result("bench.read")
    assert found["pressed"] == ["stop", "heat"]
    assert found["rail_good"] is False
    assert (found["heater_sense"], found["lamp_sense"]) == (0, 0)
    assert abs(found["skin_mc"] - host.rig.controller.sensors.skin.mc) < 100
    assert found["floating"] == list(bench.NAMES)
    assert found["last"] == found["running"] == ""
    host.rig.skin_code(65535)
    host.run(100)
    assert host.result("bench.read")["skin_mc"] is None
