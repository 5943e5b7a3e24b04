"""Plants to try a limit on: every part of the device and of the knee within its range, corners first, then at random.

    for drawn in plants.sample(200, seed=1):
        with Device(plant=drawn.params(), facts=drawn.facts()) as device: ...

RANGES is the safety case's, with the tolerances of the parts. The same seed gives the same plants.
"""

import itertools
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from kneesim.heat import HEAT_RANGES
from kneesim.motors import ROLLER_RANGES, SIDE_RANGES
from kneesim.plant import PlantParams
from kneesim.pump import PUMP_RANGES

_LEAST_MM2_PER_MW = 2  # 0.05 W/cm² (SAF-19): a stronger pad is a larger one


def _under(part: str, rows: "Iterable[tuple[str, float, float]]", without: tuple[str, ...] = ()) -> dict[str, Any]:
    return {f"{part}.{name}": (least, most) for name, least, most in rows if name not in without}


# Dotted name in PlantParams, or a fact of the board in capitals -> least and most. The pad's nominal power and heat
# capacity are the board's, and its true ones within a tolerance of them: 10 % for a heater's resistance, 30 % for a
# heat capacity that nobody measures. Together they give 4 to 10 W and 20 to 80 J/K.
RANGES: dict[str, tuple[float, float]] = {
    "PAD_MW": (4445, 9090),
    "PAD_MJ_K": (28572, 61538),
    "pad_w_times": (0.9, 1.1),
    "pad_j_times": (0.7, 1.3),
    "supply_v": (4.5, 5.5),
    "fold_times": (0.0, 3.0),
    "cut_out_c": (44.0, 46.0),
    "fuse_c": (62.0, 72.0),
    **{f"{ntc}.{part}": (-0.01, 0.01) for ntc in ("skin_ntc", "pad_ntc") for part in ("r25", "beta", "pull_up")},
    **_under("heat", HEAT_RANGES, without=("pad_w", "pad_total_j_k")),
    # The motor's current is within 10 % of what its maker states, and the driver's limit within 5.
    "ROLLER_STALL_MA": (778, 1272),
    "roller_stall_times": (0.9, 1.1),
    "roller_limit_times": (0.95, 1.05),
    **_under("roller", ROLLER_RANGES, without=("stall_ma", "limit_ma")),
    **_under("side", SIDE_RANGES),
    **_under("pump", PUMP_RANGES),
}

# How large a pad the safety case covers: every plant's is as large as the reference pad or, if strong, as SAF-19 wants
# it, and the ways of heat in RANGES are those of such a one. What lies on more skin loses more to it; twice as much is
# within the range of contact_w_k, of which 1.5 is usual.
PAD_MM2 = (16000, 32000)

# What moves the skin, each at both ends in the corners; all of a group together. The rest stays at its default there.
CORNER_AXES: tuple[tuple[str, ...], ...] = (
    ("heat.contact_w_k",),
    ("heat.perfusion_rest_w_k", "heat.perfusion_max_w_k"),
    ("heat.ambient_c",),
    ("supply_v",),
    ("PAD_MJ_K", "pad_j_times"),
    ("PAD_MW", "pad_w_times"),
    ("fold_times",),
    ("skin_ntc.r25", "skin_ntc.beta", "skin_ntc.pull_up", "pad_ntc.r25", "pad_ntc.beta", "pad_ntc.pull_up"),
)


@dataclass(frozen=True)
class Drawn:
    """One plant: what it was given, by the names of RANGES."""

    number: int
    values: dict[str, float]

    def params(self) -> PlantParams:
        """Return it as Plant and Device take it."""
        return params_of(self.values)

    def facts(self) -> dict[str, int]:
        """Return what the board file says of it."""
        return facts_of(self.values)


def params_of(values: dict[str, float]) -> PlantParams:
    """Return a plant's parameters from values by dotted name."""
    params = PlantParams()
    for name, value in values.items():
        if name.isupper():
            continue
        *way, last = name.split(".")
        owner: Any = params
        for part in way:
            owner = getattr(owner, part)
        setattr(owner, last, value)
    return params


def facts_of(values: dict[str, float]) -> dict[str, int]:
    """Return the board's facts from values by name; the pad's area grows with its power as SAF-19 wants it, and
    the roller's lever with its current as SAF-36 does.
    """
    facts = {name: int(value) for name, value in values.items() if name.isupper()}
    if "PAD_MW" in facts:
        facts["PAD_MM2"] = max(PAD_MM2[0], facts["PAD_MW"] * _LEAST_MM2_PER_MW)
    if "ROLLER_STALL_MA" in facts:
        # More than the motor ever takes, and as far from the shaft as SAF-36 wants it for that.
        facts["ROLLER_LIMIT_MA"] = facts["ROLLER_STALL_MA"] * 6 // 5
        facts["ROLLER_LEVER_MM"] = max(15, -(-facts["ROLLER_LIMIT_MA"] // 80))
    return facts


def corners() -> Iterator[dict[str, float]]:
    """Yield each combination of the ends of CORNER_AXES, the one that makes skin hottest first."""
    hottest = (1, 0, 1, 1, 0, 1, 1, 1)  # an NTC whose ohms are above nominal shows too little
    for flips in sorted(itertools.product((0, 1), repeat=len(CORNER_AXES)), key=sum):
        values = {}
        for axis, end, is_flipped in zip(CORNER_AXES, hottest, flips, strict=True):
            values.update({name: RANGES[name][end ^ is_flipped] for name in axis})
        # A divider's code rises with the sensor's ohms and falls with the pull-up's, so the two work together when they
        # are off in opposite ways. B works backwards above 25 degrees.
        values["cut_out_c"] = RANGES["cut_out_c"][1]
        for ntc in ("skin_ntc", "pad_ntc"):
            values[f"{ntc}.pull_up"] = -values[f"{ntc}.pull_up"]
            values[f"{ntc}.beta"] = -values[f"{ntc}.beta"]
        yield values


def sample(count: int, seed: int = 1, most_corners: int | None = None) -> Iterator[Drawn]:
    """Yield so many plants: corners, at most so many (None: all), then each parameter evenly within its range."""
    number = 0
    for values in itertools.islice(corners(), most_corners):
        if number == count:
            return
        yield Drawn(number, values)
        number += 1
    chance = random.Random(seed)
    while number < count:
        values = {name: chance.uniform(least, most) for name, (least, most) in RANGES.items()}
        values["fold_times"] = chance.choice(RANGES["fold_times"])  # folded or not; half a fold is none
        yield Drawn(number, values)
        number += 1


class Extremes:
    """The smallest and the largest value drawn of each range."""

    def __init__(self, ranges: dict[str, tuple[float, float]]) -> None:
        self._ranges = ranges
        self.found: dict[str, tuple[float, float]] = {}

    def note(self, values: dict[str, float]) -> None:
        """Take what was drawn into account."""
        for name, value in values.items():
            least, most = self.found.get(name, (value, value))
            self.found[name] = (min(least, value), max(most, value))

    def rows(self) -> list[tuple[str, float, float, float, float]]:
        """Return (name, least that there is, least drawn, most drawn, most that there is) of each range; NaN where
        nothing was drawn.
        """
        nothing = (float("nan"), float("nan"))
        return [(name, least, *self.found.get(name, nothing), most) for name, (least, most) in self._ranges.items()]
