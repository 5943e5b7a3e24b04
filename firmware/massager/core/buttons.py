"""Four buttons: which was let go after a short or a long press, whether STOP is down right now, and which has been down
since power-up.
"""

from micropython import const

from massager.core import signals

LONG_MS = const(1500)  # ui: a long press
_BUTTONS = const(4)


class Buttons:
    """Debounced presses, each button timed by itself.

    STOP is also there undelayed (is_stop_down): stopping never waits for a contact to settle (SAF-34).
    """

    def __init__(self) -> None:
        self.is_stop_down = False
        self.short = 0  # bits of signals, for one tick when a button is let go before LONG_MS
        self.long = 0  # the same after LONG_MS or more
        self.down = 0  # debounced
        self.stuck = 0  # down at power-up and never let go since; not STOP, whose broken wire is a press by itself
        self._held_ms = [0] * _BUTTONS
        self._ignored = 0
        self._last = 0
        self._has_sample = False

    def step(self, dt_ms: int, raw: int) -> None:
        """Take this tick's contacts, a sum of signals.STOP, MODE, STRENGTH, HEAT; a change counts at its second
        sample.
        """
        self.short = 0
        self.long = 0
        self.is_stop_down = bool(raw & signals.STOP)
        if not self._has_sample:
            self._has_sample = True
            self.stuck = raw & ~signals.STOP
            self._ignored = self.stuck  # nothing starts by letting go of what the power came back to (SAF-48)
        if not raw | self.down | self._last:  # nearly always: nobody touches anything
            self._ignored = 0
            self.stuck = 0
            return
        for number in range(_BUTTONS):
            if self.down & (1 << number):
                self._held_ms[number] = min(self._held_ms[number] + dt_ms, LONG_MS)
        # Contact by contact: one that bounces must not keep another from settling.
        same = ~(raw ^ self._last)
        self._last = raw
        self._settle((self.down & ~same) | (raw & same))
        self._ignored &= ~(same & ~raw)
        self.stuck &= ~(same & ~raw)

    def are_two_down(self) -> bool:
        """Return True while more than one button is pressed."""
        return self.down & (self.down - 1) != 0

    def ignore(self) -> None:
        """Let no press that is on now mean anything more when it is let go."""
        self.short = 0
        self.long = 0
        self._ignored = self.down | self._last

    def forget(self) -> None:
        """Time every press that is on now from now."""
        for number in range(_BUTTONS):
            self._held_ms[number] = 0

    def _settle(self, now_down: int) -> None:
        released = self.down & ~now_down
        for number in range(_BUTTONS):
            if released & (1 << number):
                if not self._ignored & (1 << number):
                    if self._held_ms[number] >= LONG_MS:
                        self.long |= 1 << number
                    else:
                        self.short |= 1 << number
                self._held_ms[number] = 0
        self.down = now_down
