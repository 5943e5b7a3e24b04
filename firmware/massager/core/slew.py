"""Soft start and reversal of one motor (SAF-30): increases ramp, decreases are immediate, directions change through
zero.
"""

from massager.core import limits


class Slew:
    """The level of one motor in per mille, as the guard lets it out: within its own range least_pm..most_pm
    (SAF-33).
    """

    def __init__(self, least_pm: int, most_pm: int) -> None:
        self.level_pm = 0
        self._least_pm = least_pm
        self._most_pm = most_pm
        self._sign = 0  # direction it last turned in
        self._zero_ms = 0  # how long it has been at zero since

    def turn_back(self, level_pm: int) -> int:
        """Give a motor that is held another level without a ramp and without a wait, since it stands; return it, cut to
        the motor's range.
        """
        self.level_pm = max(self._least_pm, min(level_pm, self._most_pm))
        return self.level_pm

    def step(self, dt_ms: int, want_pm: int, cap_pm: int) -> int:
        """Move towards want_pm, cut to -cap_pm..cap_pm and to the motor's range, after dt_ms; return the new level."""
        want_pm = min(want_pm, cap_pm, self._most_pm)
        want_pm = max(want_pm, -cap_pm, self._least_pm)
        sign = (want_pm > 0) - (want_pm < 0)
        if self.level_pm == 0:
            self._zero_ms = min(self._zero_ms + dt_ms, limits.REVERSAL_ZERO_MS)
        if sign == 0 or self.level_pm * sign < 0:
            self.level_pm = 0
        elif self.level_pm or sign != -self._sign or self._zero_ms >= limits.REVERSAL_ZERO_MS:
            most_pm = abs(self.level_pm) + min(dt_ms, limits.TICK_MS) * limits.SLEW_PM_PER_MS
            self.level_pm = sign * min(abs(want_pm), most_pm)
        if self.level_pm:
            self._sign = sign
            self._zero_ms = 0
        return self.level_pm
