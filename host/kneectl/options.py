"""What the commands of kneectl share: options and printing."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from kneectl.errors import UsageError

_PICTURES = (".png", ".svg", ".pdf")

PortOption = Annotated[
    str | None,
    typer.Option(
        "--port",
        envvar="KNEECTL_PORT",
        metavar="PORT",
        help="The device's port or URL, `sim` for the running simulator, or `sim://` for one inside this command;"
        " not needed when one device is there.",
    ),
]
PersonOption = Annotated[
    str, typer.Option("--person", metavar="NAME", help="Whose knee it is: 1 to 24 letters, digits and -.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for other programs.")]
RecordOption = Annotated[
    Path | None,
    typer.Option("--record", metavar="FILE.csv", help="Write each telemetry frame to a CSV file."),
]
VmOption = Annotated[bool, typer.Option("--vm", help="Run the firmware on the MicroPython VM instead of CPython.")]


def print_json(value: Any, *, is_line: bool = False) -> None:
    """Print a value as one JSON document, on one line if it is one of several."""
    print(json.dumps(value, indent=None if is_line else 2, ensure_ascii=False))


def console() -> Console:
    """Return the console on today's stdout."""
    return Console(file=sys.stdout, highlight=False)


def check_picture(path: Path | None) -> None:
    """Raise UsageError when a picture could not be written there, before a whole session is lost."""
    if path is None:
        return
    if path.suffix.lower() not in _PICTURES:
        raise UsageError(f"{path} is no picture. Choose a name that ends in {', '.join(_PICTURES)}.")
    if not path.absolute().parent.is_dir():
        raise UsageError(f"There is no folder {path.parent}. Make it first, or choose another file.")
