"""Healthy sessions: any plant within the safety case, and a person who does what people do. Nothing may trip.

The person chooses program, strength and heat, pauses, moves, opens a window, stops early or not, by buttons or by a
host. The same seed gives the same sessions.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kneesim import plants, trials
from kneesim.play import Played, play
from kneesim.scenario import Act, Scenario
from kneesim.trials import Outcome
from massager.core import programs

# What a person does -> least and most.
USER_RANGES: dict[str, tuple[float, float]] = {
    "strength": (1, 5),
    "heat": (0, 3),  # off, low, medium, high
    "session_min": (5, 20),
    "first_heat_press_s": (0.5, 300),
    "pauses": (0, 3),
    "pause_s": (1, 180),
    "moves": (0, 4),
    "moved_contact_w_k": plants.RANGES["heat.contact_w_k"],
    "windows": (0, 2),
    "window_ambient_c": plants.RANGES["heat.ambient_c"],
    "strength_presses": (0, 6),
    "press_ms": (60, 1000),
    "stopped_at_s": (30, 1200),
}
_STARTS = ("buttons", "buttons", "confirmed", "leased")
_CORNERS = 256
_BEGUN_S = 5.0  # from when MODE pauses instead of choosing another favourite
_TAIL_S = 10
_SLACK_S = 1.0  # SAF-20
_ONE_IN_STOPS = 10
_FEATURES = ("roller", "sides", "heat", "infrared", "lamps", "buzzer", "rtc")


class _Person:
    """Draws what a person does, and keeps what was drawn."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.drawn: dict[str, tuple[float, float]] = {}

    def number(self, name: str, most: float | None = None) -> float:
        """Draw evenly from a range, cut to most."""
        low, high = USER_RANGES[name]
        return self._note(name, self.chance.uniform(low, high if most is None else max(low, min(most, high))))

    def whole(self, name: str) -> int:
        """Draw a whole number of a range."""
        low, high = USER_RANGES[name]
        return int(self._note(name, self.chance.randint(int(low), int(high))))

    def _note(self, name: str, value: float) -> float:
        least, most = self.drawn.get(name, (value, value))
        self.drawn[name] = (min(least, value), max(most, value))
        return value


@dataclass(frozen=True)
class Session:
    """One session of one person on one plant; drawn: the least and the most of each thing that was drawn."""

    name: str
    scenario: Scenario
    session_min: int
    drawn: dict[str, tuple[float, float]]


def sessions(count: int, seed: int = 1) -> Iterator[Session]:
    """Yield so many sessions: in turn the warmest there is on a corner of the plant's range, the hottest corner first;
    one on any plant; one on a corner; one on any plant.
    """
    warmest, corners = plants.sample(_CORNERS), plants.sample(_CORNERS)
    others = plants.sample(count, seed=seed, most_corners=0)
    for number in range(count):
        turn = number % 4
        drawn = next(warmest if turn == 0 else corners, None) if turn % 2 == 0 else None
        chance = random.Random(seed * 1_000_003 + number)
        yield _session(number, drawn or next(others), chance, is_warmest=turn == 0)


def _session(number: int, plant: plants.Drawn, chance: random.Random, is_warmest: bool) -> Session:
    if is_warmest:
        # Where the comparator trips first it must not do so either.
        plant = replace(plant, values={**plant.values, "cut_out_c": plants.RANGES["cut_out_c"][0]})
        session_min = int(USER_RANGES["session_min"][1])
        settings = Act(-0.8, host="settings.set", params={"session_min": session_min})
        scenario = _scenario(number, plant, chance, session_min, (settings,))
        return Session(scenario.title, replace(scenario, program="warm", heat="high"), session_min, {})
    person = _Person(chance)
    session_min = person.whole("session_min")
    length_s = session_min * 60.0
    start = chance.choice(_STARTS)
    strength, heat = person.whole("strength"), person.whole("heat")
    acts = [Act(-0.8, host="settings.set", params=_settings(chance, session_min))]
    acts += _heat_presses(person, heat)
    acts += _pauses(person, length_s, start == "leased")
    for _ in range(person.whole("moves")):
        acts.append(Act(chance.uniform(1, length_s), event=f"contact_w_k {person.number('moved_contact_w_k'):.3f}"))
    for _ in range(person.whole("windows")):
        acts.append(Act(chance.uniform(1, length_s), event=f"ambient_c {person.number('window_ambient_c'):.2f}"))
    for _ in range(person.whole("strength_presses")):
        for_ms = int(person.number("press_ms"))
        acts.append(Act(chance.uniform(_BEGUN_S, length_s), press="strength", for_ms=for_ms))
    if chance.randrange(_ONE_IN_STOPS) == 0:
        acts.append(Act(person.number("stopped_at_s", length_s), press="stop"))
    scenario = replace(
        _scenario(number, plant, chance, session_min, tuple(sorted(acts, key=lambda act: act.at_s))),
        start=start,
        strength=strength,
        heat="low" if heat else "off",
    )
    return Session(scenario.title, scenario, session_min, person.drawn)


