"""Every scenario of sim/scenarios comes out as its file says, and every fault of the table has one."""

from pathlib import Path

import pytest

from kneesim import faults, scenario
from kneesim.play import play

FILES = scenario.all_of_them()


def _param(path: Path):
    return pytest.param(path, id=path.stem)


@pytest.mark.parametrize("path", [_param(path) for path in FILES])
def test_a_scenario_comes_out_as_its_file_says(path: Path) -> None:
    assert not play(scenario.read(path)).failures


def test_every_fault_of_the_table_has_a_scenario() -> None:
    played = {(fault.place, fault.name) for path in FILES for fault in scenario.read(path).faults}
    # One place will do where several have the same.
    missing = [row.name for row in faults.TABLE if not any((place, row.name) in played for place in row.places)]
    assert not missing
