"""docs/safety.md lists every requirement once, with the limits that the code has and the tests that name it."""

import ast
import re

from kneesim.engines import ROOT

TEXT = (ROOT / "docs/safety.md").read_text()
DONE, MISSING = TEXT.split("## What is not there yet")
IDS = {*range(1, 28), *range(30, 37), *range(40, 56)}


def _rows(text: str) -> dict[int, list[str]]:
    rows = re.findall(r"^\| SAF-(\d\d) \| (.*) \|$", text, re.MULTILINE)
    return {int(number): cells.split(" | ") for number, cells in rows}


def _ids_of(name: str) -> list[int]:
    match = re.match(r"test_saf_((?:\d\d_(?:and_)?)+)", name)
    return [int(number) for number in re.findall(r"\d\d", match[1])] if match else []


def _tests() -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for path in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                for number in _ids_of(node.name):
                    found.setdefault(number, set()).add(str(path.relative_to(ROOT / "tests")))
    return found


def test_every_requirement_is_listed_once() -> None:
    listed = re.findall(r"^\| SAF-(\d\d) ", TEXT, re.MULTILINE)
    assert len(listed) == len(set(listed))
    assert {int(number) for number in listed} == IDS


def test_what_is_done_names_exactly_the_tests_that_carry_its_id() -> None:
    tests = _tests()
    assert set(_rows(DONE)) == set(tests)
    for number, cells in _rows(DONE).items():
        assert set(cells[2].split()) == tests[number], f"SAF-{number:02}"


def test_every_limit_is_in_the_table_and_names_its_id_in_the_code() -> None:
    source = (ROOT / "firmware/massager/core/limits.py").read_text()
    assigned = {
        target.id
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    levels = {"HEAT_OFF", "HEAT_LOW", "HEAT_MEDIUM", "HEAT_HIGH"}  # names of levels, not limits
    assert assigned - levels == set(re.findall(r"`([A-Z][A-Z_]+)`", DONE))
    for number, cells in _rows(DONE).items():
        if re.search(r"`[A-Z][A-Z_]+`", cells[1]):
            assert f"SAF-{number:02}" in source
