"""How virtual time keeps up with the world outside: joins a device's Port to a terminal's two ends and waits where
it must.

Runs on CPython and inside the MicroPython VM; file descriptors 0 and 1 are a pty's master.
"""

import select
import sys
import time

from kneesim.clock import Clock
from kneesim.port import Port

_LOCKSTEP_WAIT_MS = 20000
_READ_AT_ONCE = 256

if sys.implementation.name == "cpython":
    import os

    def _read_some(poller: "select.poll") -> bytes:
        try:
            return os.read(0, _READ_AT_ONCE)
        except OSError:  # EIO: the other end is closed
            return b""

    def _write(data: bytes) -> None:
        os.write(1, data)

    def _wall_us() -> int:
        return time.monotonic_ns() // 1000

else:

    def _read_some(poller: "select.poll") -> bytes:
        data = bytearray()
        while len(data) < _READ_AT_ONCE:
            try:
                byte = sys.stdin.buffer.read(1)
            except OSError:  # EIO: the other end is closed
                break
            if not byte:
                break
            data.extend(byte)
            if not poller.poll(0):
                break
        return bytes(data)

    def _write(data: bytes) -> None:
        sys.stdout.buffer.write(data)

    def _wall_us() -> int:
        return time.ticks_us()  # type: ignore[attr-defined,no-any-return]  # MicroPython's


class HostGone(Exception):
    """Nobody holds the other end any more."""


class _Wire:
    def __init__(self, port: Port) -> None:
        self.port = port
        self._in = select.poll()
        self._in.register(0 if sys.implementation.name == "cpython" else sys.stdin, select.POLLIN)
        self._out = select.poll()
        self._out.register(1 if sys.implementation.name == "cpython" else sys.stdout, select.POLLOUT)

    def send(self) -> bool:
        """Hand the host what the device has written, if it takes it; return whether that ended a line."""
        if not self.port.tx or not self._out.poll(0):
            return False
        data = self.port.host_reads()
        _write(data)
        return data.endswith(b"\n")

    def receive(self, timeout_ms: int) -> bytes:
        """Wait for the host up to timeout_ms; return what it sent."""
        if not self._in.poll(timeout_ms):
            return b""
        data = _read_some(self._in)
        if not data:
            raise HostGone()
        self.port.host_writes(data)
        return data


class RealTime:
    """Virtual time runs at `speed` times real time, or as fast as it can if speed is 0."""

    def __init__(self, clock: Clock, port: Port, speed: float) -> None:
        self._clock = clock
        self._wire = _Wire(port)
        self._speed = speed
        self._began_us = _wall_us()

    def on_sleep(self) -> None:
        """Exchange bytes and wait until real time has come up."""
        self._wire.send()
        ahead_us = 0
        if self._speed:
            ahead_us = int(self._clock.now_us / self._speed) - (_wall_us() - self._began_us)
            if ahead_us < -1000000:  # too slow for this speed: go on from here instead of racing
                self._began_us -= ahead_us
        # Bytes end a wait early; the rest of the wait follows at the next tick's sleep.
        self._wire.receive(ahead_us // 1000 if ahead_us > 1000 else 0)


class Lockstep:
    """Virtual time stands still from each line the device sends until the host has sent one; the host begins.

    What a host does then depends on nothing but what it reads, so a session comes out the same every time.
    """

    def __init__(self, port: Port) -> None:
        self._wire = _Wire(port)
        self._is_hosts_turn = True

    def on_sleep(self) -> None:
        """Exchange bytes; on the host's turn wait for a whole line."""
        if self._wire.send():
            self._is_hosts_turn = True
        while self._is_hosts_turn:
            data = self._wire.receive(_LOCKSTEP_WAIT_MS)
            if not data:
                raise HostGone()
            if b"\n" in data:
                self._is_hosts_turn = False
