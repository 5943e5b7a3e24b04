"""The low sides of the switches, read back: whether heater, lamp and dead-man switch do what they were told."""

from massager.core import faults, limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from massager.core import signals


class Switch:
    """The switch of a source of heat. Its low side is down while it is on, and up while it is off and the dead-man
    switch conducts. The two count for themselves: at a low duty it is on for a tick a second only.
    """

    def __init__(self) -> None:
        self._is_on = False  # told in the last tick
        self._up_ticks = 0  # in a row that it was on and its low side up
        self.down_ticks = 0  # the other way round, while the dead-man switch conducts; more than 0: it is in doubt

    def told(self, is_on: bool) -> None:
        """Take what it is told this tick."""
        self._is_on = is_on

    def is_wrong(self, is_up: bool, is_enabled: bool) -> bool:
        """Take this tick's low side; return True if it has not been what it should be for too long (SAF-11)."""
        if self._is_on:
            self._up_ticks = min(self._up_ticks + 1, limits.SWITCH_TICKS) if is_up else 0
        elif is_enabled:
            self.down_ticks = 0 if is_up else min(self.down_ticks + 1, limits.SWITCH_TICKS)
        return max(self._up_ticks, self.down_ticks) == limits.SWITCH_TICKS

    def forget(self) -> None:
        """Count anew."""
        self._up_ticks = 0
        self.down_ticks = 0


class ReadBack:
    """Compares what is read in a tick with what went out in the one before."""

    def __init__(self, has_lamp: bool) -> None:
        self._has_lamp = has_lamp
        self._heater = Switch()
        self._lamp = Switch()
        self._was_alive = False
        self._still_ms = 0  # since the alive pin last toggled
        self._was_playing = False
        self._alive_ticks = 0  # in a row that it toggled for a program, none of them late

    def step(self, dt_ms: int, inputs: "signals.Inputs") -> int:
        """Let dt_ms pass; return the fault that shows, or faults.NONE."""
        self._count(dt_ms)
        # A level that stands still may hold nothing (SAF-41).
        if self._still_ms > limits.STILL_MS and is_conducting(inputs):
            return faults.ENABLE_STUCK
        if inputs.is_rail_good and self._is_switch_wrong(inputs):
            return faults.HEATER_SWITCH
        return faults.NONE

    def _count(self, dt_ms: int) -> None:
        if not self._was_alive:
            self._still_ms = min(self._still_ms + dt_ms, 2 * limits.STILL_MS)
            self._alive_ticks = 0
            return
        self._still_ms = dt_ms
        if dt_ms > limits.ENABLE_HOLD_MS or not self._was_playing:
            self._alive_ticks = 0  # it may have let go meanwhile; or that it conducts is still to be proved
        else:
            self._alive_ticks = min(self._alive_ticks + 1, limits.SWITCH_ARMED_TICKS)

    def _is_switch_wrong(self, inputs: "signals.Inputs") -> bool:
        is_enabled = self._alive_ticks == limits.SWITCH_ARMED_TICKS
        is_wrong = self._heater.is_wrong(inputs.heater_sense == 1, is_enabled)
        if self._has_lamp and self._lamp.is_wrong(inputs.lamp_sense == 1, is_enabled):
            return True
        return is_wrong

    def look_twice(self, out: "signals.Outputs") -> None:
        """Keep a switch off that is in doubt. At full duty it is off for a tick a second, too seldom to tell soon that
        STOP or the comparator has taken the enable down.
        """
        if self._heater.down_ticks:
            out.is_heater_on = False
        if self._lamp.down_ticks:
            out.is_lamp_on = False

    def told(self, is_playing: bool, out: "signals.Outputs") -> None:
        """Take what goes out this tick, for a program or for the proof that comes before it."""
        self._was_playing = is_playing
        self._was_alive = out.is_alive
        self._heater.told(out.is_heater_on)
        self._lamp.told(out.is_lamp_on)

    def forget(self) -> None:
        """Have the switches show anew that they are wrong, after somebody acknowledged it."""
        self._heater.forget()
        self._lamp.forget()


def is_conducting(inputs: "signals.Inputs") -> bool:
    """Return True if either low side is up: the dead-man switch conducts, since nothing else pulls it up."""
    return inputs.heater_sense + inputs.lamp_sense > 0
