"""The form of a program file in words and as a JSON Schema, with the numbers of the one validator.

`python -m kneectl.program_schema` writes program.schema.json anew.
"""

import json
import tomllib
from pathlib import Path
from typing import Any

from massager.core import limits, programs, techniques, zones
from massager.link import checks

SCHEMA_FILE = Path(__file__).with_name("program.schema.json")

NAME, TITLE, STEP = "name", "title", "step"
TOP_KEYS = (NAME, TITLE, STEP)
TECHNIQUE, ZONE, FROM, TO, LENGTH, HEAT, SIDES = checks.FIELDS

# What is not written means the least: no heat, and side motors that rest. Heat on the skin is the danger of this
# device, so a program is only as warm as its author wrote.
DEFAULT_HEAT = "off"
DEFAULT_SIDES = "hold"

NAME_RULE = f"1 to {checks.NAME_MOST} of a-z, 0-9 and -, the first a letter"

FIELD_WORDS = {
    NAME: f"what you start it by: {NAME_RULE}",
    TITLE: f"optional: what people read, at most {checks.TITLE_MOST_BYTES} bytes",
    TECHNIQUE: "how it moves",
    ZONE: f"where: {checks.names(checks.ZONES, zones.NAMES)}",
    FROM: "strength of the first cycle, in % of what the person chose; one decimal may be",
    TO: "optional: strength of the last cycle; without it the step stays at from",
    LENGTH: f"whole seconds, {checks.LENGTH_LEAST_S} to {checks.LENGTH_MOST_S}",
    HEAT: f"optional: the most heat, {', '.join(checks.HEATS)}; without it {DEFAULT_HEAT}",
    SIDES: f"optional: what the side motors do meanwhile, a technique; without it {DEFAULT_SIDES}, they rest",
}


def technique_words() -> dict[str, str]:
    """Return a sentence about each technique, by its name."""
    texts = tomllib.loads(Path(__file__).with_name("program_texts.toml").read_text(encoding="utf-8"))
    found: dict[str, str] = texts["techniques"]
    return found


def cycle_words(technique: int) -> str:
    """Return how long a cycle of a technique takes, as `7 s`."""
    return f"{techniques.cycle_ms(technique) / 1000:g} s"


def rules() -> list[str]:
    """Return the rules that every program obeys, a sentence each."""
    slow = checks.names(techniques.SLOW, techniques.NAMES)
    slow_layers = checks.names(checks.SLOW_LAYERS, techniques.NAMES)
    layered = checks.names(checks.LAYERED_ZONES, zones.NAMES)
    cap_min = limits.SESSION_CAP_MS // 60_000
    return [
        f"A program has 1 to {checks.STEPS_MOST} steps; one lasts {checks.LENGTH_LEAST_S} to {checks.LENGTH_MOST_S} s,"
        f" all together {checks.TOTAL_LEAST_S} to {checks.TOTAL_MOST_S} s. Whole cycles feel best.",
        f"The zone is {checks.names(checks.ZONES, zones.NAMES)}: nothing presses on the kneecap or in the hollow of the"
        " knee.",
        f"In the first {checks.SLOW_FIRST_S} s everything is slow: technique {slow}, sides {slow_layers}.",
        f"The first step that moves begins at {checks.percent(checks.BEGIN_MOST_PM)} % at most, and the last one ends"
        f" at {checks.percent(checks.END_MOST_PM)} % at most.",
        f"A step begins at most {checks.percent(checks.JUMP_MOST_PM)} % above the end of the strongest one before it.",
        f"Within a step strength grows by at most {checks.percent(checks.GROWTH_PM_PER_S)} % a second.",
        f"{checks.percent(checks.STRENGTH_MOST_PM)} % is all of the strength that the person chose; there is never"
        " more.",
        f"sides is for the zones {layered}, where the side motors have nothing else to do, and not for cue steps.",
        f"The device adds its own: a session starts at low heat, moves at {checks.percent(limits.GENTLE_PM)} % at most"
        f" in its first minute, and ends after {cap_min} minutes unless the settings say otherwise.",
    ]


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a parsed program file.

    The rules that look at several steps (growth, the first minute, the whole length) are beyond it.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A massage program for the knee massager",
        "description": "Check it with `kneectl program check`: this schema knows each step, not how they follow.",
        "type": "object",
        "additionalProperties": False,
        "required": [NAME, STEP],
        "properties": {
            NAME: {
                "description": FIELD_WORDS[NAME],
                "type": "string",
                "pattern": f"^[a-z][a-z0-9-]{{0,{checks.NAME_MOST - 1}}}$",
                "not": {"anyOf": [{"enum": [row[0] for row in programs.BUILT_IN]}, {"pattern": f"^{checks.DAMAGED}"}]},
            },
            TITLE: {"description": FIELD_WORDS[TITLE], "type": "string", "maxLength": checks.TITLE_MOST_BYTES},
            STEP: {"type": "array", "minItems": 1, "maxItems": checks.STEPS_MOST, "items": _step()},
        },
    }


def text() -> str:
    """Return what stands in program.schema.json."""
    return json.dumps(schema(), indent=2) + "\n"


def _step() -> dict[str, Any]:
    still = [techniques.NAMES[technique] for technique in techniques.STILL]
    unlayered = [zones.NAMES[zone] for zone in checks.ZONES if zone not in checks.LAYERED_ZONES]
    rests = {SIDES: {"const": DEFAULT_SIDES}}
    has_no_layer = [_has(ZONE, unlayered), _has(TECHNIQUE, [techniques.NAMES[techniques.CUE]])]
    # Where nothing moves, there is no strength to write.
    moves = {"not": {"properties": {TECHNIQUE: {"enum": still}, **rests}}}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [TECHNIQUE, ZONE, LENGTH],
        "properties": {
            TECHNIQUE: _choice(TECHNIQUE, list(techniques.NAMES)),
            ZONE: _choice(ZONE, [zones.NAMES[zone] for zone in checks.ZONES]),
            FROM: _percent(FROM),
            TO: _percent(TO),
            LENGTH: {
                "description": FIELD_WORDS[LENGTH],
                "type": "integer",
                "minimum": checks.LENGTH_LEAST_S,
                "maximum": checks.LENGTH_MOST_S,
            },
            HEAT: {**_choice(HEAT, list(checks.HEATS)), "default": DEFAULT_HEAT},
            SIDES: {
                **_choice(SIDES, [techniques.NAMES[technique] for technique in checks.LAYERS]),
                "default": DEFAULT_SIDES,
            },
        },
        "allOf": [
            {"if": {"anyOf": has_no_layer}, "then": {"properties": rests}},
            {"if": moves, "then": {"required": [FROM]}},
        ],
    }


def _has(field: str, names: list[str]) -> dict[str, Any]:
    return {"properties": {field: {"enum": names}}, "required": [field]}


def _choice(field: str, names: list[str]) -> dict[str, Any]:
    return {"description": FIELD_WORDS[field], "type": "string", "enum": names}


def _percent(field: str) -> dict[str, Any]:
    # No multipleOf: many validators calculate it with floats and refuse 72.3.
    most = checks.STRENGTH_MOST_PM // 10
    return {"description": FIELD_WORDS[field], "type": "number", "minimum": 0, "maximum": most}


if __name__ == "__main__":
    SCHEMA_FILE.write_text(text(), encoding="utf-8")
