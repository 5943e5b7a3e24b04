"""The serial console as a byte pipe that never blocks the loop.

On the RP2040 "ready to write" means room for at least one byte, and a write of more than there is room for waits up
to half a second for a host that does not read. Bytes one by one would be safe and far too slow (125 us each). So
everything goes out in pieces of 32: the driver's buffer holds a multiple of that, and frames are filled up with
newlines, which no reader minds. Then room for one byte is room for a piece.
"""

import select
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_LOOK_AT_CLOCK_EVERY = 16  # bytes
_PIECE = 32  # bytes
_WRITE_QUEUE = 4  # frames waiting for a host that does not read; more are dropped and counted
_NEWLINE = 0x0A


class Console:
    """Reads up to a newline and writes what the port takes, both within a budget of microseconds."""

    def __init__(self, ticks_us: "Callable[[], int]") -> None:
        self.dropped = 0
        self._ticks_us = ticks_us
        self._in = sys.stdin.buffer
        self._out = sys.stdout.buffer
        self._can_read = select.poll()
        self._can_read.register(sys.stdin, select.POLLIN)
        self._can_write = select.poll()
        self._can_write.register(sys.stdout, select.POLLOUT)
        self._queue: "list[bytes]" = []
        self._sent = 0  # bytes of the first frame in the queue
        self._byte = bytearray(1)

    def _is_over(self, began_us: int, budget_us: int) -> bool:
        return (self._ticks_us() - began_us) & 0xFFFFFF > budget_us

    def read_line(self, budget_us: int) -> bytes:
        """Return the bytes at hand up to a newline; stops when budget_us is spent."""
        # Byte by byte, without a new object for each: a host that sends without pause would fill the heap with them.
        got = bytearray()
        byte = self._byte
        count = 0
        began_us = self._ticks_us()
        while _is_ready(self._can_read):
            self._in.readinto(byte)
            got.append(byte[0])
            count += 1
            if byte[0] == _NEWLINE:
                break
            if count % _LOOK_AT_CLOCK_EVERY == 0 and self._is_over(began_us, budget_us):
                break
        return bytes(got)

    def write(self, frame: bytes) -> None:
        """Queue a frame; a full queue drops it and counts."""
        if len(self._queue) >= _WRITE_QUEUE:
            self.dropped += 1
        else:
            self._queue.append(frame + b"\n" * (-len(frame) % _PIECE))

    def flush(self, budget_us: int) -> None:
        """Hand the port what it takes right now; stops when budget_us is spent."""
        began_us = self._ticks_us()
        while self._queue and _is_ready(self._can_write):
            frame = self._queue[0]
            self._out.write(frame[self._sent : self._sent + _PIECE])
            self._sent += _PIECE
            if self._sent >= len(frame):
                self._queue.pop(0)
                self._sent = 0
            if self._is_over(began_us, budget_us):
                break


def _is_ready(poll: "select.poll") -> bool:
    for _ in poll.ipoll(0):  # makes no list, as poll(0) does
        return True
    return False
