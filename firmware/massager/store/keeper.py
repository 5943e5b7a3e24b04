"""Everything the device keeps, and when it is written: between sessions, one thing at a time, with everything off."""

from massager.core import ring
from massager.core.controller import NOTHING_WANTED
from massager.store.clock import WallClock
from massager.store.journal import Journal
from massager.store.library import Library
from massager.store.settings import SESSIONS_DONE_MOST, Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from massager.core.controller import Controller

_TROUBLE = "The device's memory is full or damaged: something could not be kept. Remove a program, or flash it anew."
_DAMAGED = "The device's settings were damaged and are as on a new one. Set them again with kneectl settings."
_LOOK_EVERY_MS = 1000  # at settings that a button changed: somebody may press it several times


class Keeper:
    """Settings, users' programs and the session log of one device. trouble: a sentence if something could not be kept,
    else "".
    """

    def __init__(self, files: "Any", controller: "Controller", zone_actuators: "tuple[int, ...]", now_ms: int) -> None:
        self.clock = WallClock(now_ms)
        self.library = Library(files, controller.catalogue, zone_actuators)
        self.settings = Settings(files, controller.setup)
        self.journal = Journal(files, controller, self.clock)
        self.trouble = _DAMAGED if self.settings.is_damaged else ""
        self._controller = controller
        self._looked_ms = now_ms

    def watch(self, now_ms: int) -> None:
        """Count time and look at the session; call it each tick, after the outputs are set."""
        self.clock.step(now_ms)
        self.journal.watch()

    def serve(self, now_ms: int) -> bool:
        """Do one thing that is due; return whether there was one. May take longer than a tick, with everything off."""
        c = self._controller
        if c.wanted != NOTHING_WANTED:
            if self.library.lend(c.wanted):
                c.refuse_wanted()
            else:
                c.play_wanted()
            return True
        if c.session.is_active():
            return False
        try:
            return self._write(now_ms)
        except OSError:  # a flash that is full or worn out must not end the loop
            self.trouble = _TROUBLE
            return True

    def _write(self, now_ms: int) -> bool:
        """Write down the last session, or settings that a button changed; return whether there was anything."""
        if self.journal.pending is not None:
            if self.journal.write():
                setup = self._controller.setup
                setup.sessions_done = min(setup.sessions_done + 1, SESSIONS_DONE_MOST)
                self.settings.save()
            return True
        if ring.diff(now_ms, self._looked_ms) < _LOOK_EVERY_MS:
            return False
        self._looked_ms = now_ms
        if self.settings.is_stale():
            self.settings.save()
            return True
        return False
