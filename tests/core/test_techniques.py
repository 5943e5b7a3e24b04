from massager.core import limits, techniques, zones
from massager.core.techniques import (
    CUE,
    HOLD,
    KNEAD,
    PRESS,
    RUB_CIRCULAR,
    RUB_LINEAR,
    RUB_SPIRAL,
    SHAKE,
    STROKE,
    TAP,
    VIBRATE,
    WAVE,
    cycle_ms,
    envelope_pm,
)

ALL = range(len(techniques.NAMES))
MOVING = [t for t in ALL if t not in techniques.STILL]
MINUTE_MS = range(0, 60000, 20)


def roller(technique):
    """Return the roller's levels over a minute, every 20 ms."""
    return [techniques.roller_pm(technique, 1000, t) for t in MINUTE_MS]


def both_sides(technique):
    """Return the inner and the outer motor's levels over a minute, every 20 ms."""
    inner = [techniques.inner_pm(technique, 1000, t) for t in MINUTE_MS]
    return inner, [techniques.outer_pm(technique, 1000, t) for t in MINUTE_MS]


def onsets(levels):
    """Return when levels leave zero, in ms."""
    return [20 * i for i in range(1, len(levels)) if levels[i] and not levels[i - 1]]


def turns(levels):
    """Return how often a roller changes direction in its levels."""
    signs = [level > 0 for level in levels if level]
    return len([i for i in range(1, len(signs)) if signs[i] != signs[i - 1]])


def test_every_technique_has_a_row_and_a_name_of_its_own():
    assert len(techniques._TABLE) == len(techniques.NAMES) == len(set(techniques.NAMES))
    assert len(set(techniques._TABLE)) == len(techniques.NAMES)


def test_envelopes_stay_in_range_and_repeat():
    for technique in ALL:
        cycle = cycle_ms(technique)
        levels = [envelope_pm(technique, t_ms) for t_ms in range(0, cycle, 10)]
        assert max(levels) == (0 if technique in techniques.STILL else 1000)
        assert min(levels) == (400 if technique == KNEAD else 0)
        assert abs(levels[0] - levels[-1]) <= 20 or technique == TAP
        assert envelope_pm(technique, cycle + 777) == envelope_pm(technique, 777)
        assert envelope_pm(technique, -1) == 0


def test_saf_30_no_technique_rises_faster_than_the_outputs_may():
    # At full strength, so that what is asked for is what is felt.
    for technique in MOVING:
        for t_ms in range(0, cycle_ms(technique)):
            rise_pm = envelope_pm(technique, t_ms + 1) - envelope_pm(technique, t_ms)
            assert rise_pm <= limits.SLEW_PM_PER_MS, techniques.NAMES[technique]


def test_motors_are_at_rest_before_their_turn():
    for technique in MOVING:
        inner, outer = both_sides(technique)
        for levels in (inner, outer, roller(technique)):
            assert levels[0] in (0, 400)
    assert [onsets(levels)[0] for levels in both_sides(WAVE) + (roller(WAVE),)] == [1520, 20, 3020]


# Rates of what can be told apart by counting: cycles a minute of the roller.
def test_rates():
    per_minute = [(technique, len(onsets(roller(technique)))) for technique in (STROKE, PRESS, VIBRATE, RUB_LINEAR)]
    assert per_minute == [(STROKE, 9), (PRESS, 8), (VIBRATE, 60), (RUB_LINEAR, 30)]
    assert len(onsets(roller(WAVE))) == 8
    assert cycle_ms(KNEAD) == 1500
    assert cycle_ms(RUB_CIRCULAR) == 2400
    assert cycle_ms(RUB_SPIRAL) == 4000


def test_a_stroke_swells_evenly_and_goes_one_way():
    rise = [t for t in range(0, 7000, 20) if 0 < envelope_pm(STROKE, t) < 1000 and t < 2000]
    fall = [t for t in range(0, 7000, 20) if 0 < envelope_pm(STROKE, t) < 1000 and t > 2000]
    assert abs(len(rise) - len(fall)) <= 2
    assert min(roller(STROKE)) == 0
    inner, outer = both_sides(STROKE)
    assert inner == outer


def test_a_press_creeps_in_dwells_and_lets_go_quickly():
    levels = [envelope_pm(PRESS, t) for t in range(0, cycle_ms(PRESS), 20)]
    top = levels.index(1000)
    dwell = levels.count(1000)
    zero = len(levels) - 1 - [level > 0 for level in reversed(levels)].index(True)
    assert top * 20 >= 2500
    assert dwell * 20 >= 2000
    assert (zero - top - dwell) * 20 <= 1000


