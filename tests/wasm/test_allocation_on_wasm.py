"""The tick allocates nothing on 32 bits either: an integer that outgrows the 31 bits of a small one would be an object
on the heap, here as on the chips, and not on the desktop VM.
"""

import subprocess
from collections.abc import Callable
from pathlib import Path

from test_allocation import (  # noqa: F401
    test_no_byte_is_allocated_in_a_thousand_ticks,
    test_saf_42_peripherals_allocate_nothing_and_go_off_with_no_memory_left,
)

from kneesim.engines import ROOT
from kneesim.replay import record


def test_a_recorded_session_allocates_nothing_in_its_ticks(vm: Callable[[str], list[str]], tmp_path: Path) -> None:
    recording = tmp_path / "session.txt"
    lines = record(1.5)  # across the wrap of the time, with every event there is
    recording.write_text("\n".join(lines))
    folders = [str(ROOT / folder) for folder in ("sim", "firmware", "boards/pico")]
    command = [*vm("1M"), str(Path(__file__).parent / "locked_replay.py"), *folders, str(recording)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout == f"{sum(line[0].isdigit() for line in lines)}\n", done.stderr


def test_small_integers_have_31_bits(vm: Callable[[str], list[str]], tmp_path: Path) -> None:
    script = tmp_path / "small.py"
    script.write_text(
        "import gc\n"
        "def allocated(value):\n"
        "    before = gc.mem_alloc()\n"
        "    value = value + 1\n"
        "    return gc.mem_alloc() - before\n"
        "print(allocated((1 << 30) - 2) == 0, allocated((1 << 30) - 1) > 0)\n"
    )
    done = subprocess.run([*vm("256k"), str(script)], capture_output=True, text=True, check=True)
    assert done.stdout == "True True\n"
