"""docs/boards.md says what the board files and the rules are."""

import re

from board_texts import text_of
from kneesim.boards import check, reading, shape
from kneesim.engines import ROOT
from test_board_check import UNSAFE

PAGE = (ROOT / "docs/boards.md").read_text()


def _rows(heading: str) -> list[list[str]]:
    """Return the cells of the first table under a heading, without its head."""
    table = PAGE.split(heading)[1].split("\n| ", 1)[1].split("\n\n")[0]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in table.splitlines()[2:]]


def test_every_board_has_its_row_and_its_chip() -> None:
    facts = {name: reading.read(text_of(name)).facts for name in check.names()}
    assert {row[0].strip("`"): row[1] for row in _rows("# Boards")} == {name: facts[name]["CHIP"] for name in facts}


def test_the_pins_are_those_of_the_files() -> None:
    rows = {row[0].strip("`"): row[1:] for row in _rows("## Pins")}
    assert list(rows) == list(shape.PINS)
    columns = {"pico": 0, "pico_w": 0, "pico2": 0, "pico2_w": 0, "esp32": 1, "esp32s3": 2}
    assert set(columns) == set(check.names())
    for board, column in columns.items():
        facts = reading.read(text_of(board)).facts
        there = {name: -1 if cells[column] == "none" else int(cells[column]) for name, cells in rows.items()}
        assert there == {name: facts[name] for name in shape.PINS}, board


def test_every_rule_is_told() -> None:
    assert {row[0].strip("`") for row in _rows("## A board file of your own")} == {row[0] for row in UNSAFE}


def test_the_notes_are_told() -> None:
    for board in ("esp32", "esp32s3"):
        (note,) = check.report(check.find(board)).notes
        (degrees,) = re.findall(r"which is ([\d.]+) degrees", note)
        assert degrees in PAGE