def test_presses_and_rubbing_turn_back_and_nothing_else_does():
    # Presses lean on the same spot from both sides every 8 s, rubbing goes back and forth every 2 s.
    assert turns(roller(PRESS)) == 7
    assert turns(roller(RUB_LINEAR)) == 29
    for technique in MOVING:
        if technique not in (PRESS, RUB_LINEAR):
            assert min(roller(technique)) >= 0, techniques.NAMES[technique]


def test_what_turns_back_rests_long_enough_for_its_gear():
    ticks = limits.REVERSAL_ZERO_MS // 20
    for technique in (PRESS, RUB_LINEAR):
        levels = roller(technique)
        assert not [i for i in range(len(levels) - ticks) if levels[i] * levels[i + ticks] < 0]


def test_amplitude_grows_press_by_press_and_never_within_one():
    cycle = cycle_ms(PRESS)
    step = (PRESS, zones.THIGH, 700, 1000, 15 * cycle // 1000, 0, HOLD)
    per_press = []
    for press in range(15):
        levels = [techniques.amplitude_pm(step, press * cycle + t_ms) for t_ms in range(0, cycle, 500)]
        assert min(levels) == max(levels)
        per_press.append(levels[0])
    assert per_press[0] == 700
    assert per_press[-1] == 1000
    assert per_press == sorted(per_press)
    assert max([per_press[i + 1] - per_press[i] for i in range(14)]) <= 22


def test_amplitude_of_a_step_shorter_than_a_cycle():
    assert techniques.amplitude_pm((PRESS, zones.THIGH, 700, 1000, 3, 0, HOLD), 500) == 700


def test_level_is_amplitude_times_envelope():
    assert techniques.roller_pm(PRESS, 700, 1500) == 350
    assert techniques.roller_pm(PRESS, 700, 4000) == 700
    assert techniques.inner_pm(PRESS, 700, 4000) == 700
    assert techniques.outer_pm(PRESS, 700, 7900) == 0


def test_tremolo_throbs_once_a_second_with_both_sides_together():
    inner, outer = both_sides(VIBRATE)
    assert inner == outer
    assert cycle_ms(VIBRATE) == 1000


def test_shaking_takes_turns():
    inner, outer = both_sides(SHAKE)
    assert max(inner) == max(outer) == 1000
    assert [min(a, b) for a, b in zip(inner, outer)].count(0) == len(inner)
    assert onsets(outer)[0] - onsets(inner)[0] == 1000


def test_tapping_is_the_quickest_and_its_sides_alternate():
    inner, outer = both_sides(TAP)
    taps = sorted(onsets(inner) + onsets(outer))
    assert 198 <= len(taps) <= 200  # a minute
    assert {taps[i + 1] - taps[i] for i in range(len(taps) - 1)} == {300}
    assert cycle_ms(TAP) == min([cycle_ms(t) for t in MOVING])
    fall_ms = [t for t in range(600) if envelope_pm(TAP, t + 1) < envelope_pm(TAP, t)]
    assert len(fall_ms) <= 60  # a finger leaves the skin at once


def test_kneading_never_quite_lets_go_and_squeezes_from_both_sides_at_once():
    inner, outer = both_sides(KNEAD)
    assert inner == outer
    assert min(inner) == min(roller(KNEAD)) == 400
    for technique in MOVING:
        if technique != KNEAD:
            assert min([abs(level) for level in roller(technique)]) == 0, techniques.NAMES[technique]


def test_circles_roll_on_with_the_sides_a_quarter_apart():
    for technique in (RUB_CIRCULAR, RUB_SPIRAL):
        inner, outer = both_sides(technique)
        lag = cycle_ms(technique) // 4 // 20
        assert outer[lag:] == inner[: len(inner) - lag]
    assert cycle_ms(RUB_SPIRAL) > 1.5 * cycle_ms(RUB_CIRCULAR)


def test_a_wave_goes_from_the_far_end_to_the_near_end_slowly():
    inner, outer = both_sides(WAVE)
    begins = [onsets(outer)[1], onsets(inner)[1], onsets(roller(WAVE))[1]]
    assert [begins[1] - begins[0], begins[2] - begins[1]] == [1500, 1500]
    assert min(roller(WAVE)) == 0
    assert 20 * outer.index(1000) >= 2000


def test_holding_and_cues_move_nothing():
    assert techniques.STILL == (HOLD, CUE)
    for technique in techniques.STILL:
        inner, outer = both_sides(technique)
        assert max(inner) == max(outer) == max(roller(technique)) == 0


def test_a_cue_is_a_bend_and_a_straightening_of_the_same_length():
    assert cycle_ms(CUE) == 2 * techniques.BEND_MS


def test_only_slow_techniques_count_as_slow():
    for technique in techniques.SLOW:
        assert technique == HOLD or cycle_ms(technique) >= 5000
    for technique in (VIBRATE, SHAKE, TAP, KNEAD, RUB_LINEAR, RUB_CIRCULAR, RUB_SPIRAL, PRESS):
        assert technique not in techniques.SLOW
