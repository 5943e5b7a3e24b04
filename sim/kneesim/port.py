"""The device's end of the serial line: what the firmware sees as sys.stdin, sys.stdout and select.

Bytes from the host wait in a queue; bytes to the host go into one that holds as much as a USB driver's buffer:
whoever plays the host takes them out. What would block on a chip (reading nothing, writing more than there is room
for) is an error here, and each byte costs virtual time, so that a budget of time is a budget here too.
"""

from kneesim.clock import Clock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_FIFO_BYTES = 256  # an unread host fills this, then the port takes no more
_BYTE_US = 5  # what reading or writing a byte costs; a chip takes several times as long
_CTRL_C = 3

POLLIN = 1
POLLOUT = 4


class Port:
    """Two byte queues, and the byte that interrupts whatever runs: Ctrl-C at each start, until the firmware says
    otherwise.
    """

    def __init__(self, clock: Clock) -> None:
        self.tx = bytearray()
        self.is_deaf = False  # interrupts are off: nothing is taken from the host
        self._clock = clock
        self._interrupt_char = _CTRL_C
        self._rx = bytearray()
        self._rx_at = 0

    def host_writes(self, data: bytes) -> None:
        """Append what the host sends."""
        if self.is_deaf:
            return
        if self._interrupt_char >= 0 and self._interrupt_char in data:
            data = data.replace(bytes([self._interrupt_char]), b"")
            self._clock.at(self._clock.now_us, _interrupt)
        if self._rx_at == len(self._rx):
            self._rx = bytearray()
            self._rx_at = 0
        self._rx.extend(data)

    def kbd_intr(self, char: int) -> None:
        """Choose the byte that interrupts; -1 for none (micropython.kbd_intr)."""
        self._interrupt_char = char

    def restart(self) -> None:
        """Begin after a reset: Ctrl-C interrupts again."""
        self.is_deaf = False
        self._interrupt_char = _CTRL_C

    def host_reads(self) -> bytes:
        """Take everything the device has sent."""
        data = bytes(self.tx)
        self.tx = bytearray()
        return data

    def has_rx(self) -> bool:
        """Return True if the device can read a byte."""
        return self._rx_at < len(self._rx)

    def has_room(self) -> bool:
        """Return True if the device can write without waiting."""
        return len(self.tx) < _FIFO_BYTES

    def take(self) -> bytes:
        """Return the next byte from the host; the caller has polled, as reading an empty console would block for
        ever.
        """
        if self._rx_at == len(self._rx):
            raise RuntimeError("the firmware reads the console without polling it first: a real one would block")
        self._clock.advance(_BYTE_US)
        at = self._rx_at
        self._rx_at = at + 1
        return bytes(self._rx[at : at + 1])

    def put(self, data: bytes) -> None:
        """Take bytes from the device; more may not fit although the port is ready, and then a chip waits."""
        if len(data) > _FIFO_BYTES - len(self.tx):
            raise RuntimeError("the firmware writes more than the console has room for: a real one would block")
        self._clock.advance(_BYTE_US * len(data))
        self.tx.extend(data)


def _interrupt() -> None:
    raise KeyboardInterrupt()


class _In:
    def __init__(self, port: Port) -> None:
        self._port = port

    def readinto(self, buffer: bytearray) -> int:
        count = len(buffer)
        if count != 1:
            raise RuntimeError("reading %d bytes of the console blocks until all are there; read one at a time" % count)
        buffer[:] = self._port.take()
        return 1


class _Out:
    def __init__(self, port: Port) -> None:
        self._port = port

    def write(self, data: bytes) -> int:
        self._port.put(data)
        return len(data)


class Stream:
    """sys.stdin or sys.stdout: a `buffer`, and whether it is ready."""

    def __init__(self, buffer: "_In | _Out", is_ready: "Callable[[], bool]") -> None:
        self.buffer = buffer
        self.is_ready = is_ready


def stdin(port: Port) -> Stream:
    """Return what the firmware gets as sys.stdin."""
    return Stream(_In(port), port.has_rx)


def stdout(port: Port) -> Stream:
    """Return what the firmware gets as sys.stdout."""
    return Stream(_Out(port), port.has_room)


class Poll:
    """select.poll() for one Stream, without waiting."""

    def __init__(self) -> None:
        self._stream: Stream | None = None
        self._hit: list[tuple[Stream, int]] = []

    def register(self, stream: Stream, events: int) -> None:
        """Watch a stream; one object watches one stream here."""
        if self._stream is not None:
            raise RuntimeError("the simulated poll object watches one stream")
        self._stream = stream
        self._hit = [(stream, events)]

    def ipoll(self, timeout_ms: int) -> "list[tuple[Stream, int]]":
        """Give the stream and its event if it is ready; only a timeout of 0 is good enough for the loop."""
        if timeout_ms != 0:
            raise RuntimeError("ipoll(%d) would hold up the loop; use ipoll(0)" % timeout_ms)
        return self._hit if self._stream is not None and self._stream.is_ready() else []
