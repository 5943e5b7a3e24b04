"""Marked sources note exactly the lines that ran, and do what they did before."""

from types import ModuleType

import pytest
from instrument import hits, instrumented

SOURCE = '''"""A module."""
import sys


class Thing:
    """A class."""

    def go(self, n):
        """A function."""
        if n == 1:
            return "one"
        elif n == 2:
            return "two"
        else:
            n = 0
        try:
            return 1 // n
        except ZeroDivisionError:
            return "none"
        finally:
            self.is_done = True


def never():
    return 1
'''
ALWAYS = {2, 5, 8, 24}


@pytest.mark.parametrize(
    ("n", "result", "ran"),
    [(1, "one", {10, 11}), (2, "two", {10, 12, 13}), (3, "none", {10, 12, 15, 16, 17, 19, 21})],
)
def test_each_line_that_ran_is_noted(monkeypatch: pytest.MonkeyPatch, n: int, result: str, ran: set[int]) -> None:
    marks = {}
    keeper = ModuleType("_hits")
    keeper.of = lambda name, lines: marks.setdefault(name, bytearray(lines + 1))  # type: ignore[attr-defined]
    monkeypatch.setitem(__import__("sys").modules, "_hits", keeper)
    names: dict = {}
    exec(instrumented(SOURCE, "a/thing.py"), names)
    thing = names["Thing"]()
    assert thing.go(n) == result
    assert names["Thing"].__doc__ == "A class."
    assert {line for line, is_hit in enumerate(marks["a/thing.py"]) if is_hit} == ALWAYS | ran


def test_hits_are_read_from_the_output() -> None:
    assert hits("PASS x\nHIT a.py 1 2\nHIT b.py\nHIT a.py 3\n") == {"a.py": {1, 2, 3}, "b.py": set()}
