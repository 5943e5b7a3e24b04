# The ledger in the device: rest, the day and the debit, as a host and somebody at the buttons meet them.
from link_host import Host
from massager.core import faults, limits, self_tests, session, signals, sounds
from massager.core.ledger import HOURS
from massager.link import rpc

MINUTE = 60000


def tired(files=None):
    """Return a host of a device whose ledger nobody forgets, and which pays by its store."""
    host = Host(files)
    host.rig.rests = False
    host.rig.pays = False
    host.rig.keeps_seen = False
    return host


def after_cut(host):
    """Return the device after a power cut, without a battery clock."""
    again = tired(host.files)
    again.run(100)
    return again


def use(host, ms, program="warm"):
    host.result("start", program=program, strength=1)
    host.run_long(ms)
    host.result("stop")
    host.run(100)


def ledger(host):
    return host.rig.controller.ledger


def test_saf_22_a_start_is_refused_until_the_rest_is_over_and_told_how_long():
    host = tired()
    use(host, 3 * MINUTE)
    status = host.result("status")
    assert 239 <= status["rest_s"] <= 240
    assert status["day_left_s"] == 57 * 60
    assert "Start again in 4 min." in host.refusal("start", program="warm")
    host.run_long(2 * MINUTE)
    assert "Start again in 2 min." in host.refusal("start", program="warm")
    host.press(signals.MODE)
    assert host.rig.state() == session.IDLE
    assert host.rig.controller.face.player.sound == sounds.REFUSED
    host.run(40000)
    host.result("start", program="warm", strength=1)
    assert host.rig.controller.session.is_active()


def test_saf_22_what_was_not_rested_shortens_the_next_session():
    host = tired()
    use(host, 30000)
    host.result("start", program="warm", strength=1)
    host.run(200)
    assert 14 * 60 + 29 <= host.result("status")["left_s"] <= 14 * 60 + 31
    host.run_long(15 * MINUTE)
    assert host.rig.state() == session.IDLE
    assert abs(ledger(host).rest_ms - 20 * MINUTE) < 40000


def test_saf_22_pauses_are_use():
    host = tired()
    host.result("start", program="warm", strength=1)
    host.run(1000)
    host.result("pause")
    host.run_long(3 * MINUTE)
    host.result("stop")
    host.run(100)
    assert host.result("status")["rest_s"] >= 240


def test_saf_23_the_day_is_over_after_an_hour_of_sessions():
    host = tired()
    for _ in range(4):
        use(host, 15 * MINUTE)
        ledger(host).resume(20 * 60)
    words = host.refusal("start", program="warm")
    assert "60 minutes" in words
    assert "Start again in 23 h 40 min." in words
    assert host.result("status")["day_left_s"] == 0
    host.press(signals.MODE)
    assert host.rig.state() == session.IDLE
    ledger(host).resume(24 * 3600)
    host.run(20)
    host.result("start", program="warm", strength=1)


def test_saf_24_nothing_is_on_before_the_debit_is_in_flash_twice():
    host = tired()
    host.result("start", program="shiatsu", strength=5)
    seen = []
    for _ in range(200):
        host.run(20)
        copies = len([name for name in host.files.files if name.startswith("ledger")])
        seen.append((copies, host.rig.is_off()))
    assert (1, True) in seen
    assert (2, False) in seen
    assert not [copies for copies, is_off in seen if copies < 2 and not is_off]


def test_saf_24_a_power_cut_in_a_session_takes_all_of_it():
    host = tired()
    host.result("start", program="warm", strength=1)
    host.run_long(2 * MINUTE)
    again = after_cut(host)
    assert "Start again in 20 min." in again.refusal("start", program="warm")
    assert again.result("status")["day_left_s"] == 45 * 60
    again.run_long(5 * MINUTE)
    assert "Start again in 15 min." in again.refusal("start", program="warm")


def test_saf_24_a_session_that_ends_is_settled_however_it_ends():
    for end in ("stop", "button", "fault", "lease", "gap", "power"):
        host = tired()
        host.result("start", program="shiatsu", strength=1)
        host.run_long(2 * MINUTE)
        if end == "stop":
            host.result("stop")
        elif end == "button":
            host.press(signals.STOP)
        elif end == "fault":
            host.rig.skin(44000)
        elif end == "lease":
            host.rig.renews = False
            host.run(limits.LEASE_MS + 100)
        elif end == "gap":
            host.rig.tick(500)
        host.run(200)
        rest_ms = ledger(after_cut(host)).rest_ms
        if end == "power":
            assert rest_ms > 19 * MINUTE
        else:
            assert 155000 < rest_ms < 167000, end


def test_saf_24_a_session_that_cannot_be_written_down_does_not_begin():
    host = tired()
    host.files.is_full = True
    host.result("start", program="shiatsu", strength=3)
    host.run(1000)
    assert host.rig.state() == session.IDLE
    status = host.result("status")
    assert "could not be written down" in status["why"]
    assert "could not be kept" in status["store"]
    host.files.is_full = False
    host.result("start", program="shiatsu", strength=3)
    host.run(3000)
    assert not host.rig.is_off()


