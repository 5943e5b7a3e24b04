"""The commands `kneectl course ...`: plans of sessions over weeks, compared with what the device has logged."""

import sys
import textwrap
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from kneectl import cli_contraindications, cli_log, cli_session, courses, device_log, people, ports
from kneectl.client import Client
from kneectl.courses import Item, Plan, Progress
from kneectl.errors import KneectlError, UsageError
from kneectl.options import JsonOption, PersonOption, PortOption, console, print_json
from kneectl.people import Person
from kneectl.view import bar

app = typer.Typer(
    no_args_is_help=True,
    help="Plan sessions over weeks, and see which of them were held.",
    context_settings={"help_option_names": ["-h", "--help"]},
)

_WIDTH = 80
_FAR = timedelta(days=366)
_SIGNS = {
    courses.DONE: ("✓", "green"),
    courses.MISSED: ("✗", "red"),
    courses.DUE: ("▸", "bold yellow"),
    courses.AHEAD: ("·", ""),
    courses.DROPPED: ("-", "dim"),
}
_STATE_WORDS = {courses.AHEAD: "to come"}
_NOT_COUNTED = {
    courses.TOO_SHORT: "{} ended before half of the program was played",
    courses.EXTRA: "{} beyond the plan",
    courses.NO_DATE: "{} that may have been before the course began, as the device knew no date",
}
_WHERE_ALL_IS = "`kneectl course list` tells what there is."


@app.command("list")
def list_courses(json: JsonOption = False) -> None:
    """List the courses there are."""
    if json:
        names = ("name", "program", "sessions", "rhythm", "basis")
        print_json([{name: getattr(course, name) for name in names} for course in courses.COURSES])
        return
    for course in courses.COURSES:
        head = f"{course.name}: {course.sessions} sessions of {course.program}, {course.rhythm}."
        print(textwrap.fill(head, _WIDTH))
        print(textwrap.fill(course.basis, _WIDTH, initial_indent="    ", subsequent_indent="    ") + "\n")
    print("`kneectl course start NAME` plans one.")


@app.command()
def start(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The course, see `kneectl course list`.")],
    from_: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="Its first day, such as 2025-06-02; today if left out.")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="HH:MM", help="The time of day, for the calendar only.")
    ] = None,
    days: Annotated[
        str | None, typer.Option("--days", metavar="DAYS", help="Days of the week, such as mon,thu.")
    ] = None,
    person: PersonOption = people.DEFAULT,
    port: PortOption = None,
    json: JsonOption = False,
) -> None:
    """Plan a course; a device that is there is asked for its log, so that earlier sessions are known as such."""
    now = _now()
    course = courses.find(name)
    first_on = _date(from_, now.date()) if from_ is not None else now.date()
    chosen = courses.parse_days(days) if days is not None else courses.usual_days(course, first_on)
    planned = courses.lay_out(course, first_on, chosen)
    plan = Plan(people.new_uid(), course.name, course.program, planned, _time(at), now.date())
    cli_contraindications.require(person)
    note = _sync(person, port, now, starts=course.program)
    people.add_plan(person, plan)
    _show(people.load(person), now, note, json)


@app.command()
def status(person: PersonOption = people.DEFAULT, port: PortOption = None, json: JsonOption = False) -> None:
    """Show what is done, missed and next; reads the device's log when a device is there."""
    now = _now()
    known = people.load(person)
    if known.plan is None:
        if json:
            print_json({"person": known.name, "course": None})
        else:
            print(f"No course is planned for {known.name}. {_WHERE_ALL_IS}")
        return
    note = _sync(person, port, now)
    _show(people.load(person), now, note, json)


@app.command()
def calendar(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.ics", help="Where to; standard output if left out.")
    ] = None,
    is_all: Annotated[bool, typer.Option("--all", help="Past sessions too, not only those that remain.")] = False,
    person: PersonOption = people.DEFAULT,
) -> None:
    """Write the sessions that remain as a calendar file, which calendar programs and phones can import."""
    now = _now()
    known = people.load(person)
    plan = _plan_of(known)
    items = courses.progress(plan, known.sessions, now.date()).items
    wanted = [item for item in items if is_all or item.state in (courses.DUE, courses.AHEAD)]
    if not wanted:
        raise UsageError(f"Nothing of the course {plan.course} remains. --all writes its past sessions.")
    content = courses.calendar(plan, wanted, now)
    if out is None:
        sys.stdout.buffer.write(content)
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}. Choose another file.") from error
    print(f"{_count(len(wanted), 'session')} in {out}. Import the file into your calendar.")


@app.command()
def stop(person: PersonOption = people.DEFAULT, json: JsonOption = False) -> None:
    """End the course before its time; what was done is kept."""
    now = _now()
    people.stop_plan(person, now.date())
    _show(people.load(person), now, None, json)


def _now() -> datetime:
    return datetime.now().astimezone()


def _plan_of(person: Person) -> Plan:
    if person.plan is None:
        raise UsageError(f"No course is planned for {person.name}. {_WHERE_ALL_IS}")
    return person.plan


