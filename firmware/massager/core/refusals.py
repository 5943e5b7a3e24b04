"""Why a command is refused: small numbers inside, a sentence each outside the tick."""

from micropython import const

from massager.core import signals

OK = const(0)
ACTIVE = const(1)
FAULT = const(2)
STOP_DOWN = const(3)
STALE = const(4)
NO_SESSION = const(5)
LONGER = const(6)
HIGHER = const(7)
LOCKED = const(8)
NO_LAMP = const(9)
NO_PROGRAM = const(10)
NOT_LENT = const(11)
STUCK_MODE = const(12)
STUCK_STRENGTH = const(13)
STUCK_HEAT = const(14)
FIRST_USE = const(15)
MAINTENANCE = const(16)
NO_HEAT = const(17)
RESTING = const(18)
DAY_USED = const(19)
NO_MAINTENANCE = const(20)
SUPPLY = const(21)
UNWORN = const(22)
TRYING = const(23)
STOP_UP = const(24)

_STUCK = " has been down since the device was switched on. Let it go; if nobody holds it, it is stuck: have it mended."

WORDS = (
    "",
    "A session is running. Stop it first.",
    "A fault is latched. Read status for what to do; only a press at the device clears it.",
    "The stop button is pressed, or its wire is broken. Let it go or check the wire.",
    "The temperature sensors give no fresh reading. Try again; if it stays, restart the device.",
    "No session is running. Start one first.",
    "The time left can only be made shorter.",
    "The personal limit can only be lowered here.",
    "This program is locked: it is for use by or under a specialist. `kneectl settings unlock` unlocks it once.",
    "This program heats with an infrared lamp, and this device has none.",
    "There is no program of this number.",
    "The program has to be read from the device's store first.",
    "MODE" + _STUCK,
    "STRENGTH" + _STUCK,
    "HEAT" + _STUCK,
    "Before first use read who must not use it: in the manual, or `kneectl contraindications`. If none of it applies, "
    "hold HEAT at the device for 2 s and let go.",
    "The device was started for maintenance: there are no sessions. Switch it off and on to use it.",
    "The device did not pass its own test, so there is no heat. Read status for what to do.",
    "After a session comes a rest.",  # whoever refuses adds how long it still is
    "Sessions may last 60 minutes in 24 hours, and did.",
    "That is for maintenance. Switch the device off, and hold STOP and MODE for 3 s while you switch it on.",
    "The supply is not between 4.5 and 5.5 V. Check the power supply and its plug.",
    "The pad is off the skin. Strap it on flat, sensor side to the skin, and press MODE at the device to go on.",
    "Something is being tried. It takes two seconds; ask again.",
    "That is tried while STOP is held down. Hold it, and ask again.",
)


def of_stuck(buttons: int) -> int:
    """Return the refusal for buttons that are stuck, a sum of signals.MODE, STRENGTH, HEAT; OK for none (SAF-35)."""
    if buttons & signals.MODE:
        return STUCK_MODE
    if buttons & signals.STRENGTH:
        return STUCK_STRENGTH
    return STUCK_HEAT if buttons else OK
