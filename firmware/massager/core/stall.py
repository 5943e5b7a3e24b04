"""A roller that is held, by its motor's current (SAF-32): what a held motor takes is in proportion to its drive, and a
turning one takes less. More than a held one takes is no current at all: it is not being measured.
"""

from massager.core import faults, limits


class Stall:
    """Finds a held roller, and has it turn back a little before the fault: a worm gear would keep the limb.

    stall_ma: what the board's motor takes when held at full drive; limit_ma: what its driver lets through. Up to 2000.
    """

    def __init__(self, stall_ma: int, limit_ma: int) -> None:
        self._stall_ma = stall_ma
        self._most_ma = stall_ma * limits.DRIVEN_PM // 1000  # what the strongest there may be takes then
        self._over_ma = limit_ma * limits.OVER_CURRENT_PM // 1000
        self._level_pm = 0  # as it went out last
        self._lagged_pm = 0  # its size, which a ramp is ahead of
        self._held_ms = 0
        self._over_ticks = 0
        self._untold_ms = 0  # for which the current has been more than the drive explains
        self._back_ms = 0  # left of turning back
        self.back_pm = 0  # what the roller shall do instead of its program; 0: nothing is wrong

    def step(self, dt_ms: int, roller_ma: int) -> int:
        """Take this tick's current; return the fault that shows, or faults.NONE."""
        self._over_ticks = self._over_ticks + 1 if roller_ma >= self._over_ma else 0
        if self._over_ticks >= limits.OVER_CURRENT_TICKS:
            self._over_ticks = 0
            self.back_pm = 0
            return faults.OVER_CURRENT
        if self.back_pm:
            return self._turn_back(dt_ms)
        self._judge(dt_ms, roller_ma)
        return self._doubt(dt_ms, roller_ma)

    def _doubt(self, dt_ms: int, roller_ma: int) -> int:
        """Return ROLLER_SENSE if no motor can have taken this current for so long: something else is read instead of
        it, and perhaps instead of the temperatures too, as all of them share one converter.
        """
        drive_pm = max(abs(self._level_pm), self._lagged_pm)
        if roller_ma <= limits.IDLE_MA + self._most_ma * drive_pm // 1000:
            self._untold_ms = 0
            return faults.NONE
        self._untold_ms += dt_ms
        if self._untold_ms < limits.UNTOLD_MS:
            return faults.NONE
        self._untold_ms = 0
        return faults.ROLLER_SENSE

    def _judge(self, dt_ms: int, roller_ma: int) -> None:
        """Begin to turn back if the roller has been held for too long."""
        size_pm = abs(self._level_pm)
        self._follow(dt_ms, size_pm)
        is_judged = min(size_pm, self._lagged_pm) >= limits.STALL_LEAST_PM
        if is_judged and roller_ma >= self._held_ma(size_pm):
            self._held_ms += dt_ms
        else:
            self._held_ms = 0
        if self._held_ms >= limits.STALL_MS:
            self._held_ms = 0
            self._back_ms = limits.BACK_OFF_MS
            self.back_pm = -limits.BACK_OFF_PM if self._level_pm > 0 else limits.BACK_OFF_PM

    def _follow(self, dt_ms: int, size_pm: int) -> None:
        """Let the lagged drive come nearer to the drive, rounded towards it, or it would stop short of it."""
        ahead = (size_pm - self._lagged_pm) * min(dt_ms, limits.STALL_LAG_MS)
        if ahead > 0:
            ahead += limits.STALL_LAG_MS - 1
        self._lagged_pm += ahead // limits.STALL_LAG_MS

    def _held_ma(self, size_pm: int) -> int:
        """Return the least current that only a held roller takes at this drive."""
        share_pm = limits.STALL_SLOPE_PM * size_pm // 1000 + limits.STALL_FRICTION_PM
        return self._stall_ma * max(limits.STALL_PM * size_pm // 1000, share_pm) // 1000

    def _turn_back(self, dt_ms: int) -> int:
        self._back_ms -= dt_ms
        if self._back_ms > 0:
            return faults.NONE
        self.back_pm = 0
        self._lagged_pm = 0
        return faults.STALL

    def told(self, level_pm: int) -> None:
        """Take what goes out to the roller this tick."""
        self._level_pm = level_pm
