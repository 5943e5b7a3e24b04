"""The limits of the checks that know how pad and skin warm are what `make study` found, those of a reading that stands
still have the margin that it wants, and it would find it again.
"""

import re
import tomllib
from typing import Any

import pytest
import safety_table

from kneesim import still, study
from kneesim.engines import ROOT
from kneesim.heat import HEAT_RANGES
from kneesim.noise import Noise
from massager.core import bounds, limits

KEPT = tomllib.loads((ROOT / "docs/thresholds.toml").read_text())
PAGE = (ROOT / "docs/thresholds.md").read_text()


@pytest.mark.parametrize("measure", study.MEASURES, ids=lambda measure: measure.limit)
def test_saf_09_10_13_and_17_limits_are_what_the_study_found(measure: study.Measure) -> None:
    limit_mc = KEPT["limits"][measure.limit]
    assert getattr(limits, measure.limit) == limit_mc == study.limit_mc(KEPT["worst_mc"][measure.limit])
    assert f"| {limit_mc / 1000:.2f} °C | `{measure.limit}` |" in PAGE


@pytest.mark.parametrize("kept", KEPT["healthy"], ids=lambda kept: str(kept["number"]))
def test_saf_04_09_10_13_and_17_the_hardest_healthy_sessions_come_out_as_they_did(kept: dict[str, Any]) -> None:
    found = study.healthy(kept["number"])
    assert (found.worst_mc, found.peak_c, found.cem43_min) == (kept["worst_mc"], kept["peak_c"], kept["cem43_min"])
    assert found.still_ms == kept["still_ms"]
    assert not found.tripped
    assert found.peak_c < study.HEALTHY_GOAL[0] and found.cem43_min <= study.HEALTHY_GOAL[1]


@pytest.mark.parametrize("kept", KEPT["calibrated"], ids=lambda kept: str(kept["number"]))
def test_saf_04_calibrated_sensors_keep_the_skin_cooler(kept: dict[str, Any]) -> None:
    found = study.calibrated(kept["number"])
    assert (found.peak_c, found.cem43_min) == (kept["peak_c"], kept["cem43_min"])
    assert found.peak_c < study.CALIBRATED_GOAL[0] and found.cem43_min <= study.CALIBRATED_GOAL[1]
    assert not found.tripped


@pytest.mark.parametrize("kept", KEPT["fault"], ids=lambda kept: f"{kept['name']}, {kept['number']}")
def test_saf_04_09_10_13_and_17_the_hardest_faults_come_out_as_they_did(kept: dict[str, Any]) -> None:
    found = study.faulty((kept["name"], kept["number"]))
    assert (found.peak_c, found.cem43_min, found.tripped) == (kept["peak_c"], kept["cem43_min"], kept["tripped"])
    assert found.peak_c < study.FAULT_GOAL[0]
    assert found.cem43_min <= study.FAULT_GOAL[1]


def test_saf_09_13_and_17_bounds_have_the_extremes_of_the_plants_ranges() -> None:
    ranges = {name: (round(least * 1000), round(most * 1000)) for name, least, most in HEAT_RANGES}
    assert ranges["contact_w_k"] == (bounds.CONTACT_LEAST_MW_K, bounds.CONTACT_MOST_MW_K)
    assert ranges["cover_w_k"][1] == bounds.COVER_MOST_MW_K
    assert ranges["ambient_c"][0] == bounds.AMBIENT_LEAST_MC
    assert ranges["core_c"] == (bounds.CORE_LEAST_MC, bounds.CORE_MOST_MC)
    to_core = [tissue + blood for tissue, blood in zip(ranges["tissue_w_k"], (10, 1700), strict=True)]
    assert to_core == [bounds.TO_CORE_LEAST_MW_K, bounds.TO_CORE_MOST_MW_K]
    assert (ranges["perfusion_rest_w_k"][0], ranges["perfusion_max_w_k"][1]) == (10, 1700)
    assert ranges["skin_j_k"] == (bounds.SKIN_LEAST_J_K * 1000, bounds.SKIN_MOST_J_K * 1000)
    assert ranges["lamp_w"][1] * 1.21 <= bounds.LAMP_MOST_MW  # at the highest supply


