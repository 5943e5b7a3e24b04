"""Writes a session into the log when it is over and everything is off."""

from massager.core import faults, limits, programs, session
from massager.link.checks import HEATS
from massager.store.log import Log

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from massager.core.controller import Controller
    from massager.store.clock import WallClock

    Record = dict[str, Any]

RECORDS_A_FILE = 128  # a month of four sessions a day


class Journal:
    """Watches the sessions of a controller; `log` holds those that are over."""

    def __init__(self, files: "Any", controller: "Controller", clock: "WallClock") -> None:
        self.log = Log(files, "log", RECORDS_A_FILE)
        self.booted = self.log.next  # what is from here on happened since power-up
        self.pending: "Record | None" = None
        self._controller = controller
        self._clock = clock
        self._starts = 0
        self._is_open = False
        self._at_s: "int | None" = None
        self._up_s = 0
        self._strength = 0
        self._heat = 0
        self._skin_mc = 0
        self._soft_times = 0

    def watch(self) -> None:
        """Look at the session; call it each tick, after the outputs are set."""
        s = self._controller.session
        if s.starts != self._starts:
            self._starts = s.starts
            self._is_open = True
            self._at_s = self._clock.unix_s()
            self._up_s = self._clock.up_s
            self._strength = 0
            self._heat = 0
            self._skin_mc = 0
            self._soft_times = self._controller.guard.permit.soft_limit.times
        if not self._is_open:
            return
        if s.is_active():
            c = self._controller
            self._strength = max(self._strength, c.strength)
            self._heat = max(self._heat, c.heat)
            if not c.sensors.skin.band:
                self._skin_mc = max(self._skin_mc, c.sensors.skin.hotter_mc)
        else:
            self._is_open = False
            self.pending = self._record(s)

    def _record(self, s: session.Session) -> "Record":
        c = self._controller
        is_fault = s.state == session.FAULT
        record = {
            "program": c.catalogue.name(s.program),
            "at_s": self._at_s,
            "up_s": self._up_s,
            "lasted_s": min(s.elapsed_ms, limits.SESSION_CAP_MOST_MS) // 1000,
            "of_s": s.length_ms // 1000,
            "end": "fault" if is_fault else session.END_NAMES[s.end_reason],
            "strength": self._strength,
            "heat": HEATS[self._heat],
            "skin_mc": self._skin_mc if self._skin_mc else None,
        }
        soft_times = c.guard.permit.soft_limit.times - self._soft_times
        if soft_times:
            record["soft"] = soft_times
        if is_fault:
            record["fault"] = faults.TABLE[c.guard.fault][0]
        elif c.catalogue.has_flag(s.program, programs.GROWS) and _is_done(s):
            record["grows"] = True
        return record

    def write(self) -> bool:
        """Append the pending record; return True if it is one more session of a growing program."""
        record = self.pending
        self.pending = None
        if record is None:
            return False
        has_grown = record.pop("grows", False)
        self.log.append(record)
        return bool(has_grown)


def _is_done(s: session.Session) -> bool:
    """Return True if a session counts for a program that grows: nobody stopped it, and at least half was played."""
    return s.end_reason == session.FINISHED or (s.end_reason == session.CAP and s.elapsed_ms * 2 >= s.length_ms)
