"""All peripherals of one board together: read into Inputs, apply Outputs, off."""

from machine import PWM, Pin

from massager.core import face, signals
from massager.device.analog import AnalogIn
from massager.device.motors import HBridge, SideMotor
from massager.device.signs import Buzzer, Strip
from massager.device.switches import AlivePin, Buttons, HeaterSwitch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Hardware:
    """The peripherals wired as the board file says. Everything is at rest when this returns."""

    def __init__(self, board: "Any") -> None:
        def output(number: int) -> Pin:
            return Pin(number, Pin.OUT, value=0)

        def level(number: int) -> Pin:
            return Pin(number, Pin.IN)

        def contact(number: int) -> Pin:
            return Pin(number, Pin.IN, Pin.PULL_UP)

        def pwm(number: int) -> PWM:
            return PWM(output(number), freq=board.MOTOR_PWM_HZ, duty_u16=0)

        self._heater = HeaterSwitch(output(board.PIN_HEATER))
        self._lamp = HeaterSwitch(output(board.PIN_INFRARED))
        self._alive = AlivePin(output(board.PIN_ALIVE))
        self._roller = HBridge(pwm(board.PIN_ROLLER_IN1), pwm(board.PIN_ROLLER_IN2))
        self._inner = SideMotor(pwm(board.PIN_INNER))
        self._outer = SideMotor(pwm(board.PIN_OUTER))
        self._skin = AnalogIn(board.PIN_SKIN_NTC, board)
        self._pad = AnalogIn(board.PIN_PAD_NTC, board)
        self._current = AnalogIn(board.PIN_ROLLER_CURRENT, board)
        self._current_full_ma = board.ROLLER_CURRENT_FULL_MA
        self._heater_sense = level(board.PIN_HEATER_SENSE)
        self._lamp_sense = level(board.PIN_INFRARED_SENSE) if "infrared" in board.FEATURES else None
        self._rail_good = level(board.PIN_RAIL_GOOD)
        self._strip = Strip(output(board.PIN_STRIP), face.LAMPS)
        self._buzzer = Buzzer(output(board.PIN_BUZZER))
        # Made here, since off() must work with no memory left.
        self._parts = (self._heater, self._lamp, self._roller, self._inner, self._outer, self._alive, self._buzzer)
        self._buttons = Buttons(
            contact(board.PIN_STOP), contact(board.PIN_MODE), contact(board.PIN_STRENGTH), contact(board.PIN_HEAT)
        )

    def read(self, now_ms: int, inputs: signals.Inputs) -> None:
        """Take one sample of everything; now_ms is on the ring."""
        inputs.skin_code = self._skin.read()
        inputs.pad_code = self._pad.read()
        inputs.roller_ma = self._current.read() * self._current_full_ma >> 16
        inputs.buttons = self._buttons.read()
        inputs.heater_sense = self._heater_sense.value()
        if self._lamp_sense is not None:
            inputs.lamp_sense = self._lamp_sense.value()
        inputs.is_rail_good = self._rail_good.value() == 1
        inputs.sample_ms = now_ms

    def apply(self, out: signals.Outputs) -> None:
        """Set every actuator for the coming tick."""
        self._heater.set(out.is_heater_on)
        self._lamp.set(out.is_lamp_on)
        self._roller.set(out.roller_pm)
        self._inner.set(out.inner_pm)
        self._outer.set(out.outer_pm)
        if out.grant_ms:
            self._alive.grant(out.grant_ms)
        if out.is_alive:
            self._alive.toggle()
        self._strip.show(out.lamps)
        self._buzzer.sound(out.tone_hz)

    def off(self) -> None:
        """Turn everything off, the heater first; a peripheral that fails does not keep the others on."""
        for part in self._parts:
            try:
                part.off()
            except BaseException:
                pass
