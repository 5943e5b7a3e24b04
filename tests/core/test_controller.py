from knee import OPEN_CODE, SHORT_CODE
from massager.core import faults, limits, refusals, ring, session, signals, techniques, zones
from rig import SHIATSU, Rig


def test_saf_48_nothing_runs_by_itself_after_power_up():
    rig = Rig()
    rig.run_long(60000)
    assert rig.state() == session.IDLE
    assert rig.controller.session.end_reason == session.POWER_UP  # nothing has ended, so nothing ran
    assert [row[1:] for row in rig.seen] == [(0, 0, 0, False, False, False)] * len(rig.seen)


def test_a_session_moves_and_heats():
    rig = Rig()
    rig.start()
    rig.run(4500)  # the last tick of a second is without heat
    assert rig.state() == session.RUNNING
    assert rig.out.roller_pm > 0
    assert rig.out.is_heater_on
    assert rig.out.is_alive


def test_saf_48_a_session_starts_at_low_heat_whatever_is_asked():
    rig = Rig()
    rig.start(heat=3)
    assert rig.controller.heat == limits.HEAT_LOW
    rig.run(100)
    assert rig.controller.heater.set_mc == 37000


def test_saf_48_high_heat_is_forgotten_with_its_session():
    rig = Rig()
    rig.start()
    rig.press(signals.HEAT, 100)
    rig.press(signals.HEAT, 100)
    assert rig.controller.heat == limits.HEAT_HIGH
    rig.controller.stop()
    rig.start()
    assert rig.controller.heat == limits.HEAT_LOW


def test_saf_48_a_host_cannot_ask_for_high_heat():
    rig = Rig()
    rig.start()
    assert rig.controller.adjust(-1, limits.HEAT_HIGH, -1, -1) == refusals.OK
    assert rig.controller.heat == limits.HEAT_MEDIUM


def test_saf_04_the_pads_dose_is_counted_in_a_session_and_its_pauses():
    rig = Rig()
    rig.start(heat=2)
    rig.knee.pad.lie_mc = 43000 - rig.controller.sensors.pad.mc
    c = rig.controller
    for _ in range(2):
        before_ms = c.heater.pad_dose.ms
        rig.run(1000)
        assert 300 <= c.heater.pad_dose.ms - before_ms <= 2000
        c.pause()
    c.stop()
    rig.run(1000)
    assert c.heater.pad_dose.ms - before_ms <= 2000


def test_saf_01_heat_button_goes_through_the_levels_and_round():
    rig = Rig()
    rig.start(heat=0)
    seen = []
    for _ in range(5):
        rig.press(signals.HEAT, 100)
        seen.append(rig.controller.heater.set_mc)
    assert seen == [37000, 39000, 41000, 0, 37000]


def test_saf_34_stop_ends_every_state_at_its_first_sample():
    for prepare in ("idle", "running", "paused", "fault"):
        rig = Rig()
        if prepare != "idle":
            rig.start()
            rig.run_long(90000)
        if prepare == "paused":
            rig.controller.pause()
        if prepare == "fault":
            rig.skin(44000)
            rig.run(100)
        rig.inputs.buttons = signals.STOP
        rig.tick()
        assert rig.is_off(), prepare
        rig.inputs.buttons = 0
        rig.run(1000)
        assert rig.is_off(), prepare
        if prepare in ("running", "paused"):
            assert rig.controller.session.end_reason == session.BY_BUTTON


def test_saf_34_no_start_and_no_resume_while_stop_is_down():
    rig = Rig()
    rig.inputs.buttons = signals.STOP
    rig.run(100)
    assert rig.controller.start(0, 1, 1, False) == refusals.STOP_DOWN
    rig = Rig()
    rig.start()
    rig.controller.pause()
    rig.inputs.buttons = signals.STOP
    rig.tick()
    assert rig.controller.resume() == refusals.NO_SESSION


def test_saf_30_pause_stop_and_fault_go_straight_to_zero():
    for how in ("pause", "stop", "fault"):
        rig = Rig()
        rig.start(strength=5)
        rig.run_long(90000)
        while not rig.out.roller_pm and not rig.out.inner_pm:
            rig.tick()
        if how == "pause":
            rig.controller.pause()
        elif how == "stop":
            rig.controller.stop()
        else:
            rig.pad(47000)
            rig.tick()  # the median wants a second sample
        rig.tick()
        assert rig.is_off(), how


