"""A scenario: a short TOML file that says what device and knee, what happens when, and what must come of it.

docs/simulator.md explains how to write one. Every mistake is a ScenarioError that names file, key and what to do.
"""

import difflib
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kneesim import faults, plants
from kneesim.boards import check
from kneesim.engines import ROOT
from kneesim.events import BUTTONS, check_words
from kneesim.fault import find
from massager.core import faults as fault_words
from massager.core import programs, session

STARTS = ("confirmed", "leased", "buttons", "nothing")
_TRIPS = tuple(row[0] for row in fault_words.TABLE[1:])
HEATS = ("off", "low", "medium", "high")
BEFORE_START_S = 1.0  # the device has been on for so long when the session is started
_MOST_S = 100_000
_BOARDS = tuple(check.names())
_FEATURES = ("roller", "sides", "heat", "infrared", "lamps", "buzzer", "rtc")
# Beyond the safety case's range, for what is no healthy plant any more.
_WIDER = {"supply_v": (0.0, 6.5), "heat.contact_w_k": (0.0, 10.0), "cut_out_c": (30.0, 200.0), "fuse_c": (30.0, 300.0)}


class ScenarioError(Exception):
    """A scenario's file cannot be played; the message says what to do."""


@dataclass(frozen=True)
class TimedFault:
    """A fault, in seconds since the session's start; for_s None: for good."""

    at_s: float
    for_s: float | None
    place: str
    name: str
    params: dict[str, Any]


@dataclass(frozen=True)
class Act:
    """A thing that somebody does: a press (button, for_ms), a host's request (method, params), or a plant's event."""

    at_s: float
    press: str = ""
    for_ms: int = 100
    host: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    event: str = ""


@dataclass(frozen=True)
class Expect:
    """What must come of it; None: whatever comes."""

    trip: tuple[str, ...] | None = None  # one of them, and nothing else; empty: nothing
    within_ms: float | None = None  # of the first fault
    off_within_ms: float | None = None
    peak_skin_c_below: float | None = None
    cem43_below: float | None = None
    resets: int | None = None
    is_refused: bool | None = None
    why: str | None = None
    states: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True)
class Scenario:
    """A scenario's file, read and checked."""

    path: Path
    title: str
    length_s: float
    program: str = "shiatsu"
    board: str = "pico"
    seed: int = 1
    start_ms: int = 0
    start: str = "confirmed"
    strength: int = 3
    heat: str = "low"
    is_new: bool = False
    features: tuple[str, ...] | None = None
    plant: dict[str, float] = field(default_factory=dict)
    faults: tuple[TimedFault, ...] = ()
    acts: tuple[Act, ...] = ()
    expect: Expect = field(default_factory=Expect)


