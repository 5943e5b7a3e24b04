"""Firmware with one thing changed, and what judges it: tests by their names, or the model of tests/property.

Each judge runs in a process of its own on a copy of the whole project, whose firmware, simulator and tests come first
on its path.
"""

import os
import queue
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kneesim.engines import ROOT

FIRMWARE = ROOT / "firmware"
_LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "build", "node_modules", "__pycache__", ".*_cache", "*.egg-info")
_LINKED = (".venv", "sim/wasm/node_modules")  # too large to copy, and nothing changes them
_PASSED, _FAILED, _INTERRUPTED = 0, 1, 2  # pytest's exit statuses; interrupted: it could not even be imported
_PYTEST = ("-m", "pytest", "-x", "-q", "-p", "no:cacheprovider")
_HUNG_S = 600  # far longer than all tests of any id


class MutantError(Exception):
    """A mutant cannot be made, or nothing can judge it; the message says what to do."""


@dataclass(frozen=True)
class Change:
    """A piece of a file, seen from firmware/, that stands there exactly once, and what is to stand there instead."""

    file: str
    old: str
    new: str

    def text(self, firmware: Path = FIRMWARE) -> str:
        """Return the changed file. Raises MutantError."""
        text = (firmware / self.file).read_text()
        count = text.count(self.old)
        if count != 1:
            raise MutantError(f"{self.file} has {count} times, not once: {self.old!r}")
        return text.replace(self.old, self.new)


class Copy:
    """A copy of the project; only one judge at a time may use it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(ROOT, folder, ignore=_LEFT_OUT, dirs_exist_ok=True)
        for name in _LINKED:
            if (ROOT / name).exists() and not (folder / name).exists():
                (folder / name).symlink_to((ROOT / name).resolve())
        self._changes = 0

    @contextmanager
    def changed(self, change: Change) -> Iterator[None]:
        """Keep a change in the copy for a while."""
        path = self.folder / "firmware" / change.file
        sound = path.read_text()
        self._write(path, change.text(self.folder / "firmware"))
        try:
            yield
        finally:
            self._write(path, sound)

    def _write(self, path: Path, text: str) -> None:
        path.write_text(text)
        # Python knows compiled code that is out of date by the second and the size of its source.
        self._changes += 1
        os.utime(path, (self._changes, self._changes))

    def run(self, words: Sequence[str]) -> "subprocess.CompletedProcess[str]":
        """Run Python with these words in the copy. Raises subprocess.TimeoutExpired."""
        folders = ("firmware", "sim", "host", "sim/shims", "tests", "tests/property", "tests/core")
        path = os.pathsep.join(str(self.folder / folder) for folder in folders)
        # Loading pytest's plugins would take as long as many a test does.
        environment = {**os.environ, "PYTHONPATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        return subprocess.run(
            [sys.executable, *words], cwd=self.folder, env=environment, capture_output=True, text=True, timeout=_HUNG_S
        )

    def fails(self, tests: Sequence[str]) -> str:
        """Return which of these tests fails first, "" if all pass. Raises MutantError."""
        try:
            done = self.run([*_PYTEST, *tests])
        except subprocess.TimeoutExpired:
            return "hangs"
        if done.returncode == _PASSED:
            return ""
        if done.returncode not in (_FAILED, _INTERRUPTED):
            raise MutantError(f"pytest ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        said = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
        return said[0].split(" ")[1] if said else done.stdout[-200:]

    def model_says(self) -> str:
        """Return what the model of tests/property says."""
        done = self.run(["-c", "import mutants; print(mutants.says())"])
        return done.stdout.strip().rpartition("\n")[2] or done.stderr


class Copies:
    """So many copies, for as many judges at once."""

    def __init__(self, count: int) -> None:
        self._free: queue.Queue[Copy] = queue.Queue()
        self._folder = tempfile.TemporaryDirectory(prefix="mutants-")
        for number in range(count):
            self._free.put(Copy(Path(self._folder.name) / str(number)))

    def __enter__(self) -> "Copies":
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    @contextmanager
    def borrow(self) -> Iterator[Copy]:
        """Lend a copy that nobody uses."""
        copy = self._free.get()
        try:
            yield copy
        finally:
            self._free.put(copy)
