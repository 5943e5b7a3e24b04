"""The soft limit at the skin sensor: no heat while skin is warmer than it should ever get, long before the cut-off
(SAF-02).
"""

from massager.core import limits


class SoftLimit:
    """is_on from SKIN_SOFT_MS at or above SKIN_SOFT_MC until the skin is below SKIN_SOFT_RELEASE_MC; `times` counts
    how often since power-up.
    """

    def __init__(self) -> None:
        self.is_on = False
        self.times = 0
        self._above_ms = 0

    def step(self, dt_ms: int, skin_mc: int) -> None:
        """Let dt_ms pass with the skin at skin_mc."""
        if self.is_on:
            self.is_on = skin_mc >= limits.SKIN_SOFT_RELEASE_MC
            self._above_ms = 0
        elif skin_mc < limits.SKIN_SOFT_MC:
            self._above_ms = 0
        else:
            self._above_ms += dt_ms
            if self._above_ms >= limits.SKIN_SOFT_MS:
                self.is_on = True
                self.times += 1
