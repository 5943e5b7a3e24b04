"""The corner study: what the checks that know how pad and skin warm must let pass (SAF-09, 10, 13, 17), how long a
reading stands still (SAF-12), and how warm skin gets, in health and with any one fault.

    python -m kneesim.study [--random N] [--jobs N] [--docs FOLDER]

Plays sessions of the longest kind with the firmware's own heat control and checks (warm.py): healthy ones on the
corners of plants.corners and on random plants, and each fault that touches heat on the first corners and some random
plants. The limits follow from the healthy ones by a rule; a test holds them to what is written down here.
"""

import argparse
import itertools
import random
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from rich.progress import track

from kneesim import plants, still
from kneesim.plants import Drawn
from kneesim.warm import Act, Warm, play
from massager.core import limits

LENGTH_S = 1200  # the longest session there is
NEVER_MC = -100_000

# The rule: what the worst healthy device does, if it gets beyond its bound at all, and a degree for what the simulated
# knee does not have, rounded up.
RESERVE_MC = 1000
ROUND_MC = 100

# A limit of SAF-12 has to be at least so many times what the worst healthy device needs: with the simulated noise a
# reading leaves a wide code's nine steps when it has passed five of them, and with a quiet converter after all nine.
STILL_TIMES = 2

# The goals of docs/safety.md: °C and CEM43 minutes of the true skin.
HEALTHY_GOAL = (42.0, 4.0)
CALIBRATED_GOAL = (41.5, 2.0)
FAULT_GOAL = (43.5, 4.0)
TWO_FAULTS_GOAL = (48.0, 1000.0)  # no dose is promised then

CORNERS = 2 ** len(plants.CORNER_AXES)
_OPPOSED = 2 * CORNERS  # from here on random plants
_SEED = 5
_CALIBRATED_C = 0.2  # what a calibration leaves: a household thermometer's tenth, and noise
_FAULT_CORNERS = 37  # the hottest, and those that differ from it in one or two things
_FAULT_RANDOM = 11


@dataclass(frozen=True)
class Measure:
    """By how much something is beyond its bound, in milli-degrees, for so long without a break."""

    of_id: str
    name: str
    limit: str  # the constant of limits that follows from it
    for_s: int
    after_s: int  # since the session began or went on
    of: Callable[[Warm], int]


MEASURES = (
    Measure("SAF-09, 13", "pad colder than its bound", "PAD_BELOW_MC", 10, 0, lambda warm: warm.pad_below_mc()),
    Measure("SAF-13", "skin warmer than its bound", "SKIN_ABOVE_MC", 10, 60, lambda warm: warm.skin_above_mc()),
    Measure("SAF-17", "skin colder than its bound", "SKIN_BELOW_MC", 45, 0, lambda warm: warm.skin_below_mc()),
    Measure("SAF-10", "pad's rise beyond its heat", "RUNAWAY_MC", 1, 60, lambda warm: warm.thermal.runaway.excess_mc),
)


@dataclass(frozen=True)
class Stay:
    """For how long a code stays in health, by the limit that ends it; the order is that of still.Both.longest_ms."""

    sensor: str
    codes: str
    limit: str

    def limit_ms(self) -> int:
        """Return the limit as chosen."""
        return int(getattr(limits, self.limit))


STAYS = (
    Stay("skin", "all others", "FROZEN_MS"),
    Stay("skin", "wide", "FROZEN_WIDE_MS"),
    Stay("pad", "all others", "FROZEN_MS"),
    Stay("pad", "wide", "FROZEN_WIDE_MS"),
)


