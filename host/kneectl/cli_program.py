"""The commands `kneectl program ...`: users' own programs, in files and on the device."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kneectl import ports, program_file, program_schema, program_text, program_view, timeline, words
from kneectl.client import Client
from kneectl.errors import EXIT_USAGE, DeviceError, UsageError
from kneectl.options import JsonOption, PortOption, check_picture, console, print_json
from kneectl.program_file import Program, ProgramError
from massager.core import limits, programs
from massager.core.steps import total_s
from massager.link import checks

app = typer.Typer(
    no_args_is_help=True,
    help="Your own massage programs: write, check, look at, put on the device.",
    context_settings={"help_option_names": ["-h", "--help"]},
)

_SUFFIX = ".toml"
_REFUSED = -32010  # docs/link.md; for program.get: it is damaged or breaks a limit

_FLAG_NOTES = (
    (programs.LOCKED, "For use by or under a specialist only; locked until `kneectl settings unlock`."),
    (programs.GROWS, "On the device its strength grows with the sessions done; this is how it is after all of them."),
    (programs.GENTLE, "It is never stronger than level 1, whatever is chosen."),
    (programs.INFRARED, "It heats with the infrared lamp, where there is one."),
)
_COPY_NOTES = (
    (programs.GROWS, "The strength of {} grows with the sessions done; this copy's does not. Begin with strength 1."),
    (programs.INFRARED, "{} heats with the infrared lamp; this copy heats with the pad."),
)

FileArgument = Annotated[Path, typer.Argument(metavar=f"FILE{_SUFFIX}", help="A program file.")]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The name of one of your programs on the device.")]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace a file that is there.")]
DeviceOption = Annotated[bool, typer.Option("--device", help="Ask the device, too.")]


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help=f"The program's name: {program_schema.NAME_RULE}.")],
    file: Annotated[
        Path | None, typer.Argument(metavar=f"FILE{_SUFFIX}", help=f"Where to; NAME{_SUFFIX} here if left out.")
    ] = None,
    source: Annotated[
        str | None, typer.Option("--from", metavar="BUILTIN", help="Begin with the steps of a built-in program.")
    ] = None,
    schema: Annotated[
        bool,
        typer.Option(
            "--schema",
            help=f"Write {program_schema.SCHEMA_FILE.name} beside it, by which editors that know TOML schemas"
            " (Taplo, Even Better TOML) check and complete as you type.",
        ),
    ] = False,
    force: ForceOption = False,
) -> None:
    """Write a program with comments, ready to play and to change."""
    fault = checks.name_fault(name)
    if fault:
        raise UsageError(f"{fault}.")
    path = file if file is not None else Path(name + _SUFFIX)
    program, notes = (program_text.template(name), []) if source is None else _copied(name, source)
    program_text.check_free(path, is_forced=force)  # before the schema is written
    beside = path.with_name(program_schema.SCHEMA_FILE.name)
    about_schema = _write_schema(beside, force) if schema else []
    text = program_text.compose(program, has_schema=beside.is_file(), notes=notes)
    program_text.save(path, text, is_forced=force)
    print(
        "\n".join(
            [*notes, *about_schema, f"{path} is written: {words.duration(total_s(program.steps))}. Change it, then:"]
        )
    )
    for what in ("check", "show", "put"):
        print(f"    kneectl program {what} {path}")


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(metavar=f"FILE{_SUFFIX}...", help="Program files.")],
    device: DeviceOption = False,
    port: PortOption = None,
    json: JsonOption = False,
) -> None:
    """Say all that is wrong with program files; exit code 2 if anything is."""
    reports = [_report(file) for file in files]
    if device:
        with Client(ports.find(port)) as client:
            for report in reports:
                _ask_device(client, report)
    if json:
        print_json([{key: report[key] for key in ("file", "ok", "errors")} for report in reports])
    else:
        for report in reports:
            print("\n".join(report["lines"]), file=sys.stdout if report["ok"] else sys.stderr)
    if not all(report["ok"] for report in reports):
        raise typer.Exit(EXIT_USAGE)


@app.command()
def show(
    what: Annotated[
        str, typer.Argument(metavar="FILE|NAME", help="A program file, a built-in program, or one on the device.")
    ],
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="OUT.png", help="Also draw what the motors and the heat do.")
    ] = None,
    strength: Annotated[
        int, typer.Option(min=1, max=limits.STRENGTH_MAX, help="The strength that the picture shows.")
    ] = 3,
    device: Annotated[bool, typer.Option("--device", help="Get a program of this name from the device.")] = False,
    port: PortOption = None,
    json: JsonOption = False,
) -> None:
    """Show what a program does: its steps, and with --plot a picture of motors and heat over time."""
    check_picture(plot)
    program, notes = _find(what, device, port)
    if json:
        print_json(program.as_json())
    else:
        out = console()
        out.print(program_view.program(program.name, program.title, program.steps, notes, out.width))
    if plot is not None:
        from kneectl import program_plot  # matplotlib takes a second to import

        number = programs.number_of(program.name)
        if number >= 0 and programs.flags(number) & programs.GENTLE:
            strength = 1  # whatever is chosen
        played = timeline.play(program.steps, strength=strength, name=program.name)
        program_plot.draw(played, plot, program.title)


@app.command()
def put(
    file: FileArgument,
    replace: Annotated[bool, typer.Option("--replace", help="Replace another program of this name.")] = False,
    port: PortOption = None,
) -> None:
    """Put a program on the device, where `kneectl start` and the buttons find it."""
    program = program_file.read(file)
    with Client(ports.find(port)) as client:
        there = _on_device(client, program.name)
        if there == program:
            print(f"{program.name} is on the device already, just as in {file}.")
            return
        if there is not None and not replace:
            raise UsageError(
                f"The device has another program called {program.name}. Look at it with `kneectl program show"
                f" {program.name} --device`, then replace it with --replace, or give yours another name."
            )
        with _progress(f"{program.name}: {{}} of {len(program.steps)} steps are on the device") as tell:
            client.program_put(program.name, program.title, program.steps, tell)
        notes = [str(row["note"]) for row in client.programs() if row["name"] == program.name and row.get("note")]
    print("\n".join([f"{program.name} is on the device. `kneectl start {program.name}` plays it.", *notes]))


@app.command()
def get(
    name: NameArgument,
    file: Annotated[
        Path | None, typer.Argument(metavar=f"FILE{_SUFFIX}", help="Where to; standard output if left out.")
    ] = None,
    force: ForceOption = False,
    port: PortOption = None,
    json: JsonOption = False,
) -> None:
    """Write one of your programs on the device into a file, or to standard output."""
    with Client(ports.find(port)) as client:
        program = _got(client, name)
    if json:
        print_json(program.as_json())
    elif file is None:
        print(program_text.compose(program), end="")
    else:
        beside = file.with_name(program_schema.SCHEMA_FILE.name)
        program_text.save(file, program_text.compose(program, has_schema=beside.is_file()), is_forced=force)
        print(f"{file} is written: {words.duration(total_s(program.steps))}.")


@app.command("list")
def list_programs(port: PortOption = None, json: JsonOption = False) -> None:
    """List the programs of the device, built-in ones and your own."""
    with Client(ports.find(port)) as client:
        found = client.programs()
    if json:
        print_json(found)
    else:
        console().print(table(found))


@app.command()
def remove(name: NameArgument, port: PortOption = None) -> None:
    """Remove one of your programs from the device."""
    with Client(ports.find(port)) as client:
        before = client.settings()["favourites"]
        client.program_remove(name)
        after = client.settings()["favourites"]
    print(f"{name} is no longer on the device.")
    if after != before:
        print(f"It was a favourite; the MODE button now offers {', '.join(after)}.")


def table(found: list[dict[str, Any]]) -> Table:
    """Return what `programs` tells as a table."""
    rows = Table.grid(padding=(0, 2))
    rows.add_column(no_wrap=True)
    rows.add_column(justify="right", no_wrap=True)
    rows.add_column(justify="right", no_wrap=True)
    rows.add_column()
    for row in found:
        note = str(row.get("note", ""))
        own = Text("your own. " if note else "your own", "cyan") if row.get("user") else Text()
        count = "1 step" if row["steps"] == 1 else f"{row['steps']} steps"
        rows.add_row(Text(str(row["name"]), "bold"), words.duration(row["length_s"]), count, own + Text(note))
    return rows


def _copied(name: str, source: str) -> tuple[Program, list[str]]:
    """Return a built-in program under a name of one's own, and what is different about it."""
    number = programs.number_of(source)
    if number < 0:
        names = ", ".join(row[0] for row in programs.BUILT_IN)
        raise UsageError(f"There is no built-in program {source}. There are {names}.")
    if programs.flags(number) & programs.LOCKED:
        raise UsageError(f"{source} is for use by or under a specialist only, and cannot be copied.")
    notes = [note.format(source) for flag, note in _COPY_NOTES if programs.flags(number) & flag]
    return Program(name, f"After {source}", programs.steps(number)), notes


