from knee import code_for
from massager.core import faults, heat_refusals, limits, session, signals
from massager.core.heat_permit import HeatPermit
from massager.core.heat_start import HeatStart
from massager.core.sensors import Sensors
from massager.core.soft_limit import SoftLimit
from rig import Board, Rig


def readings(skin_mc, pad_mc=36000, offset_mc=0):
    both = Sensors(Board.SKIN_NTC_MC, Board.PAD_NTC_MC)
    both.skin.offset_mc = offset_mc
    both.pad.offset_mc = offset_mc
    inputs = signals.Inputs()
    inputs.skin_code = code_for(skin_mc)
    inputs.pad_code = code_for(pad_mc)
    both.update(0, inputs)
    return both


def test_saf_02_the_soft_limit_comes_after_2_s_at_42_degrees_and_goes_below_41():
    assert (limits.SKIN_SOFT_MC, limits.SKIN_SOFT_RELEASE_MC, limits.SKIN_SOFT_MS) == (42000, 41000, 2000)
    for mc, is_limited in ((41999, False), (42000, True)):
        limit = SoftLimit()
        for _ in range(99):
            limit.step(20, mc)
        assert not limit.is_on
        limit.step(20, mc)
        assert limit.is_on == is_limited
    assert limit.times == 1
    limit.step(20, 41000)
    assert limit.is_on
    limit.step(20, 40999)
    assert not limit.is_on


def test_saf_02_a_moment_below_42_degrees_begins_the_2_s_anew():
    limit = SoftLimit()
    for _ in range(10):
        for _ in range(99):
            limit.step(20, 42500)
        limit.step(20, 41999)
    assert (limit.is_on, limit.times) == (False, 0)


def test_saf_16_heat_begins_between_5_and_42_degrees_only():
    assert (limits.HEAT_START_LOW_MC, limits.HEAT_START_HIGH_MC) == (5000, 42000)
    for skin_mc, pad_mc, refusal in (
        (5000, 5000, heat_refusals.NONE),
        (4990, 30000, heat_refusals.TOO_COLD),
        (30000, 4990, heat_refusals.TOO_COLD),
        (41990, 41990, heat_refusals.NONE),
        (42010, 30000, heat_refusals.TOO_HOT),
        (30000, 42010, heat_refusals.TOO_HOT),
    ):
        start = HeatStart()
        start.step(readings(skin_mc, pad_mc), True)
        assert start.refusal == refusal, (skin_mc, pad_mc)


def test_saf_16_a_calibration_never_lets_heat_begin_on_hotter_skin():
    for offset_mc, mc in ((800, 41300), (-800, 42100)):
        start = HeatStart()
        start.step(readings(mc, 36000, offset_mc), True)
        assert start.refusal == heat_refusals.TOO_HOT, offset_mc


def test_saf_16_what_has_begun_goes_on_until_no_heat_is_wanted_for_a_moment():
    start = HeatStart()
    start.step(readings(4000), True)
    assert start.refusal == heat_refusals.TOO_COLD
    start.step(readings(6000), True)
    start.step(readings(42500), True)
    assert start.refusal == heat_refusals.NONE
    start.step(readings(42500), False)
    assert start.refusal == heat_refusals.NOT_WANTED
    start.step(readings(42500), True)
    assert start.refusal == heat_refusals.TOO_HOT


def spend(permit, now, minutes, is_active=True):
    """Let minutes pass and return in which of them there was no heat any more, or None."""
    for minute in range(1, minutes + 1):
        for _ in range(300):
            permit.step(200, now, is_active, True)
        if not permit.is_granted():
            return minute
    return None


def test_saf_15_a_session_may_give_2_minutes_at_43_degrees():
    assert (limits.DOSE_SESSION_MS, limits.DOSE_DAY_MS) == (120000, 540000)
    for mc, minutes in ((41000, 32), (40000, None)):  # a sixteenth and a sixty-fourth of them
        permit = HeatPermit()
        assert spend(permit, readings(mc), 40) == minutes
        assert permit.refusal == (heat_refusals.SESSION_DOSE if minutes else heat_refusals.NONE)


def test_saf_15_the_hotter_of_raw_and_calibrated_counts():
    for offset_mc, mc in ((800, 40200), (-800, 41000)):
        permit = HeatPermit()
        assert spend(permit, readings(mc, 36000, offset_mc), 40) in (32, 33), offset_mc


def test_saf_15_what_is_left_of_the_day_ends_it_sooner():
    for left_ms, minutes, refusal in (
        (60000, 16, heat_refusals.DAY_DOSE),
        (limits.DOSE_DAY_MS, 32, heat_refusals.SESSION_DOSE),
        (0, 1, heat_refusals.DAY_DOSE),
    ):
        permit = HeatPermit()
        permit.day_left_ms = left_ms
        assert spend(permit, readings(41000), 40) == minutes
        assert permit.refusal == refusal


