"""Firmware that is half of one image and half of another, or torn: it stays off (SAF-54)."""

import contextlib
import ctypes
import random
import threading
from pathlib import Path

import pytest

from kneesim.engines import ROOT
from kneesim.flash import Flash
from kneesim.image_files import list_of
from kneesim.inprocess import Device
from kneesim.power import EndOfRun
from massager.link import frame

START = frame.encode(b'{"jsonrpc":"2.0","id":1,"method":"start","params":{"program":"shiatsu","strength":5}}')
FILES = sorted(str(path.relative_to(ROOT / "firmware")) for path in (ROOT / "firmware").rglob("*.py"))
HANGS_S = 5.0  # of real time; a run takes a tenth of a second
NEW = b"\n# of the next image\n"


def image_list(firmware: Path) -> bytes:
    """Return the list of a whole image."""
    files = {"/" + name if "/" not in name else name: (firmware / name).read_bytes() for name in FILES}
    files["board.py"] = (ROOT / "boards/pico/board.py").read_bytes()
    return list_of(files)


def is_ever_on(firmware: Path, listed: bytes) -> bool:
    """Switch a device with this firmware on, do all that starts a session, and return whether anything was on."""
    flash = Flash.used()
    flash.image_list = listed
    with Device(firmware=firmware, flash=flash) as device:
        board, chip = device.board, device.chip
        pins = {board.PIN_HEATER, board.PIN_INFRARED, board.PIN_ALIVE, board.PIN_INNER, board.PIN_OUTER}
        pins |= {board.PIN_ROLLER_IN1, board.PIN_ROLLER_IN2}
        seen: list[int] = []
        set_level, set_duty = chip.set_level, chip.set_duty
        chip.set_level = lambda pin, level: (seen.append(pin) if level else None, set_level(pin, level))
        chip.set_duty = lambda pin, duty: (seen.append(pin) if duty else None, set_duty(pin, duty))
        device.is_host_reading = False  # what a damaged link says may be anything
        # A program that goes round in a circle and does not even look at the clock would never give control back.
        end = threading.Timer(HANGS_S, _end, [device])
        end.start()
        with contextlib.suppress(RuntimeError):  # it has been ended
            device.run_ms(100)
            device.send(START)
            device.run_ms(100)
            device.press("mode")
            device.run_ms(500)
        end.cancel()
        device.chip.violations.clear()
        return bool(pins & set(seen))


def _end(device: Device) -> None:
    thread = ctypes.c_ulong(device._thread.ident or 0)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(EndOfRun))


def test_saf_54_a_whole_image_runs(firmware: Path) -> None:
    assert is_ever_on(firmware, image_list(firmware))


@pytest.mark.parametrize("name", FILES)
def test_saf_54_a_torn_file_leaves_the_device_off(firmware: Path, name: str) -> None:
    listed = image_list(firmware)
    whole = (firmware / name).read_bytes()
    noise = random.Random(name)
    for length in {noise.randrange(len(whole)), len(whole) - 1} if whole else ():
        (firmware / name).write_bytes(whole[:length])
        assert not is_ever_on(firmware, listed), (name, length)
    (firmware / name).unlink()
    assert not is_ever_on(firmware, listed), name


@pytest.mark.parametrize("name", ["main.py", "boot.py", "massager/device/image.py"])
def test_saf_54_what_comes_before_the_check_may_be_torn_at_any_line(firmware: Path, name: str) -> None:
    listed = image_list(firmware)
    lines = (firmware / name).read_bytes().splitlines(keepends=True)
    for count in range(len(lines)):
        (firmware / name).write_bytes(b"".join(lines[:count]))
        assert not is_ever_on(firmware, listed), (name, count)


@pytest.mark.parametrize("order", ["forwards", "backwards"])
def test_saf_54_flashing_that_ends_after_any_file_leaves_the_device_off(firmware: Path, order: str) -> None:
    """The list goes first and comes last, so in between there is none; but an old or a new one would do, too."""
    old = image_list(firmware)
    contents = {name: (firmware / name).read_bytes() + NEW for name in FILES}
    for name in FILES:
        (firmware / name).write_bytes(contents[name])
    new = image_list(firmware)
    names = FILES if order == "forwards" else FILES[::-1]
    for done, name in enumerate(names):
        (firmware / name).write_bytes(contents[name].removesuffix(NEW))  # the other way round: the new becomes the old
        if done % 4 == 0 and done < len(names) - 1:
            left = [b"", old, new][done // 4 % 3]
            assert not is_ever_on(firmware, left), (name, done)
    assert is_ever_on(firmware, old)


def test_saf_54_the_list_itself_may_be_torn_or_have_any_bit_flipped(firmware: Path) -> None:
    listed = image_list(firmware)
    noise = random.Random(54)
    for _ in range(12):
        assert not is_ever_on(firmware, listed[: noise.randrange(len(listed))])
        flipped = bytearray(listed)
        flipped[noise.randrange(len(listed))] ^= 1 << noise.randrange(8)
        assert not is_ever_on(firmware, bytes(flipped))
    for place in (-2, -9):  # of the list's own CRC, which no file answers for
        flipped = bytearray(listed)
        flipped[place] ^= 1
        assert not is_ever_on(firmware, bytes(flipped))


def test_saf_54_code_that_the_list_does_not_name_would_be_run_in_place_of_what_it_does(firmware: Path) -> None:
    listed = image_list(firmware)
    (firmware / "massager/core/late.py").write_text("")
    assert not is_ever_on(firmware, listed)


def test_saf_45_and_54_a_damaged_image_is_a_fault_that_status_explains_and_nobody_can_acknowledge(
    firmware: Path,
) -> None:
    listed = image_list(firmware)
    for left, words in ((listed.replace(b"late", b"lame"), "only half"), (b"", "has not been finished")):
        (firmware / "massager/core/zones.py").write_bytes((ROOT / "firmware/massager/core/zones.py").read_bytes() + NEW)
        flash = Flash.used()
        flash.image_list = left
        with Device(firmware=firmware, flash=flash) as device:
            device.run_ms(500)
            for _ in range(2):
                status = device.status()
                assert (status["state"], status["fault"]) == ("fault", "self_test")
                assert words in status["self_test"]
                motors = (device.board.PIN_ROLLER_IN1, device.board.PIN_INNER, device.board.PIN_OUTER)
                assert not any(device.chip.pwm_hz[pin] for pin in motors)  # nothing drives what boot.py set low
                assert "error" in device.request("start", program="shiatsu")
                device.press("stop", 2000)
