"""Replays a recording of kneesim.replay into a bare controller. Runs on CPython and on every MicroPython; imports
nothing of the simulator, so that `replay` works on a chip too.

    replay_run.py FIRMWARE BOARD RECORDING [FIRST LAST]

A recording is text, a line a tick or a command between two ticks; a line that begins with "#" or "=" is not replayed:

    NOW_MS SAMPLE_MS SKIN_CODE PAD_CODE ROLLER_MA BUTTONS HEATER_SENSE LAMP_SENSE IS_RAIL_GOOD
    start 1 3 1 1                   a command of the controller and its arguments

What comes out, in the same form from every engine:

    = TICKS CRC                     after each 1,000 ticks and at the end: CRC-32 of the outputs since the last such
    TICK HEATER ROLLER INNER OUTER ALIVE STATE FAULT        of ticks FIRST to LAST, if asked for; the first is 1
"""

import binascii
import struct
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from massager.core.controller import Controller
    from massager.core.signals import Outputs

BLOCK_TICKS = 1000
COMMANDS = ("start", "paid", "stop", "pause", "resume", "adjust", "renew")
_TICK = "<hhhBBB"  # roller, inner, outer, heater and alive, state, fault
_TICK_BYTES = 9


class Digest:
    """Sums up the outputs of ticks. One buffer for a block of ticks, since a CRC is no small integer on the chips."""

    def __init__(self) -> None:
        self.ticks = 0
        self._bytes = bytearray(_TICK_BYTES * BLOCK_TICKS)
        self._used = 0

    def add(self, controller: "Controller", out: "Outputs") -> bool:
        """Add a tick's outputs; True if they end a block, whose line is then due."""
        on = (1 if out.is_heater_on else 0) + (2 if out.is_alive else 0)
        state = controller.session.state
        fault = controller.guard.fault
        struct.pack_into(_TICK, self._bytes, self._used, out.roller_pm, out.inner_pm, out.outer_pm, on, state, fault)
        self._used += _TICK_BYTES
        self.ticks += 1
        return self._used == len(self._bytes)

    def line(self) -> str:
        """Return the line of the block so far, "" if it is empty, and begin the next."""
        if not self._used:
            return ""
        crc = binascii.crc32(memoryview(self._bytes)[: self._used])
        self._used = 0
        return "= %d %08x" % (self.ticks, crc)


def output_line(tick: int, controller: "Controller", out: "Outputs") -> str:
    """Return the outputs of a tick in words."""
    return "%d %d %d %d %d %d %d %d" % (
        tick,
        out.is_heater_on,
        out.roller_pm,
        out.inner_pm,
        out.outer_pm,
        out.is_alive,
        controller.session.state,
        controller.guard.fault,
    )


def replay(
    lines: "Iterable[str]", board: "Any", emit: "Callable[[str], object]", first: int = 0, last: int = 0
) -> None:
    """Replay a recording's lines into a controller of that board; emit gets what comes out, a line at a time."""
    from massager.core import signals
    from massager.core.controller import Controller

    controller = Controller(board)
    controller.setup.is_acknowledged = True  # as of the device that was recorded
    inputs = signals.Inputs()
    out = signals.Outputs()
    digest = Digest()
    for line in lines:
        words = line.split()
        if not words or words[0] in ("#", "="):
            continue
        if words[0] in COMMANDS:
            getattr(controller, words[0])(*[int(word) for word in words[1:]])
            continue
        now_ms = int(words[0])
        inputs.sample_ms = int(words[1])
        inputs.skin_code = int(words[2])
        inputs.pad_code = int(words[3])
        inputs.roller_ma = int(words[4])
        inputs.buttons = int(words[5])
        inputs.heater_sense = int(words[6])
        inputs.lamp_sense = int(words[7])
        inputs.is_rail_good = words[8] == "1"
        controller.step(now_ms, inputs, out)
        is_block = digest.add(controller, out)
        if first <= digest.ticks <= last:
            emit(output_line(digest.ticks, controller, out))
        if is_block:
            emit(digest.line())
    rest = digest.line()
    if rest:
        emit(rest)


def main() -> None:
    """Replay the recording that the arguments name and print what comes out."""
    sys.path[:0] = sys.argv[1:3]
    import board  # type: ignore[import-not-found]  # which one is only known at run time

    first, last = [int(word) for word in sys.argv[4:6]] or (0, 0)
    with open(sys.argv[3]) as lines:
        replay(lines, board, print, first, last)


if __name__ == "__main__":
    main()
