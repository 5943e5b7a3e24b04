"""The form of program files: the schema for editors, and the manual page."""

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kneectl import program_file, program_schema, program_text
from kneectl.program_file import Program, ProgramError
from massager.core import programs, techniques, zones
from massager.link import checks

_DOCS = (Path(__file__).parents[2] / "docs" / "own-programs.md").read_text(encoding="utf-8")


def _code(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", _DOCS, re.MULTILINE | re.DOTALL)


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
    for text in (_code("toml")[0], program_text.compose(program_text.template("evening"))):
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
