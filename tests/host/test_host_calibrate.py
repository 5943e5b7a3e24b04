"""The command `kneectl calibrate` against a fake device, and on a simulated one."""

import json

import pytest

from fake_device import FakeDevice
from run_kneectl import kneectl

STAGES = [
    ("waiting", "Press HEAT at the device."),
    ("waiting", "Press HEAT at the device."),
    ("measuring", "Leave them."),
]


def test_it_says_what_to_do_and_what_was_kept(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    device.calibration = STAGES[:]
    assert kneectl("calibrate", "33.4", "--port", device.port) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Press HEAT at the device.",
        "Leave them.",
        "Kept: skin sensor +0.30 °C, pad sensor -0.30 °C.",
    ]
    assert device.executed[0] == ("calibration.begin", {"true_mc": 33400})


def test_json_is_one_document(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    device.calibration = STAGES[:]
    assert kneectl("calibrate", "33.4", "--port", device.port, "--json") == 0
    assert json.loads(capsys.readouterr().out)["skin_mc"] == 300


def test_what_fails_is_said(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    device.calibration = [*STAGES, ("failed", "A sensor was not steady.")]
    assert kneectl("calibrate", "33.4", "--port", device.port) == 1
    assert "A sensor was not steady." in capsys.readouterr().err


def test_a_device_that_is_not_in_maintenance_refuses(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    device.refusals["calibration.begin"] = (-32010, "That is for maintenance.")
    assert kneectl("calibrate", "33.4", "--port", device.port) == 1
    assert "That is for maintenance." in capsys.readouterr().err


@pytest.mark.parametrize("degrees", ["14.9", "42.1", "warm"])
def test_what_no_thermometer_can_show_is_wrong_usage(
    device: FakeDevice, capsys: pytest.CaptureFixture[str], degrees: str
) -> None:
    assert kneectl("calibrate", degrees, "--port", device.port) == 2
    assert device.executed == []
