"""What the device keeps, through kneectl, the serial line and the shipped firmware: programs, settings, log, course."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kneectl.client import Client
from kneectl.program_file import read
from kneesim.launch import Simulator
from massager.core import programs
from run_kneectl import kneectl

EVENING = """\
name = "evening"
title = "Slow evening strökes"

[[step]]
technique = "stroke"
zone = "thigh"
from = 70
length = 63
heat = "high"

[[step]]
technique = "knead"
zone = "calf"
from = 72.5
to = 75
length = 30
sides = "tap"
"""


@pytest.fixture
def port(tmp_path: Path) -> Iterator[str]:
    """Give the port of a simulated device that keeps things in a folder.

    Its time waits for the host: the lease is 3 s of its time, and a busy machine stalls.
    """
    with Simulator(lockstep=True, flash=tmp_path / "flash") as simulator:
        yield simulator.port


def _json(capsys: pytest.CaptureFixture[str]) -> object:
    return json.loads(capsys.readouterr().out)


def test_a_program_goes_to_the_device_plays_and_comes_back_without_loss(
    port: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, back = tmp_path / "evening.toml", tmp_path / "back.toml"
    source.write_text(EVENING)
    assert kneectl("program", "check", str(source), "--device", "--port", port) == 0
    assert kneectl("program", "put", str(source), "--port", port) == 0
    assert kneectl("program", "get", "evening", str(back), "--port", port) == 0
    assert read(back) == read(source)
    capsys.readouterr()
    assert kneectl("program", "list", "--port", port, "--json") == 0
    assert "evening" in capsys.readouterr().out
    assert kneectl("start", "evening", "--port", port) == 0
    capsys.readouterr()
    assert kneectl("log", "--port", port, "--json") == 0
    logged = capsys.readouterr().out
    assert '"evening"' in logged and '"finished"' in logged
    assert kneectl("program", "remove", "evening", "--port", port) == 0
    assert kneectl("start", "evening", "--port", port) == 1


def test_everything_kept_outlives_the_power(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "evening.toml"
    source.write_text(EVENING)
    flash = tmp_path / "flash"
    with Simulator(speed=10.0, flash=flash) as simulator:
        port = simulator.port
        assert kneectl("program", "put", str(source), "--port", port) == 0
        favourites = "evening,classic,warm,self"
        assert kneectl("settings", "set", "--knee", "left", "--favourites", favourites, "--port", port) == 0
        assert kneectl("settings", "unlock", "--yes", "--port", port) == 0
    with Simulator(speed=10.0, flash=flash) as simulator:
        port = simulator.port
        capsys.readouterr()
        assert kneectl("settings", "--port", port, "--json") == 0
        kept = _json(capsys)
        assert kept["knee"] == "left"
        assert kept["unlocked"] is True
        assert kept["favourites"] == favourites.split(",")
        with Client(port) as client:
            names = [row["name"] for row in client.programs()]
        assert names == [row[0] for row in programs.BUILT_IN] + ["evening"]


def test_a_device_without_a_lamp_says_so_and_a_locked_program_too(
    port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, words in (("infrared", "lamp"), ("post-op", "locked")):
        assert kneectl("start", name, "--port", port) == 1
        assert words in capsys.readouterr().err
    assert kneectl("programs", "--port", port) == 0
    shown = capsys.readouterr().out
    assert "lamp" in shown
    assert "grows" in shown


def test_a_board_without_side_motors_plays_what_it_can_and_says_so() -> None:
    features = ("roller", "heat", "infrared", "lamps", "buzzer")
    with Simulator(speed=20.0, features=features) as simulator, Client(simulator.port) as client:
        assert "without the side motors" in client.start("joinmax")["note"]
        client.stop()
        assert client.start("infrared")["state"] == "running"


def test_a_course_counts_what_the_device_played(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("settings", "set", "--session-min", "7", "--port", port) == 0  # half of it and a bit
    assert kneectl("course", "start", "daily", "--port", port) == 0
    assert kneectl("start", "self", "--port", port) == 0
    capsys.readouterr()
    assert kneectl("course", "status", "--port", port, "--json") == 0
    status = _json(capsys)
    assert status["done"] == 1, status
