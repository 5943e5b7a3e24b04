"""How the whole firmware starts: its test of itself, restarts that nobody asked for, maintenance."""

import json
import struct
from binascii import crc32
from collections.abc import Callable
from typing import Any

import pytest

from kneesim import faults
from kneesim.chip import POWER_ON
from kneesim.flash import Flash
from kneesim.inprocess import Device
from massager.core import limits, self_tests

STARTS = "/kept/starts"


def reset(device: Device) -> None:
    """Let the program end in a reset that nobody asked for, and start again."""
    faults.apply(device, "code", "raise", site="hardware.read")
    device.run_ms(1000)


def drives(device: Device) -> set[int]:
    """Return the actuators' pins that are more than a plain low output, or were driven high."""
    board, chip = device.board, device.chip
    pins = (board.PIN_HEATER, board.PIN_INFRARED, board.PIN_ALIVE, board.PIN_INNER, board.PIN_OUTER)
    pins += (board.PIN_ROLLER_IN1, board.PIN_ROLLER_IN2)
    return {pin for pin in pins if chip._mode[pin] != 2 or chip.level[pin]}


def press_everything(device: Device) -> None:
    """Try to start something by the link and by the buttons."""
    assert "error" in device.request("start", program="shiatsu")
    for button in ("mode", "heat", "strength"):
        device.press(button)
    device.press("mode", 2000)
    device.press("mode")
    device.run_ms(500)


# SAF-44


@pytest.mark.parametrize("board", ["pico", "esp32"])
def test_saf_44_three_resets_within_a_minute_leave_the_link_alone(board: str) -> None:
    with Device(board=board) as device:
        device.run_ms(500)
        for count in (1, 2):
            reset(device)
            device.run_ms(27_000)
            assert device.power.starts == count + 1
            assert device.status()["state"] == "idle"
        reset(device)
        status = device.status()
        assert (status["state"], status["fault"]) == ("fault", "resets")
        assert "three times within a minute" in status["why"]
        assert not drives(device)
        press_everything(device)
        assert not drives(device)
        assert device.status()["fault"] == "resets"


@pytest.mark.parametrize("board", ["pico", "esp32"])
def test_saf_44_resets_further_apart_are_none_of_it(board: str) -> None:
    with Device(board=board) as device:
        device.run_ms(500)
        for _ in range(5):
            reset(device)
            assert device.status()["state"] == "idle"
            device.run_ms(31_000)


def test_saf_44_power_cuts_are_no_resets() -> None:
    with Device() as device:
        device.run_ms(500)
        for _ in range(5):
            faults.apply(device, "power", "cut", off_ms=100)
            device.run_ms(1000)
        assert device.status()["state"] == "idle"


def _in_rescue(device: Device) -> None:
    device.run_ms(500)
    for _ in range(3):
        reset(device)
    assert device.status()["fault"] == "resets"


def test_saf_44_only_an_acknowledgement_at_the_device_ends_a_rescue(device: Device) -> None:
    _in_rescue(device)
    starts = device.power.starts
    device.press("stop", 500)
    device.run_ms(70_000)
    assert device.status()["fault"] == "resets"
    assert device.power.starts == starts
    device.press("stop", 2000)
    device.run_ms(3000)
    assert device.power.starts == starts + 1
    device.start_confirmed()
    device.run_ms(1000)
    assert device.levels()["roller"]
    # That restart was meant, and all is counted anew.
    device.result("stop")
    for _ in range(2):
        reset(device)
    assert device.status()["state"] == "idle"


def test_saf_44_a_rescue_outlives_a_power_cut() -> None:
    with Device() as device:
        _in_rescue(device)
    with Device(flash=device.flash) as device:
        device.run_ms(500)
        assert device.status()["fault"] == "resets"
        assert not drives(device)
        device.press("stop", 2000)
        device.run_ms(3000)
        assert device.status()["state"] == "idle"
    with Device(flash=device.flash) as device:
        device.run_ms(500)
        assert device.status()["state"] == "idle"


