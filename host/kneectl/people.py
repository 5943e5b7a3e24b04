"""What kneectl keeps about each person: one TOML file a person, in the user's data folder.

A file is read strictly and written whole or not at all. What a person adds to it, comments too, stays; a file that
cannot be understood is left as it is until someone has mended it.
"""

import os
import re
import secrets
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from kneectl import device_log, runtime
from kneectl.courses import Kept, Plan
from kneectl.device_log import Listing, Record, Session
from kneectl.errors import UsageError

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

DEFAULT = "me"

_VERSION = 1
_NAME = re.compile(r"[a-z0-9-]{1,24}")
_HEAD = "What kneectl knows of {}. You may edit it; what kneectl does not know stays as it is."
_KIND_WORDS = {
    int: "a whole number",
    str: 'a text in "quotes"',
    date: "a day such as 2025-06-02",
    datetime: "a moment with its zone such as 2025-06-02T09:30:00+02:00",
    time: "a time such as 09:30:00",
    list: "a list",
    dict: "a table",
}


@dataclass(frozen=True)
class Acknowledgement:
    """That a person has read who must not use the device: on which day, and which version of the list."""

    on: date
    version: str


@dataclass(frozen=True)
class Mark:
    """How far a device's log has been read: its log's count, the next number, and when."""

    log: int
    next: int
    read: datetime


@dataclass(frozen=True)
class Person:
    """What is known of a person; plans and sessions are in the order in which they came."""

    name: str
    acknowledged: Acknowledgement | None = None
    devices: dict[str, Mark] = field(default_factory=dict)
    plans: tuple[Plan, ...] = ()
    sessions: tuple[Kept, ...] = ()

    @property
    def plan(self) -> Plan | None:
        """The course that was started last, also when it is over."""
        return self.plans[-1] if self.plans else None

    def mark_of(self, device: str) -> Mark | None:
        """Return how far a device's log was read, None when never."""
        return self.devices.get(device)


def check_name(name: str) -> str:
    """Return a person's name in small letters; raises UsageError when it cannot be one."""
    if not _NAME.fullmatch(name.lower()):
        raise UsageError(f"A person's name has 1 to 24 letters (a to z), digits and -, not {name!r}.")
    return name.lower()


def path_of(name: str) -> Path:
    """Return where a person's file is, or would be."""
    return Path(platformdirs.user_data_dir("kneectl", appauthor=False)) / "people" / f"{check_name(name)}.toml"


def load(name: str) -> Person:
    """Return what is known of a person; nothing when there is no file yet.

    Raises UsageError, with the file, what is wrong and what to do, when the file cannot be understood.
    """
    path = path_of(name)
    return _parse(check_name(name), path, _read(path))


def acknowledge(name: str, given: Acknowledgement) -> None:
    """Keep that a person has read who must not use the device."""
    with _editing(name) as (_, document):
        _section(document, "acknowledged", {})
        document["acknowledged"] = {"on": given.on, "version": given.version}


def add_plan(name: str, plan: Plan) -> None:
    """Keep a course that a person starts; raises UsageError while another one runs."""
    with _editing(name) as (person, document):
        if person.plan is not None and not person.plan.is_over(plan.begun):
            raise UsageError(
                f"The course {person.plan.course} is not over yet. End it with `kneectl course stop` to start another."
            )
        _append(document, "course", [_plan_values(plan)])


def stop_plan(name: str, on: date) -> Plan:
    """End a person's course and return it as it was; raises UsageError when none runs."""
    with _editing(name) as (person, document):
        if person.plan is None or person.plan.is_over(on):
            raise UsageError("No course runs that could be stopped. `kneectl course list` tells what there is.")
        document["course"][-1]["stopped"] = on
    return person.plan


