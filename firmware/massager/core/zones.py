"""Where on the leg a step acts. The board says which actuators reach a zone; none may reach the hollow of the knee."""

from micropython import const

THIGH = const(0)
SIDES = const(1)
CALF = const(2)
KNEECAP = const(3)
HOLLOW = const(4)

NAMES = ("thigh", "sides", "calf", "kneecap", "hollow")

# Bits of a board's ZONE_ACTUATORS entry.
ROLLER = const(1)
INNER = const(2)
OUTER = const(4)