def test_saf_44_words_that_are_none_of_ours_count_nothing(device: Device) -> None:
    device.run_ms(500)
    for scratch in ([0x2D5A0000, 0x2D5A0000], [0x12345678 & 0x3FFFFFFF, 0], [0x3FFFFFFF, 0]):
        device.chip.scratch = scratch
        reset(device)
        assert device.status()["state"] == "idle"


def test_saf_44_stop_and_mode_held_at_power_up_are_maintenance() -> None:
    for held_ms, is_one in ((3100, True), (2900, False)):
        with Device() as device:
            device.plant.button("stop", True)
            device.plant.button("mode", True)
            device.run_ms(held_ms)
            device.plant.button("stop", False)
            device.plant.button("mode", False)
            device.run_ms(500)
            assert device.status()["state"] == "idle"
            if is_one:
                assert "for maintenance" in device.status()["why"]
                press_everything(device)
                assert device.is_off()
                assert not device.plant.pump.is_on(device.clock.now_us)
            else:
                assert device.result("start", program="shiatsu")["state"] == "running"


@pytest.mark.parametrize("buttons", [("stop",), ("mode",), ("stop", "mode", "heat"), ("mode", "heat")])
def test_saf_44_other_buttons_are_no_maintenance(buttons: tuple[str, ...]) -> None:
    with Device() as device:
        for button in buttons:
            device.plant.button(button, True)
        device.run_ms(4000)
        for button in buttons:
            device.plant.button(button, False)
        device.run_ms(500)
        assert "maintenance" not in device.status()["why"]
        assert device.result("start", program="shiatsu")["state"] == "running"


def test_saf_49_a_device_in_maintenance_is_calibrated_and_stays_so() -> None:
    with Device() as device:
        device.plant.button("stop", True)
        device.plant.button("mode", True)
        device.run_ms(3500)
        device.plant.button("stop", False)
        device.plant.button("mode", False)
        device.run_ms(500)
        for place in ("skin_ntc", "pad_ntc"):
            faults.apply(device, place, "stuck")  # as at rest as can be
        status = device.status()
        true_mc = (status["skin_mc"] + status["pad_mc"]) // 2
        device.result("calibration.begin", true_mc=true_mc)
        device.press("heat")
        device.run_ms(12_000)
        found = device.result("calibration.get")
        assert found["stage"] == "kept"
        assert found["skin_mc"] * found["pad_mc"] < 0
        assert abs(device.status()["skin_mc"] - true_mc) <= 2
    with Device(flash=device.flash) as device:
        device.run_ms(500)
        later = device.result("calibration.get")
        assert (later["skin_mc"], later["pad_mc"]) == (found["skin_mc"], found["pad_mc"])


# SAF-45


def test_saf_45_a_board_whose_converter_may_be_off_has_no_heat_before_it_is_calibrated() -> None:
    flash = Flash.used()
    flash.files["/kept/calibration.0"] = bytearray()
    for board, has_heat in (("esp32", False), ("pico", True)):
        with Device(board=board, flash=flash if board == "esp32" else None) as device:
            device.run_ms(500)
            assert ("Calibrate both sensors" in device.status().get("self_test", "")) != has_heat
            device.start_confirmed(program="warm")
            device.run_ms(8000)
            heat = device.plant.heat
            assert (heat.element_c > heat.pad_c + 0.5) == has_heat


def unproved() -> Flash:
    """Return the flash of a device in use whose image has not proved its watchdog."""
    flash = Flash.used()
    flash.files[STARTS + ".0"] = bytearray()
    return flash


def heats(device: Device) -> bool:
    """Start a session, and say whether it heats within five seconds."""
    device.start_confirmed()
    for _ in range(100):
        device.run_ms(50)
        if device.levels()["heater"]:
            return True
    return False


def test_saf_45_a_device_in_order_passes(device: Device) -> None:
    device.run_ms(500)
    assert "self_test" not in device.status()
    assert heats(device)


def _noisy(device: Device) -> None:
    read = device.chip.adc[device.board.PIN_PAD_NTC]
    assert read is not None
    count = iter(range(10**9))
    # Two looks come before the samples. 1.3 degrees, and only in one of the last samples.
    device.chip.adc[device.board.PIN_PAD_NTC] = lambda: read() + (900 if next(count) == 8 else 0)


