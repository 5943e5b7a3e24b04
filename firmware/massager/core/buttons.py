"""Four buttons: which was let go after a short or a long press, and whether STOP is down right now."""

from micropython import const

from massager.core import signals

LONG_MS = const(1500)  # ui: a long press
_SETTLE_TICKS = const(2)  # equal samples before a change counts, against bouncing contacts

_NONE = const(0)


class Buttons:
    """Debounced presses. STOP is also there undelayed (is_stop_down): stopping never waits for a contact to settle
    (SAF-34).
    """

    def __init__(self) -> None:
        self.is_stop_down = False
        self.short = _NONE  # bits of signals, for one tick when a button is let go before LONG_MS
        self.long = _NONE  # the same after LONG_MS or more
        self._down = 0
        self._candidate = 0
        self._same_ticks = 0
        self._held_ms = 0

    def step(self, dt_ms: int, raw: int) -> None:
        """Take this tick's contacts, a sum of signals.STOP, MODE, STRENGTH, HEAT."""
        self.short = _NONE
        self.long = _NONE
        self.is_stop_down = bool(raw & signals.STOP)
        if self._down:
            self._held_ms += dt_ms
        if raw != self._candidate:
            self._candidate = raw
            self._same_ticks = 1
            return
        if self._same_ticks < _SETTLE_TICKS:
            self._same_ticks += 1
        if self._same_ticks < _SETTLE_TICKS or raw == self._down:
            return
        released = self._down & ~raw
        if released:
            if self._held_ms >= LONG_MS:
                self.long = released
            else:
                self.short = released
        if not self._down or released:
            self._held_ms = 0
        self._down = raw
