"""Program files: every error with its line, all at once; what is written reads back; the schema and the manual page."""

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_device import FakeDevice
from kneectl import program_file, program_schema
from kneectl.client import Client
from kneectl.errors import UsageError
from kneectl.program_file import Program, ProgramError
from massager.core import limits, programs, techniques, zones
from massager.link import checks

_DOCS = (Path(__file__).parents[2] / "docs" / "own-programs.md").read_text(encoding="utf-8")
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
    text = program_file.compose(Program("long", "", programs.steps(programs.number_of("classic"))))
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


@st.composite
def _programs(draw: st.DrawFn) -> Program:
    """Any program that the validator passes."""
    steps: list[tuple[int, ...]] = []
    strongest, begin_s = -1, 0
    for _ in range(draw(st.integers(1, checks.STEPS_MOST))):
        is_slow = begin_s < checks.SLOW_FIRST_S
        technique = draw(st.sampled_from(techniques.SLOW if is_slow else range(len(techniques.NAMES))))
        zone = draw(st.sampled_from(checks.ZONES))
        sides = techniques.HOLD
        if zone in checks.LAYERED_ZONES and technique != techniques.CUE:
            sides = draw(st.sampled_from(checks.SLOW_LAYERS if is_slow else checks.LAYERS))
        length_s = draw(st.integers(60 if not steps else checks.LENGTH_LEAST_S, 60 if steps else 200))
        most = checks.BEGIN_MOST_PM if strongest < 0 else min(checks.STRENGTH_MOST_PM, strongest + checks.JUMP_MOST_PM)
        from_pm = draw(st.integers(0, most))
        to_pm = draw(st.integers(0, min(checks.STRENGTH_MOST_PM, from_pm + checks.GROWTH_PM_PER_S * length_s)))
        steps.append((technique, zone, from_pm, to_pm, length_s, draw(st.integers(0, limits.HEAT_HIGH)), sides))
        if checks.is_moving(steps[-1]):
            strongest = max(strongest, to_pm)
        begin_s += length_s
    # The end is easy, and all of it short enough.
    while sum(step[4] for step in steps) > checks.TOTAL_MOST_S:
        steps.pop()
    for i in reversed(range(len(steps))):
        if checks.is_moving(steps[i]):
            step = steps[i]
            easy = min(step[3], checks.END_MOST_PM)
            steps[i] = (*step[:3], easy, *step[4:])
            break
    name = draw(st.from_regex(rf"[a-z][a-z0-9-]{{0,{checks.NAME_MOST - 1}}}", fullmatch=True))
    title = draw(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=checks.TITLE_MOST_BYTES))
    while len(title.encode()) > checks.TITLE_MOST_BYTES:
        title = title[:-1]
    return Program(name if programs.number_of(name) < 0 else "evening", title, tuple(steps))


@settings(deadline=None, max_examples=200)
@given(_programs(), st.booleans())
def test_what_is_written_reads_back_as_it_was(program: Program, has_schema: bool) -> None:
    assert program_file.check(program) == []
    text = program_file.compose(program, has_schema=has_schema, notes=["A note."] if has_schema else [])
    assert text.startswith("#:schema ./program.schema.json\n# A note.\n") or not has_schema
    assert program_file.parse(text, "evening.toml") == program


def test_a_program_goes_to_the_device_and_comes_back_as_the_same_file() -> None:
    with FakeDevice(speed=None) as device, Client(device.port) as client:

        @settings(deadline=None, max_examples=60)
        @given(_programs())
        def there_and_back(program: Program) -> None:
            device.kept.clear()
            assert client.program_put(program.name, program.title, program.steps) == {"kept": program.name}
            got = client.program_get(program.name)
            back = Program(got["name"], got["title"], tuple(tuple(step) for step in got["steps"]))
            assert back == program
            assert program_file.compose(back) == program_file.compose(program)

        there_and_back()


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


def test_a_file_is_replaced_by_force_only_and_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "evening.toml"
    program_file.save(path, "one\n", is_forced=False)
    with pytest.raises(UsageError, match="--force"):
        program_file.save(path, "two\n", is_forced=False)
    assert path.read_bytes() == b"one\n"
    program_file.save(path, "two\n", is_forced=True)
    assert path.read_bytes() == b"two\n"
    (tmp_path / "evening.toml.part").mkdir()
    with pytest.raises(UsageError, match="cannot be written"):
        program_file.save(path, "three\n", is_forced=True)
    assert path.read_bytes() == b"two\n"
    assert sorted(tmp_path.glob("evening*")) == [path, tmp_path / "evening.toml.part"]


# The schema.


