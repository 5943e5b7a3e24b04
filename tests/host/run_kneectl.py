"""Runs the command line of kneectl, in this process or in one of its own."""

import os
import subprocess
import sys
from types import TracebackType

import pytest

from kneectl import cli

WAIT_S = 30  # for a process to end; only a broken one needs it


def kneectl(*arguments: str) -> int:
    """Run kneectl in this process; return its exit code."""
    with pytest.raises(SystemExit) as ended:
        cli.main(list(arguments))
    assert isinstance(ended.value.code, int)
    return ended.value.code


class Spawned(subprocess.Popen[str]):
    """A kneectl that a test which fails does not wait for."""

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is not None:
            self.kill()
        super().__exit__(kind, value, traceback)


def spawn(*arguments: str) -> Spawned:
    """Start kneectl as a process of its own."""
    command = [sys.executable, "-m", "kneectl", *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    pipe = subprocess.PIPE
    return Spawned(command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True, env=environment)
