"""Techniques: how motor levels go over time within a step. Pure functions of the time since the step began.

A technique is a cycle of rise, hold, fall and rest. What tells one from another in the hand is that rhythm, whether the
roller turns back every second cycle, and whether the two side motors go together or take turns.
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

NAMES = ("stroke", "press", "vibrate", "shake", "rub", "circle", "spiral", "hold")

_RISE_MS = const(0)  # places in a row
_HOLD_MS = const(1)
_FALL_MS = const(2)
_REST_MS = const(3)
_TURNS_BACK = const(4)
_OUTER_LAG_MS = const(5)

#    rise  hold  fall  rest, whether the roller turns back every second cycle, how far the outer motor lags the inner
_TABLE = (
    (1500, 3000, 1500, 1000, False, 0),
    (3000, 2500, 800, 1700, True, 0),
    (500, 100, 300, 100, False, 0),
    (500, 300, 200, 1000, False, 1000),
    (500, 700, 300, 500, True, 0),
    (800, 800, 800, 0, False, 600),
    (1200, 1600, 1200, 0, False, 1000),
    (0, 0, 0, 1000, False, 0),
)


def cycle_ms(technique: int) -> int:
    """Return the length of one cycle in ms."""
    row = _TABLE[technique]
    return row[_RISE_MS] + row[_HOLD_MS] + row[_FALL_MS] + row[_REST_MS]


def envelope_pm(technique: int, t_ms: int) -> int:
    """Return the level, 0 to 1000, at t_ms after the step began."""
    row = _TABLE[technique]
    t_ms %= cycle_ms(technique)
    if t_ms < row[_RISE_MS]:
        return t_ms * 1000 // row[_RISE_MS]
    t_ms -= row[_RISE_MS]
    if t_ms < row[_HOLD_MS]:
        return 1000
    t_ms -= row[_HOLD_MS]
    if t_ms < row[_FALL_MS]:
        return 1000 - t_ms * 1000 // row[_FALL_MS]
    return 0


def amplitude_pm(step: "tuple[int, ...]", t_ms: int) -> int:
    """Return a step's strength at t_ms after it began: it grows from its first cycle to its last, never within one."""
    cycle = cycle_ms(step[TECHNIQUE])
    last = (step[LENGTH_S] * 1000 + cycle - 1) // cycle - 1
    if last <= 0:
        return step[FROM_PM]
    return step[FROM_PM] + (step[TO_PM] - step[FROM_PM]) * (t_ms // cycle) // last


def level_pm(step: "tuple[int, ...]", t_ms: int) -> int:
    """Return a step's level at t_ms after it began, 0 to 1000 of the strength the person chose."""
    return amplitude_pm(step, t_ms) * envelope_pm(step[TECHNIQUE], t_ms) // 1000


def outer_pm(step: "tuple[int, ...]", t_ms: int) -> int:
    """Return the outer side motor's level at t_ms, which may be behind the others; 0 until its first turn."""
    t_ms -= _TABLE[step[TECHNIQUE]][_OUTER_LAG_MS]
    return level_pm(step, t_ms) if t_ms >= 0 else 0


def roller_sign(technique: int, t_ms: int) -> int:
    """Return the roller's direction at t_ms after the step began: 1 towards the heart, -1 away from it."""
    if _TABLE[technique][_TURNS_BACK] and (t_ms // cycle_ms(technique)) & 1:
        return -1
    return 1
