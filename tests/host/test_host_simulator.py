"""The commands around the real simulator: `kneectl sim` and `kneectl demo`."""

import json
import os
import signal
from pathlib import Path

import pytest

from kneectl import cli_simulator, record
from run_kneectl import WAIT_S, kneectl, spawn


def test_the_demo_plays_a_whole_session(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "new" / "demo"
    assert kneectl("demo", "--speed", "0", "--out", str(out)) == 0
    frames = record.read(out / "demo.csv")
    assert {frame.program for frame in frames if frame.is_live} == {"shiatsu"}
    assert frames[0].left_s is not None
    assert frames[0].left_s >= 719
    assert not frames[-1].is_live
    assert len(frames) == 720 * 2 + 1  # the program begins once the let-go is proved
    assert (out / "demo.png").read_bytes().startswith(b"\x89PNG")
    shown = capsys.readouterr().out
    assert "The session ended after 12 min" in shown
    assert str(out / "demo.csv") in shown


def test_the_demo_is_the_same_each_time(tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert kneectl("demo", "--speed", "0", "--seed", "7", "--out", str(tmp_path / name)) == 0
    recordings = [(tmp_path / name / "demo.csv").read_bytes() for name in ("one", "two")]
    assert recordings[0] == recordings[1]


def test_a_simulator_is_listed_used_when_named_and_gone_afterwards(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with spawn("sim", "--speed", "2") as process:
        assert process.stdout is not None
        assert "The simulated device is on" in process.stdout.readline()
        assert kneectl("ports", "--json") == 0
        (found,) = [port for port in json.loads(capsys.readouterr().out) if port["kind"] == "simulator"]
        assert (found["engine"], found["speed"]) == ("cpython", 2.0)
        assert kneectl("hello", "--port", "sim", "--json") == 0
        assert json.loads(capsys.readouterr().out)["id"].startswith("73696d")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=WAIT_S)
    assert process.returncode == 0
    assert kneectl("hello", "--port", "sim") == 3


def test_an_event_that_cannot_be_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("sim", "--event", "soon something") == 2
    assert capsys.readouterr().err.startswith("kneectl: ")


def test_an_open_sensor_ends_a_session_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    with spawn("sim", "--event", "8 skin_ntc open") as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert kneectl("start", "shiatsu", "--port", "sim") == 1
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=WAIT_S)
    assert "skin_open" in capsys.readouterr().out


def test_a_folder_to_keep_in_is_made_or_refused_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.write_text("")
    for folder in (file, file / "below"):
        assert kneectl("sim", "--keep", str(folder)) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert "cannot be made" in err
        assert "--keep" in err
    folder = tmp_path / "new" / "folder"
    with spawn("sim", "--keep", str(folder)) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert kneectl("settings", "set", "--knee", "left", "--port", "sim") == 0
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=WAIT_S)
    assert list(folder.iterdir())


def test_a_folder_that_nobody_may_write_into_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "access", lambda _, mode: not mode & os.W_OK)  # root may write everywhere
    assert kneectl("sim", "--keep", str(tmp_path)) == 2
    assert "You may not write into the folder" in capsys.readouterr().err


def test_a_part_that_is_named_twice_is_fitted_once() -> None:
    once = cli_simulator._features("pico", ["infrared"], ["heat"])
    assert once == cli_simulator._features("pico", ["infrared", "infrared"], ["heat", "heat"])
    assert once.count("infrared") == 1
