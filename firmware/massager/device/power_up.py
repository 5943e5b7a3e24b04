"""What the device finds out when it starts, before it makes anything that could be on: how it shall start (SAF-44), and
whether it is in order (SAF-45).
"""

import time

import machine

from massager.core import self_tests, signals
from massager.device import self_test
from massager.device.resets import Resets, Scratch
from massager.store.starts import Starts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from massager.device.hardware import Senses
    from massager.device.image import Image

_HELD_MS = 3000  # STOP and MODE at power-up, for maintenance
_LOOK_MS = 20
_TRIES = 2  # of the watchdog; the power may go in one. Then a start without heat, or they would never end


class PowerUp:
    """mode: one of self_tests.NORMAL, MAINTENANCE, RESCUE. failed: the test that the device did not pass, or
    self_tests.PASSED.
    """

    def __init__(self, board: "Any", files: "Any", image: "Image", senses: "Senses") -> None:
        self.failed = self_tests.PASSED
        self.resets = Resets(Scratch(board))
        self._starts = Starts(files)
        self._identity = image.identity
        is_power = machine.reset_cause() == machine.PWRON_RESET
        self._see_bite(is_power)
        if self.resets.note(is_power):
            self._keep(is_rescue=True)
        if _is_asked_for(senses):
            self.mode = self_tests.MAINTENANCE
        else:
            self.mode = self_tests.RESCUE if self._starts.is_rescue else self_tests.NORMAL
        if not image.is_whole:
            self.failed = self_tests.IMAGE_DAMAGED if image.has_list else self_tests.IMAGE_UNLISTED
        elif self.mode == self_tests.NORMAL:
            self.failed = self_test.failed(board, senses)
            self._prove_watchdog()

    def is_link_only(self) -> bool:
        """Return True if nothing may be on, whatever comes."""
        return self.mode == self_tests.RESCUE or self_tests.is_off_for_good(self.failed)

    def end_rescue(self) -> None:
        """Start as ever from now on: somebody at the device has acknowledged the restarts."""
        self.resets.forget()
        self._keep(is_rescue=False)
        self.resets.plan(True)

    def _see_bite(self, is_power: bool) -> None:
        """If the watchdog was being tried, this start was its bite, unless the power came on."""
        starts = self._starts
        if starts.proving and not is_power:
            starts.proved = starts.proving
            starts.proving = ""
            starts.tries = 0
            self._save()

    def _prove_watchdog(self) -> None:
        """Once for each image, stop feeding the watchdog and see that it bites."""
        starts = self._starts
        if starts.proved == self._identity:
            return
        starts.tries += 1
        if starts.tries <= _TRIES:
            starts.proving = self._identity
            # What cannot be kept would be tried again after its bite, for ever.
            if self._save():
                self.resets.plan(True)
                self_test.starve_watchdog()
                self.resets.plan(False)
        starts.tries = 0
        starts.proving = ""  # or the next reset would be taken for a bite
        self._save()
        self.failed = self.failed or self_tests.WATCHDOG

    def _keep(self, is_rescue: bool) -> None:
        if self._starts.is_rescue != is_rescue:
            self._starts.is_rescue = is_rescue
            # Into both files, so that no damage to one of them brings back what was before.
            self._save()
            self._save()

    def _save(self) -> bool:
        """Return whether it could be kept."""
        try:
            self._starts.save()
        except OSError:  # flash that is full or worn out
            return False
        return True


def _is_asked_for(senses: "Senses") -> bool:
    """Return True if somebody holds STOP and MODE, and nothing else, for as long as it takes."""
    inputs = signals.Inputs()
    for _ in range(_HELD_MS // _LOOK_MS):
        senses.read(0, inputs)
        if inputs.buttons != signals.STOP | signals.MODE:
            return False
        time.sleep_ms(_LOOK_MS)
    return True
