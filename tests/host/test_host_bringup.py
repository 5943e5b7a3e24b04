"""The command `kneectl bringup`: a simulated maker with and without a mistake, and a person in a terminal."""

import json
import math
from pathlib import Path

import pytest

from kneectl import bringup
from kneectl.bringup import Bringup
from kneectl.bringup_report import Report, fill
from kneesim import plants
from kneesim.engines import ROOT
from kneesim.launch import Simulator
from kneesim.maker import Bench
from kneesim.mistakes import MISTAKES, Mistake
from run_kneectl import kneectl
from terminal import Terminal

# Which step finds it, and a word of what to look at.
FOUND = {
    "ntcs-swapped": ("which_sensor", "plugs"),
    "ntc-100k": ("identity", "pad's plug"),
    "pull-ups-swapped": ("sensors", "R121 to R124 and R131 to R134"),
    "no-pull-down": ("pull_downs", "10 kΩ"),
    "roller-reversed": ("roller", "two wires"),
    "sides-swapped": ("sides", "exchange their plugs"),
    "no-roller-current": ("roller", "R60"),
    "pad-twice-as-strong": ("pad", "PAD_MW"),
    "pad-half-the-size": ("heat", "size"),
    "no-read-back": ("enable", "R42 and R43"),
    "stop-normally-open": ("identity", "normally closed"),
    "no-stop-contact": ("stop_contact", "S1B"),
    "comparator-dead": ("comparator", "U4"),
    "store-22-uf": ("enable", "C2"),
    "enable-bridged": ("identity", "Do not use it"),
    "lamps-unplugged": ("face", "U7"),
    "rail-never-good": ("supply", "R1 to R3"),
}


def simulated(folder: Path, *arguments: str) -> tuple[int, dict[str, object]]:
    """Return the exit code of a simulated bring-up, and the report that it wrote."""
    code = kneectl("bringup", "--simulate", "--out", str(folder), *arguments)
    (path,) = folder.glob("bringup-*.json")
    report: dict[str, object] = json.loads(path.read_text())
    return code, report


def test_a_device_that_is_built_right_passes_every_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, report = simulated(tmp_path, "--maker", "A. Maker")
    assert code == 0
    assert report["passed"] is True
    steps = report["steps"]
    assert isinstance(steps, list)
    assert [(row["name"], row["result"]) for row in steps] == [(step.name, "passed") for step in bringup.STEPS]
    said = capsys.readouterr().out
    (page,) = tmp_path.glob("bringup-*.md")
    words = page.read_text()
    for step in bringup.STEPS:
        assert step.title in said
        assert f"| {step.title} | passed |" in words
    assert "passed every step" in words
    assert "A. Maker" in words
    assert str(page) in said


def test_an_esp32_is_brought_up_with_a_warm_calibration_and_has_no_heat_before(tmp_path: Path) -> None:
    with Bench(board="esp32") as bench:
        bench.please("normal")
        bench.please("acknowledge")
        bench.wait(3)
        assert "Calibrate both sensors" in bench.request("status")["self_test"]
        report = Report("", "")
        fill(report, Bringup(bench, bench), lambda number, row: None)
        assert report.has_passed, [row for row in report.steps if row.result == "failed"]
        assert "self_test" not in bench.request("status")


def test_every_mistake_is_looked_for() -> None:
    assert set(FOUND) == set(MISTAKES)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    code, report = simulated(tmp_path, "--mistake", name, "--json")
    assert code == 1
    said = capsys.readouterr()
    assert json.loads(said.out) == report
    assert report["passed"] is False
    steps = report["steps"]
    assert isinstance(steps, list)
    step, word = FOUND[name]
    (failed,) = [row for row in steps if row["result"] == "failed"]
    assert failed["name"] == step
    assert word in failed["remedy"]
    assert failed["found"] in said.err
    after = steps[steps.index(failed) + 1 :]
    assert {row["result"] for row in after} <= {"not tried"}
    (page,) = tmp_path.glob("bringup-*.md")
    assert "must not be worn" in page.read_text()


