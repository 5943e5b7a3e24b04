"""Proof, at each start, that the dead-man switch conducts only while the alive pin toggles (SAF-41): with heater and
motors at zero the pin rests, toggles until the switch conducts, and rests again. Whether it conducts is read back at
the low side of a source of heat that is off.
"""

from micropython import const

from massager.core import faults, limits

_REST = const(0)
_RISE = const(1)
_FALL = const(2)


class LetGo:
    """is_alive: the proof wants the pin toggled this tick; is_proved: it is over, and well. rise_ms, fall_ms: how long
    the switch took, to the tick.
    """

    def __init__(self) -> None:
        self.is_alive = False
        self.is_proved = False
        self.rise_ms = 0
        self.fall_ms = 0
        self._phase = _REST
        self._phase_ms = 0

    def begin(self) -> None:
        """Begin, or begin anew."""
        self.is_alive = False
        self.is_proved = False
        self.rise_ms = 0
        self.fall_ms = 0
        self._phase = _REST
        self._phase_ms = 0

    def step(self, dt_ms: int, is_conducting: bool) -> int:
        """Let dt_ms pass; return the fault that shows, or faults.NONE."""
        self._phase_ms += dt_ms
        if self._phase == _RISE:
            return self._rise(dt_ms, is_conducting)
        if is_conducting:
            return faults.ENABLE_STUCK if self._phase_ms > limits.LET_GO_MS else faults.NONE
        if self._phase == _REST:
            self._phase = _RISE
            self._phase_ms = 0
            self.is_alive = True
        else:
            self.fall_ms = self._phase_ms
            self.is_proved = True
        return faults.NONE

    def _rise(self, dt_ms: int, is_conducting: bool) -> int:
        if is_conducting:
            self.rise_ms = self._phase_ms
            self._phase = _FALL
            self._phase_ms = dt_ms  # since the last tick, which toggled
            self.is_alive = False
        elif self._phase_ms >= limits.ENABLE_RISE_MS:
            self.is_alive = False
            return faults.NO_ENABLE
        return faults.NONE
