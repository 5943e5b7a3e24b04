"""The low sides of the switches, read back: whether heater, lamp and dead-man switch do what they were told."""

from massager.core import faults, limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from massager.core import signals


class ReadBack:
    """Compares what is read in a tick with what went out in the one before."""

    def __init__(self) -> None:
        self._still_ms = 0  # since the alive pin last toggled
        self._was_alive = False

    def step(self, dt_ms: int, inputs: "signals.Inputs") -> int:
        """Let dt_ms pass; return the fault that shows, or faults.NONE. A level that stands still may hold nothing
        (SAF-41).
        """
        self._still_ms = dt_ms if self._was_alive else min(self._still_ms + dt_ms, 2 * limits.STILL_MS)
        if self._still_ms > limits.STILL_MS and is_conducting(inputs):
            return faults.ENABLE_STUCK
        return faults.NONE

    def told(self, out: "signals.Outputs") -> None:
        """Take what goes out this tick."""
        self._was_alive = out.is_alive


def is_conducting(inputs: "signals.Inputs") -> bool:
    """Return True if either low side is up: the dead-man switch conducts, since nothing else pulls it up."""
    return inputs.heater_sense + inputs.lamp_sense > 0
