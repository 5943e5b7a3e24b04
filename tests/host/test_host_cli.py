"""The command line: exit codes, JSON, words on the right stream, signals."""

import json
import signal
import threading
from pathlib import Path

import pytest
from serial.tools import list_ports

from fake_device import PROGRAMS, FakeDevice
from kneectl import record
from run_kneectl import WAIT_S, kneectl, spawn


def test_help_documents_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("--help") == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "Exit codes" in shown
    assert "130 Ctrl-C" in shown


@pytest.mark.parametrize(
    "arguments",
    [
        ["dance"],
        ["start"],
        ["start", "shiatsu", "--strength", "6"],
        ["start", "shiatsu", "--heat", "high"],
        ["start", "shiatsu", "--detach"],
        ["monitor", "--seconds", "-1"],
        ["start", "shiatsu", "--plot", "/nowhere/session.png"],
        ["start", "shiatsu", "--plot", "session.what"],
        ["plot", "/nowhere/session.csv", "session.png"],
    ],
)
def test_wrong_usage_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl(*arguments) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_no_device_is_3_and_says_what_to_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_ports, "comports", lambda: [])
    assert kneectl("status") == 3
    assert "kneectl sim" in capsys.readouterr().err
    assert kneectl("status", "--port", "sim") == 3
    assert kneectl("ports") == 0
    assert "No device" in capsys.readouterr().out
    assert kneectl("ports", "--json") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_the_port_may_come_from_the_environment(
    device: FakeDevice, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KNEECTL_PORT", device.port)
    assert kneectl("hello") == 0
    assert "fake" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["hello", "status", "programs", "stop"])