def keep(name: str, device: str, listed: Listing, records: Sequence[Record], now: datetime) -> list[Kept]:
    """Keep what was read of a device's log, and return the sessions that are new; records as from `unread`."""
    with _editing(name) as (person, document):
        mark, new = merge(person, device, listed, records, now)
        _section(document, "device", {})
        document["device"][device] = {"log": mark.log, "next": mark.next, "read": mark.read}
        _append(document, "session", [_session_values(kept) for kept in new])
    return new


def merge(
    person: Person, device: str, listed: Listing, records: Sequence[Record], now: datetime
) -> tuple[Mark, list[Kept]]:
    """Return how far the log is read now, and the sessions among the records that the person's file has not."""
    read = now.replace(microsecond=0)
    mark = person.mark_of(device)
    if mark is None:
        mark, last_read, known = Mark(1, listed.next, read), None, 0
    elif is_anew(person, device, listed, records):
        mark, last_read, known = Mark(mark.log + 1, listed.next, read), mark.read, 0
    else:
        mark, last_read, known = Mark(mark.log, listed.next, read), mark.read, mark.next
    sessions = device_log.dated(listed, records, now, last_read)
    new = [Kept(device, mark.log, s) for s in sessions if known <= s.record.seq < listed.next]
    return mark, new


def unread_from(person: Person, device: str) -> int:
    """Return from which record on a device's log has to be read: from the last that is known, to compare it."""
    mark = person.mark_of(device)
    return 0 if mark is None else max(0, mark.next - 1)


def is_anew(person: Person, device: str, listed: Listing, records: Sequence[Record]) -> bool:
    """Whether a device's log is another one than the one that was read before, as after its memory was wiped.

    records must include the last one that is known, if the device still has it.
    """
    mark = person.mark_of(device)
    if mark is None:
        return False
    if listed.next < mark.next:
        return True
    last = {kept.key: kept.session.record for kept in person.sessions}.get((device, mark.log, mark.next - 1))
    again = next((record for record in records if record.seq == mark.next - 1), None)
    return last is not None and again is not None and again != last


@contextmanager
def _editing(name: str) -> "Iterator[tuple[Person, TOMLDocument]]":
    """Lend a person's file for changing; it is written when the block ends without an exception."""
    import tomlkit  # takes longer to import than most commands need

    path = path_of(name)
    name = check_name(name)
    lock = runtime.take(runtime.runtime_dir() / f"person-{name}.json", {"pid": os.getpid()})
    if lock is None:
        raise UsageError(f"Another kneectl is writing {path}. Try again.")
    try:
        text = _read(path)
        person = _parse(name, path, text)
        document = tomlkit.parse(text)
        if not text:
            document.add(tomlkit.comment(_HEAD.format(name)))
            document["version"] = _VERSION
        yield person, document
        _write(path, tomlkit.dumps(document))
    finally:
        lock.release()


def _append(document: "TOMLDocument", key: str, rows: list[dict[str, Any]]) -> None:
    import tomlkit

    if rows:
        _section(document, key, tomlkit.aot())
    for row in rows:
        document[key].append(row)


def _section(document: "TOMLDocument", key: str, empty: Any) -> None:
    import tomlkit

    if key not in document:
        document.add(tomlkit.nl())  # people read the file too
        document[key] = empty


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise _damaged(path, "it is not text in UTF-8") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}. See to it that you may read it.") from error


def _write(path: Path, text: str) -> None:
    temporary = None
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = path.resolve()  # a link to another place stays one
        descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except OSError as error:
        if temporary is not None:
            with suppress(OSError):
                os.unlink(temporary)
        raise UsageError(
            f"{path} cannot be written: {error.strerror}. Nothing in it has changed; make room or see to its rights."
        ) from error


