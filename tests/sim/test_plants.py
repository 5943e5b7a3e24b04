"""Plants for campaigns: corners first, then anything within the ranges, the same from the same seed."""

import math

from kneesim import plants
from kneesim.heat import HeatParams
from kneesim.inprocess import Device
from massager.core import self_tests, sensors


def test_corners_come_first_and_the_hottest_first_of_all() -> None:
    corners = list(plants.corners())
    assert len(corners) == 2 ** len(plants.CORNER_AXES)
    assert len({tuple(sorted(corner.items())) for corner in corners}) == len(corners)
    hottest = corners[0]
    assert hottest["heat.contact_w_k"] == 3.0
    assert hottest["heat.perfusion_max_w_k"] == 0.2
    assert hottest["supply_v"] == 5.5
    assert hottest["fold_times"] == 3.0
    drawn = list(plants.sample(10, most_corners=4))
    assert [one.values for one in drawn[:4]] == corners[:4]
    assert set(drawn[4].values) == set(plants.RANGES)


def test_the_sensors_of_the_hottest_corner_show_too_little() -> None:
    hottest = next(plants.corners())
    with Device(plant=plants.params_of(hottest)) as device:
        for name, table in (("skin_ntc", device.board.SKIN_NTC_MC), ("pad_ntc", device.board.PAD_NTC_MC)):
            ntc = getattr(device.plant, name)
            codes = [ntc.read(43.0, 0) for _ in range(100)]
            shown_mc = sum(sensors.table_mc(table, code) for code in codes) / len(codes)
            assert 42_000 < shown_mc < 42_600


def test_draws_lie_within_their_ranges_reach_both_ends_and_repeat() -> None:
    drawn = list(plants.sample(2000, seed=3, most_corners=0))
    extremes = plants.Extremes(plants.RANGES)
    for one in drawn:
        extremes.note(one.values)
    for name, (least, most) in plants.RANGES.items():
        smallest, largest = extremes.found[name]
        assert least <= smallest <= least + (most - least) / 20, name
        assert most - (most - least) / 20 <= largest <= most, name
    assert [one.values for one in plants.sample(20, seed=3)] == [one.values for one in plants.sample(20, seed=3)]
    assert [one.values for one in plants.sample(300, seed=4)] != [one.values for one in plants.sample(300, seed=3)]


def test_the_true_pad_covers_the_safety_case() -> None:
    for fact, times, least, most in (("PAD_MW", "pad_w_times", 4, 10), ("PAD_MJ_K", "pad_j_times", 20, 80)):
        ends = [plants.RANGES[fact][end] * plants.RANGES[times][end] / 1000 for end in (0, 1)]
        assert math.isclose(ends[0], least, rel_tol=0.001)
        assert math.isclose(ends[1], most, rel_tol=0.001)


def test_a_drawn_plant_is_what_the_device_gets() -> None:
    (drawn,) = plants.sample(1, seed=9, most_corners=0)
    with Device(plant=drawn.params(), facts=drawn.facts()) as device:
        board, plant = device.board, device.plant
        assert int(drawn.values["PAD_MW"]) == board.PAD_MW
        assert board.PAD_MM2 >= 2 * board.PAD_MW
        assert math.isclose(plant.pad_w, board.PAD_MW / 1000 * drawn.values["pad_w_times"])
        assert int(drawn.values["ROLLER_STALL_MA"]) == board.ROLLER_STALL_MA
        assert board.ROLLER_LIMIT_MA >= 1.19 * board.ROLLER_STALL_MA
        assert not self_tests.is_roller_too_strong(board.ROLLER_LIMIT_MA, board.ROLLER_NMM_A, board.ROLLER_LEVER_MM)
        assert plant.heat.contact_w_k == drawn.values["heat.contact_w_k"]
        true_j_k = board.PAD_MJ_K / 1000 * drawn.values["pad_j_times"]
        assert math.isclose(plant.heat.pad_j_k, true_j_k - drawn.values["heat.element_j_k"])
    with Device() as device:
        assert HeatParams().pad_w * 1000 == device.board.PAD_MW  # the facts were that device's alone