def limit_mc(worst_mc: int) -> int:
    """Return the limit that follows from the worst healthy device."""
    return -(-(max(0, worst_mc) + RESERVE_MC) // ROUND_MC) * ROUND_MC


@dataclass
class Found:
    """What came of a session. fault: its name, "" in health; worst_mc: for each of MEASURES; still_ms: of STAYS."""

    number: int
    fault: str
    peak_c: float
    cem43_min: float
    tripped: str
    tripped_s: int
    worst_mc: list[int] = field(default_factory=list)
    still_ms: list[int] = field(default_factory=list)


def drawn(number: int) -> Drawn:
    """Return the plant of a number: corners, corners whose sensors are off in opposite ways, random ones."""
    if number < _OPPOSED:
        values = next(itertools.islice(plants.corners(), number % CORNERS, None))
        if number >= CORNERS:
            values = {name: -value if name.startswith("skin_ntc.") else value for name, value in values.items()}
        return Drawn(number, values)
    chance = random.Random(_SEED * 1_000_000 + number)
    values = {name: chance.uniform(least, most) for name, (least, most) in plants.RANGES.items()}
    values["fold_times"] = chance.choice(plants.RANGES["fold_times"])
    return Drawn(number, values)


def use(number: int) -> list[Act]:
    """Return what somebody does with a healthy device: nothing at high heat on the corners, else whatever occurs."""
    if number < _OPPOSED:
        return []
    chance = random.Random(number)
    acts = [Act(0, "level", chance.choice((1, 2, 3, 3)))]
    if chance.random() < 0.4:
        acts.append(Act(0, "cold"))
    at_s = 0
    while True:
        at_s += chance.randint(1, 400)
        what = chance.choice(("level", "level", "contact", "fold", "pause", "off the knee"))
        lasts_s = chance.randint(15, 240)
        if at_s + lasts_s >= LENGTH_S:
            return acts
        if what == "level":
            acts.append(Act(at_s, what, chance.randint(0, 3)))
        elif what == "contact":
            acts.append(Act(at_s, what, chance.uniform(*plants.RANGES["heat.contact_w_k"])))
        elif what == "fold":
            acts.append(Act(at_s, what, chance.choice(plants.RANGES["fold_times"])))
        else:
            acts += [Act(at_s, "pause", 1), Act(at_s + lasts_s, "pause", 0)]
            if what == "off the knee":
                acts += [Act(at_s + 2, what, 1), Act(at_s + lasts_s - 4, what, 0)]
            at_s += lasts_s


def healthy(number: int) -> Found:
    """Play a healthy session, in which nothing may trip, and measure how near it came to that."""
    warm = Warm(drawn(number), False)
    past: list[list[int]] = [[] for _ in MEASURES]
    worst_mc = [NEVER_MC] * len(MEASURES)
    both = still.Both(number, warm)

    def each(warm: Warm) -> None:
        both.second(warm)
        for at, measure in enumerate(MEASURES):
            if warm.judged_s <= max(1, measure.after_s):
                past[at].clear()
                continue
            past[at] = [*past[at], measure.of(warm)][-measure.for_s :]
            if len(past[at]) == measure.for_s:
                worst_mc[at] = max(worst_mc[at], min(past[at]))

    play(warm, use(number), LENGTH_S, each)
    found = Found(number, "", round(warm.peak_c, 2), round(warm.cem43_min, 2), warm.found, warm.found_s, worst_mc)
    found.still_ms = both.longest_ms()
    return found


def slow(number: int) -> list[int]:
    """Play a healthy session of one of still.SLOW plants, and return for how long its codes stayed, as STAYS."""
    warm = Warm(still.slow(number), False)
    both = still.Both(number, warm)
    play(warm, [], LENGTH_S, both.second)
    return both.longest_ms()


def calibrated(number: int) -> Found:
    """Play the session of a corner whose sensors, calibrated, still read a little too low."""
    plant = drawn(number)
    exact = {name: 0.0 if "_ntc." in name else value for name, value in plant.values.items()}
    warm = Warm(Drawn(number, exact), False)
    play(warm, [Act(0, f"{ntc}.offset_c", -_CALIBRATED_C) for ntc in ("skin_ntc", "pad_ntc")], LENGTH_S)
    return Found(number, "", round(warm.peak_c, 2), round(warm.cem43_min, 2), warm.found, warm.found_s)


def _fault_acts() -> dict[str, list[Act]]:
    found = {}
    for ntc in ("skin_ntc", "pad_ntc"):
        for at_s in (0, 300):
            for c in (-20, -10, -6, -4, -3, -2, -1, 2, 6):
                found[f"{ntc} shows {c:+} °C, from {at_s} s"] = [Act(at_s, f"{ntc}.offset_c", c)]
            for c_min in (-3, -1, -0.3, 0.3, 1, 3):
                found[f"{ntc} drifts {c_min:+} °C a minute, from {at_s} s"] = [Act(at_s, f"{ntc}.drift_c_min", c_min)]
        found[f"{ntc} is 8 s late"] = [Act(0, f"{ntc}.delay_ms", 8000)]
    for at_s in (0, 300):
        found[f"the skin's sensor hangs in the air, from {at_s} s"] = [Act(at_s, "off the skin", 1)]
        found[f"the device is off the knee, from {at_s} s"] = [Act(at_s, "off the knee", 1)]
    for at_s in (0, 45):  # later on a reading jumps with it, which is SAF-08's
        found[f"the sensors are exchanged, from {at_s} s"] = [Act(at_s, "swapped", 1)]
    found["the heater's wire breaks"] = [Act(60, "broken", 1)]
    found["the pad is folded after 300 s"] = [Act(300, "fold", 3)]
    found["the strap is loosened after 300 s"] = [Act(300, "contact", 0.5)]
    return found


_FAULTS = _fault_acts()
TWO_FAULTS = {"the heater's switch is welded, and its read-back blind": [Act(300, "welded", 1)]}


def faulty(case: tuple[str, int]) -> Found:
    """Play a session at high heat with a fault, in which whatever trips ends the heat."""
    name, number = case
    warm = Warm(drawn(number), True)
    play(warm, _FAULTS.get(name) or TWO_FAULTS[name], LENGTH_S)
    return Found(number, name, round(warm.peak_c, 2), round(warm.cem43_min, 2), warm.found, warm.found_s)


def _cases() -> list[tuple[str, int]]:
    numbers = [*range(_FAULT_CORNERS), *range(_OPPOSED, _OPPOSED + _FAULT_RANDOM)]
    return [(name, number) for name in (*_FAULTS, *TWO_FAULTS) for number in numbers]


@dataclass
class Studied:
    """All sessions: healthy ones as built, healthy ones with calibrated sensors, those with one fault and two, and what
    came of the plants that come to rest at a wide code.
    """

    in_health: list[Found]
    calibrated: list[Found]
    with_fault: list[Found]
    with_two: list[Found]
    slow_ms: list[list[int]]


def run(random_plants: int, jobs: int) -> Studied:
    """Play all sessions."""
    numbers, cases = range(_OPPOSED + random_plants), _cases()
    # With exact sensors half of the corners are the same as the other half.
    corners = [number for number in range(CORNERS) if drawn(number).values["skin_ntc.r25"] > 0]

    def shown(results: Iterator[Found], total: int, words: str) -> list[Found]:
        return list(track(results, words, total=total, disable=not sys.stderr.isatty()))

    with ProcessPoolExecutor(jobs) as pool:
        in_health = shown(pool.map(healthy, numbers, chunksize=8), len(numbers), "healthy")
        is_exact = shown(pool.map(calibrated, corners, chunksize=8), len(corners), "calibrated")
        slow_ms = list(pool.map(slow, range(still.SLOW), chunksize=8))
        with_fault = shown(pool.map(faulty, cases, chunksize=8), len(cases), "faults")
    return Studied(
        in_health,
        is_exact,
        [found for found in with_fault if found.fault not in TWO_FAULTS],
        [found for found in with_fault if found.fault in TWO_FAULTS],
        slow_ms,
    )


def main() -> int:
    """Study, say what follows and write the page; 1 if a goal is missed."""
    from kneesim import study_page  # which is about what is defined here

    parser = argparse.ArgumentParser(prog="python -m kneesim.study", description=__doc__.split("\n")[0])
    parser.add_argument("--random", type=int, default=1000, help="so many healthy sessions on random plants")
    parser.add_argument("--jobs", type=int, default=2, help="processes at once")
    parser.add_argument("--docs", type=Path, help="write thresholds.md, thresholds.toml and their picture there")
    options = parser.parse_args()
    studied = run(options.random, options.jobs)
    if options.docs:
        study_page.write(options.docs, studied)
    print(study_page.figures(studied), end="")
    missed = study_page.missed(studied)
    for words in missed:
        print(f"GOAL MISSED: {words}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
