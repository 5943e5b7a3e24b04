"""Every scenario of sim/scenarios comes out as its file says, and every fault of the table has one."""

from pathlib import Path

import pytest
import safety_table

from kneesim import faults, scenario, trials
from kneesim.play import play

FILES = scenario.all_of_them()


def _param(path: Path):
    return pytest.param(path, id=path.stem)


@pytest.mark.parametrize("path", [_param(path) for path in FILES])
def test_a_scenario_comes_out_as_its_file_says(path: Path) -> None:
    one, measured = scenario.read(path), safety_table.measured(path.stem)
    # When everything is off for good nothing else comes, unless somebody does something; the peak is kept to the end.
    is_whole = one.acts or one.expect.states or any(told.endswith("°C") for _, told in measured)
    played = play(one, is_over=None if is_whole else trials.is_over, keeps_samples=False)
    assert not played.failures
    for what, told in measured:
        if what == "off":
            assert played.off_ms is not None
            shown = f"{played.off_ms:.0f} ms"
        elif what == "trips":
            assert played.trip_ms is not None
            shown = f"{played.trip_ms:.0f} ms"
        else:
            shown = f"{played.peak_skin_c:.2f} °C"
        assert shown == told, "docs/safety.md"


def test_every_fault_of_the_table_has_a_scenario() -> None:
    played = {(fault.place, fault.name) for path in FILES for fault in scenario.read(path).faults}
    # One place will do where several have the same.
    missing = [row.name for row in faults.TABLE if not any((place, row.name) in played for place in row.places)]
    assert not missing
