"""The command `kneectl firmware build`."""

import json
from pathlib import Path

import pytest

from kneesim.pico import image
from run_kneectl import kneectl


def on_disk(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("board", ["pico", "esp32"])
def test_what_is_built_is_what_the_emulated_board_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], board: str
) -> None:
    folder = tmp_path / "out"
    assert kneectl("firmware", "build", board, "--out", str(folder)) == 0
    files = image.firmware_files(board)
    assert on_disk(folder) == files
    assert f"{len(files)} files for {board}" in capsys.readouterr().out


def test_a_second_build_leaves_nothing_of_the_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "out"
    assert kneectl("firmware", "build", "--out", str(folder)) == 0
    (folder / "a" / "massager" / "old.mpy").write_bytes(b"")
    capsys.readouterr()
    assert kneectl("firmware", "build", "--out", str(folder), "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["board"] == "pico"
    assert found["files"] == len(on_disk(folder))
    assert not (folder / "a" / "massager" / "old.mpy").exists()


def test_nothing_of_anybody_elses_is_removed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    assert kneectl("firmware", "build", "--out", str(tmp_path)) == 2
    assert "no build made" in capsys.readouterr().err
    assert (tmp_path / "letter.txt").read_text() == "dear"


def test_a_board_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("firmware", "build", "arduino") == 2
    assert "There is no board arduino. Boards are" in capsys.readouterr().err
