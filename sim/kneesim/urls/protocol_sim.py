"""sim:// for pyserial: a simulated device inside this process, switched on by opening the port and off by closing it.

    sim://?seed=1&speed=1&event=60+skin_ntc+open

speed is virtual seconds per real second. At 0 time passes only while the host waits in a read, and then as fast as it
can: a session then comes out the same every time, if the host does not go by its own clock.

The device never runs at the same time as the host, only within the host's calls; time that passed between two of
them is caught up with in the second.
"""

import time
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from serial.serialutil import PortNotOpenError, SerialBase, SerialException, Timeout

from kneesim.events import parse_event
from kneesim.inprocess import Device

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_BUFFER_BYTES = 4096  # as a serial driver's; who does not read it makes the device drop telemetry
_TICK_MS = 20
_BEHIND_S = 0.1  # a device that cannot keep up with its speed goes on from where it is
_OPTIONS = 'seed (a whole number), speed (0 or more), engine (cpython), event ("SECONDS WHAT", several)'


class Serial(SerialBase):
    """The port that serial.serial_for_url makes of a sim:// URL."""

    def open(self) -> None:
        """Switch a device on; raises SerialException for a URL that cannot be."""
        if self.is_open:
            raise SerialException("Port is already open.")
        self._received = bytearray()
        self._speed, self._device = _device_of(self.portstr or "")
        self._device.__enter__()
        self._device.is_host_reading = False  # we read ourselves
        self._device.clock.on_sleep = self._collect
        self._began_s = time.monotonic()
        self.is_open = True

    def close(self) -> None:
        """Switch the device off; raises AssertionError if its firmware misused the chip."""
        if self.is_open:
            self.is_open = False
            self._device.__exit__(None, None, None)

    @property
    def in_waiting(self) -> int:
        """The number of bytes that can be read without waiting."""
        self._check_open()
        self._catch_up()
        return len(self._received)

    def read(self, size: int = 1) -> bytes:
        """Return up to size bytes; fewer when the timeout is over, which at speed 0 is in the device's time."""
        self._check_open()
        self._catch_up()
        if self._speed:
            timeout = Timeout(self.timeout)  # type: ignore[arg-type]  # None is for ever
            while len(self._received) < size and not timeout.expired():
                time.sleep(_TICK_MS / 1000 / max(1.0, self._speed))
                self._catch_up()
        else:
            left_ms = None if self.timeout is None else self.timeout * 1000
            while len(self._received) < size and (left_ms is None or left_ms > 0):
                self._device.run_ms(_TICK_MS)
                left_ms = None if left_ms is None else left_ms - _TICK_MS
        data = bytes(self._received[:size])
        del self._received[:size]
        return data

    def write(self, data: "ReadableBuffer", /) -> int:
        """Put bytes on the wire now; it takes any number."""
        self._check_open()
        self._catch_up()
        sent = bytes(data)
        self._device.send(sent)
        return len(sent)

    def reset_input_buffer(self) -> None:
        """Throw away what has arrived."""
        self._check_open()
        self._received.clear()

    def reset_output_buffer(self) -> None:
        """Do nothing: what was written is on its way."""
        self._check_open()

    def flush(self) -> None:
        """Do nothing: nothing waits here to be written."""

    def _reconfigure_port(self) -> None:
        pass  # a wire in memory has no baud rate

    def _check_open(self) -> None:
        if not self.is_open:
            raise PortNotOpenError()

    def _collect(self) -> None:
        """Take what the device has sent, unless too much lies unread already."""
        if len(self._received) < _BUFFER_BYTES:
            self._received += self._device.port.host_reads()

    def _catch_up(self) -> None:
        """Run the device up to now, if its time goes by the host's clock."""
        if not self._speed:
            self._collect()
            return
        behind_us = self._due_us() - self._device.clock.now_us
        if behind_us > 0:
            self._device.run_ms(behind_us / 1000)
            still_s = (self._due_us() - self._device.clock.now_us) / 1_000_000 / self._speed
            if still_s > _BEHIND_S:
                self._began_s += still_s
        self._collect()

    def _due_us(self) -> int:
        return int((time.monotonic() - self._began_s) * self._speed * 1_000_000)


def _device_of(url: str) -> tuple[float, Device]:
    """Return the speed that a URL asks for, and its device, not yet on."""
    parts = urlsplit(url)
    seed, speed, events = 1, 1.0, []
    try:
        if parts.netloc or parts.path.strip("/"):
            raise ValueError(f"nothing may stand between :// and ?, but there is {parts.netloc + parts.path}")
        for name, value in parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)):
            if name == "seed":
                seed = int(value)
            elif name == "speed" and float(value) >= 0:
                speed = float(value)
            elif name == "event":
                events.append(parse_event(value))
            elif (name, value) != ("engine", "cpython"):
                raise ValueError(f"{name}={value} cannot be")
    except ValueError as error:
        raise SerialException(f"{error}; it knows {_OPTIONS}") from error
    device = Device(seed)
    for when_us, words in events:
        if when_us:
            device.clock.at(when_us, partial(device.plant.do, words))
        else:
            device.plant.do(words)  # it is so when the power comes, and the firmware first looks
    return speed, device
