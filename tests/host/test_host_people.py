"""People's files: written whole or not at all, read strictly, and no session lost or kept twice."""

import os
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kneectl import people, runtime
from kneectl.courses import Plan
from kneectl.device_log import Listing, Record
from kneectl.errors import UsageError
from kneectl.people import Acknowledgement, Mark, Person

_ID = "e6611cb2"
_NOW = datetime(2025, 6, 2, 10, 0, tzinfo=UTC)
_DAYS = (date(2025, 6, 2), date(2025, 6, 5), date(2025, 6, 9))
_PLAN = Plan("0123", "study", "swedish", _DAYS, time(9, 30), date(2025, 6, 1))
_RECORD = Record(1, "swedish", 1748858400, 60, 600, 600, "finished", None, 3, "low", 38400)


def _records(first: int, following: int) -> list[Record]:
    return [replace(_RECORD, seq=seq, up_s=seq) for seq in range(first, following)]


@pytest.mark.parametrize("name", ["me", "a", "anna-2", "x" * 24, "Anna"])
def test_names_that_may_be(name: str) -> None:
    assert people.check_name(name) == name.lower()


@pytest.mark.parametrize("name", ["", "x" * 25, "an na", "../me", "a.b", "a/b", "Jörg", "me\n"])
def test_names_that_may_not_be(name: str) -> None:
    with pytest.raises(UsageError, match="1 to 24 letters") as caught:
        people.load(name)
    assert caught.value.exit_code == 2


def test_nobody_is_known_before_something_is_kept(data_dir: Path) -> None:
    assert people.load("eva") == Person("eva")
    assert not people.path_of("eva").exists()
    assert people.path_of("eva") == data_dir / "kneectl" / "people" / "eva.toml"


def test_all_that_is_kept_reads_back(data_dir: Path) -> None:
    fault = replace(_RECORD, seq=2, at_s=None, end="fault", fault="skin_open")
    listed = Listing(1, 3, 3, 100)
    people.acknowledge("eva", Acknowledgement(date(2025, 6, 1), "abc"))
    people.add_plan("eva", _PLAN)
    new = people.keep("eva", _ID, listed, [_RECORD, fault], _NOW)
    assert people.load("eva") == Person(
        "eva", Acknowledgement(date(2025, 6, 1), "abc"), {_ID: Mark(1, 3, _NOW)}, (_PLAN,), tuple(new)
    )
    assert [kept.session.record for kept in new] == [_RECORD, fault]
    assert [kept.key for kept in new] == [(_ID, 1, 1), (_ID, 1, 2)]
    assert new[1].session.before == _NOW
    assert people.path_of("eva").stat().st_mode & 0o077 == 0  # it is about someone's health
    assert people.load("me").plans == ()


def test_what_somebody_else_wrote_into_the_file_stays() -> None:
    path = people.path_of("eva")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('version = 1 # first\nknee = "left"\n\n[doctor]\nname = "Dr. Ü"\n', encoding="utf-8")
    people.add_plan("eva", _PLAN)
    people.keep("eva", _ID, Listing(1, 2, 1, 100), [_RECORD], _NOW)
    people.stop_plan("eva", date(2025, 6, 3))
    people.acknowledge("eva", Acknowledgement(date(2025, 6, 1), "abc"))
    text = path.read_text(encoding="utf-8")
    for part in ("version = 1 # first\n", 'knee = "left"\n', '[doctor]\nname = "Dr. Ü"\n'):
        assert part in text
    known = people.load("eva")
    assert known.plan == replace(_PLAN, stopped=date(2025, 6, 3))
    assert len(known.sessions) == 1
    assert known.acknowledged is not None


_GOOD_SESSION = (
    '[[session]]\ndevice = "e6"\nlog = 1\nseq = 1\nat = 2025-06-02T09:00:00+02:00\nprogram = "self"\nup_s = 5\n'
    'lasted_s = 5\nof_s = 5\nend = "cap"\nstrength = 1\nheat = "low"\nskin_mc = 3\n'
)
_GOOD_COURSE = '[[course]]\nuid = "1"\ncourse = "x"\nprogram = "y"\nplanned = [2025-06-02]\nbegun = 2025-06-01\n'


