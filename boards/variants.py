"""Writes the board files of variants.toml from those that they differ from in little.

    python boards/variants.py [--check]

Prints what it wrote. With --check it writes nothing, and exits with 1 if any is not what it would write.
"""

import re
import sys
import textwrap
import tomllib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
_WIDTH = 120
_FIRST_WORDS = ": pins, parts and what they can do. Facts alone; imports nothing: boot.py needs it first."


class VariantError(Exception):
    """variants.toml names something that its base has not."""


def variants() -> dict[str, dict[str, Any]]:
    """Return what variants.toml says, by the board's name."""
    return tomllib.loads((FOLDER / "variants.toml").read_text(encoding="utf-8"))


def board_text(name: str) -> str:
    """Return the text of a board file; a variant's is made from its base's. Raises VariantError."""
    variant = variants().get(name)
    if variant is None:
        return (FOLDER / name / "board.py").read_text(encoding="utf-8")
    text = _with_head(board_text(variant["base"]), variant)
    for line in [f'NAME = "{name}"', *variant["lines"].strip().splitlines()]:
        text = _replaced(text, rf"^{line.split(' = ')[0]} = .*$", line)
    for comment in variant.get("comments", ()):
        text = _replaced(text, rf"^# {re.escape(comment['old'])}.*\n(?:# .*\n)*", _comment(comment["new"]))
    return text


def mypy_text(name: str) -> str:
    """Return the settings of the type check for a board."""
    variant = variants().get(name)
    if variant is None:
        return (FOLDER / name / "mypy.ini").read_text(encoding="utf-8")
    return re.sub(r"(?<=/build/typings/)\w+", name, mypy_text(variant["base"]))


def _with_head(text: str, variant: dict[str, Any]) -> str:
    head = textwrap.fill('"""' + variant["title"] + _FIRST_WORDS, _WIDTH)
    made = f"Made from boards/{variant['base']}/board.py by boards/variants.py, which says what differs."
    why = textwrap.fill(" ".join([*variant["why"].split(), made]), _WIDTH)
    return _replaced(text, r'\A"""(?:[^"]|"(?!""))*"""', f'{head}\n\n{why}\n"""')


def _comment(words: str) -> str:
    return textwrap.fill(" ".join(words.split()), _WIDTH, initial_indent="# ", subsequent_indent="# ") + "\n"


def _replaced(text: str, pattern: str, new: str) -> str:
    if len(re.findall(pattern, text, re.MULTILINE)) != 1:
        raise VariantError(f"{pattern} is not in the base once")
    return re.sub(pattern, lambda _: new, text, flags=re.MULTILINE)


def main() -> int:
    """Write every variant, or with --check say which are not as they should be."""
    is_check, stale = "--check" in sys.argv[1:], []
    for name in variants():
        for file, text in (
            (FOLDER / name / "board.py", board_text(name)),
            (FOLDER / name / "mypy.ini", mypy_text(name)),
        ):
            if file.exists() and file.read_text(encoding="utf-8") == text:
                continue
            stale.append(str(file))
            if not is_check:
                file.parent.mkdir(exist_ok=True)
                file.write_text(text, encoding="utf-8")
    print("\n".join(stale) or "Every variant is as it should be.")
    return 1 if is_check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