class _Reader:
    """One table of the file, whose keys are taken out one by one; what is left over at the end is a mistake."""

    def __init__(self, path: Path, where: str, table: Any) -> None:
        self.path = path
        self.where = where
        if not isinstance(table, dict):
            raise ScenarioError(f"{path}: {where} must be a table.")
        self._left = dict(table)
        self._known: list[str] = []

    def fail(self, key: str, words: str) -> ScenarioError:
        name = f"{self.where}.{key}" if self.where else key
        return ScenarioError(f"{self.path}: {name}: {words}")

    def has(self, key: str) -> bool:
        return key in self._left

    def take(self, key: str, default: Any = None, *, is_needed: bool = False) -> Any:
        self._known.append(key)
        if is_needed and key not in self._left:
            similar = difflib.get_close_matches(key, self._left, 1)
            raise self.fail(key, "is missing; write it" + (f", for {similar[0]} perhaps." if similar else "."))
        return self._left.pop(key, default)

    def number(self, key: str, default: float | None, least: float, most: float, *, is_needed: bool = False) -> Any:
        value = self.take(key, default, is_needed=is_needed)
        if value is default and not is_needed:
            return value
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
            raise self.fail(key, f"must be a number from {least:g} to {most:g}, not {value!r}.")
        return value

    def whole(self, key: str, default: int | None, least: int, most: int) -> Any:
        value = self.number(key, default, least, most)
        if value is not None and not isinstance(value, int):
            raise self.fail(key, f"must be a whole number from {least} to {most}, not {value!r}.")
        return value

    def word(self, key: str, default: str, choices: tuple[str, ...] = (), *, is_needed: bool = False) -> str:
        value = self.take(key, default, is_needed=is_needed)
        if not isinstance(value, str) or (choices and value not in choices):
            raise self.fail(key, f"must be {', '.join(choices) or 'text'}, not {value!r}.")
        return value

    def truth(self, key: str) -> bool | None:
        value = self.take(key)
        if value is not None and not isinstance(value, bool):
            raise self.fail(key, f"must be true or false, not {value!r}.")
        return value

    def rows(self, key: str) -> list["_Reader"]:
        value = self.take(key, [])
        if not isinstance(value, list):
            raise self.fail(key, f"must be rows, each under [[{self.where + '.' if self.where else ''}{key}]].")
        return [_Reader(self.path, f"{key}[{i + 1}]", row) for i, row in enumerate(value)]

    def table(self, key: str) -> "_Reader":
        return _Reader(self.path, f"{self.where}.{key}" if self.where else key, self.take(key, {}))

    def rest(self) -> dict[str, Any]:
        rest, self._left = self._left, {}
        return rest

    def end(self) -> None:
        for key in self._left:
            raise self.fail(key, f"is not known here. Known: {', '.join(self._known)}.")


