"""The command `kneesim`, as a process."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kneesim import faults
from kneesim.engines import ROOT

OPEN = str(ROOT / "sim/scenarios/skin-open.toml")
STOP = str(ROOT / "sim/scenarios/stop-pressed.toml")


def kneesim(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-m", "kneesim", *words], capture_output=True, text=True, timeout=120)


def test_run_says_what_tripped_and_how_long_it_took() -> None:
    done = kneesim("run", OPEN, STOP)
    assert (done.returncode, done.stderr) == (0, "")
    assert "tripped: skin_open at 30.0" in done.stdout
    assert "ms after the fault" in done.stdout
    assert "2 of 2 scenarios as expected" in done.stdout


def test_run_as_json() -> None:
    done = kneesim("run", "--json", OPEN)
    assert done.returncode == 0
    (found,) = json.loads(done.stdout)
    assert found["trips"][0][0] == "skin_open"
    assert 0 < found["trip_ms"] <= 100
    assert 0 < found["off_ms"] <= 100
    assert found["as_expected"] is True
    assert found["state"] == "fault"
    assert 32 < found["peak_skin_c"] < 35
    assert "/kept/log.0" in found["kept"]


def test_what_does_not_hold_is_status_1_and_a_bad_file_2(tmp_path: Path) -> None:
    path = tmp_path / "one.toml"
    path.write_text('title = "x"\nlength_s = 3\n[expect]\nresets = 1\n')
    done = kneesim("run", str(path))
    assert done.returncode == 1
    assert "NOT AS EXPECTED: resets: 0, not 1" in done.stdout
    path.write_text('title = "x"\n')
    done = kneesim("run", OPEN, str(path))
    assert done.returncode == 2
    assert done.stdout == ""  # no file is played before all are read
    assert done.stderr.strip() == f"kneesim: {path}: length_s: is missing; write it."
    assert kneesim("run").returncode == 2


def test_a_picture_is_drawn_of_one_scenario(tmp_path: Path) -> None:
    picture = tmp_path / "out.png"
    assert kneesim("run", OPEN, "--plot", str(picture)).returncode == 0
    data = picture.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")) == (1200, 900)
    assert kneesim("run", OPEN, STOP, "--plot", str(picture)).returncode == 2
    assert "must end in .png" in kneesim("run", OPEN, "--plot", "picture.txt").stderr


def test_faults_lists_the_table() -> None:
    done = kneesim("faults", "--json")
    rows = json.loads(done.stdout)
    assert [row["name"] for row in rows] == [row.name for row in faults.TABLE]
    offset = next(row for row in rows if row["name"] == "offset")
    assert offset["params"] == [{"name": "c", "unit": "°C", "default": 3.0, "least": -50, "most": 50}]
    table = kneesim("faults").stdout
    for row in faults.TABLE:
        assert row.name in table


@pytest.mark.parametrize("words", [("--help",), ("run", "--help"), ("faults", "-h")])
def test_help(words: tuple[str, ...]) -> None:
    assert kneesim(*words).returncode == 0
