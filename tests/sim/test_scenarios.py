"""Every scenario of sim/scenarios comes out as its file says, and every fault of the table has one."""

from pathlib import Path

import pytest

from kneesim import faults, scenario
from kneesim.play import play

FILES = scenario.all_of_them()

# What the firmware does not check yet: id of the requirement -> scenarios. Take a name out when its check is there.
WAITING = {
    "SAF-32": ("roller-jammed",),
}
_WAITS = {name for names in WAITING.values() for name in names}


def _param(path: Path):
    return pytest.param(path, id=path.stem)


@pytest.mark.parametrize("path", [_param(path) for path in FILES if path.stem not in _WAITS])
def test_a_scenario_comes_out_as_its_file_says(path: Path) -> None:
    assert not play(scenario.read(path)).failures


@pytest.mark.parametrize("path", [_param(path) for path in FILES if path.stem in _WAITS])
def test_what_waits_for_a_check_is_not_well_without_it(path: Path) -> None:
    """Whoever adds the check takes the scenario's name out above."""
    assert play(scenario.read(path)).failures


def test_what_waits_is_there() -> None:
    assert not _WAITS - {path.stem for path in FILES}


def test_every_fault_of_the_table_has_a_scenario() -> None:
    played = {(fault.place, fault.name) for path in FILES for fault in scenario.read(path).faults}
    # One place will do where several have the same.
    missing = [row.name for row in faults.TABLE if not any((place, row.name) in played for place in row.places)]
    assert not missing
