"""The guard: the last word of every tick. It sees what was measured and what the rest of the core asks for, and can
do two things: reduce an output, or latch a fault. It cannot raise anything, and nothing comes after it.
"""

from massager.core import faults, limits, sensors, signals
from massager.core.heat_permit import HeatPermit
from massager.core.let_go import LetGo
from massager.core.read_back import ReadBack, is_conducting
from massager.core.readings import Readings
from massager.core.slew import Slew
from massager.core.stall import Stall
from massager.core.twice import Twice


class Guard:
    """Limits and latched faults. A fault stays until acknowledge() finds its cause gone."""

    def __init__(self, roller_cap_pm: int, inner_cap_pm: int, outer_cap_pm: int, has_lamp: bool, stall: Stall) -> None:
        self.latched = Twice(faults.NONE)
        self.permit = HeatPermit()
        self._skin = Readings(faults.SKIN_LOOSE, faults.SKIN_JUMP, faults.SKIN_FROZEN)
        self._pad = Readings(faults.PAD_LOOSE, faults.PAD_JUMP, faults.PAD_FROZEN)
        self.let_go = LetGo()
        self._read_back = ReadBack(has_lamp)
        self._stall = stall
        self._standing = faults.NONE  # what no acknowledgement ends
        self._roller = Slew(-roller_cap_pm, roller_cap_pm)
        self._inner = Slew(0, inner_cap_pm)
        self._outer = Slew(0, outer_cap_pm)

    @property
    def fault(self) -> int:
        """The latched fault."""
        return self.latched.value

    def latch(self, fault: int) -> None:
        """Latch a fault, or faults.NONE, unless there is one already."""
        if fault != faults.NONE and self.latched.value == faults.NONE:
            self.latched.set(fault)

    def trust(self, are_others_sound: bool) -> None:
        """Latch that a number has changed by itself: the latched fault, or one of session and ledger (SAF-46). Comes
        before anything that reads them.
        """
        if not self.latched.is_sound():
            self.latched.set(faults.CORRUPT)
        elif not are_others_sound:
            self.latch(faults.CORRUPT)

    def stand(self, fault: int) -> None:
        """Latch a fault until the next start: what caused it stays."""
        self._standing = fault
        self.latch(fault)

    def follow(self, now: "sensors.Sensors", on_ms: int, is_heating: bool) -> None:
        """Take this tick's sample, if there is a new one, into what is known of the sensors themselves. on_ms: how
        long ago the device may have been put on.
        """
        if now.is_new:
            is_settled = on_ms >= limits.JUMP_ARMED_MS
            self._skin.step(now, now.skin, is_settled, is_heating)
            self._pad.step(now, now.pad, is_settled, is_heating)

    def check(self, now: "sensors.Sensors") -> None:
        """Latch the first fault that this tick's temperatures show, once there are enough samples for a median."""
        if now.has_median:
            self.latch(self._find(now))

    def watch(self, dt_ms: int, inputs: "signals.Inputs") -> None:
        """Latch what the read-backs and the roller's current show."""
        self.latch(self._read_back.step(dt_ms, inputs))
        self.latch(self._stall.step(dt_ms, inputs.roller_ma))

    def prove(self, dt_ms: int, is_wanted: bool, inputs: "signals.Inputs") -> None:
        """Go on with the proof that the dead-man switch lets go, from the begin if it was not wanted last tick."""
        if is_wanted:
            self.latch(self.let_go.step(dt_ms, is_conducting(inputs)))
        else:
            self.let_go.begin()

    def acknowledge(self, now: "sensors.Sensors") -> bool:
        """Clear the latched fault if its cause is gone; return whether it is clear."""
        if now.is_fresh and self._find(now) == faults.NONE:
            self.latched.set(self._standing)
            self._read_back.forget()
        return self.fault == faults.NONE

    def _find(self, now: "sensors.Sensors") -> int:
        """Return the fault that this tick shows: first what the temperatures say, then what their past does."""
        fault = _of_temperatures(now)
        if fault == faults.NONE:
            fault = self._skin.found()
        return fault if fault != faults.NONE else self._pad.found()

    def limit(self, dt_ms: int, is_allowed: bool, cap_pm: int, out: "signals.Outputs") -> None:
        """Reduce the requested outputs to what may go out: nothing unless is_allowed and no fault is latched, no
        heat without its permit, no motor above cap_pm or its own cap, no increase above the slew (SAF-30, SAF-33). The
        proof of the let-go has the alive pin alone.
        """
        if not is_allowed or self.fault != faults.NONE:
            out.clear()
            out.is_alive = self.let_go.is_alive and self.fault == faults.NONE
        elif self._stall.back_pm:
            self._back_off(out)
        if not self.permit.is_granted():
            out.is_heater_on = False
            out.is_lamp_on = False
        self._read_back.look_twice(out)
        out.roller_pm = self._roller.step(dt_ms, out.roller_pm, cap_pm)
        out.inner_pm = self._inner.step(dt_ms, out.inner_pm, cap_pm)
        out.outer_pm = self._outer.step(dt_ms, out.outer_pm, cap_pm)
        self._read_back.told(is_allowed, out)
        self._stall.told(out.roller_pm)

    def _back_off(self, out: "signals.Outputs") -> None:
        """Have a held roller turn back, and nothing else be on (SAF-32)."""
        out.clear()
        out.is_alive = True
        out.roller_pm = self._roller.turn_back(self._stall.back_pm)


def cap_pm(running_ms: int, strength_limit: int) -> int:
    """Return the most any motor may do after running_ms of a session, pauses not counted (SAF-31), under a personal
    limit of 1 to 5 (SAF-33).
    """
    most_pm = limits.STRENGTH_PM[strength_limit]
    if running_ms < limits.GENTLE_MS:
        return min(most_pm, limits.GENTLE_PM)
    return most_pm


def _of_temperatures(now: "sensors.Sensors") -> int:
    """Return the fault that these temperatures show, sensors first: a broken one says nothing about heat (SAF-05,
    03, 04).
    """
    if now.skin.band == sensors.OPEN:
        return faults.SKIN_OPEN
    if now.skin.band == sensors.SHORT:
        return faults.SKIN_SHORT
    if now.pad.band == sensors.OPEN:
        return faults.PAD_OPEN
    if now.pad.band == sensors.SHORT:
        return faults.PAD_SHORT
    if now.skin.hotter_mc >= limits.SKIN_CUTOFF_MC:
        return faults.SKIN_HOT
    if now.pad.hotter_mc >= limits.PAD_CUTOFF_MC:
        return faults.PAD_HOT
    return faults.NONE