def _write_schema(path: Path, is_forced: bool) -> list[str]:
    """Write the schema, unless that would replace another file; return what to know about it."""
    text = program_schema.text()
    if path.is_file() and not is_forced:
        try:
            is_ours = path.read_bytes() == text.encode()
        except OSError:
            is_ours = False
        return [] if is_ours else [f"{path} is another schema than this kneectl's, and stays; --force replaces it."]
    program_text.save(path, text, is_forced=is_forced)
    return []


def _report(file: Path) -> dict[str, Any]:
    try:
        program = program_file.read(file)
    except ProgramError as error:
        return {"file": str(file), "ok": False, "errors": error.as_json(), "lines": error.lines()}
    except UsageError as error:
        return {"file": str(file), **_bad(str(error), str(error))}
    line = f"{file} is in order: {program.name}, {words.duration(total_s(program.steps))}."
    return {"file": str(file), "ok": True, "errors": [], "lines": [line], "program": program}


def _bad(message: str, line: str) -> dict[str, Any]:
    """Return what a report says of a file in which no line can be named."""
    return {"ok": False, "errors": [{"line": None, "step": None, "field": "", "message": message}], "lines": [line]}


def _ask_device(client: Client, report: dict[str, Any]) -> None:
    """Add what the device thinks of a program that is in order here."""
    if not report["ok"]:
        return
    program = report["program"]
    try:
        client.program_check(program.name, program.title, program.steps)
    except DeviceError as error:
        report.update(_bad(error.message, f"{report['file']}: the device refuses it: {error.message}"))
    else:
        report["lines"].append("The device would take it.")


