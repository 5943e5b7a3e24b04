"""The shipped firmware, compiled, on MicroPython's own image in an emulated RP2040: start, session, stop."""

from itertools import pairwise

import pytest

from kneesim.pico.device import PicoDevice
from steps import into_session, ms_until_off

_LATE_MS = 15  # SAF-52
_WARMING_C = 0.4  # in 100 ms
_MUCH_TOO_HOT_C = 44.0


def test_heater_motors_and_alive_pin_stay_low_until_a_session_is_started(device: PicoDevice) -> None:
    device.run_ms(300)
    assert device.wiring.highs == []
    assert device.is_off()
    assert device.status()["state"] == "idle"
    assert device.result("hello")["reset"] == "power"
    assert device.rig.resets_us == []
    assert device.other_lines == []


def test_a_session_over_the_console_turns_motors_heats_and_keeps_the_enable_alive(device: PicoDevice) -> None:
    device.result("subscribe", hz=1)
    assert device.result("start", program="shiatsu", strength=3) == {"state": "running"}
    device.run_ms(1000)  # in which the pin stands still for a while, to prove that the enable lets go
    device.wiring.highs.clear()
    pad_c = device.plant.heat.pad_c
    for _ in range(3):
        device.run_ms(1000)
        device.notify("renew")
    rises = [us for us, pin in device.wiring.highs if pin == device.board.PIN_ALIVE]
    gaps = {round((later - earlier) / 1000) for earlier, later in pairwise(rises)}
    assert gaps <= set(range(40 - _LATE_MS, 40 + _LATE_MS + 1)), gaps  # an edge a tick
    frames = device.telemetry()
    assert len(frames) >= 2
    assert frames[-1]["state"] == "running"
    assert frames[-1]["roller_pm"] and frames[-1]["roller_ma"] > 50
    assert frames[-1]["duty_pm"] > 0
    assert device.plant.heat.pad_c > pad_c + 0.05
    assert max(frame["late_ms"] for frame in frames) <= _LATE_MS

    assert device.result("stop") == {"state": "idle"}
    assert ms_until_off(device, 40) <= 40


def test_the_stop_button_stops_a_session(device: PicoDevice) -> None:
    into_session(device)
    device.do("press stop")
    assert ms_until_off(device, 60) <= 60
    device.run_ms(100)
    assert device.status()["why"] == "The stop button was pressed."


@pytest.mark.parametrize(("words", "fault"), [("skin_ntc open", "skin_open"), ("pad_ntc short", "pad_short")])
def test_a_broken_sensor_trips(device: PicoDevice, words: str, fault: str) -> None:
    into_session(device)
    device.do(words)
    assert ms_until_off(device, 100) <= 100
    status = device.status()
    assert (status["state"], status["fault"]) == ("fault", fault)
    assert status["remedy"]


def test_saf_03_skin_that_gets_too_hot_trips(device: PicoDevice) -> None:
    into_session(device)
    while not device.is_off():
        device.plant.heat.skin_c += _WARMING_C  # as slowly as a sensor that is whole can show it
        device.run_ms(100)
        assert device.plant.heat.skin_c < _MUCH_TOO_HOT_C
    assert device.status()["fault"] == "skin_hot"
    device.run_ms(400)
    assert not device.plant.pump.is_on(device.rig.now_us)


def test_saf_11_a_welded_heater_switch_trips_and_loses_the_enable(device: PicoDevice) -> None:
    into_session(device)
    device.do("heater_switch welded")
    assert ms_until_off(device, 1500) <= 1500  # it shows when the pin is low
    assert device.status()["fault"] == "heater_switch"
    device.run_ms(400)
    assert not device.plant.pump.is_on(device.rig.now_us)


def test_saf_32_a_roller_that_is_held_trips(device: PicoDevice) -> None:
    into_session(device)
    device.do("roller jammed")
    assert ms_until_off(device, 3000) <= 3000
    assert device.status()["fault"] in ("stall", "over_current")
