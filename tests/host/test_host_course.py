"""Courses: plans, which sessions count for which of their days, and calendars."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations, permutations

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kneectl import courses
from kneectl.courses import Kept, Plan
from kneectl.device_log import Record, Session
from kneectl.errors import UsageError

_DAY = timedelta(days=1)
_NOW = datetime(2025, 6, 10, 12, 0, tzinfo=UTC).astimezone()  # a Tuesday
_TODAY = _NOW.date()
_STUDY, _REHAB, _DAILY = courses.COURSES
_RECORD = Record(1, "swedish", None, 60, 600, 600, "finished", None, 3, "low", 38400)


def _june(*days: int) -> tuple[date, ...]:
    return tuple(date(2025, 6, day) for day in days)


def _plan(*days: int, **values: object) -> Plan:
    plan = Plan("0123", "study", "swedish", _june(*days), None, date(2025, 6, days[0]))
    return replace(plan, **values)  # type: ignore[arg-type]


def _held(day: int, seq: int = 1, **values: object) -> Kept:
    record = replace(_RECORD, seq=seq, **values)  # type: ignore[arg-type]
    return Kept("e6", 1, Session(record, datetime(2025, 6, day, 9, 0, tzinfo=UTC), None, None))


def _undated(after: int | None, before: int, seq: int = 1) -> Kept:
    lower = None if after is None else datetime(2025, 6, after, 9, 0, tzinfo=UTC)
    return Kept("e6", 1, Session(replace(_RECORD, seq=seq), None, lower, datetime(2025, 6, before, 9, 0, tzinfo=UTC)))


# The plan


def test_the_courses_are_those_of_the_source() -> None:
    assert {course.name: (course.program, course.sessions) for course in courses.COURSES} == {
        "study": ("swedish", 12),
        "rehab": ("post-trauma", 30),
        "daily": ("self", 28),
    }
    assert courses.find("daily") is _DAILY
    with pytest.raises(UsageError, match="study, rehab, daily"):
        courses.find("weekly")


@pytest.mark.parametrize(
    ("course", "first_on", "days", "expected"),
    [
        (_STUDY, date(2025, 6, 2), "mon,thu", "0602 0605 0609 0612 0616 0619 0623 0626 0630 0707 0714 0721"),
        # Wednesday: it begins on Thursday, and the weekly phase keeps to Thursdays.
        (_STUDY, date(2025, 6, 4), "mon,thu", "0605 0609 0612 0616 0619 0623 0626 0630 0703 0710 0717 0724"),
        (_STUDY, date(2025, 12, 27), "sat,sun", "1227 1228 0103 0104 0110 0111 0117 0118 0124 0131 0207 0214"),
    ],
)
def test_the_days_of_the_study(course: courses.Course, first_on: date, days: str, expected: str) -> None:
    planned = courses.lay_out(course, first_on, courses.parse_days(days))
    assert " ".join(f"{day:%m%d}" for day in planned) == expected


@pytest.mark.parametrize(
    ("course", "days", "last"),
    [
        (_REHAB, None, date(2025, 7, 1)),
        (_REHAB, "mon,wed,fri", date(2025, 8, 8)),
        (_REHAB, "fri", date(2025, 12, 26)),
        (_DAILY, None, date(2025, 6, 29)),
    ],
)
def test_courses_of_one_session_a_day(course: courses.Course, days: str | None, last: date) -> None:
    chosen = courses.parse_days(days) if days else courses.usual_days(course, date(2025, 6, 2))
    planned = courses.lay_out(course, date(2025, 6, 2), chosen)
    assert len(planned) == course.sessions
    assert planned[-1] == last


@pytest.mark.parametrize(
    ("course", "days", "says"),
    [
        (_STUDY, (0,), "needs 2 days of the week, not 1"),
        (_STUDY, (0, 2, 4), "needs 2 days of the week, not 3"),
        (_DAILY, (0, 1), "needs 7 days"),
        (_REHAB, (), "needs 1 to 7 days"),
    ],
)
def test_a_course_needs_its_days(course: courses.Course, days: tuple[int, ...], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        courses.lay_out(course, date(2025, 6, 2), days)


@pytest.mark.parametrize(("text", "days"), [("mon,thu", (0, 3)), ("Sunday, tue", (1, 6)), ("fri", (4,))])
def test_days_of_the_week(text: str, days: tuple[int, ...]) -> None:
    assert courses.parse_days(text) == days


@pytest.mark.parametrize("text", ["", "mo", "mon,", "mon,mon", "mon thu", "monkey", "1,4", "mon,someday"])
def test_days_that_are_none(text: str) -> None:
    with pytest.raises(UsageError, match="Name each day once"):
        courses.parse_days(text)


@given(st.sampled_from(courses.COURSES), st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.sets(st.integers(0, 6)))
def test_any_plan_has_all_its_sessions_in_order_on_its_days(
    course: courses.Course, first_on: date, days: set[int]
) -> None:
    if not course.days_least <= len(days) <= course.days_most:
        days = set(courses.usual_days(course, first_on))
    planned = courses.lay_out(course, first_on, tuple(days))
    assert len(planned) == course.sessions
    assert list(planned) == sorted(set(planned))
    assert {day.weekday() for day in planned} <= days
    assert first_on <= planned[0] < first_on + 7 * _DAY
    for phase_ends, phase in zip((course.phases[0].sessions, course.sessions), course.phases):
        of_phase = planned[phase_ends - phase.sessions : phase_ends]
        for opens in of_phase:
            assert sum(opens <= day < opens + 7 * _DAY for day in of_phase) <= phase.a_week


# Which sessions count


@pytest.mark.parametrize(
    ("planned", "expected"),
    [
        ((2, 5, 9), [(2, 4), (5, 8), (9, 12)]),  # the last as long as the one before
        ((2, 3, 4), [(2, 2), (3, 3), (4, 4)]),
        ((2,), [(2, 2)]),
    ],
)
def test_when_a_planned_session_may_be_held(planned: tuple[int, ...], expected: list[tuple[int, int]]) -> None:
    assert courses.windows(_june(*planned)) == [_june(*span) for span in expected]


@pytest.mark.parametrize(
    ("what", "held", "expected"),
    [
        ("nothing", [], [None, None, None]),
        ("on the very days", [(2, 2), (5, 5), (9, 9)], [0, 1, 2]),
        ("late, but before the next is due", [(4, 4), (8, 8), (12, 12)], [0, 1, 2]),
        ("too late for the first: it is the second's", [(5, 5)], [None, 0, None]),
        ("before the first, and after the last", [(1, 1), (13, 13)], [None, None, None]),
        ("two on one day are one", [(2, 2), (2, 2)], [0, None, None]),
        ("the second does not make up for the first", [(5, 5), (6, 6)], [None, 0, None]),
        ("on an unknown day: the earliest that is free", [(3, 10)], [0, None, None]),
        ("on an unknown day: what the known one leaves", [(2, 6), (2, 2)], [1, 0, None]),
        ("three on unknown days", [(2, 12), (2, 12), (2, 12)], [0, 1, 2]),
        ("unknown, and none left", [(2, 4), (2, 2)], [1, None, None]),
        ("the one with less choice comes first", [(2, 12), (2, 4)], [1, 0, None]),
    ],
)
def test_which_session_counts_for_which_day(what: str, held: list[tuple[int, int]], expected: list[int | None]) -> None:
    spans = [(_june(first)[0], _june(last)[0]) for first, last in held]
    assert courses.match(_june(2, 5, 9), spans) == expected, what


_SPANS = st.tuples(st.integers(1, 20), st.integers(0, 6)).map(lambda s: (_june(s[0])[0], _june(s[0] + s[1])[0]))
_PLANNED = st.sets(st.integers(3, 20), min_size=1, max_size=5).map(lambda days: _june(*sorted(days)))


def _most(planned: Sequence[date], held: Sequence[tuple[date, date]]) -> int:
    """Return how many planned sessions can be matched at most, by trying everything."""
    spans = courses.windows(planned)

    def fits(i: int, place: int) -> bool:
        return held[i][0] <= spans[place][1] and held[i][1] >= spans[place][0]

    for count in range(min(len(held), len(planned)), 0, -1):
        for places in combinations(range(len(planned)), count):
            if any(all(map(fits, chosen, places)) for chosen in permutations(range(len(held)), count)):
                return count
    return 0


@settings(deadline=None)
@given(_PLANNED, st.lists(_SPANS, max_size=5))
def test_each_session_is_used_once_where_it_may_be_and_as_many_as_can(
    planned: tuple[date, ...], held: list[tuple[date, date]]
) -> None:
    found = courses.match(planned, held)
    used = [i for i in found if i is not None]
    assert len(found) == len(planned)
    assert len(set(used)) == len(used)
    for i, (opens, closes) in zip(found, courses.windows(planned), strict=True):
        if i is not None:
            assert held[i][0] <= closes
            assert held[i][1] >= opens
    assert len(used) == _most(planned, held)


@given(_PLANNED, st.lists(_SPANS, max_size=12), _SPANS)
def test_one_more_session_never_makes_it_less(
    planned: tuple[date, ...], held: list[tuple[date, date]], one_more: tuple[date, date]
) -> None:
    before = sum(i is not None for i in courses.match(planned, held))
    assert before <= sum(i is not None for i in courses.match(planned, [*held, one_more])) <= before + 1


@pytest.mark.parametrize(
    ("values", "is_enough"),
    [
        ({}, True),
        ({"end": "cap", "lasted_s": 299}, False),  # the time limit was set to less than half of the program
        ({"end": "cap", "lasted_s": 300}, True),
        ({"end": "finished", "lasted_s": 10}, True),  # made shorter by its person, and played to that end
        ({"end": "stop_button", "lasted_s": 300}, True),
        ({"end": "stop_button", "lasted_s": 299}, False),
        ({"end": "lease", "lasted_s": 450}, True),
        ({"end": "fault", "fault": "skin_hot", "lasted_s": 20}, False),
    ],
)
def test_half_a_session_is_enough(values: dict[str, object], is_enough: bool) -> None:
    assert courses.is_enough(_held(2, **values).session) == is_enough


@pytest.mark.parametrize(
    ("what", "plan", "kept", "today", "states", "not_counted"),
    [
        ("nothing yet", _plan(12, 16), [], 10, "ahead ahead", ""),
        ("the first day", _plan(10, 13), [], 10, "due ahead", ""),
        ("still due", _plan(9, 13), [], 10, "due ahead", ""),
        ("its last day", _plan(5, 11), [], 10, "due ahead", ""),
        ("over", _plan(5, 10), [], 10, "missed due", ""),
        ("held", _plan(5, 10), [_held(6)], 10, "done due", ""),
        ("another program", _plan(5, 10), [_held(6, program="self")], 10, "missed due", ""),
        ("too short", _plan(5, 10), [_held(6, end="host", lasted_s=100)], 10, "missed due", "too short"),
        ("one too many", _plan(5, 10), [_held(6, 1), _held(7, 2)], 10, "done due", "extra"),
        ("before the course began", _plan(5, 10), [_held(4)], 10, "missed due", ""),
        ("after its end", _plan(2, 4), [_held(6)], 10, "missed missed", ""),
        ("some time in the course", _plan(5, 10), [_undated(5, 9)], 10, "done due", ""),
        ("perhaps before the course", _plan(5, 10), [_undated(4, 9)], 10, "missed due", "no date"),
        ("nobody knows when", _plan(5, 10), [_undated(None, 9)], 10, "missed due", "no date"),
        ("after the plan was made", _plan(5, 10, begun=date(2025, 6, 3)), [_undated(4, 9)], 10, "done due", ""),
        ("stopped", _plan(5, 8, 20, stopped=date(2025, 6, 9)), [_held(6)], 10, "done dropped dropped", ""),
        ("held on the day it was stopped", _plan(5, 9, stopped=date(2025, 6, 9)), [_held(9)], 10, "missed done", ""),
        ("held after it was stopped", _plan(5, 8, stopped=date(2025, 6, 8)), [_held(9)], 10, "missed dropped", ""),
    ],
)
def test_how_a_plan_stands(what: str, plan: Plan, kept: list[Kept], today: int, states: str, not_counted: str) -> None:
    found = courses.progress(plan, kept, date(2025, 6, today))
    assert " ".join(item.state for item in found.items) == states, what
    assert " ".join(why for _, why in found.not_counted) == not_counted, what


def test_what_comes_next_and_the_weeks() -> None:
    found = courses.progress(_plan(2, 5, 9, 12, 16), [_held(3)], _TODAY)
    assert found.next is not None
    assert (found.next.number, found.next.on, found.next.until) == (3, *_june(9, 11))
    assert [[item.number for item in week] for week in found.weeks()] == [[1, 2], [3, 4], [5]]
    assert courses.progress(_plan(2, 5), [], _TODAY).next is None


@given(st.lists(st.tuples(st.integers(1, 28), st.booleans()), max_size=30), st.integers(1, 28))
def test_a_plan_never_has_more_done_than_planned_and_loses_no_session(held: list[tuple[int, bool]], today: int) -> None:
    kept = [_held(day, seq, end="host", lasted_s=600 if is_long else 60) for seq, (day, is_long) in enumerate(held, 1)]
    plan = _plan(1, 4, 8, 15, 22)
    found = courses.progress(plan, kept, date(2025, 6, today))
    counted = [item.held.key for item in found.items if item.held is not None]
    others = [session.key for session, _ in found.not_counted]
    assert found.count("done") == len(counted) <= len(plan.planned)
    assert sorted(counted + others) == sorted(session.key for session in kept)  # the plan spans all these days
    for item in found.items:
        if item.held is not None:
            at = item.held.session.at
            assert at is not None
            assert item.on <= at.date() <= item.until


# The calendar


def _events(content: bytes) -> list[icalendar.Event]:
    return icalendar.Calendar.from_ical(content).walk("VEVENT")


def test_a_calendar_reads_back() -> None:
    plan = _plan(12, 16, 20, at=time(9, 30))
    items = courses.progress(plan, [], _TODAY).items
    content = courses.calendar(plan, items, _NOW)
    assert b"\r\n" in content
    assert content == courses.calendar(plan, items, _NOW)
    assert b"DTSTART:20250612T093000\r\n" in content  # floating: no zone, no Z
    first, *others = _events(content)
    assert len(others) == 2
    assert first.decoded("dtend") - first.decoded("dtstart") == timedelta(minutes=35)
    assert first.decoded("dtstamp") == _NOW
    assert str(first["summary"]) == "Knee: swedish, 1 of 3"
    for part in ("kneectl start swedish", "Lie down for about 20 minutes", "Stop at any pain", "Sunday, 2025-06-15"):
        assert part in str(first["description"])
    (alarm,) = first.walk("VALARM")
    assert alarm.decoded("trigger") == timedelta(minutes=-15)


def test_events_without_a_time_are_for_the_day() -> None:
    plan = _plan(12, 13)
    first, _ = _events(courses.calendar(plan, courses.progress(plan, [], _TODAY).items, _NOW))
    assert (first.decoded("dtstart"), first.decoded("dtend")) == _june(12, 13)
    assert "still counts" not in str(first["description"])
    assert first.walk("VALARM") == []


def test_an_event_keeps_its_name_and_no_two_share_one() -> None:
    plan = _plan(2, 12, 16)
    whole = _events(courses.calendar(plan, courses.progress(plan, [], _TODAY).items, _NOW))
    rest = _events(courses.calendar(plan, courses.progress(plan, [], _TODAY).items[1:], _NOW + 3 * _DAY))
    assert [str(event["uid"]) for event in whole][1:] == [str(event["uid"]) for event in rest]
    other = _events(courses.calendar(_plan(2, 12, uid="4567"), courses.progress(plan, [], _TODAY).items, _NOW))
    assert len({str(event["uid"]) for event in [*whole, *other]}) == 6
