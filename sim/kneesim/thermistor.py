"""NTC thermistors, their dividers and the RP2040's converter: temperature in, ADC code out.

Everything uses only + - * / in a fixed order, so CPython and MicroPython agree to the last bit; that is
also why `exp` is here and not taken from the C library. A broken or shorted sensor is the caller's matter:
it hands the converter FULL_SCALE or 0 in place of the divider's code.
"""

from array import array

from .noise import Noise

FULL_SCALE = 65535.0  # the code of 3.3 V, as in machine.ADC.read_u16

_KELVIN = 273.15  # 0 °C
_T25_K = 298.15  # 25 °C, where an NTC's nominal resistance is given

_TABLE_LOW_C = -40.0
_TABLE_HIGH_C = 150.0
_STEPS_PER_C = 4.0  # one entry each 0.25 °C
_TABLE_LEN = 761

# ln 2 in two parts, written as exact quotients because decimal literals may be read differently:
# the high part has 32 bits, so that its product with a small integer is exact.
_TWO_32 = 4294967296.0
_LN2_HIGH = 2977044471.0 / _TWO_32
_LN2_LOW = 3520035243.0 / _TWO_32 / _TWO_32
LN2 = _LN2_HIGH + _LN2_LOW
_SERIES_TERMS = 14


def exp(x: float) -> float:
    """e to the power x by range reduction and a Taylor series; x at most 700, and 0.0 below -700.

    The relative error is under 1e-15 (a test compares it with the C library's).
    """
    if x < -700.0:
        return 0.0
    if x > 700.0:
        raise ValueError("exp: x above 700")
    # x = halvings * ln 2 + rest, with rest within +-0.35
    halvings = int(x / _LN2_HIGH + (0.5 if x > 0.0 else -0.5))
    rest = x - halvings * _LN2_HIGH - halvings * _LN2_LOW
    total = 1.0
    for n in range(_SERIES_TERMS, 0, -1):
        total = 1.0 + rest * total / n
    factor = 2.0 if halvings > 0 else 0.5
    for _ in range(abs(halvings)):
        total *= factor
    return total


class Divider:
    """An NTC to ground under a pull-up to 3.3 V; ohms at 25 °C and the B value in kelvin.

    A real part is off by its tolerance: hand in other values, 1 % each for the reference hardware.
    """

    def __init__(self, pullup_ohm: float, r25_ohm: float = 10000.0, beta_k: float = 3950.0) -> None:
        self.pullup_ohm = pullup_ohm
        self.r25_ohm = r25_ohm
        self.beta_k = beta_k
        # An array, not a list: 6 kB on a VM whose heap is held to a chip's size.
        self._table = array("d", (self.exact_code(_TABLE_LOW_C + i / _STEPS_PER_C) for i in range(_TABLE_LEN)))

    def exact_code(self, temp_c: float) -> float:
        """The ideal code at `temp_c` from the B-parameter equation, not rounded; 0 to 65535."""
        ntc_ohm = self.r25_ohm * exp(self.beta_k * (1.0 / (temp_c + _KELVIN) - 1.0 / _T25_K))
        return FULL_SCALE * ntc_ohm / (ntc_ohm + self.pullup_ohm)

    def code(self, temp_c: float) -> float:
        """The ideal code at `temp_c`, -40 to 150 °C and clamped outside, not rounded; 0 to 65535.

        Read from a table with straight lines between its entries: within 0.001 °C of `exact_code`.
        """
        if temp_c <= _TABLE_LOW_C:
            return self._table[0]
        if temp_c >= _TABLE_HIGH_C:
            return self._table[_TABLE_LEN - 1]
        place = (temp_c - _TABLE_LOW_C) * _STEPS_PER_C
        index = int(place)
        below = self._table[index]
        return below + (self._table[index + 1] - below) * (place - index)


class Adc12:
    """The RP2040's converter as MicroPython reads it: 12 bits, with +-`noise_lsb` of 12-bit noise.

    Its differential steps at codes 512, 1536, 2560 and 3584 (RP2040 datasheet, erratum E11) are not modelled
    here, but in still.py: with pull-ups of 4k7 and 5k1 they lie outside 35 to 45 °C.
    """

    def __init__(self, noise: Noise, noise_lsb: int = 2) -> None:
        self.noise = noise
        self.noise_lsb = noise_lsb

    def read_u16(self, ideal_code: float) -> int:
        """What ADC.read_u16 returns for an ideal code: 12 bits spread over 16, 0 to 65535."""
        raw = int(ideal_code / 16.0) + self.noise.spread(self.noise_lsb)
        if raw < 0:
            raw = 0
        elif raw > 4095:
            raw = 4095
        return (raw << 4) | (raw >> 8)
