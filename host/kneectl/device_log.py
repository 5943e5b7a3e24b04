"""The device's own log of sessions: reading it, and finding out when each session was.

The device has no battery clock. It knows the date only from a host, and only until it is switched off; otherwise a
record says how long after power-up its session began. So a session's time is known when the device knew the date,
can be counted back while the device is still switched on, and is else only known to lie between two moments.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Protocol

from kneectl.client import Client, Result
from kneectl.errors import DeviceError

NO_METHOD = -32601  # docs/link.md
_BAD_PARAMS = -32602

ENDS = {
    "finished": "finished",
    "cap": "time limit",
    "stop_button": "STOP button",
    "two_buttons": "two buttons",
    "host": "by the host",
    "lease": "host gone",
    "gap": "lost time",
    "shortened": "cut shorter",
    "not_worn": "not worn",
    "bad_program": "bad program",
    "supply": "bad supply",
    "unpaid": "not begun",
}


@dataclass(frozen=True)
class Record:
    """One session as the device logged it: `_s` seconds, `_mc` milli-degrees Celsius.

    at_s is unix time, None when the device knew no date; up_s counts from power-up; of_s is the program's length;
    end is one of ENDS or "fault", and only then there is a fault; strength, heat and skin_mc are the highest, skin_mc
    None when there was no reading.
    """

    seq: int
    program: str
    at_s: int | None
    up_s: int
    lasted_s: int
    of_s: int
    end: str
    fault: str | None
    strength: int
    heat: str
    skin_mc: int | None


_MAY_BE_NONE = ("at_s", "fault", "skin_mc")
_KINDS = {f.name: str if f.name in ("program", "end", "fault", "heat") else int for f in fields(Record)}


@dataclass(frozen=True)
class Listing:
    """Which records there are: first to next - 1, those from booted on since power-up, up_s seconds ago."""

    first: int
    next: int
    booted: int
    up_s: int


class Dated(Protocol):
    """What a record says about its time."""

    @property
    def seq(self) -> int: ...
    @property
    def at_s(self) -> int | None: ...
    @property
    def up_s(self) -> int: ...


@dataclass(frozen=True)
class Session:
    """A record, and when its session began: at, or else somewhen after `after` (None: unknown) and before `before`."""

    record: Record
    at: datetime | None
    after: datetime | None
    before: datetime | None

    @property
    def earliest(self) -> datetime | None:
        """The earliest moment it may have begun; None when nothing is known."""
        return self.at or self.after

    @property
    def latest(self) -> datetime | None:
        """The latest moment it may have begun."""
        return self.at or self.before


def tell_time(client: Client, now: datetime) -> None:
    """Tell the device what time it is, so that it can date its sessions; firmware that has no clock is let be."""
    try:
        client.request("clock.set", unix_s=int(now.timestamp()))
    except DeviceError as error:
        # A computer whose own clock is decades off is told by nothing else, and must not keep anyone from a session.
        if error.code not in (NO_METHOD, _BAD_PARAMS):
            raise


def listing(client: Client, method: str = "log.list") -> Listing:
    """Ask the device which records it has; raises DeviceError when its firmware keeps no such log."""
    try:
        answer = client.request(method)
    except DeviceError as error:
        if error.code == NO_METHOD:
            raise DeviceError(NO_METHOD, "This device's firmware keeps no log. Install a newer firmware.") from error
        raise
    values: Result = {field.name: answer.get(field.name) for field in fields(Listing)}
    if not all(type(value) is int for value in values.values()):
        raise not_understood()
    return Listing(**values)


def read(client: Client, listed: Listing, since: int = 0) -> list[Record]:
    """Return the records of a listing from number `since` on, oldest first."""
    return [from_answer(row) for row in rows(client, "log.read", listed, since)]


def rows(client: Client, method: str, listed: Listing, since: int) -> list[Result]:
    """Return what a method that reads in pages answers about a listing from number `since` on, oldest first."""
    found: list[Result] = []
    seq = max(since, listed.first)
    while seq < listed.next:
        page = client.request(method, seq=seq)
        records, following = page.get("records"), page.get("next")
        if not isinstance(records, list) or type(following) is not int or following <= seq:
            raise not_understood()  # also when it would never end
        for record in records:
            number = record.get("seq") if isinstance(record, dict) else None
            if type(number) is not int or (found and number <= found[-1]["seq"]):
                raise not_understood()
            found.append(record)
        seq = following
    return found


def from_answer(row: Result) -> Record:
    """Build a record from a device's answer, ignoring fields of newer firmware; raises DeviceError if it is none."""
    if not isinstance(row, dict):
        raise not_understood()
    values: Result = {name: row.get(name) for name in _KINDS}
    for name, value in values.items():
        if type(value) is not _KINDS[name] and not (value is None and name in _MAY_BE_NONE):
            raise not_understood()
    return Record(**values)


def dated(
    listed: Listing, records: Sequence[Record], now: datetime, last_read: datetime | None = None
) -> list[Session]:
    """Say of each record when its session began.

    records are in the device's order and were read at `now`, which has a time zone; last_read is when this device
    was read before, at which time none of these sessions had ended.
    """
    times = [moment(listed, record, now) for record in records]
    # The device logs in order: a session without a date lies between its dated neighbours.
    earliest, latest = [], []
    after, before = last_read, now
    for at in times:
        earliest.append(after)
        if at is not None and (after is None or at > after):
            after = at
    for at in reversed(times):
        latest.append(before)
        before = min(before, at or before)
    latest.reverse()
    return [
        Session(record, at, None if at else bounds[0], None if at else bounds[1])
        for record, at, bounds in zip(records, times, zip(earliest, latest, strict=True), strict=True)
    ]


def moment(listed: Listing, record: Dated, now: datetime) -> datetime | None:
    """Return when a record's time was, None if that cannot be known by itself; `now` is when it was read."""
    if record.at_s is not None:
        return local(record.at_s)
    if record.seq >= listed.booted:
        return local(int(now.timestamp()) - (listed.up_s - record.up_s))
    return None


def local(unix_s: int) -> datetime:
    """Return unix time as local time with its offset, so that a session stays on the day it was on for its person."""
    try:
        return datetime.fromtimestamp(unix_s, UTC).astimezone()
    except (OverflowError, OSError, ValueError) as error:
        raise not_understood() from error


def not_understood() -> DeviceError:
    """Return the error of an answer that is none."""
    return DeviceError(0, "The device's log cannot be understood. Install the kneectl and the firmware of one release.")
