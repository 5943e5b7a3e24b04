"""What the device looks at in itself when it starts (SAF-45), and how it was started: small numbers, and a sentence
each outside the tick. Running the tests is device/self_test.py's job.
"""

from micropython import const

from massager.core import limits

PASSED = const(0)
IMAGE_UNLISTED = const(1)
IMAGE_DAMAGED = const(2)
SETTINGS = const(3)
SKIN = const(4)
PAD = const(5)
READ_BACK = const(6)
MEMORY = const(7)
WATCHDOG = const(8)
PAD_POWER = const(9)
ROLLER_FORCE = const(10)
UNCALIBRATED = const(11)

WORDS = (
    "",
    "There is no list to check the firmware by: flashing it has not been finished. Flash the device anew.",
    "The firmware in flash is not what it should be, or only half of it. Flash the device anew.",
    "No heat: the settings were damaged. Set them again, then switch the device off and on.",
    "No heat: the skin sensor gave no sound reading at the start. Check its plug, then switch off and on.",
    "No heat: the pad sensor gave no sound reading at the start. Check its plug, then switch off and on.",
    "No heat: the pad's supply was not off at the start. Unplug the device; if it stays, have it checked.",
    "No heat: the controller has too little memory left. Remove programs, then switch the device off and on.",
    "No heat: the watchdog did not restart the controller when it was tried. Have the device checked.",
    "No heat: the pad is too strong for its area, by the figures in board.py. Fit another, or mend them.",
    "No heat, and the roller stands still: by the figures in board.py it could pinch. Limit its current, or mend them.",
    "No heat: this board's converter may be degrees off. Calibrate both sensors at 38 to 41 °C: `kneectl calibrate`.",
)

# How the device was started.
NORMAL = const(0)
MAINTENANCE = const(1)
RESCUE = const(2)


def is_off_for_good(failed: int) -> bool:
    """Return True for what lets nothing at all be on: code that is not what was tested may do anything (SAF-54)."""
    return failed in (IMAGE_UNLISTED, IMAGE_DAMAGED)


def is_pad_too_strong(pad_mw: int, pad_mm2: int) -> bool:
    """Return True if a pad of so many milliwatts and square millimetres heats the skin too much (SAF-19)."""
    return pad_mw * 1000 > pad_mm2 * limits.SURFACE_UW_SQ_MM


def is_roller_too_strong(limit_ma: int, nmm_a: int, lever_mm: int) -> bool:
    """Return True if a roller could press too hard before its driver limits the current to limit_ma (SAF-36).

    nmm_a: torque per ampere at the shaft of the nodes, N mm/A; lever_mm: from there to where a node presses.
    """
    return limit_ma * nmm_a > lever_mm * limits.PINCH_MN
