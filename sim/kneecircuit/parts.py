"""What to order for the circuit's parts (boards/parts.toml)."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from kneecircuit.netlist import CircuitError
from kneesim.engines import ROOT

FILE = ROOT / "boards/parts.toml"
PRICES = {"a": "below 0.2 €", "b": "below 1 €", "c": "below 5 €", "d": "below 20 €", "e": "more"}


@dataclass(frozen=True)
class Order:
    """A line of the bill of materials. price: a key of PRICES; read: where the figures were read that something reckons
    with; unread: those that nobody has looked up.
    """

    part: str
    maker: str
    alternative: str
    price: str
    why: str
    read: str = ""
    unread: str = ""


_MAY_BE_MISSING = {"read", "unread"}
_NEEDED = set(Order.__dataclass_fields__) - _MAY_BE_MISSING


def read(path: Path = FILE) -> dict[str, Order]:
    """Read the file. Raises CircuitError."""
    found = {}
    for name, row in tomllib.loads(path.read_text(encoding="utf-8")).items():
        if set(row) - _MAY_BE_MISSING != _NEEDED or row["price"] not in PRICES:
            raise CircuitError(
                f"parts.toml: {name} needs part, maker, alternative, price ({', '.join(PRICES)}) and why; "
                "it may have read and unread."
            )
        found[name] = Order(**row)
    return found
