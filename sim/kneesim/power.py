"""Powers a simulated device: gives the firmware its modules, runs boot.py and main.py, and again after every reset.

The firmware is imported anew for each start, so that a reset forgets everything but the flash, as on the chip. The
look-alikes of machine, time, select, sys, os and io (and gc on CPython) stand in sys.modules only while the firmware
imports and runs.
"""

import binascii  # noqa: F401  loaded before sys and os are replaced, since the firmware imports it
import json  # noqa: F401
import struct  # noqa: F401
import sys

from kneesim import port as serial_port
from kneesim.chip import Chip, ChipReset, Machine
from kneesim.flash import Flash
from kneesim.port import Port

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_WAIT_US = 1000
_START_US = 50_000
_PATH = ("", ".frozen", "/lib")  # where MicroPython looks for modules, before boot.py adds its folder
_IS_CPYTHON = sys.implementation.name == "cpython"
if _IS_CPYTHON:
    # Loaded to print a warning or a traceback, and not getting on with the firmware's os and io.
    import linecache  # noqa: F401
    import traceback  # noqa: F401
    import tracemalloc  # noqa: F401


class EndOfRun(BaseException):
    """Whoever runs the simulation wants it to end."""


class _Module:
    """A module made of attributes."""

    def __init__(self, attributes: "dict[str, Any]") -> None:
        for name in attributes:
            setattr(self, name, attributes[name])


def _look_alikes(chip: Chip, port: Port, flash: Flash) -> "dict[str, Any]":
    clock = chip.clock
    found = {
        "machine": Machine(chip),
        "time": _Module(
            {
                "ticks_ms": clock.ticks_ms,
                "ticks_us": clock.ticks_us,
                "sleep_ms": lambda ms: clock.sleep_us(ms * 1000),
            }
        ),
        "select": _Module({"poll": serial_port.Poll, "POLLIN": serial_port.POLLIN, "POLLOUT": serial_port.POLLOUT}),
        "micropython": _Module({"const": lambda value: value, "kbd_intr": port.kbd_intr}),
        "sys": _Module({"stdin": serial_port.stdin(port), "stdout": serial_port.stdout(port), "path": []}),
        "os": flash.os,
        "io": flash.io,
    }  # type: dict[str, Any]
    if _IS_CPYTHON:
        # CPython counts references; collecting the firmware's garbage there would only cost time.
        found["gc"] = _Module(
            {
                "collect": chip.note_collection,
                "mem_free": lambda: chip.free_bytes,
                "threshold": lambda _: None,
                "enable": lambda: chip.let_collect(True),
                "disable": lambda: chip.let_collect(False),
            }
        )
    return found


def _is_firmware(name: str) -> bool:
    return name == "board" or name == "massager" or name.startswith("massager.")


def load_board(board_folder: str, firmware_folder: str, features: "tuple[str, ...] | None" = None) -> "Any":
    """Return a board file's module, loaded without touching what sys.modules holds. features: what is fitted to it,
    instead of what the file says.
    """
    kept = {}
    for name in list(sys.modules):
        if _is_firmware(name):
            kept[name] = sys.modules.pop(name)
    path = sys.path[:]
    sys.path[:0] = [board_folder, firmware_folder]
    try:
        import board  # type: ignore[import-not-found]  # which one is only known at run time
    finally:
        for name in list(sys.modules):
            if _is_firmware(name):
                del sys.modules[name]
        for name in kept:
            sys.modules[name] = kept[name]
        sys.path[:] = path
    if features is not None:
        board.FEATURES = features
    return board


class Power:
    """The supply of one device: run() until someone ends it. board is what load_board returns; the flash becomes the
    chip's, with what is in it.
    """

    def __init__(self, chip: Chip, port: Port, firmware_folder: str, board: "Any", flash: Flash) -> None:
        self.is_ended = False
        self.starts = 0
        self.has_repl = False  # what a script raises ends at the prompt, as on the chip, and not this simulation
        self.errors: list[BaseException] = []  # that ended there
        self._chip = chip
        self._port = port
        self._folder = firmware_folder
        self._board = board
        flash.connect(chip, board)
        self._look_alikes = _look_alikes(chip, port, flash)
        self._kept: dict[str, Any] = {}
        self._firmware: dict[str, Any] = {}
        self._path: list[str] = []
        self._hidden: list[str] = []  # the names of whatever the firmware must not find
        self._count_with = -1  # modules in sys.modules while the firmware runs, when last looked at
        self._count_without = -1  # and while it does not
        flash.hold_image(firmware_folder, board)

    def install(self) -> None:
        """Show the firmware's modules in sys.modules, keeping what stood there."""
        # Hundreds of modules are looked through only if there are others than the last time: a test may come here after
        # each tick.
        if len(sys.modules) != self._count_without:
            self._hidden = [name for name in sys.modules if _is_firmware(name) or name in self._look_alikes]
        for name in self._hidden:
            self._kept[name] = sys.modules.pop(name)
        sys.modules.update(self._look_alikes)
        sys.modules.update(self._firmware)
        self._count_with = len(sys.modules)
        self._path = sys.path[:]
        sys.path[:0] = [self._folder]

    def restore(self) -> None:
        """Put back what stood there before install()."""
        if len(sys.modules) != self._count_with:
            self._firmware = dict.fromkeys([name for name in sys.modules if _is_firmware(name)])
        for name in self._firmware:
            self._firmware[name] = sys.modules.pop(name)
        for name in self._look_alikes:
            del sys.modules[name]
        sys.modules.update(self._kept)
        self._kept = {}
        self._count_without = len(sys.modules)
        sys.path[:] = self._path

    def firmware_module(self, name: str) -> "Any":
        """Return one of the running firmware's modules; for use between install() and restore(), and while parked."""
        return self._firmware[name] if name in self._firmware else sys.modules[name]

    def run(self) -> None:
        """Start the device, and again after each reset or power cut, until end() or an event raises EndOfRun."""
        while not self.is_ended:
            self.starts += 1
            self._firmware = {}
            self._chip.power_on()
            self.install()
            sys.modules["board"] = self._board
            try:
                if self.has_repl:
                    self._chip.clock.advance(_START_US)  # or a firmware that resets at once would never end
                self._look_alikes["sys"].path = list(_PATH)
                names = {"__name__": "__main__"}  # what boot.py makes, main.py sees
                if self._start_script("boot.py", names):
                    self._chip.forget_claims()
                    self._start_script("main.py", names)
                self._wait_at_prompt()
            except ChipReset:
                pass
            except EndOfRun:
                self.is_ended = True
            finally:
                self.restore()

    def end(self) -> None:
        """Make run() return: raises EndOfRun through the firmware."""
        self.is_ended = True
        raise EndOfRun()

    def _start_script(self, name: str, names: "dict[str, Any]") -> bool:
        """Run a script; return whether it came to its end: MicroPython runs no main.py after a boot.py that failed."""
        try:
            self._run_script(name, names)
            return True
        except (ChipReset, EndOfRun):
            raise
        except BaseException as e:
            if not self.has_repl:
                raise
            self.errors.append(e)
            return False

    def _wait_at_prompt(self) -> None:
        while True:
            self._chip.clock.sleep_us(_WAIT_US)

    def _run_script(self, name: str, names: "dict[str, Any]") -> None:
        self._port.restart()
        path = self._folder + "/" + name
        with open(path) as f:
            code = compile(f.read(), path, "exec")
        exec(code, names)
