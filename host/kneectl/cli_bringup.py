"""The command `kneectl bringup`: from a device that has just been built to one that may be worn."""

import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from kneectl import bringup, ports
from kneectl.bringup_report import FAILED, Report, Result, fill
from kneectl.client import Client
from kneectl.errors import EXIT_INTERRUPTED, EXIT_REFUSED, DeviceError, KneectlError, UsageError
from kneectl.options import JsonOption, PortOption, print_json

if TYPE_CHECKING:
    from kneesim.maker import Bench

_BACK_WITHIN_S = 30.0
_LOOK_S = 0.5


def run(
    port: PortOption = None,
    maker: Annotated[str, typer.Option("--maker", metavar="NAME", help="Who builds it: goes into the report.")] = "",
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where the report goes.")] = Path("."),
    simulate: Annotated[
        bool, typer.Option("--simulate", help="See what it is like: a simulated device, built by a simulated maker.")
    ] = False,
    mistake: Annotated[
        str, typer.Option("--mistake", metavar="NAME", help="With --simulate: what was built wrong; `list` names all.")
    ] = "",
    json: JsonOption = False,
) -> None:
    """Bring up a device that has just been built, step by step, and write a report to sign.

    It says what to press, to look at and to measure; a multimeter, a thermometer and a resistor of 56 kΩ are needed. It
    ends at the first step that finds something, and says where to look. See docs/bringup.md.
    """
    if mistake == "list":
        _list_mistakes()
        return
    if mistake and not simulate:
        raise UsageError("--mistake goes with --simulate: nobody builds one into a real device.")
    if not out.is_dir():
        raise UsageError(f"There is no folder {out}. Make it first, or choose another with --out.")
    # Standard output may be JSON for another program.
    said: TextIO = sys.stderr if json else sys.stdout
    report = Report(maker, datetime.now().isoformat(timespec="seconds"))

    def on_step(number: int, row: Result) -> None:
        figures = ", ".join(f"{name} {value}" for name, value in row.figures.items())
        print(f"{number:>2}/{len(report.steps)}  {row.result:<10} {row.title}", file=said, end="")
        print(f"  ({figures})" if figures else "", file=said, flush=True)
        if row.result == FAILED:
            print(f"\n{row.found}\n{row.remedy}", file=said, flush=True)

    if not simulate and (sys.stdin is None or not sys.stdin.isatty()):
        raise UsageError("Bringing a device up is done in a terminal, by somebody at the device.")
    simulated = _simulated(mistake) if simulate else None
    try:
        if simulated:
            with simulated as bench:
                fill(report, bringup.Bringup(bench, bench), on_step)
        else:
            with _Device(port) as device:
                fill(report, bringup.Bringup(device, _Person(said)), on_step)
    except (typer.Abort, KeyboardInterrupt) as error:
        print("\nEnded half way.", file=said)
        raise typer.Exit(EXIT_INTERRUPTED) from error
    finally:
        paths = report.write(out)  # as far as it came
        print(f"\n{'Brought up.' if report.has_passed else 'Not brought up.'} The report: {paths[0]}", file=said)
    if json:
        print_json(report.as_json())
    if not report.has_passed:
        raise typer.Exit(EXIT_REFUSED)


def _list_mistakes() -> None:
    from kneesim.mistakes import MISTAKES

    for name, mistake in MISTAKES.items():
        print(f"{name:<20} {mistake.words}")


def _simulated(name: str) -> "Bench":
    """Return a simulated device with its maker; raises UsageError for a mistake that is not known."""
    from kneesim.maker import Bench, Refused
    from kneesim.mistakes import MISTAKES

    if name and name not in MISTAKES:
        raise UsageError(f"There is no mistake {name}. `kneectl bringup --mistake list` names all.")

    class Simulated(Bench):
        def request(self, method: str, **params: Any) -> dict[str, Any]:
            try:
                return super().request(method, **params)
            except Refused as error:
                raise DeviceError(error.code, str(error)) from error

    return Simulated(MISTAKES[name] if name else None)


class _Device:
    """A device on a port, which goes and comes back."""

    def __init__(self, port: str | None) -> None:
        self._port = port
        self._client: Client | None = None

    def __enter__(self) -> "_Device":
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def _close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def request(self, method: str, **params: Any) -> dict[str, Any]:
        assert self._client is not None
        return self._client.request(method, **params)

    def frames(self) -> list[dict[str, Any]]:
        assert self._client is not None
        found = []
        while (frame := self._client.telemetry(0)) is not None:
            found.append({"duty_pm": frame.duty_pm, "pad_mc": frame.pad_mc})
        return found

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)

    def restarted(self) -> None:
        """Open the port again, as soon as there is one; raises the last KneectlError if it does not come back."""
        self._close()
        deadline = time.monotonic() + _BACK_WITHIN_S
        while True:
            try:
                self._client = Client(ports.find(self._port))
                self._client.hello()
                return
            except KneectlError:
                self._close()
                if time.monotonic() >= deadline:
                    raise
                time.sleep(_LOOK_S)


class _Person:
    """Whoever sits at the terminal."""

    def __init__(self, said: TextIO) -> None:
        self._said = said

    def please(self, action: str) -> None:
        print(f"\n→ {bringup.ACTIONS[action]}", file=self._said, flush=True)
        if action not in bringup.SEEN:
            typer.prompt("  Enter when that is so", default="", show_default=False, err=self._said is sys.stderr)

    def ask(self, question: str) -> bool:
        return typer.confirm(f"→ {bringup.QUESTIONS[question]}", default=None, err=self._said is sys.stderr)

    def measure(self, what: str) -> float:
        question, least, most = bringup.MEASURES[what]
        while True:
            value: float = typer.prompt(f"→ {question}", type=float, err=self._said is sys.stderr)
            if least <= value <= most:
                return value
            print(f"  That is not between {least:g} and {most:g}: measure again.", file=self._said)
