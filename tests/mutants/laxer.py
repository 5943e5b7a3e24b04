"""Each constant of docs/safety.md made laxer: doubled, unless it is one of those that a smaller value makes laxer."""

import ast
import re

import safety_table
from harness import FIRMWARE, Change, MutantError

_LIMITS = "massager/core/limits.py"

# What protects by being large: halved instead of doubled.
LESS = (
    "LOOSE_MS",
    "HEAT_START_LOW_MC",
    "RESETS_WITHIN_S",  # a minute in which restarts add up
    "SELF_TEST_SAMPLES",
    "MEMORY_LEAST_BYTES",
    "SESSION_CAP_LEAST_MS",  # a session may be set no shorter
    "REVERSAL_ZERO_MS",
    "GENTLE_MS",
    "CALIBRATION_MS",
    "PACE_PART",  # a clock may be off by one part of so many
)


def _file_of(name: str) -> str:
    """Return the file of the firmware that defines a constant. Raises MutantError."""
    if not name.startswith("_"):
        return _LIMITS
    found = [path for path in FIRMWARE.rglob("*.py") if re.search(rf"^{name} = ", path.read_text(), re.MULTILINE)]
    if len(found) != 1:
        raise MutantError(f"{name} is defined in {len(found)} files of the firmware, not in one")
    return found[0].relative_to(FIRMWARE).as_posix()


def _value(node: ast.expr) -> object:
    """Return the value of a constant's expression, which may be const(...)."""
    if isinstance(node, ast.Call):
        node = node.args[0]
    return eval(compile(ast.Expression(node), "limits", "eval"), {"__builtins__": {}})


def _laxer(name: str, value: int) -> int:
    return value // 2 if name in LESS else value * 2


def changes(name: str) -> list[tuple[str, Change]]:
    """Return what makes a constant laxer, each with a name; of a tuple one element at a time. Raises MutantError."""
    file = _file_of(name)
    text = (FIRMWARE / file).read_text()
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == name:
            old = ast.get_source_segment(text, node)
            assert old is not None
            value = _value(node.value)
            return [(words, Change(file, old, f"{name} = {new}")) for words, new in _variants(name, value)]
    raise MutantError(f"{file} has no {name}")


def _variants(name: str, value: object) -> list[tuple[str, str]]:
    how = "halved" if name in LESS else "doubled"
    if isinstance(value, int):
        return [(f"{name} {how}", f"const({_laxer(name, value)})")]
    if not isinstance(value, tuple) or not all(isinstance(part, int) for part in value):
        raise MutantError(f"{name} is neither a whole number nor a tuple of such")
    found = []
    for place, part in enumerate(value):
        new = _laxer(name, part)
        if new != part:
            found.append((f"{name}[{place}] {how}", str((*value[:place], new, *value[place + 1 :]))))
    return found


def of_requirement(number: int) -> list[tuple[str, Change]]:
    """Return what makes each constant in a requirement's row laxer."""
    return [change for name in safety_table.limits_of(number) for change in changes(name)]