def test_sessions_and_courses_written_by_hand_are_read() -> None:
    path = people.path_of("eva")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("version = 1\n" + _GOOD_COURSE + _GOOD_SESSION)
    known = people.load("eva")
    assert (len(known.plans), len(known.sessions)) == (1, 1)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("version = 1\nknee = left\n", "not TOML.*line 2"),
        ("# nothing else\n", "it has no version"),
        ("version = '1'\n", "version = 1, which must be a whole number"),
        ("version = 2\n", "newer kneectl"),
        ("version = 1\nsession = 3\n", "session = 3, which must be a list"),
        ("version = 1\nsession = [3]\n", "session.* number 1 is not a table"),
        ("version = 1\nacknowledged = true\n", "which must be a table"),
        ("version = 1\n[acknowledged]\non = 'today'\nversion = 'a'\n", "acknowledged.*must be a day such as"),
        ("version = 1\n[device.e6]\nlog = 1\nnext = 2\n", "device.e6.* has no read, which must be a moment"),
        ("version = 1\n[device.e6]\nlog = 1\nnext = 2\nread = 2025-06-02T09:00:00\n", "must be a moment with its zone"),
        ("version = 1\n[device]\ne6 = 1\n", "device.e6.* is not a table"),
        ("version = 1\n" + _GOOD_SESSION + _GOOD_SESSION.replace("seq = 1", "seq = 1.0"), "session.* number 2 has seq"),
        ("version = 1\n" + _GOOD_SESSION.replace("up_s = 5", "up_s = true"), "up_s = True, which must be a whole"),
        ("version = 1\n" + _GOOD_COURSE.replace("2025-06-02", ""), "course.* number 1 has planned days"),
        ("version = 1\n" + _GOOD_COURSE.replace("2025-06-02", "2025-06-05, 2025-06-02"), "not days in order"),
        ("version = 1\n" + _GOOD_COURSE.replace("2025-06-02", "2025-06-02, 2025-06-02"), "not days in order"),
        ("version = 1\n" + _GOOD_COURSE.replace("2025-06-02", "1"), "not days in order"),
        ("version = 1\n" + _GOOD_COURSE + 'at = "9:30"\n', "must be a time such as 09:30:00"),
    ],
)
def test_a_file_that_cannot_be_understood_says_why_and_stays_as_it_is(text: str, says: str) -> None:
    path = people.path_of("eva")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    changes = [
        lambda: people.load("eva"),
        lambda: people.acknowledge("eva", Acknowledgement(date(2025, 6, 1), "abc")),
        lambda: people.add_plan("eva", _PLAN),
        lambda: people.keep("eva", _ID, Listing(1, 2, 1, 100), [_RECORD], _NOW),
    ]
    for change in changes:
        with pytest.raises(UsageError, match=says) as caught:
            change()
        assert str(path) in str(caught.value)
        assert path.read_text() == text


def test_a_file_that_is_not_text_is_left_alone() -> None:
    path = people.path_of("eva")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="not text in UTF-8"):
        people.add_plan("eva", _PLAN)
    assert path.read_bytes() == b"\xff\xfe\x00"


def test_a_write_that_fails_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    people.add_plan("eva", _PLAN)
    path = people.path_of("eva")
    before = path.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "replace", fail)
        with pytest.raises(UsageError, match=r"eva\.toml cannot be written: No space left on device"):
            people.stop_plan("eva", date(2025, 6, 3))
    assert path.read_bytes() == before
    assert sorted(found.name for found in path.parent.iterdir()) == ["eva.toml", "me.toml"]
    people.stop_plan("eva", date(2025, 6, 3))  # the lock is free again


def test_a_folder_that_cannot_be_made_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    with pytest.raises(UsageError, match="cannot be"):
        people.add_plan("eva", _PLAN)


def test_a_link_to_a_file_elsewhere_stays_a_link(tmp_path: Path) -> None:
    people.add_plan("eva", _PLAN)
    path, elsewhere = people.path_of("eva"), tmp_path / "synced.toml"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    people.stop_plan("eva", date(2025, 6, 3))
    assert path.is_symlink()
    assert "stopped" in elsewhere.read_text()


def test_two_kneectl_do_not_write_at_once() -> None:
    people.add_plan("eva", _PLAN)
    held = runtime.take(runtime.runtime_dir() / "person-eva.json", {"pid": 1})
    assert held is not None
    with pytest.raises(UsageError, match="Another kneectl"):
        people.stop_plan("eva", date(2025, 6, 3))
    held.release()
    people.stop_plan("eva", date(2025, 6, 3))


def test_a_second_course_waits_for_the_end_of_the_first() -> None:
    people.add_plan("eva", _PLAN)
    with pytest.raises(UsageError, match=r"course study is not over.*kneectl course stop"):
        people.add_plan("eva", replace(_PLAN, begun=date(2025, 6, 12)))
    people.add_plan("eva", replace(_PLAN, uid="next", begun=date(2025, 6, 13)))  # the first one's last day is over
    people.stop_plan("eva", date(2025, 6, 3))
    with pytest.raises(UsageError, match="No course runs"):
        people.stop_plan("eva", date(2025, 6, 3))
    assert [plan.uid for plan in people.load("eva").plans] == ["0123", "next"]


