"""What docs/rp2040py.md reports is still so: a version of rp2040py that has mended something fails here, and then the
page and what we do about it (sim/kneesim/pico) can be shortened.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable

import pytest

from kneesim.engines import ROOT
from kneesim.pico.image import ImageMissing, find_uf2

PROGRAMS = ROOT / "docs/rp2040py"
# What each program prints, and whether its numbers show the fault.
SHOWN: dict[str, list[tuple[str, Callable[..., bool]]]] = {
    "empty_reads": [
        (r"empty_reads: (\d+) empty packets of (\d+) in 10 ms", lambda empty, all_of: empty == all_of > 100)
    ],
    "reset_pins": [
        (r"HIGH before a reset, INPUT_PULL_DOWN after it, (\d+) changes told", lambda told: told == 0),
        (r"low for ever is high for (\d+) us after a reset", lambda us: us > 0),
    ],
    "read_back": [
        (rf"driven high by {by}, GPIO_IN reads (\d)", lambda level: level == 0) for by in ("SIO", "PWM", "PIO")
    ],
    "uart_interrupt": [(r"cleared (\d+) times for one byte, pending True", lambda times: times > 1)],
    "pwm_edges": [(r"(\d+) alarms in (\d+) ms", lambda alarms, ms: alarms >= 100 * ms)],
    "pio_look": [(r"one PIO is asked (\d+) times in (\d+) ms", lambda times, ms: times > 10_000 * ms)],
}
PROMPT = (r"at the prompt: (\d+) empty packets of (\d+) in 50 ms", lambda empty, all_of: empty == all_of > 500)


def _image() -> list[str]:
    try:
        return [str(find_uf2())]
    except ImageMissing:
        return []


def test_each_program_has_its_place_in_the_page() -> None:
    page = (ROOT / "docs/rp2040py.md").read_text()
    assert sorted(path.stem for path in PROGRAMS.glob("*.py")) == sorted(SHOWN)
    for name in SHOWN:
        assert f"(rp2040py/{name}.py)" in page


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_reported_is_still_so(name: str) -> None:
    arguments = _image() if name == "empty_reads" else []
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}  # they need none of ours
    done = subprocess.run(
        [sys.executable, str(PROGRAMS / f"{name}.py"), *arguments],
        capture_output=True,
        text=True,
        env=environment,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    for words, is_shown in SHOWN[name] + [PROMPT] * len(arguments):
        found = re.search(words, done.stdout)
        assert found, (words, done.stdout)
        assert is_shown(*map(int, found.groups())), done.stdout
