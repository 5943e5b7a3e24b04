"""Fifteen simulated minutes of massage and heat with nobody else around, for kneesim.bench. Runs on CPython and on
the VM.

bench_run.py ROOT      prints the wall time in us, the ticks, and the watchdog's resets (none)
"""

import sys
import time

ROOT = sys.argv[1]
if ROOT + "/sim" not in sys.path:
    sys.path.insert(0, ROOT + "/sim")
sys.path.append(ROOT + "/firmware")  # frame.py, for the host's side

from kneesim.chip import Chip  # noqa: E402
from kneesim.clock import Clock  # noqa: E402
from kneesim.flash import Flash  # noqa: E402
from kneesim.plant import Plant  # noqa: E402
from kneesim.port import Port  # noqa: E402
from kneesim.power import Power, load_board  # noqa: E402
from massager.link import frame  # noqa: E402

_RUN_US = 900_000_000
_FIRST_US = 1_000_000
_SECOND_US = 725_000_000  # the first program is over by then
_START = b'{"jsonrpc":"2.0","id":"%d","method":"start","params":{"program":"shiatsu","strength":5}}'
_HEAT = b'{"jsonrpc":"2.0","id":"%d","method":"set","params":{"heat":"medium"}}'


def _wall_us() -> int:
    if hasattr(time, "ticks_us"):
        return time.ticks_us()  # type: ignore[no-any-return]  # MicroPython's
    return time.monotonic_ns() // 1000


def _plan_session(clock: Clock, port: Port, world: Plant, number: int, when_us: int) -> None:
    """Start a session at when_us, confirm it with MODE, and turn the heat up."""
    clock.at(when_us, lambda: port.host_writes(frame.encode(_START % (2 * number))))
    clock.at(when_us + 100_000, lambda: world.do("press mode"))
    clock.at(when_us + 300_000, lambda: world.do("release mode"))
    clock.at(when_us + 400_000, lambda: port.host_writes(frame.encode(_HEAT % (2 * number + 1))))


def main() -> None:
    """Run and print."""
    firmware_folder = ROOT + "/firmware"
    clock = Clock()
    port = Port(clock)
    chip = Chip(clock)
    board = load_board(ROOT + "/boards/pico", firmware_folder)
    world = Plant(chip, board, 1)
    _plan_session(clock, port, world, 0, _FIRST_US)
    _plan_session(clock, port, world, 1, _SECOND_US)
    power = Power(chip, port, firmware_folder, board, Flash.used())
    clock.at(_RUN_US, power.end)
    began_us = _wall_us()
    power.run()
    print(_wall_us() - began_us, chip.feeds, power.starts - 1)


main()
