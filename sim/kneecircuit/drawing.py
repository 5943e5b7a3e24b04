"""The schematic, a picture a block, drawn from the circuit's data by netlistsvg (a package for Node)."""

import json
import re
import shutil
import subprocess
import tempfile
from binascii import crc32
from itertools import count
from pathlib import Path
from typing import Any

from kneecircuit.netlist import Circuit, CircuitError, Part
from kneecircuit.parts import Order

HERE = Path(__file__).parent
RAILS = {"RAIL": "5 V", "V3V3": "3.3 V", "ADC_SUPPLY": "3.3 V ADC", "ENABLED": "5 V enabled", "HEAT": "5 V heat"}
_TURNED = {"diode": ("cathode", "anode"), "fuse": ("a", "b")}
_SYMBOLS = {
    **{kind: kind for kind in ("resistor", "ntc", "capacitor", "fuse", "contact", "diode")},
    **dict.fromkeys(("motor", "heater", "lamp"), "load"),
}
_FETS = {"gate": "G", "drain": "D", "source": "S"}
# Top to bottom, as currents go.
_WAYS = {"nfet": {"G": "input", "D": "input", "S": "output"}, "pfet": {"G": "input", "S": "input", "D": "output"}}
# The others by what they are.
_NAMED_BY_NUMBER = ("window", "comparator", "bridge", "buffer", "inverter", "over_reference", "op_amp")
_MOST_WORDS = 10  # letters beside a symbol
_MARGIN_PX = 60  # for the words at the right edge, which netlistsvg does not reckon with
_OUT = {
    "cathode",
    *("OUT", "OUTA", "OUTB", "OUT1", "OUT2", "AO", "BO", "CO", "DO", "REF", "IPROPI", "Y", "1Y", "2Y", "C"),
}
_PREFIXES = ((1e6, "M"), (1e3, "k"), (1.0, ""), (1e-3, "m"), (1e-6, "µ"), (1e-9, "n"))
_UNITS = {"resistor": "Ω", "ntc": "Ω", "capacitor": "F", "fuse": "A"}


def value_words(part: Part) -> str:
    """Return a part's value as it is written on a schematic, "" if it has none."""
    if part.value is None:
        return ""
    if isinstance(part.value, str):
        return part.value
    factor, prefix = next((row for row in _PREFIXES if abs(part.value) >= row[0] * 0.9999), _PREFIXES[-1])
    return f"{part.value / factor:.4g} {prefix}{_UNITS.get(part.kind, '')}"


def digest(circuit: Circuit, orders: dict[str, Order], block: str) -> str:
    """Return a checksum of all that a block's picture is drawn from."""
    text = json.dumps(_module(circuit, orders, block)) + (HERE / "skin.svg").read_text(encoding="utf-8")
    return f"{crc32(text.encode()):08x}"


def digest_of(path: Path) -> str:
    """Return the checksum that a picture was drawn with, "" if it has none."""
    found = re.search(r"<!-- drawn from (\w+) -->", path.read_text(encoding="utf-8")) if path.exists() else None
    return found[1] if found else ""


def draw(circuit: Circuit, orders: dict[str, Order], block: str, path: Path) -> None:
    """Draw a block as SVG. Raises CircuitError if netlistsvg is not there."""
    node = shutil.which("node")
    program = HERE / "node_modules/netlistsvg/bin/netlistsvg.js"
    if node is None or not program.exists():
        raise CircuitError(f"The schematic needs Node and netlistsvg: npm ci --prefix {HERE}")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "block.json"
        source.write_text(json.dumps(_module(circuit, orders, block)))
        subprocess.run([node, program, source, "-o", path, "--skin", HERE / "skin.svg"], check=True)
    text = path.read_text(encoding="utf-8")
    text = re.sub(r'(<svg[^>]* width=")([\d.]+)', lambda hit: f"{hit[1]}{float(hit[2]) + _MARGIN_PX:g}", text, count=1)
    # The page behind it may be dark.
    white = '<rect width="100%" height="100%" fill="#fff" stroke="none"/><style>'
    stamp = f"<!-- drawn from {digest(circuit, orders, block)} -->\n"
    path.write_text(text.replace("<style>", white, 1) + stamp, encoding="utf-8")


def _module(circuit: Circuit, orders: dict[str, Order], block: str) -> dict[str, Any]:
    """Return a block as netlistsvg takes it: Yosys' JSON."""
    numbers = count(2)
    bits: dict[str, int] = {}
    cells: dict[str, Any] = {}
    here = circuit.of_block(block)

    def bit(name: str) -> int:
        if name != "GND" and name not in RAILS:
            if name not in bits:
                bits[name] = next(numbers)
            return bits[name]
        own = next(numbers)  # a symbol at each pin instead of wires all over
        cells[f"{name}{own}"] = {
            "type": "ground" if name == "GND" else "rail",
            "port_directions": {"A": "input" if name == "GND" else "output"},
            "connections": {"A": [own]},
            "attributes": {"name": RAILS.get(name, "")},
        }
        return own

    for part in here:
        cells[part.ref] = _cell(part, orders, bit)
    nets = circuit.nets()
    ports = {}
    for name, number in bits.items():
        if name.startswith("PIN_") or any(circuit.parts[ref].block != block for ref, _ in nets[name]):
            is_input = not any(pin in _OUT for ref, pin in nets[name] if circuit.parts[ref].block == block)
            ports[name.removeprefix("PIN_")] = {"direction": "input" if is_input else "output", "bits": [number]}
    return {"modules": {block: {"ports": ports, "cells": cells}}}


def _beside_symbol(part: Part) -> str:
    words = value_words(part)
    return words if len(words) <= _MOST_WORDS else "board file"


def _cell(part: Part, orders: dict[str, Order], bit: Any) -> dict[str, Any]:
    if part.kind in _SYMBOLS:
        first, second = _TURNED.get(part.kind, ("a", "b"))
        return {
            "type": _SYMBOLS[part.kind],
            "port_directions": {"A": "input", "B": "output"},
            "connections": {"A": [bit(part.pins[first])], "B": [bit(part.pins[second])]},
            "attributes": {"value": _beside_symbol(part)},
        }
    if part.kind in ("nfet", "pfet"):
        return {
            "type": part.kind,
            "port_directions": _WAYS[part.kind],
            "connections": {_FETS[pin]: [bit(name)] for pin, name in part.pins.items()},
            "attributes": {"value": orders[part.bom].part},
        }
    name = orders[part.bom].part if part.kind == "pair" or part.bom.endswith(_NAMED_BY_NUMBER) else part.bom
    return {
        "type": f"{part.ref} {name.split(' ')[0]}",
        "port_directions": {pin: "output" if pin in _OUT else "input" for pin in part.pins},
        "connections": {pin: [bit(name)] for pin, name in part.pins.items()},
    }
