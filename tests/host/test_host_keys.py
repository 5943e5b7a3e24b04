"""Single keys: read without Enter, and the terminal as it was afterwards."""

import os
import pty
import sys
import termios
from collections.abc import Iterator
from io import StringIO

import pytest

from kneectl.keys import Keys


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, int]]:
    """A pseudo-terminal as stdin: the keyboard's end and the program's end."""
    keyboard, program = pty.openpty()
    with os.fdopen(os.dup(program)) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield keyboard, program
    os.close(program)
    os.close(keyboard)


def test_keys_come_one_by_one_and_without_enter(terminal: tuple[int, int]) -> None:
    keyboard, _ = terminal
    with Keys() as keys:
        assert keys.read() is None
        os.write(keyboard, b" s+")
        assert [keys.read() for _ in range(4)] == [" ", "s", "+", None]


def test_the_terminal_is_restored_whatever_happens(terminal: tuple[int, int]) -> None:
    _, program = terminal
    before = termios.tcgetattr(program)
    keys = Keys()
    keys.__enter__()
    assert termios.tcgetattr(program) != before
    keys.__exit__(ValueError, ValueError("boom"), None)
    assert termios.tcgetattr(program) == before


def test_ctrl_c_stays_a_signal(terminal: tuple[int, int]) -> None:
    _, program = terminal
    with Keys():
        assert termios.tcgetattr(program)[3] & termios.ISIG


def test_without_a_terminal_there_are_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO("sss"))
    with Keys() as keys:
        assert keys.read() is None


def test_a_closed_stdin_has_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with Keys() as keys:
        assert keys.read() is None
