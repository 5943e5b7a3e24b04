"""The commands `kneectl flash`, `maintenance` and `recover`, as far as they go without a board: against a fake device.
A whole flash is played in tests/pico/test_pico_flash.py, what lies in the flash then in tests/vm/test_flashing.py.
"""

import json
import os
import tty
from collections.abc import Iterator
from typing import Any

import pytest

from fake_device import FakeDevice
from kneectl import flasher, prompt, recovery
from kneectl.errors import UsageError
from kneesim.pico import image
from run_kneectl import kneectl

HELLO = {"protocol": 1, "firmware": "0.1.0", "board": "pico", "id": "e6", "features": [], "reset": "power"}


@pytest.fixture(scope="module")
def identity() -> str:
    """Return the identity of this firmware for a Pico."""
    return flasher.identity_of(image.image_files("pico"))


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Return a port that nobody answers at, and have kneectl wait less for somebody."""
    monkeypatch.setattr(flasher, "_ASK_S", 0.2)
    monkeypatch.setattr(prompt, "_ENTER_S", 1)
    monkeypatch.setattr(recovery, "_LOOK_S", 1.0)
    master, slave = os.openpty()
    tty.setraw(slave)
    yield os.ttyname(slave)
    os.close(slave)
    os.close(master)


def methods(device: FakeDevice) -> list[str]:
    return [name for name, _ in device.executed]


def test_what_is_on_the_board_already_is_not_sent(
    device: FakeDevice, identity: str, capsys: pytest.CaptureFixture[str]
) -> None:
    device.results["hello"] = {**HELLO, "image": identity}
    assert kneectl("flash", "--port", device.port) == 0
    assert f"Nothing to do: the board has this firmware for pico already (image {identity})." in capsys.readouterr().out
    assert set(methods(device)) == {"hello"}
    assert kneectl("flash", "--port", device.port, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["image"], found["was_written"], found["sent"]) == (identity, False, 0)


def test_an_image_that_is_still_on_trial_is_confirmed(
    device: FakeDevice, identity: str, capsys: pytest.CaptureFixture[str]
) -> None:
    device.results["hello"] = {**HELLO, "image": identity, "trial_left": 2}
    device.results["image.confirm"] = {"confirmed": True}
    assert kneectl("flash", "--port", device.port) == 1
    assert "image.confirm" in methods(device)
    assert "did not keep the confirmation" in capsys.readouterr().err  # since this one says the same as before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--board", "esp32"], "The firmware on this device is for pico, not for esp32."),
        (["--board", "arduino"], "The firmware on this device is for pico, not for arduino."),
    ],
)
def test_firmware_for_another_board_is_refused(
    device: FakeDevice, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    device.results["hello"] = {**HELLO, "image": "00000000"}
    assert kneectl("flash", "--port", device.port, *arguments) == 2
    assert words in capsys.readouterr().err
    assert methods(device) == ["hello"]


def test_a_board_that_there_is_no_folder_for_is_said(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    device.results["hello"] = {**HELLO, "board": "mine"}
    assert kneectl("flash", "--port", device.port) == 2
    assert "There is no board mine. Boards are" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["flash", "maintenance"])
def test_a_session_is_not_ended_for_it(device: FakeDevice, capsys: pytest.CaptureFixture[str], command: str) -> None:
    device.results["hello"] = {**HELLO, "image": "00000000"}
    device.refusals["maintenance"] = (-32010, "A session is running. Stop it first.")
    assert kneectl(command, "--port", device.port) == 1
    assert "A session is running. Stop it first." in capsys.readouterr().err


def test_a_firmware_that_is_part_of_micropython_is_not_flashed_over(
    device: FakeDevice, capsys: pytest.CaptureFixture[str]
) -> None:
    device.results["hello"] = {**HELLO, "image": "00000000", "frozen": True}
    assert kneectl("flash", "--port", device.port) == 2
    assert "docs/images.md" in capsys.readouterr().err
    assert methods(device) == ["hello"]


@pytest.mark.parametrize("command", ["flash", "maintenance"])
def test_a_simulated_device_has_no_prompt(device: FakeDevice, capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert kneectl(command, "--port", device.port) == 2
    assert "A simulated device has no MicroPython prompt" in capsys.readouterr().err
    assert methods(device) == ["hello"]


def test_a_port_where_nobody_answers_is_said(nobody: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("recover", "--port", nobody) == 4
    said = capsys.readouterr()
    assert "Nothing answers at" in said.out
    assert "1. Unplug the device" in said.out
    assert "BOOTSEL" in said.out and "EN" in said.out
    assert "Neither firmware nor prompt answered." in said.err
    assert kneectl("recover", "--port", nobody, "--json") == 4
    found = json.loads(capsys.readouterr().out)
    assert found["answers"] is False
    assert len(found["steps"]) == 5


def test_recovery_names_a_port_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("recover", "--port", "/dev/no-such-port") == 3
    assert "There is no port" in capsys.readouterr().err


def test_a_device_that_is_well_needs_nothing(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    device.results["hello"] = HELLO
    assert kneectl("recover", "--port", device.port) == 0
    assert capsys.readouterr().out == "The firmware runs (0.1.0 for pico) and is idle.\n"


@pytest.mark.parametrize(
    ("hello", "status", "words"),
    [
        ({"fell_back": True}, {}, "The firmware flashed last did not start; the one before it runs."),
        ({"trial_left": 1}, {}, "It is on trial"),
        ({}, {"state": "fault", "fault": "self_test", "self_test": "Half there.", "remedy": "Flash."}, "Half there."),
    ],
)
def test_recovery_passes_on_what_the_firmware_says(
    device: FakeDevice, capsys: pytest.CaptureFixture[str], hello: dict[str, Any], status: dict[str, Any], words: str
) -> None:
    device.results["hello"] = {**HELLO, **hello}
    device.results["status"] = {"state": "idle", **status}
    assert kneectl("recover", "--port", device.port) == 0
    said = capsys.readouterr().out
    assert words in said
    assert "`kneectl flash`" in said


PICO = prompt.Machine((1, 25, 0), 0x1306, "rp2040", "RPI_PICO")


def test_a_board_with_another_chip_or_another_micropython_is_refused_with_what_to_do() -> None:
    flasher.check_machine(PICO, "rp2040", image.MICROPYTHON, image.MPY)
    with pytest.raises(UsageError, match=r"another board: MicroPython 1.25.0 on RPI_PICO, and the image is for esp32"):
        flasher.check_machine(PICO, "esp32", image.MICROPYTHON, image.MPY)
    for version, mpy in (((1, 24, 1), 0x1306), ((1, 26, 0), 0x1306), ((1, 25, 0), 0x1206)):
        other = prompt.Machine(version, mpy, "rp2040", "RPI_PICO")
        with pytest.raises(UsageError, match=r"compiled for 1.25.0. Put that on it first: docs/flashing.md, step 1"):
            flasher.check_machine(other, "rp2040", image.MICROPYTHON, image.MPY)