def _find(what: str, is_on_device: bool, port: str | None) -> tuple[Program, list[str]]:
    """Return the program that is meant, and what to know about it."""
    path = Path(what)
    if not is_on_device:
        if what.endswith(_SUFFIX) or path.is_file():
            return program_file.read(path), []
        number = programs.number_of(what)
        if number >= 0:
            notes = [note for flag, note in _FLAG_NOTES if programs.flags(number) & flag]
            return Program(what, "", programs.steps(number)), notes
        if port is None:
            raise UsageError(
                f"There is neither a file nor a built-in program {what}. The name of a file ends in {_SUFFIX}; one of"
                " your own programs on the device is shown with --device."
            )
    with Client(ports.find(port)) as client:
        return _got(client, what), []


def _got(client: Client, name: str) -> Program:
    """Return one of the user's programs on the device; raises DeviceError if there is none or it is no good."""
    if programs.number_of(name) >= 0:
        raise UsageError(f"{name} is built in. `kneectl program new NAME --from {name}` makes a copy of your own.")
    found = client.program_get(name)
    steps = tuple(tuple(step) if isinstance(step, list) else step for step in found["steps"])
    program = Program(found["name"], found["title"], steps)
    wrong = program_file.check(program)
    if wrong:
        raise DeviceError(0, f"The program {name} on the device is none that this kneectl knows: {wrong[0]}")
    return program


def _on_device(client: Client, name: str) -> Program | None:
    """Return the user's program of this name, None if there is none worth keeping."""
    if not any(row.get("user") and row["name"] == name for row in client.programs()):
        return None
    try:
        return _got(client, name)
    except DeviceError as error:
        if error.code != _REFUSED:
            raise
        return None  # it breaks a limit of newer firmware, and is never played


@contextmanager
def _progress(text: str) -> "Iterator[Any]":
    """Show on a terminal how many of the steps have arrived."""
    with Console(stderr=True, highlight=False).status(text.format(0)) as status:
        yield lambda count: status.update(text.format(count))