def test_saf_30_no_output_of_a_whole_session_rises_faster_than_the_slew():
    rig = Rig()
    rig.start(strength=5)
    rig.run_long(70000)
    rig.run(30000)
    rig.controller.pause()
    rig.run(1000)
    rig.controller.resume()
    rig.run(60000)
    rig.run_long(600000)
    assert rig.state() == session.IDLE
    before = (0, 0, 0, 0)
    for row in rig.seen:
        for motor in (1, 2, 3):
            assert abs(row[motor]) - abs(before[motor]) <= 40
            assert row[motor] * before[motor] >= 0
        before = row


def test_saf_30_the_roller_rests_200_ms_before_it_turns_back():
    rig = Rig()
    rig.start(strength=5)
    rig.run_long(200000)
    rig.seen = []
    rig.run(150000)
    last_sign = 0
    zero_ms = 0
    reversals = 0
    for row in rig.seen:
        sign = (row[1] > 0) - (row[1] < 0)
        if sign == 0:
            zero_ms += 20
            continue
        if last_sign and sign != last_sign:
            reversals += 1
            assert zero_ms >= 200
        last_sign = sign
        zero_ms = 0
    assert reversals > 10


def test_saf_31_the_first_minute_of_a_session_is_gentle():
    rig = Rig()
    rig.start(strength=5)
    rig.run_long(59000)
    rig.run(980)
    assert max([abs(row[1]) for row in rig.seen]) <= 500
    assert max([row[2] for row in rig.seen]) <= 500


def test_saf_31_the_gentle_minute_is_a_minute_of_running():
    rig = Rig()
    rig.start(strength=5)
    rig.use_steps((techniques.STROKE, zones.THIGH, 1000, 1000, 600, 0, techniques.HOLD))
    rig.run_long(20000)
    rig.controller.pause()
    rig.run_long(60000)
    rig.controller.resume()
    rig.run_long(39000)
    rig.run(960)
    assert max([abs(row[1]) for row in rig.seen]) == 500
    rig.run_long(30000)
    assert max([abs(row[1]) for row in rig.seen]) == 1000


def test_saf_33_nothing_exceeds_the_personal_limit():
    rig = Rig()
    rig.start(strength=5)
    assert rig.controller.adjust(-1, -1, -1, 2) == refusals.OK
    assert rig.controller.strength == 2
    rig.run_long(500000)
    cap_pm = limits.STRENGTH_PM[2]
    for row in rig.seen:
        assert max(abs(row[1]), row[2], row[3]) <= cap_pm


def test_saf_33_the_strength_button_wraps_at_the_personal_limit():
    rig = Rig()
    rig.start(strength=1)
    rig.controller.adjust(-1, -1, -1, 3)
    seen = []
    for _ in range(4):
        rig.press(signals.STRENGTH, 100)
        seen.append(rig.controller.strength)
    assert seen == [2, 3, 1, 2]


def test_saf_33_the_personal_limit_only_goes_down_and_outlives_the_session():
    rig = Rig()
    rig.start()
    rig.controller.adjust(-1, -1, -1, 2)
    assert rig.controller.adjust(-1, -1, -1, 3) == refusals.HIGHER
    rig.controller.stop()
    rig.start(strength=5)
    assert rig.controller.strength == 2


def test_saf_33_nothing_acts_on_the_kneecap_or_the_hollow():
    for zone in (zones.KNEECAP, zones.HOLLOW):
        rig = Rig()
        rig.start(strength=5)
        rig.use_steps((techniques.PRESS, zone, 1000, 1000, 300, 0, techniques.HOLD))
        first = len(rig.seen)
        rig.run_long(100000)
        assert max([abs(row[1]) + row[2] + row[3] for row in rig.seen[first:]]) == 0


def test_saf_03_skin_at_43_degrees_is_off_within_two_samples_and_latched():
    rig = Rig()
    rig.start()
    rig.run(5000)
    rig.skin(43010)
    rig.tick()
    rig.tick()
    assert rig.is_off()
    assert rig.state() == session.FAULT
    rig.skin(33000)
    rig.run(10000)
    assert rig.is_off()
    assert rig.controller.start(0, 1, 1, False) == refusals.FAULT


def test_control_goes_by_the_calibrated_temperature():
    for offset_mc, is_heated in ((0, True), (800, False)):
        rig = Rig()
        rig.controller.sensors.skin.offset_mc = offset_mc
        rig.skin(36500)
        rig.pad(37500)
        rig.start(heat=1)
        rig.run(5000)
        assert any(seen[4] for seen in rig.seen) == is_heated, offset_mc


