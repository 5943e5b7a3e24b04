# Settings, the session log and the date: what a device keeps, and what of it comes back after a power cut.
from link_host import Host
from massager.core import session, signals, sounds
from massager.core.programs import number_of
from massager.link import frame, rpc
from massager.store.clock import WallClock
from massager.store.journal import _is_done

NEW = {
    "favourites": ["self", "shiatsu", "vibration", "warm"],
    "unlocked": False,
    "sessions_done": 0,
    "knee": "right",
    "strap": "up",
    "session_min": 15,
    "limit": 5,
}


def records(host):
    """Return the whole log."""
    listed = host.result("log.list")
    found, seq = [], listed["first"]
    while seq < listed["next"]:
        page = host.result("log.read", seq=seq)
        found += page["records"]
        assert page["next"] > seq
        seq = page["next"]
    return found


def test_settings_of_a_new_device_and_after_changes_and_power_cuts():
    host = Host()
    assert host.result("settings.get") == NEW
    changed = dict(NEW)
    for change in (
        {"knee": "left"},
        {"strap": "down"},
        {"session_min": 5},
        {"session_min": 20},
        {"unlocked": True},
        {"favourites": ["warm", "honey", "warm", "self"], "knee": "right"},
    ):
        changed.update(change)
        assert host.result("settings.set", **change) == changed
        assert host.restarted().result("settings.get") == changed
    assert host.rig.controller.setup.cap_ms == 20 * 60000


def test_settings_that_cannot_be_are_refused_whole():
    host = Host()
    for change, words in (
        ({}, "at least one of favourites"),
        ({"knee": "middle"}, "right or left"),
        ({"knee": 1}, "right or left"),
        ({"strap": "left"}, "up or down"),
        ({"session_min": 4}, "5 to 20"),
        ({"session_min": 21}, "5 to 20"),
        ({"session_min": 7.5}, "5 to 20"),
        ({"unlocked": 1}, "true or false"),
        ({"sessions_done": 3}, "only be set to 0"),
        ({"sessions_done": False}, "only be set to 0"),
        ({"favourites": ["self"]}, "4 names"),
        ({"favourites": ["self", "self", "self", "nap"]}, "4 names"),
        ({"favourites": "self"}, "4 names"),
        ({"favourites": ["self", "self", "self", 1]}, "4 names"),
        ({"favourites": ["self", "self", "self", []]}, "4 names"),
        ({"limit": 3}, "Unknown"),
    ):
        both = dict(change)
        if change:
            both["knee"] = both.get("knee", "left")
        answer = host.ask("settings.set", **both)
        assert answer["error"]["code"] == rpc.BAD_PARAMS
        assert words in answer["error"]["message"], answer
        assert host.result("settings.get") == NEW
        assert host.files.files == {}


def test_saf_33_the_personal_limit_outlives_a_power_cut():
    host = Host()
    host.press(signals.STRENGTH)
    host.press(signals.STRENGTH, 1700)
    host.run(1100)
    again = host.restarted()
    assert again.result("settings.get")["limit"] == 2
    assert again.rig.controller.setup.strength_limit == 2
    again.result("start", program="shiatsu", strength=5)
    assert again.rig.controller.strength == 2


def test_saf_27_what_a_button_changed_in_a_session_is_kept_after_it():
    host = Host()
    host.result("start", program="shiatsu", strength=3)
    host.run(1000)
    host.result("set", limit=2)
    host.run(5000)
    assert host.files.files == {}
    host.result("stop")
    host.run(1100)
    assert host.restarted().rig.controller.setup.strength_limit == 2


def test_settings_that_are_damaged_are_those_of_a_new_device():
    for data in (
        b"",
        b"nonsense",
        b"[]",
        b'{"favourites":["x",1],"cap_ms":99999999,"limit":9,"sessions_done":-1,"left":"yes","unlocked":1,"down":0}',
        b'{"favourites":["nap",8,-1,null],"cap_ms":1.5,"limit":true,"sessions_done":"3"}',
    ):
        host = Host()
        host.keeper._settings._record.write(data)
        is_known = data.startswith(b"{")
        expected = dict(NEW)
        if not is_known:
            expected["limit"] = 1  # a low limit must not be lifted because nobody can read it any more
        host = host.restarted()
        assert host.result("settings.get") == expected, data
        assert ("store" in host.result("status")) != is_known
    assert "store" not in Host().result("status")


