from knee import OPEN_CODE, SHORT_CODE, code_for
from massager.core import faults, heat_refusals, limits, sensors, signals
from massager.core.guard import Guard, cap_pm
from massager.core.stall import Stall
from rig import Board


def readings(skin_code, pad_code, offset_mc=0):
    both = sensors.Sensors(Board.SKIN_NTC_MC, Board.PAD_NTC_MC)
    both.skin.offset_mc = offset_mc
    both.pad.offset_mc = offset_mc
    inputs = signals.Inputs()
    inputs.skin_code = skin_code
    inputs.pad_code = pad_code
    for now_ms in (0, 20, 40):
        inputs.sample_ms = now_ms
        both.update(now_ms, inputs)
    return both


FINE = code_for(33000)


def guard():
    g = Guard(1000, 800, 700, True, Stall(1000, 1200))
    g.permit.refusal = heat_refusals.NONE
    return g


def asked():
    out = signals.Outputs()
    out.is_heater_on = True
    out.is_alive = True
    out.roller_pm = 1000
    out.inner_pm = 1000
    out.outer_pm = 1000
    return out


def limited(g, is_allowed=True, most_pm=1000, ticks=60):
    for _ in range(ticks):
        out = asked()
        g.limit(20, is_allowed, most_pm, out)
    return out


def is_zero(out):
    return not (out.is_heater_on or out.is_alive or out.roller_pm or out.inner_pm or out.outer_pm)


def test_saf_03_04_05_and_30_every_fault_is_found_and_nothing_goes_out():
    for skin_code, pad_code, fault in (
        (code_for(42990), FINE, faults.NONE),
        (code_for(43000), FINE, faults.SKIN_HOT),
        (FINE, code_for(45990), faults.NONE),
        (FINE, code_for(46000), faults.PAD_HOT),
        (OPEN_CODE, FINE, faults.SKIN_OPEN),
        (SHORT_CODE, FINE, faults.SKIN_SHORT),
        (FINE, OPEN_CODE, faults.PAD_OPEN),
        (FINE, SHORT_CODE, faults.PAD_SHORT),
    ):
        g = guard()
        g.check(readings(skin_code, pad_code))
        assert g.fault == fault, (faults.TABLE[fault][0], faults.TABLE[g.fault][0])
        assert is_zero(limited(g)) == (fault != faults.NONE)


def test_saf_03_and_04_cutoffs():
    assert limits.SKIN_CUTOFF_MC == 43000
    assert limits.PAD_CUTOFF_MC == 46000


def test_saf_03_and_04_a_calibration_can_bring_a_cutoff_nearer_and_never_move_it_away():
    for skin_code, pad_code, offset_mc, fault in (
        (code_for(42300), FINE, 800, faults.SKIN_HOT),
        (code_for(42100), FINE, 800, faults.NONE),
        (code_for(43000), FINE, -800, faults.SKIN_HOT),
        (FINE, code_for(45300), 800, faults.PAD_HOT),
        (FINE, code_for(46000), -800, faults.PAD_HOT),
    ):
        g = guard()
        g.check(readings(skin_code, pad_code, offset_mc))
        assert g.fault == fault, (offset_mc, faults.TABLE[g.fault][0])


# Readings, and the fault that they show.
CAUSES = (
    (code_for(44000), FINE, faults.SKIN_HOT),
    (FINE, code_for(47000), faults.PAD_HOT),
    (OPEN_CODE, FINE, faults.SKIN_OPEN),
    (FINE, OPEN_CODE, faults.PAD_OPEN),
)


def test_saf_03_04_and_05_a_fault_stays_when_its_cause_goes():
    for skin_code, pad_code, fault in CAUSES:
        g = guard()
        g.check(readings(skin_code, pad_code))
        g.check(readings(FINE, FINE))
        assert g.fault == fault
        assert is_zero(limited(g))


