"""The built-in programs: tables of steps. Nothing else in the firmware knows a program by name.

A row is (name, family, flags, steps); a step is (technique, zone, strength of its first cycle, strength of its last,
seconds, most heat, what the side motors do meanwhile), see steps.py. What each follows in the massage systems it is
named after, and where the device cannot follow, is in docs/programs.md. All obey the rules that users' programs obey
(link/checks.py): slow and gentle at first, growing gradually, easy at the end.
"""

from micropython import const

from massager.core.limits import HEAT_HIGH, HEAT_LOW, HEAT_OFF, STRENGTH_PM
from massager.core.techniques import (
    CUE,
    HOLD,
    KNEAD,
    PRESS,
    RUB_CIRCULAR,
    RUB_LINEAR,
    RUB_SPIRAL,
    SHAKE,
    STROKE,
    VIBRATE,
    WAVE,
)
from massager.core.zones import CALF, SIDES, THIGH

# What a program mostly is; the program lamp's colour.
STROKING = const(0)
PRESSING = const(1)
SHAKING = const(2)
WARMING = const(3)
CAREFUL = const(4)
OWN = const(5)  # a user's

LOCKED = const(1)  # flags: by or under a specialist only; a host has to unlock it once
GROWS = const(2)  # its strength is tied to the number of sessions done
INFRARED = const(4)  # heats with the infrared lamp instead of the pad
GENTLE = const(8)  # never stronger than the lowest strength level, whatever is chosen

# What steps use of a board, as bits.
USES_ROLLER = const(1)
USES_SIDES = const(2)
USES_HEAT = const(4)

# A rehabilitation course has "about 30 sessions", with the least load at first and a gradual rise.
GROWS_SESSIONS = const(30)

# Lengths are whole cycles of the technique, so that no stroke or press is cut off.

# fmt: off

# Self-massage of 12 to 17 minutes: light stroking upwards below and above the knee, circles at its sides, strokes over
# the whole knee, rubbing without increased pressure, shifting of the muscles, and easy strokes to finish.
_SELF = (
    (STROKE, CALF, 700, 700, 84, HEAT_HIGH, HOLD),
    (STROKE, THIGH, 700, 700, 84, HEAT_HIGH, HOLD),
    (RUB_CIRCULAR, SIDES, 700, 850, 168, HEAT_HIGH, HOLD),
    (STROKE, THIGH, 750, 750, 42, HEAT_HIGH, STROKE),
    (RUB_LINEAR, THIGH, 750, 750, 90, HEAT_HIGH, HOLD),
    (RUB_LINEAR, CALF, 750, 750, 90, HEAT_HIGH, HOLD),
    (KNEAD, THIGH, 700, 850, 90, HEAT_HIGH, HOLD),
    (STROKE, THIGH, 700, 700, 84, HEAT_LOW, HOLD),
)

# Dosed point pressure, from small to the most that causes no discomfort: presses grow one by one up to the strength the
# person set, never past it. Strokes first and last; the muscles above and below the joint are pressed most, its sides
# shallowly.
_SHIATSU = (
    (STROKE, THIGH, 700, 700, 56, HEAT_HIGH, HOLD),
    (STROKE, SIDES, 700, 700, 56, HEAT_HIGH, HOLD),
    (PRESS, THIGH, 700, 850, 120, HEAT_HIGH, HOLD),
    (PRESS, CALF, 700, 850, 120, HEAT_HIGH, HOLD),
    (PRESS, SIDES, 700, 800, 120, HEAT_HIGH, HOLD),
    (PRESS, THIGH, 850, 1000, 120, HEAT_HIGH, HOLD),
    (PRESS, CALF, 850, 1000, 72, HEAT_HIGH, HOLD),
    (STROKE, THIGH, 700, 700, 56, HEAT_LOW, HOLD),
)

