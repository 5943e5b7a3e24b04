"""The circuit as data: parts, what their pins are wired to, and the blocks they belong to."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from kneesim.engines import ROOT

FILE = ROOT / "boards/circuit.toml"

_TWO = ("a", "b")
PINS = {
    **dict.fromkeys(("resistor", "capacitor", "ntc", "fuse", "motor", "heater", "lamp", "contact"), _TWO),
    "diode": ("anode", "cathode"),
    "pair": ("anode", "middle", "cathode"),
    "nfet": ("gate", "source", "drain"),
    "pfet": ("gate", "source", "drain"),
    "chip": (),  # any
    "plug": (),
}
_FIELDS = {"ref", "block", "kind", "bom", "pins", "value", "tolerance", "beta", "beta_tolerance", "is_closed"}


class CircuitError(Exception):
    """The circuit's file says something that cannot be; the message says what and where."""


@dataclass(frozen=True)
class Part:
    """One part. value: ohm, farad or ampere, or the name of a fact of the board file; tolerance: a share of it."""

    ref: str
    block: str
    kind: str
    bom: str
    pins: dict[str, str]
    value: float | str | None = None
    tolerance: float = 0.0
    beta: float = 0.0
    beta_tolerance: float = 0.0
    is_closed: bool = False  # a contact at rest


@dataclass(frozen=True)
class Circuit:
    """All parts by their reference, and the blocks' titles and reasons by name."""

    parts: dict[str, Part]
    blocks: dict[str, tuple[str, str]]

    def nets(self) -> dict[str, list[tuple[str, str]]]:
        """Return what hangs on each net: (reference, pin), the board itself left out where it has the net by name."""
        found: dict[str, list[tuple[str, str]]] = {}
        for part in self.parts.values():
            for pin, net in part.pins.items():
                found.setdefault(net, []).append((part.ref, pin))
        return found

    def of_block(self, *names: str) -> list[Part]:
        """Return the parts of some blocks."""
        return [part for part in self.parts.values() if part.block in names]


def value_of(part: Part, board: ModuleType) -> float:
    """Return a part's value on a board. Raises CircuitError where it has none."""
    value = getattr(board, part.value, None) if isinstance(part.value, str) else part.value
    if not isinstance(value, (int, float)):
        raise CircuitError(f"{part.ref} has no value on the board {board.NAME}: {part.value!r}.")
    return float(value)


def read(path: Path = FILE) -> Circuit:
    """Read the circuit's file. Raises CircuitError."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    blocks = {block["name"]: (block["title"], block["why"]) for block in table["block"]}
    parts: dict[str, Part] = {}
    for row in table["part"]:
        part = _part(row)
        if part.ref in parts:
            raise CircuitError(f"there are two parts {part.ref}.")
        if part.block not in blocks:
            raise CircuitError(f"{part.ref}: there is no block {part.block}.")
        parts[part.ref] = part
    return Circuit(parts, blocks)


def _part(row: dict[str, Any]) -> Part:
    ref = row.get("ref", "a part without a reference")
    if set(row) - _FIELDS:
        raise CircuitError(f"{ref}: not known: {', '.join(sorted(set(row) - _FIELDS))}.")
    if row.get("kind") not in PINS:
        raise CircuitError(f"{ref}: kind must be one of {', '.join(PINS)}.")
    wanted = PINS[row["kind"]]
    if wanted and tuple(row["pins"]) != wanted:
        raise CircuitError(f"{ref}: its pins must be {', '.join(wanted)}.")
    return Part(**row)