def test_saf_15_a_dose_counts_in_a_session_only():
    permit = HeatPermit()
    assert spend(permit, readings(41000), 40, is_active=False) is None
    assert permit.dose.ms == 0


def test_every_refusal_of_heat_has_words():
    assert len(heat_refusals.WORDS) == heat_refusals.SELF_TEST + 1
    for words in heat_refusals.WORDS[heat_refusals.TOO_COLD :]:
        assert words.endswith(".")


def running(skin_mc=33000, heat=1, keeps_seen=True):
    rig = Rig()
    rig.keeps_seen = keeps_seen
    rig.skin(skin_mc)
    rig.run(100)
    rig.start(heat=heat)
    return rig


def was_heated(rig, ms):
    """Run and return whether heater or lamp was on meanwhile."""
    rig.seen = []
    rig.keeps_seen = True
    rig.run(ms)
    return any(seen[4] or seen[6] for seen in rig.seen)


def wander(rig, from_mc, to_mc):
    """Have the skin sensor go from one temperature to another, slower than a jump."""
    for mc in range(from_mc, to_mc, 50 if to_mc > from_mc else -50):
        rig.skin(mc)
        rig.run(20)
    rig.skin(to_mc)


def test_saf_02_heat_is_off_until_the_skin_is_below_41_and_the_massage_goes_on():
    rig = running(keeps_seen=False)
    # A calibration that makes the control see too little: it would go on heating.
    rig.controller.sensors.skin.offset_mc = -800
    rig.controller.heat = limits.HEAT_HIGH
    permit = rig.controller.guard.permit
    wander(rig, 33000, 42050)
    rig.run(1900)
    assert permit.refusal == heat_refusals.NONE
    rig.run(100)
    assert permit.refusal == heat_refusals.SOFT_LIMIT
    wander(rig, 42050, 41050)
    assert not was_heated(rig, 5000)
    assert rig.state() == session.RUNNING
    assert any(seen[1] for seen in rig.seen)
    rig.skin(40950)
    assert was_heated(rig, 5000)
    assert permit.soft_limit.times == 1


def test_saf_16_a_session_on_cold_skin_is_a_massage_without_heat_until_it_is_warm():
    rig = running(4000)
    assert not was_heated(rig, 5000)
    assert rig.state() == session.RUNNING
    assert any(seen[1] for seen in rig.seen)
    assert rig.controller.guard.permit.refusal == heat_refusals.TOO_COLD
    rig.skin(6000)
    assert was_heated(rig, 5000)
    assert rig.controller.guard.permit.refusal == heat_refusals.NONE


def test_saf_16_a_hot_pad_waits_too():
    rig = running()
    rig.pad(42100)
    rig.run(100)
    assert rig.controller.guard.permit.refusal == heat_refusals.NONE  # the heat had begun
    rig.controller.pause()
    rig.run(100)
    rig.controller.resume()
    assert not was_heated(rig, 5000)
    assert rig.controller.guard.permit.refusal == heat_refusals.TOO_HOT


def test_saf_15_a_used_up_dose_ends_the_heat_of_its_session_and_nothing_else():
    rig = running(keeps_seen=False)
    rig.controller.guard.permit.dose.ms = limits.DOSE_SESSION_MS - 1
    assert was_heated(rig, 5000)
    rig.controller.guard.permit.dose.ms = limits.DOSE_SESSION_MS
    assert not was_heated(rig, 5000)
    assert rig.state() == session.RUNNING
    assert any(seen[1] for seen in rig.seen)
    rig.controller.pause()
    rig.run(1000)
    rig.controller.resume()
    assert not was_heated(rig, 5000)
    rig.controller.stop()
    rig.run(100)
    rig.start()
    assert rig.controller.guard.permit.dose.ms == 0
    assert was_heated(rig, 5000)


def test_saf_15_warm_skin_counts_in_a_pause_too():
    rig = running(41000, keeps_seen=False)
    rig.run(100)
    rig.controller.pause()
    before_ms = rig.controller.guard.permit.dose.ms
    rig.run(32000)
    assert 1990 <= rig.controller.guard.permit.dose.ms - before_ms <= 2010
    rig.controller.stop()
    rig.run_long(60000)
    assert rig.controller.guard.permit.dose.ms - before_ms <= 2010


def test_saf_02_and_15_and_16_the_guard_takes_heat_away_whoever_asks_for_it():
    rig = Rig()
    guard = rig.controller.guard
    for refusal in range(heat_refusals.DAY_DOSE + 1):
        guard.permit.refusal = refusal
        rig.out.is_heater_on = True
        rig.out.is_lamp_on = True
        rig.out.is_alive = True
        guard.limit(20, True, 1000, rig.out)
        assert rig.out.is_heater_on == rig.out.is_lamp_on == (refusal == heat_refusals.NONE)
        assert rig.out.is_alive
    assert guard.fault == faults.NONE
