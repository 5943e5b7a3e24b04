"""The report of a bring-up: what was found step by step, as JSON and as a page to print and sign."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kneectl import bringup
from kneectl.bringup import Bringup, Figures, Found, Step

PASSED, FAILED, NOT_TRIED, NOT_FITTED = "passed", "failed", "not tried", "not fitted"


@dataclass
class Result:
    """How one step ended."""

    name: str
    title: str
    result: str
    figures: Figures = field(default_factory=dict)
    found: str = ""
    remedy: str = ""


@dataclass
class Report:
    """A whole bring-up, or as much of it as there was. began: local time, to the second."""

    maker: str
    began: str
    device: dict[str, Any] = field(default_factory=dict)
    steps: list[Result] = field(default_factory=lambda: [Result(s.name, s.title, NOT_TRIED) for s in bringup.STEPS])

    @property
    def has_passed(self) -> bool:
        """Whether every step did, of those that there is something to look at for."""
        return all(step.result in (PASSED, NOT_FITTED) for step in self.steps)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"passed": self.has_passed, **asdict(self)}

    def as_markdown(self) -> str:
        """Return it as a page."""
        rows = [f"| {row.title} | {row.result} | {_words(row)} |" for row in self.steps]
        verdict = "passed every step" if self.has_passed else "did **not** pass, and must not be worn"
        return "\n".join(
            (
                "# Bring-up of a knee massager",
                "",
                f"Board {self.device.get('board', '?')}, firmware {self.device.get('firmware', '?')}, chip"
                f" {self.device.get('id', '?')}. Begun {self.began} by {self.maker or '?'}.",
                "",
                f"The device {verdict}.",
                "",
                "| step | result | found |",
                "|---|---|---|",
                *rows,
                "",
                "Signed: ______________________    Date: ______________",
                "",
            )
        )

    def write(self, folder: Path) -> list[Path]:
        """Write both into a folder, named by chip and time, and return where. Raises OSError."""
        stem = f"bringup-{self.device.get('id', 'unknown')}-{self.began.replace(':', '')}"
        page, data = folder / f"{stem}.md", folder / f"{stem}.json"
        page.write_text(self.as_markdown(), encoding="utf-8")
        data.write_text(json.dumps(self.as_json(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return [page, data]


def _words(row: Result) -> str:
    figures = ", ".join(f"{name} {value}" for name, value in row.figures.items())
    return " ".join(part for part in (row.found, row.remedy, figures) if part)


def fill(report: Report, b: Bringup, on_step: Callable[[int, Result], None]) -> None:
    """Go through all steps up to the first that finds something, into a report that is whole at any moment."""
    for number, (step, row) in enumerate(zip(bringup.STEPS, report.steps, strict=True), start=1):
        _take(step, row, b)
        report.device = b.identity
        on_step(number, row)
        if row.result == FAILED:
            return


def _take(step: Step, row: Result, b: Bringup) -> None:
    if step.needs and step.needs not in b.identity["features"]:
        row.result = NOT_FITTED
        return
    try:
        row.figures = step.run(b)
        row.result = PASSED
    except Found as found:
        row.result, row.found, row.remedy = FAILED, found.what, found.remedy
