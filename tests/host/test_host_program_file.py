"""Program files that are read: every error with its line, all at once."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kneectl import program_file, program_text
from kneectl.errors import UsageError
from kneectl.program_file import Program, ProgramError
from massager.core import programs, techniques
from massager.link import checks

_GOOD = """name = "evening"

[[step]]
technique = "stroke"
zone = "thigh"
from = 70
to = 72.5
length = 84
heat = "low"
sides = "wave"

[[step]]
technique = "knead"
zone = "sides"
from = 75
length = 90
"""
_LINES = [*_GOOD.splitlines(), "[", '"""', "x = [", "]", "= 5", "step = [{}]", "step = 1", "name = 'a'"]
_LONGEST = "x" * checks.NAME_MOST


def _steps(*changes: tuple[int, int, object]) -> Any:
    steps: list[list[object]] = [[0, 0, 700, 725, 84, 1, 10], [8, 1, 750, 750, 90, 0, 7]]
    for i, place, value in changes:
        steps[i][place] = value
    return steps


def _found(text: str) -> list[tuple[int, int | None, str, str]]:
    with pytest.raises(ProgramError) as caught:
        program_file.parse(text, "evening.toml")
    return [(found.line, found.step, found.field, found.message) for found in caught.value.findings]


def test_a_good_file_is_its_steps() -> None:
    program = program_file.parse(_GOOD, "evening.toml")
    assert program == Program("evening", "", tuple(map(tuple, _steps())))
    assert program_file.parse(_GOOD.replace("\n", "\r\n"), "evening.toml") == program


