"""One NTC with its wire and divider: a temperature in, the converter's reading out, and all that can go wrong between.

Runs on CPython and inside the MicroPython VM.
"""

from kneesim.noise import Noise
from kneesim.thermistor import FULL_SCALE, Divider

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_KEPT = 400  # of a delayed sensor's past readings; 8 s of ticks
MOST_DELAY_MS = 8000

STATES = ("ok", "open", "short", "stuck")


class NtcParams:
    """A sensor's tolerances, as shares of the nominal value: 0.01 is 1 % more."""

    def __init__(self) -> None:
        self.r25 = 0.0
        self.beta = 0.0
        self.pull_up = 0.0


class Ntc:
    """A sensor. Faults are attributes; say `disturb(name, value)`, and `disturb(name)` when it is over.

    state: ok, open, short, or stuck at the last reading; offset_c; drift_c_min, per minute from when it is set;
    noise_c, at most so much either way; spike_c, in one reading; open_pm, of a thousand readings so many find no
    contact; parallel_ohm across the sensor, 0: none; series_ohm in its wire; delay_ms, how late it shows a temperature.
    """

    def __init__(self, pull_up_ohm: int, params: NtcParams, convert: "Callable[[float], int]", seed: int) -> None:
        self.pull_up_ohm = pull_up_ohm * (1.0 + params.pull_up)
        self._divider = Divider(self.pull_up_ohm, 10000.0 * (1.0 + params.r25), 3950.0 * (1.0 + params.beta))
        self._convert = convert
        self._chance = Noise(seed)  # of its own, so that a fault does not change the converter's noise
        self.code = 0  # as last read, in what the chip's ADC gives
        self.state = "ok"
        self.offset_c = 0.0
        self.drift_c_min = 0.0
        self.noise_c = 0.0
        self.spike_c = 0.0
        self.open_pm = 0
        self.parallel_ohm = 0.0
        self.series_ohm = 0.0
        self.delay_ms = 0
        self._is_disturbed = False
        self._drift_from_us = -1
        self._past: "list[tuple[int, float]]" = []

    def refit(self, divider: Divider) -> None:
        """Put in another thermistor or pull-up."""
        self._divider = divider

    def disturb(self, name: str, value: "str | float | None" = None) -> None:
        """Set one of the faults that the class lists, or without a value end it."""
        if value is None:
            value = "ok" if name == "state" else 0
        setattr(self, name, value)
        if name == "drift_c_min":
            self._drift_from_us = -1
        if name == "delay_ms":
            self._past = []
        self._is_disturbed = (
            self.state != "ok"
            or self.offset_c != 0.0
            or self.drift_c_min != 0.0
            or self.noise_c != 0.0
            or self.spike_c != 0.0
            or self.open_pm > 0
            or self.parallel_ohm > 0.0
            or self.series_ohm > 0.0
            or self.delay_ms > 0
        )

    def read(self, temp_c: float, now_us: int) -> int:
        """Return what the chip reads with the sensor at temp_c."""
        if self._is_disturbed:
            self.code = self._read_disturbed(temp_c, now_us)
        else:
            self.code = self._convert(self._divider.code(temp_c))
        return self.code

    def ideal_code(self, temp_c: float) -> float:
        """Return the code of the divider with the sensor, healthy, at temp_c: without noise and steps, 0 to 65535."""
        return self._divider.code(temp_c)

    def _read_disturbed(self, temp_c: float, now_us: int) -> int:
        if self.state == "stuck":
            return self.code
        if self.state == "open" or (self.open_pm and self._chance.below(1000) < self.open_pm):
            return self._convert(FULL_SCALE)  # nothing pulls the divider down
        if self.state == "short":
            return self._convert(0.0)
        if self.delay_ms:
            temp_c = self._delayed(temp_c, now_us)
        temp_c += self.offset_c + self.spike_c
        if self.spike_c:
            self.disturb("spike_c")
        if self.drift_c_min:
            if self._drift_from_us < 0:
                self._drift_from_us = now_us
            temp_c += self.drift_c_min * (now_us - self._drift_from_us) / 60000000.0
        if self.noise_c:
            temp_c += self._chance.spread(1000) * self.noise_c / 1000.0
        return self._convert(self._through_wire(self._divider.code(temp_c)))

    def _delayed(self, temp_c: float, now_us: int) -> float:
        past = self._past
        past.append((now_us, temp_c))
        while len(past) > _KEPT or (len(past) > 1 and past[1][0] <= now_us - self.delay_ms * 1000):
            past.pop(0)
        return past[0][1]

    def _through_wire(self, code: float) -> float:
        if not (self.parallel_ohm or self.series_ohm):
            return code
        ohm = self.pull_up_ohm * code / (FULL_SCALE - code)
        if self.parallel_ohm:
            ohm = ohm * self.parallel_ohm / (ohm + self.parallel_ohm)
        ohm += self.series_ohm
        return FULL_SCALE * ohm / (ohm + self.pull_up_ohm)
