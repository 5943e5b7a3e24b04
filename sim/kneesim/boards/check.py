"""Checks a board file by every rule, and keeps an unsafe one from being simulated."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from kneesim.boards import dividers, parts, pins, reading, shape
from kneesim.boards.finding import Finding
from kneesim.chips import KINDS
from kneesim.engines import ROOT

FOLDER = ROOT / "boards"
_FILE = "board.py"


class UnreadableBoard(ValueError):
    """There is no such board file, or it cannot be read."""


class UnsafeBoard(ValueError):
    """The board file breaks a rule; the text has a line for each."""


@dataclass(frozen=True)
class Report:
    """What was found in a board file, its facts as far as it has any, and what its maker has to know of a safe one."""

    path: Path
    findings: tuple[Finding, ...]
    facts: dict[str, Any]
    notes: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """Return a line for each finding: where, and in words."""
        return [f"{self.path}:{finding.line or 1}: {finding.words} [{finding.rule}]" for finding in self.findings]


def names() -> list[str]:
    """Return the names of the boards that come with the project."""
    return sorted(path.parent.name for path in FOLDER.glob(f"*/{_FILE}"))


def find(what: str) -> Path:
    """Return the board file of a board's name, of a folder, or itself. Raises UnreadableBoard."""
    path = Path(what)
    if path.is_file():
        return path
    for folder in (path, FOLDER / what):
        if (folder / _FILE).is_file():
            return folder / _FILE
    raise UnreadableBoard(f"There is no board file {what}. Say a folder that holds a {_FILE}, or {', '.join(names())}.")


def check(text: str) -> tuple[list[Finding], dict[str, Any]]:
    """Return what is wrong with a board file's text, and its facts. Pins and parts are looked at once all facts are
    there and of the right type.
    """
    try:
        found = reading.read(text)
    except reading.BoardError as error:
        return [Finding("file", "", str(error), error.line)], {}
    findings = list(shape.check(found.facts))
    if not findings:
        findings = list(_rules(found.facts))
    return [replace(finding, line=found.lines.get(finding.name, 0)) for finding in findings], found.facts


def _rules(facts: dict[str, Any]) -> Iterable[Finding]:
    board, kind = SimpleNamespace(**facts), KINDS[facts["CHIP"]]
    yield from pins.check(board, kind)
    yield from parts.check(board)
    yield from dividers.check(board, kind)


def report(path: Path) -> Report:
    """Return what is wrong with a board file. Raises UnreadableBoard."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UnreadableBoard(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UnreadableBoard(f"{path} is no text: save it as UTF-8.") from error
    findings, facts = check(text)
    if findings:
        return Report(path, tuple(findings), facts)
    return Report(path, (), facts, tuple(dividers.notes(SimpleNamespace(**facts), KINDS[facts["CHIP"]])))


def safe_folder(what: str) -> Path:
    """Return the folder of a board file, by name or itself, if it is safe. Raises UnreadableBoard, UnsafeBoard."""
    path = find(what).resolve()
    if path.name != _FILE:
        raise UnreadableBoard(f"{path} has to be called {_FILE}, as on the device.")
    lines = _lines(path, path.stat().st_mtime_ns)
    if lines:
        raise UnsafeBoard("\n".join(["This board file is not safe:", *lines]))
    return path.parent


@lru_cache(maxsize=16)
def _lines(path: Path, changed_ns: int) -> list[str]:
    return report(path).lines()
