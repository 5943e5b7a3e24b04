"""How long a healthy sensor's reading stands still (SAF-12), by the firmware's own rule and at its own pace of a tick.

Warm goes in turns of a second, of which the divider's code is taken to go straight from end to end. Close to a code
that a RP2040 makes wide every tick is read. Elsewhere the converter's noise alone decides, and one second in SAMPLED
stands for the others.
"""

from kneesim import plants
from kneesim.noise import Noise
from kneesim.plants import Drawn
from kneesim.thermistor import Adc12
from kneesim.warm import Warm
from massager.core import faults
from massager.core.readings import Readings

SAMPLED = 16

_TICKS = 50
_TICK_MS = 20
_BETWEEN_WIDE = 1024  # codes of 12 bits
_FIRST_WIDE = 512
_WIDE_EITHER_WAY = 4  # nine steps in all (RP2040 datasheet, erratum E11)
_CLOSE = 2 * _WIDE_EITHER_WAY  # noise included


def _wide_next_to(raw: int) -> int:
    return raw // _BETWEEN_WIDE * _BETWEEN_WIDE + _FIRST_WIDE


def is_wide(raw: int) -> bool:
    """Return True for the codes of 12 bits that may stay for FROZEN_WIDE_MS: which of two is wide differs by chip."""
    return raw - _wide_next_to(raw) in (-1, 0)


class SteppedAdc(Adc12):
    """The RP2040's converter with its wide codes: noise comes first, and nine steps of what it leaves are one code."""

    def read_u16(self, ideal_code: float) -> int:
        """Return the code for an ideal one, 0 to 65535."""
        code = super().read_u16(ideal_code)
        wide = _wide_next_to(code >> 4)
        return code if abs((code >> 4) - wide) > _WIDE_EITHER_WAY else wide << 4 | wide >> 8


class Still(Readings):
    """One sensor's reading. longest_ms: for how long one code has stayed while heat was wanted, of the codes that are
    not wide and of those that are.
    """

    def __init__(self, seed: int, ideal_code: float) -> None:
        super().__init__(faults.SKIN_LOOSE, faults.SKIN_JUMP, faults.SKIN_FROZEN)
        self.longest_ms = [0, 0]
        self._adc = SteppedAdc(Noise(seed))
        self._ideal_code = ideal_code

    def second(self, second: int, ideal_code: float, is_heating: bool) -> None:
        """Let a second pass, at whose end the divider gives ideal_code, 0 to 65535."""
        before, self._ideal_code = self._ideal_code, ideal_code
        low, high = sorted((int(before) >> 4, int(ideal_code) >> 4))
        is_close = low - _CLOSE <= _wide_next_to(low) <= high + _CLOSE
        if not (is_close or second % SAMPLED == 0):
            return
        for tick in range(_TICKS):
            self.take(self._adc.read_u16(before + (ideal_code - before) * tick / _TICKS), is_heating)

    def take(self, code: int, is_heating: bool) -> None:
        """Take a tick's code, 0 to 65535."""
        self._watch_life(_TICK_MS, code, is_heating)
        wide = is_wide(code >> 4)
        self.longest_ms[wide] = max(self.longest_ms[wide], self._same_ms)


class Both:
    """The readings of skin and pad in a session."""

    def __init__(self, number: int, warm: Warm) -> None:
        self._sensors = [Still(-2 * number - at, code) for at, code in enumerate(warm.ideal_codes())]

    def second(self, warm: Warm) -> None:
        """Follow a second that has passed."""
        for still, code in zip(self._sensors, warm.ideal_codes(), strict=True):
            still.second(warm.now_s, code, warm.heater.set_mc > 0)

    def longest_ms(self) -> list[int]:
        """Return what Still has as longest, of the skin and then of the pad."""
        return [ms for still in self._sensors for ms in still.longest_ms]


# Of a plant that comes to rest at about the temperature of a wide code while it is heated: everything at the end that
# makes it cold, and light, so that 20 minutes are enough for it. Which cover does it is tried out.
_SLOW = {
    "PAD_MW": 0,
    "pad_w_times": 0,
    "supply_v": 0,
    "PAD_MJ_K": 0,
    "pad_j_times": 1,
    "fold_times": 0,
    "heat.ambient_c": 0,
    "heat.core_c": 0,
    "heat.contact_w_k": 0,
    "heat.skin_j_k": 0,
    "heat.tissue_w_k": 0,
    "heat.perfusion_rest_w_k": 0,
    "heat.perfusion_max_w_k": 0,
    "heat.element_j_k": 1,
    "heat.element_pad_w_k": 0,
}
_LEAST_COVER_W_K, _COVER_STEP_W_K = 0.22, 0.0005
SLOW = 121


def slow(number: int) -> Drawn:
    """Return one of SLOW plants."""
    values = {name: plants.RANGES[name][end] for name, end in _SLOW.items()}
    return Drawn(number, {**values, "heat.cover_w_k": _LEAST_COVER_W_K + number * _COVER_STEP_W_K})
