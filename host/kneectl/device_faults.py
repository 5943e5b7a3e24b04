"""The device's log of its faults, and their black boxes: reading both."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from kneectl import device_log
from kneectl.client import Client, Result
from kneectl.device_log import Listing
from kneectl.errors import DeviceError
from massager.core import faults
from massager.core.blackbox import NAMES

_MOMENTS_MOST = 1000


@dataclass(frozen=True)
class Incident:
    """One fault as the device logged it: `_s` seconds, `_mc` milli-degrees Celsius.

    at_s is unix time, None when the device knew no date; up_s counts from power-up. state is the one before the fault;
    program, step and after_s, which counts from the start, are None outside of a session. skin_mc and pad_mc are the
    highest of the session, None when there was no reading.
    """

    seq: int
    fault: str
    at_s: int | None
    up_s: int
    state: str
    program: str | None
    step: int | None
    after_s: int | None
    strength: int
    heat: str
    skin_mc: int | None
    pad_mc: int | None

    @property
    def words(self) -> tuple[str, str]:
        """What happened, and what to do; empty for a fault that this kneectl does not know."""
        number = faults.number_of(self.fault)
        return faults.TABLE[number][1:] if number > 0 else ("", "")


_MAY_BE_NONE = ("at_s", "program", "step", "after_s", "skin_mc", "pad_mc")
_KINDS = {f.name: str if f.name in ("fault", "state", "program", "heat") else int for f in fields(Incident)}

Moment = dict[str, int]  # by the names of the firmware's core/blackbox.py


def listing(client: Client) -> Listing:
    """Ask the device which faults it has logged; raises DeviceError when its firmware keeps no such log."""
    return device_log.listing(client, "faults.list")


def read(client: Client, listed: Listing, since: int = 0) -> list[Incident]:
    """Return the faults of a listing from number `since` on, oldest first."""
    return [_from_answer(row) for row in device_log.rows(client, "faults.read", listed, since)]


def find(client: Client, listed: Listing, seq: int) -> Incident:
    """Return one fault by its number; raises DeviceError if the device has none of this number."""
    if listed.first <= seq < listed.next:
        found = client.request("faults.read", seq=seq).get("records")
        if not isinstance(found, list):
            raise device_log.not_understood()
        if found and isinstance(found[0], dict) and found[0].get("seq") == seq:
            return _from_answer(found[0])
    if listed.first == listed.next:
        raise DeviceError(0, "The device has logged no fault.")
    raise DeviceError(0, f"The device has no fault number {seq}. `kneectl faults` lists those that it has.")


def box(client: Client, seq: int) -> list[Moment]:
    """Return the moments of a fault's black box, oldest first; none if the device keeps it no more."""
    found: list[Moment] = []
    total = 1
    while len(found) < total:
        page = client.request("faults.box", seq=seq, first=len(found))
        total, rows = page.get("total"), page.get("moments")  # type: ignore[assignment]  # checked below
        if type(total) is not int or total > _MOMENTS_MOST or not isinstance(rows, list) or bool(rows) != bool(total):
            raise device_log.not_understood()
        found += [_moment(row) for row in rows]
    return found


def seconds_before(moments: Sequence[Moment]) -> list[float]:
    """Return when each moment was, in seconds before the last one: 0 or less."""
    times = [0.0]
    for moment in reversed(moments[1:]):
        times.append(times[-1] - moment["after_ms"] / 1000)
    return times[::-1] if moments else []


def _moment(row: object) -> Moment:
    if not isinstance(row, list) or len(row) != len(NAMES) or not all(type(value) is int for value in row):
        raise device_log.not_understood()
    return dict(zip(NAMES, row, strict=True))


def _from_answer(row: object) -> Incident:
    if not isinstance(row, dict):
        raise device_log.not_understood()
    values: Result = {name: row.get(name) for name in _KINDS}
    for name, value in values.items():
        if type(value) is not _KINDS[name] and not (value is None and name in _MAY_BE_NONE):
            raise device_log.not_understood()
    return Incident(**values)
