"""The built-in programs: tables of steps. Nothing else in the firmware knows a program by name.

A step is (technique, zone, strength of its first cycle, strength of its last, seconds, most heat), see steps.py.
"""

from massager.core.limits import HEAT_HIGH, HEAT_LOW
from massager.core.techniques import (
    HOLD,
    PRESS,
    RUB_CIRCULAR,
    RUB_LINEAR,
    RUB_SPIRAL,
    SHAKE,
    STROKE,
    VIBRATE,
)
from massager.core.zones import CALF, SIDES, THIGH

# Lengths are whole cycles of the technique, so that no stroke or press is cut off.

# Self-massage of 12 to 17 minutes: light stroking upwards below and above the knee, circles at its sides, rubbing along
# and across, wider circles, and easy strokes to finish.
_SELF = (
    (STROKE, CALF, 700, 700, 84, HEAT_HIGH),
    (STROKE, THIGH, 700, 700, 84, HEAT_HIGH),
    (RUB_CIRCULAR, SIDES, 700, 850, 168, HEAT_HIGH),
    (RUB_LINEAR, THIGH, 700, 850, 120, HEAT_HIGH),
    (RUB_LINEAR, CALF, 700, 850, 120, HEAT_HIGH),
    (RUB_SPIRAL, SIDES, 700, 1000, 120, HEAT_HIGH),
    (STROKE, THIGH, 700, 700, 84, HEAT_LOW),
)

# Dosed point pressure, from small to the most that causes no discomfort: presses grow one by one up to the strength the
# person set, never past it. Strokes first and last; the muscles around the joint are pressed, not the joint itself.
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

# Shaking of skin and muscle, which all tissues pass on: both sides together, in turn, and together again, growing.
_VIBRATION = (
    (STROKE, SIDES, 700, 700, 56, HEAT_HIGH),
    (VIBRATE, SIDES, 700, 850, 180, HEAT_HIGH),
    (SHAKE, SIDES, 700, 850, 180, HEAT_HIGH),
    (VIBRATE, SIDES, 850, 1000, 120, HEAT_HIGH),
    (STROKE, SIDES, 700, 700, 56, HEAT_LOW),
)

# A heating pad on the joint for 15 to 20 minutes before the massage; 15 is what the session cap allows.
_WARM = ((HOLD, THIGH, 0, 0, 900, HEAT_HIGH),)

# Number -> (name, steps). The first is what MODE starts on a device that was never set.
BUILT_IN = (
    ("self", _SELF),
    ("shiatsu", _SHIATSU),
    ("vibration", _VIBRATION),
    ("warm", _WARM),
)