def _sync(name: str, port: str | None, now: datetime, *, starts: str | None = None) -> str:
    """Bring the person's file up to date with the device's log; return in words how that went.

    starts: the program of a course that is being started. Without a device that is no error, unless its port was named.
    """
    try:
        with Client(ports.find(port)) as client:
            device = str(client.hello().get("id"))
            device_log.tell_time(client, now)
            listed = device_log.listing(client)
            known = people.load(name)
            records = device_log.read(client, listed, people.unread_from(known, device))
            if people.is_anew(known, device, listed, records):
                records = device_log.read(client, listed)
            # Kept while the port is ours: another kneectl with newer records cannot come in between.
            new = people.keep(name, device, listed, records, now)
            if starts is not None:
                cli_session.warn_of_growth(client, starts)
    except UsageError:
        raise  # the person's file
    except KneectlError as error:
        if port is not None:
            raise
        return f"Not compared with a device's log: {error}"
    return f"Compared with the device's log: {_count(len(new), 'new session')}."


def _show(person: Person, now: datetime, note: str | None, is_json: bool) -> None:
    plan = _plan_of(person)
    found = courses.progress(plan, person.sessions, now.date())
    if is_json:
        print_json(_as_json(person, found, note))
        return
    title = f"Course {plan.course} for {person.name}: {len(plan.planned)} sessions of {plan.program}"
    print(f"{title}, {_day(plan.planned[0])} to {_day(plan.planned[-1])}.\n")
    out = console()
    width = min(_WIDTH, out.width)
    done, missed = found.count(courses.DONE), found.count(courses.MISSED)
    text = f" {done} of {len(found.items)} done" + (f", {missed} missed" if missed else "")
    out.print(bar(done / len(found.items), width - len(text), "green") + Text(text))
    out.print(_weeks(found))
    legend = [f"{sign} {_STATE_WORDS.get(state, state)}" for state, (sign, _) in _SIGNS.items() if found.count(state)]
    print("   ".join(legend) + "\n")
    print("\n".join(_sentences(found, now.date(), note)))


def _weeks(found: Progress) -> Table:
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("week", justify="right")
    table.add_column("from")
    table.add_column("sessions")
    table.add_column("done", justify="right")
    first = found.items[0].on
    for items in found.weeks():
        number = (items[0].on - first).days // 7 + 1
        begins = first + timedelta(weeks=number - 1)
        signs = Text("  ").join([Text.assemble(f"{item.on:%a} ", _SIGNS[item.state]) for item in items])
        done = sum(item.state == courses.DONE for item in items)
        table.add_row(str(number), f"{begins.day} {begins:%b}", signs, f"{done} of {len(items)}")
    return table


def _sentences(found: Progress, today: date, note: str | None) -> list[str]:
    plan, coming = found.plan, found.next
    lines = []
    if plan.stopped is not None:
        lines.append(f"The course was stopped on {_day(plan.stopped)}.")
    elif coming is None:
        lines.append("The course is over.")
    else:
        lines.append(_next(plan, coming, today))
        lines.append(f"Start it with `kneectl start {plan.program}`, and lie down for about 20 minutes afterwards.")
    for why, words in _NOT_COUNTED.items():
        number = sum(reason == why for _, reason in found.not_counted)
        if number:
            lines.append(f"Not counted: {words.format(_count(number, 'session'))}.")
    return lines if note is None else [*lines, note]


def _next(plan: Plan, coming: Item, today: date) -> str:
    if coming.state == courses.AHEAD:
        day, until = _day(coming.on), ""
    else:
        day = "today"
        until = f" (planned for {_day(coming.on)})" if coming.on < today else ""
        until += f"; it counts until {_day(coming.until)}" if coming.until > today else ""
    at = f" at {plan.at:%H:%M}" if plan.at is not None else ""
    return f"Next is number {coming.number}: {day}{at}{until}."


def _as_json(person: Person, found: Progress, note: str | None) -> dict[str, Any]:
    plan, coming = found.plan, found.next
    return {
        "person": person.name,
        "course": plan.course,
        "program": plan.program,
        "from": plan.planned[0].isoformat(),
        "to": plan.planned[-1].isoformat(),
        "at": f"{plan.at:%H:%M}" if plan.at is not None else None,
        "stopped": plan.stopped.isoformat() if plan.stopped is not None else None,
        "planned": len(found.items),
        **{state: found.count(state) for state in _SIGNS},
        "next": coming.number if coming is not None else None,
        "sessions": [_item_as_json(item) for item in found.items],
        "not_counted": [{"why": why, **_kept_as_json(kept)} for kept, why in found.not_counted],
        "note": note,
    }


def _item_as_json(item: Item) -> dict[str, Any]:
    held = None if item.held is None else _kept_as_json(item.held)
    days = {"on": item.on.isoformat(), "until": item.until.isoformat()}
    return {"number": item.number, **days, "state": item.state, "held": held}


def _kept_as_json(kept: courses.Kept) -> dict[str, Any]:
    return {"device": kept.device, "log": kept.log, **cli_log.as_json(kept.session)}


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _date(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--from {text} is no date. Write it as year, month and day, such as {today}.") from error
    if abs(day - today) > _FAR:
        raise UsageError(f"--from {text} is more than a year away. Choose a nearer day.")
    return day


def _time(text: str | None) -> time | None:
    try:
        return None if text is None else datetime.strptime(text, "%H:%M").time()
    except ValueError as error:
        raise UsageError(f"--at {text} is no time of day. Write hours and minutes, such as 09:30.") from error
