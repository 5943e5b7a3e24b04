"""Every scenario of sim/scenarios comes out as its file says, and every fault of the table has one."""

from pathlib import Path

import pytest
import safety_table

from kneesim import faults, scenario
from kneesim.play import play

FILES = scenario.all_of_them()


def _param(path: Path):
    return pytest.param(path, id=path.stem)


@pytest.mark.parametrize("path", [_param(path) for path in FILES])
def test_a_scenario_comes_out_as_its_file_says(path: Path) -> None:
    played = play(scenario.read(path))
    assert not played.failures
    for what, told in safety_table.measured(path.stem):
        if what == "off":
            assert played.off_ms is not None
            found = f"{played.off_ms:.0f} ms"
        elif what == "trips":
            assert played.trip_ms is not None
            found = f"{played.trip_ms:.0f} ms"
        else:
            found = f"{played.peak_skin_c:.2f} °C"
        assert found == told, "docs/safety.md"


def test_every_fault_of_the_table_has_a_scenario() -> None:
    played = {(fault.place, fault.name) for path in FILES for fault in scenario.read(path).faults}
    # One place will do where several have the same.
    missing = [row.name for row in faults.TABLE if not any((place, row.name) in played for place in row.places)]
    assert not missing
