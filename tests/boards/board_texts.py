"""Board files with other facts in them, as a maker might write them."""

import re

from kneesim.boards import check, dividers


def text_of(name: str) -> str:
    """Return the text of a board file that comes with the project."""
    return check.find(name).read_text()


def changed(text: str, **facts: str) -> str:
    """Return a board file's text with other facts in it; "" takes one out."""
    for name, value in facts.items():
        whole = re.compile(rf"^{name} = (?:\((?:\n .*)+\n\)|.*)$", re.MULTILINE)
        assert len(whole.findall(text)) == 1, name
        text = whole.sub(f"{name} = {value}" if value else "", text)
    return text


def divider(sensor: str, ohm: int) -> dict[str, str]:
    """Return a divider's facts with another pull-up, and the table for it."""
    return {f"{sensor}_NTC_PULL_UP_OHM": str(ohm), f"{sensor}_NTC_MC": table(ohm)}


def table(ohm: int) -> str:
    """Return a divider's table as a board file has it."""
    return str(tuple(dividers.table(ohm)))


def refusals(text: str) -> set[str]:
    """Return the rules that refuse a board file's text."""
    findings, _ = check.check(text)
    return {found.rule for found in findings}
