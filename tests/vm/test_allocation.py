"""The tick allocates nothing, so that no garbage collection can come in it."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from kneesim.engines import ROOT

HERE = Path(__file__).parent
HEAP = "512k"  # a bare Pico has 241 kB free, in words half as long


def _rows(command: list[str]) -> dict[str, list[str]]:
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()}


def test_no_byte_is_allocated_in_a_thousand_ticks(vm: Callable[[str], list[str]]) -> None:
    script = str(HERE / "allocation.py")
    rows = _rows([*vm(HEAP), script, str(ROOT / "firmware"), str(ROOT / "tests/core")])
    assert int(rows.pop("control")[1]) > 0
    assert set(rows) == {
        *("idle", "starting", "running", "button", "paused", "finishing", "fault"),
        *("wave", "layer", "cue", "lamp", "growing"),
    }
    for phase, (ticks, allocated) in rows.items():
        assert int(ticks) >= 1000
        assert allocated == "0", phase


def test_saf_42_peripherals_allocate_nothing_and_go_off_with_no_memory_left(vm: Callable[[str], list[str]]) -> None:
    script = str(HERE / "hardware_allocation.py")
    rows = _rows([*vm(HEAP), script, str(ROOT / "firmware"), str(ROOT / "boards/pico")])
    assert rows == {"device": ["1000", "0"], "off": ["1", "0"]}
