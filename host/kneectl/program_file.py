"""Users' programs as TOML files: reading one, with all that is wrong in it at once. program_text writes them.

What a program may be is decided by massager.link.checks alone. Here names and percent become a step's numbers, and
findings get the line that they are about.
"""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from kneectl.errors import UsageError
from kneectl.program_schema import (
    DEFAULT_HEAT,
    DEFAULT_SIDES,
    FROM,
    HEAT,
    LENGTH,
    NAME,
    SIDES,
    STEP,
    TECHNIQUE,
    TITLE,
    TO,
    TOP_KEYS,
    ZONE,
)
from massager.core import techniques, zones
from massager.link import checks

Step = tuple[int, ...]

MOST_BYTES = 32 * 1024  # many times the longest program with a comment on each line
MOST_LINES = 1000

# What a number in a step is called, by its field.
_NAMES = {TECHNIQUE: techniques.NAMES, ZONE: zones.NAMES, HEAT: checks.HEATS, SIDES: techniques.NAMES}
_ALLOWED = {
    **_NAMES,
    ZONE: tuple(zones.NAMES[zone] for zone in checks.ZONES),
    SIDES: tuple(techniques.NAMES[technique] for technique in checks.LAYERS),
}
_PERCENTS = (FROM, TO)

# What people may write instead of a field's name, beyond misspelling it.
_OTHER_WORDS = {
    "strength": FROM,
    "begin": FROM,
    "start": FROM,
    "end": TO,
    "duration": LENGTH,
    "seconds": LENGTH,
    "time": LENGTH,
    "place": ZONE,
    "area": ZONE,
    "temperature": HEAT,
    "steps": STEP,
}

_SYNTAX_MOST = 50  # lines that are no TOML; a file with more is something else
_LINE_SHOWN = 40  # characters of it in a finding
_PERCENT_SHOWN = 10**6  # larger numbers would only take time

_UNREADABLE_TOML = "0.1e-99999"  # stands in a line that is no TOML, so that the rest of the file gets checked
_UNREADABLE = object()

_WHERE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_KEY_LINE = re.compile(r"^(\s*([A-Za-z0-9_-]+)\s*=)")
_SINGLE_STEP = re.compile(r"^\s*\[\s*step\s*\]\s*(#.*)?$")
_BRACKETS = "a step begins with two brackets on each side: [[step]]"
_STATEMENT = 'a line must be a field with its value, such as technique = "stroke", or [[step]], or a comment after #'
_OPEN_QUOTES = "the quotes that open here are not closed"
_SYNTAX = (
    (
        "Invalid value",
        'this has no value that can be read: text must stand in quotes, as in "stroke", and a number plainly, as 72.5',
    ),
    ("Expected newline", "there must be nothing after the value: no % or s, and a decimal point in numbers, as 72.5"),
    ("Cannot overwrite", "this must stand here only once; the next step begins with [[step]]"),
    ("Cannot declare", _BRACKETS),
    ("Expected ']]'", _BRACKETS),
    ("Cannot mutate", _BRACKETS),
    ("Illegal character", _OPEN_QUOTES + ", or hold what is no text"),
    ("Unterminated string", _OPEN_QUOTES),
    ('Expected "\'"', _OPEN_QUOTES),
    ("Unclosed array", "the bracket that opens here is not closed"),
    ("Expected '='", _STATEMENT),
    ("Invalid statement", _STATEMENT),
)


