"""The core's tests once more on the real MicroPython VM, one process a file. tests/wasm runs them from here too."""

import ast
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from kneesim.engines import ROOT

CORE = ROOT / "tests/core"
HEAP = "32M"  # the tests keep the history of whole sessions
RUNNER = Path(__file__).parent / "run_tests.py"


def _cases() -> list[tuple[str, str]]:
    return [
        (path.stem, node.name)
        for path in sorted(CORE.glob("test_*.py"))
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


@cache
def _run(vm: Callable[[str], list[str]], module: str) -> str:
    command = [*vm(HEAP), str(RUNNER), module, str(ROOT / "firmware"), str(CORE)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    return done.stdout + done.stderr


@pytest.mark.parametrize(("module", "name"), _cases())
def test_on_engine(vm: Callable[[str], list[str]], module: str, name: str) -> None:
    output = _run(vm, module)
    assert f"PASS {name}\n" in output, output