def test_damaged_settings_are_heard_and_told_until_they_are_set_again():
    host = Host()
    host.files.files["settings.0"] = b"\xff" * 30
    host = host.restarted()
    assert "damaged" in host.result("status")["store"]
    assert host.rig.controller.face.player.sound == sounds.REFUSED
    host.result("settings.set", knee="left")
    assert "store" not in host.result("status")
    assert "store" not in host.restarted().result("status")


def test_settings_that_could_not_be_kept_are_as_they_were():
    host = Host()
    host.files.is_full = True
    everything = {"unlocked": True, "session_min": 20, "knee": "left", "strap": "down", "favourites": ["warm"] * 4}
    assert host.error("settings.set", **everything) == rpc.REFUSED
    assert host.result("settings.get") == NEW
    assert host.error("start", program="post-op") == rpc.REFUSED


def test_settings_are_written_only_when_they_have_changed():
    host = Host()
    host.press(signals.STRENGTH)
    host.press(signals.STRENGTH, 1700)
    host.run(1100)
    before = dict(host.files.files)
    host.run(5000)
    assert host.files.files == before


def test_a_favourite_whose_program_is_gone_is_the_first_one_of_its_place():
    host = Host()
    host.rig.controller.setup.favourites = [20, 0, 21, 3]
    host.keeper.save_settings()
    assert host.restarted().result("settings.get")["favourites"] == ["self", "self", "vibration", "warm"]


def test_settings_of_the_longest_kind_fit():
    host = Host()
    setup = host.rig.controller.setup
    setup.favourites = [number_of("post-trauma")] * 4
    setup.sessions_done = 9999
    setup.cap_ms = 1200000
    host.keeper.save_settings()
    assert host.restarted().result("settings.get")["sessions_done"] == 9999


def test_a_session_is_written_down_when_it_is_over():
    host = Host()
    assert records(host) == []
    host.run(7000)
    host.result("start", program="shiatsu", strength=3)
    host.run(20000)
    assert records(host) == []
    host.result("set", heat="medium")
    host.run(100)
    host.result("set", heat="off")
    host.rig.skin(36500)
    host.run(2900)
    host.result("stop")
    host.run(100)
    (record,) = records(host)
    assert 36400 <= record.pop("skin_mc") <= 36600
    assert record == {
        "seq": 1,
        "program": "shiatsu",
        "at_s": None,
        "up_s": 7,
        "lasted_s": 23,
        "of_s": 720,
        "end": "host",
        "strength": 3,
        "heat": "medium",
    }
    assert records(host.restarted())[0]["program"] == "shiatsu"


def test_saf_02_a_session_that_came_to_the_soft_limit_says_so_in_the_log():
    host = Host()
    for mc, soft_times in ((42100, 1), (41900, None)):
        host.rig.skin(36000)
        host.result("start", program="shiatsu", strength=3)
        host.rig.skin(mc)
        host.run(2200)
        assert ("42 degrees" in host.result("status")["why"]) == (soft_times == 1)
        host.result("stop")
        host.rig.skin(36000)
        host.run(100)
        assert records(host)[-1].get("soft") == soft_times


def test_every_way_to_end_has_a_name_in_the_log():
    host = Host()
    for end in ("stop_button", "two_buttons", "host", "lease", "gap", "finished", "cap", "shortened", "fault"):
        if end == "cap":
            host.result("settings.set", session_min=5)
        host.result("start", program="post-trauma", strength=1)
        host.run(1000)
        if end == "stop_button":
            host.press(signals.STOP)
        elif end == "two_buttons":
            host.press(signals.HEAT | signals.MODE)
        elif end == "host":
            host.result("stop")
        elif end == "lease":
            host.rig.renews = False
            host.run(4000)
            host.rig.renews = True
        elif end == "gap":
            host.rig.tick(500)
        elif end == "shortened":
            host.result("set", left_s=2)
            host.run(3000)
        elif end == "fault":
            host.rig.skin(44000)
        else:
            host.rig.keeps_seen = False
            host.run_long(600000)
            host.rig.keeps_seen = True
        host.run(200)
        record = records(host)[-1]
        assert record["end"] == end, record
        assert record.get("fault") == ("skin_hot" if end == "fault" else None)
    assert [record["seq"] for record in records(host)] == list(range(1, 10))
    # For a program that grows those count that were played to the end, or to the limit and at least half.
    assert host.result("settings.get")["sessions_done"] == 2
    assert host.restarted().result("settings.get")["sessions_done"] == 2