def read(path: Path) -> Scenario:
    """Read a scenario's file. Raises ScenarioError."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as e:
        raise ScenarioError(f"{path}: cannot be read: {e}.") from e
    except tomllib.TOMLDecodeError as e:
        raise ScenarioError(f"{path}: is no TOML: {e}.") from e
    return parse(table, path)


def parse(table: dict[str, Any], path: Path) -> Scenario:
    """Return the scenario of a table; path is told in errors. Raises ScenarioError."""
    reader = _Reader(path, "", table)
    title = reader.word("title", "", is_needed=True)
    length_s = reader.number("length_s", None, 0.1, _MOST_S, is_needed=True)
    found = Scenario(
        path=path,
        title=title,
        length_s=length_s,
        program=reader.word("program", "shiatsu", tuple(row[0] for row in programs.BUILT_IN)),
        board=reader.word("board", "pico", _BOARDS),
        seed=reader.whole("seed", 1, 0, 1 << 31),
        start_ms=reader.whole("start_ms", 0, 0, 1 << 30),
        start=reader.word("start", "confirmed", STARTS),
        strength=reader.whole("strength", 3, 1, 5),
        heat=reader.word("heat", "low", HEATS),
        is_new=bool(reader.truth("is_new")),
        features=_features(reader),
        plant=_plant(reader.table("plant")),
        faults=tuple(_fault(row, length_s) for row in reader.rows("fault")),
        acts=tuple(_act(row, length_s) for row in reader.rows("do")),
        expect=_expect(reader.table("expect"), length_s),
    )
    reader.end()
    if found.expect.within_ms is not None and not (found.expect.trip and found.faults):
        raise reader.fail("expect.within_ms", "needs a trip, and a fault to count from.")
    if found.expect.off_within_ms is not None and not (found.faults or found.acts):
        raise reader.fail("expect.off_within_ms", "needs a fault, or something done, to count from.")
    return found


def _features(reader: _Reader) -> tuple[str, ...] | None:
    value = reader.take("features")
    if value is None:
        return None
    if not isinstance(value, list) or not set(value) <= set(_FEATURES):
        raise reader.fail("features", f"must be a list of some of {', '.join(_FEATURES)}, not {value!r}.")
    return tuple(value)


def _plant(reader: _Reader) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, (least, most) in {**plants.RANGES, **_WIDER}.items():
        part, _, last = name.rpartition(".")
        if not part and reader.has(name):
            found[name] = reader.number(name, None, least, most)
        elif part and isinstance(reader._left.get(part), dict) and last in reader._left[part]:
            inner = _Reader(reader.path, f"plant.{part}", {last: reader._left[part].pop(last)})
            found[name] = inner.number(last, None, least, most)
    for key, value in reader.rest().items():
        if value != {}:
            unknown = f"{key}.{next(iter(value))}" if isinstance(value, dict) else key
            raise reader.fail(unknown, f"is not known. Known: {', '.join(plants.RANGES)}.")
    return found


def _fault(reader: _Reader, length_s: float) -> TimedFault:
    at_s = reader.number("at_s", None, -BEFORE_START_S, length_s, is_needed=True)
    for_s = reader.number("for_s", None, 0.001, _MOST_S)
    place = reader.word("place", "", is_needed=True)
    name = reader.word("fault", "", is_needed=True)
    try:
        params = find(faults.TABLE, place, name).complete(reader.rest())
    except ValueError as e:
        raise reader.fail("fault", f"{e} `kneesim faults` lists all.") from e
    return TimedFault(at_s, for_s, place, name, params)


def _act(reader: _Reader, length_s: float) -> Act:
    at_s = reader.number("at_s", None, -BEFORE_START_S, length_s, is_needed=True)
    kinds = [kind for kind in ("press", "host", "event") if reader.has(kind)]
    if len(kinds) != 1:
        raise reader.fail("press", "each [[do]] is one of: press (a button), host (a method), event (words).")
    act = Act(at_s)
    if kinds == ["press"]:
        act = Act(at_s, press=reader.word("press", "", BUTTONS), for_ms=reader.whole("for_ms", 100, 1, 1_000_000))
    elif kinds == ["host"]:
        params = reader.take("params", {})
        if not isinstance(params, dict):
            raise reader.fail("params", 'must be a table, as in { heat = "medium" }.')
        act = Act(at_s, host=reader.word("host", ""), params=params)
    else:
        words = reader.word("event", "")
        try:
            check_words(words)
        except ValueError as e:
            raise reader.fail("event", str(e)) from e
        act = Act(at_s, event=words)
    reader.end()
    return act


def _expect(reader: _Reader, length_s: float) -> Expect:
    trip = reader.take("trip")
    if isinstance(trip, str):
        trip = [trip] if trip else []
    if trip is not None and not (isinstance(trip, list) and all(isinstance(name, str) for name in trip)):
        raise reader.fail("trip", 'must be a fault\'s name, a list of them, or "" for none.')
    for name in trip or ():
        if name not in _TRIPS:
            raise reader.fail("trip", f"there is no fault {name!r} to trip. There are: {', '.join(_TRIPS)}.")
    states = []
    for row in reader.rows("state"):
        at_s = row.number("at_s", None, -BEFORE_START_S, length_s, is_needed=True)
        states.append((at_s, row.word("is", "", tuple(session.STATE_NAMES), is_needed=True)))
        row.end()
    found = Expect(
        trip=None if trip is None else tuple(trip),
        within_ms=reader.number("within_ms", None, 0, _MOST_S * 1000),
        off_within_ms=reader.number("off_within_ms", None, 0, _MOST_S * 1000),
        peak_skin_c_below=reader.number("peak_skin_c_below", None, 20, 100),
        cem43_below=reader.number("cem43_below", None, 0, 1000),
        resets=reader.whole("resets", None, 0, 1000),
        is_refused=reader.truth("refused"),
        why=reader.word("why", "") if reader.has("why") else None,
        states=tuple(states),
    )
    reader.end()
    return found


def all_of_them() -> list[Path]:
    """Return the files of sim/scenarios."""
    return sorted((ROOT / "sim/scenarios").glob("*.toml"))
