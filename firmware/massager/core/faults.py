"""Faults: small numbers inside the tick, their names, words and remedies in one table outside it."""

from micropython import const

NONE = const(0)
SKIN_HOT = const(1)
PAD_HOT = const(2)
SKIN_OPEN = const(3)
SKIN_SHORT = const(4)
PAD_OPEN = const(5)
PAD_SHORT = const(6)

_ACKNOWLEDGE = "then hold STOP for 2 s and let go."

# Number -> group, told by that many blinks of the state lamp: 1 too hot, 2 skin sensor, 3 pad sensor.
GROUPS = (0, 1, 1, 2, 2, 3, 3)

# Number -> name, what happened, what to do.
TABLE = (
    ("none", "", ""),
    (
        "skin_hot",
        "The skin sensor read 43 degrees or more.",
        "Take the pad off and let the skin cool, " + _ACKNOWLEDGE + " If it happens again, have the device checked.",
    ),
    (
        "pad_hot",
        "The heating pad read 46 degrees or more.",
        "Take the pad off and let it cool, " + _ACKNOWLEDGE + " If it happens again, do not use it: have it checked.",
    ),
    (
        "skin_open",
        "The skin sensor does not answer: its wire is broken or unplugged.",
        "Unplug the device, check the skin sensor's plug and cable, " + _ACKNOWLEDGE,
    ),
    (
        "skin_short",
        "The skin sensor reads hotter than anything can be: its wires touch.",
        "Unplug the device, check the skin sensor's cable for damage, " + _ACKNOWLEDGE,
    ),
    (
        "pad_open",
        "The pad sensor does not answer: its wire is broken or unplugged.",
        "Unplug the device, check the pad's plug and cable, " + _ACKNOWLEDGE,
    ),
    (
        "pad_short",
        "The pad sensor reads hotter than anything can be: its wires touch.",
        "Unplug the device, check the pad's cable for damage, " + _ACKNOWLEDGE,
    ),
)
