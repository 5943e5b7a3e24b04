"""Faults: small numbers inside the tick, their names, words and remedies in one table outside it."""

from micropython import const

NONE = const(0)
SKIN_HOT = const(1)
PAD_HOT = const(2)
SKIN_OPEN = const(3)
SKIN_SHORT = const(4)
PAD_OPEN = const(5)
PAD_SHORT = const(6)
SKIN_LOOSE = const(7)
PAD_LOOSE = const(8)
SKIN_JUMP = const(9)
PAD_JUMP = const(10)
NO_RISE = const(11)
RUNAWAY = const(12)
HEATER_SWITCH = const(13)
SKIN_FROZEN = const(14)
PAD_FROZEN = const(15)
DISAGREE = const(16)
STALL = const(17)
OVER_CURRENT = const(18)
ENABLE_STUCK = const(19)
NO_ENABLE = const(20)
CORRUPT = const(21)
RESETS = const(22)
SELF_TEST = const(23)
ROLLER_SENSE = const(24)

_ACKNOWLEDGE = "then hold STOP for 2 s and let go."
_CHECKED = " If it happens again, do not use it: have it checked."

# Number -> group, told by that many blinks of the state lamp: 1 too hot, 2 skin sensor, 3 pad sensor, 4 heater or its
# enable, 5 motor, 6 the controller itself.
GROUPS = (0, 1, 1, 2, 2, 3, 3, 2, 3, 2, 3, 4, 4, 4, 2, 3, 2, 5, 5, 4, 4, 6, 6, 6, 6)

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
    (
        "skin_loose",
        "The skin sensor comes and goes: a plug or a wire is loose.",
        "Unplug the device, push the skin sensor's plug home and check its cable, " + _ACKNOWLEDGE,
    ),
    (
        "pad_loose",
        "The pad sensor comes and goes: a plug or a wire is loose.",
        "Unplug the device, push the pad's plug home and check its cable, " + _ACKNOWLEDGE,
    ),
    (
        "skin_jump",
        "The skin sensor's reading changed faster than skin can.",
        "Put the pad on so that its sensor lies flat on the skin, " + _ACKNOWLEDGE + _CHECKED,
    ),
    (
        "pad_jump",
        "The pad sensor's reading changed faster than the pad can.",
        "Unplug the device, check the pad for water and its cable for damage, " + _ACKNOWLEDGE + _CHECKED,
    ),
    (
        "no_rise",
        "The pad is heated and does not get as warm as it must: its heater or its sensor does not work.",
        "Unplug the device, check the pad's plug and cable, " + _ACKNOWLEDGE + _CHECKED,
    ),
    (
        "runaway",
        "The pad gets warmer than its heater can make it: the heater does not switch off.",
        "Take the pad off and unplug the device. Do not use it: have it checked.",
    ),
    (
        "heater_switch",
        "The heater's switch, its wire or its supply does not do what it is told.",
        "Take the pad off and unplug the device, check the pad's plug, " + _ACKNOWLEDGE + _CHECKED,
    ),
    (
        "skin_frozen",
        "The skin sensor has shown one and the same value for too long: it is not being read.",
        "Unplug the device, wait 10 s and plug it in, " + _ACKNOWLEDGE + _CHECKED,
    ),
    (
        "pad_frozen",
        "The pad sensor has shown one and the same value for too long: it is not being read.",
        "Unplug the device, wait 10 s and plug it in, " + _ACKNOWLEDGE + _CHECKED,
    ),
    (
        "disagree",
        "The skin sensor and the pad sensor contradict each other.",
        "Strap the pad on flat, sensor side to the skin, " + _ACKNOWLEDGE + _CHECKED,
    ),
    (
        "stall",
        "The roller could not turn: something blocks it.",
        "Take the leg out, free the roller, " + _ACKNOWLEDGE,
    ),
    (
        "over_current",
        "The roller's motor took more current than it may.",
        "Take the leg out, check that the roller turns freely, " + _ACKNOWLEDGE + _CHECKED,
    ),
    (
        "enable_stuck",
        "The dead-man switch of heater and motors did not let go.",
        "Take the pad off and unplug the device. Do not use it: have it checked.",
    ),
    (
        "no_enable",
        "The dead-man switch did not let heater and motors have any current.",
        "Unplug the device, wait a minute and plug it in, " + _ACKNOWLEDGE + _CHECKED,
    ),
    (
        "corrupt",
        "A number that protects you changed in the controller's memory.",
        "Unplug the device, wait 10 s and plug it in, " + _ACKNOWLEDGE + _CHECKED,
    ),
    (
        "resets",
        "The controller restarted three times within a minute.",
        "Check the plug and the power supply, " + _ACKNOWLEDGE + _CHECKED,
    ),
    (
        "self_test",
        "The controller did not pass its own test; status says which part.",
        "Do what status says, " + _ACKNOWLEDGE + _CHECKED,
    ),
    (
        "roller_sense",
        "The roller's current reads more than its motor can take: the controller does not read its sensors right.",
        "Unplug the device, wait 10 s and plug it in, " + _ACKNOWLEDGE + _CHECKED,
    ),
)


def number_of(name: str) -> int:
    """Return the number of the fault of this name, -1 if there is none."""
    for number in range(len(TABLE)):
        if TABLE[number][0] == name:
            return number
    return -1
