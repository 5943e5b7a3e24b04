"""`kneectl faults`: the device's faults and their black boxes, of the shipped firmware and of answers that are none."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fake_device import FakeDevice
from kneectl import device_faults
from kneectl.client import Client
from kneectl.errors import DeviceError
from kneesim.launch import Simulator
from massager.core.blackbox import MOMENTS, NAMES
from run_kneectl import kneectl

ROW = {
    "seq": 3,
    "fault": "skin_hot",
    "at_s": None,
    "up_s": 30,
    "state": "running",
    "program": "swedish",
    "step": 2,
    "after_s": 125,
    "strength": 3,
    "heat": "medium",
    "skin_mc": 43100,
    "pad_mc": 44000,
}
LISTED = {"first": 1, "next": 4, "booted": 1, "up_s": 30, "unix_s": None}
MOMENT = [200, 1, 2, 0, 3712, 3950, 3900, 450, -300, 120, 140, 210, 5]


@pytest.fixture(scope="module")
def broken() -> Iterator[str]:
    """Give the port of a simulated device whose skin sensor breaks half a minute after it was switched on.

    It has run that long before anybody asks: its time goes as fast as it can.
    """
    events = ("33 skin_ntc open", "35 skin_ntc ok")
    with Simulator(speed=100.0, events=events) as simulator:
        with Client(simulator.port) as client:
            while client.status()["state"] != "fault" or client.request("faults.list")["next"] == 1:
                pass
        yield simulator.port


def _said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_the_list_names_each_fault(broken: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("faults", "--port", broken) == 0
    said = _said(capsys)
    assert "skin_open" in said
    assert "none" in said
    assert kneectl("faults", "--since", "9", "--port", broken) == 0
    assert "The newest is number 1" in _said(capsys)
    assert kneectl("faults", "--json", "--port", broken) == 0
    (row,) = json.loads(_said(capsys))
    assert row["fault"] == "skin_open"
    assert row["at"] is not None  # counted back from now: the device has not been off since
    assert row["remedy"].startswith("Unplug")


def test_a_fault_is_shown_with_its_words_and_its_black_box(broken: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("faults", "show", "1", "--port", broken) == 0
    said = _said(capsys)
    assert said.startswith("Fault 1: skin_open, 20")
    for words in ("does not answer", "then hold STOP", "Session:      none", f"{MOMENTS} moments", "fault"):
        assert words in said, words
    assert len(said.splitlines()) == 8 + 11


def test_the_black_box_as_json_and_as_a_picture(
    broken: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "box.png"
    assert kneectl("faults", "show", "1", "--json", "--plot", str(picture), "--port", broken) == 0
    found = json.loads(_said(capsys))
    assert len(found["moments"]) == MOMENTS
    assert set(found["moments"][0]) == set(NAMES)
    assert sum(moment["after_ms"] for moment in found["moments"][1:]) >= 29_800
    assert found["moments"][-1]["state"] == 3
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_what_cannot_be_shown_is_refused_with_what_to_do(
    broken: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert kneectl("faults", "show", "2", "--port", broken) == 1
    assert "lists those that it has" in capsys.readouterr().err
    assert kneectl("faults", "show", "1", "--plot", "box.txt", "--port", broken) == 2
    assert kneectl("faults", "show", "1", "--plot", str(tmp_path / "no/box.png"), "--port", broken) == 2
    assert kneectl("faults", "show", "--port", broken) == 2
    assert kneectl("faults", "--json", "show", "1", "--port", broken) == 2
    assert "behind the command" in capsys.readouterr().err


def test_a_device_without_faults_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("faults", "--port", "sim://?speed=20") == 0
    assert "has logged no fault" in _said(capsys)
    assert kneectl("faults", "show", "1", "--port", "sim://?speed=20") == 1


def _answers(device: FakeDevice, **changes: Any) -> None:
    device.results["faults.list"] = LISTED
    device.results["faults.read"] = {"records": [{**ROW, **changes}], "next": 4}
    device.results["faults.box"] = {"total": 2, "first": 0, "moments": [MOMENT, MOMENT]}


def test_a_fault_in_a_session_tells_which(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    _answers(device)
    assert kneectl("faults", "show", "3", "--port", device.port) == 0
    said = _said(capsys)
    assert "swedish, step 2, after 2 min 5 s" in said
    assert "skin 43.1 °C, pad 44.0 °C" in said
    assert "heater, alive" in said
    assert "37.12" in said
    _answers(device, state="paused", fault="of_the_future", newer=1)
    assert kneectl("faults", "show", "3", "--port", device.port) == 0
    said = _said(capsys)
    assert "after 2 min 5 s, paused" in said
    assert "of_the_future" in said


def test_an_old_fault_has_no_black_box_any_more(
    device: FakeDevice, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _answers(device)
    device.results["faults.box"] = {"total": 0, "first": 0, "moments": []}
    assert kneectl("faults", "show", "3", "--port", device.port) == 0
    assert "not kept any more" in _said(capsys)
    assert kneectl("faults", "show", "3", "--plot", str(tmp_path / "box.png"), "--port", device.port) == 1
    assert "of the newest" in capsys.readouterr().err


@pytest.mark.parametrize(
    "changes", [{"seq": "3"}, {"fault": None}, {"after_s": "1"}, {"up_s": None}, {"strength": 1.5}, {"heat": 2}]
)
def test_a_record_that_is_none_is_an_error(device: FakeDevice, changes: dict[str, Any]) -> None:
    _answers(device, **changes)
    with Client(device.port) as client, pytest.raises(DeviceError):
        device_faults.find(client, device_faults.listing(client), 3)


@pytest.mark.parametrize(
    "page",
    [
        {},
        {"total": 2, "first": 0, "moments": []},  # would never end
        {"total": 0, "first": 0, "moments": [MOMENT]},
        {"total": "2", "first": 0, "moments": [MOMENT]},
        {"total": 9999999, "first": 0, "moments": [MOMENT]},
        {"total": 1, "first": 0, "moments": [MOMENT[:-1]]},
        {"total": 1, "first": 0, "moments": [[None] * len(MOMENT)]},
        {"total": 1, "first": 0, "moments": ["x"]},
    ],
)
def test_a_black_box_that_is_none_is_an_error(device: FakeDevice, page: dict[str, Any]) -> None:
    device.results["faults.box"] = page
    with Client(device.port) as client, pytest.raises(DeviceError, match="cannot be understood"):
        device_faults.box(client, 3)


def test_firmware_that_logs_no_faults_is_told_from_an_error(device: FakeDevice) -> None:
    device.refusals["faults.list"] = (-32601, "No such method.")
    with Client(device.port) as client, pytest.raises(DeviceError, match="newer firmware"):
        device_faults.listing(client)