def test_saf_05_each_sensor_open_and_short_is_off_within_two_samples():
    for is_skin in (True, False):
        for code in (OPEN_CODE, SHORT_CODE):
            rig = Rig()
            rig.start()
            rig.run(5000)
            if is_skin:
                rig.skin_code(code)
            else:
                rig.pad_code(code)
            rig.tick()
            rig.tick()
            assert rig.is_off()
            assert rig.state() == session.FAULT


def test_a_long_press_of_stop_acknowledges_once_the_cause_is_gone():
    rig = Rig()
    rig.start()
    rig.skin(44000)
    rig.run(100)
    rig.press(signals.STOP, 2000)
    assert rig.state() == session.FAULT
    rig.skin(36000)
    rig.press(signals.STOP, 300)
    assert rig.state() == session.FAULT
    rig.press(signals.STOP, 2000)
    assert rig.state() == session.IDLE
    assert rig.controller.guard.fault == faults.NONE
    rig.start()


def test_saf_51_a_press_of_stop_begun_before_the_fault_acknowledges_nothing():
    # Somebody grabs STOP because it burns, and lets go: that acknowledges no fault they have not been told of.
    rig = Rig()
    rig.inputs.buttons = signals.STOP
    rig.run(3000)
    rig.skin(44000)
    rig.run(100)
    rig.skin(36000)
    rig.run(1000)
    rig.inputs.buttons = 0
    rig.run(200)
    assert rig.state() == session.FAULT


def test_saf_51_no_command_starts_anything_in_a_fault_or_clears_it():
    rig = Rig()
    rig.start()
    rig.skin(44000)
    rig.run(100)
    rig.skin(36000)
    c = rig.controller
    assert c.start(SHIATSU, 1, 1, True) == refusals.FAULT
    for command in (lambda: c.start(SHIATSU, 1, 1, True), c.stop, c.pause, c.resume, c.renew):
        command()
        rig.run(1000)
        assert rig.state() == session.FAULT
        assert rig.is_off()


def test_saf_41_nothing_is_on_without_a_session_that_runs_whatever_is_asked_for():
    def ask_for_everything(out):
        out.is_heater_on = out.is_lamp_on = out.is_alive = True
        out.roller_pm = out.inner_pm = out.outer_pm = 1000

    rig = Rig()
    rig.controller._request = ask_for_everything
    rig.run(1000)
    assert rig.is_off()
    rig.start()
    rig.run(1000)
    assert rig.out.is_alive
    rig.controller.pause()
    rig.tick()
    assert rig.is_off()
    rig.controller.resume()
    rig.run(1000)
    assert rig.out.is_alive
    rig.controller.stop()
    rig.tick()
    assert rig.is_off()


def test_another_button_held_long_acknowledges_nothing():
    rig = Rig()
    rig.skin(44000)
    rig.run(100)
    rig.skin(36000)
    rig.inputs.buttons = signals.MODE
    rig.run(3000)
    rig.inputs.buttons = signals.MODE | signals.STOP
    rig.run(60)
    rig.inputs.buttons = 0
    rig.run(200)
    assert rig.state() == session.FAULT


def test_a_pause_forgets_the_heat_it_was_asked_for():
    rig = Rig()
    rig.start()
    rig.run(5000)
    assert rig.controller.heater.set_mc == 37000
    rig.controller.pause()
    rig.run(40)
    assert (rig.controller.heater.set_mc, rig.controller.heater.duty_pm) == (0, 0)


def test_a_broken_stop_wire_acknowledges_nothing():
    rig = Rig()
    rig.skin(44000)
    rig.run(100)
    rig.skin(36000)
    rig.inputs.buttons = signals.STOP
    rig.run(60000)
    assert rig.state() == session.FAULT


