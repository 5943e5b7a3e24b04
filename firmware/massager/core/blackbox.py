"""The black box: the last 30 s before a fault, five moments a second, in memory that is taken once.

A moment is a row of numbers in the order of NAMES, each of two bytes, the low one first, as two's complement.
"""

from micropython import const

from massager.core import faults

TYPE_CHECKING = False
if TYPE_CHECKING:
    from massager.core.controller import Controller
    from massager.core.signals import Inputs, Outputs

EVERY_MS = const(200)
MOMENTS = const(151)  # 30 s, and the fault itself
_EARLY_MS = const(10)  # half a tick: one that comes a moment early need not wait for the next
NAMES = (
    "after_ms",  # since the moment before
    "state",
    "step",  # from 1; 0 outside of a session
    "buttons",
    "skin_cc",  # hundredths of a degree
    "pad_cc",
    "set_cc",
    "duty_pm",
    "roller_pm",
    "inner_pm",
    "outer_pm",
    "roller_ma",
    "on",  # a sum of the bits below
)
HEATER_ON = const(1)
LAMP_ON = const(2)
ALIVE = const(4)
HEATER_SENSE = const(8)
LAMP_SENSE = const(16)
RAIL_GOOD = const(32)

MOMENT_BYTES = const(26)
_MOST = const(32767)


class BlackBox:
    """A ring of moments. With the moment of a fault it stands still until the fault is acknowledged."""

    def __init__(self) -> None:
        self.is_closed = False  # a fault's moment is in, and nothing more is taken
        self._bytes = bytearray(MOMENT_BYTES * MOMENTS)
        self._at = 0  # of the next moment
        self._moments = 0
        self._after_ms = 0

    def moments(self) -> bytes:
        """Return all moments, the oldest first. Allocates: for when everything is off."""
        newest = bytes(self._bytes[: self._at])
        if self._moments < MOMENTS:
            return newest
        return bytes(self._bytes[self._at :]) + newest

    def step(self, dt_ms: int, c: "Controller", inputs: "Inputs", out: "Outputs") -> None:
        """Let dt_ms pass, and take a moment if one is due or a fault has just latched."""
        is_fault = c.guard.fault != faults.NONE
        if self.is_closed:
            if not is_fault:
                self._begin_anew()
            return
        self._after_ms += dt_ms
        self.is_closed = is_fault
        if self._after_ms < EVERY_MS - _EARLY_MS and not is_fault:
            return
        if self._at == len(self._bytes):
            self._at = 0
        self._moments = min(self._moments + 1, MOMENTS)
        self._put(self._after_ms)
        self._after_ms = 0
        self._put_session(c, inputs)
        self._put_heat(c)
        self._put_motors(out)
        self._put(inputs.roller_ma)
        self._put(_on(inputs, out))

    def _begin_anew(self) -> None:
        self.is_closed = False
        self._at = 0
        self._moments = 0
        self._after_ms = 0

    def _put_session(self, c: "Controller", inputs: "Inputs") -> None:
        self._put(c.session.state)
        self._put(c.session.step_index + 1 if c.session.is_active() else 0)
        self._put(inputs.buttons)

    def _put_heat(self, c: "Controller") -> None:
        self._put(c.sensors.skin.mc // 10)
        self._put(c.sensors.pad.mc // 10)
        self._put(c.heater.set_mc // 10)
        self._put(c.heater.duty_pm)

    def _put_motors(self, out: "Outputs") -> None:
        self._put(out.roller_pm)
        self._put(out.inner_pm)
        self._put(out.outer_pm)

    def _put(self, value: int) -> None:
        value = max(-_MOST, min(value, _MOST))
        self._bytes[self._at] = value & 0xFF
        self._bytes[self._at + 1] = value >> 8 & 0xFF
        self._at += 2


def _on(inputs: "Inputs", out: "Outputs") -> int:
    """Return what is on, and what the read-backs say, as a sum of bits."""
    on = HEATER_ON if out.is_heater_on else 0
    if out.is_lamp_on:
        on |= LAMP_ON
    if out.is_alive:
        on |= ALIVE
    if inputs.heater_sense:
        on |= HEATER_SENSE
    if inputs.lamp_sense:
        on |= LAMP_SENSE
    if inputs.is_rail_good:
        on |= RAIL_GOOD
    return on
