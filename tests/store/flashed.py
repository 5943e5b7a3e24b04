"""The device's own Files on the simulated chip's flash, without the rest of the firmware. Runs on MicroPython too."""

from kneesim.chip import Chip
from kneesim.clock import Clock
from kneesim.flash import Flash
from massager.device import files as device_files

OUT = 1


class Board:
    PIN_HEATER = 6
    PIN_INFRARED = 16
    PIN_ROLLER_IN1 = 2
    PIN_ROLLER_IN2 = 3
    PIN_INNER = 4
    PIN_OUTER = 5


class Bench:
    """One chip with its flash, switched on. flash: of a bench whose power was cut."""

    def __init__(self, flash=None, board=Board):
        self.clock = Clock()
        self.chip = Chip(self.clock)
        self.chip.reset_cause = 0  # until something says otherwise
        self.flash = Flash() if flash is None else flash
        self.flash.connect(self.chip, board)
        self.is_quiet = True

    def files(self):
        """Return the device's Files; those of other benches must not be used any more."""
        device_files.os = self.flash.os
        device_files.io = self.flash.io
        return device_files.Files("/kept", lambda: self.is_quiet)

    def copy(self):
        """Return another bench with the same in its flash, and power."""
        flash = Flash()
        flash.files = {name: bytearray(data) for name, data in self.flash.files.items()}
        flash.folders = list(self.flash.folders)
        return Bench(flash)
