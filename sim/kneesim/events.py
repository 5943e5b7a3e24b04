"""What can happen to a plant, in words: "press stop", "skin_c 43.6", "skin_ntc open", "pad_ntc offset c=-3".

Faults are those of plant_faults.py. Runs on CPython and inside the MicroPython VM.
"""

from kneesim.fault import find
from kneesim.plant_faults import ROWS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LATEST_US = 100_000_000_000  # an event may come this late
_OVER = ("ok", "free")  # all that was put on the place is over

BUTTONS = ("stop", "mode", "strength", "heat")
_NUMBERS = {"skin_c": (0.0, 90.0), "pad_c": (0.0, 90.0), "contact_w_k": (0.0, 10.0), "ambient_c": (-20.0, 50.0)}
EVENTS = (
    "press|release stop|mode|strength|heat",
    "skin_c|pad_c DEGREES (jumps there, then goes its way)",
    "contact_w_k W_PER_K (how well the pad sits)",
    "ambient_c DEGREES (in the room, from now on)",
    "PLACE FAULT [NAME=VALUE]... (`kneesim faults` lists them)",
    "PLACE ok (the end of every fault there)",
)


def check_words(words: str) -> "tuple[str, Any, dict[str, Any]]":
    """Return an event's words as (what, value, parameters); raises ValueError with all that can be."""
    parts = words.split()
    if len(parts) >= 2:
        what, value = parts[:2]
        if what in ("press", "release") and value in BUTTONS and len(parts) == 2:
            return what, value, {}
        if what in _NUMBERS and len(parts) == 2:
            return what, _number(words, value, _NUMBERS[what]), {}
        if _is_place(what):
            if value in _OVER and len(parts) == 2:
                return what, "ok", {}
            return what, value, find(ROWS, what, value).complete(_params(words, parts[2:]))
    raise ValueError("cannot do '" + words + "'. Events are: " + "; ".join(EVENTS) + ".")


def _is_place(word: str) -> bool:
    return any(word in row.places for row in ROWS)


def _number(words: str, value: str, bounds: "tuple[float, float]") -> float:
    least, most = bounds
    try:
        number = float(value)
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise ValueError("'%s': the value must be from %d to %d." % (words, least, most))
    return number


def _params(words: str, parts: "list[str]") -> "dict[str, Any]":
    found: "dict[str, Any]" = {}
    for part in parts:
        name, equals, value = part.partition("=")
        if not equals:
            raise ValueError("'%s': after the fault come parameters like c=3, not %s." % (words, part))
        found[name] = value
    return found


def do(plant: "Any", words: str) -> None:
    """Carry out an event. Raises ValueError for what EVENTS does not list."""
    what, value, params = check_words(words)
    plant.advance()
    if what in ("press", "release"):
        plant.button(value, what == "press")
    elif what == "skin_c":
        plant.heat.skin_c = value
    elif what == "pad_c":
        plant.heat.pad_c = value
    elif what == "contact_w_k":
        plant.heat.contact_w_k = value
    elif what == "ambient_c":
        plant.heat.ambient_c = value
    elif value == "ok":
        for place, name in list(plant.faults):
            if place == what:
                lift(plant, place, name)
    else:
        put(plant, what, value, params)


def put(plant: "Any", place: str, name: str, params: "dict[str, Any]") -> None:
    """Put a fault on a place of the plant; one that is there already is put anew."""
    row = find(ROWS, place, name)
    params = row.complete(params)
    lift(plant, place, name)
    plant.advance()
    ends = row.put(plant, place, params)
    if ends is not None:
        plant.faults[place, name] = ends


def lift(plant: "Any", place: str, name: str) -> None:
    """End a fault, if it is there and can end."""
    ends = plant.faults.pop((place, name), None)
    if ends is not None:
        plant.advance()
        ends()


def parse_event(line: str) -> "tuple[int, str]":
    """Return (time in us, words) of a line "SECONDS WORDS", for instance "60 skin_ntc open". Raises ValueError."""
    parts = line.strip().split(" ", 1)
    try:
        when_us = int(float(parts[0]) * 1000000)
        words = parts[1]
    except (ValueError, IndexError):
        raise ValueError(
            "an event is SECONDS and what happens then, for instance '60 skin_ntc open', not '" + line + "'."
        )
    except OverflowError:  # infinity
        when_us = -1
    if not 0 <= when_us <= _LATEST_US:
        raise ValueError("'" + line + "': the time must be from 0 to 100000 seconds.")
    check_words(words)
    return when_us, words
