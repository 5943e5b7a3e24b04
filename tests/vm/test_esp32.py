"""The whole firmware as an ESP32 runs it, on the real MicroPython VM and a simulated chip that keeps to the documents.

What they say: MicroPython's "Quick reference for the ESP32" (read_uv, attenuation, the watchdog's least timeout, pins
without pull-ups, PWM channels), its port's own sources (what reset_cause() says, the RTC's memory through restarts),
ESP-IDF's reference on esp_restart (peripherals are not reset) and on reset reasons (a reset by the pin of an ESP32
reads as power), its page on ADC calibration (fuses that were not burnt). No such chip was there to ask.
"""

import json
import math
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kneesim.engines import ROOT
from massager.core import limits

HEAP = "16M"  # the simulated world lives in it, too
SCRIPT = Path(__file__).parent / "esp32_device.py"
HARD, SOFT, UNKNOWN, POWER = 2, 5, 0, 1  # of reset_cause(); SOFT and POWER stand for what else may be said

Play = Callable[..., dict[str, Any]]


@pytest.fixture
def play(vm: Callable[[str], list[str]]) -> Play:
    """Return what plays a case and returns what was seen; the chip was not misused in it."""

    def run(case: str, *numbers: int) -> dict[str, Any]:
        command = [*vm(HEAP), str(SCRIPT), str(ROOT), case, *map(str, numbers)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
        seen: dict[str, Any] = json.loads(done.stdout)
        assert seen["violations"] == []
        return seen

    return run


def driven(seen: dict[str, Any], when: str) -> list[int]:
    """Return the outputs that were high, all the time or some of it."""
    return [pin for pin, level_pm in zip(seen["outputs"], seen[when], strict=True) if level_pm]


def is_at_rest_and_says_so(seen: dict[str, Any]) -> bool:
    return (
        seen["starts"] == 2
        and driven(seen, "levels_started") == []
        and not seen["is_enabled"]
        and seen["status"]["state"] == "idle"
        and seen["status"]["why"] == "Just switched on; nothing runs by itself."
    )


@pytest.mark.parametrize("cause", [UNKNOWN, HARD, SOFT, POWER])
def test_saf_43_pins_that_a_restart_leaves_high_are_driven_low_before_anything_else(play: Play, cause: int) -> None:
    seen = play("restart", cause)
    on = driven(seen, "levels_before")
    assert len(on) == 3  # heater, alive pin, one side of the roller
    assert driven(seen, "levels_reset") == on
    first = seen["made"][: len(seen["outputs"])]
    assert [pin for pin, _, _ in first] == seen["outputs"]
    assert all(is_output for _, is_output, _ in first)
    assert [pin for pin, _, level_pm in first if level_pm] == on  # boot.py found them as they had been left
    assert not any(level_pm for _, _, level_pm in seen["made"][len(seen["outputs"]) :])
    assert is_at_rest_and_says_so(seen)
    assert seen["hello"]["reset"] == ("power" if cause == POWER else "watchdog")


def test_saf_40_a_bite_of_the_watchdog_ends_a_session_and_says_so(play: Play) -> None:
    seen = play("hang")
    assert driven(seen, "levels_reset") == driven(seen, "levels_before")  # held by the pins, not by the charge pump
    assert is_at_rest_and_says_so(seen)
    assert seen["hello"]["reset"] == "watchdog"


def test_opening_the_port_ends_a_session_and_reads_as_power(play: Play) -> None:
    seen = play("port")
    assert driven(seen, "levels_before")
    assert driven(seen, "levels_reset") == []  # in that very instant
    assert is_at_rest_and_says_so(seen)
    assert seen["hello"]["reset"] == "power"


def test_saf_44_restarts_are_counted_in_the_memory_of_the_rtc(play: Play) -> None:
    seen = play("thrice", 0)
    assert seen["starts"] == 4
    assert (seen["status"]["state"], seen["status"]["fault"]) == ("fault", "resets")
    # The link alone: after boot.py no pin but those of lamps and buzzer is made an output.
    later = [pin for pin, is_output, _ in seen["made"][len(seen["outputs"]) :] if is_output]
    assert later == seen["outputs"][-2:]


def test_saf_44_a_host_that_opens_the_port_three_times_locks_nobody_out(play: Play) -> None:
    seen = play("thrice", 1)
    assert seen["starts"] == 4
    assert seen["status"]["state"] == "idle"


def celsius(mv: int, pull_up_ohm: int) -> float:
    """Return how warm a 10 k thermistor of B 3950 is that has so many of 3300 mV under its pull-up."""
    ohm = pull_up_ohm * mv / (3300 - mv)
    return 1 / (1 / 298.15 + math.log(ohm / 10_000) / 3950) - 273.15


def test_microvolts_become_temperatures_where_the_converter_is_straight(play: Play) -> None:
    seen = play("readings")
    for name, pull_up_ohm in (("skin", 22_000), ("pad", 24_000)):
        assert [seen[name][0][0], seen[name][-1][0]] == [150, 2450]
        for mv, mc in seen[name]:
            # A table of 64 pieces is coarse where nobody's skin is.
            most_c = 0.1 if 20 <= celsius(mv, pull_up_ohm) <= 50 else 1.0
            assert abs(mc / 1000 - celsius(mv, pull_up_ohm)) <= most_c, (name, mv)


def test_saf_05_the_converters_ends_are_out_of_any_sensors_band(play: Play) -> None:
    seen = play("readings")
    for name in ("skin", "pad"):
        short_mc, open_mc = seen[name + "_ends"]
        assert short_mc > limits.SENSOR_HIGH_MC
        assert open_mc < limits.SENSOR_LOW_MC


def test_saf_05_a_chip_without_calibration_drives_nothing_and_says_why(play: Play) -> None:
    seen = play("unburnt")
    assert seen["starts"] == 1
    assert seen["highs"] == []
    assert seen["status"]["state"] == "fault"
    assert seen["status"]["fault"] == "skin_short"