def test_saf_26_a_gap_over_200_ms_turns_everything_off():
    for gap_ms, survives in ((200, True), (220, False), (10000, False), (ring.MASK // 2 + 500, False), (-40, False)):
        rig = Rig()
        rig.start()
        rig.run(5000)
        rig.tick(gap_ms)
        assert (rig.state() == session.RUNNING) == survives, gap_ms
        if not survives:
            assert rig.is_off()
            assert rig.controller.session.end_reason == session.GAP


def test_saf_26_a_session_crosses_the_ring_wrap_unchanged():
    plain = Rig(now_ms=1000)
    wrapped = Rig(now_ms=ring.MASK - 21000)
    for rig in (plain, wrapped):
        rig.start()
        rig.run(40000)
    assert [row[1:] for row in plain.seen] == [row[1:] for row in wrapped.seen]


def test_saf_14_stale_samples_stop_everything_until_they_are_fresh_again():
    rig = Rig()
    rig.start()
    rig.run(3000)
    rig.is_sampling = False
    rig.run(200)
    assert not rig.is_off()
    rig.tick()
    assert rig.is_off()
    rig.run(5000)
    assert rig.is_off()
    assert rig.state() == session.RUNNING
    rig.is_sampling = True
    rig.run(100)
    assert rig.out.is_alive


def test_saf_14_no_start_on_stale_samples():
    rig = Rig()
    rig.is_sampling = False
    rig.run(400)
    assert rig.controller.start(0, 1, 1, False) == refusals.STALE


def test_saf_20_cap_holds_through_pause_resume_and_set():
    rig = Rig()
    rig.start()
    rig.use_steps((techniques.STROKE, zones.THIGH, 700, 700, 3600, 3, techniques.HOLD))
    elapsed_ms = 0
    while rig.controller.session.is_active() and elapsed_ms < 1200000:
        rig.controller.pause()
        rig.run_long(17000)
        rig.controller.resume()
        rig.controller.adjust(3, 2, -1, -1)
        rig.run_long(23000)
        elapsed_ms += 40000
    assert rig.controller.session.end_reason == session.CAP
    starts = [row[0] for row in rig.seen if row[5]]
    assert starts[-1] - starts[0] <= limits.SESSION_CAP_MS


def test_saf_50_only_a_press_of_mode_frees_a_session_from_its_lease():
    rig = Rig()
    rig.start()
    rig.renews = False
    rig.press(signals.MODE, 100)
    assert rig.state() == session.RUNNING
    rig.run(60000)
    assert rig.state() == session.RUNNING
    rig.press(signals.MODE, 100)
    assert rig.state() == session.PAUSED
    rig.press(signals.MODE, 100)
    assert rig.state() == session.RUNNING


def test_saf_50_without_renewal_everything_is_off_after_3_s():
    rig = Rig()
    rig.start()
    rig.renews = False
    rig.run(2980)
    assert not rig.is_off()
    rig.tick()
    assert rig.is_off()
    assert rig.controller.session.end_reason == session.LEASE


def test_a_change_is_whole_or_not_at_all():
    rig = Rig()
    rig.start(strength=3)
    assert rig.controller.adjust(5, 2, 5000, -1) == refusals.LONGER
    assert (rig.controller.strength, rig.controller.heat) == (3, limits.HEAT_LOW)
    assert rig.controller.adjust(5, 2, 60, 6) == refusals.HIGHER
    assert (rig.controller.strength, rig.controller.heat) == (3, limits.HEAT_LOW)
    assert rig.controller.adjust(5, 2, 60, 4) == refusals.OK
    assert (rig.controller.strength, rig.controller.heat) == (4, limits.HEAT_MEDIUM)
    assert rig.controller.session.left_ms() == 60000


def test_commands_without_a_session_are_refused_and_stop_is_not():
    c = Rig().controller
    assert c.pause() == refusals.NO_SESSION
    assert c.resume() == refusals.NO_SESSION
    assert c.renew() == refusals.NO_SESSION
    assert c.adjust(1, -1, -1, -1) == refusals.NO_SESSION
    assert c.stop() == refusals.OK


def test_a_second_start_is_refused_and_changes_nothing():
    rig = Rig()
    rig.start(strength=3)
    rig.run(1000)
    assert rig.controller.start(0, 5, 0, False) == refusals.ACTIVE
    assert rig.controller.strength == 3
    assert rig.controller.session.is_leased


def test_every_refusal_has_words():
    numbers = [value for value in refusals.__dict__.values() if type(value) is int]
    assert len(refusals.WORDS) == max(numbers) + 1 == len(numbers)


def test_presses_grow_up_to_the_chosen_strength_and_never_past_it():
    rig = Rig()
    rig.start(strength=3)
    rig.run_long(100000)
    rig.run(140000)
    rig.run_long(480000)
    most = max([abs(row[1]) for row in rig.seen])
    assert most == limits.STRENGTH_PM[3]
    thigh = [abs(row[1]) for row in rig.seen if 112000 <= row[0] - rig.begun_ms < 232000]
    per_press = [max(thigh[i * 400 : i * 400 + 400]) for i in range(15)]
    assert per_press[0] < per_press[-1]
    assert per_press == sorted(per_press)


def test_saf_26_a_button_let_go_in_a_gap_starts_nothing():
    rig = Rig()
    rig.inputs.buttons = signals.MODE
    rig.run(100)
    rig.inputs.buttons = 0
    rig.tick()
    rig.tick(5000)
    rig.run(1000)
    assert rig.state() == session.IDLE
