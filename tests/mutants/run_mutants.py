"""`make mutants`: breaks each protection of docs/safety.md, one at a time, and sees whether its tests notice.

    python tests/mutants [--json] [--jobs N] [--model] [SAF-03 | 3]...

Each constant in a requirement's row is made laxer, and each of its checks does nothing; the tests whose names carry
the id must fail. --model instead breaks what tests/property/mutants.py lists, and the model there must say which
requirement it was. Exit status 1 if something survives; the unchanged firmware has to pass first.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path

import checks
import harness
import laxer
import mutants as model
import safety_table
from harness import Change, Copies, Copy, MutantError
from rich.console import Console
from rich.progress import Progress

_TIERS = ("core", "store", "property", "boards", "sim", "vm", "wasm", "host", "pico")  # quick ones first
_BUILT_BEFORE = "frozen"  # its tests see an image, and no change of a source


@dataclass(frozen=True)
class Mutant:
    """A change that weakens a requirement; `judge` lets what must notice it do so, and "" means that nothing did."""

    of: str
    name: str
    change: Change


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: which test failed, or what the model said."""

    of: str
    name: str
    file: str
    is_killed: bool
    by: str
    took_s: float


def requirement(words: str) -> int:
    """Return the number of an id like SAF-03 or 3."""
    number = int(words.upper().removeprefix("SAF-"))
    if number not in safety_table.rows():
        raise ValueError
    return number


def of_requirement(number: int) -> list[Mutant]:
    """Return all mutants of a requirement."""
    found = laxer.of_requirement(number)
    found += [(check.words, check.change) for check in checks.table() if number in check.of]
    return [Mutant(f"SAF-{number:02}", name, change) for name, change in found]


def of_model(name: str) -> Mutant:
    """Return a mutant that the model has to notice."""
    file, old, new, says = model.MUTANTS[name]
    return Mutant(says, name, Change("massager/" + file, old, new))


def tests_of(number: int) -> list[str]:
    """Return the tests that carry an id, the quick ones first."""

    def tier(test: tuple[Path, str]) -> str:
        return test[0].relative_to(safety_table.TESTS).parts[0]

    changed = [test for test in safety_table.tests()[number] if tier(test) != _BUILT_BEFORE]
    found = sorted(changed, key=lambda test: (_TIERS.index(tier(test)), test[0]))
    return [f"{path.relative_to(harness.ROOT).as_posix()}::{name}" for path, name in found]


def by_tests(tests: dict[str, list[str]]) -> Callable[[Copy, Mutant], str]:
    """Return what has a requirement's tests judge a mutant."""
    return lambda copy, mutant: copy.fails(tests[mutant.of])


def by_model(copy: Copy, mutant: Mutant) -> str:
    """Have the model judge a mutant: it must say which requirement is broken."""
    said = copy.model_says()
    return said if said.startswith("caught: AssertionError") and mutant.of in said else ""


def judge(mutants: list[Mutant], judge_one: Callable[[Copy, Mutant], str], jobs: int) -> Iterator[Verdict]:
    """Judge each mutant, several at once, in the order in which they are done. Raises MutantError."""

    def one(mutant: Mutant) -> Verdict:
        with copies.borrow() as copy, copy.changed(mutant.change):
            began_s = time.monotonic()
            by = judge_one(copy, mutant)
            took_s = round(time.monotonic() - began_s, 1)
        return Verdict(mutant.of, mutant.name, mutant.change.file, bool(by), by, took_s)

    with Copies(jobs) as copies, ThreadPoolExecutor(jobs) as pool:
        try:
            for done in as_completed([pool.submit(one, mutant) for mutant in mutants]):
                yield done.result()
        finally:
            pool.shutdown(cancel_futures=True)


def check_sound(numbers: list[int], tests: dict[str, list[str]], jobs: int) -> None:
    """Raise MutantError if the tests fail on the unchanged firmware."""
    nothing = Change("boot.py", "Which image starts", "Which image starts")
    for verdict in judge([Mutant(f"SAF-{n:02}", "unchanged", nothing) for n in numbers], by_tests(tests), jobs):
        if verdict.is_killed:
            raise MutantError(f"{verdict.of}: {verdict.by} fails on the unchanged firmware")


def main() -> int:
    """Break, judge and tell."""
    parser = argparse.ArgumentParser(prog="python tests/mutants", description=__doc__.split("\n")[0])
    parser.add_argument("ids", nargs="*", metavar="ID", help="SAF-03 or 3; with --model a mutant's name (default: all)")
    parser.add_argument("--model", action="store_true", help="have the model of tests/property judge its own list")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once")
    options = parser.parse_args()
    try:
        if options.model:
            chosen, judge_one = [of_model(name) for name in options.ids or model.MUTANTS], by_model
        else:
            numbers = [requirement(words) for words in options.ids] or sorted(safety_table.rows())
            chosen = [mutant for number in numbers for mutant in of_requirement(number)]
            tests = {f"SAF-{number:02}": tests_of(number) for number in numbers}
            judge_one = by_tests(tests)
    except (KeyError, ValueError) as e:
        parser.error(f"there is no such id or mutant: {e}")
    verdicts: list[Verdict] = []
    console = Console(stderr=True)
    try:
        with Progress(console=console, disable=not sys.stderr.isatty()) as progress:
            if not options.model:
                task = progress.add_task("unchanged", total=None)
                check_sound(numbers, tests, options.jobs)
                progress.remove_task(task)
            task = progress.add_task("mutants", total=len(chosen))
            for verdict in judge(chosen, judge_one, options.jobs):
                verdicts.append(verdict)
                progress.advance(task)
                if not options.json:
                    print(_told(verdict), flush=True)
    except MutantError as e:
        print(f"mutants: {e}", file=sys.stderr)
        return 2
    survivors = [verdict for verdict in verdicts if not verdict.is_killed]
    if options.json:
        print(json.dumps([asdict(verdict) for verdict in verdicts], indent=2))
    else:
        print(f"{len(verdicts) - len(survivors)} of {len(verdicts)} noticed")
        for verdict in survivors:
            print(_told(verdict))
    return 1 if survivors else 0


def _told(verdict: Verdict) -> str:
    how = "noticed " if verdict.is_killed else "SURVIVES"
    return f"{how} {verdict.of} {verdict.name} ({verdict.file}, {verdict.took_s} s) {verdict.by}"