# Shaking of skin and muscle, which all tissues pass on: both sides together, in turn, and together again, growing.
_VIBRATION = (
    (STROKE, SIDES, 700, 700, 63, HEAT_HIGH, HOLD),
    (VIBRATE, SIDES, 700, 850, 180, HEAT_HIGH, HOLD),
    (SHAKE, SIDES, 700, 850, 180, HEAT_HIGH, HOLD),
    (VIBRATE, SIDES, 850, 1000, 121, HEAT_HIGH, HOLD),
    (STROKE, SIDES, 700, 700, 56, HEAT_LOW, HOLD),
)

# A heating pad on the joint for 15 to 20 minutes before the massage. The session's time limit ends it: after 15
# minutes unless it was set otherwise.
_WARM = ((HOLD, THIGH, 0, 0, 1200, HEAT_HIGH, HOLD),)

# Stroking and rubbing, and nothing else.
_RUSSIAN = (
    (STROKE, THIGH, 700, 700, 84, HEAT_HIGH, HOLD),
    (STROKE, SIDES, 700, 700, 42, HEAT_HIGH, HOLD),
    (RUB_LINEAR, THIGH, 700, 850, 120, HEAT_HIGH, HOLD),
    (RUB_CIRCULAR, SIDES, 700, 850, 120, HEAT_HIGH, HOLD),
    (RUB_SPIRAL, SIDES, 750, 900, 120, HEAT_HIGH, HOLD),
    (RUB_LINEAR, CALF, 700, 900, 120, HEAT_HIGH, HOLD),
    (STROKE, THIGH, 700, 700, 56, HEAT_LOW, HOLD),
)

# Stroking, rubbing, and movements of the joint, which the person makes: motors rest, beeps pace bending and
# straightening.
_SWEDISH = (
    (STROKE, THIGH, 700, 700, 84, HEAT_HIGH, HOLD),
    (STROKE, SIDES, 700, 700, 42, HEAT_HIGH, HOLD),
    (RUB_LINEAR, THIGH, 700, 850, 120, HEAT_HIGH, HOLD),
    (RUB_CIRCULAR, SIDES, 700, 850, 120, HEAT_HIGH, HOLD),
    (CUE, THIGH, 0, 0, 80, HEAT_HIGH, HOLD),
    (RUB_LINEAR, CALF, 700, 850, 120, HEAT_HIGH, HOLD),
    (CUE, THIGH, 0, 0, 80, HEAT_HIGH, HOLD),
    (STROKE, THIGH, 700, 700, 56, HEAT_LOW, HOLD),
)

# Like the Swedish, with the small movements of thumbs: short, shallow kneading with many repeats, at the painful area
# too, and rubbing.
_FINNISH = (
    (STROKE, THIGH, 700, 700, 84, HEAT_HIGH, HOLD),
    (KNEAD, THIGH, 650, 750, 120, HEAT_HIGH, HOLD),
    (KNEAD, CALF, 650, 750, 120, HEAT_HIGH, HOLD),
    (RUB_LINEAR, SIDES, 700, 750, 100, HEAT_HIGH, HOLD),
    (KNEAD, SIDES, 650, 750, 120, HEAT_HIGH, HOLD),
    (CUE, THIGH, 0, 0, 48, HEAT_HIGH, HOLD),
    (STROKE, SIDES, 700, 700, 56, HEAT_LOW, HOLD),
)

# Frees the muscles of stagnant venous blood: deep kneading of calf and thigh, and waves towards the heart.
_EASTERN = (
    (WAVE, CALF, 700, 700, 96, HEAT_HIGH, WAVE),
    (KNEAD, CALF, 800, 1000, 120, HEAT_HIGH, HOLD),
    (KNEAD, THIGH, 800, 1000, 120, HEAT_HIGH, HOLD),
    (WAVE, THIGH, 700, 700, 96, HEAT_HIGH, WAVE),
    (KNEAD, CALF, 850, 1000, 90, HEAT_HIGH, HOLD),
    (KNEAD, THIGH, 850, 1000, 90, HEAT_HIGH, HOLD),
    (WAVE, CALF, 700, 700, 72, HEAT_HIGH, WAVE),
    (STROKE, THIGH, 700, 700, 56, HEAT_LOW, HOLD),
)

