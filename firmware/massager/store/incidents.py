"""What is kept about faults: the one that is latched, so that it outlives a power cut, and a log of all of them, the
newest with their black boxes.

A power cut between a fault and its writing, a few ticks later, loses the record alone: everything is off by then,
nothing starts by itself afterwards, and a cause that is still there latches anew.
"""

import struct

from micropython import const

from massager.core import faults, session
from massager.core.blackbox import MOMENT_BYTES, MOMENTS, NAMES
from massager.core.sensors import Ntc
from massager.link.checks import HEATS
from massager.store.log import Log
from massager.store.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from massager.core.controller import Controller
    from massager.store.clock import WallClock

    Facts = dict[str, Any]

RECORDS_A_FILE = 32
BOXES = 4  # of the newest faults
_NAME_BYTES = const(24)
_SEQ = "<I"
_SEQ_BYTES = const(4)
_NO_TEMPERATURE = const(-1000000)


class Incidents:
    """The faults of one device. One that was latched when the power went is latched again when this is made.

    log: all of them; booted: the number of the first one since power-up.
    """

    def __init__(self, files: "Any", controller: "Controller", clock: "WallClock") -> None:
        self.log = Log(files, "faults", RECORDS_A_FILE)
        self.booted = self.log.next
        self._boxes = [Record(files, "box%d" % i, _SEQ_BYTES + MOMENT_BYTES * MOMENTS) for i in range(BOXES)]
        self._latch = Record(files, "latch", _NAME_BYTES)
        self._controller = controller
        self._clock = clock
        self._pending: "Facts | None" = None  # a fault that is to be logged
        self._boxed = 0  # the number of a fault whose black box is to be written; 0: none
        self._copies_due = 0  # of the latched fault
        self._state = session.IDLE  # after the last tick
        self._starts = 0
        self._skin_mc = _NO_TEMPERATURE  # highest of the session
        self._pad_mc = _NO_TEMPERATURE
        self._seen = self._restore()
        self._kept = self._seen

    def _restore(self) -> int:
        """Latch what was latched when the power went, and return it; what cannot be read was a fault, too."""
        name = self._latch.read()
        if self._latch.is_damaged:
            fault = faults.CORRUPT
        elif name:
            fault = faults.number_of("".join([chr(byte) for byte in name]))
            if fault < 0:  # of other firmware
                fault = faults.CORRUPT
        else:
            fault = faults.NONE
        self._controller.guard.latch(fault)
        return fault

    def watch(self) -> None:
        """Look at the session and the guard; call it each tick, after the outputs are set."""
        c = self._controller
        s = c.session
        if s.starts != self._starts:
            self._starts = s.starts
            self._skin_mc = _NO_TEMPERATURE
            self._pad_mc = _NO_TEMPERATURE
        fault = c.guard.fault
        if s.is_active() or fault != self._seen:
            self._skin_mc = _higher(self._skin_mc, c.sensors.skin)
            self._pad_mc = _higher(self._pad_mc, c.sensors.pad)
        if fault != self._seen:
            self._seen = fault
            if fault != faults.NONE:
                self._pending = self._describe(fault)
        self._state = s.state

    def _describe(self, fault: int) -> "Facts":
        c = self._controller
        s = c.session
        is_in_session = self._state in (session.RUNNING, session.PAUSED)
        return {
            "fault": faults.TABLE[fault][0],
            "at_s": self._clock.unix_s(),
            "up_s": self._clock.up_s,
            "state": session.STATE_NAMES[self._state],
            "program": c.catalogue.name(s.program) if is_in_session else None,
            "step": s.step_index + 1 if is_in_session else None,
            "after_s": s.elapsed_ms // 1000 if is_in_session else None,
            "strength": c.strength,
            "heat": HEATS[c.heat],
            "skin_mc": _or_none(self._skin_mc),
            "pad_mc": _or_none(self._pad_mc),
        }

    def write_latch(self) -> bool:
        """Keep which fault is latched if flash says otherwise; return whether anything was written.

        A fault is written into both files of its record, one after the other: no damage to one of them may clear it.
        """
        fault = self._controller.guard.fault
        if fault != self._kept:
            self._kept = fault
            self._copies_due = 2 if fault != faults.NONE else 1
        if not self._copies_due:
            return False
        self._copies_due -= 1  # also if it fails: a broken flash is not asked again each tick
        self._latch.write(faults.TABLE[fault][0].encode() if fault != faults.NONE else b"")
        return True

    def write(self) -> bool:
        """Log a fault that has come, then keep its black box; return whether anything was written."""
        if self._pending is not None:
            facts = self._pending
            self._pending = None
            self._boxed = self.log.append(facts)
            return True
        if self._boxed:
            seq = self._boxed
            self._boxed = 0
            self._boxes[seq % BOXES].write(struct.pack(_SEQ, seq) + self._controller.box.moments())
            return True
        return False

    def box(self, seq: int) -> "bytes | None":
        """Return the moments of a fault's black box, None if it is not kept any more."""
        data = self._boxes[seq % BOXES].read()
        if not data or len(data) < _SEQ_BYTES or struct.unpack_from(_SEQ, data)[0] != seq:
            return None
        return data[_SEQ_BYTES:]


def moment(data: bytes, number: int) -> "tuple[int, ...]":
    """Return one moment of a black box, its numbers in the order of blackbox.NAMES."""
    return struct.unpack_from("<%dh" % len(NAMES), data, number * MOMENT_BYTES)


def _higher(mc: int, ntc: Ntc) -> int:
    """Return the higher of mc and what a sensor shows, if that is a temperature."""
    return mc if ntc.band else max(mc, ntc.mc)


def _or_none(mc: int) -> "int | None":
    return None if mc == _NO_TEMPERATURE else mc
