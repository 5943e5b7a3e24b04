"""The device's look at itself before anything is on (SAF-45). Words and numbers are in core/self_tests.py."""

import gc
import time

import machine

from massager.core import limits, self_tests, sensors, signals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from massager.device.hardware import Senses

_BITE_WITHIN_MS = 3000
_LET_GO_WITHIN_MS = 500  # the charge pump holds up to 400 ms after a reset in a session
_LOOK_MS = 10


def failed(board: "Any", senses: "Senses") -> int:
    """Return the first of the tests that the device does not pass, self_tests.PASSED if there is none. Takes half a
    second if the enable holds on.
    """
    if self_tests.is_pad_too_strong(board.PAD_MW, board.PAD_MM2):
        return self_tests.PAD_POWER
    if self_tests.is_roller_too_strong(board.ROLLER_LIMIT_MA, board.ROLLER_NMM_A, board.ROLLER_LEVER_MM):
        return self_tests.ROLLER_FORCE
    if not has_let_go(senses):
        return self_tests.READ_BACK
    inputs = signals.Inputs()
    skin_mc, pad_mc = [], []
    for _ in range(limits.SELF_TEST_SAMPLES):
        senses.read(0, inputs)
        skin_mc.append(sensors.table_mc(board.SKIN_NTC_MC, inputs.skin_code))
        pad_mc.append(sensors.table_mc(board.PAD_NTC_MC, inputs.pad_code))
    if not is_sound(skin_mc):
        return self_tests.SKIN
    if not is_sound(pad_mc):
        return self_tests.PAD
    return self_tests.PASSED


def has_let_go(senses: "Senses") -> bool:
    """Return True once neither heater nor lamp has any supply, False if that does not come."""
    inputs = signals.Inputs()
    for _ in range(_LET_GO_WITHIN_MS // _LOOK_MS):
        senses.read(0, inputs)
        if not inputs.heater_sense and not inputs.lamp_sense:
            return True
        time.sleep_ms(_LOOK_MS)
    return False


def is_sound(found_mc: "list[int]") -> bool:
    """Return True for temperatures, in milli-degrees, that a sensor in order may have within a moment."""
    least_mc, most_mc = min(found_mc), max(found_mc)
    is_in_band = least_mc >= limits.SENSOR_LOW_MC and most_mc <= limits.SENSOR_HIGH_MC
    return is_in_band and most_mc - least_mc <= limits.SELF_TEST_SPREAD_MC


def has_memory() -> bool:
    """Return True if there is enough memory left for a session; ask when everything has been made."""
    gc.collect()
    return gc.mem_free() >= limits.MEMORY_LEAST_BYTES


def starve_watchdog() -> None:
    """Arm the watchdog and wait for its bite; returns only if none comes."""
    machine.WDT(timeout=limits.WATCHDOG_MS)
    for _ in range(_BITE_WITHIN_MS // _LOOK_MS):
        time.sleep_ms(_LOOK_MS)
