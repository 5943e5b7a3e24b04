"""docs/safety.md lists every requirement once, with the limits that the code has and the tests that name it."""

import ast
import re

import safety_table
from safety_table import TESTS, TEXT

from kneesim import scenario
from kneesim.engines import ROOT

IDS = {*range(1, 28), *range(30, 37), *range(40, 56)}


def test_every_requirement_is_listed_once() -> None:
    listed = re.findall(r"^\| SAF-(\d\d) ", TEXT, re.MULTILINE)
    assert len(listed) == len(set(listed))
    assert {int(number) for number in listed} == IDS


def test_each_row_names_exactly_the_tests_that_carry_its_id() -> None:
    tests = safety_table.tests()
    assert set(safety_table.rows()) == set(tests)
    for number, cells in safety_table.rows().items():
        files = {path.relative_to(TESTS).as_posix() for path, _ in tests[number]}
        assert set(cells["tests"].split()) == files, f"SAF-{number:02}"


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
    assert assigned - levels == set(re.findall(r"`([A-Z][A-Z_]+)`", TEXT))
    for number, cells in safety_table.rows().items():
        if re.search(r"`[A-Z][A-Z_]+`", cells["limit"]):
            assert f"SAF-{number:02}" in source


def test_every_row_has_its_hazard_its_source_and_what_was_measured() -> None:
    named = {path.stem for path in scenario.all_of_them()}
    for number, cells in safety_table.rows().items():
        assert cells["hazard"].split(",")[0] in safety_table.HAZARDS, f"SAF-{number:02}"
        assert all(len(cells[name]) > 3 for name in ("requirement", "source", "measured")), f"SAF-{number:02}"
        assert set(re.findall(r"`([a-z0-9-]+)`", cells["measured"])) <= named, f"SAF-{number:02}"
