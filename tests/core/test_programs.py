# What the built-in programs are made of, asserted figure by figure against what they follow (docs/programs.md).
from massager.core import limits, programs, techniques, zones
from massager.core.programs import BUILT_IN
from massager.core.steps import FROM_PM, HEAT, LENGTH_S, SIDES, TECHNIQUE, TO_PM, ZONE, total_s
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
    VIBRATE,
    WAVE,
    cycle_ms,
)
from massager.core.zones import CALF, THIGH
from massager.link import checks


def of(name):
    return programs.steps(programs.number_of(name))


def kinds(steps):
    return {step[TECHNIQUE] for step in steps}


def order(steps):
    return [step[TECHNIQUE] for step in steps]


def cycles(step):
    return step[LENGTH_S] * 1000 // cycle_ms(step[TECHNIQUE])


def test_there_is_one_of_each_name_and_the_first_is_self():
    names = [row[0] for row in BUILT_IN]
    assert names == (
        ["self", "shiatsu", "vibration", "warm", "russian", "swedish", "finnish", "eastern", "classic"]
        + ["post-trauma", "post-op", "honey", "infrared", "joinmax"]
    )
    for number in range(len(names)):
        assert programs.number_of(names[number]) == number
    assert programs.number_of("nap") == -1
    assert programs.number_of(None) == -1


def test_all_obey_the_rules_of_users_programs():
    # Slow at first, growing gradually, never past the person's limit, easy at the end, within the most a session lasts.
    for name, _, _, steps in BUILT_IN:
        assert checks.check(steps) == [], name


def test_no_step_ends_in_the_middle_of_a_cycle():
    for name, _, _, steps in BUILT_IN:
        for step in steps:
            assert step[LENGTH_S] * 1000 % cycle_ms(step[TECHNIQUE]) == 0, name


def test_lengths_are_10_to_15_minutes_and_the_session_cap_ends_what_is_longer():
    for name, _, _, steps in BUILT_IN:
        if name != "warm":
            assert 10 * 60 <= total_s(steps) <= 15 * 60, name
    assert total_s(of("warm")) * 1000 == limits.SESSION_CAP_MOST_MS


def test_all_that_move_begin_with_slow_movements_for_a_minute_and_finish_with_easy_ones():
    for name, _, _, steps in BUILT_IN:
        assert steps[0][TECHNIQUE] in techniques.SLOW, name
        moving = [step for step in steps if step[TECHNIQUE] not in techniques.STILL]
        if name not in ("warm", "honey", "post-op"):
            assert moving[-1][TECHNIQUE] == STROKE, name
            assert moving[-1][TO_PM] == 700, name


def test_no_program_acts_on_the_kneecap_or_in_the_hollow_of_the_knee():
    for name, _, _, steps in BUILT_IN:
        assert {step[ZONE] for step in steps} <= {zones.THIGH, zones.SIDES, zones.CALF}, name


def test_strength_never_shrinks_to_where_a_side_motor_stands_still():
    for name, _, _, steps in BUILT_IN:
        for step in steps:
            if step[TECHNIQUE] not in techniques.STILL:
                assert min(step[FROM_PM], step[TO_PM]) >= 650, name
                assert step[FROM_PM] <= step[TO_PM] <= 1000, name


def test_warm_is_heat_alone_for_15_to_20_minutes():
    assert kinds(of("warm")) == {HOLD}
    assert limits.SESSION_CAP_MS == 15 * 60000
    assert limits.SESSION_CAP_MOST_MS == 20 * 60000


def test_self_is_12_to_17_minutes_of_stroking_sides_rubbing_and_easy_strokes():
    steps = of("self")
    assert 12 * 60 <= total_s(steps) <= 15 * 60
    assert order(steps) == [STROKE, STROKE, RUB_CIRCULAR, STROKE, RUB_LINEAR, RUB_LINEAR, KNEAD, STROKE]
    assert [step[ZONE] for step in steps[:2]] == [CALF, THIGH]  # upwards
    assert steps[2][ZONE] == zones.SIDES
    assert steps[3][SIDES] == STROKE  # the whole knee: roller and both sides
    for step in steps[4:6]:
        assert step[FROM_PM] == step[TO_PM]  # rubbing without increased pressure


def test_shiatsu_presses_from_small_to_the_most_and_never_turns_away_from_growing():
    steps = of("shiatsu")
    assert total_s(steps) == 720
    assert kinds(steps) == {STROKE, PRESS}
    presses = [step for step in steps if step[TECHNIQUE] == PRESS]
    assert presses[0][FROM_PM] == min([step[FROM_PM] for step in presses]) == 700
    assert presses[-1][TO_PM] == 1000
    for step in presses:
        assert step[TO_PM] <= 800 or step[ZONE] != zones.SIDES  # shallow at the joint itself


def test_vibration_is_tremolo_and_alternation_at_the_sides():
    steps = of("vibration")
    assert {step[ZONE] for step in steps} == {zones.SIDES}
    assert order(steps) == [STROKE, VIBRATE, SHAKE, VIBRATE, STROKE]


def test_russian_is_stroking_and_rubbing_of_all_kinds_and_nothing_else():
    assert kinds(of("russian")) == {STROKE, RUB_LINEAR, RUB_CIRCULAR, RUB_SPIRAL}


