"""The serial console as a byte pipe that never blocks the loop."""

import select
import sys

_READ_A_TICK = 1024  # bytes, at most; the time budget usually ends sooner on a chip
_LOOK_AT_CLOCK_EVERY = 16  # bytes
_WRITE_CHUNK = 64  # a USB packet
_WRITE_QUEUE = 4  # frames waiting for a host that does not read; more are dropped and counted


class Console:
    """Reads until a newline or the end of a budget; writes what the port takes and keeps the rest for the next tick."""

    def __init__(self, ticks_us) -> None:
        self.dropped = 0
        self._ticks_us = ticks_us
        self._in = sys.stdin.buffer
        self._out = sys.stdout.buffer
        self._can_read = select.poll()
        self._can_read.register(sys.stdin, select.POLLIN)
        self._can_write = select.poll()
        self._can_write.register(sys.stdout, select.POLLOUT)
        self._queue: list[bytes] = []

    def read_line(self, budget_us: int) -> bytes:
        """Return the bytes at hand up to a newline, none if there are none; stops when budget_us is spent."""
        got = bytearray()
        began_us = self._ticks_us()
        for count in range(_READ_A_TICK):
            if not self._can_read.poll(0):
                break
            got.extend(self._in.read(1))
            if got[-1] == 0x0A:
                break
            is_look_due = count % _LOOK_AT_CLOCK_EVERY == _LOOK_AT_CLOCK_EVERY - 1
            if is_look_due and (self._ticks_us() - began_us) & 0xFFFFFF > budget_us:
                break
        return bytes(got)

    def write(self, frame: bytes) -> None:
        """Queue a frame; a full queue drops it and counts."""
        if len(self._queue) >= _WRITE_QUEUE:
            self.dropped += 1
        else:
            self._queue.append(frame)

    def flush(self) -> None:
        """Hand the port what it takes right now."""
        while self._queue and self._can_write.poll(0):
            frame = self._queue[0]
            self._out.write(frame[:_WRITE_CHUNK])
            if len(frame) > _WRITE_CHUNK:
                self._queue[0] = frame[_WRITE_CHUNK:]
            else:
                self._queue.pop(0)
