"""All peripherals of one board: read into Inputs, apply Outputs, off."""

import time

from machine import PWM, Pin

from massager.core import face, signals
from massager.device.analog import AnalogIn
from massager.device.motors import HBridge, SideMotor
from massager.device.signs import Buzzer, Strip
from massager.device.switches import AlivePin, Buttons, HeaterSwitch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


_SETTLE_MS = 1  # the gate's charge through the chip's pull-up: 1 nF and 80 k are 0.1 ms


class Senses:
    """All inputs, wired as the board file says."""

    def __init__(self, board: "Any") -> None:
        self._skin = AnalogIn(board.PIN_SKIN_NTC, board)
        self._pad = AnalogIn(board.PIN_PAD_NTC, board)
        self._current = AnalogIn(board.PIN_ROLLER_CURRENT, board)
        self._current_full_ma = board.ROLLER_CURRENT_FULL_MA
        self._heater_sense = _level(board.PIN_HEATER_SENSE)
        self._lamp_sense = _level(board.PIN_INFRARED_SENSE) if "infrared" in board.FEATURES else None
        self._rail_good = _level(board.PIN_RAIL_GOOD)
        self._buttons = Buttons(
            _contact(board.PIN_STOP), _contact(board.PIN_MODE), _contact(board.PIN_STRENGTH), _contact(board.PIN_HEAT)
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


class Actuators:
    """All that may be on. Everything is at rest when this returns. floating: if they were looked at, those that
    are fitted and whose pull-down is not there.
    """

    def __init__(self, board: "Any", are_looked_at: bool) -> None:
        self.floating: list[str] = []

        def switch(name: str, feature: str) -> Pin:
            number = getattr(board, "PIN_" + name)
            if not are_looked_at or feature not in board.FEATURES:
                return _output(number)
            pin = Pin(number, Pin.IN, Pin.PULL_UP)
            time.sleep_ms(_SETTLE_MS)
            if pin.value():
                self.floating.append(name)
            pin.init(Pin.OUT, value=0)
            return pin

        def pwm(name: str, feature: str) -> PWM:
            return PWM(switch(name, feature), freq=board.MOTOR_PWM_HZ, duty_u16=0)

        self._heater = HeaterSwitch(switch("HEATER", "heat"))
        self._lamp = HeaterSwitch(switch("INFRARED", "infrared"))
        self._alive = AlivePin(_output(board.PIN_ALIVE))
        self._roller = HBridge(pwm("ROLLER_IN1", "roller"), pwm("ROLLER_IN2", "roller"))
        self._inner = SideMotor(pwm("INNER", "sides"))
        self._outer = SideMotor(pwm("OUTER", "sides"))
        # Made here, since off() must work with no memory left.
        self._parts = (self._heater, self._lamp, self._roller, self._inner, self._outer, self._alive)

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

    def off(self) -> None:
        """Turn everything off, the heater first; a peripheral that fails does not keep the others on."""
        for part in self._parts:
            try:
                part.off()
            except BaseException:
                pass


class Signs:
    """Lamps and buzzer."""

    def __init__(self, board: "Any") -> None:
        self._strip = Strip(_output(board.PIN_STRIP), face.LAMPS)
        self._buzzer = Buzzer(_output(board.PIN_BUZZER))

    def apply(self, out: signals.Outputs) -> None:
        """Show and sound what is to be shown and heard."""
        self._strip.show(out.lamps)
        self._buzzer.sound(out.tone_hz)

    def off(self) -> None:
        """Fall silent."""
        try:
            self._buzzer.off()
        except BaseException:
            pass


class Hardware:
    """All peripherals together. Where nothing may be on (is_link_only) there are no actuators: nothing that this
    program could do would drive their pins, which boot.py has set low. floating: see Actuators; looked at where a maker
    asks (is_maintenance).
    """

    def __init__(self, board: "Any", senses: Senses, is_link_only: bool, is_maintenance: bool) -> None:
        self._actuators = None if is_link_only else Actuators(board, is_maintenance)
        self.floating = () if self._actuators is None else tuple(self._actuators.floating)
        self._signs = Signs(board)
        self._senses = senses

    def read(self, now_ms: int, inputs: signals.Inputs) -> None:
        """Take one sample of everything; now_ms is on the ring."""
        self._senses.read(now_ms, inputs)

    def apply(self, out: signals.Outputs) -> None:
        """Set everything for the coming tick."""
        if self._actuators is not None:
            self._actuators.apply(out)
        self._signs.apply(out)

    def off(self) -> None:
        """Turn everything off."""
        if self._actuators is not None:
            self._actuators.off()
        self._signs.off()


def _output(number: int) -> Pin:
    return Pin(number, Pin.OUT, value=0)


def _level(number: int) -> Pin:
    return Pin(number, Pin.IN)


def _contact(number: int) -> Pin:
    return Pin(number, Pin.IN, Pin.PULL_UP)
