from massager.core import techniques, zones
from massager.core.programs import BUILT_IN
from massager.core.steps import FROM_PM, HEAT, LENGTH_S, TECHNIQUE, TO_PM, ZONE, total_s

ALL = range(len(techniques.NAMES))


def steps_of(name):
    return dict(BUILT_IN)[name]


def step(technique, length_s=60):
    return (technique, zones.SIDES, 1000, 1000, length_s, 0)


def both_sides(technique):
    """Return the inner and the outer motor's levels over a minute, every 20 ms."""
    s = step(technique)
    times_ms = range(0, 60000, 20)
    return [techniques.level_pm(s, t) for t in times_ms], [techniques.outer_pm(s, t) for t in times_ms]


def test_envelopes_stay_in_range_and_begin_and_end_at_rest():
    for technique in ALL:
        cycle_ms = techniques.cycle_ms(technique)
        levels = [techniques.envelope_pm(technique, t_ms) for t_ms in range(0, cycle_ms, 10)]
        assert min(levels) == 0
        assert max(levels) == (0 if technique == techniques.HOLD else 1000)
        assert levels[0] == 0
        assert levels[-1] <= 20
        assert techniques.envelope_pm(technique, cycle_ms + 777) == techniques.envelope_pm(technique, 777)


def test_a_stroke_swells_evenly_and_goes_one_way():
    rise = [t for t in range(0, 7000, 20) if 0 < techniques.envelope_pm(techniques.STROKE, t) < 1000 and t < 2000]
    fall = [t for t in range(0, 7000, 20) if 0 < techniques.envelope_pm(techniques.STROKE, t) < 1000 and t > 2000]
    assert abs(len(rise) - len(fall)) <= 2
    assert [techniques.roller_sign(techniques.STROKE, t) for t in range(0, 30000, 3500)] == [1] * 9


def test_a_press_creeps_in_dwells_and_lets_go_quickly():
    cycle_ms = techniques.cycle_ms(techniques.PRESS)
    levels = [techniques.envelope_pm(techniques.PRESS, t) for t in range(0, cycle_ms, 20)]
    top = levels.index(1000)
    dwell = levels.count(1000)
    zero = len(levels) - 1 - [level > 0 for level in reversed(levels)].index(True)
    assert top * 20 >= 2500
    assert dwell * 20 >= 2000
    assert (zero - top - dwell) * 20 <= 1000


def test_presses_turn_the_roller_forward_and_back():
    cycle_ms = techniques.cycle_ms(techniques.PRESS)
    assert [techniques.roller_sign(techniques.PRESS, k * cycle_ms + 100) for k in range(5)] == [1, -1, 1, -1, 1]


