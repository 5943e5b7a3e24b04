from massager.core import limits
from massager.core.slew import Slew


def test_saf_30_rises_at_most_20_percent_in_100_ms():
    slew = Slew(-1000, 1000)
    levels = [slew.step(20, 1000, 1000) for _ in range(25)]
    assert levels == [40 * (i + 1) for i in range(25)]
    assert levels[4] == 200


def test_saf_30_a_late_tick_rises_no_further_than_one_on_time():
    slew = Slew(-1000, 1000)
    assert slew.step(200, 1000, 1000) == 40


def test_saf_30_falls_and_stops_at_once():
    slew = Slew(-1000, 1000)
    for _ in range(30):
        slew.step(20, 1000, 1000)
    assert slew.step(20, 300, 1000) == 300
    assert slew.step(20, 0, 1000) == 0


def test_saf_30_reverses_through_200_ms_of_zero():
    slew = Slew(-1000, 1000)
    for _ in range(30):
        slew.step(20, 1000, 1000)
    levels = []
    for _ in range(40):
        levels.append(slew.step(20, -1000, 1000))
    zeros = levels.count(0)
    assert levels[:zeros] == [0] * zeros
    # The first zero holds from its own tick on, so `zeros` ticks are zeros * 20 ms at rest.
    assert zeros * 20 >= 200
    assert zeros * 20 <= 220
    assert levels[zeros : zeros + 3] == [-40, -80, -120]


def test_saf_30_a_rest_in_between_counts_towards_the_reversal():
    slew = Slew(-1000, 1000)
    slew.step(20, 1000, 1000)
    for _ in range(10):
        slew.step(20, 0, 1000)
    assert slew.step(20, -1000, 1000) == -40


def test_same_direction_starts_again_without_waiting():
    slew = Slew(-1000, 1000)
    slew.step(20, 1000, 1000)
    slew.step(20, 0, 1000)
    assert slew.step(20, 1000, 1000) == 40


def test_direction_is_remembered_for_as_long_as_it_takes():
    slew = Slew(-1000, 1000)
    slew.step(20, 1000, 1000)
    assert slew.step(20, 0, 1000) == 0
    assert slew.step(20, -1000, 1000) == 0
    assert limits.REVERSAL_ZERO_MS == 200


def test_saf_33_a_motor_keeps_to_its_own_range_and_to_the_cap():
    for least_pm, most_pm, want_pm, cap_pm, level_pm in (
        (-800, 800, 1000, 1000, 800),
        (-800, 800, -1000, 1000, -800),
        (-800, 800, 1000, 500, 500),
        (-800, 800, -1000, 500, -500),
        (0, 800, -1000, 1000, 0),
        (0, 800, 300, 1000, 300),
        (0, 800, 300, 0, 0),
    ):
        slew = Slew(least_pm, most_pm)
        for _ in range(30):
            slew.step(20, want_pm, cap_pm)
        assert slew.level_pm == level_pm