# Three parts, each action 3 to 6 times. Preparation: stroking, kneading and shaking of the thigh, and again. Main part,
# a cycle three times: stroking and circles at the sides of the knee, rubbing of several kinds, and quickly over the
# thigh once more with fewer repeats. Final: bending and straightening, easy strokes, careful shaking, strokes.
_CLASSIC_CYCLE = (
    (STROKE, SIDES, 700, 700, 42, HEAT_HIGH, HOLD),
    (RUB_CIRCULAR, SIDES, 750, 800, 12, HEAT_HIGH, HOLD),
    (RUB_LINEAR, THIGH, 750, 800, 12, HEAT_HIGH, HOLD),
    (RUB_SPIRAL, SIDES, 800, 900, 24, HEAT_HIGH, HOLD),
    (KNEAD, THIGH, 800, 800, 6, HEAT_HIGH, HOLD),
    (SHAKE, SIDES, 750, 750, 8, HEAT_HIGH, HOLD),
    (STROKE, THIGH, 750, 750, 21, HEAT_HIGH, HOLD),
)
_CLASSIC = (
    (STROKE, THIGH, 700, 700, 42, HEAT_HIGH, HOLD),
    (STROKE, CALF, 700, 700, 42, HEAT_HIGH, HOLD),
    (KNEAD, THIGH, 750, 750, 6, HEAT_HIGH, HOLD),
    (SHAKE, SIDES, 700, 750, 12, HEAT_HIGH, HOLD),
    (STROKE, THIGH, 750, 750, 42, HEAT_HIGH, HOLD),
    (KNEAD, THIGH, 750, 750, 6, HEAT_HIGH, HOLD),
    (SHAKE, SIDES, 700, 750, 12, HEAT_HIGH, HOLD),
) + _CLASSIC_CYCLE * 3 + (
    (CUE, THIGH, 0, 0, 48, HEAT_HIGH, HOLD),
    (STROKE, SIDES, 700, 700, 42, HEAT_LOW, HOLD),
    (SHAKE, SIDES, 700, 700, 12, HEAT_LOW, HOLD),
    (STROKE, THIGH, 700, 700, 42, HEAT_LOW, HOLD),
)

# After an injury: round strokes, shaking and squeezing, rubbing, kneading, a last vibration and light strokes; careful,
# and never more than what the number of sessions allows.
_POST_TRAUMA = (
    (STROKE, SIDES, 700, 700, 84, HEAT_HIGH, HOLD),
    (SHAKE, SIDES, 700, 700, 80, HEAT_HIGH, HOLD),
    (PRESS, THIGH, 700, 750, 80, HEAT_HIGH, HOLD),
    (RUB_LINEAR, SIDES, 700, 750, 120, HEAT_HIGH, HOLD),
    (KNEAD, SIDES, 700, 750, 90, HEAT_HIGH, HOLD),
    (VIBRATE, SIDES, 700, 700, 62, HEAT_HIGH, HOLD),
    (STROKE, THIGH, 700, 700, 84, HEAT_LOW, HOLD),
)

# Lymph drainage after an operation: one slow low wave after the other, from the far end to the near end. No heat, which
# would feed a swelling.
_POST_OP = (
    (WAVE, CALF, 700, 700, 240, HEAT_OFF, WAVE),
    (WAVE, THIGH, 700, 700, 240, HEAT_OFF, WAVE),
    (WAVE, CALF, 700, 700, 120, HEAT_OFF, WAVE),
)

