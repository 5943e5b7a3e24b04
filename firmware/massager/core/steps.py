"""The places in a program's step, a tuple: what to do, where, how strongly, how long, how warm at most, and what the
side motors do meanwhile.
"""

from micropython import const

TECHNIQUE = const(0)  # a number of techniques.py
ZONE = const(1)  # a number of zones.py
FROM_PM = const(2)  # strength of the first and the last cycle, per mille of what the person chose
TO_PM = const(3)
LENGTH_S = const(4)
HEAT = const(5)  # the most heat, a level of limits.py; the person's own choice counts below it
SIDES = const(6)  # technique of the side motors in a step for the roller; HOLD: they rest


def total_s(steps: "tuple[tuple[int, ...], ...]") -> int:
    """Return how many seconds steps last together."""
    total = 0
    for step in steps:
        total += step[LENGTH_S]
    return total