def _forgetful(free_bytes: int) -> Callable[[Device], object]:
    return lambda device: setattr(device.chip, "free_bytes", free_bytes)


FAILING: dict[str, tuple[Callable[[Device], object], int]] = {
    "pad that is noisy": (_noisy, self_tests.PAD),
    "little memory": (_forgetful(limits.MEMORY_LEAST_BYTES - 1), self_tests.MEMORY),
}


@pytest.mark.parametrize("name", FAILING)
def test_saf_45_what_fails_is_named_and_refuses_heat_alone(name: str) -> None:
    fail, number = FAILING[name]
    with Device() as device:
        fail(device)
        device.run_ms(1500)
        assert device.status()["self_test"] == self_tests.WORDS[number]
        assert device.result("start", program="shiatsu")["note"] == self_tests.WORDS[number]
        device.press("mode")
        assert "error" in device.request("set", heat="low")
        for _ in range(3):
            device.press("heat")
        for _ in range(100):
            device.run_ms(50)
            assert not device.levels()["heater"]
        assert device.levels()["roller"]


def test_saf_45_a_supply_that_is_not_off_is_named_and_is_a_fault_as_well() -> None:
    with Device() as device:
        faults.apply(device, "heater_sense", "stuck_high")
        device.run_ms(1500)
        status = device.status()
        assert status["self_test"] == self_tests.WORDS[self_tests.READ_BACK]
        assert (status["state"], status["fault"]) == ("fault", "enable_stuck")


def test_saf_45_just_enough_memory_is_enough() -> None:
    with Device() as device:
        device.chip.free_bytes = limits.MEMORY_LEAST_BYTES
        device.run_ms(500)
        assert "self_test" not in device.status()
    assert limits.MEMORY_LEAST_BYTES == 50_000


@pytest.mark.parametrize(("place", "number"), [("skin_ntc", self_tests.SKIN), ("pad_ntc", self_tests.PAD)])
@pytest.mark.parametrize("name", ["open", "short"])
def test_saf_45_a_sensor_out_of_its_band_is_named(place: str, number: int, name: str) -> None:
    with Device() as device:
        faults.apply(device, place, name)
        device.run_ms(500)
        assert device.status()["self_test"] == self_tests.WORDS[number]


def test_saf_45_settings_that_are_damaged_refuse_heat_until_they_are_set_again() -> None:
    with Device() as device:
        device.run_ms(500)
        device.result("settings.set", knee="left")
    for path in ("/kept/settings.0", "/kept/settings.1"):
        if path in device.flash.files:
            device.flash.files[path][-1] ^= 1
    with Device(flash=device.flash) as device:
        device.run_ms(500)
        assert device.status()["self_test"] == self_tests.WORDS[self_tests.SETTINGS]
        device.press("heat", 2000)  # who must not use it is forgotten, too
        assert not heats(device)
        device.result("stop")
        device.run_ms(100)
        device.result("settings.set", knee="left")
    with Device(flash=device.flash) as device:
        device.run_ms(500)
        assert heats(device)


def test_saf_45_an_enable_that_still_holds_after_a_reset_is_given_time(running: Device) -> None:
    reset(running)
    assert "self_test" not in running.status()


def _starts(flash: Flash) -> dict[str, Any]:
    """Return what the newest whole record says."""
    found = []
    for slot in ("0", "1"):
        data = bytes(flash.files.get(f"{STARTS}.{slot}", b""))
        if len(data) > 8 and struct.unpack_from("<I", data, 4)[0] == crc32(data[8:], crc32(data[:4])):
            found.append((struct.unpack_from("<H", data)[0], json.loads(data[8:])))
    return max(found)[1] if found else {}


