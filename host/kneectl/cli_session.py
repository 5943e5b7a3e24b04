"""The attached commands: `kneectl start` and `kneectl monitor`."""

import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kneectl import cli_contraindications, device_log, display, people, ports, words
from kneectl.client import Client
from kneectl.errors import EXIT_INTERRUPTED, EXIT_OK, EXIT_REFUSED, DeviceError, UsageError
from kneectl.interrupts import Interrupts
from kneectl.keys import Keys
from kneectl.options import JsonOption, PersonOption, PortOption, RecordOption, check_picture, console, print_json
from kneectl.record import Recorder
from kneectl.session import Attachment, Ending
from kneectl.telemetry import Telemetry
from massager.core import programs

_START_HINTS = "space pause   s stop   + - strength   h heat   Ctrl-C stop and leave"
_MONITOR_HINTS = "space pause   s stop   Ctrl-C leave, the device goes on"
_MONITOR_KEYS = (" ", "s")


class Heat(StrEnum):
    """The heat levels a host may ask for."""

    off = "off"
    low = "low"
    medium = "medium"


def start(
    program: Annotated[str, typer.Argument(help="The program's name, see `kneectl programs`.")],
    strength: Annotated[int, typer.Option(min=1, max=5, help="How strong, 1 to 5.")] = 1,
    heat: Annotated[Heat, typer.Option(help="How warm; high is chosen at the device only.")] = Heat.low,
    record: RecordOption = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE.png", help="Draw the session's picture at its end.")
    ] = None,
    person: PersonOption = people.DEFAULT,
    port: PortOption = None,
    json: JsonOption = False,
) -> None:
    """Start a session and stay with it until it ends; the device stops when this command goes away.

    Keys: space pauses and resumes, s stops, + and - change the strength, h the heat. Ctrl-C stops and leaves.
    """
    check_picture(plot)
    cli_contraindications.require(person)
    frames: list[Telemetry] = []
    known = people.load(person)
    with ExitStack() as stack:
        client = stack.enter_context(Client(ports.find(port)))
        client.hello()
        device_log.tell_time(client, datetime.now().astimezone())
        if not any(kept.session.record.program == program for kept in known.sessions):
            warn_of_growth(client, program)
        attachment = _attach(stack, client, record, frames.append, json, _START_HINTS, _length_s(client, program))
        ending = attachment.run(program, strength, heat.value)
    print("\n".join(words.ending_lines(ending)), file=sys.stderr if json else sys.stdout)
    if json:
        print_json({"ended": ending.status}, is_line=True)
    if plot is not None and frames:
        _draw(frames, plot, ending)
    raise typer.Exit(_exit_code(ending))


def monitor(
    record: RecordOption = None,
    seconds: Annotated[float | None, typer.Option(min=0, help="Leave after so many seconds.")] = None,
    port: PortOption = None,
    json: JsonOption = False,
) -> None:
    """Watch what the device does, without starting anything or keeping it going.

    Keys: space pauses and resumes, s stops. Ctrl-C leaves and changes nothing.
    """
    with ExitStack() as stack:
        client = stack.enter_context(Client(ports.find(port)))
        client.hello()
        length_s = _length_s(client, client.status().get("program"))
        attachment = _attach(stack, client, record, None, json, _MONITOR_HINTS, length_s, _MONITOR_KEYS)
        ending = attachment.watch(seconds)
    if not json:
        print("\n".join(words.status_lines(ending.status)))
    raise typer.Exit(EXIT_INTERRUPTED if ending.was_interrupted else EXIT_OK)


def warn_of_growth(client: Client, program: str) -> None:
    """Say on stderr when a program grows with the sessions and the device has counted some.

    It counts its own sessions, whoever they were for: to another person the program must begin gently again.
    """
    number = programs.number_of(program)
    if number < 0 or not programs.flags(number) & programs.GROWS:
        return
    try:
        done = client.settings()["sessions_done"]
    except DeviceError as error:
        if error.code != device_log.NO_METHOD:  # older firmware, whose programs do not grow
            raise
        return
    if done:
        print(
            f"The strength of {program} grows with the sessions that this device has counted, {done} by now, whoever"
            " they were for. If they were not all yours, begin anew with `kneectl settings restart`.",
            file=sys.stderr,
        )


def _attach(
    stack: ExitStack,
    client: Client,
    record: Path | None,
    keep: Callable[[Telemetry], None] | None,
    is_json: bool,
    hints: str,
    length_s: int | None,
    allowed_keys: tuple[str, ...] | None = None,
) -> Attachment:
    """Open all that an attached command needs on the stack, and tie it together."""
    recorder = stack.enter_context(Recorder(record)) if record is not None else None
    shown = stack.enter_context(display.choose(console(), sys.stderr, is_json, hints, length_s))
    keys = stack.enter_context(Keys())
    interrupts = stack.enter_context(Interrupts())

    def on_frame(frame: Telemetry) -> None:
        if recorder is not None:
            recorder.write(frame)
        if keep is not None:
            keep(frame)
        shown.show(frame)

    def next_key() -> str | None:
        key = keys.read()
        return key if allowed_keys is None or key in allowed_keys else None

    return Attachment(client, on_frame, shown.say, next_key, interrupts)


def _length_s(client: Client, program: str | None) -> int | None:
    lengths = {known["name"]: known["length_s"] for known in client.programs()} if program else {}
    return lengths.get(program)


def _draw(frames: list[Telemetry], picture: Path, ending: Ending) -> None:
    from kneectl import plot  # matplotlib takes a second to import

    try:
        plot.draw(frames, picture)
    except UsageError as error:
        if not ending.is_fault:
            raise
        print(f"kneectl: {error}", file=sys.stderr)  # the fault's exit code says more than the picture's


def _exit_code(ending: Ending) -> int:
    if ending.is_fault:
        return EXIT_REFUSED
    return EXIT_INTERRUPTED if ending.was_interrupted else EXIT_OK
