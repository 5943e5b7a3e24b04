"""The device's end of the serial line: what the firmware sees as sys.stdin, sys.stdout and select.

Bytes from the host wait in `rx`; bytes to the host go into `tx`, which holds as much as a USB driver's buffer:
whoever plays the host takes them out.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_FIFO_BYTES = 256  # an unread host fills this, then the port takes no more

POLLIN = 1
POLLOUT = 4


class Port:
    """Two byte queues."""

    def __init__(self) -> None:
        self.tx = bytearray()
        self._rx = bytearray()
        self._rx_at = 0

    def host_writes(self, data: bytes) -> None:
        """Append what the host sends."""
        if self._rx_at == len(self._rx):
            self._rx = bytearray()
            self._rx_at = 0
        self._rx.extend(data)

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
        at = self._rx_at
        self._rx_at = at + 1
        return bytes(self._rx[at : at + 1])


class _In:
    def __init__(self, port: Port) -> None:
        self._port = port

    def read(self, count: int) -> bytes:
        if count != 1:
            raise RuntimeError("read(%d) on the console blocks until all bytes are there; read one at a time" % count)
        return self._port.take()


class _Out:
    def __init__(self, port: Port) -> None:
        self._port = port

    def write(self, data: bytes) -> int:
        if not self._port.has_room():
            raise RuntimeError("the firmware writes to a full console: a real one would block")
        self._port.tx.extend(data)
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

    def poll(self, timeout_ms: int) -> "list[tuple[Stream, int]]":
        """Return the stream and its event if it is ready; only a timeout of 0 is good enough for the loop."""
        if timeout_ms != 0:
            raise RuntimeError("poll(%d) would hold up the loop; use poll(0)" % timeout_ms)
        return self._hit if self._stream is not None and self._stream.is_ready() else []
