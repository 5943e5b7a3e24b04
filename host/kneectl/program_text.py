"""Users' programs as TOML files: writing one, with comments that say how to change it. program_file reads them."""

import os
import secrets
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import Table

from kneectl.errors import UsageError
from kneectl.program_file import Program, Step
from kneectl.program_schema import (
    DEFAULT_SIDES,
    FIELD_WORDS,
    FROM,
    NAME,
    SCHEMA_FILE,
    SIDES,
    STEP,
    TITLE,
    TO,
    cycle_words,
    rules,
    technique_words,
)
from massager.core import limits, techniques, zones
from massager.link import checks

_COMMENT_WIDTH = 110

_HOLD = techniques.HOLD
# fmt: off
_TEMPLATE = (
    (techniques.STROKE, zones.THIGH, 700, 700, 63, limits.HEAT_LOW, _HOLD),
    (techniques.RUB_CIRCULAR, zones.SIDES, 700, 850, 120, limits.HEAT_MEDIUM, _HOLD),
    (techniques.RUB_LINEAR, zones.CALF, 700, 850, 120, limits.HEAT_MEDIUM, _HOLD),
    (techniques.KNEAD, zones.THIGH, 750, 825, 90, limits.HEAT_MEDIUM, techniques.VIBRATE),
    (techniques.CUE, zones.THIGH, 0, 0, 48, limits.HEAT_MEDIUM, _HOLD),
    (techniques.STROKE, zones.THIGH, 700, 700, 56, limits.HEAT_LOW, _HOLD),
)
# fmt: on


def template(name: str) -> Program:
    """Return a short program that shows what there is, as a start for one's own."""
    return Program(name, "", _TEMPLATE)


def compose(program: Program, *, has_schema: bool = False, notes: Sequence[str] = ()) -> str:
    """Return a program as a file's text, with comments that say how to change it.

    has_schema: program.schema.json lies beside the file, for editors that look there. notes: about this program alone.
    """
    document = tomlkit.document()
    for line in _comments(notes):
        document.add(tomlkit.comment(line))
    document.add(tomlkit.nl())
    document.add(NAME, program.name)
    if program.title:
        document.add(TITLE, program.title)
    else:
        document.add(tomlkit.comment(f'{TITLE} = "..."'))
    steps = tomlkit.aot()
    for step, values in zip(program.steps, program.as_json()["steps"], strict=True):
        steps.append(_table(step, values, has_words=not len(steps)))
    document.add(STEP, steps)
    # An editor's directive has no space after the #, which tomlkit would put there.
    return (f"#:schema ./{SCHEMA_FILE.name}\n" if has_schema else "") + tomlkit.dumps(document).rstrip("\n") + "\n"


def _comments(notes: Sequence[str]) -> Iterator[str]:
    yield from notes
    if notes:
        yield ""
    yield "Change it as you like; then check it, look at it, and put it on the device:"
    yield "    kneectl program check FILE.toml"
    yield "    kneectl program show FILE.toml"
    yield "    kneectl program put FILE.toml"
    yield ""
    yield f"A line that begins with # is a comment. {NAME}: {FIELD_WORDS[NAME]}."
    yield f"{TITLE}, {FIELD_WORDS[TITLE]}."
    yield "Each [[step]] is played after the one above it. Techniques, and how long one cycle of each takes:"
    words = technique_words()
    for number, name in enumerate(techniques.NAMES):
        head = f"    {name:<8}{cycle_words(number):>6}  "
        yield from textwrap.wrap(words[name], _COMMENT_WIDTH, initial_indent=head, subsequent_indent=" " * len(head))
    yield ""
    yield "Rules:"
    for rule in rules():
        yield from textwrap.wrap(rule, _COMMENT_WIDTH, initial_indent="  - ", subsequent_indent="    ")


def _table(step: Step, values: dict[str, Any], has_words: bool) -> Table:
    """Return a step, whose words and percent are in values, as a table without what its absence says as well."""
    if values[TO] == values[FROM]:
        del values[TO]
    if values[SIDES] == DEFAULT_SIDES:
        del values[SIDES]
    if values[FROM] == 0 and TO not in values and not checks.is_moving(step):
        del values[FROM]
    table = tomlkit.table()
    for field, value in values.items():
        table.add(field, value)
        if has_words:
            table[field].comment(FIELD_WORDS[field])
    return table


def check_free(path: Path, *, is_forced: bool) -> None:
    """Raise UsageError when a file is there that is_forced does not allow to replace."""
    if not is_forced and os.path.lexists(path):
        raise UsageError(f"{path} is there already. Choose another name, or replace it with --force.")


def save(path: Path, text: str, *, is_forced: bool) -> None:
    """Write a text into a new file; is_forced: or in place of one that is there.

    Raises UsageError when there is one, or it cannot be written; what was there is then as it was.
    """
    check_free(path, is_forced=is_forced)
    # A name that nobody else has. tempfile's files are for their owner alone, a program may be for others, too.
    part = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        with part.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise UsageError(f"{path} cannot be written: {error.strerror}. Choose another file.") from error
