"""One simulated device as a process of its own, on CPython or on the MicroPython VM; its standard input and output
are its serial port. Started by kneesim.launch.

    engine.py ROOT [--board NAME] [--seed N] [--speed X|max|lockstep] [--start-ms N] [--trace FILE]
              [--event "SECONDS WHAT"]...
"""

import sys

ROOT = sys.argv[1]
if ROOT + "/sim" not in sys.path:
    sys.path.insert(0, ROOT + "/sim")

from kneesim import pace, plant  # noqa: E402
from kneesim.chip import Chip  # noqa: E402
from kneesim.clock import Clock  # noqa: E402
from kneesim.port import Port  # noqa: E402
from kneesim.power import EndOfRun, Power, load_board  # noqa: E402

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def _options(words: "list[str]") -> "tuple[dict[str, str], list[str]]":
    """Return the options as a dict, and the events."""
    found = {"--board": "pico", "--seed": "1", "--speed": "1", "--start-ms": "0", "--trace": ""}
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
        world.skin_code,
        world.pad_code,
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


def _event(world: "plant.Plant", words: str) -> "Callable[[], None]":
    return lambda: world.do(words)


def main() -> int:
    """Run until the other end is gone; return 1 if the firmware misused the chip."""
    options, events = _options(sys.argv[2:])
    firmware_folder = ROOT + "/firmware"
    board_folder = ROOT + "/boards/" + options["--board"]
    board = load_board(board_folder, firmware_folder)
    clock = Clock(int(options["--start-ms"]))
    port = Port(clock)
    chip = Chip(clock)
    world = plant.Plant(chip, board, int(options["--seed"]))
    for line in events:
        when_us, words = plant.parse_event(line)
        clock.at(when_us, _event(world, words))
    power = Power(chip, port, firmware_folder, board_folder)

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
