"""One simulated device as a process of its own, on CPython or on the MicroPython VM; its standard input and output
are its serial port. Started by kneesim.launch.

    engine.py ROOT [--board FOLDER] [--seed N] [--speed X|max|lockstep] [--start-ms N] [--trace FILE]
              [--flash FOLDER] [--features A,B] [--event "SECONDS WHAT"]...
"""

import errno
import os
import sys

ROOT = sys.argv[1]
if ROOT + "/sim" not in sys.path:
    sys.path.insert(0, ROOT + "/sim")

from kneesim import pace, plant  # noqa: E402
from kneesim.chip import Chip  # noqa: E402
from kneesim.clock import Clock  # noqa: E402
from kneesim.events import parse_event  # noqa: E402
from kneesim.flash import Flash  # noqa: E402
from kneesim.port import Port  # noqa: E402
from kneesim.power import EndOfRun, Power, load_board  # noqa: E402

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def _options(words: "list[str]") -> "tuple[dict[str, str], list[str]]":
    """Return the options as a dict, and the events."""
    found = {
        "--board": "",
        "--seed": "1",
        "--speed": "1",
        "--start-ms": "0",
        "--trace": "",
        "--flash": "",
        "--features": "",
    }
    events = []
    for i in range(0, len(words), 2):
        if words[i] == "--event":
            events.append(words[i + 1])
        else:
            found[words[i]] = words[i + 1]
    return found, events


def trace_line(clock: Clock, chip: Chip, world: "plant.Plant", board: "Any") -> str:
    """Return what the device saw and did in the tick that just ended."""
    return "%d %d %d %d %d %d %d %d %d\n" % (
        clock.now_us // 1000,
        world.skin_ntc.code,
        world.pad_ntc.code,
        chip.level[board.PIN_HEATER],
        chip.duty_u16[board.PIN_ROLLER_IN1],
        chip.duty_u16[board.PIN_ROLLER_IN2],
        chip.duty_u16[board.PIN_INNER],
        chip.duty_u16[board.PIN_OUTER],
        chip.level[board.PIN_ALIVE],
    )


def _pacer(speed: str, clock: Clock, port: Port) -> "Callable[[], None]":
    if speed == "lockstep":
        return pace.Lockstep(port).on_sleep
    return pace.RealTime(clock, port, 0.0 if speed == "max" else float(speed)).on_sleep


_IS_FOLDER = 0x4000  # of the mode that os.stat returns


class _Keeper:
    """Keeps what is in a flash in a folder of this computer, from run to run."""

    def __init__(self, flash: Flash, folder: str) -> None:
        self._flash = flash
        self._folder = folder
        _make_folder(folder)
        self._load("")
        flash.on_change = self._keep

    def _load(self, path: str) -> None:
        for name in os.listdir(self._folder + path):
            found = path + "/" + name
            if os.stat(self._folder + found)[0] & _IS_FOLDER:
                self._load(found)
            else:
                with open(self._folder + found, "rb") as file:
                    self._flash.files[found] = bytearray(file.read())

    def _keep(self, path: str) -> None:
        flash, kept = self._flash, self._folder + path
        if path in flash.files:
            _make_folder(kept.rsplit("/", 1)[0])
            with open(kept, "wb") as file:
                file.write(flash.files[path])
        elif path not in flash.folders:
            os.remove(kept)


def _make_folder(folder: str) -> None:
    try:
        os.mkdir(folder)
    except OSError as e:
        if e.errno != errno.EEXIST:
            raise


def _event(world: "plant.Plant", words: str) -> "Callable[[], None]":
    return lambda: world.do(words)


def main() -> int:
    """Run until the other end is gone; return 1 if the firmware misused the chip."""
    options, events = _options(sys.argv[2:])
    firmware_folder = ROOT + "/firmware"
    features = tuple(options["--features"].split(",")) if options["--features"] else None
    board = load_board(options["--board"] or ROOT + "/boards/pico", firmware_folder, features)
    clock = Clock(int(options["--start-ms"]))
    port = Port(clock)
    chip = Chip(clock)
    world = plant.Plant(chip, board, int(options["--seed"]))
    for line in events:
        when_us, words = parse_event(line)
        if when_us:
            clock.at(when_us, _event(world, words))
        else:
            world.do(words)  # it is so when the power comes, and the firmware first looks
    flash = Flash.used()
    if options["--flash"]:
        _Keeper(flash, options["--flash"])
    power = Power(chip, port, firmware_folder, board, flash)

    keep_pace = _pacer(options["--speed"], clock, port)

    def on_sleep() -> None:
        try:
            keep_pace()
        except pace.HostGone:
            power.end()

    clock.on_sleep = on_sleep
    if options["--trace"]:
        with open(options["--trace"], "w") as trace:
            chip.on_feed = lambda: trace.write(trace_line(clock, chip, world, board))
            power.run()
    else:
        power.run()
    for words in chip.violations:
        print("misuse of the chip: " + words, file=sys.stderr)
    return 1 if chip.violations else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (EndOfRun, KeyboardInterrupt):
        sys.exit(0)
