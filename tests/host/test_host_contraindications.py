"""Who must not use the massager: the list, and that nobody starts a session before acknowledging it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from fake_device import FakeDevice
from kneectl import contraindications, people
from kneectl.contraindications import Group
from run_kneectl import WAIT_S, kneectl, spawn
from terminal import Terminal

_COMMAND = "kneectl contraindications --acknowledge"


@pytest.fixture
def stranger(data_dir: Path) -> None:
    """Let "me" have acknowledged nothing."""
    people.path_of("me").unlink()


@pytest.fixture
def quick() -> Iterator[FakeDevice]:
    """A fake device whose short session takes a second and a half."""
    with FakeDevice(speed=8.0) as fake:
        yield fake


# The source text's two lists, and what a device that heats adds.
_NAMED = """belly blood pressure hardened brain mental tuberculosis cancer venereal varicose heart lung kidney liver
    vomiting diarrhoea nausea bleeding fever flare ligament sensitivity skin hair nails asleep feels neuropathy diabetes
    pacemaker implant thrombosis open pregnant child specialist"""


@pytest.mark.parametrize("part", _NAMED.split())
def test_the_list_names(part: str) -> None:
    words = " ".join(entry for group in contraindications.GROUPS for entry in (group.title, *group.entries)).lower()
    assert part in words


@pytest.mark.parametrize(
    "part", ["doctor first", "any pain", "hollow of the knee", "lymph nodes", "20 minutes", "four sessions of 15"]
)
def test_the_rules_name(part: str) -> None:
    assert any(part in entry for entry in contraindications.GROUPS[-1].entries)


def test_any_change_of_the_list_is_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = contraindications.version()
    assert before == contraindications.version()
    assert contraindications.is_acknowledged(people.load("me"))
    group = contraindications.GROUPS[0]
    for changed in (
        replace(group, entries=(*group.entries, "who is tired")),
        replace(group, entries=group.entries[1:]),
        Group(group.title + " ever", group.entries),
    ):
        monkeypatch.setattr(contraindications, "GROUPS", (changed, *contraindications.GROUPS[1:]))
        assert contraindications.version() != before
        assert not contraindications.is_acknowledged(people.load("me"))


def test_the_list_is_shown_to_anyone(stranger: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("contraindications") == 0
    shown = capsys.readouterr().out
    for part in ("pacemaker", "Lie down for about 20 minutes", "Nobody has acknowledged for me yet", _COMMAND):
        assert part in shown
    assert not people.path_of("me").exists()


def test_acknowledging_is_kept_with_its_day(stranger: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("contraindications", "--acknowledge", "--person", "Eva") == 0
    assert "Acknowledged for eva on " in capsys.readouterr().out
    assert kneectl("contraindications", "--json", "--person", "eva") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["acknowledged"] == {"on": str(date.today()), "is_current": True}
    assert found["version"] == contraindications.version()
    assert len(found["groups"]) == len(contraindications.GROUPS)
    assert people.load("me").acknowledged is None


@pytest.mark.parametrize("command", [["start", "short"], ["course", "start", "daily"]])
def test_without_a_terminal_nothing_starts_and_the_command_is_named(
    stranger: None, device: FakeDevice, command: list[str]
) -> None:
    with spawn(*command, "--port", device.port) as process:
        out, err = process.communicate(timeout=WAIT_S)
    assert process.returncode == 2
    assert out == ""
    assert err.startswith("kneectl: Nobody has acknowledged for me yet")
    assert f"`{_COMMAND}`" in err
    assert device.lines == []
    assert people.load("me").plan is None


def test_for_somebody_else_the_command_names_them(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    with spawn("start", "short", "--person", "eva", "--port", device.port) as process:
        _, err = process.communicate(timeout=WAIT_S)
    assert process.returncode == 2
    assert f"`{_COMMAND} --person eva`" in err


def test_a_changed_list_has_to_be_acknowledged_again(device: FakeDevice) -> None:
    people.acknowledge("me", people.Acknowledgement(date(2025, 6, 1), "an earlier"))
    with spawn("start", "short", "--port", device.port) as process:
        _, err = process.communicate(timeout=WAIT_S)
    assert process.returncode == 2
    assert "has changed since it was acknowledged for me" in err
    assert device.lines == []


def test_in_a_terminal_a_yes_starts_the_session_and_is_asked_for_once(stranger: None, quick: FakeDevice) -> None:
    with Terminal("start", "short", "--port", quick.port) as terminal:
        terminal.read_until("[y/N]")
        assert "pacemaker" in terminal.shown
        assert quick.lines == []
        terminal.type("y\n")
        assert terminal.end() == 0
    assert "The program is over." in terminal.shown
    with Terminal("start", "short", "--port", quick.port) as terminal:
        assert terminal.end() == 0
    assert "[y/N]" not in terminal.shown


@pytest.mark.parametrize("answer", ["\n", "n\n", "nein\nn\n"])
def test_in_a_terminal_anything_but_yes_starts_nothing(stranger: None, device: FakeDevice, answer: str) -> None:
    with Terminal("start", "short", "--port", device.port) as terminal:
        terminal.read_until("[y/N]")
        terminal.type(answer)
        assert terminal.end() == 2
    assert "Ask a doctor" in terminal.shown
    assert device.lines == []
    assert people.load("me").acknowledged is None


def test_ctrl_c_at_the_question_starts_nothing(stranger: None, device: FakeDevice) -> None:
    with Terminal("course", "start", "daily", "--port", device.port) as terminal:
        terminal.read_until("[y/N]")
        terminal.press_ctrl_c()
        assert terminal.end() == 130
    assert "Nothing was started." in terminal.shown
    assert device.lines == []
    assert people.load("me") == people.Person("me")


def test_a_yes_before_a_course_is_one_for_sessions_too(stranger: None, quick: FakeDevice) -> None:
    with Terminal("course", "start", "daily", "--port", quick.port) as terminal:
        terminal.read_until("[y/N]")
        terminal.type("y\n")
        assert terminal.end() == 0
    assert kneectl("start", "short", "--port", quick.port) == 0


def test_the_demo_asks_nobody(stranger: None, tmp_path: Path) -> None:
    assert kneectl("demo", "--speed", "0", "--out", str(tmp_path / "demo")) == 0
    assert not people.path_of("me").exists()


def test_watching_and_stopping_ask_nobody(stranger: None, device: FakeDevice) -> None:
    for command in (["status"], ["stop"], ["log"], ["monitor", "--seconds", "0.1"]):
        assert kneectl(*command, "--port", device.port) == 0
