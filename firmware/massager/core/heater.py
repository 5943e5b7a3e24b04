"""Heat control on two sensors, in integers.

Two loops. The outer one moves a target for the pad so that the skin reaches its set point, and never lets that
target pass the clamp (SAF-04): the pad alone is always close to safe. The inner one turns the distance between pad
and target into a duty. The heater is switched, not dimmed: a window of 50 ticks (1 s) of which the first few are
on, never the last, so that the switch's read-back is seen both ways each second.
"""

from micropython import const

from massager.core import limits
from massager.core.dose import Dose

_WINDOW_TICKS = const(50)
_MOST_ON_TICKS = const(49)
_ONE_C_MC = const(1000)

# Gains, found on the simulated pad over the safety case's corners (docs/plant.md); they bend comfort, never a limit.
_OUTER_GAIN = const(3)  # pad degrees per degree the skin is short of its set point
_INTEGRAL_S = const(80)  # the integral adds one pad degree per skin degree in this many seconds; faster overshoots
_INTEGRAL_MAX_MC_S = const(4000 * 80)
_INTEGRATE_ABOVE_MC = const(-1000)  # skin that is warmer than this gets no heat anyway, and may cool down again
_INNER_PM_PER_C = const(800)
_FULL_PM = const(1000)

# The set point counts as out of reach when the heater has given its most for a minute, and the skin rose less than this
# in it (slower, the six degrees of a warm-up take over a quarter of an hour) and still lacks this: the 0.3 degrees of
# the promise, less what readings are off by. Its most is full duty, or a target at the clamp or this near to it:
# unsteady readings move the target by that.
_REACH_S = const(60)
_REACH_RISE_MC = const(400)
_REACH_LACK_MC = const(200)
_REACH_NEAR_MC = const(300)


class Heater:
    """Decides each tick whether the heater should be on. Asks only; the guard decides."""

    def __init__(self) -> None:
        self.set_mc = 0  # skin set point; 0: no heat wanted
        self.is_clamped_set = False  # someone asked for more than SAF-01 allows
        self.is_limited = False  # clamp or power keep the skin below its set point (SAF-04)
        self.duty_pm = 0
        self.is_by_lamp = False  # the infrared lamp heats instead of the pad
        self.pad_dose = Dose()  # of this session, by the pad's own sensor
        self._tick = 0
        self._on_ticks = 0
        self._carry = 0
        self._sum_skin_mc = 0
        self._sum_pad_mc = 0
        self._integral_mc_s = 0
        self._reach_s = 0
        self._reach_skin_mc = 0

    def set_point(self, set_mc: int) -> None:
        """Ask for a skin temperature in milli-degrees, 0 for none; more than SKIN_SET_MAX_MC is clamped and
        reported.
        """
        self.is_clamped_set = set_mc > limits.SKIN_SET_MAX_MC
        set_mc = max(0, min(set_mc, limits.SKIN_SET_MAX_MC))
        if set_mc != self.set_mc:
            self.set_mc = set_mc
            self._forget()

    def begin(self) -> None:
        """A session begins: the pad has done nothing yet to the skin."""
        self.pad_dose.clear()
        self.off()

    def off(self) -> None:
        """Want no heat and forget what was learnt."""
        self.set_mc = 0
        self.is_clamped_set = False
        self._forget()

    def _forget(self) -> None:
        self.is_limited = False
        self._reach_s = 0
        self._integral_mc_s = 0
        if not self.set_mc:
            self.duty_pm = 0
            self._on_ticks = 0
            self._carry = 0
            self._tick = 0
            self._sum_skin_mc = 0
            self._sum_pad_mc = 0

    def count(self, pad_mc: int, dt_ms: int) -> None:
        """Count dt_ms of the session to the pad's dose, whether it is heated or not."""
        self.pad_dose.step(pad_mc, dt_ms)

    def step(self, skin_mc: int, pad_mc: int) -> bool:
        """Take this tick's temperatures; return whether the heater should be on until the next tick."""
        if not self.set_mc:
            return False
        self._sum_skin_mc += skin_mc
        self._sum_pad_mc += pad_mc
        is_on = self._tick < self._on_ticks
        self._tick += 1
        if self._tick == _WINDOW_TICKS:
            self._on_ticks = self.plan(self._sum_skin_mc // _WINDOW_TICKS, self._sum_pad_mc // _WINDOW_TICKS)
            self._tick = 0
            self._sum_skin_mc = 0
            self._sum_pad_mc = 0
        return is_on

    def plan(self, skin_mc: int, pad_mc: int) -> int:
        """Choose the next window's duty from the last window's mean temperatures; return its ticks with heat."""
        target_mc = self._pad_target(self.set_mc - skin_mc)
        if self.is_by_lamp:
            # It shines past the pad onto the skin, so it is the skin itself that has to reach the target.
            pad_mc = max(skin_mc, pad_mc)
        # Beyond two degrees the duty is full or none anyway, and the product stays a small integer.
        short_mc = max(-2 * _ONE_C_MC, min(target_mc - pad_mc, 2 * _ONE_C_MC))
        self.duty_pm = max(0, min(short_mc * _INNER_PM_PER_C // _ONE_C_MC, _FULL_PM))
        if skin_mc > self.set_mc + limits.SKIN_ABOVE_SET_MC:
            self.duty_pm = 0  # whatever the pad's sensor says: it may read too low
        is_clamped = target_mc >= self._pad_most() - _REACH_NEAR_MC
        self._watch_reach(skin_mc, is_clamped or self.duty_pm == _FULL_PM)
        return self._portion()

    def _portion(self) -> int:
        """Return the ticks of a window that the duty comes to, and carry what is left of one over to the next."""
        self._carry += self.duty_pm * _WINDOW_TICKS
        on_ticks = self._carry // 1000
        self._carry %= 1000
        return min(on_ticks, _MOST_ON_TICKS)

    def _pad_most(self) -> int:
        """Return the clamp: the most the pad may be driven to for this set point (SAF-04)."""
        is_early = self.pad_dose.ms < limits.PAD_CLAMP_DOSE_MS
        clamp_mc = limits.PAD_CLAMP_MC if is_early else limits.PAD_CLAMP_LATE_MC
        return min(self.set_mc + limits.PAD_ABOVE_SET_MC, clamp_mc)

    def _pad_target(self, error_mc: int) -> int:
        """Return the pad temperature to aim at when the skin lacks error_mc."""
        wish_mc = self.set_mc + error_mc * _OUTER_GAIN + self._integral_mc_s // _INTEGRAL_S
        most_mc = self._pad_most()
        # At the clamp or at full duty more of it would do nothing now, and overshoot later.
        is_free = wish_mc < most_mc and self.duty_pm < _FULL_PM
        if _INTEGRATE_ABOVE_MC < error_mc < 0 or (error_mc >= 0 and is_free):
            integral_mc_s = self._integral_mc_s + error_mc
            self._integral_mc_s = max(-_INTEGRAL_MAX_MC_S, min(integral_mc_s, _INTEGRAL_MAX_MC_S))
        return min(wish_mc, most_mc)

    def _watch_reach(self, skin_mc: int, is_at_most: bool) -> None:
        if self.set_mc - skin_mc <= _REACH_LACK_MC:
            self.is_limited = False
            is_at_most = False
        if not is_at_most:
            self._reach_s = 0
            return
        if self._reach_s == 0:
            self._reach_skin_mc = skin_mc
        self._reach_s += 1
        if self._reach_s > _REACH_S:
            self.is_limited = skin_mc - self._reach_skin_mc < _REACH_RISE_MC
            self._reach_s = 0
