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
_START_US = 1_000_000
_START = b'{"jsonrpc":"2.0","id":"1","method":"start","params":{"program":"honey","strength":5}}'
_HEAT = b'{"jsonrpc":"2.0","id":"2","method":"set","params":{"heat":"medium"}}'


def _wall_us() -> int:
    if hasattr(time, "ticks_us"):
        return time.ticks_us()  # type: ignore[no-any-return]  # MicroPython's
    return time.monotonic_ns() // 1000


def _plan_session(clock: Clock, port: Port, world: Plant) -> None:
    """Start a session as long as one may be, confirm it with MODE, and turn the heat up."""
    clock.at(_START_US, lambda: port.host_writes(frame.encode(_START)))
    clock.at(_START_US + 100_000, lambda: world.do("press mode"))
    clock.at(_START_US + 300_000, lambda: world.do("release mode"))
    clock.at(_START_US + 400_000, lambda: port.host_writes(frame.encode(_HEAT)))


def main() -> None:
    """Run and print."""
    firmware_folder = ROOT + "/firmware"
    clock = Clock()
    port = Port(clock)
    chip = Chip(clock)
    board = load_board(ROOT + "/boards/pico", firmware_folder)
    world = Plant(chip, board, 1)
    _plan_session(clock, port, world)
    power = Power(chip, port, firmware_folder, board, Flash.used())
    clock.at(_RUN_US, power.end)
    began_us = _wall_us()
    power.run()
    print(_wall_us() - began_us, chip.feeds, power.starts - 1)


main()