@dataclass(frozen=True)
class Program:
    """A user's program that the validator has passed; steps as in core/steps.py."""

    name: str
    title: str
    steps: tuple[Step, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it with the words and percent of a program file."""
        steps = [dict(zip(checks.FIELDS, map(_to_json, checks.FIELDS, step), strict=True)) for step in self.steps]
        return {NAME: self.name, TITLE: self.title, "length_s": sum(step[LENGTH] for step in steps), "steps": steps}


def _to_json(field: str, value: int) -> int | float | str:
    if field in _NAMES:
        return _NAMES[field][value]
    if field in _PERCENTS:
        return value / 10 if value % 10 else value // 10
    return value


_NO_PROGRAM = Program("", "", ())


@dataclass(frozen=True)
class Finding:
    """Something wrong in a file: line and step count from 1, step is None outside of steps."""

    line: int
    step: int | None
    field: str
    message: str

    def words(self, file: str) -> str:
        """Return it as a sentence, with the place where editors and terminals look for one."""
        step = "" if self.step is None else f"step {self.step}: "
        return f"{file}:{self.line}: {step}{self.message}{'' if self.message.endswith('?') else '.'}"


class ProgramError(UsageError):
    """A file that is no program: `findings` are all that is wrong with it, in the order of its lines."""

    def __init__(self, file: str, findings: Sequence[Finding]) -> None:
        self.file = file
        self.findings = sorted(findings, key=lambda finding: finding.line)
        many = f"{len(self.findings)} errors" if len(self.findings) > 1 else "an error"
        super().__init__(f"{file} has {many}:\n" + "\n".join(self.lines()))

    def lines(self) -> list[str]:
        """Return the findings as sentences."""
        return [finding.words(self.file) for finding in self.findings]

    def as_json(self) -> list[dict[str, Any]]:
        """Return the findings as dicts."""
        return [asdict(finding) for finding in self.findings]


def read(path: Path) -> Program:
    """Return the program in a file.

    Raises ProgramError with all that is wrong with it, UsageError when the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    if len(data) > MOST_BYTES:
        raise UsageError(f"{path} is no program: it is longer than {MOST_BYTES // 1024} KiB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = "the file must be text in UTF-8; save it so in your editor"
        raise ProgramError(str(path), [Finding(line, None, "", message)]) from error
    return parse(text, str(path))


def parse(text: str, file: str) -> Program:
    """Return the program in a text that stands in a file of this name; raises ProgramError."""
    reader = _Reader(text)
    program = reader.program()
    if reader.findings:
        raise ProgramError(file, reader.findings)
    return program


def check(program: Program) -> list[str]:
    """Return what is wrong with a program that comes from elsewhere than a file, a sentence each."""
    faults = [checks.name_fault(program.name), checks.title_fault(program.title)]
    return [fault + "." for fault in faults if fault] + [checks.words(found) for found in checks.check(program.steps)]


class _Missing:
    """What a field holds that is not there; the validator shows it in its sentence."""

    def __str__(self) -> str:
        return "missing"


_MISSING = _Missing()


class _Reader:
    """Turns a text into a program, and notes all that is wrong on the way.

    A step's number is counted from 0 here, -1 stands for none.
    """

    def __init__(self, text: str) -> None:
        self.findings: list[Finding] = []
        self._lines = text.split("\n")
        self._prefixes: dict[int, Any] = {}
        self._paths: dict[tuple[int, str], tuple[str | int, ...]] = {}  # where a misspelt or misplaced field stands
        self._strays: dict[str, Any] = {}  # name and title, if they stand within a step
        self._as_from: set[int] = set()  # steps without a `to`
        self._is_single = False  # [step] instead of [[step]]
        self._said: set[tuple[int, str]] = set()  # about these the validator has nothing to add
        self._hints: dict[tuple[int, str], str] = {}

    def program(self) -> Program:
        """Return the program; it is of use only if there are no findings."""
        if len(self._lines) > MOST_LINES:
            self._note(1, -1, "", f"a program must have at most {MOST_LINES} lines, not {len(self._lines)}")
            return _NO_PROGRAM
        document = self._load()
        if document is None:
            return _NO_PROGRAM
        top = self._fields(-1, document, TOP_KEYS)
        steps = self._steps(top)
        top = {**self._strays, **top}
        name, title = top.get(NAME, _MISSING), top.get(TITLE, "")
        for field, value, fault in ((NAME, name, checks.name_fault(name)), (TITLE, title, checks.title_fault(title))):
            if fault and value is not _UNREADABLE:
                self._say(-1, field, fault)
        return Program(str(name), str(title), tuple(tuple(step) for step in steps if isinstance(step, list)))

    def _load(self) -> dict[str, Any] | None:
        """Return the file as TOML. A line that is none is noted and mended for once, so that the rest gets checked,
        too; None if that cannot be.
        """
        while len(self.findings) < _SYNTAX_MOST:
            try:
                return self._toml(self._lines)
            except tomllib.TOMLDecodeError as error:
                where = _WHERE.search(str(error))
                line = int(where[1]) if where and where[1] else self._first_unread()
                self._note_syntax(line, str(error))
                if where is None or where[1] is None or not self._mend(line):
                    return None
            except (ValueError, RecursionError):  # thousands of digits; thousands of brackets
                self._note(self._first_unread(), -1, "", "this must be shorter: no program needs such a value")
                return None
        return None

    def _toml(self, lines: list[str], end: str = "") -> dict[str, Any]:
        def number(text: str) -> object:
            return _UNREADABLE if text == _UNREADABLE_TOML and self.findings else Decimal(text)

        return tomllib.loads("\n".join(lines) + "\n" + end, parse_float=number)

    def _note_syntax(self, line: int, error: str) -> None:
        if any(finding.line == line for finding in self.findings):
            return  # mended once already, and still no good
        key = _KEY_LINE.match(self._lines[line - 1])
        message = next((words for start, words in _SYNTAX if error.startswith(start)), _WHERE.sub("", error))
        shown = "".join(c if c.isprintable() else "?" for c in self._lines[line - 1].strip()[:_LINE_SHOWN])
        self._note(line, -1, key[2] if key else "", f"`{shown}`: {message}" if shown else message)

    def _mend(self, line: int) -> bool:
        text = self._lines[line - 1]
        key = _KEY_LINE.match(text)
        if _SINGLE_STEP.match(text):
            for i, other in enumerate(self._lines):
                if _SINGLE_STEP.match(other):
                    self._lines[i] = "[[step]]"
                    self._note_syntax(i + 1, "Cannot declare")
        elif key and _UNREADABLE_TOML not in text:
            self._lines[line - 1] = f"{key[1]} {_UNREADABLE_TOML}"
        elif key:
            self._lines[line - 1] = ""  # it stands there twice
        else:
            return False
        return True

    def _fields(self, i: int, table: dict[str, Any], known: Sequence[str]) -> dict[str, Any]:
        """Return a table's values by the known fields that they are or may be meant for; note all other keys."""
        fields = {key: value for key, value in table.items() if key in known}
        for key, value in table.items():
            if key in known:
                continue
            missing = [field for field in known if field not in fields]
            close = get_close_matches(key.lower(), missing, 1)
            meant = _OTHER_WORDS.get(key.lower(), close[0] if close else "")
            if i < 0 and key in checks.FIELDS:
                message = f"{key} must stand below a [[step]]"
            elif i >= 0 and key in (NAME, TITLE):
                message = f"{key} must stand above the first [[step]]"
                self._strays.setdefault(key, value)
                self._paths[-1, key] = (*self._path(i), key)
            elif meant in missing:
                message = f"{checks.shown(key)} is no field; did you mean {meant}?"
                fields[meant] = value
                self._paths[i, meant] = (*self._path(i), key)
            else:
                message = f"{checks.shown(key)} is no field here; these are: {', '.join(known)}"
            self._note(self._line(*self._path(i), key), i, key, message)
        return fields

    def _steps(self, top: dict[str, Any]) -> list[Any]:
        """Return the steps as the validator wants them, and note what it and this reader find."""
        tables = top.get(STEP, [])
        if tables is _UNREADABLE:
            return []
        if isinstance(tables, dict):
            self._say(-1, STEP, _BRACKETS)
            self._is_single = True
            tables = [tables]
        if not isinstance(tables, list):
            self._say(-1, STEP, _BRACKETS)
            return []
        steps = [self._step(i, table) for i, table in enumerate(tables)]
        found = [(i, STEP if name == "steps" else name, message) for i, name, message in checks.check(steps)]
        for i, field, message in found:
            is_echo = field == TO and i in self._as_from and any((i, FROM) == other[:2] for other in found)
            if (i, field) not in self._said and not is_echo:
                self._note(self._line_of(i, field, len(steps)), i, field, message + self._hints.get((i, field), ""))
        return steps

    def _step(self, i: int, table: object) -> list[Any] | None:
        if not isinstance(table, dict):
            self._say(i, STEP, _BRACKETS + ", and its fields stand below")
            return None
        fields = self._fields(i, table, checks.FIELDS)
        values = {field: self._value(i, field, fields[field]) for field in fields}
        values.setdefault(HEAT, checks.HEATS.index(DEFAULT_HEAT))
        values.setdefault(SIDES, techniques.NAMES.index(DEFAULT_SIDES))
        if FROM not in values:
            is_still = values.get(TECHNIQUE) in techniques.STILL and values[SIDES] in techniques.STILL
            values[FROM] = 0 if is_still else _MISSING
        if TO not in values:
            values[TO] = values[FROM]
            self._as_from.add(i)
            if not isinstance(values[FROM], int):
                self._said.add((i, TO))
        return [values.get(field, _MISSING) for field in checks.FIELDS]

    def _value(self, i: int, field: str, value: Any) -> Any:
        """Return a value as the validator wants it, or such that it says what is wrong with it."""
        if value is _UNREADABLE:
            self._said.add((i, field))
            return value
        if field in _PERCENTS and type(value) in (int, Decimal):
            return self._per_mille(i, field, Decimal(value))
        if field not in _NAMES:
            return value
        if type(value) is int:
            return Decimal(value)  # a number is no name, even if it is one that the validator knows
        if type(value) is str and value in _NAMES[field]:
            return _NAMES[field].index(value)
        close = get_close_matches(value.lower(), _ALLOWED[field], 1) if type(value) is str else []
        if close:
            self._hints[i, field] = f'; did you mean "{close[0]}"?'
        return value

    def _per_mille(self, i: int, field: str, percent: Decimal) -> Any:
        if not percent.is_finite() or abs(percent) >= _PERCENT_SHOWN:
            return percent  # the validator shows it as it is
        tenths = percent.quantize(Decimal("0.1"))
        if tenths != percent:
            message = f"{field} must have one decimal at most, not {checks.shown(percent)}"
            self._say(i, field, message)
            return percent
        return int(tenths * 10)

    def _say(self, i: int, field: str, message: str) -> None:
        """Note what only this reader can know about a field."""
        self._said.add((i, field))
        self._note(self._line_of(i, field, 0), i, field, message)

    def _note(self, line: int, i: int, field: str, message: str) -> None:
        self.findings.append(Finding(line, i + 1 if i >= 0 else None, field, message))

    def _line_of(self, i: int, field: str, steps: int) -> int:
        """Return the line of a field; for findings about all steps, the line where they become too long."""
        if i < 0 and field == LENGTH:
            i = steps - 1
        if i < 0 and field == STEP and steps > checks.STEPS_MOST:
            return self._line(*self._path(checks.STEPS_MOST))
        if field == TO and i in self._as_from:
            field = FROM
        if field == STEP and i >= 0:
            return self._line(*self._path(i))
        return self._line(*self._paths.get((i, field), (*self._path(i), field)))

    def _path(self, i: int) -> tuple[str | int, ...]:
        if i < 0:
            return ()
        steps = self._paths.get((-1, STEP), (STEP,))
        return steps if self._is_single else (*steps, i)

    def _line(self, *path: str | int) -> int:
        """Return the line where a value stands, or if it is not there, the table that it belongs to.

        It is the first line with which the file, read up to there, has that value: true for every form of TOML.
        """
        count = len(self._lines)
        line = bisect_left(range(count + 1), True, key=lambda lines: _has(self._read_up_to(lines), path))
        if line > count:
            return self._line(*path[:-1])
        while line > 1 and self._prefix(line - 1) is None:
            line -= 1  # a value of several lines is read at its last
        return max(line, 1)

    def _read_up_to(self, lines: int) -> Any:
        while self._prefix(lines) is None:
            lines -= 1
        return self._prefix(lines)

    def _prefix(self, lines: int) -> Any:
        """Return the first lines as TOML, None if they end within a value that is no list."""
        if lines not in self._prefixes:
            found = self._toml_or_none(lines, "")
            self._prefixes[lines] = self._toml_or_none(lines, "]") if found is None else found
        return self._prefixes[lines]

    def _toml_or_none(self, lines: int, end: str) -> Any:
        try:
            return self._toml(self._lines[:lines], end)
        except (ValueError, RecursionError):
            return None

    def _first_unread(self) -> int:
        """Return the line where that begins which makes the file unreadable."""
        lines = len(self._lines) - 1
        while lines and self._toml_or_none(lines, "") is None:
            lines -= 1
        return lines + 1


def _has(value: Any, path: tuple[str | int, ...]) -> bool:
    for part in path:
        is_there = part < len(value) if isinstance(part, int) and isinstance(value, list) else part in _keys(value)
        if not is_there:
            return False
        value = value[part]
    return True


def _keys(value: Any) -> Sequence[object]:
    return list(value) if isinstance(value, dict) else ()
