"""The limits of the checks that know how pad and skin warm are what `make study` found, and it would find it again."""

import tomllib
from typing import Any

import pytest

from kneesim import study
from kneesim.engines import ROOT
from kneesim.heat import HEAT_RANGES
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
