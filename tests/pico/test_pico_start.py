"""How the emulated Pico starts: after restarts that nobody asked for, with firmware that is not whole, for the first
time.
"""

import pytest

from kneesim.pico import image
from kneesim.pico.device import PicoDevice

_BITTEN_WITHIN_MS = 6000
_MAINTENANCE_MS = 5500  # 2.3 s to start, and 3 of holding
_TO_PROMPT_MS = 1500
_BOOT_PY_WITHIN_MS = 500  # as in test_pico_exceptions
_READY_US = 2_500_000  # the watchdog is armed by then, and not before


def _with(files: dict[str, bytes]) -> PicoDevice:
    return PicoDevice(flash=image.flash(image.find_uf2(), files))


def test_saf_44_three_resets_leave_the_link_alone_and_the_chip_remembers_them(device: PicoDevice) -> None:
    assert device.rig.first_feed_us < _READY_US
    for _ in range(3):
        device.rig.lock_up()
        device.run_ms(2100)
        device.boot()
    status = device.status()
    assert (status["state"], status["fault"]) == ("fault", "resets")
    device.wiring.highs.clear()
    assert "error" in device.request("start", program="shiatsu")
    device.run_ms(500)
    assert device.wiring.highs == []


def test_saf_45_the_watchdog_of_a_new_image_is_seen_to_bite_once(device: PicoDevice) -> None:
    device = _with(image.firmware_files())
    for _ in range(_BITTEN_WITHIN_MS // 100):
        device.run_ms(100)
        if device.rig.resets_us:
            break
    assert len(device.rig.resets_us) == 1
    device.boot()
    assert device.wiring.highs == []
    assert "self_test" not in device.status()
    device = PicoDevice(flash=device.rig.snapshot())
    device.boot()
    assert device.rig.resets_us == []


@pytest.mark.parametrize("name", ["a/massager/core/zones.mpy", "a/massager/device/app.mpy"])
def test_saf_54_a_torn_file_leaves_every_output_low(device: PicoDevice, name: str) -> None:
    files = image.used_device_files()
    files[name] = files[name][: len(files[name]) * 2 // 3]
    device = _with(files)
    device.run_ms(2000)
    assert device.wiring.highs == []
    if device.rig.feeds:
        assert device.status()["fault"] == "self_test"


def test_saf_54_a_whole_file_of_another_image_is_a_fault_that_is_told(device: PicoDevice) -> None:
    files = image.used_device_files()
    files["a/massager/core/zones.mpy"] += b"\x00"
    device = _with(files)
    device.boot()
    status = device.status()
    assert (status["state"], status["fault"]) == ("fault", "self_test")
    assert "only half" in status["self_test"]
    assert device.wiring.highs == []


def test_saf_44_in_maintenance_a_maker_tries_one_part_at_a_time_and_never_a_heater() -> None:
    device = _with(image.used_device_files())
    device.plant.floating = {"INNER"}
    for button in ("stop", "mode"):
        device.do(f"press {button}")
    device.run_ms(_MAINTENANCE_MS)
    for button in ("stop", "mode"):
        device.do(f"release {button}")
    device.boot()
    device.run_ms(200)
    found = device.result("bench.read")
    assert found["floating"] == ["INNER"]
    assert found["pressed"] == []
    device.wiring.highs.clear()
    device.result("bench.run", what="roller_back")
    device.run_ms(600)
    assert device.levels() == {"heater": 0, "lamp": 0, "roller": -500, "inner": 0, "outer": 0}
    assert device.plant.pump.is_on(device.rig.now_us)
    device.do("press stop")
    device.run_ms(60)
    assert device.is_off()
    board = device.board
    assert {pin for _, pin in device.wiring.highs} == {board.PIN_ALIVE, board.PIN_ROLLER_IN2}
    assert device.result("bench.read")["found"] == "cut short"


def test_saf_43_what_a_program_at_the_prompt_has_left_on_is_off_after_a_soft_reset(device: PicoDevice) -> None:
    board = device.board
    assert device.result("maintenance") == {"restarts": True}
    device.run_ms(_TO_PROMPT_MS)
    assert device.rig.feeds and device.wiring.highs == []
    for pin in (board.PIN_HEATER, board.PIN_ALIVE):
        device.send(b"import machine; machine.Pin(%d, machine.Pin.OUT, value=1)\r" % pin)
    device.send(b"machine.PWM(machine.Pin(%d), freq=20000, duty_u16=65535)\r" % board.PIN_ROLLER_IN1)
    device.run_ms(200)
    levels = device.levels()
    assert levels["heater"] and levels["roller"]
    device.send(b"\x04")
    for _ in range(_BOOT_PY_WITHIN_MS):
        device.run_ms(1)
        if device.is_off() and not device.wiring.level[board.PIN_ALIVE]:
            break
    else:
        raise AssertionError(device.levels())
    device.wiring.highs.clear()
    device.boot()
    assert device.status()["state"] == "idle"
    assert device.wiring.highs == []