def _scenario(
    number: int, plant: plants.Drawn, chance: random.Random, session_min: int, acts: tuple[Act, ...]
) -> Scenario:
    return Scenario(
        path=Path(f"session {number}"),
        title=f"session {number} on plant {plant.number}",
        length_s=session_min * 60 + _TAIL_S,
        program=programs.BUILT_IN[number % len(programs.BUILT_IN)][0],
        seed=chance.randrange(1 << 30),
        start_ms=chance.choice((0, (1 << 29) - 300_000)),  # across the tick ring's wrap, or not
        start="buttons",
        features=_FEATURES,
        plant=plant.values,
        acts=acts,
    )


def _settings(chance: random.Random, session_min: int) -> dict[str, object]:
    return {
        "session_min": session_min,
        "knee": chance.choice(("left", "right")),
        "strap": chance.choice(("up", "down")),
    }


def _heat_presses(person: _Person, heat: int) -> list[Act]:
    at_s = person.number("first_heat_press_s")
    found = []
    for _ in range(heat - 1):
        found.append(Act(at_s, press="heat", for_ms=int(person.number("press_ms"))))
        at_s += 2.0
    return found


def _pauses(person: _Person, length_s: float, is_leased: bool) -> list[Act]:
    """Return presses of MODE, each pause with an end; a host's own pauses where MODE would confirm its lease."""
    found = []
    at_s = _BEGUN_S
    for _ in range(person.whole("pauses")):
        at_s += person.chance.uniform(10, length_s / 3)
        until_s = at_s + person.number("pause_s")
        if is_leased:
            found += [Act(at_s, host="pause"), Act(until_s, host="resume")]
        else:
            found += [Act(at_s, press="mode"), Act(until_s, press="mode")]
        at_s = until_s + 1
    return [act for act in found if act.at_s < length_s]


def run(sessions: Sequence[Session]) -> list[Outcome]:
    """Play sessions, each until nothing more can come of it, and judge them."""
    return [_run(session) for session in sessions]


def _run(session: Session) -> Outcome:
    played = play(session.scenario, is_over=trials.is_over, keeps_samples=False)
    return trials.outcome(session.name, played, judge(session, played))


def judge(session: Session, played: Played) -> list[str]:
    """Return what was not as it should be, in words."""
    words = trials.judge(played, trials.HEALTHY_PEAK_C, trials.SESSION_CEM43_MIN)
    words += [f"{name} tripped at {at_s:g} s" for name, at_s in played.trips]
    words += [f"it restarted at {at_s:g} s" for at_s in played.resets]
    if played.lasted_s > session.session_min * 60 + _SLACK_S:
        words.append(f"it lasted {played.lasted_s:.1f} s, and {session.session_min} min were set")
    if played.lasted_s == 0.0:
        words.append(f"it did not begin: {'; '.join(played.refusals) or played.why}")
    return words


class Drawn(plants.Extremes):
    """The smallest and the largest value that was drawn of each range, the plant's and the person's."""

    def __init__(self) -> None:
        super().__init__({**plants.RANGES, **USER_RANGES})

    def note_session(self, session: Session) -> None:
        """Take a session into account."""
        self.note(session.scenario.plant)
        for at in (0, 1):
            self.note({name: both[at] for name, both in session.drawn.items()})
