"""A simulated chip: the `machine` module the firmware sees, policing whoever uses it. chips.py says which chip it is.

Anything the real chip would refuse, and some things it would silently do wrong, is written to `violations` and
raised: a duty out of range, a pin used twice, two frequencies on one PWM slice, a pin that is no ADC input. Tests
and runs fail on any violation, even one that the firmware caught.
"""

from kneesim.chips import MOST_PINS, RP2040, ChipKind
from kneesim.clock import Clock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from kneesim.rtc import Ds3231 as I2cDevice

POWER_ON = 1  # a cause of a reset: machine.PWRON_RESET

_ATTN_11DB = 3
_BOOTLOADER_US = 1000
_EIO = 5
_EOPNOTSUPP = 95
_MOST_I2C_HZ = 400_000

_NONE = 0
_INPUT = 1
_OUTPUT = 2
_PWM = 3
_ADC = 4


class ChipReset(BaseException):
    """The chip restarts; raised through the firmware, whose outputs are dead by then."""


class Chip:
    """Pins, PWM, ADC, watchdog and reset. The plant hooks into drive, adc and listen by pin number, and sets the kind
    of chip that the board carries.
    """

    def __init__(self, clock: Clock, kind: ChipKind = RP2040) -> None:
        self.clock = clock
        self.kind = kind
        self.violations: list[str] = []
        # What outside drives an input pin to (0, 1 or None), and what an ADC pin reads (0 to 65535, or
        # microvolts on a chip that reads those).
        self.drive: "list[Callable[[], int | None] | None]" = [None] * MOST_PINS
        self.adc: "list[Callable[[], int] | None]" = [None] * MOST_PINS
        self.i2c: "dict[tuple[int, int], I2cDevice]" = {}  # what hangs on a pair of pins, data and clock
        self.listen: list[Callable[[], object] | None] = [None] * MOST_PINS  # called after a change of an output pin
        self.before_reset: Callable[[], object] | None = None  # called while the outputs still are as they were
        self.on_watchdog: Callable[[], object] | None = None  # called when it is armed: the firmware's loop begins
        self.on_feed: Callable[[], object] | None = None  # called at each feeding of the watchdog
        self.reset_cause = 1
        self.pwm_hz = [0] * MOST_PINS
        self.lamps = b""  # what was last sent to the strip, green, red and blue of each
        self.feeds = 0
        self.collections = 0  # explicit garbage collections, counted on CPython only
        self.may_collect = True  # without being asked; kept on CPython only
        self.free_bytes = 120_000  # of the heap, as gc.mem_free() tells on CPython
        self.scratch = [0, 0]  # words that a reset leaves as they are
        self.rtc_memory = b""  # the same, on a chip whose RTC has some
        self.is_adc_calibrated = True  # the factory has burnt in what read_uv() goes by; the first of a kind lack it
        self.level = [0] * MOST_PINS  # as an output drives it
        self.duty_u16 = [0] * MOST_PINS
        self._mode = [_NONE] * MOST_PINS
        self._pull_up = [False] * MOST_PINS
        self._is_claimed = [False] * MOST_PINS
        self._watchdog_us = 0  # timeout; 0: not armed
        self._bite_us = 0
        self._is_watching = False
        self.is_dead = False

    def refuse(self, words: str) -> None:
        """Note and raise a misuse."""
        self.violations.append(words)
        raise ValueError(words)

    def note_collection(self) -> None:
        """Count a gc.collect()."""
        self.collections += 1

    def let_collect(self, may: bool) -> None:
        """Note a gc.enable() or a gc.disable()."""
        self.may_collect = may

    def forget_claims(self) -> None:
        """A new script runs; it may make its own objects for the pins."""
        self._is_claimed = [False] * MOST_PINS

    def power_on(self) -> None:
        """Begin after a reset: pins are inputs with pull-down."""
        self.is_dead = False
        self.forget_claims()

    def output_pm(self, number: int) -> int:
        """Return how much of the time a pin is driven high, in per mille."""
        if self._mode[number] == _PWM:
            return self.duty_u16[number] * 1000 // 65535
        return self.level[number] * 1000 if self._mode[number] == _OUTPUT else 0

    def reset(self, cause: int) -> None:
        """Restart: outputs let go this instant, or stay as they were until the next start. Raises ChipReset."""
        if self.is_dead and cause != POWER_ON:  # the firmware's last words on its way out of a reset that already came
            raise ChipReset()
        if self.before_reset is not None and not self.is_dead:
            self.before_reset()
        self._watchdog_us = 0
        self.reset_cause = cause
        if cause == POWER_ON:
            self.scratch = [0, 0]
            self.rtc_memory = b""
        if self.kind.keeps_outputs_ms and cause != POWER_ON:
            self.is_dead = True
            self.clock.advance(self.kind.keeps_outputs_ms * 1000)
            raise ChipReset()
        self._let_go()
        raise ChipReset()

    def _let_go(self) -> None:
        self.is_dead = False  # or nothing would change
        for number in range(MOST_PINS):
            self._mode[number] = _NONE
            self.duty_u16[number] = 0
            self.set_level(number, 0)
        self.is_dead = True

    def lose_power(self, off_us: int) -> None:
        """Lose the supply for some time and start again. Raises ChipReset."""
        try:
            self.reset(POWER_ON)
        except ChipReset:
            self.clock.advance(off_us)
            raise

    def open_port(self) -> None:
        """Have a host open the port. Where that pulls at the reset line it is like a loss of power to the chip: outputs
        let go this instant, whatever a restart of its own would keep. Raises ChipReset there.
        """
        if self.kind.is_reset_by_port:
            self.reset(POWER_ON)

    def enter_bootloader(self) -> None:
        """Run no firmware until the power is cut: what a touch at 1200 baud does to a Pico. It is a reset: outputs are
        let go, or stay as they were.
        """
        if self.before_reset is not None:
            self.before_reset()
        self._watchdog_us = 0
        if self.kind.keeps_outputs_ms:
            self.is_dead = True
        else:
            self._let_go()
        while True:
            self.clock.advance(_BOOTLOADER_US)

    def set_level(self, number: int, level: int) -> None:
        """Drive an output pin."""
        if self.is_dead:
            return
        changed = self.level[number] != level
        self.level[number] = level
        listener = self.listen[number]
        if changed and listener is not None:
            listener()

    def set_duty(self, number: int, duty: int) -> None:
        """Set a PWM pin's duty, 0 to 65535."""
        if type(duty) is not int or not 0 <= duty <= 65535:
            self.refuse("PWM on pin %d: duty_u16(%s) is not a whole number from 0 to 65535" % (number, duty))
        if not self.is_dead:
            self.duty_u16[number] = duty
            listener = self.listen[number]
            if listener is not None:
                listener()

    def read_pin(self, number: int) -> int:
        """Return a pin's level as the firmware reads it."""
        if self._mode[number] != _INPUT:
            return self.level[number]
        source = self.drive[number]
        driven = None if source is None else source()
        if driven is None:
            return 1 if self._pull_up[number] else 0
        return driven

    def claim(self, number: int) -> None:
        """Note that a script uses a pin; twice is a wiring mistake in the board file."""
        if type(number) is not int or not 0 <= number < self.kind.pins:
            self.refuse("no such pin: %s" % (number,))
        if number in self.kind.unusable:
            self.refuse("pin %d is not free on an %s: it %s" % (number, self.kind.name, self.kind.unusable[number]))
        if self._is_claimed[number]:
            self.refuse("pin %d is used twice" % number)
        self._is_claimed[number] = True

    def make_pin(self, number: int, mode: int, pull: int, value: "int | None") -> None:
        """Turn a pin into a plain input or output."""
        if self.is_dead:
            return
        _, out, pull_up, _ = self.kind.pin_modes
        if number in self.kind.input_only and (mode == out or pull >= 0):
            self.refuse("pin %d is an input and nothing else, without pull-ups" % number)
        self._mode[number] = _OUTPUT if mode == out else _INPUT
        self._pull_up[number] = pull == pull_up
        if mode == out:
            self.set_level(number, 1 if value else 0)

    def make_pwm(self, number: int, freq: int, duty: int) -> None:
        """Turn a pin into a PWM output."""
        self._mode[number] = _PWM
        most, _ = self.kind.pwm_most
        if most and self._mode.count(_PWM) > most:
            self.refuse("PWM on pin %d: an %s has no more than %d channels" % (number, self.kind.name, most))
        self.set_frequency(number, freq)
        self.set_duty(number, duty)

    def set_frequency(self, number: int, hz: int) -> None:
        """Set a PWM pin's frequency; the pins of a slice share theirs."""
        least_hz, most_hz = self.kind.pwm_hz
        if type(hz) is not int or not least_hz <= hz <= most_hz:
            self.refuse("PWM on pin %d: a frequency of %s Hz is out of the chip's range" % (number, hz))
        for other in range(self.kind.pins):
            is_shared = other != number and self.kind.slice_of(other) == self.kind.slice_of(number)
            if is_shared and self._mode[other] == _PWM and self.pwm_hz[other] != hz:
                self.refuse("PWM on pin %d: its slice already runs at another frequency" % number)
        self.pwm_hz[number] = hz
        _, most = self.kind.pwm_most
        used = {self.pwm_hz[other] for other in range(self.kind.pins) if self._mode[other] == _PWM}
        if most and len(used) > most:
            self.refuse("PWM on pin %d: an %s has timers for %d frequencies" % (number, self.kind.name, most))

    def send_bits(self, number: int, encoding: int, timing: "tuple[int, int, int, int]", data: bytes) -> None:
        """Send bytes to the lamps on an output pin; interrupts are off meanwhile, so it takes its time."""
        if encoding != 0 or len(timing) != 4:
            self.refuse("bitstream on pin %d: encoding 0 with four times is all there is" % number)
        if self._mode[number] != _OUTPUT:
            self.refuse("bitstream on pin %d, which is no output" % number)
        self.clock.advance(len(data) * 8 * (timing[0] + timing[1]) // 1000)
        self.lamps = bytes(data)

    def make_adc(self, number: int) -> None:
        """Turn a pin into an ADC input."""
        if number not in self.kind.adc_pins:
            self.refuse("pin %d is no ADC input; those are %s" % (number, self.kind.adc_pins))
        self._mode[number] = _ADC

    def read_adc(self, number: int) -> int:
        """Return an ADC input's code, 0 to 65535, or its microvolts on a chip that reads those."""
        source = self.adc[number]
        return 0 if source is None else source()

    def arm_watchdog(self, timeout_ms: int) -> None:
        """Start the watchdog; like the real one it cannot be stopped again."""
        least_ms, most_ms = self.kind.watchdog_ms
        if type(timeout_ms) is not int or not least_ms <= timeout_ms <= most_ms:
            self.refuse("WDT: a timeout of %s ms is out of the chip's range" % (timeout_ms,))
        if self.on_watchdog is not None:
            self.on_watchdog()
        self._watchdog_us = timeout_ms * 1000
        self.feed()
        if not self._is_watching:
            self._is_watching = True
            self.clock.at(self._bite_us, self._maybe_bite)

    def feed(self) -> None:
        """Put the watchdog's bite off."""
        self._bite_us = self.clock.now_us + self._watchdog_us

    def _maybe_bite(self) -> None:
        self._is_watching = False
        if not self._watchdog_us:
            return
        if self.clock.now_us >= self._bite_us:
            self.reset(3)
        self._is_watching = True
        self.clock.at(self._bite_us, self._maybe_bite)


class _Pin:
    __slots__ = ("_chip", "_number")

    def __init__(self, chip: Chip, number: int) -> None:
        self._chip = chip
        self._number = number

    def value(self, level: "int | None" = None) -> "int | None":
        if level is None:
            return self._chip.read_pin(self._number)
        if level not in (0, 1):
            self._chip.refuse("pin %d: value(%s) is neither 0 nor 1" % (self._number, level))
        self._chip.set_level(self._number, level)
        return None

    def init(self, mode: int, value: int) -> None:
        self._chip.make_pin(self._number, mode, -1, value)


class PinFactory:
    """machine.Pin."""

    def __init__(self, chip: Chip) -> None:
        self._chip = chip
        self.IN, self.OUT, self.PULL_UP, self.PULL_DOWN = chip.kind.pin_modes

    def __call__(self, number: int, mode: int = -1, pull: int = -1, value: "int | None" = None) -> _Pin:
        self._chip.claim(number)
        self._chip.make_pin(number, mode, pull, value)
        return _Pin(self._chip, number)


class _Pwm:
    __slots__ = ("_chip", "_number")

    def __init__(self, chip: Chip, number: int) -> None:
        self._chip = chip
        self._number = number

    def duty_u16(self, duty: int) -> None:
        self._chip.set_duty(self._number, duty)

    def freq(self, hz: int) -> None:
        self._chip.set_frequency(self._number, hz)

    def deinit(self) -> None:
        self._chip.refuse("PWM.deinit() freezes pin %d at its level on an RP2040; set the duty to 0" % self._number)


class PwmFactory:
    """machine.PWM, made from a Pin."""

    def __init__(self, chip: Chip) -> None:
        self._chip = chip

    def __call__(self, pin: _Pin, freq: int, duty_u16: int) -> _Pwm:
        self._chip.make_pwm(pin._number, freq, duty_u16)
        return _Pwm(self._chip, pin._number)


class _AdcInput:
    __slots__ = ("_chip", "_number")

    def __init__(self, chip: Chip, number: int) -> None:
        self._chip = chip
        self._number = number

    def read_u16(self) -> int:
        return self._chip.read_adc(self._number)


class _CalibratedInput:
    __slots__ = ("_chip", "_number")

    def __init__(self, chip: Chip, number: int) -> None:
        self._chip = chip
        self._number = number

    def read_uv(self) -> int:
        if not self._chip.is_adc_calibrated:
            raise OSError(_EOPNOTSUPP)
        return self._chip.read_adc(self._number)

    def read_u16(self) -> int:
        self._chip.refuse("pin %d: read_u16() is raw and off by up to a tenth; read_uv() is calibrated" % self._number)
        return 0


class AdcFactory:
    """machine.ADC, made from a Pin."""

    def __init__(self, chip: Chip) -> None:
        self._chip = chip
        if chip.kind.reads_uv:
            self.ATTN_11DB = _ATTN_11DB

    def __call__(self, pin: _Pin, atten: "int | None" = None) -> "_AdcInput | _CalibratedInput":
        chip = self._chip
        chip.make_adc(pin._number)
        if not chip.kind.reads_uv:
            if atten is not None:
                chip.refuse("ADC on pin %d: an %s has no attenuation" % (pin._number, chip.kind.name))
            return _AdcInput(chip, pin._number)
        if atten != _ATTN_11DB:
            chip.refuse("ADC on pin %d: with less than 11 dB of attenuation it ends far below 3.3 V" % pin._number)
        return _CalibratedInput(chip, pin._number)


class _I2c:
    """One bus; like the real one it raises OSError when nobody answers."""

    def __init__(self, chip: Chip, pins: "tuple[int, int]", byte_us: int) -> None:
        self._chip = chip
        self._pins = pins
        self._byte_us = byte_us

    def _device(self, address: int) -> "I2cDevice":
        device = self._chip.i2c.get(self._pins)
        self._chip.clock.advance(self._byte_us)
        if device is None or device.is_absent or address != device.address:
            raise OSError(_EIO)
        return device

    def readfrom_mem(self, address: int, register: int, count: int) -> bytes:
        data = self._device(address).read(register, count)
        self._chip.clock.advance(self._byte_us * (2 + count))
        return data

    def readfrom_mem_into(self, address: int, register: int, buffer: "bytearray") -> None:
        buffer[:] = self.readfrom_mem(address, register, len(buffer))

    def writeto_mem(self, address: int, register: int, data: bytes) -> None:
        device = self._device(address)
        self._chip.clock.advance(self._byte_us * (1 + len(data)))
        device.write(register, bytes(data))


class I2cFactory:
    """machine.I2C, made from a bus number and two Pins."""

    def __init__(self, chip: Chip) -> None:
        self._chip = chip

    def __call__(self, bus: int, sda: _Pin, scl: _Pin, freq: int) -> _I2c:
        chip = self._chip
        pins = (sda._number, scl._number)
        if not chip.kind.has_i2c(bus, pins[0], pins[1]):
            chip.refuse("I2C(%s): pins %d and %d are not that bus's" % (bus, pins[0], pins[1]))
        if type(freq) is not int or not 1 <= freq <= _MOST_I2C_HZ:
            chip.refuse("I2C(%s): %s Hz is more than its parts can do" % (bus, freq))
        return _I2c(chip, pins, 9 * 1000000 // freq)


class _Watchdog:
    __slots__ = ("_chip",)

    def __init__(self, chip: Chip) -> None:
        self._chip = chip

    def feed(self) -> None:
        chip = self._chip
        chip.feeds += 1
        chip.feed()
        if chip.on_feed is not None:
            chip.on_feed()


class _Memory:
    """machine.mem32, of which firmware needs two words: the first scratch words of a watchdog."""

    def __init__(self, chip: Chip) -> None:
        self._chip = chip

    def _place(self, address: int) -> int:
        first = self._chip.kind.scratch_at
        if not first or address not in (first, first + 4):
            self._chip.refuse("mem32[%x] is none of this chip's scratch words" % address)
        return (address - first) // 4

    def __getitem__(self, address: int) -> int:
        return self._chip.scratch[self._place(address)]

    def __setitem__(self, address: int, word: int) -> None:
        if not 0 <= word < 1 << 30:
            self._chip.refuse("mem32[%x] = %d is no small integer, so it costs memory" % (address, word))
        place = self._place(address)
        if not self._chip.is_dead:
            self._chip.scratch[place] = word


class _Rtc:
    def __init__(self, chip: Chip) -> None:
        if chip.kind.scratch_at:
            chip.refuse("the RTC of an %s has no memory" % chip.kind.name)
        self._chip = chip

    def memory(self, data: "bytes | bytearray | None" = None) -> "bytes | None":
        if data is None:
            return self._chip.rtc_memory
        if not self._chip.is_dead:
            self._chip.rtc_memory = bytes(data)
        return None


class Machine:
    """The `machine` module itself."""

    PWRON_RESET = POWER_ON
    WDT_RESET = 3

    def __init__(self, chip: Chip) -> None:
        self._chip = chip
        self.Pin = PinFactory(chip)
        self.PWM = PwmFactory(chip)
        self.ADC = AdcFactory(chip)
        self.I2C = I2cFactory(chip)
        self.mem32 = _Memory(chip)

    def RTC(self) -> _Rtc:
        """Return the chip's own clock, for its memory."""
        return _Rtc(self._chip)

    def WDT(self, timeout: int) -> _Watchdog:
        """Arm the watchdog."""
        self._chip.arm_watchdog(timeout)
        return _Watchdog(self._chip)

    def bitstream(self, pin: _Pin, encoding: int, timing: "tuple[int, int, int, int]", data: bytes) -> None:
        """Send bytes to the lamps on a pin; 0 is the only encoding there is, timing is in ns."""
        self._chip.send_bits(pin._number, encoding, timing, data)

    def reset(self) -> None:
        """Restart the chip; what it reads as afterwards is the chip's matter."""
        self._chip.reset(self._chip.kind.reset_cause)

    def reset_cause(self) -> int:
        """Return why the chip last started."""
        return self._chip.reset_cause

    def unique_id(self) -> bytes:
        """Return an id that says "simulated" to the host."""
        return b"sim00001"
