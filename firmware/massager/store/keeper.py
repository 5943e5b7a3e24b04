"""Everything the device keeps, and when it is written: between sessions, one thing at a time, with everything off."""

from massager.core import calibration, ring, session, sounds
from massager.core.controller import NOTHING_WANTED
from massager.store.accounts import Accounts
from massager.store.calibration import Calibration
from massager.store.clock import WallClock
from massager.store.incidents import Incidents
from massager.store.journal import Journal
from massager.store.library import Library
from massager.store.settings import SESSIONS_DONE_MOST, Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from massager.core.controller import Controller

_TROUBLE = "The device's memory is full or damaged: something could not be kept. Remove a program, or flash it anew."
_DAMAGED = "The device's settings were damaged and are as on a new one, with the lowest strength limit. Set them again."
_FEARED = (
    "What the device was used for could not be read: it now takes it that a long session has just ended, and rests."
)
_UNCALIBRATED = "The sensors' calibration was damaged; they read as without one. Calibrate them again."
_LOOK_EVERY_MS = 1000  # at settings that a button changed: somebody may press it several times


class Keeper:
    """Settings, users' programs, sessions, faults and the ledger of one device. trouble: a sentence if something could
    not be kept, else "". rtc: the battery clock (device/rtc.py), None where there is none.
    """

    def __init__(
        self,
        files: "Any",
        controller: "Controller",
        zone_actuators: "tuple[int, ...]",
        now_ms: int,
        rtc: "Any" = None,
    ) -> None:
        self.clock = WallClock(now_ms)
        self._accounts = Accounts(files, controller.ledger, rtc, self.clock, now_ms)
        self.library = Library(files, controller.catalogue, zone_actuators)
        self._settings = Settings(files, controller.setup, controller.catalogue)
        self.journal = Journal(files, controller, self.clock)
        self.incidents = Incidents(files, controller, self.clock)
        self._calibration = Calibration(files, controller.sensors)
        self.has_damaged_settings = self._settings.is_damaged
        self.trouble = ""
        self._controller = controller
        self._looked_ms = now_ms
        self._has_grown = False
        if self.has_damaged_settings:
            self.trouble = _DAMAGED
        elif self._calibration.is_damaged:
            self.trouble = _UNCALIBRATED
        if self._accounts.was_damaged:
            self.trouble = _FEARED
        if self.trouble:
            controller.face.player.play(sounds.REFUSED)

    def is_calibrated(self) -> bool:
        """Return True if the sensors' calibration is known."""
        return self._calibration.is_kept

    def watch(self, now_ms: int) -> None:
        """Count time and look at the session; call it each tick, after the outputs are set."""
        self.clock.step(now_ms)
        self.journal.watch()
        self.incidents.watch()

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
            return self._pay()
        try:
            return self._write(now_ms)
        except OSError:  # a flash that is full or worn out must not end the loop
            self.trouble = _TROUBLE
            return True

    def _pay(self) -> bool:
        """Write down the debit of the session that waits for it, then let that go on. It must not begin unless it is
        paid for (SAF-24).
        """
        c = self._controller
        if c.session.waits != session.DEBIT:
            return False
        try:
            if not self._accounts.pay():
                c.paid(c.ledger.open_ms)
        except OSError:
            self.trouble = _TROUBLE
            c.session.end(session.UNPAID)
        return True

    def save_settings(self) -> None:
        """Keep the settings as they are now. Raises what the files raise."""
        self._settings.save()
        self.trouble = ""

    def _write(self, now_ms: int) -> bool:
        """Write down a latched fault and what the ledger gives back, then the last session and the fault, then that a
        program has grown, or settings that a button changed; return whether there was anything. One file at a time:
        each may take the flash a good part of the watchdog's time.
        """
        if self.incidents.write_latch() or self._accounts.write(now_ms):
            return True
        if self._controller.calibrator.stage == calibration.DONE:
            self._keep_calibration()
            return True
        if self.journal.pending is not None:
            self._has_grown = self.journal.write()
            return True
        if self.incidents.write():
            return True
        if self._has_grown:
            self._has_grown = False
            setup = self._controller.setup
            setup.sessions_done = min(setup.sessions_done + 1, SESSIONS_DONE_MOST)
            self.save_settings()
            return True
        if ring.diff(now_ms, self._looked_ms) < _LOOK_EVERY_MS:
            return False
        self._looked_ms = now_ms
        if self._settings.is_stale():
            self.save_settings()
            return True
        return False

    def _keep_calibration(self) -> None:
        calibrator = self._controller.calibrator
        calibrator.stage = calibration.NOT_KEPT
        self._calibration.save(calibrator.skin.offset_mc, calibrator.pad.offset_mc)
        calibrator.stage = calibration.KEPT
        if self.trouble == _UNCALIBRATED:
            self.trouble = ""