class _Table:
    """Takes values out of a table and says where it is when one is missing or wrong."""

    def __init__(self, path: Path, where: str, values: Any) -> None:
        self._path = path
        self._where = where
        if type(values) is not dict:
            raise self.wrong("is not a table")
        self._values = values

    def wrong(self, what: str) -> UsageError:
        return _damaged(self._path, f"{self._where} {what}")

    def get(self, key: str, kind: type, default: Any = ...) -> Any:
        if key not in self._values:
            if default is ...:
                raise self.wrong(f"has no {key}, which must be {_KIND_WORDS[kind]}")
            return default
        value = self._values[key]
        if type(value) is not kind or (isinstance(value, datetime) and value.tzinfo is None):
            raise self.wrong(f"has {key} = {value}, which must be {_KIND_WORDS[kind]}")
        return value

    def table(self, key: str) -> "_Table":
        return _Table(self._path, f"[{key}]", self.get(key, dict, {}))

    def tables(self, key: str) -> "list[_Table]":
        rows = self.get(key, list, [])
        return [_Table(self._path, f"[[{key}]] number {number}", row) for number, row in enumerate(rows, 1)]

    def each(self, key: str) -> "dict[str, _Table]":
        return {name: _Table(self._path, f"[{key}.{name}]", row) for name, row in self.get(key, dict, {}).items()}

    def __bool__(self) -> bool:
        return bool(self._values)


def _parse(name: str, path: Path, text: str) -> Person:
    if not text:
        return Person(name)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _damaged(path, f"it is not TOML: {error}") from error
    top = _Table(path, "it", values)
    version = top.get("version", int)
    if version > _VERSION:
        raise UsageError(f"{path} was written by a newer kneectl. Install that one; this one leaves the file alone.")
    acknowledged = top.table("acknowledged")
    return Person(
        name,
        Acknowledgement(acknowledged.get("on", date), acknowledged.get("version", str)) if acknowledged else None,
        {
            device: Mark(row.get("log", int), row.get("next", int), row.get("read", datetime))
            for device, row in top.each("device").items()
        },
        tuple(_plan(row) for row in top.tables("course")),
        tuple(_kept(row) for row in top.tables("session")),
    )


def _damaged(path: Path, what: str) -> UsageError:
    return UsageError(
        f"{path}: {what}. Mend it with an editor, or move the file away to begin anew; kneectl leaves it as it is."
    )


_KINDS: dict[str, type] = {
    "seq": int,
    "program": str,
    "up_s": int,
    "lasted_s": int,
    "of_s": int,
    "end": str,
    "strength": int,
    "heat": str,
    "skin_mc": int,
}
_OPTIONAL: dict[str, type] = {"at_s": int, "fault": str}
_TIMES = ("at", "after", "before")


def _plan(row: _Table) -> Plan:
    planned = row.get("planned", list)
    if not planned or any(type(day) is not date for day in planned) or sorted(set(planned)) != planned:
        raise row.wrong("has planned days that are not days in order, such as [2025-06-02, 2025-06-05]")
    return Plan(
        row.get("uid", str),
        row.get("course", str),
        row.get("program", str),
        tuple(planned),
        row.get("at", time, None),
        row.get("begun", date),
        row.get("stopped", date, None),
    )


def _plan_values(plan: Plan) -> dict[str, Any]:
    values = {f.name: getattr(plan, f.name) for f in fields(plan)}
    return {key: value for key, value in values.items() if value is not None} | {"planned": list(plan.planned)}


def _kept(row: _Table) -> Kept:
    values = {key: row.get(key, kind) for key, kind in _KINDS.items()}
    values |= {key: row.get(key, kind, None) for key, kind in _OPTIONAL.items()}
    times = [row.get(key, datetime, None) for key in _TIMES]
    return Kept(row.get("device", str), row.get("log", int), Session(Record(**values), *times))


def _session_values(kept: Kept) -> dict[str, Any]:
    session, record = kept.session, kept.session.record
    values: dict[str, Any] = {"device": kept.device, "log": kept.log, "seq": record.seq}
    values |= {key: getattr(session, key) for key in _TIMES}
    values |= {key: getattr(record, key) for key in (*_KINDS, *_OPTIONAL)}
    return {key: value for key, value in values.items() if value is not None}


def new_uid() -> str:
    """Return a name that no other plan has."""
    return secrets.token_hex(8)
