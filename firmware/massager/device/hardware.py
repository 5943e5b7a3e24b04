"""All peripherals of one board together: read into Inputs, apply Outputs, off."""

from machine import ADC, PWM, Pin

from massager.core import signals
from massager.device.motors import HBridge, SideMotor
from massager.device.switches import AlivePin, Buttons, HeaterSwitch


class Hardware:
    """The peripherals wired as the board file says. Everything is at rest when this returns."""

    def __init__(self, board) -> None:
        def output(number: int) -> Pin:
            return Pin(number, Pin.OUT, value=0)

        def contact(number: int) -> Pin:
            return Pin(number, Pin.IN, Pin.PULL_UP)

        def pwm(number: int) -> PWM:
            return PWM(output(number), freq=board.MOTOR_PWM_HZ, duty_u16=0)

        self._heater = HeaterSwitch(output(board.PIN_HEATER))
        self._alive = AlivePin(output(board.PIN_ALIVE))
        self._roller = HBridge(pwm(board.PIN_ROLLER_IN1), pwm(board.PIN_ROLLER_IN2))
        self._inner = SideMotor(pwm(board.PIN_INNER))
        self._outer = SideMotor(pwm(board.PIN_OUTER))
        self._skin = ADC(Pin(board.PIN_SKIN_NTC))
        self._pad = ADC(Pin(board.PIN_PAD_NTC))
        self._current = ADC(Pin(board.PIN_ROLLER_CURRENT))
        self._current_full_ma = board.ROLLER_CURRENT_FULL_MA
        # Made here, since off() must work with no memory left.
        self._parts = (self._heater, self._roller, self._inner, self._outer, self._alive)
        self._buttons = Buttons(
            contact(board.PIN_STOP), contact(board.PIN_MODE), contact(board.PIN_STRENGTH), contact(board.PIN_HEAT)
        )

    def read(self, now_ms: int, inputs: signals.Inputs) -> None:
        """Take one sample of everything; now_ms is on the ring."""
        inputs.skin_code = self._skin.read_u16()
        inputs.pad_code = self._pad.read_u16()
        inputs.roller_ma = self._current.read_u16() * self._current_full_ma >> 16
        inputs.buttons = self._buttons.read()
        inputs.sample_ms = now_ms

    def apply(self, out: signals.Outputs) -> None:
        """Set every actuator for the coming tick."""
        self._heater.set(out.is_heater_on)
        self._roller.set(out.roller_pm)
        self._inner.set(out.inner_pm)
        self._outer.set(out.outer_pm)
        if out.is_alive:
            self._alive.toggle()

    def off(self) -> None:
        """Turn everything off, the heater first; a peripheral that fails does not keep the others on."""
        for part in self._parts:
            try:
                part.off()
            except BaseException:
                pass
