"""The tests of core and store once more on the real MicroPython VM, one process a file. tests/wasm runs them from here
too.
"""

import ast
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from kneesim.engines import ROOT

HEAP = "32M"  # the tests keep the history of whole sessions
RUNNER = Path(__file__).parent / "run_tests.py"
TIERS = ("core", "store")


def _cases() -> list[tuple[str, str, str]]:
    return [
        (tier, path.stem, node.name)
        for tier in TIERS
        for path in sorted((ROOT / "tests" / tier).glob("test_*.py"))
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


@cache
def _run(vm: Callable[[str], list[str]], tier: str, module: str) -> str:
    folders = [str(ROOT / folder) for folder in ("firmware", "sim", f"tests/{tier}")]
    done = subprocess.run([*vm(HEAP), str(RUNNER), module, *folders], capture_output=True, text=True, timeout=900)
    return done.stdout + done.stderr


@pytest.mark.parametrize(("tier", "module", "name"), _cases())
def test_on_engine(vm: Callable[[str], list[str]], tier: str, module: str, name: str) -> None:
    output = _run(vm, tier, module)
    assert f"PASS {name}\n" in output, output
