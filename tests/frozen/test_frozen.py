"""The emulated Pico with an image that has the firmware in itself: nothing was copied to its file system."""

from pathlib import Path

import pytest

from kneesim.pico import frozen_image, image
from kneesim.pico.device import PicoDevice

_MADE_WITHIN_MS = 12_000  # the file system, then a start, then the bite of the watchdog
_OTHER = b"raise SystemExit('a file was run in place of what is frozen')\n"


def bitten(device: PicoDevice) -> None:
    """Let a device run until its watchdog has bitten."""
    for _ in range(_MADE_WITHIN_MS // 100):
        device.run_ms(100)
        if device.rig.resets_us:
            return
    raise AssertionError(f"no bite; it said: {device.other_lines}")


def into_heat(device: PicoDevice) -> None:
    """Start a session and see that everything runs."""
    device.start_confirmed(strength=3)
    device.run_ms(1200)
    levels = device.levels()
    assert levels["roller"], levels
    assert levels["heater"], levels


def test_saf_45_a_new_device_proves_its_watchdog_once_is_set_up_and_keeps_it(uf2: Path) -> None:
    device = PicoDevice(flash=frozen_image.erased(uf2))
    bitten(device)
    device.boot()
    assert device.wiring.highs == []
    status = device.status()
    assert status["state"] == "idle"
    assert "self_test" not in status
    assert "error" in device.request("start", program="shiatsu")  # nobody has read who must not use it
    device.press("heat", 3000)
    into_heat(device)
    device.press("stop")
    device.run_ms(2000)  # until it has been written
    again = PicoDevice(flash=device.rig.snapshot())
    again.boot()
    assert again.rig.resets_us == []
    assert "self_test" not in again.status()
    into_heat(again)


def test_saf_43_a_firmware_that_is_left_among_the_files_is_not_run(uf2: Path) -> None:
    left = dict.fromkeys(("boot.py", "main.py", "board.py", "json.py", "massager/__init__.py"), _OTHER)
    device = PicoDevice(flash=frozen_image.used(uf2, {**left, "lib/machine.py": _OTHER}))
    device.boot()
    assert device.wiring.highs == []
    assert "self_test" not in device.status()
    assert device.other_lines == []
    into_heat(device)  # what its owner had set, in files, still holds


def program_bytes(flash: bytes) -> int:
    """Return how long the program in a flash is."""
    return int.from_bytes(flash[image.FILES_AT - 8 : image.FILES_AT - 4], "little")


@pytest.mark.parametrize("part", ["last", "frozen", "trailer"])
def test_saf_45_and_54_one_wrong_bit_leaves_every_output_low_and_is_told(uf2: Path, part: str) -> None:
    flash = bytearray(frozen_image.used(uf2))
    message = flash.index(b"hold HEAT")  # a word that only the firmware has
    at = {"last": program_bytes(flash) - 1, "frozen": message, "trailer": image.FILES_AT - 1}[part]
    flash[at] ^= 0x01
    device = PicoDevice(flash=bytes(flash))
    device.boot()
    status = device.status()
    assert (status["state"], status["fault"]) == ("fault", "self_test")
    assert "only half" in status["self_test"]
    assert "error" in device.request("start", program="shiatsu")
    device.run_ms(500)
    assert device.wiring.highs == []