def test_the_rule_gives_room_to_the_worst_healthy_device() -> None:
    assert [study.limit_mc(worst_mc) for worst_mc in (-500, 0, 1, 100, 542)] == [1000, 1000, 1100, 1100, 1600]


@pytest.mark.parametrize("kept", KEPT["still"], ids=lambda kept: f"{kept['sensor']} {kept['limit']}")
def test_saf_12_limits_leave_a_healthy_reading_the_time_that_the_study_wants(kept: dict[str, Any]) -> None:
    limit_ms = getattr(limits, kept["limit"])
    assert limit_ms == kept["limit_ms"] >= study.STILL_TIMES * kept["longest_ms"] > 0
    words = f"{kept['longest_ms'] / 1000:.2f} s (session "
    rows = [line for line in PAGE.splitlines() if f"| {kept['sensor']} |" in line and f"`{kept['limit']}`" in line]
    assert len(rows) == 1 and words in rows[0] and f"| {limit_ms / 1000:.2f} s |" in rows[0]


@pytest.mark.parametrize(
    ("number", "row"),
    [
        (9, r"\| pad_ntc shows -10 °C, from \d+ s \| (\S+ °C) "),
        (10, r"\| the heater's switch is welded, and its read-back blind \| (\S+ °C) "),
        (15, r"\| healthy \| \d+ \| \S+ °C \(\d+\) \| (\S+) "),
    ],
)
def test_saf_09_10_and_15_the_safety_table_has_what_the_study_found(number: int, row: str) -> None:
    worst = max(re.findall(row, PAGE))
    assert f" {worst} " in safety_table.rows()[number]["measured"]


def test_saf_12_the_safety_table_has_the_longest_of_both_sensors() -> None:
    for limit, words in (("FROZEN_MS", "s at most"), ("FROZEN_WIDE_MS", "s at a wide code")):
        longest_ms = max(kept["longest_ms"] for kept in KEPT["still"] if kept["limit"] == limit)
        assert f" {longest_ms / 1000:.2f} {words}" in safety_table.rows()[12]["measured"]


def test_saf_12_the_study_has_each_sensor_and_limit_once() -> None:
    assert [(kept["sensor"], kept["limit"]) for kept in KEPT["still"]] == [(s.sensor, s.limit) for s in study.STAYS]
    for at, kept in enumerate(KEPT["still"]):
        assert kept["longest_ms"] == max(healthy["still_ms"][at] for healthy in KEPT["healthy"])


def test_saf_12_the_slowest_plant_comes_out_as_it_did() -> None:
    assert study.slow(KEPT["slow"]["number"]) == KEPT["slow"]["still_ms"]


def test_saf_12_wide_codes_are_those_that_the_firmware_lets_stay_for_longer() -> None:
    for raw in range(4096):
        watched = still.Still(1, 0.0)
        for _ in range(limits.FROZEN_MS // 20 + 1):
            watched.take(raw << 4 | raw >> 8, True)
        assert watched.is_frozen() == (not still.is_wide(raw)), raw
        assert watched.longest_ms[still.is_wide(raw)] == limits.FROZEN_MS


def test_the_stepped_converter_has_one_code_for_nine_steps() -> None:
    adc = still.SteppedAdc(Noise(1), noise_lsb=0)
    for wide in (512, 1536, 2560, 3584):
        read = [adc.read_u16((wide + near) * 16.0) >> 4 for near in range(-6, 7)]
        assert read == [wide - 6, wide - 5, *[wide] * 9, wide + 5, wide + 6]
    assert adc.read_u16(65535.0) == 65535
    assert adc.read_u16(0.0) == 0


def test_saf_12_time_without_heat_is_not_counted_and_seconds_far_from_a_wide_code_are_sampled() -> None:
    watched = still.Still(1, 2560 * 16.0)
    for second in range(10):
        watched.second(second, 2560 * 16.0, second < 4)
    assert watched.longest_ms[0] == 0 and 3900 <= watched.longest_ms[1] <= 4000
    far = still.Still(1, 2000 * 16.0)
    far.second(1, 2000 * 16.0, True)
    assert far.longest_ms == [0, 0]
    far.second(still.SAMPLED, 2000 * 16.0, True)
    assert far.longest_ms[0] > 0
