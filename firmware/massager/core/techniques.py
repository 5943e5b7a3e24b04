"""Techniques: how a motor's level goes over time within a step. Pure functions of the time since the step began.

A technique is a cycle of rise, hold, fall and rest. What makes a stroke a stroke and a press a press is that
rhythm: a stroke swells and ebbs evenly and always towards the heart; a press creeps in, dwells, lets go quickly,
and turns the roller the other way next time, so that it leans on the same spot.
"""

from micropython import const

from massager.core.steps import FROM_PM, LENGTH_S, TECHNIQUE, TO_PM

STROKE = const(0)
PRESS = const(1)

NAMES = ("stroke", "press")

_RISE_MS = const(0)  # places in a row
_HOLD_MS = const(1)
_FALL_MS = const(2)
_REST_MS = const(3)
_ALTERNATES = const(4)

#    rise  hold  fall  rest, and whether the roller turns the other way every second cycle
_TABLE = (
    (1500, 3000, 1500, 1000, False),
    (3000, 2500, 800, 1700, True),
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


def roller_sign(technique: int, t_ms: int) -> int:
    """Return the roller's direction at t_ms after the step began: 1 towards the heart, -1 away from it."""
    if _TABLE[technique][_ALTERNATES] and (t_ms // cycle_ms(technique)) & 1:
        return -1
    return 1
