"""The device's session log: read in pages, dated as far as that can be, shown, and the date told to the device."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_device import FakeDevice
from kneectl import device_log
from kneectl.client import Client
from kneectl.device_log import Listing, Record
from kneectl.errors import DeviceError
from run_kneectl import kneectl

ROW = {
    "seq": 7,
    "program": "swedish",
    "at_s": None,
    "up_s": 30,
    "lasted_s": 600,
    "of_s": 600,
    "end": "finished",
    "strength": 3,
    "heat": "medium",
    "skin_mc": 38400,
}
_NOON_S = 1748858400  # 2025-06-02 12:00 in Berlin
_NOW = datetime.fromtimestamp(_NOON_S, UTC)


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Live in Berlin, where the offset changes with the season."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def _record(seq: int, at_s: int | None = None, up_s: int = 0) -> Record:
    return device_log.from_answer({**ROW, "seq": seq, "at_s": at_s, "up_s": up_s})


def test_a_record_is_taken_as_it_is_and_newer_fields_are_ignored() -> None:
    record = device_log.from_answer({**ROW, "end": "fault", "fault": "skin_hot", "dose": 3})
    assert (record.seq, record.at_s, record.end, record.fault) == (7, None, "fault", "skin_hot")
    assert device_log.from_answer(ROW).fault is None


@pytest.mark.parametrize(
    "row",
    [
        None,
        [],
        {},
        {**ROW, "seq": "7"},
        {**ROW, "seq": True},
        {**ROW, "program": None},
        {**ROW, "at_s": 1.5},
        {**ROW, "fault": 3},
        {key: value for key, value in ROW.items() if key != "lasted_s"},
    ],
)
def test_a_record_that_is_none_is_an_error(row: object) -> None:
    with pytest.raises(DeviceError, match="cannot be understood"):
        device_log.from_answer(row)  # type: ignore[arg-type]


@pytest.mark.parametrize(("since", "seqs"), [(0, [1, 2, 3, 4, 5, 6, 7]), (6, [6, 7]), (7, [7]), (8, []), (99, [])])
def test_the_log_is_read_page_by_page(device: FakeDevice, since: int, seqs: list[int]) -> None:
    for _ in range(7):
        device.log_session()
    with Client(device.port) as client:
        records = device_log.read(client, device_log.listing(client), since)
    assert [record.seq for record in records] == seqs


def test_a_log_that_has_moved_on_is_read_from_its_oldest_record(device: FakeDevice) -> None:
    for _ in range(9):
        device.log_session()
    del device.log[:5]
    with Client(device.port) as client:
        listed = device_log.listing(client)
        records = device_log.read(client, listed, 2)
    assert (listed.first, listed.next) == (6, 10)
    assert [record.seq for record in records] == [6, 7, 8, 9]


def test_damaged_records_that_the_device_leaves_out_are_no_error(device: FakeDevice) -> None:
    for _ in range(6):
        device.log_session()
    del device.log[2:4]
    with Client(device.port) as client:
        records = device_log.read(client, device_log.listing(client))
    assert [record.seq for record in records] == [1, 2, 5, 6]


def test_an_empty_log_needs_no_reading(device: FakeDevice) -> None:
    with Client(device.port) as client:
        assert device_log.read(client, device_log.listing(client)) == []
    assert [method for method, _ in device.executed] == ["log.list"]


@pytest.mark.parametrize(
    "page",
    [
        {"records": [], "next": 1},  # would never end
        {"records": [], "next": None},
        {"records": {}, "next": 9},
        {"records": [ROW, ROW], "next": 9},
        {"next": 9},
    ],
)
def test_answers_that_are_no_log_are_an_error(device: FakeDevice, page: object) -> None:
    device.log_session()
    device.results["log.read"] = page
    with Client(device.port) as client:
        listed = device_log.listing(client)
        with pytest.raises(DeviceError, match="cannot be understood"):
            device_log.read(client, listed)
        device.results["log.list"] = {"first": 1, "next": "many", "booted": 1, "up_s": 3}
        with pytest.raises(DeviceError, match="cannot be understood"):
            device_log.listing(client)


@pytest.mark.parametrize(
    ("what", "listed", "records", "last_read", "expected"),
    [
        (
            "the device knew the date: an hour later it has forgotten it, and that does not matter",
            Listing(1, 2, 2, 10),
            [_record(1, _NOON_S - 86400)],
            None,
            ["2025-06-01T12:00:00+02:00"],
        ),
        (
            "no date, but still switched on: counted back",
            Listing(1, 3, 1, 7200),
            [_record(1, None, 3600), _record(2, None, 7140)],
            None,
            ["2025-06-02T11:00:00+02:00", "2025-06-02T11:59:00+02:00"],
        ),
        (
            "no date, and switched off since",
            Listing(1, 2, 2, 100),
            [_record(1, None, 60)],
            None,
            ["- .. 2025-06-02T12:00:00+02:00"],
        ),
        (
            "the same, but the log was read in May before",
            Listing(1, 2, 2, 100),
            [_record(1, None, 60)],
            datetime(2025, 5, 31, 8, 0, tzinfo=UTC),
            ["2025-05-31T08:00:00+00:00 .. 2025-06-02T12:00:00+02:00"],
        ),
        (
            "between two whose date is known",
            Listing(1, 5, 4, 600),
            [_record(1), _record(2, _NOON_S - 7200), _record(3), _record(4, None, 300)],
            None,
            [
                "- .. 2025-06-02T10:00:00+02:00",
                "2025-06-02T10:00:00+02:00",
                "2025-06-02T10:00:00+02:00 .. 2025-06-02T11:55:00+02:00",
                "2025-06-02T11:55:00+02:00",
            ],
        ),
        (
            "the offset is that of the session's own day",
            Listing(1, 2, 2, 10),
            [_record(1, 1735732800)],
            None,
            ["2025-01-01T13:00:00+01:00"],
        ),
    ],
)
def test_sessions_are_dated_as_far_as_can_be(
    what: str, listed: Listing, records: list[Record], last_read: datetime | None, expected: list[str]
) -> None:
    def text(at: datetime | None) -> str:
        return at.isoformat() if at else "-"

    sessions = device_log.dated(listed, records, _NOW.astimezone(), last_read)
    assert [session.record for session in sessions] == records
    assert [text(s.at) if s.at else f"{text(s.after)} .. {text(s.before)}" for s in sessions] == expected, what


@given(
    st.lists(st.tuples(st.none() | st.integers(_NOON_S - 10**6, _NOON_S), st.integers(0, 500)), max_size=8),
    st.integers(1, 10),
)
def test_each_record_gets_a_time_or_bounds_and_only_those_without_a_date_get_bounds(
    rows: list[tuple[int | None, int]], booted: int
) -> None:
    records = [_record(seq, at_s, up_s) for seq, (at_s, up_s) in enumerate(rows, 1)]
    sessions = device_log.dated(Listing(1, len(rows) + 1, booted, 1000), records, _NOW)
    for session in sessions:
        is_known = session.record.at_s is not None or session.record.seq >= booted
        assert (session.at is not None) == is_known
        assert (session.before is None) == is_known
        assert session.latest is not None
        assert session.latest <= _NOW


@pytest.mark.parametrize("code", [-32601, -32602])
def test_a_device_without_a_clock_is_let_be(device: FakeDevice, code: int) -> None:
    device.refusals["clock.set"] = (code, "No such method.")
    with Client(device.port) as client:
        device_log.tell_time(client, _NOW)
    assert [method for method, _ in device.executed] == ["clock.set"]


def test_another_refusal_of_the_date_is_told(device: FakeDevice) -> None:
    device.refusals["clock.set"] = (-32010, "Not now.")
    with Client(device.port) as client, pytest.raises(DeviceError, match="Not now"):
        device_log.tell_time(client, _NOW)


def test_start_tells_the_date_and_the_log_then_has_it(capsys: pytest.CaptureFixture[str]) -> None:
    before_s = int(time.time())
    with FakeDevice(speed=8.0) as device:
        assert kneectl("start", "short", "--strength", "2", "--port", device.port) == 0
        assert [method for method, _ in device.executed][:2] == ["hello", "clock.set"]
        capsys.readouterr()
        assert kneectl("log", "--json", "--port", device.port) == 0
        (found,) = json.loads(capsys.readouterr().out)
    assert (found["program"], found["end"], found["lasted_s"], found["strength"]) == ("short", "finished", 12, 2)
    assert before_s <= found["at_s"] <= time.time()
    assert datetime.fromisoformat(found["at"]).timestamp() == found["at_s"]


def test_start_works_with_firmware_that_has_no_clock(capsys: pytest.CaptureFixture[str]) -> None:
    with FakeDevice(speed=8.0) as device:
        device.refusals["clock.set"] = (-32601, "No such method.")
        assert kneectl("start", "short", "--port", device.port) == 0
    assert "The program is over." in capsys.readouterr().out


def test_the_log_in_words(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    device.log_session(at_s=_NOON_S, program="post-trauma")
    device.log_session(at_s=None, end="fault", fault="skin_open", lasted_s=65, heat="medium")
    device.restart()
    assert kneectl("log", "--port", device.port) == 0
    lines = capsys.readouterr().out.splitlines()
    assert " ".join(lines[1].split()) == "1 2025-06-02 12:00 post-trauma 10:00 finished 2, low, 38.4 °C"
    assert lines[2].split()[:2] == ["2", "before"]
    for part in ("1:05", "fault skin_open", "2, medium"):
        assert part in lines[2]
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    ("kept", "since", "says"),
    [
        (0, "0", "has logged no session yet"),
        (3, "9", "no session from number 9 on. The newest is number 5"),
        (3, "2", "no session before number 3"),
    ],
)
def test_what_is_not_in_the_log_is_said(
    device: FakeDevice, capsys: pytest.CaptureFixture[str], kept: int, since: str, says: str
) -> None:
    for _ in range(kept and kept + 2):
        device.log_session()
    del device.log[: max(0, len(device.log) - kept)]
    assert kneectl("log", "--since", since, "--port", device.port) == 0
    assert says in capsys.readouterr().out


def test_firmware_without_a_log_says_what_to_do(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    device.refusals["log.list"] = (-32601, "No such method.")
    assert kneectl("log", "--port", device.port) == 1
    assert "Install a newer firmware" in capsys.readouterr().err
