"""An image on trial: it starts so often, and unless it is confirmed the one before comes back; and the prompt."""

import os
from pathlib import Path
from typing import Any

import pytest

from kneesim.engines import ROOT
from kneesim.flash import Flash
from kneesim.image_files import FOLDERS, Sources, list_of
from kneesim.inprocess import Device
from massager.link import frame


@pytest.fixture
def flash() -> Flash:
    """Return the flash of a device with two images, the second on trial for three more starts."""
    flash = Flash.used()
    flash.image_folders = FOLDERS
    flash.files["/slot"] = bytearray(b"ba3")
    return flash


def _slot(flash: Flash) -> bytes:
    return bytes(flash.files["/slot"])


def test_saf_54_each_start_of_an_image_on_trial_counts_and_then_the_one_before_comes_back(flash: Flash) -> None:
    for left in (2, 1, 0):
        with Device(flash=flash) as device:
            device.run_ms(300)
            hello = device.result("hello")
            assert hello["trial_left"] == left
            assert "fell_back" not in hello
            assert _slot(flash) == b"ba%d" % left
    for _ in range(2):
        with Device(flash=flash) as device:
            device.run_ms(300)
            hello = device.result("hello")
            assert hello["fell_back"] is True
            assert "trial_left" not in hello
            assert _slot(flash) == b"ba0"
            assert device.status()["state"] == "idle"


def test_saf_54_an_image_on_trial_starts_with_a_flash_that_takes_nothing(flash: Flash) -> None:
    flash.is_full = True
    with Device(flash=flash) as device:
        device.run_ms(300)
        assert device.status()["state"] == "idle"


def test_a_confirmed_image_stays(flash: Flash) -> None:
    with Device(flash=flash) as device:
        device.run_ms(300)
        assert device.result("image.confirm") == {"confirmed": True}
        assert "trial_left" not in device.result("hello")
    for _ in range(5):
        with Device(flash=flash) as device:
            device.run_ms(300)
            hello = device.result("hello")
            assert "trial_left" not in hello and "fell_back" not in hello
            assert _slot(flash) == b"b"


def test_confirming_what_is_not_on_trial_changes_nothing() -> None:
    flash = Flash.used()
    with Device(flash=flash) as device:
        device.run_ms(300)
        assert device.result("image.confirm") == {"confirmed": True}
        assert "/slot" not in flash.files


def test_nothing_is_confirmed_in_a_session(flash: Flash) -> None:
    with Device(flash=flash) as device:
        device.run_ms(300)
        device.start_confirmed()
        device.run_ms(1000)
        for method in ("image.confirm", "maintenance"):
            assert "A session is running" in device.request(method)["error"]["message"]
        device.run_ms(1000)
        assert device.status()["state"] == "running"
        assert _slot(flash) == b"ba2"


@pytest.mark.parametrize("text", [b"", b"c", b"bb0", b"b\xff3", b"xyz", b"ba", b"\xff\xff\xff", b"ba3 and more"])
def test_saf_54_a_slot_file_that_says_nothing_ends_in_an_image_that_is_there(flash: Flash, text: bytes) -> None:
    flash.image_folders = FOLDERS[:1]
    flash.files["/slot"] = bytearray(text)
    with Device(flash=flash) as device:
        device.run_ms(300)
        assert device.status()["state"] == "idle"
        assert "trial_left" not in device.result("hello")


def test_maintenance_leaves_the_prompt_with_everything_off_until_the_next_start() -> None:
    flash = Flash.used()
    with Device(flash=flash) as device:
        device.run_ms(300)
        assert device.result("maintenance") == {"restarts": True}
        device.run_ms(2000)
        assert device.power.starts == 2
        device.received.clear()
        device.send(b'{"jsonrpc":"2.0","id":1,"method":"status"}\n')
        device.run_ms(5000)
        assert device.received == []  # no firmware, and no watchdog that ends this
        assert device.power.starts == 2
        board, chip = device.board, device.chip
        assert not any(chip.output_pm(pin) for pin in board.OUTPUT_PINS)
        assert "/kept/prompt" not in flash.files
    with Device(flash=flash) as device:
        device.run_ms(300)
        assert device.status()["state"] == "idle"


