"""Joins the plant to the emulated Pico's pins: it finds here what it uses of kneesim.chip.Chip.

Outputs are read from the chip's registers and sensors are asked at the moment the chip converts, so the plant does
not run on a schedule of its own.
"""

from collections.abc import Callable
from typing import Any

from rp2040py.gpio_pin import FUNCTION_PWM, FUNCTION_SIO, GPIOPinState

from kneesim.pico.rig import Rig

_PINS = 30
_FIRST_ADC_PIN = 26


class _Clock:
    def __init__(self, rig: Rig) -> None:
        self._rig = rig

    @property
    def now_us(self) -> int:
        return self._rig.now_us


class Wiring:
    """The Chip that a Plant is given. Call `connect` when the plant has hooked itself in."""

    def __init__(self, rig: Rig, board: Any) -> None:
        self.clock = _Clock(rig)
        self.adc: list[Callable[[], int] | None] = [None] * _PINS
        self.drive: list[Callable[[], int | None] | None] = [None] * _PINS
        self.i2c: dict[tuple[int, int], Any] = {}  # nothing is on the emulated bus
        self.listen: list[Callable[[], object] | None] = [None] * _PINS
        self.before_reset: Callable[[], object] | None = None
        self.on_conversion: Callable[[int], object] | None = None  # told the pin at the start of each
        self.kind: Any = None  # the plant says which chip it is on; this one can be no other
        self.level = [0] * _PINS
        self.highs: list[tuple[int, int]] = []  # (us, pin) each time an actuator left low, by its level or its duty
        self._rig = rig
        self._mcu = rig.mcu
        self._actuators = (
            board.PIN_HEATER,
            board.PIN_INFRARED,
            board.PIN_ALIVE,
            board.PIN_ROLLER_IN1,
            board.PIN_ROLLER_IN2,
            board.PIN_INNER,
            board.PIN_OUTER,
        )

    def connect(self) -> None:
        """Put the plant on the pins."""
        adc = self._mcu.adc
        for pin in self._actuators:
            self._mcu.gpio[pin].add_listener(self._listener(pin))
        self._watch_duties()
        self._rig.before_reset = self._before_reset
        self._rig.on_reset = self._after_reset
        adc.on_adc_read = self._convert
        self.drive_inputs()

    def _listener(self, pin: int) -> Callable[[GPIOPinState, GPIOPinState], None]:
        gpio = self._mcu.gpio[pin]

        def changed(new: GPIOPinState, old: GPIOPinState) -> None:
            if gpio.function_select != FUNCTION_PWM:
                self._set_level(pin, 1 if new == GPIOPinState.HIGH else 0)

        return changed

    def _watch_duties(self) -> None:
        pwm = self._mcu.pwm
        write = pwm.write_uint32
        duty_pm = dict.fromkeys(self._actuators, 0)

        def write_and_look(offset: int, value: int) -> None:
            write(offset, value)
            for pin, old_pm in duty_pm.items():
                new_pm = self.output_pm(pin) if self._mcu.gpio[pin].function_select == FUNCTION_PWM else 0
                if new_pm and not old_pm:
                    self.highs.append((self._rig.now_us, pin))
                duty_pm[pin] = new_pm

        pwm.write_uint32 = write_and_look  # type: ignore[method-assign]

    def _set_level(self, pin: int, level: int) -> None:
        if level == self.level[pin]:
            return
        if level:
            self.highs.append((self._rig.now_us, pin))
        # The plant catches up first, with the output as it has been.
        listener = self.listen[pin]
        if listener is not None:
            listener()
        self.level[pin] = level

    def _before_reset(self) -> None:
        if self.before_reset is not None:
            self.before_reset()

    def _after_reset(self) -> None:
        # A reset lets the pins go without a word to their listeners.
        for pin in self._actuators:
            self._set_level(pin, 0)
        self.drive_inputs()

    def _convert(self, channel: int) -> None:
        pin = _FIRST_ADC_PIN + channel
        self.drive_inputs()  # the firmware reads its input pins after its sensors, in the same tick
        if self.on_conversion is not None:
            self.on_conversion(pin)
        source = self.adc[pin]
        self._mcu.adc.channel_values[channel] = 0 if source is None else source() >> 4  # 12 of 16 bits
        self._mcu.adc._default_on_adc_read(channel)

    def drive_inputs(self) -> None:
        """Bring the input pins to what the plant drives them to now."""
        for pin, source in enumerate(self.drive):
            if source is None:
                continue
            level = source()
            if level is None:
                self._mcu.gpio[pin].release_input()
            else:
                self._mcu.gpio[pin].set_input_value(bool(level))

    def is_driven_low(self, pin: int) -> bool:
        """Return True for a pin that the chip holds low; one that floats is not."""
        return bool(self._mcu.gpio[pin].value == GPIOPinState.LOW)

    def output_pm(self, pin: int) -> int:
        """Return how much of the time a pin is driven high, in per mille."""
        gpio = self._mcu.gpio[pin]
        if gpio.function_select == FUNCTION_SIO:
            return 1000 if gpio.value == GPIOPinState.HIGH else 0
        if gpio.function_select != FUNCTION_PWM:
            return 0
        channel = self._mcu.pwm.channels[pin >> 1 & 7]
        compare = channel.cc >> 16 if pin & 1 else channel.cc & 0xFFFF
        return min(1000, compare * 1000 // (channel.top + 1))
