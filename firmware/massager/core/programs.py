"""The built-in programs: tables of steps. Nothing else in the firmware knows a program by name.

A step is (technique, zone, strength of its first cycle, strength of its last, seconds, most heat), see steps.py.
"""

from massager.core.limits import HEAT_HIGH, HEAT_LOW
from massager.core.techniques import PRESS, STROKE
from massager.core.zones import CALF, SIDES, THIGH

# Dosed point pressure, from small to the most that causes no discomfort: presses grow one by one up to the strength the
# person set, never past it. Strokes first and last; the muscles around the joint are pressed, not the joint itself.
# Lengths are whole cycles of the technique (stroke 7 s, press 8 s), so that no press is cut off.
_SHIATSU = (
    (STROKE, THIGH, 700, 700, 56, HEAT_HIGH),
    (STROKE, SIDES, 700, 700, 56, HEAT_HIGH),
    (PRESS, THIGH, 700, 850, 120, HEAT_HIGH),
    (PRESS, CALF, 700, 850, 120, HEAT_HIGH),
    (PRESS, SIDES, 700, 1000, 120, HEAT_HIGH),
    (PRESS, THIGH, 850, 1000, 120, HEAT_HIGH),
    (PRESS, CALF, 850, 1000, 72, HEAT_HIGH),
    (STROKE, THIGH, 700, 700, 56, HEAT_LOW),
)

# Number -> (name, steps).
BUILT_IN = (("shiatsu", _SHIATSU),)
