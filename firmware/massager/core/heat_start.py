"""Whether heat may begin: not on skin, or with a pad, that is too cold or too hot to be one of a person in a room
(SAF-16).
"""

from massager.core import heat_refusals, limits, sensors


class HeatStart:
    """Refuses heat until skin and pad are both within the range; from then on it may stay for as long as it is wanted
    without a break.
    """

    def __init__(self) -> None:
        self.refusal = heat_refusals.NOT_WANTED
        self._is_begun = False

    def step(self, now: "sensors.Sensors", is_wanted: bool) -> None:
        """Look whether heat that is wanted may begin with these temperatures."""
        if not is_wanted:
            self._is_begun = False
            self.refusal = heat_refusals.NOT_WANTED
        elif not self._is_begun:
            self.refusal = _refusal(now)
            self._is_begun = self.refusal == heat_refusals.NONE


def _refusal(now: "sensors.Sensors") -> int:
    if min(now.skin.mc, now.pad.mc) < limits.HEAT_START_LOW_MC:
        return heat_refusals.TOO_COLD
    if max(now.skin.hotter_mc, now.pad.hotter_mc) > limits.HEAT_START_HIGH_MC:
        return heat_refusals.TOO_HOT
    return heat_refusals.NONE
