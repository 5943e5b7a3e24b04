"""The tick allocates nothing, so that no garbage collection can come in it."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from kneesim.launch import ROOT

HEAP = "256k"  # a bare Pico has 241 kB free


def test_no_byte_is_allocated_in_a_thousand_ticks(vm: Callable[[str], list[str]]) -> None:
    script = Path(__file__).parent / "allocation.py"
    command = [*vm(HEAP), str(script), str(ROOT / "firmware"), str(ROOT / "tests/core")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    rows = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()}
    assert int(rows.pop("control")[1]) > 0
    assert set(rows) == {"idle", "running", "button", "paused", "finishing", "fault"}
    for phase, (ticks, allocated) in rows.items():
        assert int(ticks) >= 1000
        assert allocated == "0", phase
