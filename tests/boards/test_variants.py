"""Boards that differ in little are what boards/variants.py makes of the boards that they differ from."""

import runpy
import subprocess
import sys

import pytest

from kneesim.boards import check, reading
from kneesim.engines import ROOT

SCRIPT = ROOT / "boards/variants.py"
VARIANTS = runpy.run_path(str(SCRIPT))


def facts(name: str) -> dict[str, object]:
    """Return what a board file says."""
    return reading.read(check.find(name).read_text()).facts


def test_the_files_are_what_the_script_writes() -> None:
    done = subprocess.run([sys.executable, str(SCRIPT), "--check"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "Every variant is as it should be.\n"), "python boards/variants.py"


@pytest.mark.parametrize(
    ("name", "base", "differs"),
    [
        ("pico_w", "pico", {"NAME"}),
        ("pico2", "pico", {"NAME", "CHIP", "SCRATCH_AT"}),
        ("pico2_w", "pico2", {"NAME"}),
    ],
)
def test_what_differs_is_what_the_board_needs_and_no_more(name: str, base: str, differs: set[str]) -> None:
    there, here = facts(base), facts(name)
    assert {key for key in here if here[key] != there[key]} == differs


def test_another_chip_keeps_pad_roller_and_dividers() -> None:
    there, here = facts("esp32"), facts("esp32s3")
    same = {key for key in here if here[key] == there[key]}
    assert {key for key in here if key.startswith(("PAD_M", "ROLLER_", "SKIN_", "PAD_NTC", "INNER", "OUTER_C"))} <= same


def test_a_variant_of_what_its_base_has_not_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    board_text = VARIANTS["board_text"]
    wrong = {"mine": {"base": "pico", "title": "Mine", "why": "", "lines": "PIN_HAETER = 7"}}
    monkeypatch.setitem(board_text.__globals__, "variants", lambda: wrong)
    with pytest.raises(VARIANTS["VariantError"], match="PIN_HAETER"):
        board_text("mine")
