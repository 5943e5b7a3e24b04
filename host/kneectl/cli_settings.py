"""The commands `kneectl settings ...`: what people choose once and the device keeps."""

import sys
from difflib import get_close_matches
from enum import StrEnum
from typing import Annotated, Any

import typer

from kneectl import ports
from kneectl.client import Client
from kneectl.errors import UsageError
from kneectl.options import JsonOption, PortOption, print_json
from massager.core import limits, programs
from massager.core.setup import Setup

app = typer.Typer(
    invoke_without_command=True,
    help="Show and change what the device keeps: favourites, which knee, the session's length, locks.",
    context_settings={"help_option_names": ["-h", "--help"]},
)

_MINUTE_MS = 60_000
LEAST_MIN, MOST_MIN = limits.SESSION_CAP_LEAST_MS // _MINUTE_MS, limits.SESSION_CAP_MOST_MS // _MINUTE_MS
_FAVOURITES = len(Setup().favourites)
_ADVICE = (
    "{} may be used by or under a specialist only: after an operation the wrong massage does harm.\n"
    "Has a doctor or physiotherapist advised it for the person who uses this device?"
)


class Knee(StrEnum):
    """Which knee the device is on."""

    left = "left"
    right = "right"


class Strap(StrEnum):
    """Which way the strap runs: down if the device lies upside down."""

    up = "up"
    down = "down"


@app.callback()
def show(context: typer.Context, port: PortOption = None, json: JsonOption = False) -> None:
    """Show the settings, or change them with one of the commands."""
    if context.invoked_subcommand is not None:
        is_port_typed = str(context.get_parameter_source("port")).endswith("COMMANDLINE")  # and not in the environment
        if is_port_typed or json:
            raise UsageError(
                f"Options belong behind the command: kneectl settings {context.invoked_subcommand} --port ..."
            )
        return
    with Client(ports.find(port)) as client:
        _print(client.settings(), json)


@app.command("set")
def change(
    knee: Annotated[Knee | None, typer.Option(help="Which knee it is on; the side motors change places.")] = None,
    strap: Annotated[
        Strap | None, typer.Option(help="Down if the device lies upside down; strokes still go towards the heart.")
    ] = None,
    session_min: Annotated[
        int | None,
        typer.Option("--session-min", min=LEAST_MIN, max=MOST_MIN, help="When a session ends at the latest, minutes."),
    ] = None,
    favourites: Annotated[
        str | None,
        typer.Option(metavar="A,B,C,D", help=f"The {_FAVOURITES} programs that the MODE button offers, in order."),
    ] = None,
    port: PortOption = None,
    json: JsonOption = False,
) -> None:
    """Change settings, all that are named or none."""
    values: dict[str, Any] = {"knee": knee, "strap": strap, "session_min": session_min}
    values = {name: value for name, value in values.items() if value is not None}
    names = None if favourites is None else _names(favourites)
    if not values and names is None:
        raise UsageError("Say what to set: --knee, --strap, --session-min or --favourites.")
    with Client(ports.find(port)) as client:
        if names is not None:
            _check_names(names, [str(row["name"]) for row in client.programs()])
            values["favourites"] = names
        _print(client.settings_set(**values), json)


@app.command()
def unlock(
    yes: Annotated[bool, typer.Option("--yes", help="A specialist has advised it; for scripts.")] = False,
    port: PortOption = None,
    json: JsonOption = False,
) -> None:
    """Unlock the programs that only a specialist may advise."""
    with Client(ports.find(port)) as client:
        if not client.settings()["unlocked"] and not yes and not _is_advised():
            raise UsageError("Nothing was unlocked. Ask a specialist first.")
        _print(client.settings_set(unlocked=True), json)


@app.command()
def lock(port: PortOption = None, json: JsonOption = False) -> None:
    """Lock the programs that only a specialist may advise, as on a new device."""
    with Client(ports.find(port)) as client:
        _print(client.settings_set(unlocked=False), json)


@app.command()
def restart(port: PortOption = None, json: JsonOption = False) -> None:
    """Start programs that grow with the sessions anew, for another person."""
    with Client(ports.find(port)) as client:
        done = client.settings()["sessions_done"]
        result = client.settings_set(sessions_done=0)
    if not json:
        print(f"{_growing()} begins anew; {done} sessions were done.")
    _print(result, json)


def lines(settings: dict[str, Any]) -> list[str]:
    """Return settings in words, a line each."""
    locked = " and ".join(_flagged(programs.LOCKED))
    done, of = settings["sessions_done"], programs.GROWS_SESSIONS
    return [
        f"Favourites:     {', '.join(settings['favourites'])}",
        f"Knee:           {settings['knee']}",
        f"Strap:          {settings['strap']}" + (", upside down" if settings["strap"] == "down" else ""),
        f"Session:        {settings['session_min']} min at most",
        f"Strength limit: {settings['limit']} of {limits.STRENGTH_MAX}, set at the device by a long press of STRENGTH",
        (f"Unlocked:       {locked}" if settings["unlocked"] else f"Locked:         {locked}")
        + ", for use by or under a specialist only",
        f"Sessions done:  {done}; {_growing()} grows until {of}",
    ]


def _print(settings: dict[str, Any], is_json: bool) -> None:
    if is_json:
        print_json(settings)
    else:
        print("\n".join(lines(settings)))


def _flagged(flag: int) -> list[str]:
    return [row[0] for number, row in enumerate(programs.BUILT_IN) if programs.flags(number) & flag]


def _growing() -> str:
    return " and ".join(_flagged(programs.GROWS))


def _is_advised() -> bool:
    # Standard output may be JSON for another program, so nothing of this goes there.
    print(_ADVICE.format(" and ".join(_flagged(programs.LOCKED))), file=sys.stderr)
    print("Unlock it? [y/N] ", end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline() if sys.stdin is not None else ""
    if not answer:  # nobody is there to answer
        print(file=sys.stderr)
        raise UsageError("Nothing was unlocked. With --yes a script says that a specialist has advised it.")
    return answer.strip().lower() in ("y", "yes")


def _names(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    if len(names) != _FAVOURITES or "" in names:
        raise UsageError(f"--favourites needs {_FAVOURITES} names with commas between them, as self,shiatsu,warm,self.")
    return names


def _check_names(names: list[str], known: list[str]) -> None:
    """Raise UsageError for names of programs that are not on the device, all of them at once."""
    unknown = []
    for name in names:
        if name not in known:
            close = get_close_matches(name.lower(), known, 1)
            unknown.append(f"{name} (did you mean {close[0]}?)" if close else name)
    if unknown:
        raise UsageError(f"Not on the device: {', '.join(unknown)}. There are {', '.join(known)}.")