def test_reading_a_log_again_keeps_nothing_twice() -> None:
    listed = Listing(1, 6, 1, 100)
    assert len(people.keep("eva", _ID, listed, _records(1, 6), _NOW)) == 5
    assert people.keep("eva", _ID, listed, _records(1, 6), _NOW) == []
    assert people.unread_from(people.load("eva"), _ID) == 5
    assert [kept.key for kept in people.keep("eva", _ID, Listing(1, 8, 1, 100), _records(5, 8), _NOW)] == [
        (_ID, 1, 6),
        (_ID, 1, 7),
    ]
    assert len(people.load("eva").sessions) == 7


def test_what_the_device_no_longer_has_is_still_known() -> None:
    people.keep("eva", _ID, Listing(1, 6, 1, 100), _records(1, 6), _NOW)
    new = people.keep("eva", _ID, Listing(40, 42, 40, 100), _records(40, 42), _NOW)
    assert [kept.key for kept in new] == [(_ID, 1, 40), (_ID, 1, 41)]
    assert [kept.session.record.seq for kept in people.load("eva").sessions] == [1, 2, 3, 4, 5, 40, 41]


def test_the_same_numbers_on_another_device_are_other_sessions() -> None:
    people.keep("eva", _ID, Listing(1, 3, 1, 100), _records(1, 3), _NOW)
    assert len(people.keep("eva", "other", Listing(1, 3, 1, 100), _records(1, 3), _NOW)) == 2


@pytest.mark.parametrize(
    ("listed", "records"),
    [
        (Listing(1, 2, 1, 100), [replace(_RECORD, program="self")]),  # fewer than before
        (Listing(1, 3, 1, 100), [replace(_RECORD, program="self"), replace(_RECORD, seq=2, lasted_s=3)]),  # as many
    ],
)
def test_a_log_that_began_anew_is_another_log(listed: Listing, records: list[Record]) -> None:
    people.keep("eva", _ID, Listing(1, 3, 1, 100), _records(1, 3), _NOW)
    assert people.is_anew(people.load("eva"), _ID, listed, records)
    new = people.keep("eva", _ID, listed, records, _NOW + timedelta(days=1))
    assert [kept.key for kept in new] == [(_ID, 2, record.seq) for record in records]
    assert people.load("eva").devices[_ID] == Mark(2, listed.next, _NOW + timedelta(days=1))


def test_a_session_without_a_date_came_after_the_last_reading() -> None:
    people.keep("eva", _ID, Listing(1, 2, 1, 100), [_RECORD], _NOW + timedelta(days=1))
    undated = replace(_RECORD, seq=2, at_s=None)
    (kept,) = people.keep("eva", _ID, Listing(1, 3, 3, 5), [_RECORD, undated], _NOW + timedelta(days=3))
    assert kept.session.at is None
    assert kept.session.after == _NOW + timedelta(days=1)
    assert kept.session.before == _NOW + timedelta(days=3)


class _Device:
    """A device whose log keeps the newest five records, as a model."""

    def __init__(self) -> None:
        self.log: list[Record] = []
        self.next = 1
        self.count = 0

    def play(self) -> None:
        self.count += 1  # makes each session unlike all others
        self.log = [*self.log, replace(_RECORD, seq=self.next, up_s=self.count)][-5:]
        self.next += 1

    def wipe(self) -> None:
        self.log, self.next = [], 1

    def listing(self) -> Listing:
        return Listing(self.log[0].seq if self.log else self.next, self.next, self.next, 10)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["play", "play", "play", "wipe", "read"]), max_size=40))
def test_every_session_that_was_there_at_a_reading_is_kept_once(events: list[str]) -> None:
    device, person, seen = _Device(), Person("eva"), []
    for event in [*events, "read"]:
        if event != "read":
            getattr(device, event)()
            continue
        listed, since = device.listing(), people.unread_from(person, _ID)
        records = [record for record in device.log if record.seq >= since]
        if people.is_anew(person, _ID, listed, records):
            records = device.log
        mark, new = people.merge(person, _ID, listed, records, _NOW)
        person = replace(person, devices={_ID: mark}, sessions=(*person.sessions, *new))
        seen += [record.up_s for record in device.log if record.up_s not in seen]
    assert [kept.session.record.up_s for kept in person.sessions] == seen
    assert len({kept.key for kept in person.sessions}) == len(seen)
