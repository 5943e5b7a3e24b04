"""A recorded session comes out the same wherever it is replayed, and a difference is found."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kneesim import replay
from kneesim.engines import ENGINES, EngineMissing, engine_command, installed

MINUTES = 1.5


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("replay") / "session.txt"
    path.write_text("\n".join(replay.record(MINUTES)) + "\n")
    return path


def _why_not(engine: str) -> str:
    try:
        engine_command(engine)
    except EngineMissing as e:
        return str(e)
    return ""


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_does_what_the_recorded_device_did(recording: Path, engine: str) -> None:
    if why_not := _why_not(engine):
        pytest.skip(why_not)
    found = replay.compare(recording, ["cpython", engine])
    assert found["engines"][engine]["agrees"], found
    assert found["ticks"] > MINUTES * 60 * 50


def test_the_recording_has_everything_that_may_happen_in_a_session(recording: Path) -> None:
    lines = recording.read_text().splitlines()
    assert {line.split()[0] for line in lines if line[0].isalpha()} == set(replay.COMMANDS)
    ticks = [line.split() for line in lines if line[0].isdigit()]
    assert {int(tick[5]) for tick in ticks} == {0, 1, 2, 4, 8}  # no button, and each of the four
    assert int(ticks[0][0]) > int(ticks[-1][0])  # the ring wrapped
    rows = [line.split() for line in replay._run("cpython", recording, "pico", 1, len(ticks)) if line[0] != "="]
    assert len(rows) == len(ticks)
    assert {row[6] for row in rows} == {"0", "1", "2", "3"}  # every state
    for column in (1, 2, 3, 4, 5, 7):  # heater, motors, alive, fault
        assert len({row[column] for row in rows}) > 1, column


def test_recording_again_gives_the_same_lines_and_another_seed_others(recording: Path) -> None:
    again = replay.record(MINUTES)
    assert recording.read_text().splitlines() == again
    assert replay.record(MINUTES, seed=2)[1:] != again[1:]


def test_a_changed_line_is_found(recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = recording.read_text().splitlines()
    place = next(i for i, line in enumerate(lines) if line.startswith("adjust"))
    words = lines[place + 2500].split()
    words[5] = "1"  # STOP
    lines[place + 2500] = " ".join(words)
    changed = tmp_path / "changed.txt"
    changed.write_text("\n".join(lines) + "\n")
    assert replay.main(["run", str(changed), "--engine", "cpython"]) == 1
    assert "differs from what was recorded between ticks 3001 and 4000" in capsys.readouterr().out


def test_the_first_differing_tick_of_an_engine_is_shown(
    recording: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = replay._run

    def run_wrong(engine: str, path: Path, board: str, first: int = 0, last: int = 0) -> list[str]:
        lines = run("cpython", path, board, first, last)
        if engine == "vm":
            lines = ["= 3000 00000000" if line.startswith("= 3000 ") else line for line in lines]
            lines = ["2345 9 1 1 1 1 1 1" if line.startswith("2345 ") else line for line in lines]
        return lines

    monkeypatch.setattr(replay, "_run", run_wrong)
    assert replay.main(["run", str(recording), "--engine", "cpython", "--engine", "vm", "--json"]) == 1
    rows = json.loads(capsys.readouterr().out)["engines"]
    assert rows["cpython"]["agrees"]
    assert rows["vm"]["difference"].startswith("differs from cpython: '2345 9 1 1 1 1 1 1' for '2345 1 ")


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["run"],
        ["run", "no-such-file"],
        ["run", __file__],
        ["run", __file__, "--engine", "other"],
        ["record", "x", "--minutes", "60"],
    ],
)
def test_wrong_usage_ends_with_2(words: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", "kneesim.replay", *words], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_installed_can_be_listed() -> None:
    done = subprocess.run([sys.executable, "-m", "kneesim.engines"], capture_output=True, text=True, check=True)
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(ENGINES)
    assert installed()[0] == "cpython"
