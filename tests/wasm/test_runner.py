"""The runner of the 32-bit MicroPython gives scripts what the desktop VM's command gives them."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest


def _run(vm: Callable[[str], list[str]], folder: Path, source: str, *words: str) -> "subprocess.CompletedProcess[str]":
    script = folder / "script.py"
    script.write_text(source)
    return subprocess.run([*vm("1M"), str(script), *words], capture_output=True, text=True)


@pytest.mark.parametrize(
    ("source", "status", "out", "err"),
    [
        ("print('done')", 0, "done\n", ""),
        ("import sys; sys.exit()", 0, "", ""),
        ("import sys; sys.exit(3)", 3, "", ""),
        ("import sys; sys.exit('no')", 1, "", "no\n"),
        ("import sys; print('x', file=sys.stderr)", 0, "", "x\n"),
        ("print(__name__)", 0, "__main__\n", ""),
    ],
)
def test_status_and_streams(
    vm: Callable[[str], list[str]], tmp_path: Path, source: str, status: int, out: str, err: str
) -> None:
    done = _run(vm, tmp_path, source)
    assert (done.returncode, done.stdout, done.stderr) == (status, out, err)


def test_an_exception_shows_its_place(vm: Callable[[str], list[str]], tmp_path: Path) -> None:
    done = _run(vm, tmp_path, "print('before')\n1 / 0\n")
    assert done.returncode == 1
    assert done.stdout == "before\n"
    assert 'script.py", line 2' in done.stderr
    assert "ZeroDivisionError" in done.stderr


def test_a_script_sees_its_own_folder_and_what_its_arguments_name(
    vm: Callable[[str], list[str]], tmp_path: Path
) -> None:
    (tmp_path / "beside.py").write_text("value = 1")
    (tmp_path / "table.txt").write_text("2\n")
    source = "import beside, sys\nprint(beside.value, open(sys.argv[1]).read().strip(), sys.argv[2])\n"
    assert _run(vm, tmp_path, source, str(tmp_path / "table.txt"), "three").stdout == "1 2 three\n"
