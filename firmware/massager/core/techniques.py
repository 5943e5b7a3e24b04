"""Techniques: how motor levels go over time within a step. Pure functions of the time since the step began.

A technique is a cycle of rise, hold, fall and rest. What tells one from another in the hand is that rhythm, whether the
level comes down to zero between two cycles, whether the roller turns back every second cycle, and in which order the
motors join in. No technique rises faster than SAF-30 lets the outputs rise, so what is asked for is what is felt.
"""

from micropython import const

from massager.core.steps import FROM_PM, LENGTH_S, TECHNIQUE, TO_PM

STROKE = const(0)  # swells and ebbs evenly, always towards the heart
PRESS = const(1)  # creeps in, dwells, lets go quickly; leans on the same spot from both sides
VIBRATE = const(2)  # tremolo: both side motors throb together, once a second
SHAKE = const(3)  # the side motors take turns
RUB_LINEAR = const(4)  # quick, forward and back
RUB_CIRCULAR = const(5)  # rolls on without turning back, the sides a quarter of a circle apart
RUB_SPIRAL = const(6)  # wider circles, meant for steps that grow
HOLD = const(7)  # nothing moves: heat alone
KNEAD = const(8)  # short squeezes that never quite let go
TAP = const(9)  # a shower of fingers: the quickest there is, the sides in turn
WAVE = const(10)  # drains: outer motor, inner motor, roller, one after the other, slowly
CUE = const(11)  # nothing moves; beeps and light pace the person's own bending and straightening

NAMES = ("stroke", "press", "vibrate", "shake", "rub", "circle", "spiral", "hold", "knead", "tap", "wave", "cue")

STILL = (HOLD, CUE)
SLOW = (STROKE, HOLD, WAVE)  # "only slow movements" are good at the start of a session

_RISE_MS = const(0)  # places in a row
_HOLD_MS = const(1)
_FALL_MS = const(2)
_REST_MS = const(3)
_FLOOR_PM = const(4)
_TURNS_BACK = const(5)
_INNER_LAG_MS = const(6)
_OUTER_LAG_MS = const(7)
_ROLLER_LAG_MS = const(8)

#    rise  hold  fall  rest, level in the rest, whether the roller turns back every second cycle, and how long after the
#    step's begin the inner motor, the outer motor and the roller join in
_TABLE = (
    (1500, 3000, 1500, 1000, 0, False, 0, 0, 0),
    (3000, 2500, 800, 1700, 0, True, 0, 0, 0),
    (500, 100, 300, 100, 0, False, 0, 0, 0),
    (500, 300, 200, 1000, 0, False, 0, 1000, 0),
    (500, 700, 300, 500, 0, True, 0, 0, 0),
    (800, 800, 800, 0, 0, False, 0, 600, 0),
    (1200, 1600, 1200, 0, 0, False, 0, 1000, 0),
    (0, 0, 0, 1000, 0, False, 0, 0, 0),
    (500, 400, 300, 300, 400, False, 0, 0, 0),
    (500, 0, 60, 40, 0, False, 0, 300, 0),
    (2000, 1500, 2000, 2500, 0, False, 1500, 0, 3000),
    (0, 0, 0, 8000, 0, False, 0, 0, 0),
)

# How long a bend takes, and how long straightening the leg again. The text says "gently, effortlessly" and no number:
# 4 s each way is our choice, slow enough for a stiff knee.
BEND_MS = const(4000)


def cycle_ms(technique: int) -> int:
    """Return the length of one cycle in ms."""
    row = _TABLE[technique]
    return row[_RISE_MS] + row[_HOLD_MS] + row[_FALL_MS] + row[_REST_MS]


def envelope_pm(technique: int, t_ms: int) -> int:
    """Return the level, 0 to 1000, at t_ms after the motor joined in; 0 before it did."""
    row = _TABLE[technique]
    if t_ms < 0:
        return 0
    t_ms %= cycle_ms(technique)
    depth_pm = 1000 - row[_FLOOR_PM]
    if t_ms < row[_RISE_MS]:
        return row[_FLOOR_PM] + t_ms * depth_pm // row[_RISE_MS]
    t_ms -= row[_RISE_MS]
    if t_ms < row[_HOLD_MS]:
        return 1000
    t_ms -= row[_HOLD_MS]
    if t_ms < row[_FALL_MS]:
        return 1000 - t_ms * depth_pm // row[_FALL_MS]
    return row[_FLOOR_PM]


def amplitude_pm(step: "tuple[int, ...]", t_ms: int) -> int:
    """Return a step's strength at t_ms after it began: it grows from its first cycle to its last, never within one.

    A motor that joins in later than the roller takes the new strength in the middle of a cycle of its own.
    """
    cycle = cycle_ms(step[TECHNIQUE])
    last = (step[LENGTH_S] * 1000 + cycle - 1) // cycle - 1
    if last <= 0:
        return step[FROM_PM]
    return step[FROM_PM] + (step[TO_PM] - step[FROM_PM]) * (t_ms // cycle) // last


def inner_pm(technique: int, peak_pm: int, t_ms: int) -> int:
    """Return the inner side motor's level at t_ms after the step began, 0 to peak_pm."""
    return peak_pm * envelope_pm(technique, t_ms - _TABLE[technique][_INNER_LAG_MS]) // 1000


def outer_pm(technique: int, peak_pm: int, t_ms: int) -> int:
    """Return the outer side motor's level at t_ms after the step began, 0 to peak_pm."""
    return peak_pm * envelope_pm(technique, t_ms - _TABLE[technique][_OUTER_LAG_MS]) // 1000


def roller_pm(technique: int, peak_pm: int, t_ms: int) -> int:
    """Return the roller's level at t_ms after the step began, -peak_pm to peak_pm: positive towards the heart."""
    t_ms -= _TABLE[technique][_ROLLER_LAG_MS]
    level_pm = peak_pm * envelope_pm(technique, t_ms) // 1000
    if _TABLE[technique][_TURNS_BACK] and (t_ms // cycle_ms(technique)) & 1:
        return -level_pm
    return level_pm