def test_a_session_that_the_limit_ends_before_half_of_its_program_does_not_count():
    s = session.Session()
    s.length_ms = 600000
    for end, elapsed_ms, is_done in (
        (session.FINISHED, 600000, True),
        (session.CAP, 300000, True),
        (session.CAP, 299980, False),
        (session.SHORTENED, 500000, False),
        (session.BY_BUTTON, 599000, False),
        (session.BY_HOST, 599000, False),
    ):
        s.end_reason = end
        s.elapsed_ms = elapsed_ms
        assert _is_done(s) == is_done, end


def test_growing_can_be_started_anew_for_another_person():
    host = Host()
    host.rig.controller.setup.sessions_done = 12
    host.keeper.save_settings()
    host = host.restarted()
    assert host.result("settings.get")["sessions_done"] == 12
    assert host.result("settings.set", sessions_done=0)["sessions_done"] == 0
    assert host.restarted().result("settings.get")["sessions_done"] == 0


def test_the_log_is_bounded_and_its_numbers_go_on():
    host = Host()
    for _ in range(300):
        host.keeper.journal.log.append({"program": "self"})
    listed = host.restarted().result("log.list")
    assert listed["next"] == 301
    assert listed["booted"] == 301
    assert 128 <= listed["next"] - listed["first"] <= 256


def test_the_longest_records_fit_a_frame():
    host = Host()
    longest = {
        "program": "a-very-long-name",
        "at_s": 2524607999,
        "up_s": 99999999,
        "lasted_s": 1200,
        "of_s": 1200,
        "end": "two_buttons",
        "fault": "skin_short",
        "strength": 5,
        "heat": "medium",
        "skin_mc": 150000,
        "soft": 100,
    }
    for _ in range(3):
        host.keeper.journal.log.append(longest)
    assert len(records(host)) == 3


def test_a_session_that_was_changed_to_another_favourite_is_written_once_under_the_last():
    host = Host()
    host.press(signals.MODE)
    host.press(signals.MODE)
    host.run(1000)
    host.press(signals.STOP)
    host.run(100)
    assert [record["program"] for record in records(host)] == ["shiatsu"]


def test_a_log_that_cannot_be_written_is_given_up():
    host = Host()
    host.result("start", program="shiatsu")
    host.run(1000)
    host.files.is_full = True
    host.result("stop")
    host.run(1000)
    assert host.keeper.journal.pending is None
    assert host.rig.state() == session.IDLE
    assert "could not be kept" in host.result("status")["store"]
    host.files.is_full = False
    assert records(host) == []


def test_the_date_comes_from_a_host_and_is_gone_with_the_power():
    host = Host()
    for wrong in (None, "x", 1.5, -1, 1577836799, 2524608001, True):
        assert host.error("clock.set", unix_s=wrong) == rpc.BAD_PARAMS
    assert host.result("log.list")["unix_s"] is None
    assert host.result("clock.set", unix_s=1793000000) == {"unix_s": 1793000000}
    host.run_long(90000)
    listed = host.result("log.list")
    assert abs(listed["unix_s"] - 1793000090) <= 1
    assert abs(listed["up_s"] - 90) <= 1
    host.result("start", program="warm")
    host.run(1000)
    host.result("stop")
    host.run(100)
    assert abs(records(host)[0]["at_s"] - 1793000090) <= 1
    assert host.restarted().result("log.list")["unix_s"] is None


def test_setting_the_date_changes_no_time_that_protects_anybody():
    host = Host()
    host.result("start", program="warm", strength=1)
    host.run(1000)
    before = host.result("status")["left_s"]
    host.result("clock.set", unix_s=2000000000)
    host.run(20)
    assert before - host.result("status")["left_s"] <= 1


def test_the_clock_counts_across_the_wrap_of_its_ring():
    clock = WallClock((1 << 29) - 500)
    for now_ms in range(500, 100500, 500):
        clock.step(now_ms & 0x1FFFFFFF)
    assert clock.up_s == 100
    assert clock.unix_s() is None
    clock.set(1577836800)
    clock.step(102000)
    assert clock.unix_s() == 1577836802


def test_kept_methods_need_what_others_need():
    host = Host()
    for method in ("settings.get", "log.list", "log.read", "program.get"):
        answer = host.ask(method, frame.NO_CRC)
        assert answer.get("error", {}).get("code") != rpc.NEEDS_CRC, method
    for method in ("settings.set", "clock.set", "program.put", "program.check", "program.remove"):
        assert host.ask(method, frame.NO_CRC)["error"]["code"] == rpc.NEEDS_CRC, method
    assert host.error("log.read", seq=-1) == rpc.BAD_PARAMS
    assert host.result("log.read") == {"records": [], "next": 1}