# What is replaced in the good file by what; then line, step, field, and a part of what is said.
@pytest.mark.parametrize(
    ("old", "new", "line", "step", "field", "says"),
    [
        ('"evening"', '"Evening"', 1, None, "name", 'of a-z, 0-9 and -, the first a letter, not "Evening"'),
        ('"evening"', '"self"', 1, None, "name", "built-in program: self"),
        ('"evening"', '"' + _LONGEST + 'x"', 1, None, "name", "1 to 16 characters"),
        ('"evening"', "7", 1, None, "name", "not 7"),
        ('name = "evening"', "", 1, None, "name", "not missing"),
        ("\n\n[[step]]", '\ntitle = "' + "é" * 31 + '"\n[[step]]', 2, None, "title", "at most 60 bytes"),
        ("\n\n[[step]]", '\ntitle = """a\nb"""\n[[step]]', 2, None, "title", "printable"),
        ("\n\n[[step]]", "\ntitle = 3\n[[step]]", 2, None, "title", "not 3"),
        ("\n\n[[step]]", "\ncolour = 3\n[[step]]", 2, None, "colour", "these are: name, title, step"),
        ("\n\n[[step]]", "\nTitle = 'a'\n[[step]]", 2, None, "Title", "did you mean title?"),
        ("\n\n[[step]]", "\nlength = 3\n[[step]]", 2, None, "length", "below a [[step]]"),
        ('"stroke"', '"strok"', 4, 1, "technique", 'or cue, not "strok"; did you mean "stroke"?'),
        ('"stroke"', '"Stroke"', 4, 1, "technique", 'did you mean "stroke"?'),
        ('"stroke"', "0", 4, 1, "technique", "or cue, not 0"),
        ('"stroke"', "true", 4, 1, "technique", "not true"),
        ('"stroke"', "[1]", 4, 1, "technique", "not a list"),
        ('"stroke"', "{a = 1}", 4, 1, "technique", "not a table"),
        ('"stroke"', "1979-05-27", 4, 1, "technique", "not 1979-05-27"),
        ('"stroke"', '"tap"', 4, 1, "technique", "must be stroke, hold or wave in the first 60 s"),
        ('technique = "stroke"\n', "", 3, 1, "technique", "not missing"),
        ('"thigh"', '"knee"', 5, 1, "zone", 'must be thigh, sides or calf, not "knee"'),
        ('"thigh"', '"kneecap"', 5, 1, "zone", "nothing may press on the kneecap"),
        ('"thigh"', '"hollow"', 5, 1, "zone", "vessels and nerves"),
        ('"sides"\nfrom', '"side"\nfrom', 14, 2, "zone", 'did you mean "sides"?'),
        ("from = 70", "from = 100.1", 6, 1, "from", "from 0 to 100 % of the chosen strength, not 100.1 %"),
        ("from = 70", "from = -0.1", 6, 1, "from", "not -0.1 %"),
        ("from = 70", "from = 70.25", 6, 1, "from", "one decimal at most, not 70.25"),
        ("from = 70", "from = 70.00000000000000000000000000000001", 6, 1, "from", "one decimal at most"),
        ("from = 70", "from = nan", 6, 1, "from", "not NaN"),
        ("from = 70", "from = 1e999999", 6, 1, "from", "from 0 to 100 %"),
        ("from = 70", "from = " + "9" * 4000, 6, 1, "from", "from 0 to 100 %"),
        ("from = 70", "from = true", 6, 1, "from", "not true"),
        ("from = 70", "from = '70'", 6, 1, "from", 'not "70"'),
        ("from = 70", "from = 75.1", 6, 1, "from", "75 % at most in the first step that moves"),
        ("from = 70\n", "", 3, 1, "from", "not missing"),
        ("from = 75", "from = 92.6", 15, 2, "from", "92.5 % at most, 20 % above"),
        ("from = 75", "from = 75.1", 15, 2, "to", "75 % at most in the last step that moves"),
        ("to = 72.5", "to = 101", 7, 1, "to", "not 101 %"),
        ("from = 70\nto = 72.5", "from = 20\nto = 62.1", 7, 1, "to", "62 % at most: in 84 s strength grows from 20 %"),
        ("length = 84", "length = 4", 8, 1, "length", "whole number of seconds from 5 to 1200, not 4"),
        ("length = 84", "length = 1201", 8, 1, "length", "not 1201"),
        ("length = 84", "length = 84.0", 8, 1, "length", "not 84.0"),
        ("length = 84", "length = '1 min'", 8, 1, "length", 'not "1 min"'),
        ("length = 84\n", "", 3, 1, "length", "not missing"),
        ("length = 84", "lngth = 84", 8, 1, "lngth", "did you mean length?"),
        ("length = 84", "seconds = 84", 8, 1, "seconds", "did you mean length?"),
        ("from = 70", "strength = 70", 6, 1, "strength", "did you mean from?"),
        ("length = 84", "length = 84\ncolour = 1", 9, 1, "colour", "these are: technique, zone, from"),
        ("length = 84", "length = 84\ntitle = 'a'", 9, 1, "title", "above the first [[step]]"),
        ("length = 90", "length = 1190", 16, None, "length", "must last from 60 to 1200 seconds, not 1274"),
        ('"low"', '"hot"', 9, 1, "heat", 'off, low, medium or high, not "hot"'),
        ('"low"', "1", 9, 1, "heat", "not 1"),
        ('"wave"', '"cue"', 10, 1, "sides", "tap or wave, not cue"),
        ('"wave"', '"vibrate"', 10, 1, "sides", "hold or wave in the first 60 s"),
        ("length = 90", 'length = 90\nsides = "tap"', 17, 2, "sides", "hold unless the zone is thigh or calf, not tap"),
        # What is no TOML.
        ('"stroke"', "stroke", 4, None, "technique", "`technique = stroke`: this has no value"),
        ("length = 84", "length = 84 s", 8, None, "length", "nothing after the value"),
        ("to = 72.5", "to = 72,5", 7, None, "to", "decimal point"),
        ("length = 84", "length = 84\nlength = 85", 9, None, "length", "only once"),
        ('"stroke"', '"stroke', 4, None, "technique", "quotes that open here are not closed"),
        ('"stroke"', "'stroke", 4, None, "technique", "quotes that open here are not closed"),
        ("length = 84", "length", 8, None, "", "a field with its value"),
        ("length = 90", "length = [90", 16, None, "length", "bracket that opens here"),
        ("length = 90", 'length = """90', 16, None, "length", "quotes that open here are not closed"),
        ("length = 90", "length = " + "9" * 5000, 16, None, "", "shorter"),
        ("length = 90", "length = " + "[" * 5000, 16, None, "", "shorter"),
        ("[[step]]\ntechnique = \"knead\"", "[[step]\ntechnique = \"knead\"", 12, None, "", "two brackets"),
    ],
)  # fmt: skip
def test_an_error_has_its_line_and_field_and_says_what_may_be(
    old: str, new: str, line: int, step: int | None, field: str, says: str
) -> None:
    assert _GOOD.count(old) >= 1
    ((*place, message),) = _found(_GOOD.replace(old, new, 1))
    assert tuple(place) == (line, step, field)
    assert says in message


def test_all_errors_come_at_once_in_the_order_of_their_lines() -> None:
    text = _GOOD.replace('"evening"', "evening").replace("from = 70", "from = 120").replace("length = 84", "lngth = 3")
    text = text.replace('"low"', '"hot"').replace('"sides"\n', '"hollow"\n').replace("length = 90", "length = 9,0")
    assert [(line, field) for line, _, field, _ in _found(text)] == [
        (1, "name"),
        (6, "from"),
        (8, "lngth"),
        (8, "length"),
        (9, "heat"),
        (14, "zone"),
        (16, "length"),
    ]


def test_how_the_findings_read() -> None:
    with pytest.raises(ProgramError) as caught:
        program_file.parse(_GOOD.replace("length = 90", "lngth = 3"), "my/evening.toml")
    assert str(caught.value) == (
        "my/evening.toml has 2 errors:\n"
        'my/evening.toml:16: step 2: "lngth" is no field; did you mean length?\n'
        "my/evening.toml:16: step 2: length must be a whole number of seconds from 5 to 1200, not 3."
    )
    assert caught.value.exit_code == 2


_INLINE = """name = 'a'
step = [
  # the first
  {technique = 'stroke', zone = 'thigh', from = 70, length = 60},

  {technique = 'knead', zone = 'calf',
    from = 70, length = 3},
]
"""


