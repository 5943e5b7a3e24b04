"""What a program does over time: its steps played through the device's own controller, tick by tick.

So soft starts, the gentle first minute and each motor's most are the real ones, and no rule stands here twice.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from massager.core import limits, programs, refusals, session, signals, zones
from massager.core.controller import Controller
from massager.core.steps import LENGTH_S, total_s

Steps = Sequence[Sequence[int]]

FEATURES = ("roller", "sides", "heat", "infrared")
CAPS_PM = (1000, 800, 800)  # roller, inner, outer: those of both boards in boards/
BOARD_ZONES = (zones.ROLLER, zones.INNER | zones.OUTER, zones.ROLLER, 0, 0)  # what reaches each zone, there too
EVERY_MS = 100
TOTAL_MOST_S = limits.SESSION_CAP_MOST_MS // 1000  # no session lasts longer

_NUMBER = len(programs.BUILT_IN)  # of the first slot for a user's program
_SETTLE_TICKS = 5  # until the sensors have their median
_BARE_SKIN_MC = 33000
_WARMING_MC = 20  # a tick: a degree a second

# A straight "thermistor", 2.5 degrees every 1024 codes: temperatures are given here, not measured.
_TABLE_TOP_MC = 128000
_TABLE_STEP_MC = 2500
_TABLE_STEP_CODES = 1024
_TABLE_MC = tuple(_TABLE_TOP_MC - _TABLE_STEP_MC * i for i in range(65))


@dataclass(frozen=True)
class Timeline:
    """What a program asks of a device: sample i is what goes out in the first tick from `i * every_ms` on.

    roller_pm is signed, per mille of the motor's range; towards_heart is the sign of the direction towards the heart.
    inner_pm and outer_pm are of the motors wired as the inner and the outer one. set_mc is the skin set point in
    milli-degrees, 0 for no heat. begins_s are the seconds at which the steps begin, length_s is when the last ends.
    """

    name: str
    steps: tuple[tuple[int, ...], ...]
    strength: int
    heat: int
    every_ms: int
    towards_heart: int
    begins_s: tuple[int, ...]
    length_s: int
    roller_pm: "array[int]"
    inner_pm: "array[int]"
    outer_pm: "array[int]"
    set_mc: "array[int]"

    def times_s(self) -> list[float]:
        """Return the second of each sample."""
        return [i * self.every_ms / 1000 for i in range(len(self.set_mc))]

    def ends_s(self) -> tuple[int, ...]:
        """Return the seconds at which the steps end."""
        return (*self.begins_s[1:], self.length_s)


def play(
    steps: Steps,
    *,
    strength: int = 3,
    heat: int = 3,
    features: tuple[str, ...] = FEATURES,
    is_left: bool = False,
    is_strap_down: bool = False,
    name: str = "program",
    caps_pm: tuple[int, int, int] = CAPS_PM,
    every_ms: int = EVERY_MS,
) -> Timeline:
    """Return what steps do on a device that has features, in a session that nobody changes after its start.

    strength: 1 to 5. heat: the most the person lets it be, 0 to 3 as in limits.py; a session starts at low or off, so
    more is chosen at once after the start, as by the HEAT button. caps_pm: the most of roller, inner and outer motor.
    every_ms: a multiple of the tick of 20 ms. The session's cap is set to its most, and the skin soon has each set
    point. Raises ValueError for no steps, for more than 20 minutes of them, and for numbers out of these ranges.
    """
    played = tuple(tuple(step) for step in steps)
    length_s = total_s(played)
    if not played or not 0 < length_s <= TOTAL_MOST_S:
        raise ValueError(f"steps must last from 1 to {TOTAL_MOST_S} seconds together, not {length_s}")
    if not 1 <= strength <= limits.STRENGTH_MAX or not 0 <= heat <= limits.HEAT_HIGH:
        raise ValueError(f"strength must be 1 to {limits.STRENGTH_MAX} and heat 0 to {limits.HEAT_HIGH}")
    if every_ms <= 0 or every_ms % limits.TICK_MS:
        raise ValueError(f"every_ms must be a multiple of {limits.TICK_MS}, not {every_ms}")
    device = _Device(features, caps_pm)
    device.controller.setup.is_left_knee = is_left
    device.controller.setup.is_strap_down = is_strap_down
    device.start(played, name, strength, heat)
    count = length_s * 1000 // every_ms
    found = [array("i", [0]) * count for _ in range(4)]
    roller_pm, inner_pm, outer_pm, set_mc = found
    for i in range(count):
        out = device.tick()
        roller_pm[i], inner_pm[i], outer_pm[i] = out.roller_pm, out.inner_pm, out.outer_pm
        set_mc[i] = device.controller.heater.set_mc
        for _ in range(every_ms // limits.TICK_MS - 1):
            device.tick()
    ends_s = tuple(accumulate(step[LENGTH_S] for step in played))
    towards_heart = -1 if is_strap_down else 1
    begins_s = (0, *ends_s[:-1])
    return Timeline(name, played, strength, heat, every_ms, towards_heart, begins_s, length_s, *found)


class _Board:
    """What the controller wants to know of a board."""

    SKIN_NTC_MC = _TABLE_MC
    PAD_NTC_MC = _TABLE_MC
    PAD_MW = 8000
    PAD_MJ_K = 40000
    ROLLER_STALL_MA = 1000
    ROLLER_LIMIT_MA = 1200
    ROLLER_NMM_A = 680
    ROLLER_LEVER_MM = 15
    ZONE_ACTUATORS = BOARD_ZONES

    def __init__(self, features: tuple[str, ...], caps_pm: tuple[int, int, int]) -> None:
        self.FEATURES = features
        self.ROLLER_CAP_PM, self.INNER_CAP_PM, self.OUTER_CAP_PM = caps_pm


class _Device:
    """A controller whose sensors soon show what it wants them to, with a converter's noise in the last bit."""

    def __init__(self, features: tuple[str, ...], caps_pm: tuple[int, int, int]) -> None:
        self.controller = Controller(_Board(features, caps_pm))
        self.controller.setup.is_acknowledged = True
        self.controller.setup.cap_ms = limits.SESSION_CAP_MOST_MS
        self._inputs = signals.Inputs()
        self._out = signals.Outputs()
        self._now_ms = 0
        self._skin_mc = _BARE_SKIN_MC
        for _ in range(_SETTLE_TICKS):
            self.tick()

    def start(self, steps: tuple[tuple[int, ...], ...], name: str, strength: int, heat: int) -> None:
        """Start a session of these steps."""
        catalogue = self.controller.catalogue
        catalogue.user_names[0] = name
        catalogue.lend(_NUMBER, steps)
        refusal = self.controller.start(_NUMBER, strength, heat, False)
        if refusal != refusals.OK:
            raise ValueError(refusals.WORDS[refusal])
        self.controller.session.waits = session.NOTHING  # here is no ledger and no dead-man switch to be proved
        self.controller.heat = heat

    def tick(self) -> signals.Outputs:
        """Let a tick pass and return what goes out in it, which the next one overwrites."""
        self._now_ms += limits.TICK_MS
        aim_mc = self.controller.heater.set_mc or _BARE_SKIN_MC
        self._skin_mc = max(self._skin_mc - _WARMING_MC, min(aim_mc, self._skin_mc + _WARMING_MC))
        code = (_TABLE_TOP_MC - self._skin_mc) * _TABLE_STEP_CODES // _TABLE_STEP_MC
        code -= self._now_ms // limits.TICK_MS & 1
        self._inputs.sample_ms = self._now_ms
        self._inputs.skin_code = code
        self._inputs.pad_code = code
        # The dead-man switch of this device follows the alive pin at once.
        self._inputs.heater_sense = int(self._out.is_alive and not self._out.is_heater_on)
        self._inputs.lamp_sense = int(self._out.is_alive and not self._out.is_lamp_on)
        self.controller.step(self._now_ms, self._inputs, self._out)
        return self._out
