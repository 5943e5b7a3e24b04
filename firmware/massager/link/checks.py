"""The one validator of programs: the host before it sends one, the device before it keeps one and when it loads one.

`check` takes whatever came in and names all that is wrong with it. No I/O; nothing here plays a step or changes one.
"""

from micropython import const

from massager.core import limits, programs, techniques, zones
from massager.core.steps import FROM_PM, HEAT, LENGTH_S, SIDES, TECHNIQUE, TO_PM, ZONE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Finding = tuple[int, str, str]  # number of the step from 0, or -1 for the whole program; field; sentence

STEPS_MOST = const(32)  # one for each half minute of the longest session; bounds the memory a program takes
LENGTH_LEAST_S = const(5)  # shorter than most cycles of most techniques: nobody could tell what it was meant to be
TOTAL_LEAST_S = const(60)  # the gentle first minute (SAF-31) has to fit in
TOTAL_MOST_S = limits.SESSION_CAP_MOST_MS // 1000  # what is longer would be cut off by the session's cap (SAF-20)
LENGTH_MOST_S = TOTAL_MOST_S
TITLE_MOST_BYTES = const(60)  # as UTF-8; fits a frame beside the steps
STRENGTH_MOST_PM = const(1000)  # all of what the person chose, never more (SAF-33)

# The source text: only slow movements at the start, strength grows gradually, easy strokes at the end.
SLOW_FIRST_S = limits.GENTLE_MS // 1000
GROWTH_PM_PER_S = const(5)  # 30 s from what just turns a motor (700) to 850; a minute to the most
JUMP_MOST_PM = const(200)  # half the way from just turning to the most, and a bit: less would forbid an accent
BEGIN_MOST_PM = const(750)  # what surely turns a motor at the lowest strength (700), and a bit
END_MOST_PM = const(750)

DAMAGED = "damaged-"  # how the device calls what it cannot read
NAME_MOST = const(16)  # characters; fits the rows of `programs` and the host's tables

FIELDS = ("technique", "zone", "from", "to", "length", "heat", "sides")  # by their place in a step
ZONES = (zones.THIGH, zones.SIDES, zones.CALF)
LAYERED_ZONES = (zones.THIGH, zones.CALF)  # where the two side motors have nothing else to do
LAYERS = tuple([t for t in range(len(techniques.NAMES)) if t != techniques.CUE])
SLOW_LAYERS = (techniques.HOLD, techniques.WAVE)
HEATS = ("off", "low", "medium", "high")

_SHOWN = const(24)  # characters of a wrong value in a message
_INT_MOST = const(999999999)


def check(steps: "Any", zone_actuators: "tuple[int, ...] | None" = None) -> "list[Finding]":
    """Return what is wrong with a program's steps, first step first; an empty list if it may be played.

    steps: anything; a program is a list or tuple of steps as in steps.py. zone_actuators: a board's ZONE_ACTUATORS, to
    refuse a step that this board has no motor for; None: any board. A finding is (number of the step from 0 or -1 for
    the whole program, one of FIELDS or "steps", sentence).
    """
    if type(steps) not in (list, tuple) or not 1 <= len(steps) <= STEPS_MOST:
        return [(-1, "steps", "a program must have 1 to %d steps, not %s" % (STEPS_MOST, _count(steps)))]
    found: list[Finding] = []
    # A field that is wrong in itself counts as unknown (None) in the rules that look at several.
    known = [_known(found, i, step, zone_actuators) for i, step in enumerate(steps)]
    _check_total(found, known)
    _check_first_minute(found, known)
    _check_growth(found, known)
    found.sort(key=_place)
    return found


def words(finding: "Finding") -> str:
    """Return a finding as a sentence of its own, steps counted from 1."""
    step, _, message = finding
    start = "Step %d: " % (step + 1) if step >= 0 else ""
    return start + message + "."


def name_fault(name: "Any") -> str:
    """Return what is wrong with the name of a user's program, "" if nothing is."""
    if type(name) is not str or not 1 <= len(name) <= NAME_MOST or not "a" <= name[0] <= "z" or not _is_plain(name):
        rule = "name must be 1 to %d characters of a-z, 0-9 and -, the first a letter, not %s"
        return rule % (NAME_MOST, shown(name))
    if name.startswith(DAMAGED):
        return "name must not begin with " + DAMAGED
    if programs.number_of(name) >= 0:
        return "name must not be that of a built-in program: " + name
    return ""


def title_fault(title: "Any") -> str:
    """Return what is wrong with the title of a user's program, "" if nothing is; an empty title is fine."""
    is_text = type(title) is str and all(_is_printable(c) for c in title)
    if not is_text or len(title.encode()) > TITLE_MOST_BYTES:
        return "title must be printable text of at most %d bytes, not %s" % (TITLE_MOST_BYTES, shown(title))
    return ""


