"""From ADC codes to temperatures: median of three, then a table with interpolation. Integers only, nothing
allocated.
"""

from micropython import const

from massager.core import limits, ring, signals

_SEGMENT_BITS = const(10)  # tables have 65 points, one every 1024 codes, made by boards/ntc_table.py
_SEGMENT_MASK = const(1023)

IN_BAND = const(0)
OPEN = const(1)
SHORT = const(2)


def table_mc(table: "tuple[int, ...]", code: int) -> int:
    """Return the temperature in milli-degrees for a code of 0 to 65535; the table falls as the code rises."""
    i = code >> _SEGMENT_BITS
    left_mc = table[i]
    return left_mc - (((left_mc - table[i + 1]) * (code & _SEGMENT_MASK)) >> _SEGMENT_BITS)


def _band(mc: int) -> int:
    if mc < limits.SENSOR_LOW_MC:
        return OPEN  # no current through the divider: the code is at its top
    return SHORT if mc > limits.SENSOR_HIGH_MC else IN_BAND


def _median(a: int, b: int, c: int) -> int:
    if a > b:
        a, b = b, a
    if c < a:
        return a
    return b if c > b else c


class Ntc:
    """One NTC divider: the median of its last three codes, its temperature, and whether it is a temperature at all.

    The median drops a spike of one sample whole (SAF-03, SAF-06) and costs one tick of delay. Control goes by the
    calibrated temperature; whatever protects goes by the hotter one, so that no calibration can take anything away
    from it (SAF-03).
    """

    def __init__(self, table: "tuple[int, ...]") -> None:
        self._table = table
        self._older = 0
        self._old = 0
        self._has_code = False
        self.code = 0  # the last sample alone
        self.is_plausible = True  # and whether it is a temperature at all
        self.offset_mc = 0  # of the calibration: how much more than the reading the sensor's temperature is
        self.mc = 0  # as read
        self.calibrated_mc = 0
        self.hotter_mc = 0  # the larger of the two
        self.band = IN_BAND

    def update(self, code: int) -> None:
        """Take the next sample, a code of 0 to 65535."""
        if not self._has_code:
            self._has_code = True
            self._older = code
            self._old = code
        median = _median(self._older, self._old, code)
        self._older = self._old
        self._old = code
        self.code = code
        self.mc = table_mc(self._table, median)
        self.calibrated_mc = self.mc + self.offset_mc
        self.hotter_mc = self.calibrated_mc if self.offset_mc > 0 else self.mc
        self.band = _band(self.mc)
        self.is_plausible = (self.band if code == median else _band(table_mc(self._table, code))) == IN_BAND


class Sensors:
    """Both temperatures of this tick, and whether they are fresh (SAF-14)."""

    def __init__(self, skin_table: "tuple[int, ...]", pad_table: "tuple[int, ...]") -> None:
        self.skin = Ntc(skin_table)
        self.pad = Ntc(pad_table)
        self.is_fresh = False
        self.has_median = False  # three samples are in, so that one wild one cannot decide anything (SAF-06)
        self.sample_ms = 0
        self.is_new = False  # this tick brought a sample
        self.span_ms = 0  # and so long after the one before
        self._samples = 0

    def update(self, now_ms: int, inputs: "signals.Inputs") -> None:
        """Take this tick's inputs; a sample is taken into the median once, however often it is offered."""
        self.is_new = self._samples == 0 or inputs.sample_ms != self.sample_ms
        if self.is_new:
            self.span_ms = max(0, ring.diff(inputs.sample_ms, self.sample_ms)) if self._samples else 0
            self._samples = min(self._samples + 1, 3)
            self.has_median = self._samples == 3
            self.sample_ms = inputs.sample_ms
            self.skin.update(inputs.skin_code)
            self.pad.update(inputs.pad_code)
        age_ms = ring.diff(now_ms, self.sample_ms)
        self.is_fresh = self.has_median and 0 <= age_ms <= limits.STALE_MS
