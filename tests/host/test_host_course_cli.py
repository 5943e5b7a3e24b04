"""The commands `kneectl course ...`, alone and against a fake device."""

import json
from datetime import UTC, datetime
from pathlib import Path

import icalendar
import pytest
from serial.tools import list_ports

from fake_device import FakeDevice
from kneectl import cli_course, people
from run_kneectl import kneectl

_NOW = datetime(2025, 6, 10, 12, 0, tzinfo=UTC).astimezone()  # a Tuesday


def _events(content: bytes) -> list[icalendar.Event]:
    return icalendar.Calendar.from_ical(content).walk("VEVENT")


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be noon of 10 June 2025, and no device be plugged in."""
    monkeypatch.setattr(cli_course, "_now", lambda: _NOW)
    monkeypatch.setattr(list_ports, "comports", lambda: [])


def _status(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    capsys.readouterr()
    assert kneectl("course", "status", "--json", *arguments) == 0
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def test_the_courses_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("course", "list") == 0
    shown = " ".join(capsys.readouterr().out.split())
    for part in ("study: 12 sessions of swedish", "30 sessions of post-trauma", "is our choice"):
        assert part in shown
    assert kneectl("course", "list", "--json") == 0
    assert [course["sessions"] for course in json.loads(capsys.readouterr().out)] == [12, 30, 28]


def test_a_course_from_its_start_to_its_end(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--from", "2025-06-02", "--at", "9:30", "--days", "mon,thu"]
    assert kneectl("course", "start", "study", *arguments, "--port", device.port) == 0
    shown = capsys.readouterr().out
    for part in ("12 sessions of swedish", "Mon 2 Jun 2025 to Mon 21 Jul 2025", "0 of 12 done, 2 missed"):
        assert part in shown
    assert "Next is number 3: today at 09:30 (planned for Mon 9 Jun 2025)" in shown
    assert "counts until Wed 11 Jun 2025" in shown
    assert device.unix_s == int(_NOW.timestamp())

    for day in (3, 5, 6, 10):
        device.log_session(at_s=int(datetime(2025, 6, day, 9, 0, tzinfo=UTC).timestamp()))
    device.log_session(program="self")
    assert kneectl("course", "status", "--port", device.port) == 0
    shown = capsys.readouterr().out
    for part in ("3 of 12 done", "Mon ✓  Thu ✓", "2 of 2", "Not counted: 1 session beyond the plan.", "5 new sessions"):
        assert part in shown
    assert "Next is number 4: Thu 12 Jun 2025 at 09:30." in shown
    assert max(map(len, shown.split("\n\n")[1].splitlines())) <= 80

    device.log_session(at_s=int(datetime(2025, 6, 10, 11, 0, tzinfo=UTC).timestamp()))
    del device.log[:5]  # the device's log has moved on
    found = _status(capsys, "--port", device.port)
    assert (found["done"], found["planned"], found["next"]) == (3, 12, 4)
    assert found["note"] == "Compared with the device's log: 1 new session."
    assert [row["seq"] for row in found["not_counted"]] == [3, 6]  # type: ignore[attr-defined]
    assert found["sessions"][0]["held"]["at"].startswith("2025-06-03")  # type: ignore[index]

    assert kneectl("course", "stop") == 0
    shown = capsys.readouterr().out
    assert "The course was stopped on Tue 10 Jun 2025." in shown
    assert "3 of 12 done" in shown
    assert len(people.load("me").sessions) == 6
    assert kneectl("course", "stop") == 2
    assert kneectl("course", "start", "daily") == 0


def test_without_a_device_what_is_known_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("course", "start", "daily") == 0
    assert "Not compared with a device's log: No device found" in capsys.readouterr().out
    found = _status(capsys)
    assert (found["done"], found["due"], found["ahead"]) == (0, 1, 27)
    assert "No device found" in str(found["note"])


def test_a_port_that_was_named_and_fails_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("course", "start", "daily", "--port", "/dev/there-is-no-such-port") == 3
    assert people.load("me").plan is None  # nothing is half done
    assert kneectl("course", "start", "daily") == 0
    assert kneectl("course", "status", "--port", "/dev/there-is-no-such-port") == 3
    assert "There is no port" in capsys.readouterr().err


def test_a_device_without_a_log_is_told_of(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("course", "start", "daily") == 0
    device.refusals = dict.fromkeys(("clock.set", "log.list"), (-32601, "No such method."))
    assert kneectl("course", "status", "--port", device.port) == 1
    assert "keeps no log" in capsys.readouterr().err


def test_a_wiped_device_starts_another_log(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("course", "start", "daily", "--port", device.port) == 0
    device.log_session(program="self", strength=1)
    assert _status(capsys, "--port", device.port)["done"] == 1
    device.wipe()
    for strength in (2, 3):
        device.log_session(program="self", strength=strength)
    found = _status(capsys, "--port", device.port)
    assert found["done"] == 1
    assert [(row["log"], row["seq"]) for row in found["not_counted"]] == [(2, 1), (2, 2)]  # type: ignore[attr-defined]


def test_a_session_without_a_date_counts_if_it_cannot_have_been_before(
    device: FakeDevice, capsys: pytest.CaptureFixture[str]
) -> None:
    device.log_session(program="self", at_s=None)
    device.restart()
    assert kneectl("course", "start", "daily", "--port", device.port) == 0
    assert _status(capsys)["done"] == 0
    device.log_session(program="self", at_s=None)
    device.restart()
    found = _status(capsys, "--port", device.port)
    assert found["done"] == 1
    assert [row["why"] for row in found["not_counted"]] == ["no date"]  # type: ignore[attr-defined]


def test_a_course_whose_program_has_grown_for_somebody_is_told_so(
    device: FakeDevice, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["course", "start", "rehab", "--port", device.port]
    device.settings["sessions_done"] = 0
    assert kneectl(*arguments) == 0
    assert capsys.readouterr().err == ""
    device.settings["sessions_done"] = 7
    assert kneectl(*arguments, "--person", "me") == 2  # one runs
    assert kneectl("course", "stop") == 0
    capsys.readouterr()
    assert kneectl(*arguments, "--json") == 0
    out, err = capsys.readouterr()
    assert "7 by now" in err
    assert "`kneectl settings restart`" in err
    assert json.loads(out)["program"] == "post-trauma"


def test_other_courses_do_not_ask_for_what_has_grown(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("course", "start", "daily", "--port", device.port) == 0
    assert capsys.readouterr().err == ""
    assert "settings.get" not in [method for method, _ in device.executed]


def test_people_have_courses_of_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("course", "start", "daily") == 0
    assert kneectl("course", "status", "--person", "eva") == 0
    assert "No course is planned for eva" in capsys.readouterr().out
    assert _status(capsys, "--person", "eva") == {"person": "eva", "course": None}
    assert not people.path_of("eva").exists()


def test_a_calendar_file_has_what_remains(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("course", "start", "study", "--from", "2025-06-02", "--days", "mon,thu", "--at", "18:00") == 0
    capsys.readouterr()
    path = tmp_path / "knee.ics"
    assert kneectl("course", "calendar", "--out", str(path)) == 0
    assert f"10 sessions in {path}" in capsys.readouterr().out
    assert [event.decoded("dtstart") for event in _events(path.read_bytes())][:2] == [
        datetime(2025, 6, 9, 18, 0),
        datetime(2025, 6, 12, 18, 0),
    ]
    assert kneectl("course", "calendar", "--all") == 0
    assert len(_events(capsys.readouterr().out.encode())) == 12


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["start", "weekly"], "There is no course weekly"),
        (["start", "study", "--days", "mon"], "needs 2 days"),
        (["start", "study", "--days", "mon,mon"], "Name each day once"),
        (["start", "study", "--from", "tomorrow"], "--from tomorrow is no date"),
        (["start", "study", "--from", "2027-06-02"], "more than a year away"),
        (["start", "study", "--at", "25:00"], "--at 25:00 is no time of day"),
        (["start", "study", "--person", "../me"], "1 to 24 letters"),
        (["calendar"], "No course is planned"),
        (["stop"], "No course runs"),
    ],
)
def test_bad_input_says_what_to_do(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("course", *arguments) == 2
    assert says in capsys.readouterr().err
    assert people.load("me").plan is None


def test_a_calendar_that_cannot_be_written_or_would_be_empty(capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("course", "start", "daily") == 0
    assert kneectl("course", "calendar", "--out", "/nowhere/knee.ics") == 2
    assert "cannot be written" in capsys.readouterr().err
    assert kneectl("course", "stop") == 0
    assert kneectl("course", "calendar") == 2
    assert "--all" in capsys.readouterr().err
