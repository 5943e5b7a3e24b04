"""The command `kneectl log`: the sessions that the device has logged."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.table import Table

from kneectl import device_log, ports, words
from kneectl.client import Client
from kneectl.device_log import Record, Session
from kneectl.options import JsonOption, PortOption, console, print_json


def log(
    since: Annotated[int, typer.Option(min=0, metavar="N", help="Only sessions from number N on.")] = 0,
    port: PortOption = None,
    json: JsonOption = False,
) -> None:
    """List the sessions that the device has logged, the oldest first."""
    with Client(ports.find(port)) as client:
        client.hello()
        listed = device_log.listing(client)
        records = device_log.read(client, listed, since)
    sessions = device_log.dated(listed, records, datetime.now().astimezone())
    if json:
        print_json([as_json(session) for session in sessions])
        return
    if sessions:
        console().print(_table(sessions))
        print("Highest: strength of 1 to 5, heat, temperature of the skin.")
    elif listed.first < listed.next:
        print(f"There is no session from number {since} on. The newest is number {listed.next - 1}.")
    else:
        print("The device has logged no session yet.")
    if 0 < since < listed.first:
        print(f"The device keeps no session before number {listed.first} any more.")


def as_json(session: Session) -> dict[str, Any]:
    """Return a session for other programs: the record's fields, and the moments in ISO 8601."""
    times = {"at": session.at, "after": session.after, "before": session.before}
    return asdict(session.record) | {key: None if at is None else at.isoformat() for key, at in times.items()}


def when(session: Session) -> str:
    """Return when a session began, as far as that is known."""
    if session.at is not None:
        return f"{session.at:%Y-%m-%d %H:%M}"
    return f"before {session.before:%Y-%m-%d}" if session.before is not None else "not known"


def ending(record: Record) -> str:
    """Return how a session ended, in words."""
    if record.fault is not None:
        return f"fault {record.fault}"
    return device_log.ENDS.get(record.end, record.end.replace("_", " "))


def _table(sessions: list[Session]) -> Table:
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("no.", justify="right")
    table.add_column("began", no_wrap=True)
    table.add_column("program")
    table.add_column("lasted", justify="right")
    table.add_column("ended")
    table.add_column("highest", no_wrap=True)
    for session in sessions:
        record = session.record
        table.add_row(
            str(record.seq),
            when(session),
            record.program,
            words.clock(record.lasted_s),
            ending(record),
            f"{record.strength}, {record.heat}, {words.degrees(record.skin_mc)}",
        )
    return table
