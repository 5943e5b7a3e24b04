"""docs/safety.md as data: its rows, and the tests that carry a requirement's id in their names."""

import ast
import re
from pathlib import Path

from kneesim.engines import ROOT

TEXT = (ROOT / "docs/safety.md").read_text()
TESTS = ROOT / "tests"


COLUMNS = ("hazard", "requirement", "limit", "source", "tests", "measured")
HAZARDS = ("burn", "crush", "overuse", "surprise", "control lost")


def rows() -> dict[int, dict[str, str]]:
    """Return the cells of each row by COLUMNS, by the id's number. Raises ValueError for one that has another count."""
    found = re.findall(r"^\| SAF-(\d\d) \| (.*) \|$", TEXT, re.MULTILINE)
    return {int(number): dict(zip(COLUMNS, cells.split(" | "), strict=True)) for number, cells in found}


def limits_of(number: int) -> list[str]:
    """Return the names of the constants in a row, those of other files than limits.py too."""
    return re.findall(r"`(_?[A-Z][A-Z_]+)`", rows()[number]["limit"])


def measured(scenario: str) -> list[tuple[str, str]]:
    """Return what the table says of a scenario of that name: ("off", "24 ms"), ("trips", "24 ms"), ("", "40.47 °C")."""
    found = re.findall(rf"`{scenario}` (?:(off|trips) (\d+ ms)|([\d.]+ °C))", TEXT)
    return [(what, ms or peak) for what, ms, peak in found]


def ids_of(name: str) -> list[int]:
    """Return the numbers that a test's name carries: test_saf_03_and_04_what."""
    match = re.match(r"test_saf_((?:\d\d_(?:and_)?)+)", name)
    return [int(number) for number in re.findall(r"\d\d", match[1])] if match else []


def tests() -> dict[int, list[tuple[Path, str]]]:
    """Return the file and the name of each test that carries an id, by the id's number."""
    found: dict[int, list[tuple[Path, str]]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                for number in ids_of(node.name):
                    found.setdefault(number, []).append((path, node.name))
    return found
