"""Each check of docs/safety.md made to do nothing: which lines it is, and what stands there instead.

Every requirement of the table has at least one in heat_checks.py, time_checks.py, motion_checks.py or
machine_checks.py; what the wiring does is in the simulated plant. A piece of code has to stand in its file exactly
once. What changes a limit does not belong there: laxer.py finds those by itself.
"""

from dataclasses import dataclass

from harness import Change

PLANT = "../sim/kneesim/plant.py"


@dataclass(frozen=True)
class Check:
    """One that does nothing; of: the numbers of the requirements whose tests must notice."""

    of: tuple[int, ...]
    words: str
    change: Change


def of_file(file: str, *rows: tuple[tuple[int, ...], str, str, str]) -> tuple[Check, ...]:
    """Return the checks of a file, seen from firmware/; a row: numbers, words, what stands there, what is to."""
    return tuple(Check(of, words, Change(file, old, new)) for of, words, old, new in rows)


def table() -> tuple[Check, ...]:
    """Return all of them."""
    import heat_checks
    import machine_checks
    import motion_checks
    import time_checks

    return (*heat_checks.CHECKS, *time_checks.CHECKS, *motion_checks.CHECKS, *machine_checks.CHECKS)
