"""The store's tests once more on the real MicroPython VM, one process a file; and the store on the chip's own kind of
file system, littlefs, which the VM has.
"""

import ast
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from kneesim.engines import ROOT

STORE = ROOT / "tests/store"
HEAP = "8M"
HERE = Path(__file__).parent


def _cases() -> list[tuple[str, str]]:
    return [
        (path.stem, node.name)
        for path in sorted(STORE.glob("test_*.py"))
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


@cache
def _run(vm: Callable[[str], list[str]], module: str) -> str:
    folders = [str(ROOT / "firmware"), str(ROOT / "sim"), str(STORE)]
    command = [*vm(HEAP), str(HERE / "run_tests.py"), module, *folders]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    return done.stdout + done.stderr


@pytest.mark.parametrize(("module", "name"), _cases())
def test_store_on_vm(vm: Callable[[str], list[str]], module: str, name: str) -> None:
    output = _run(vm, module)
    assert f"PASS {name}\n" in output, output


def test_the_store_on_littlefs_survives_a_cut_at_each_block_write(vm: Callable[[str], list[str]]) -> None:
    command = [*vm(HEAP), str(HERE / "littlefs_cuts.py"), str(ROOT / "firmware")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    cuts = {line.split()[0]: [int(number) for number in line.split()[1:]] for line in done.stdout.splitlines()}
    assert set(cuts) == {"record", "log"}
    for name, (count, olds, news) in cuts.items():
        assert count > 100, name
        assert olds and news, name
        assert olds + news == count, name