# Wherever TOML lets a value stand: lines of the wrong lengths and zones in it.
@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (_INLINE.replace("calf',\n   ", "calf',"), [6]),
        ("name='a'\nstep=[{technique='hold',zone='x',length=3},{technique='hold',zone='y',length=70}]", [2, 2, 2]),
        ("name='a'\n[[step]]\n'technique'='hold'\n\"zone\" = 'thigh'\n# c\n\n  length  =  4  # c\n", [7]),
        ("step = [\n{technique='hold',zone='thigh',length=3}\n]\nname='A'", [2, 4]),
        ("name='''\n\nA'''\n[[step]]\ntechnique='hold'\nzone='thigh'\nlength=4", [1, 7]),
        ('name="a"\ntitle="[[step]] # "\n[[step]]\ntechnique="hold"\nzone="""\\\n  thigh\\\n"""\nlength=4', [8]),
        ("name = 'a'\n\n\n[[step]]\n\n\n[[step]]\ntechnique='hold'\nzone='thigh'\nlength=90", [4, 4, 4, 4]),
        ("\n" * 9, [1, 1]),
        (_GOOD.replace("[[step]]", "[[steps]]").replace("length = 90", "length = 3"), [3, 16]),
        ("name='a'\n" + "[[Step]]\ntechnique='hold'\nzone='thigh'\nlength=30\n" * 33, [2, 2 + 32 * 4]),
        ("name='a'\n" + "[[step]]\ntechnique='hold'\nzone='thigh'\nlength=30\n" * 33, [2 + 32 * 4]),
    ],
)
def test_lines_are_right_in_every_form_of_toml(text: str, lines: list[int]) -> None:
    assert [found[0] for found in _found(text)] == lines
    assert [found[0] for found in _found(text.replace("\n", "\r\n"))] == lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (_GOOD.replace("[[step]]", "[step]"), [3, 12]),
        (_GOOD.split("\n\n[[step]]\ntechnique = \"knead")[0].replace("[[step]]", "[step]"), [3]),
        ("name = 'a'\nstep = 5\n", [2]),
        ("name = 'a'\nstep = [5, [0, 0, 700, 700, 60, 0, 7]]\n", [2, 2]),
        ("step.technique = 'hold'\nname = 'a'\n", [1, 1, 1]),
    ],
)  # fmt: skip
def test_steps_that_are_none_are_told_how_to_be_one(text: str, lines: list[int]) -> None:
    found = _found(text)
    assert [line for line, *_ in found] == lines
    assert "two brackets" in found[0][3]


def test_each_wrong_field_of_a_long_file_is_found_in_its_line() -> None:
    text = program_text.compose(Program("long", "", programs.steps(programs.number_of("classic"))))
    lines = text.split("\n")
    fields = [i for i, line in enumerate(lines) if re.match(rf"({'|'.join(checks.FIELDS)}) = ", line)]
    assert len(fields) > 32 * 4
    for wrong in fields:
        if '"cue"' in lines[wrong]:
            continue  # what is no cue any more wants a strength as well
        changed = lines[:]
        changed[wrong] = lines[wrong].split("=")[0] + '= "nothing"'
        assert [found[0] for found in _found("\n".join(changed))] == [wrong + 1]


def test_percent_are_exact() -> None:
    for pm in range(checks.STRENGTH_MOST_PM + 1):
        forms = {f"{pm / 10}", f"{pm // 10}.{pm % 10}00", f"{pm}e-1"}
        for form in forms | ({str(pm // 10)} if pm % 10 == 0 else set()):
            text = f"name='a'\nstep=[{{technique='hold', zone='thigh', from={form}, length=60}}]"
            assert program_file.parse(text, "a.toml").steps == ((techniques.HOLD, 0, pm, pm, 60, 0, techniques.HOLD),)


@settings(deadline=None, max_examples=300)
@given(st.text() | st.lists(st.sampled_from(_LINES)).map("\n".join))
def test_any_text_is_a_program_or_has_findings_within_it(text: str) -> None:
    try:
        program, findings = program_file.parse(text, "any.toml"), []
    except ProgramError as error:
        program, findings = None, error.findings
    if program is None:
        assert findings
        assert all(1 <= found.line <= text.count("\n") + 1 for found in findings)
    else:
        assert program_file.check(program) == []


def test_files_that_are_no_text_or_too_long_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "evening.toml"
    path.write_bytes(_GOOD.encode("utf-8-sig"))
    assert program_file.read(path).name == "evening"
    path.write_bytes(_GOOD.encode().replace(b"length = 84", b"length = 84 # \xff"))
    with pytest.raises(ProgramError, match=r":8: the file must be text in UTF-8"):
        program_file.read(path)
    path.write_bytes(_GOOD.encode() + b"#" * program_file.MOST_BYTES)
    with pytest.raises(UsageError, match="longer than 32 KiB"):
        program_file.read(path)
    path.write_bytes(_GOOD.encode() + b"\n" * program_file.MOST_LINES)
    with pytest.raises(ProgramError, match="at most 1000 lines"):
        program_file.read(path)
    for other in (tmp_path, tmp_path / "missing.toml"):
        with pytest.raises(UsageError, match="cannot be read"):
            program_file.read(other)