def test_swedish_is_stroking_and_rubbing_and_movements_of_the_joint():
    steps = of("swedish")
    assert kinds(steps) == {STROKE, RUB_LINEAR, RUB_CIRCULAR, CUE}
    assert [cycles(step) for step in steps if step[TECHNIQUE] == CUE] == [10, 10]
    assert order(steps).index(CUE) > order(steps).index(RUB_LINEAR)  # only when it is warmed up


def test_finnish_is_short_shallow_kneading_with_many_repeats():
    kneads = [step for step in of("finnish") if step[TECHNIQUE] == KNEAD]
    assert sum([cycles(step) for step in kneads]) == 240
    assert max([step[TO_PM] for step in kneads]) == 750
    assert zones.SIDES in [step[ZONE] for step in kneads]  # the painful area
    assert RUB_LINEAR in kinds(of("finnish"))
    assert CUE in kinds(of("finnish"))


def test_eastern_is_deep_kneading_of_thigh_and_calf_and_waves_towards_the_heart():
    steps = of("eastern")
    kneads = [step for step in steps if step[TECHNIQUE] == KNEAD]
    assert [step[ZONE] for step in kneads] == [CALF, THIGH, CALF, THIGH]  # from far to near
    assert min([step[FROM_PM] for step in kneads]) > 750
    assert {step[TO_PM] for step in kneads} == {1000}
    waves = [step for step in steps if step[TECHNIQUE] == WAVE]
    assert len(waves) == 3
    assert {step[SIDES] for step in waves} == {WAVE}


def test_classic_has_three_parts_three_cycles_and_each_action_3_to_6_times():
    steps = of("classic")
    for step in steps:
        assert 3 <= cycles(step) <= 6, step
    cycle = programs._CLASSIC_CYCLE
    assert steps[7 : 7 + 3 * len(cycle)] == cycle * 3
    first, last = steps[:7], steps[7 + 3 * len(cycle) :]
    assert order(first)[2:] == [KNEAD, SHAKE, STROKE, KNEAD, SHAKE]  # knead, shake and stroke the thigh, and again
    assert order(cycle) == [STROKE, RUB_CIRCULAR, RUB_LINEAR, RUB_SPIRAL, KNEAD, SHAKE, STROKE]
    assert order(last) == [CUE, STROKE, SHAKE, STROKE]


def test_post_trauma_follows_its_order_with_the_least_load():
    steps = of("post-trauma")
    assert order(steps) == [STROKE, SHAKE, PRESS, RUB_LINEAR, KNEAD, VIBRATE, STROKE]
    assert max([step[TO_PM] for step in steps]) == 750
    assert programs.flags(programs.number_of("post-trauma")) == programs.GROWS


def test_the_growing_strength_rises_evenly_over_30_sessions():
    grown = [programs.grown_pm(done) for done in range(40)]
    assert grown[0] == limits.STRENGTH_PM[1]
    assert grown[30] == limits.STRENGTH_PM[5]
    assert grown[29] < limits.STRENGTH_PM[5]
    assert {grown[i + 1] - grown[i] for i in range(30)} <= {18, 19}
    assert set(grown[30:]) == {limits.STRENGTH_PM[5]}


def test_post_op_is_a_slow_low_wave_from_the_far_end_without_heat_and_locked():
    steps = of("post-op")
    assert kinds(steps) == {WAVE}
    assert [step[ZONE] for step in steps] == [CALF, THIGH, CALF]
    assert {step[SIDES] for step in steps} == {WAVE}
    assert {step[TO_PM] for step in steps} == {700}
    assert {step[HEAT] for step in steps} == {limits.HEAT_OFF}
    assert programs.flags(programs.number_of("post-op")) == programs.LOCKED | programs.GENTLE


def test_honey_warms_rubs_in_soft_circles_and_keeps_warm():
    steps = of("honey")
    assert order(steps) == [HOLD, RUB_CIRCULAR, HOLD]
    assert max([step[TO_PM] for step in steps]) == 750
    assert {step[HEAT] for step in steps} == {limits.HEAT_HIGH}
    assert total_s(steps) == 900
    # 10 to 15 minutes, then 15, then warm: the parts stand to each other as there, as far as the cap lets them.
    assert 10 * steps[1][LENGTH_S] <= 15 * steps[0][LENGTH_S] <= 15 * steps[1][LENGTH_S]


def test_infrared_rubs_under_the_lamp():
    assert kinds(of("infrared")) == {STROKE, RUB_LINEAR, RUB_CIRCULAR, RUB_SPIRAL}
    assert programs.flags(programs.number_of("infrared")) == programs.INFRARED


def test_joinmax_kneads_vibrates_and_heats_most_all_at_once():
    steps = of("joinmax")
    assert order(steps) == [STROKE, KNEAD, KNEAD, KNEAD, KNEAD, STROKE]
    assert [step[SIDES] for step in steps[1:5]] == [VIBRATE, VIBRATE, SHAKE, VIBRATE]
    assert {step[HEAT] for step in steps} == {limits.HEAT_HIGH}
    assert steps[4][TO_PM] == 1000


def test_no_two_programs_are_alike():
    assert len({row[3] for row in BUILT_IN}) == len(BUILT_IN)


def test_flags_are_those_that_the_manual_names():
    flagged = {row[0]: row[2] for row in BUILT_IN if row[2]}
    assert flagged == {
        "post-trauma": programs.GROWS,
        "post-op": programs.LOCKED | programs.GENTLE,
        "infrared": programs.INFRARED,
    }
    assert SHAKE in kinds(of("classic"))