# Steaming for 10 to 15 minutes, 15 minutes of soft circles, then kept warm: twice what a session may last, so each part
# is shortened.
_HONEY = (
    (HOLD, THIGH, 0, 0, 300, HEAT_HIGH, HOLD),
    (RUB_CIRCULAR, SIDES, 700, 750, 432, HEAT_HIGH, HOLD),
    (HOLD, THIGH, 0, 0, 168, HEAT_HIGH, HOLD),
)

# An infrared massager acts twice, by its warmth and by its touch.
_INFRARED = (
    (STROKE, SIDES, 700, 700, 84, HEAT_HIGH, HOLD),
    (RUB_LINEAR, THIGH, 700, 850, 120, HEAT_HIGH, HOLD),
    (RUB_CIRCULAR, SIDES, 700, 850, 168, HEAT_HIGH, HOLD),
    (RUB_LINEAR, CALF, 700, 850, 120, HEAT_HIGH, HOLD),
    (RUB_SPIRAL, SIDES, 750, 900, 80, HEAT_HIGH, HOLD),
    (STROKE, THIGH, 700, 700, 56, HEAT_LOW, HOLD),
)

# A device for knees: deep massage on rollers, intensive heat and vibration, all at once.
_JOINMAX = (
    (STROKE, THIGH, 700, 700, 84, HEAT_HIGH, HOLD),
    (KNEAD, THIGH, 750, 900, 150, HEAT_HIGH, VIBRATE),
    (KNEAD, CALF, 800, 1000, 150, HEAT_HIGH, VIBRATE),
    (KNEAD, THIGH, 900, 1000, 150, HEAT_HIGH, SHAKE),
    (KNEAD, CALF, 900, 1000, 150, HEAT_HIGH, VIBRATE),
    (STROKE, THIGH, 700, 700, 56, HEAT_HIGH, HOLD),
)

# The first is what MODE starts on a device that was never set, the first four its favourites.
BUILT_IN: "tuple[tuple[str, int, int, tuple[tuple[int, ...], ...]], ...]" = (
    ("self", STROKING, 0, _SELF),
    ("shiatsu", PRESSING, 0, _SHIATSU),
    ("vibration", SHAKING, 0, _VIBRATION),
    ("warm", WARMING, 0, _WARM),
    ("russian", STROKING, 0, _RUSSIAN),
    ("swedish", STROKING, 0, _SWEDISH),
    ("finnish", PRESSING, 0, _FINNISH),
    ("eastern", PRESSING, 0, _EASTERN),
    ("classic", STROKING, 0, _CLASSIC),
    ("post-trauma", CAREFUL, GROWS, _POST_TRAUMA),
    ("post-op", CAREFUL, LOCKED | GENTLE, _POST_OP),
    ("honey", WARMING, 0, _HONEY),
    ("infrared", WARMING, INFRARED, _INFRARED),
    ("joinmax", SHAKING, 0, _JOINMAX),
)
# fmt: on

USER_SLOTS = const(8)  # of programs that users make; their numbers follow those of the built-in ones


def name(number: int) -> str:
    """Return the name of a built-in program."""
    return BUILT_IN[number][0]


def family(number: int) -> int:
    """Return the family of a built-in program."""
    return BUILT_IN[number][1]


def flags(number: int) -> int:
    """Return the flags of a built-in program."""
    return BUILT_IN[number][2]


def steps(number: int) -> "tuple[tuple[int, ...], ...]":
    """Return the steps of a built-in program."""
    return BUILT_IN[number][3]


def number_of(wanted: "str | None") -> int:
    """Return a built-in program's number by its name, -1 if there is none of that name."""
    for number in range(len(BUILT_IN)):
        if name(number) == wanted:
            return number
    return -1


def grown_pm(sessions_done: int) -> int:
    """Return the most strength of a growing program, per mille, after so many sessions: it rises evenly from the
    lowest strength level to the highest.
    """
    least_pm = STRENGTH_PM[1]
    return least_pm + (STRENGTH_PM[-1] - least_pm) * min(sessions_done, GROWS_SESSIONS) // GROWS_SESSIONS