def shown(value: "Any") -> str:
    """Return a wrong value as it may stand in a message: short, and without control characters."""
    if type(value) is int and not -_INT_MOST <= value <= _INT_MOST:
        return "so large a number"  # as text it would fill the message, or memory
    if value is True or value is False:
        return "true" if value else "false"
    if type(value) in (list, tuple):
        return "a list"
    if type(value) is dict:
        return "a table"
    is_text = type(value) is str
    text = (value if is_text else str(value))[: _SHOWN + 1]
    text = "".join([c if _is_printable(c) else "?" for c in text])
    text = text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
    return '"' + text + '"' if is_text else text


def percent(pm: int) -> str:
    """Return per mille as percent, with as many decimals as it needs."""
    sign = "-" if pm < 0 else ""
    pm = abs(pm)
    return "%s%d.%d" % (sign, pm // 10, pm % 10) if pm % 10 else "%s%d" % (sign, pm // 10)


def names(numbers: "range | tuple[int, ...]", all_names: "tuple[str, ...]") -> str:
    """Return the names of some numbers as `a, b or c`."""
    chosen = [all_names[number] for number in numbers]
    return chosen[0] if len(chosen) == 1 else ", ".join(chosen[:-1]) + " or " + chosen[-1]


def is_moving(step: "Any") -> bool:
    """Return True if a step, or what is known of it, asks a motor to move."""
    technique, sides = step[TECHNIQUE], step[SIDES]
    is_still = technique is None or technique in techniques.STILL
    return not is_still or (sides is not None and sides not in techniques.STILL)


def _place(finding: "Finding") -> "tuple[int, int]":
    field = finding[1]
    return finding[0], FIELDS.index(field) if field in FIELDS else -1


def _count(steps: "Any") -> str:
    return str(len(steps)) if type(steps) in (list, tuple) else shown(steps)


def _is_printable(character: str) -> bool:
    # No control characters, and no halves of surrogate pairs, which are no UTF-8.
    code = ord(character)
    return code >= 0x20 and not 0x7F <= code < 0xA0 and not 0xD800 <= code < 0xE000


def _is_plain(name: str) -> bool:
    return all("a" <= c <= "z" or "0" <= c <= "9" or c == "-" for c in name)


def _known(found: "list[Finding]", i: int, step: "Any", zone_actuators: "tuple[int, ...] | None") -> "list[int | None]":
    """Add what is wrong with step number i by itself; return its fields, None for each wrong one."""
    if type(step) not in (list, tuple) or len(step) != len(FIELDS):
        found.append((i, "steps", "a step must be a list of %d whole numbers" % len(FIELDS)))
        return [None] * len(FIELDS)
    bad: list[str] = []

    def fault(place: int, message: str) -> None:
        found.append((i, FIELDS[place], message))
        bad.append(FIELDS[place])

    _check_technique(fault, step[TECHNIQUE])
    _check_zone(fault, step, zone_actuators)
    for place in (FROM_PM, TO_PM):
        if not _is_within(step[place], 0, STRENGTH_MOST_PM):
            rule = "%s must be from 0 to 100 %% of the chosen strength, not %s"
            fault(place, rule % (FIELDS[place], _pm(step[place])))
    if not _is_within(step[LENGTH_S], LENGTH_LEAST_S, LENGTH_MOST_S):
        rule = "length must be a whole number of seconds from %d to %d, not %s"
        fault(LENGTH_S, rule % (LENGTH_LEAST_S, LENGTH_MOST_S, shown(step[LENGTH_S])))
    if not _is_within(step[HEAT], 0, limits.HEAT_HIGH):
        fault(HEAT, "heat must be %s, not %s" % (names(range(len(HEATS)), HEATS), shown(step[HEAT])))
    _check_sides(fault, step)
    return [None if FIELDS[place] in bad else step[place] for place in range(len(FIELDS))]


def _is_within(value: "Any", least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


def _pm(value: "Any") -> str:
    return percent(value) + " %" if type(value) is int and -_INT_MOST <= value <= _INT_MOST else shown(value)


def _named(value: "Any", all_names: "tuple[str, ...]") -> str:
    return all_names[value] if _is_within(value, 0, len(all_names) - 1) else shown(value)


def _check_technique(fault: "Any", technique: "Any") -> None:
    if not _is_within(technique, 0, len(techniques.NAMES) - 1):
        every = names(range(len(techniques.NAMES)), techniques.NAMES)
        fault(TECHNIQUE, "technique must be %s, not %s" % (every, shown(technique)))


def _check_zone(fault: "Any", step: "Any", zone_actuators: "tuple[int, ...] | None") -> None:
    zone = step[ZONE]
    if type(zone) is int and zone == zones.KNEECAP:
        fault(ZONE, "zone must be %s: nothing may press on the kneecap" % names(ZONES, zones.NAMES))
    elif type(zone) is int and zone == zones.HOLLOW:
        rule = "zone must be %s: vessels and nerves lie open in the hollow of the knee"
        fault(ZONE, rule % names(ZONES, zones.NAMES))
    elif type(zone) is not int or zone not in ZONES:
        fault(ZONE, "zone must be %s, not %s" % (names(ZONES, zones.NAMES), shown(zone)))
    elif zone_actuators is not None and not zone_actuators[zone] and step[TECHNIQUE] not in techniques.STILL:
        fault(ZONE, "zone must be one this device has a motor for, and it has none for " + zones.NAMES[zone])


def _check_sides(fault: "Any", step: "Any") -> None:
    sides = step[SIDES]
    if type(sides) is not int or sides not in LAYERS:
        fault(SIDES, "sides must be %s, not %s" % (names(LAYERS, techniques.NAMES), _named(sides, techniques.NAMES)))
    elif sides == techniques.HOLD:
        return
    elif step[ZONE] in ZONES and step[ZONE] not in LAYERED_ZONES:  # a wrong zone has its own finding
        rule = "sides must be hold unless the zone is %s, not %s"
        fault(SIDES, rule % (names(LAYERED_ZONES, zones.NAMES), techniques.NAMES[sides]))
    elif step[TECHNIQUE] == techniques.CUE:
        fault(SIDES, "sides must be hold in a cue step, in which the motors rest, not " + techniques.NAMES[sides])


def _check_total(found: "list[Finding]", known: "list[list[int | None]]") -> None:
    total = 0
    for step in known:
        length = step[LENGTH_S]
        if length is None:
            return
        total += length
    if not TOTAL_LEAST_S <= total <= TOTAL_MOST_S:
        rule = "all steps together must last from %d to %d seconds, not %d"
        found.append((-1, "length", rule % (TOTAL_LEAST_S, TOTAL_MOST_S, total)))


def _check_first_minute(found: "list[Finding]", known: "list[list[int | None]]") -> None:
    begin_s = 0
    for i, step in enumerate(known):
        technique, sides, length = step[TECHNIQUE], step[SIDES], step[LENGTH_S]
        if technique is not None and technique not in techniques.SLOW:
            rule = "technique must be %s in the first %d s, in which only slow movements are good, not %s"
            slow = names(techniques.SLOW, techniques.NAMES)
            found.append((i, "technique", rule % (slow, SLOW_FIRST_S, techniques.NAMES[technique])))
        if sides is not None and sides not in SLOW_LAYERS:
            rule = "sides must be %s in the first %d s, in which only slow movements are good, not %s"
            slow = names(SLOW_LAYERS, techniques.NAMES)
            found.append((i, "sides", rule % (slow, SLOW_FIRST_S, techniques.NAMES[sides])))
        if length is None:
            return  # nobody knows when the next one begins
        begin_s += length
        if begin_s >= SLOW_FIRST_S:
            return


def _check_growth(found: "list[Finding]", known: "list[list[int | None]]") -> None:
    strongest = -1  # how strongly the strongest moving step so far ends; -1: none yet
    last = -1
    for i, step in enumerate(known):
        if not is_moving(step):
            continue
        from_pm, to_pm, length = step[FROM_PM], step[TO_PM], step[LENGTH_S]
        if from_pm is not None:
            _check_begin(found, i, from_pm, strongest)
        if from_pm is not None and to_pm is not None and length is not None:
            most = from_pm + GROWTH_PM_PER_S * length
            if to_pm > most:
                rule = "to must be %s %% at most: in %d s strength grows from %s %% by at most %s %%/s, not to %s %%"
                values = (percent(most), length, percent(from_pm), percent(GROWTH_PM_PER_S), percent(to_pm))
                found.append((i, "to", rule % values))
        if to_pm is None:
            return  # how strong the next may begin depends on it
        strongest = max(strongest, to_pm)
        last = i
    if last >= 0 and strongest >= 0:
        _check_end(found, last, known[last][TO_PM])


def _check_begin(found: "list[Finding]", i: int, from_pm: int, strongest: int) -> None:
    if strongest < 0:
        if from_pm > BEGIN_MOST_PM:
            rule = "from must be %s %% at most in the first step that moves: it begins gently, not at %s %%"
            found.append((i, "from", rule % (percent(BEGIN_MOST_PM), percent(from_pm))))
        return
    most = strongest + JUMP_MOST_PM
    if from_pm > most:
        rule = "from must be %s %% at most, %s %% above the end of the strongest step before it, not %s %%"
        found.append((i, "from", rule % (percent(most), percent(JUMP_MOST_PM), percent(from_pm))))


def _check_end(found: "list[Finding]", i: int, to_pm: "int | None") -> None:
    if to_pm is not None and to_pm > END_MOST_PM:
        rule = "to must be %s %% at most in the last step that moves: it ends easy, not at %s %%"
        found.append((i, "to", rule % (percent(END_MOST_PM), percent(to_pm))))