def test_amplitude_grows_press_by_press_and_never_within_one():
    cycle_ms = techniques.cycle_ms(techniques.PRESS)
    step = (techniques.PRESS, zones.THIGH, 700, 1000, 15 * cycle_ms // 1000, 0)
    per_press = []
    for press in range(15):
        levels = [techniques.amplitude_pm(step, press * cycle_ms + t_ms) for t_ms in range(0, cycle_ms, 500)]
        assert min(levels) == max(levels)
        per_press.append(levels[0])
    assert per_press[0] == 700
    assert per_press[-1] == 1000
    assert per_press == sorted(per_press)
    assert max([per_press[i + 1] - per_press[i] for i in range(14)]) <= 22


def test_amplitude_of_a_step_shorter_than_a_cycle():
    assert techniques.amplitude_pm((techniques.PRESS, zones.THIGH, 700, 1000, 3, 0), 500) == 700


def test_level_is_amplitude_times_envelope():
    step = (techniques.PRESS, zones.THIGH, 700, 700, 8, 0)
    assert techniques.level_pm(step, 1500) == 350
    assert techniques.level_pm(step, 4000) == 700
    assert techniques.level_pm(step, 7900) == 0


def test_programs_use_what_exists_and_fit_the_cap():
    for name, steps in BUILT_IN:
        assert 5 * 60 <= total_s(steps) <= 15 * 60, name
        for step in steps:
            assert step[TECHNIQUE] in ALL
            assert step[ZONE] in range(len(zones.NAMES))
            assert 0 <= step[FROM_PM] <= step[TO_PM] <= 1000
            assert step[LENGTH_S] > 0
            assert 0 <= step[HEAT] <= 3


def test_tremolo_throbs_once_a_second_with_both_sides_together():
    inner, outer = both_sides(techniques.VIBRATE)
    assert inner == outer
    assert techniques.cycle_ms(techniques.VIBRATE) == 1000


def test_shaking_takes_turns():
    inner, outer = both_sides(techniques.SHAKE)
    assert max(inner) == max(outer) == 1000
    assert [min(a, b) for a, b in zip(inner, outer)].count(0) == len(inner)


def test_rubbing_turns_back_faster_than_pressing():
    assert techniques.cycle_ms(techniques.RUB_LINEAR) * 3 < techniques.cycle_ms(techniques.PRESS)
    assert [techniques.roller_sign(techniques.RUB_LINEAR, t) for t in range(100, 8000, 2000)] == [1, -1, 1, -1]


def test_circles_roll_on_with_the_sides_a_quarter_apart():
    for technique in (techniques.RUB_CIRCULAR, techniques.RUB_SPIRAL):
        cycle_ms = techniques.cycle_ms(technique)
        inner, outer = both_sides(technique)
        lag = cycle_ms // 4 // 20
        assert outer[lag:] == inner[: len(inner) - lag]
        assert {techniques.roller_sign(technique, t) for t in range(0, 20000, 100)} == {1}


def test_holding_moves_nothing():
    inner, outer = both_sides(techniques.HOLD)
    assert max(inner) == max(outer) == 0


def test_warm_is_heat_alone_for_15_minutes():
    steps = steps_of("warm")
    assert {s[TECHNIQUE] for s in steps} == {techniques.HOLD}
    assert total_s(steps) == 900


def test_self_massage_follows_its_text():
    # 12 to 17 minutes: light stroking upwards, the sides, rubbing, easy strokes to finish.
    steps = steps_of("self")
    assert 12 * 60 <= total_s(steps) <= 15 * 60
    order = [s[TECHNIQUE] for s in steps]
    assert order[:2] == [techniques.STROKE] * 2
    assert [s[ZONE] for s in steps[:2]] == [zones.CALF, zones.THIGH]
    assert order.index(techniques.RUB_CIRCULAR) < order.index(techniques.RUB_LINEAR)
    assert steps[order.index(techniques.RUB_CIRCULAR)][ZONE] == zones.SIDES
    assert order[-1] == techniques.STROKE


def test_vibration_is_tremolo_and_alternation_at_the_sides():
    steps = steps_of("vibration")
    assert {s[ZONE] for s in steps} == {zones.SIDES}
    assert {techniques.VIBRATE, techniques.SHAKE} <= {s[TECHNIQUE] for s in steps}


def test_no_step_ends_in_the_middle_of_a_cycle():
    for _, steps in BUILT_IN:
        for step in steps:
            assert step[LENGTH_S] * 1000 % techniques.cycle_ms(step[TECHNIQUE]) == 0


def test_shiatsu_follows_its_text():
    # Begins and ends with strokes; presses in between grow up to the person's own limit; 12 minutes; the joint
    # itself and the hollow of the knee are left alone.
    steps = steps_of("shiatsu")
    assert total_s(steps) == 720
    assert steps[0][TECHNIQUE] == techniques.STROKE
    assert steps[-1][TECHNIQUE] == techniques.STROKE
    presses = [step for step in steps if step[TECHNIQUE] == techniques.PRESS]
    assert presses[0][FROM_PM] == min([step[FROM_PM] for step in presses])
    assert presses[-1][TO_PM] == 1000
    assert {step[ZONE] for step in steps} == {zones.THIGH, zones.SIDES, zones.CALF}
