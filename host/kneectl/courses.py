"""Courses: plans of sessions over weeks, and which of a plan's sessions were held.

Pure: what day it is comes as an argument. All days are the person's own, in local time.

A planned session may be held on its day or on any later day before the next one is due; the last one within as many
days as lie between it and the one before. So each day belongs to at most one planned session, and a session counts
for the one whose days it was held on, if that has none yet. It counts only if it was played to its end, or at least
half; nothing is made up for later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from kneectl.device_log import Session
from kneectl.errors import UsageError

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Phase:
    """A number of sessions, so many a week."""

    sessions: int
    a_week: int


@dataclass(frozen=True)
class Course:
    """A course: what is played, how often, why, and what of it is our own choice.

    days_least is how many days of the week a person has to choose, if they choose them.
    """

    name: str
    program: str
    phases: tuple[Phase, ...]
    rhythm: str
    basis: str
    days_least: int

    @property
    def sessions(self) -> int:
        """How many sessions there are in all."""
        return sum(phase.sessions for phase in self.phases)

    @property
    def days_most(self) -> int:
        """How many days of the week a person can choose."""
        return self.phases[0].a_week


COURSES = (
    Course(
        "study",
        # Source text: the trial at Yale (68 adults, published 2006) used classic Swedish massage.
        "swedish",
        # Source text: twice a week in the first month, once a week in the second. A month is four weeks: our choice.
        (Phase(8, 2), Phase(4, 1)),
        "two a week for 4 weeks, then one a week for 4",
        "A clinical study of arthrosis of the knee (68 adults, published in 2006) massaged this often; less pain and"
        " stiffness lasted for weeks after it. That a month is four weeks, and which days, is our choice.",
        days_least=2,
    ),
    Course(
        "rehab",
        # Source text: after an injury every movement careful, the least load, raised gradually.
        "post-trauma",
        # Source text: about 30 sessions. It does not say how often: one a day, our choice.
        (Phase(30, 7),),
        "one a day",
        "After an injury: about 30 sessions, careful at first and stronger bit by bit. One a day is our choice; ask"
        " your doctor, and choose fewer days a week with --days.",
        days_least=1,
    ),
    Course(
        "daily",
        # Source text: self-massage; it works only if it is done regularly.
        "self",
        # Source text: every day, 10 to 15 minutes, several courses a year. Four weeks a course: our choice.
        (Phase(28, 7),),
        "one a day for 4 weeks, several times a year",
        "Self-massage of 10 to 15 minutes every day, in courses that are repeated several times a year. Four weeks a"
        " course is our choice.",
        days_least=7,
    ),
)


@dataclass(frozen=True)
class Plan:
    """A course as one person does it: the days, and the time of day if there is one.

    uid tells this plan from all others, for calendars; begun is the day it was made, stopped the day it was given up.
    """

    uid: str
    course: str
    program: str
    planned: tuple[date, ...]
    at: time | None
    begun: date
    stopped: date | None = None

    def is_over(self, today: date) -> bool:
        """Whether nothing of it is left to do."""
        return self.stopped is not None or today > windows(self.planned)[-1][1]


@dataclass(frozen=True)
class Kept:
    """A session as a person's file keeps it; (device, log, seq) is its identity.

    log counts how often the device's log has begun anew, as after its memory was wiped.
    """

    device: str
    log: int
    session: Session

    @property
    def key(self) -> tuple[str, int, int]:
        """What no other session has."""
        return self.device, self.log, self.session.record.seq


def find(name: str) -> Course:
    """Return the course of this name; raises UsageError when there is none."""
    for course in COURSES:
        if course.name == name:
            return course
    names = ", ".join(course.name for course in COURSES)
    raise UsageError(f"There is no course {name}. Choose one of {names}; `kneectl course list` tells what they are.")


def parse_days(text: str) -> tuple[int, ...]:
    """Return the days of the week in a text such as `mon,thu`, Monday as 0; raises UsageError."""
    words = [word.strip().lower() for word in text.split(",")]
    days = [day for word in words for day, name in enumerate(_WEEKDAYS) if word in (name, name[:3])]
    if len(set(days)) != len(words):
        raise UsageError(f"--days {text} is not understood. Name each day once, such as mon,thu.")
    return tuple(sorted(days))


def usual_days(course: Course, first_on: date) -> tuple[int, ...]:
    """Return the days of the week for whoever chose none, spread evenly from the first day on."""
    return tuple((first_on.weekday() + i * 7 // course.days_most) % 7 for i in range(course.days_most))


def lay_out(course: Course, first_on: date, days: Sequence[int]) -> tuple[date, ...]:
    """Return the days of a course's sessions, from the first of the chosen days of the week (Monday is 0) on.

    Weeks count from the first session; a phase with fewer sessions a week takes the first days of its weeks.
    Raises UsageError when the course needs another number of days.
    """
    if not course.days_least <= len(days) <= course.days_most:
        least, most = course.days_least, course.days_most
        wanted = f"{least} days" if least == most else f"{least} to {most} days"
        raise UsageError(f"The course {course.name} needs {wanted} of the week, not {len(days)}. Mend --days.")
    first = next(day for day in (first_on + i * _DAY for i in range(7)) if day.weekday() in days)
    offsets = sorted((day - first.weekday()) % 7 for day in days)
    planned: list[date] = []
    week = first
    for phase in course.phases:
        left = phase.sessions
        while left:
            held = offsets[: min(phase.a_week, left)]
            planned += [week + offset * _DAY for offset in held]
            left -= len(held)
            week += _WEEK
    return tuple(planned)


def windows(planned: Sequence[date]) -> list[tuple[date, date]]:
    """Return the first and the last day on which each planned session may be held; planned is not empty."""
    gaps = [later - earlier for earlier, later in pairwise(planned)]
    gaps.append(gaps[-1] if gaps else _DAY)
    return [(on, on + gap - _DAY) for on, gap in zip(planned, gaps, strict=True)]


def match(planned: Sequence[date], held: Sequence[tuple[date, date]]) -> list[int | None]:
    """Return for each planned session the index of the one that was held for it, None for none.

    held are the first and the last day on which each may have been held; mostly the same. Each is used once, and as
    many planned sessions get one as can.
    """
    # Those with the earliest last day come first, each takes the first free place: no order fills more of them.
    order = sorted(range(len(held)), key=lambda i: (held[i][1], held[i][0], i))
    found: list[int | None] = [None] * len(planned)
    spans = windows(planned)
    for i in order:
        first, last = held[i]
        for place, (opens, closes) in enumerate(spans):
            if found[place] is None and first <= closes and last >= opens:
                found[place] = i
                break
    return found


DONE, MISSED, DUE, AHEAD, DROPPED = "done", "missed", "due", "ahead", "dropped"
TOO_SHORT, EXTRA, NO_DATE = "too short", "extra", "no date"


@dataclass(frozen=True)
class Item:
    """One planned session: its day, the last day on which it may be held, how it stands, and what was held for it."""

    number: int
    on: date
    until: date
    state: str
    held: Kept | None


@dataclass(frozen=True)
class Progress:
    """How a plan stands; not_counted are the program's other sessions of this time, each with the reason."""

    plan: Plan
    items: tuple[Item, ...]
    not_counted: tuple[tuple[Kept, str], ...]

    def count(self, state: str) -> int:
        """Return how many planned sessions stand so."""
        return sum(item.state == state for item in self.items)

    @property
    def next(self) -> Item | None:
        """The planned session that comes next, None when none is left."""
        return next((item for item in self.items if item.state in (DUE, AHEAD)), None)

    def weeks(self) -> list[list[Item]]:
        """Return the items by weeks, which count from the first."""
        found: dict[int, list[Item]] = {}
        for item in self.items:
            found.setdefault((item.on - self.items[0].on) // _WEEK, []).append(item)
        return list(found.values())


def progress(plan: Plan, kept: Sequence[Kept], today: date) -> Progress:
    """Return how a plan stands today, given all the sessions that are known of its person."""
    spans = windows(plan.planned)
    since = min(plan.begun, plan.planned[0])
    until = min(spans[-1][1], plan.stopped or date.max)
    possible: list[Kept] = []
    not_counted: list[tuple[Kept, str]] = []
    for session in kept:
        first, last = _days(session.session)
        if session.session.record.program != plan.program or last < since or first > until:
            continue
        if not is_enough(session.session):
            not_counted.append((session, TOO_SHORT))
        elif first < since:
            not_counted.append((session, NO_DATE))
        else:
            possible.append(session)
    found = match(plan.planned, [_days(session.session) for session in possible])
    used = {i for i in found if i is not None}
    not_counted += [(session, EXTRA) for i, session in enumerate(possible) if i not in used]
    items = []
    for number, ((opens, closes), i) in enumerate(zip(spans, found, strict=True), 1):
        held = None if i is None else possible[i]
        items.append(Item(number, opens, closes, _state(plan, opens, closes, held, today), held))
    return Progress(plan, tuple(items), tuple(not_counted))


def is_enough(session: Session) -> bool:
    """Whether a session was played to its end or at least half.

    The device's time limit is no such end: it may be set to a small part of the program.
    """
    record = session.record
    return record.end == "finished" or 2 * record.lasted_s >= record.of_s


def _days(session: Session) -> tuple[date, date]:
    return (
        session.earliest.date() if session.earliest else date.min,
        session.latest.date() if session.latest else date.max,
    )


def _state(plan: Plan, opens: date, closes: date, held: Kept | None, today: date) -> str:
    if held is not None:
        return DONE
    if plan.stopped is not None:
        return MISSED if closes < plan.stopped else DROPPED
    if closes < today:
        return MISSED
    return DUE if opens <= today else AHEAD


_SESSION = timedelta(minutes=15)  # the longest that a device plays unless it was set otherwise
_REST = timedelta(minutes=20)  # source text: lie down for about 20 minutes afterwards
_WARNING = timedelta(minutes=15)


def calendar(plan: Plan, items: Sequence[Item], stamp: datetime) -> bytes:
    """Return planned sessions as an iCalendar file; stamp is when it was made, with a time zone.

    Times are floating: nine o'clock wherever the person is. Without a time of day, an event is for the whole day. An
    event keeps its UID, so that a calendar which reads the file again moves events and adds none.
    """
    import icalendar  # takes longer to import than most commands to run

    made = icalendar.Calendar()
    made.add("prodid", "-//knee-massager//kneectl//EN")
    made.add("version", "2.0")
    for item in items:
        event = icalendar.Event()
        event.add("uid", f"{plan.uid}-{item.number}@kneectl")
        event.add("dtstamp", stamp.astimezone(UTC))
        event.add("summary", f"Knee: {plan.program}, {item.number} of {len(plan.planned)}")
        event.add("description", _description(plan, item))
        if plan.at is None:
            event.add("dtstart", item.on)
            event.add("dtend", item.on + _DAY)
        else:
            begins = datetime.combine(item.on, plan.at)
            event.add("dtstart", begins)
            event.add("dtend", begins + _SESSION + _REST)
            alarm = icalendar.Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("trigger", -_WARNING)
            alarm.add("description", f"Knee: {plan.program} in {_WARNING.seconds // 60} minutes")
            event.add_component(alarm)
        made.add_component(event)
    return bytes(made.to_ical())


def _description(plan: Plan, item: Item) -> str:
    text = f"Start it with: kneectl start {plan.program}\nStop at any pain. Lie down for about 20 minutes afterwards."
    if item.until > item.on:
        text += f"\nIt still counts until {item.until:%A}, {item.until.isoformat()}."
    return text
