"""The commands `kneectl board ...`: a maker's board file, before anything is built or flashed by it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kneectl.errors import EXIT_REFUSED, UsageError
from kneectl.options import JsonOption, print_json

if TYPE_CHECKING:
    from kneesim.boards.check import Report

app = typer.Typer(
    no_args_is_help=True,
    help="Board files: which pin is what, and what pad and roller are like.",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command()
def check(
    boards: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[BOARD...]",
            help="Folders with a board.py, such files, or names of boards/; without: the board.py here, or all.",
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Say all that is unsafe in board files, why, and what to do; exit code 1 if anything is, 2 for no such file."""
    from kneesim.boards import check as checks

    try:
        reports = [checks.report(checks.find(board)) for board in boards or _usual()]
    except checks.UnreadableBoard as error:
        raise UsageError(str(error)) from error
    if json:
        print_json([_as_json(report) for report in reports])
    else:
        for report in reports:
            if report.findings:
                print("\n".join(report.lines()), file=sys.stderr)
            else:
                print("\n    ".join([f"{report.path} is safe: {_in_short(report.facts)}.", *report.notes]))
    if any(report.findings for report in reports):
        raise typer.Exit(EXIT_REFUSED)


def _usual() -> list[str]:
    from kneesim.boards import check as checks

    return ["board.py"] if Path("board.py").is_file() else checks.names()


def _in_short(facts: dict[str, Any]) -> str:
    w_cm2 = facts["PAD_MW"] / 10 / facts["PAD_MM2"]
    newton = facts["ROLLER_LIMIT_MA"] * facts["ROLLER_NMM_A"] / facts["ROLLER_LEVER_MM"] / 1000
    pad = f"pad {facts['PAD_MW'] / 1000:g} W and {w_cm2:.3f} W/cm2"
    return f"{facts['NAME']} ({facts['CHIP']}), {pad}, roller {newton:.0f} N at most"


def _as_json(report: "Report") -> dict[str, Any]:
    return {
        "file": str(report.path),
        "ok": not report.findings,
        "board": report.facts.get("NAME"),
        "chip": report.facts.get("CHIP"),
        "notes": list(report.notes),
        "errors": [
            {"rule": found.rule, "name": found.name, "line": found.line, "message": found.words}
            for found in report.findings
        ],
    }
