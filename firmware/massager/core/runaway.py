"""SAF-10: the pad gets warmer than what its heater was given can make it."""

from micropython import const

from massager.core import limits
from massager.core.bounds import LEAST_PM, MOST_PM

_RISE_S = const(20)  # over which the pad's rise is judged
_HEAT_S = const(40)  # whose heat may show in it: the element keeps some of it back for 20 s
NOTHING_KNOWN_MC = const(-100000)


class Runaway:
    """The pad's rise over 20 s, above where it was and above the skin, against the heat of the last 40 s: all of it,
    from a heater as strong as the board's can be, in a pad that stores as little. The board states its pad in mW and
    mJ/K.
    """

    def __init__(self, pad_mw: int, pad_mj_k: int) -> None:
        self._rise_uc_ms = pad_mw * MOST_PM // (pad_mj_k // 1000 * LEAST_PM)  # for each ms of heat
        self._heater_ms = [0] * _HEAT_S
        self._pad_mc = [0] * _RISE_S
        self._heat_at = 0
        self._pad_at = 0
        self._sum_ms = 0
        self._seconds = 0
        self.excess_mc = NOTHING_KNOWN_MC

    def start(self) -> None:
        """Begin anew: where the pad was is not known."""
        self._seconds = 0
        self.excess_mc = NOTHING_KNOWN_MC

    def step(self, heater_ms: int, skin_mc: int, pad_mc: int) -> bool:
        """Take a second's heat and temperatures; return True if the pad got warmer than it can."""
        before_mc = self._remember(heater_ms, pad_mc)
        if self._seconds < _RISE_S:
            self._seconds += 1
        else:
            self.excess_mc = pad_mc - max(before_mc, skin_mc) - self._sum_ms * self._rise_uc_ms // 1000
        return self.excess_mc > limits.RUNAWAY_MC

    def _remember(self, heater_ms: int, pad_mc: int) -> int:
        """Keep a second, and return how warm the pad was 20 s ago."""
        at = self._heat_at
        self._sum_ms += heater_ms - self._heater_ms[at]
        self._heater_ms[at] = heater_ms
        self._heat_at = (at + 1) % _HEAT_S
        at = self._pad_at
        before_mc = self._pad_mc[at]
        self._pad_mc[at] = pad_mc
        self._pad_at = (at + 1) % _RISE_S
        return before_mc