def _fits(schema: dict[str, Any], value: Any) -> bool:
    """Return whether a value is valid, for those keywords of JSON Schema that ours has."""
    told: dict[str, Callable[[Any], bool]] = {
        "type": lambda kind: (
            type(value) in {"object": (dict,), "array": (list,), "string": (str,)}.get(kind, ())
            or (type(value) is int and kind in ("integer", "number"))
            or (type(value) is float and kind == "number")
        ),
        "enum": lambda allowed: value in allowed,
        "const": lambda only: value == only,
        "pattern": lambda pattern: re.search(pattern, value) is not None,
        "maxLength": lambda most: len(value) <= most,
        "minimum": lambda least: value >= least,
        "maximum": lambda most: value <= most,
        "minItems": lambda least: len(value) >= least,
        "maxItems": lambda most: len(value) <= most,
        "items": lambda each: all(_fits(each, item) for item in value),
        "required": lambda names: all(name in value for name in names),
        "properties": lambda fields: all(_fits(fields[name], value[name]) for name in fields if name in value),
        "additionalProperties": lambda _: set(value) <= set(schema["properties"]),
        "not": lambda other: not _fits(other, value),
        "anyOf": lambda others: any(_fits(other, value) for other in others),
        "allOf": lambda others: all(_fits(other, value) for other in others),
        "if": lambda other: not _fits(other, value) or _fits(schema["then"], value),
        "then": lambda _: True,
    }
    words = {"$schema", "title", "description", "default"}
    return all(told[key](wanted) for key, wanted in schema.items() if key not in words)


def _as_parsed(program: Program) -> dict[str, Any]:
    found = json.loads(json.dumps(program.as_json()))
    return {"name": found["name"], "title": found["title"], "step": found["steps"]}


def test_the_schema_is_fresh() -> None:
    assert program_schema.SCHEMA_FILE.read_text(encoding="utf-8") == program_schema.text()


def test_the_schema_takes_every_program() -> None:
    schema = program_schema.schema()
    for number in range(len(programs.BUILT_IN)):
        assert _fits(schema, _as_parsed(Program("copy", "A copy", programs.steps(number))))
    for text in (_GOOD, program_file.compose(program_file.template("evening"))):
        assert _fits(schema, tomllib.loads(text))


@pytest.mark.parametrize(
    "change",
    [
        {"technique": "dance"},
        {"technique": None},
        {"zone": "hollow"},
        {"zone": None},
        {"from": 101},
        {"from": "70"},
        {"from": None},
        {"from": None, "technique": "hold", "sides": "wave"},
        {"to": -1},
        {"length": 4},
        {"length": 1201},
        {"length": 84.5},
        {"length": None},
        {"heat": "hot"},
        {"sides": "cue"},
        {"sides": "tap", "zone": "sides"},
        {"sides": "tap", "technique": "cue"},
        {"colour": "red"},
    ],
)
def test_the_schema_refuses_what_the_validator_refuses_in_a_step(change: dict[str, Any]) -> None:
    step = {"technique": "knead", "zone": "calf", "from": 70, "to": 72.5, "length": 84}
    schema = program_schema.schema()
    assert _fits(schema, {"name": "evening", "step": [step]})
    wrong = {key: value for key, value in {**step, **change}.items() if value is not None}
    assert not _fits(schema, {"name": "evening", "step": [wrong]})


@pytest.mark.parametrize(
    "change",
    [{"name": "Evening"}, {"name": "self"}, {"name": "x" * 17}, {"title": "x" * 61}, {"step": []}, {"colour": 1}],
)
def test_the_schema_refuses_wrong_names(change: dict[str, Any]) -> None:
    step = {"technique": "hold", "zone": "thigh", "length": 84}
    assert _fits(program_schema.schema(), {"name": "evening", "step": [step]})
    assert not _fits(program_schema.schema(), {"name": "evening", "step": [step], **change})


# The manual page.


def _code(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", _DOCS, re.MULTILINE | re.DOTALL)


def test_the_page_has_the_rules_with_the_validators_numbers() -> None:
    told = _DOCS.split("## The rules")[1].split("\n## ")[0]
    rules = [" ".join(rule.split()) for rule in re.findall(r"^- (.*?)(?=\n- |\n\n)", told, re.MULTILINE | re.DOTALL)]
    assert rules == program_schema.rules()


def test_the_page_has_all_fields() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", _DOCS, re.MULTILINE))
    assert rows == program_schema.FIELD_WORDS


def test_the_pages_examples_are_true() -> None:
    good, bad = _code("toml")
    assert program_file.parse(good, "evening.toml").title == "Slow evening strokes"
    with pytest.raises(ProgramError) as caught:
        program_file.parse(bad, "evening.toml")
    assert _code("text") == ["\n".join(caught.value.lines()) + "\n"]


def test_each_technique_has_words() -> None:
    assert list(program_schema.technique_words()) == list(techniques.NAMES)
    assert zones.NAMES.index("sides") not in checks.LAYERED_ZONES  # which the page takes for granted
