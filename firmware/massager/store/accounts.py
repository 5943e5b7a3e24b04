"""Keeps the ledger through power cuts, so that a cut, or damage to one file, can only make it stricter (SAF-24).

A debit is written into both files of the record, one after the other, before its session begins. What makes the ledger
laxer, a session that is settled or time that has passed, goes into one of them: the other is stricter, from before.
"""

import struct

from massager.core import ring
from massager.core.ledger import VALUES
from massager.store.off_time import NO_TIME, OffTime
from massager.store.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from massager.core.ledger import Ledger
    from massager.store.clock import WallClock

_FORMAT = "<%dI" % (1 + VALUES)  # when, by the battery clock, and the ledger
_UNKNOWN = 0xFFFFFFFF
_EVERY_MS = 600000  # without a battery clock, time that has passed is lost with the power unless it is written down


class Accounts:
    """The ledger's record. was_damaged: what there was could not be read, and the ledger now fears the worst."""

    def __init__(self, files: "Any", ledger: "Ledger", rtc: "Any", clock: "WallClock", now_ms: int) -> None:
        self.was_damaged = False
        self._record = Record(files, "ledger", struct.calcsize(_FORMAT))
        self._ledger = ledger
        self._clock = clock
        self._off_time = OffTime(rtc, clock.up_s)
        self._written_ms = now_ms
        self._version = ledger.version
        self._copies_due = 0
        self._is_flash_empty = self._load()

    def _load(self) -> bool:
        """Take up the ledger where it was; return whether flash has nothing that could be laxer by now."""
        data = self._record.read()
        if data is None and not self._record.is_damaged:
            return True
        values = struct.unpack(_FORMAT, data) if data and len(data) == struct.calcsize(_FORMAT) else (_UNKNOWN,)
        if not self._ledger.restore(values[1:]):
            self.was_damaged = True
            self._ledger.fear()
            return False
        noted_s = values[0]
        self._ledger.resume(self._off_time.since_s(NO_TIME if noted_s == _UNKNOWN else noted_s))
        self._written_ms = (self._written_ms - _EVERY_MS) & ring.MASK  # soon: the battery clock may have begun anew
        return False

    def pay(self) -> bool:
        """Write a debit, once more if it is not in both files yet; return whether it was written. Raises what the
        files raise, and is not to be asked again then.
        """
        if not self._ledger.is_sound:
            return False
        if self._ledger.version != self._version:
            self._version = self._ledger.version
            self._copies_due = 2
        if not self._copies_due:
            return False
        self._copies_due -= 1
        self._write()
        return True

    def write(self, now_ms: int) -> bool:
        """Write what was settled, or that time has passed, if it is due; return whether it was. Raises what the files
        raise. A ledger with a flipped bit is not written.
        """
        if not self._ledger.is_sound:
            return False
        is_changed = self._ledger.version != self._version
        if not is_changed and ring.diff(now_ms, self._written_ms) < _EVERY_MS:
            return False
        self._version = self._ledger.version
        self._copies_due = 0
        self._written_ms = now_ms
        if self._is_flash_empty and self._ledger.is_empty():
            return False
        self._write()
        return True

    def _write(self) -> None:
        noted_s = self._off_time.now_s(self._clock.up_s)
        values = self._ledger.values()
        self._record.write(struct.pack(_FORMAT, _UNKNOWN if noted_s == NO_TIME else noted_s, *values))
        self._is_flash_empty = self._ledger.is_empty()