@pytest.mark.parametrize("drawn", list(plants.sample(5, most_corners=3)), ids=lambda drawn: f"plant {drawn.number}")
def test_parts_within_their_tolerance_are_no_mistake(drawn: plants.Drawn) -> None:
    with Bench(seed=drawn.number, plant=drawn.params()) as bench:
        b = Bringup(bench, bench)
        for step in bringup.STEPS:
            step.run(b)


def test_what_is_not_fitted_is_not_looked_for() -> None:
    bare = Mistake("No pull-downs.", lambda plant: plant.floating.update(("INNER", "ROLLER_IN1")))
    with Bench(bare, features=("heat", "infrared", "lamps", "buzzer")) as bench:
        report = Report("", "")
        fill(report, Bringup(bench, bench), lambda number, row: None)
    assert report.has_passed
    assert {row.name for row in report.steps if row.result == "not fitted"} == {"roller", "sides"}


def test_the_comparators_resistor_makes_it_hot_in_any_room() -> None:
    """56 kΩ beside an NTC of 100 kΩ: less than the NTC alone has at 45 degrees, from 15 to 35."""
    trips_ohm = _ntc_ohm(45.0)
    for room_c in (15.0, 25.0, 35.0):
        ohm = 1 / (1 / _ntc_ohm(room_c) + 1 / 56e3)
        assert ohm < 0.97 * trips_ohm, room_c
    assert "56 kΩ" in bringup.ACTIONS["bridge"]


def _ntc_ohm(degrees: float) -> float:
    return float(100e3 * math.exp(3950 * (1 / (degrees + 273.15) - 1 / 298.15)))


def test_what_cannot_be_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where a report goes by itself
    for arguments, words in (
        (("--simulate", "--mistake", "none"), "There is no mistake none"),
        (("--mistake", "no-pull-down"), "goes with --simulate"),
        (("--simulate", "--out", str(tmp_path / "none")), "There is no folder"),
        ((), "in a terminal"),
    ):
        assert kneectl("bringup", *arguments) == 2
        assert words in capsys.readouterr().err
    assert not list(tmp_path.glob("bringup-*"))


def test_mistakes_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("bringup", "--mistake", "list") == 0
    said = capsys.readouterr().out
    for name, mistake in MISTAKES.items():
        assert f"{name} " in said
        assert mistake.words in said


def test_the_page_has_every_step_and_every_mistake_in_order() -> None:
    page = (ROOT / "docs/bringup.md").read_text()
    rows = [f"| {step.title} | " for step in bringup.STEPS]
    rows += [f"| {name} | {mistake.words} |" for name, mistake in MISTAKES.items()]
    places = [page.find(f"\n{row}") for row in rows]
    assert -1 not in places, rows[places.index(-1)]
    assert places == sorted(places)


_HELD = ("0 press stop", "0 press mode", "4 release stop", "4 release mode")


def test_a_person_in_a_terminal_is_asked_and_a_report_is_kept_of_what_was_found(tmp_path: Path) -> None:
    with (
        Simulator("cpython", speed=5.0, events=list(_HELD)) as simulator,
        Terminal("bringup", "--port", simulator.port, "--out", str(tmp_path)) as terminal,
    ):
        terminal.read_until("Hold STOP and MODE")
        terminal.type("\n")
        terminal.read_until("RAIL and ground")
        terminal.type("99\n")
        terminal.read_until("measure again")
        terminal.type("4.2\n")
        assert terminal.end() == 1
    assert "RAIL is 4.2 V" in terminal.shown
    (path,) = tmp_path.glob("bringup-*.json")
    report = json.loads(path.read_text())
    assert [row["result"] for row in report["steps"]][:3] == ["passed", "failed", "not tried"]


def test_ctrl_c_keeps_what_there_is(tmp_path: Path) -> None:
    with Terminal("bringup", "--port", "/dev/none", "--out", str(tmp_path)) as terminal:
        terminal.read_until("Enter when that is so")
        terminal.press_ctrl_c()
        assert terminal.end() == 130
    (path,) = tmp_path.glob("bringup-*.json")
    assert json.loads(path.read_text())["passed"] is False
