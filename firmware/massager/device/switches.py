"""Plain outputs and inputs: the heater's switch, the alive pin, the buttons. Each gets its pins handed to it."""

from massager.core import limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from machine import Pin


class HeaterSwitch:
    """The low-side switch of a source of heat: the pad or the infrared lamp."""

    def __init__(self, pin: "Pin") -> None:
        pin.value(0)
        self._pin = pin

    def set(self, is_on: bool) -> None:
        """Switch on or off until told otherwise."""
        self._pin.value(1 if is_on else 0)

    def off(self) -> None:
        """Switch off."""
        self._pin.value(0)


class AlivePin:
    """The dead-man signal: the charge pump behind it lets current through only while it is toggled (SAF-41).

    It counts its toggles itself, whatever the session's clock says: each session is granted as many as it may last, and
    a little more (SAF-21).
    """

    def __init__(self, pin: "Pin") -> None:
        pin.value(0)
        self._pin = pin
        self._level = 0
        self._left = 0

    def grant(self, cap_ms: int) -> None:
        """Allow as many toggles as the ticks of cap_ms and ALIVE_EXTRA_MS; what was left of earlier ones is gone."""
        self._left = (min(cap_ms, limits.SESSION_CAP_MOST_MS) + limits.ALIVE_EXTRA_MS) // limits.TICK_MS

    def toggle(self) -> None:
        """Make one edge, if any is left; called once a tick, on the guard's verdict alone."""
        if self._left <= 0:
            return
        self._left -= 1
        self._level = 1 - self._level
        self._pin.value(self._level)

    def off(self) -> None:
        """Rest at low. Standing still is what lets go, whatever the level."""
        self._level = 0
        self._pin.value(0)


class Buttons:
    """Four contacts to ground with pull-ups. STOP is normally closed, so high there is a press or a broken wire
    (SAF-34).
    """

    def __init__(self, stop: "Pin", mode: "Pin", strength: "Pin", heat: "Pin") -> None:
        self._stop = stop
        self._mode = mode
        self._strength = strength
        self._heat = heat

    def read(self) -> int:
        """Return the pressed buttons as a sum of signals.STOP, MODE, STRENGTH, HEAT."""
        return (
            self._stop.value()
            + (1 - self._mode.value()) * 2
            + (1 - self._strength.value()) * 4
            + (1 - self._heat.value()) * 8
        )