@pytest.mark.parametrize("board", ["pico", "esp32"])
def test_saf_45_the_watchdog_is_proved_once_for_each_image(board: str) -> None:
    with Device(board=board, flash=unproved()) as device:
        device.run_ms(1000)
        assert device.watch.controller is None  # it waits for the bite, with everything off
        device.run_ms(3000)
        assert device.power.starts == 2
        assert device.status()["state"] == "idle"
        assert "self_test" not in device.status()
        assert _starts(device.flash)["proved"] == device.flash.image_list.rstrip().rpartition(b"\n")[2].decode()
        for _ in range(2):  # the bite was meant, and does not count
            reset(device)
        assert device.status()["state"] == "idle"
    with Device(board=board, flash=device.flash) as device:
        device.run_ms(1000)
        assert device.power.starts == 1
        assert device.watch.controller is not None
    starts = json.dumps({**_starts(device.flash), "proved": "of-old"}).encode()
    numbers = struct.pack("<HH", 9, len(starts))
    device.flash.files[STARTS + ".0"] = bytearray(numbers + struct.pack("<I", crc32(starts, crc32(numbers))) + starts)
    with Device(board=board, flash=device.flash) as device:  # another image: proved anew
        device.run_ms(4000)
        assert device.power.starts == 2


def test_saf_45_a_watchdog_that_does_not_bite_refuses_heat() -> None:
    with Device(flash=unproved()) as device:
        device.chip._maybe_bite = lambda: None
        device.run_ms(4000)
        assert device.power.starts == 1
        assert device.status()["self_test"] == self_tests.WORDS[self_tests.WATCHDOG]
    with Device(flash=device.flash) as device:  # and it is tried again
        device.run_ms(4000)
        assert device.power.starts == 2
        assert heats(device)


def test_saf_45_a_reset_later_is_not_taken_for_the_bite() -> None:
    with Device(flash=unproved()) as device:
        device.chip._maybe_bite = lambda: None
        device.run_ms(4000)
        reset(device)
        assert not _starts(device.flash)["proved"]


def test_saf_45_a_bite_that_looks_like_a_loss_of_power_does_not_go_on_for_ever() -> None:
    with Device(flash=unproved()) as device:

        def bite() -> None:
            chip = device.chip
            chip._is_watching = False
            if chip._watchdog_us and device.clock.now_us >= chip._bite_us:
                chip.reset(POWER_ON)
            if chip._watchdog_us:
                chip._is_watching = True
                device.clock.at(chip._bite_us, bite)

        device.chip._maybe_bite = bite
        device.run_ms(12_000)
        assert device.power.starts == 3
        assert device.status()["self_test"] == self_tests.WORDS[self_tests.WATCHDOG]


def test_saf_45_a_flash_that_keeps_nothing_is_no_reason_for_endless_bites() -> None:
    with Device(flash=unproved()) as device:

        def fail(path: str) -> None:
            raise OSError(28)

        device.flash.begin_change = fail
        device.run_ms(4000)
        assert device.power.starts == 1
        assert device.status()["self_test"] == self_tests.WORDS[self_tests.WATCHDOG]
        device.flash.begin_change = lambda path: None


# SAF-19


@pytest.mark.parametrize(("pad_mw", "pad_mm2", "is_fine"), [(8000, 16000, True), (8001, 16000, False)])
def test_saf_19_a_pad_too_strong_for_its_area_is_not_heated(pad_mw: int, pad_mm2: int, is_fine: bool) -> None:
    with Device(facts={"PAD_MW": pad_mw, "PAD_MM2": pad_mm2}) as device:
        device.run_ms(500)
        assert device.status().get("self_test", "") == ("" if is_fine else self_tests.WORDS[self_tests.PAD_POWER])
        assert heats(device) == is_fine


@pytest.mark.parametrize(("lever_mm", "is_fine"), [(13, True), (12, False)])
def test_saf_36_a_roller_that_could_pinch_stands_still(lever_mm: int, is_fine: bool) -> None:
    with Device(facts={"ROLLER_LEVER_MM": lever_mm}) as device:
        device.run_ms(500)
        assert device.status().get("self_test", "") == ("" if is_fine else self_tests.WORDS[self_tests.ROLLER_FORCE])
        assert heats(device) == is_fine