def test_saf_24_a_start_that_is_stopped_before_it_is_paid_for_costs_nothing():
    host = tired()
    host.result("start", program="shiatsu", strength=3)
    host.result("stop")
    host.run(100)
    assert ledger(host).rest_ms < 100
    host.result("start", program="shiatsu", strength=3)
    host.press(signals.STOP)
    assert ledger(host).rest_ms < 400
    assert ledger(after_cut(host)).rest_ms < 400


def test_saf_24_a_damaged_ledger_rests_and_says_so():
    host = tired()
    use(host, MINUTE)
    for name in ("ledger.0", "ledger.1"):
        if name in host.files.files:
            host.files.files[name] = b"\x55" * 9
    again = after_cut(host)
    assert "could not be read" in again.result("status")["store"]
    assert "Start again in 27 min." in again.refusal("start", program="warm")


def test_saf_25_and_51_no_command_moves_the_ledger():
    host = tired()
    use(host, 5 * MINUTE)
    before = host.result("status")["rest_s"]
    for method, given in (
        ("clock.set", {"unix_s": 2000000000}),
        ("settings.set", {"session_min": 20}),
        ("settings.set", {"sessions_done": 0, "unlocked": True}),
        ("stop", {}),
        ("subscribe", {"hz": 1}),
        ("log.list", {}),
        ("faults.list", {}),
    ):
        host.result(method, **given)
        host.run(20)
        assert host.error("start", program="warm") == rpc.REFUSED
    assert before - host.result("status")["rest_s"] <= 1
    assert ledger(after_cut(host)).rest_ms >= before * 1000 - 1000


def test_saf_26_the_flash_takes_its_time_for_the_debit_and_that_is_no_gap():
    host = tired()
    write = host.files.write

    def slow(name, data):
        write(name, data)
        host.rig.now_ms += 450

    host.files.write = slow
    host.result("start", program="shiatsu", strength=3)
    host.run(3000)
    assert host.rig.controller.session.is_playing()
    host.rig.tick(450)
    assert host.rig.state() == session.IDLE
    assert host.rig.controller.session.end_reason == session.GAP


def test_saf_26_a_clock_that_runs_back_while_a_session_is_paid_for_ends_it():
    host = tired()
    host.result("start", program="shiatsu", strength=3)
    host.rig.tick(-100)
    assert host.rig.state() == session.IDLE
    assert host.rig.controller.session.end_reason == session.GAP
    assert ledger(host).rest_ms == 20 * MINUTE  # who knows how long it was


def test_status_with_everything_at_its_longest_fits_a_frame():
    host = tired()
    c = host.rig.controller
    c.ledger.fear()
    c.ledger.fear()
    host.keeper.trouble = max([host.keeper.trouble, "x" * 115], key=len)
    for reason in range(len(session.END_WORDS)):
        c.session.end_reason = reason
        assert host.result("status")["rest_s"] == 3200
    c.setup.is_acknowledged = False
    assert "rest_s" in host.result("status")


def test_a_status_that_fits_no_frame_leaves_out_what_matters_least():
    host = tired()
    c = host.rig.controller
    c.ledger.fear()
    c.failed_test = max(range(len(self_tests.WORDS)), key=lambda failed: len(self_tests.WORDS[failed]))
    c.setup.is_acknowledged = False
    host.keeper.trouble = "x" * 110
    host.last_id = 999999900
    status = host.result("status")
    assert "hold HEAT" in status["why"]
    assert status["self_test"]
    c.session.state = session.FAULT
    for fault in range(1, len(faults.TABLE)):
        c.guard.latched.set(fault)
        status = host.result("status")
        assert status["remedy"] == faults.TABLE[fault][2]


def test_a_ledger_that_has_forgotten_everything_is_not_told():
    host = tired()
    assert "rest_s" not in host.result("status")
    use(host, MINUTE)
    host.run(80000)
    assert host.result("status")["rest_s"] == 0
    ledger(host).resume(HOURS * 3600)
    assert "rest_s" not in host.result("status")


def test_saf_15_the_days_heat_dose_is_kept_and_ends_the_heat_of_later_sessions():
    host = tired()
    for _ in range(4):
        host.result("start", program="warm", strength=1)
        host.run(5000)
        host.rig.controller.guard.permit.dose.ms = limits.DOSE_SESSION_MS
        host.result("stop")
        host.run(8000)
    assert 59000 < ledger(host).dose_left_ms() <= 60000
    host = after_cut(host)
    host.rig.skin(36000)
    host.result("start", program="warm", strength=1)
    host.run(5000)
    assert host.rig.controller.heater.set_mc > 0
    assert ledger(after_cut(host)).dose_left_ms() == 0  # all that was left is debited
    host.rig.controller.guard.permit.dose.ms = 60000
    host.run(40)
    assert host.rig.controller.heater.set_mc == 0
    assert "one day may give" in host.result("status")["why"]
    host.result("stop")
    host.run(20000)
    host = after_cut(host)
    assert ledger(host).dose_left_ms() == 0
    host.result("start", program="warm", strength=1)
    host.run(5000)
    assert host.rig.controller.session.is_playing()
    assert host.rig.controller.heater.set_mc == 0
    assert "one day may give" in host.result("status")["why"]
    host.result("stop")
    ledger(host).resume(HOURS * 3600)
    host.run(20)
    host.result("start", program="warm", strength=1)
    host.run(5000)
    assert host.rig.controller.heater.set_mc > 0
