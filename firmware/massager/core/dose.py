"""Heat dose: cumulative equivalent minutes at 43 degrees (CEM43; Sapareto and Dewey 1984), in integers.

A minute at T counts as R^(43 - T) minutes, R = 0.5 from 43 degrees on and 0.25 below. Doses are told in milliseconds at
43 degrees: 60,000 are one minute.
"""

from micropython import const

_LEAST_MC = const(37000)
_MOST_MC = const(45000)
_STEP_MC = const(250)
_PPM = const(1000000)

# What a moment counts for, per million, every quarter of a degree from 37 to 45, rounded up; straight lines between.
# A chord of a curve that bends upwards lies above it: at most 1.6 % and 2 per million too much, never too little.
# fmt: off
RATE_PPM = (
    245, 346, 489, 691, 977, 1382, 1954, 2763,
    3907, 5525, 7813, 11049, 15625, 22098, 31250, 44195,
    62500, 88389, 125000, 176777, 250000, 353554, 500000, 707107,
    1000000, 1189208, 1414214, 1681793, 2000000, 2378415, 2828428, 3363586,
    4000000,
)
# fmt: on


def rate_ppm(mc: int) -> int:
    """Return what a moment at mc counts for, in millionths of one at 43 degrees. Below 37 nothing counts, which leaves
    out a quarter of a second in 15 minutes at most; above 45 as much as at 45, where every cut-off has long come.
    """
    if mc < _LEAST_MC:
        return 0
    if mc >= _MOST_MC:
        return RATE_PPM[-1]
    i = (mc - _LEAST_MC) // _STEP_MC
    part_mc = (mc - _LEAST_MC) % _STEP_MC
    return RATE_PPM[i] + ((RATE_PPM[i + 1] - RATE_PPM[i]) * part_mc + _STEP_MC - 1) // _STEP_MC


class Dose:
    """A running total. `ms` is in milliseconds at 43 degrees, exact to one of them."""

    def __init__(self) -> None:
        self.ms = 0
        self._rest_ppm_ms = 0  # less than one millisecond

    def clear(self) -> None:
        """Begin at nothing."""
        self.ms = 0
        self._rest_ppm_ms = 0

    def step(self, mc: int, dt_ms: int) -> None:
        """Count dt_ms, 0 to 200, at a temperature; no product leaves 30 bits."""
        self._rest_ppm_ms += rate_ppm(mc) * dt_ms
        self.ms += self._rest_ppm_ms // _PPM
        self._rest_ppm_ms %= _PPM