def test_a_wish_for_the_prompt_that_a_power_cut_has_left_is_none() -> None:
    flash = Flash.used()
    flash.files["/kept/prompt"] = bytearray()
    with Device(flash=flash) as device:
        device.run_ms(300)
        assert device.status()["state"] == "idle"
        assert "/kept/prompt" not in flash.files


def test_leaving_for_the_prompt_counts_as_no_restart_that_nobody_asked_for() -> None:
    """SAF-44 would have the third one end in a rescue."""
    with Device() as device:
        for _ in range(4):
            device.run_ms(300)
            assert device.result("maintenance") == {"restarts": True}
            device.run_ms(1000)
            assert not device.received
            chip = device.chip  # what mpremote does at its end
            device.clock.at(device.clock.now_us, lambda chip=chip: chip.reset(chip.kind.reset_cause))
        device.run_ms(300)
        assert device.status()["state"] == "idle"


def _starts_by_itself(firmware: Path, flash: Flash) -> tuple[int, dict[str, Any] | None]:
    """Switch a device with this firmware on; return how often it has started after a while, and what it says of itself,
    None if it says nothing.
    """
    with Device(firmware=firmware, flash=flash) as device:
        device.run_ms(2000)
        starts = device.power.starts
        device.received.clear()
        device.send(frame.encode(b'{"jsonrpc":"2.0","id":1,"method":"hello"}'))
        device.run_ms(200)
        answers = [message["result"] for message in device.received if message.get("id") == 1]
        return starts, answers[0] if answers else None


def test_saf_54_an_image_on_trial_that_is_not_whole_gives_way_without_anybody(flash: Flash, firmware: Path) -> None:
    flash.image_list = b"damaged"
    starts, hello = _starts_by_itself(firmware, flash)
    assert starts == 4  # three of the one on trial, and the one before, which says what is the matter
    assert hello is not None
    assert hello["fell_back"] is True
    assert _slot(flash) == b"ba0"


def test_saf_54_an_image_on_trial_that_cannot_be_imported_gives_way_without_anybody(
    flash: Flash, firmware: Path
) -> None:
    flash.image_list = list_of(Sources(os.listdir, str(firmware), str(ROOT / "boards/pico/board.py")).all())
    (firmware / "massager/device/app.py").write_text("raise ImportError\n")
    starts, hello = _starts_by_itself(firmware, flash)
    assert (starts, hello) == (4, None)
    assert _slot(flash) == b"ba0"


def test_saf_54_a_board_file_on_trial_that_fails_gives_way_without_anybody(flash: Flash, firmware: Path) -> None:
    with Device(firmware=firmware, flash=flash) as device:
        del device.board.OUTPUT_PINS
        device.run_ms(2000)
        assert device.power.starts == 4  # and the one before, here with the same board file
        assert _slot(flash) == b"ba0"


def test_saf_54_an_image_on_trial_that_fails_as_it_runs_brings_no_rescue_back(flash: Flash, firmware: Path) -> None:
    app = firmware / "massager/device/app.py"
    fails = "            if self._slot.trial_left() >= 0:\n                raise OSError\n"
    app.write_text(app.read_text().replace("            watchdog.feed()\n", "            watchdog.feed()\n" + fails))
    flash.image_list = list_of(Sources(os.listdir, str(firmware), str(ROOT / "boards/pico/board.py")).all())
    with Device(firmware=firmware, flash=flash) as device:
        device.is_host_reading = False  # of the last words only a part may be said
        device.run_ms(2000)
        assert _slot(flash) == b"ba0"
    kept = b"".join(bytes(data) for path, data in flash.files.items() if path.startswith("/kept/starts"))
    assert b'"rescue":true' not in kept.replace(b" ", b"")


def test_saf_45_an_image_that_is_not_whole_and_fails_ends_at_the_prompt(firmware: Path) -> None:
    app = firmware / "massager/device/app.py"
    app.write_text(app.read_text().replace("            watchdog.feed()\n", "            raise OSError\n"))
    flash = Flash.used()
    flash.image_list = b"damaged"
    with Device(firmware=firmware, flash=flash) as device:
        device.run_ms(10_000)
        assert device.power.starts == 2


def test_saf_54_one_that_is_not_on_trial_does_not_start_over_and_over(firmware: Path) -> None:
    flash = Flash.used()
    flash.image_list = b"damaged"
    starts, hello = _starts_by_itself(firmware, flash)
    assert starts == 1
    assert hello is not None
