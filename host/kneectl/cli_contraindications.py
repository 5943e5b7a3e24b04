"""The command `kneectl contraindications`, and the question before a person's first session."""

import sys
import textwrap
from dataclasses import asdict
from datetime import date
from typing import Annotated, TextIO

import typer
from rich.console import Console

from kneectl import contraindications, people
from kneectl.errors import EXIT_INTERRUPTED, UsageError
from kneectl.options import JsonOption, PersonOption, print_json
from kneectl.people import Acknowledgement, Person

_WIDTH = 80
_QUESTION = "Does none of this apply to {}, and will these rules be kept?"


def show(
    acknowledge: Annotated[
        bool, typer.Option("--acknowledge", help="Keep that this was read, none of it applies and the rules are kept.")
    ] = False,
    person: PersonOption = people.DEFAULT,
    json: JsonOption = False,
) -> None:
    """Say who must not use the massager, and the rules for everyone else."""
    if acknowledge:
        _keep(person)
    known = people.load(person)
    is_current = contraindications.is_acknowledged(known)
    if json:
        given = known.acknowledged
        print_json(
            {
                "version": contraindications.version(),
                "groups": [asdict(group) for group in contraindications.GROUPS],
                "person": known.name,
                "acknowledged": {"on": given.on.isoformat(), "is_current": is_current} if given else None,
            }
        )
        return
    _print_list(sys.stdout)
    if known.acknowledged is not None and is_current:
        print(f"Acknowledged for {known.name} on {known.acknowledged.on}.")
    else:
        print(_missing(known))


def require(name: str) -> None:
    """Show the list and ask for its acknowledgement, unless this person has given it.

    Raises UsageError when it is denied, or when there is no terminal to ask in.
    """
    person = people.load(name)
    if contraindications.is_acknowledged(person):
        return
    if sys.stdin is None or not sys.stdin.isatty() or not sys.stderr.isatty():
        raise UsageError(_missing(person))
    # Standard output may be JSON for another program.
    _print_list(sys.stderr)
    try:
        is_given = typer.confirm(_QUESTION.format(person.name), default=False, err=True)
    except typer.Abort as error:
        print("\nNothing was started.", file=sys.stderr)
        raise typer.Exit(EXIT_INTERRUPTED) from error
    if not is_given:
        raise UsageError("Nothing was started. Ask a doctor whether the massager is for you.")
    _keep(person.name)


def _keep(name: str) -> None:
    people.acknowledge(name, Acknowledgement(date.today(), contraindications.version()))


def _missing(person: Person) -> str:
    command = "kneectl contraindications --acknowledge"
    if person.name != people.DEFAULT:
        command += f" --person {person.name}"
    if person.acknowledged is None:
        return (
            f"Nobody has acknowledged for {person.name} yet who must not use the massager. Read the list, and if none"
            f" of it applies acknowledge it: `{command}`"
        )
    return (
        f"The list of who must not use the massager has changed since it was acknowledged for {person.name}."
        f" Read it again, and if none of it applies acknowledge it: `{command}`"
    )


def _print_list(out: TextIO) -> None:
    console = Console(file=out, highlight=False)
    width = min(_WIDTH, console.width)
    for group in contraindications.GROUPS:
        console.print(group.title, style="bold")
        for entry in group.entries:
            print(textwrap.fill(entry, width, initial_indent="  - ", subsequent_indent="    "), file=out)
        print(file=out)
