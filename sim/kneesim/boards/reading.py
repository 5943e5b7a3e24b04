"""Reads a board file's facts without running it: names, whole numbers, words, True and False, tuples and arithmetic.

So whoever checks a file that somebody sent lets nothing of it run, and boot.py can import it with nothing else at hand.
"""

import ast
import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

MOST_CHARACTERS = 60_000
_MOST = 1 << 63  # of a number

_OPERATORS: dict[type, Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
}


class BoardError(Exception):
    """The file holds more, or less, than plain facts; `line` says where."""

    def __init__(self, words: str, line: int = 0) -> None:
        super().__init__(words)
        self.line = line


@dataclass
class BoardFile:
    """A board file: its facts by name, and the line where each stands."""

    facts: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


def read(text: str) -> BoardFile:
    """Return the facts in a board file's text. Raises BoardError."""
    if len(text) > MOST_CHARACTERS:
        raise BoardError(f"It is longer than {MOST_CHARACTERS} characters: no board file is.")
    found = BoardFile()
    try:
        for statement in ast.parse(text).body:
            _take(statement, found)
    except SyntaxError as error:
        raise BoardError(f"It is no Python: {error.msg}.", error.lineno or 0) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise BoardError(f"It cannot be read: {error}.") from error
    return found


def _take(statement: ast.stmt, found: BoardFile) -> None:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return  # the words at its head
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        words = "Only facts may stand here, as in NAME = 1: boot.py needs this file with nothing else at hand."
        raise BoardError(words, statement.lineno)
    value = _value(statement.value, found.facts)
    target = statement.targets[0]
    if isinstance(target, ast.Name):
        _keep(target, value, found)
    elif isinstance(target, ast.Tuple) and isinstance(value, tuple) and len(target.elts) == len(value):
        for name, part in zip(target.elts, value, strict=True):
            _keep(name, part, found)
    else:
        raise BoardError("What stands on the left has to be a name, or as many as on the right.", statement.lineno)


def _keep(target: ast.expr, value: Any, found: BoardFile) -> None:
    if not isinstance(target, ast.Name):
        raise BoardError("What stands on the left has to be a name.", target.lineno)
    if target.id in found.facts:
        words = f"{target.id} is said twice, first in line {found.lines[target.id]}: keep one of them."
        raise BoardError(words, target.lineno)
    found.facts[target.id] = value
    found.lines[target.id] = target.lineno


def _value(node: ast.expr, facts: dict[str, Any]) -> Any:
    value: Any
    if isinstance(node, ast.Constant) and type(node.value) in (int, bool, str):
        value = node.value
    elif isinstance(node, ast.Name):
        if node.id not in facts:
            raise BoardError(f"{node.id} is not known here: say above what it is.", node.lineno)
        value = facts[node.id]
    elif isinstance(node, ast.Tuple):
        value = tuple(_value(part, facts) for part in node.elts)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = -_number(node.operand, facts)
    elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        left, right = _number(node.left, facts), _number(node.right, facts)
        if isinstance(node.op, ast.FloorDiv) and not right:
            raise BoardError("This divides by zero.", node.lineno)
        value = _OPERATORS[type(node.op)](left, right)
    else:
        words = "Only whole numbers, words, True, False, tuples and names of facts above may stand here."
        raise BoardError(words, node.lineno)
    if type(value) is int and abs(value) >= _MOST:
        raise BoardError("This number is out of all reason.", node.lineno)
    return value


def _number(node: ast.expr, facts: dict[str, Any]) -> int:
    value = _value(node, facts)
    if type(value) is not int:
        raise BoardError("This has to be a whole number.", node.lineno)
    return value