def test_json_is_one_document(device: FakeDevice, capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert kneectl(command, "--port", device.port, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found == PROGRAMS if command == "programs" else isinstance(found, dict)


def test_status_says_which_test_of_itself_the_device_failed(
    device: FakeDevice, capsys: pytest.CaptureFixture[str]
) -> None:
    device.results["status"] = {"state": "idle", "why": "Just on.", "self_test": "No heat: too little memory."}
    assert kneectl("status", "--port", device.port) == 0
    assert "No heat: too little memory." in capsys.readouterr().out


def test_status_and_programs_in_words(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    device.fail("skin_hot")
    assert kneectl("status", "--port", device.port) == 0
    shown = capsys.readouterr().out
    for part in ("skin_hot", "43.1 °C", "Let the pad cool", "33.1 °C", "no reading"):
        assert part in shown
    assert kneectl("programs", "--port", device.port) == 0
    assert "12 min" in capsys.readouterr().out


def test_a_refusal_is_1_with_the_devices_words(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    device.refusals["start"] = (-32010, "The device rests. Wait 5 minutes.")
    assert kneectl("start", "shiatsu", "--port", device.port) == 1
    assert capsys.readouterr().err == "kneectl: The device rests. Wait 5 minutes.\n"


def test_no_answer_is_4(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    device.mute = 1000
    assert kneectl("status", "--port", device.port) == 4
    assert "does not answer" in capsys.readouterr().err


def test_a_session_is_shown_recorded_and_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    csv, png = tmp_path / "session.csv", tmp_path / "session.png"
    arguments = ["start", "short", "--strength", "2", "--record", str(csv), "--plot", str(png)]
    with FakeDevice(speed=4.0) as device:
        assert kneectl(*arguments, "--port", device.port) == 0
    shown = capsys.readouterr().out
    assert "step 1 of 2" in shown
    assert "The program is over." in shown
    assert record.read(csv)[0].program == "short"
    assert png.read_bytes().startswith(b"\x89PNG")
    assert kneectl("plot", str(csv), str(tmp_path / "again.png")) == 0
    assert (tmp_path / "again.png").exists()


def test_a_session_as_json_is_a_line_a_frame(capsys: pytest.CaptureFixture[str]) -> None:
    with FakeDevice(speed=4.0) as device:
        assert kneectl("start", "short", "--json", "--port", device.port) == 0
    out, err = capsys.readouterr()
    frames = [json.loads(line) for line in out.splitlines()]
    assert frames[0]["state"] == "running"
    assert frames[-2]["state"] == "idle"
    assert frames[-1]["ended"]["why"] == "The program is over."
    assert "The program is over." in err


def test_monitor_leaves_after_its_seconds(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("monitor", "--seconds", "0.5", "--port", device.port) == 0
    assert "The device is idle." in capsys.readouterr().out
    assert [method for method, _ in device.executed if method in ("start", "stop", "renew")] == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_sigterm_and_a_closed_terminal_stop_the_session(device: FakeDevice, number: signal.Signals) -> None:
    with spawn("start", "shiatsu", "--json", "--port", device.port) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["state"] == "running"
        process.send_signal(number)
        _, err = process.communicate(timeout=WAIT_S)
    assert process.returncode == 130
    assert "It was stopped over the link." in err
    assert device.state == "idle"


def test_stop_asks_the_holder_and_then_the_device(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    with spawn("start", "shiatsu", "--json", "--port", device.port) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        assert kneectl("status", "--port", device.port) == 3
        assert f"process {process.pid}" in capsys.readouterr().err
        assert kneectl("stop", "--port", device.port) == 0
        process.communicate(timeout=WAIT_S)
    shown = capsys.readouterr().out
    assert f"process {process.pid}" in shown
    assert "The device is idle." in shown
    assert process.returncode == 130


def test_a_lost_device_in_a_session_is_4(device: FakeDevice) -> None:
    with spawn("start", "shiatsu", "--json", "--port", device.port) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        device.hang_up()
        _, err = process.communicate(timeout=WAIT_S)
    assert process.returncode == 4
    assert err.startswith("kneectl: The device is gone")
    assert "Traceback" not in err


def test_a_reader_who_leaves_ends_the_session(device: FakeDevice) -> None:
    with spawn("start", "shiatsu", "--json", "--port", device.port) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert "Traceback" not in process.stderr.read()
        assert process.wait(WAIT_S) != 0
    assert device.state == "idle"


def test_the_version_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("--version") == 0
    assert capsys.readouterr().out.startswith("kneectl ")


def test_a_fault_is_told_even_when_the_picture_cannot_be_drawn(
    device: FakeDevice, capsys: pytest.CaptureFixture[str]
) -> None:
    threading.Timer(1.0, device.fail, ["skin_hot"]).start()
    assert kneectl("start", "shiatsu", "--plot", "/proc/none.png", "--port", device.port) == 1
    out, err = capsys.readouterr()
    assert "Let the pad cool down" in out
    assert "cannot be written" in err


def test_a_program_that_has_grown_for_somebody_is_told_to_whoever_never_had_it(
    device: FakeDevice, capsys: pytest.CaptureFixture[str]
) -> None:
    device.refusals["start"] = (-32010, "The device rests.")
    arguments = ["start", "post-trauma", "--port", device.port]
    assert kneectl(*arguments) == 1
    err = capsys.readouterr().err
    assert "12 by now" in err
    assert "`kneectl settings restart`" in err
    assert kneectl("start", "shiatsu", "--port", device.port) == 1  # does not grow
    device.log_session(program="post-trauma")
    assert kneectl("course", "start", "rehab", "--port", device.port) == 0  # which reads the log
    capsys.readouterr()
    assert kneectl(*arguments) == 1
    assert capsys.readouterr().err == "kneectl: The device rests.\n"


def test_firmware_without_settings_starts_as_ever(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    device.refusals["start"] = (-32010, "The device rests.")
    device.refusals["settings.get"] = (-32601, "No such method.")
    assert kneectl("start", "post-trauma", "--port", device.port) == 1
    assert capsys.readouterr().err == "kneectl: The device rests.\n"
