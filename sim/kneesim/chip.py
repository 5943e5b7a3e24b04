"""A simulated RP2040: the `machine` module the firmware sees, policing whoever uses it.

Anything the real chip would refuse, and some things it would silently do wrong, is written to `violations` and
raised: a duty out of range, a pin used twice, two frequencies on one PWM slice, a pin that is no ADC input. Tests
and runs fail on any violation, even one that the firmware caught.
"""

from kneesim.clock import Clock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

PINS = 30
_ADC_PINS = (26, 27, 28)
_WATCHDOG_MOST_MS = 8388

_NONE = 0
_INPUT = 1
_OUTPUT = 2
_PWM = 3
_ADC = 4


class ChipReset(BaseException):
    """The chip restarts; raised through the firmware, whose outputs are dead by then."""


class Chip:
    """Pins, PWM, ADC, watchdog and reset. The plant hooks into drive, adc and listen by pin number."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.violations: list[str] = []
        # What outside drives an input pin to (0, 1 or None), and what an ADC pin reads (0 to 65535).
        self.drive: "list[Callable[[], int | None] | None]" = [None] * PINS
        self.adc: "list[Callable[[], int] | None]" = [None] * PINS
        self.listen: list[Callable[[], object] | None] = [None] * PINS  # called after a change of an output pin
        self.before_reset: Callable[[], object] | None = None  # called while the outputs still are as they were
        self.on_feed: Callable[[], object] | None = None  # called at each feeding of the watchdog
        self.reset_cause = 1
        self.feeds = 0
        self.collections = 0  # explicit garbage collections, counted on CPython only
        self.level = [0] * PINS  # as an output drives it
        self.duty_u16 = [0] * PINS
        self._mode = [_NONE] * PINS
        self._pull_up = [False] * PINS
        self._is_claimed = [False] * PINS
        self._slice_hz = [0] * 8
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

    def forget_claims(self) -> None:
        """A new script runs; it may make its own objects for the pins."""
        self._is_claimed = [False] * PINS

    def power_on(self) -> None:
        """Begin after a reset: pins are inputs with pull-down."""
        self.is_dead = False
        self.forget_claims()
        self._slice_hz = [0] * 8

    def output_pm(self, number: int) -> int:
        """Return how much of the time a pin is driven high, in per mille."""
        if self._mode[number] == _PWM:
            return self.duty_u16[number] * 1000 // 65535
        return self.level[number] * 1000 if self._mode[number] == _OUTPUT else 0

    def reset(self, cause: int) -> None:
        """Restart: outputs let go this instant. Raises ChipReset."""
        if self.is_dead:  # the firmware's last words on its way out of a reset that already came
            raise ChipReset()
        if self.before_reset is not None:
            self.before_reset()
        self._watchdog_us = 0
        self.reset_cause = cause
        for number in range(PINS):
            self._mode[number] = _NONE
            self.duty_u16[number] = 0
            self.set_level(number, 0)
        self.is_dead = True
        raise ChipReset()

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
        if type(number) is not int or not 0 <= number < PINS:
            self.refuse("no such pin: %s" % (number,))
        if self._is_claimed[number]:
            self.refuse("pin %d is used twice" % number)
        self._is_claimed[number] = True

    def make_pin(self, number: int, mode: int, pull: int, value: "int | None") -> None:
        """Turn a pin into a plain input or output."""
        if self.is_dead:
            return
        self._mode[number] = _OUTPUT if mode == PinFactory.OUT else _INPUT
        self._pull_up[number] = pull == PinFactory.PULL_UP
        if mode == PinFactory.OUT:
            self.set_level(number, 1 if value else 0)

    def make_pwm(self, number: int, freq: int, duty: int) -> None:
        """Turn a pin into a PWM output; the two pins of a slice share a frequency."""
        if type(freq) is not int or not 8 <= freq <= 62500000:
            self.refuse("PWM on pin %d: a frequency of %s Hz is out of the chip's range" % (number, freq))
        slice_ = (number >> 1) & 7
        if self._slice_hz[slice_] not in (0, freq):
            self.refuse("PWM on pin %d: its slice already runs at another frequency" % number)
        self._slice_hz[slice_] = freq
        self._mode[number] = _PWM
        self.set_duty(number, duty)

    def make_adc(self, number: int) -> None:
        """Turn a pin into an ADC input."""
        if number not in _ADC_PINS:
            self.refuse("pin %d is no ADC input; those are 26, 27 and 28" % number)
        self._mode[number] = _ADC

    def read_adc(self, number: int) -> int:
        """Return an ADC input's code, 0 to 65535."""
        source = self.adc[number]
        return 0 if source is None else source()

    def arm_watchdog(self, timeout_ms: int) -> None:
        """Start the watchdog; like the real one it cannot be stopped again."""
        if type(timeout_ms) is not int or not 0 < timeout_ms <= _WATCHDOG_MOST_MS:
            self.refuse("WDT: a timeout of %s ms is out of the chip's range" % (timeout_ms,))
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


class PinFactory:
    """machine.Pin."""

    IN = 0
    OUT = 1
    PULL_UP = 1
    PULL_DOWN = 2

    def __init__(self, chip: Chip) -> None:
        self._chip = chip

    def __call__(self, number: int, mode: int = 0, pull: int = -1, value: "int | None" = None) -> _Pin:
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

    def deinit(self) -> None:
        self._chip.refuse("PWM.deinit() freezes pin %d at its present level; set the duty to 0" % self._number)


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


class AdcFactory:
    """machine.ADC, made from a Pin."""

    def __init__(self, chip: Chip) -> None:
        self._chip = chip

    def __call__(self, pin: _Pin) -> _AdcInput:
        self._chip.make_adc(pin._number)
        return _AdcInput(self._chip, pin._number)


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


class Machine:
    """The `machine` module itself."""

    PWRON_RESET = 1
    WDT_RESET = 3

    def __init__(self, chip: Chip) -> None:
        self._chip = chip
        self.Pin = PinFactory(chip)
        self.PWM = PwmFactory(chip)
        self.ADC = AdcFactory(chip)

    def WDT(self, timeout: int) -> _Watchdog:
        """Arm the watchdog."""
        self._chip.arm_watchdog(timeout)
        return _Watchdog(self._chip)

    def reset(self) -> None:
        """Restart the chip; reads as a watchdog reset afterwards, as on the RP2040."""
        self._chip.reset(self.WDT_RESET)

    def reset_cause(self) -> int:
        """Return why the chip last started."""
        return self._chip.reset_cause

    def unique_id(self) -> bytes:
        """Return an id that says "simulated" to the host."""
        return b"sim00001"
