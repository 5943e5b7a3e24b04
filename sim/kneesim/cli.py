"""`kneesim`: play scenarios and campaigns of faults on the simulated device, and list what can be injected."""

import json as json_module
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from kneesim import faults, scenario, trials_cli
from kneesim.fault import Fault
from kneesim.play import Played, play

EXIT_FAILED = 1
EXIT_BAD_FILE = 2

app = typer.Typer(
    help="Play scenarios of faults on the simulated knee massager.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command()(trials_cli.campaign)
app.command()(trials_cli.healthy)

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def run(
    files: Annotated[list[Path], typer.Argument(metavar="FILE.toml...", help="Scenarios; sim/scenarios has some.")],
    json: JsonOption = False,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="OUT.png", help="Draw what happened; of one scenario only.")
    ] = None,
) -> None:
    """Play scenarios and say what tripped, how long it took, and how warm the skin got.

    Exit status 0: everything was as expected; 1: something was not; 2: a file cannot be played.
    """
    if plot is not None and len(files) != 1:
        raise scenario.ScenarioError("--plot draws one scenario; name one file.")
    if plot is not None and (plot.suffix not in (".png", ".svg", ".pdf") or not plot.parent.is_dir()):
        raise scenario.ScenarioError(f"--plot: {plot} must end in .png, .svg or .pdf, in a folder that is there.")
    wanted = [scenario.read(path) for path in files]  # all of them, before the first is played
    found: list[Played] = []
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        whole = progress.add_task("all", total=len(wanted), visible=len(wanted) > 1)
        for one in wanted:
            task = progress.add_task(one.title, total=1.0)
            played = play(one, lambda share, task=task: progress.update(task, completed=share))  # type: ignore[misc]
            progress.remove_task(task)
            progress.advance(whole)
            found.append(played)
            if not json:
                progress.console.file.flush()
                print(_told(played), flush=True)
    if json:
        print(json_module.dumps([_as_dict(played) for played in found], indent=2, ensure_ascii=False))
    elif len(found) > 1:
        print(f"{sum(not played.failures for played in found)} of {len(found)} scenarios as expected")
    if plot is not None:
        from kneesim import picture  # matplotlib takes a second to import

        picture.draw(wanted[0], found[0], plot)
    if any(played.failures for played in found):
        raise typer.Exit(EXIT_FAILED)


@app.command("faults")
def list_faults(json: JsonOption = False) -> None:
    """List every fault that can be injected: where, what, with which parameters."""
    if json:
        print(json_module.dumps([_row(row) for row in faults.TABLE], indent=2, ensure_ascii=False))
        return
    console = Console()
    if not console.is_terminal:
        console.width = 160
    table = Table("place", "fault", "parameters", "what it is", title="What can be injected")
    for row in faults.TABLE:
        params = "\n".join(f"{param.name} = {param.default} ({param.range()})" for param in row.params)
        table.add_row("\n".join(row.places), row.name, params, row.sentence)
    console.print(table)


def _row(row: Fault) -> dict[str, Any]:
    params = [
        {
            "name": param.name,
            "unit": param.unit,
            "default": param.default,
            **({"choices": param.choices} if param.choices else {}),
            **({} if param.choices or param.unit == "name" else {"least": param.least, "most": param.most}),
        }
        for param in row.params
    ]
    of = {"sentence": row.sentence, "machine": row.is_of_machine}
    return {"name": row.name, "places": row.places, "params": params, **of}


def _as_dict(played: Played) -> dict[str, Any]:
    found = asdict(played)
    del found["samples"]
    return {**found, "off_ms": played.off_ms, "as_expected": not played.failures}


def _told(played: Played) -> str:
    """Return what came of a scenario, in lines."""
    trips = ", ".join(f"{name} at {at_s:g} s" for name, at_s in played.trips) or "nothing"
    after = "" if played.trip_ms is None else f" ({played.trip_ms:g} ms after the fault)"
    lines = [
        f"{'ok' if not played.failures else 'FAILED':7}{played.title} ({played.file})",
        f"       tripped: {trips}{after}",
        f"       off: heater {_after(played.heater_off_ms)}, motors {_after(played.motors_off_ms)}",
        f"       true skin: {played.peak_skin_c:.2f} °C at most, dose {played.cem43_min:.3f} min",
        f"       at the end: {played.state}{', ' + played.why if played.why else ''}",
        f"       kept: {', '.join(f'{path} {size} bytes' for path, size in played.kept.items()) or 'nothing'}",
    ]
    if played.resets:
        lines.append(f"       resets: {', '.join(f'at {at_s:g} s' for at_s in played.resets)}")
    lines += [f"       refused: {text}" for text in played.refusals]
    lines += [f"       NOT AS EXPECTED: {text}" for text in played.failures]
    return "\n".join(lines)


def _after(ms: float | None) -> str:
    return "was not off for good" if ms is None else f"{ms:g} ms after the fault"


def main(arguments: list[str] | None = None) -> None:
    """Run kneesim with these arguments (None: the command line's); raises SystemExit with the exit status."""
    try:
        app(args=arguments, prog_name="kneesim")
    except scenario.ScenarioError as error:
        print(f"kneesim: {error}", file=sys.stderr)
        sys.exit(EXIT_BAD_FILE)
    except OSError as error:
        print(f"kneesim: {error}", file=sys.stderr)
        sys.exit(EXIT_BAD_FILE)