def test_saf_06_nothing_is_latched_before_there_are_three_samples():
    for skin_code, pad_code, _ in CAUSES:
        both = sensors.Sensors(Board.SKIN_NTC_MC, Board.PAD_NTC_MC)
        inputs = signals.Inputs()
        inputs.skin_code = skin_code  # one wild sample, the very first
        inputs.pad_code = pad_code
        g = guard()
        for now_ms in (0, 20, 40, 60):
            inputs.sample_ms = now_ms
            both.update(now_ms, inputs)
            g.check(both)
            assert g.fault == faults.NONE
            inputs.skin_code = inputs.pad_code = FINE


def test_the_first_fault_is_the_one_told():
    g = guard()
    g.check(readings(FINE, OPEN_CODE))
    g.check(readings(SHORT_CODE, OPEN_CODE))
    assert g.fault == faults.PAD_OPEN


def test_saf_03_04_and_05_acknowledging_needs_the_cause_gone_and_a_fresh_reading():
    for skin_code, pad_code, fault in CAUSES:
        g = guard()
        g.check(readings(skin_code, pad_code))
        assert not g.acknowledge(readings(skin_code, pad_code))
        stale = readings(FINE, FINE)
        stale.is_fresh = False
        assert not g.acknowledge(stale)
        assert g.fault == fault
        assert g.acknowledge(readings(FINE, FINE))
        assert g.fault == faults.NONE


def test_a_healthy_running_session_gets_what_the_caps_allow():
    out = limited(guard())
    assert (out.roller_pm, out.inner_pm, out.outer_pm) == (1000, 800, 700)
    assert out.is_heater_on
    assert out.is_alive


def test_saf_14_and_41_nothing_goes_out_unless_it_is_allowed_and_then_it_ramps_again():
    g = guard()
    assert limited(g).roller_pm == 1000
    assert is_zero(limited(g, is_allowed=False, ticks=1))
    assert limited(g, ticks=1).roller_pm == 40


def test_saf_31_the_first_minute_is_gentle():
    for elapsed_ms, most_pm in ((0, 500), (59999, 500), (60000, 1000)):
        assert cap_pm(elapsed_ms, 5) == most_pm
    assert limits.GENTLE_MS == 60000
    assert limits.GENTLE_PM == 500


def test_saf_31_and_30_leaving_the_gentle_minute_ramps_too():
    g = guard()
    assert limited(g, most_pm=500).roller_pm == 500
    assert limited(g, most_pm=1000, ticks=1).roller_pm == 540


def test_saf_33_the_personal_limit_and_the_actuators_caps_come_last():
    assert limits.STRENGTH_PM == (0, 450, 590, 725, 860, 1000)
    for strength_limit in range(1, 6):
        most_pm = cap_pm(60000, strength_limit)
        assert most_pm == limits.STRENGTH_PM[strength_limit]
        out = limited(guard(), most_pm=most_pm)
        assert out.roller_pm == most_pm
        assert out.inner_pm == min(most_pm, 800)
        assert out.outer_pm == min(most_pm, 700)


def test_saf_33_backwards_is_capped_like_forwards():
    g = guard()
    for _ in range(60):
        out = asked()
        out.roller_pm = -1000
        g.limit(20, True, 550, out)
    assert out.roller_pm == -550


def test_a_request_below_the_caps_passes():
    g = guard()
    for _ in range(60):
        out = asked()
        out.roller_pm = -333
        out.inner_pm = 222
        out.outer_pm = 0
        g.limit(20, True, 1000, out)
    assert (out.roller_pm, out.inner_pm, out.outer_pm) == (-333, 222, 0)


def test_a_side_motor_cannot_be_asked_to_turn_backwards():
    g = guard()
    out = asked()
    out.inner_pm = -500
    g.limit(20, True, 1000, out)
    assert out.inner_pm == 0


def test_every_fault_has_words_and_a_remedy():
    for fault in range(1, len(faults.TABLE)):
        name, why, remedy = faults.TABLE[fault]
        assert name and why.endswith(".") and ("hold STOP" in remedy or "have it checked" in remedy)
