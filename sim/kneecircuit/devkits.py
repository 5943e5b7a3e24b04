"""The boards that a maker buys (boards/devkits.toml): which pin is where, and which signal of a board file it has."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

from kneecircuit.netlist import Circuit, CircuitError
from kneesim.engines import ROOT

FILE = ROOT / "boards/devkits.toml"


@dataclass(frozen=True)
class Pin:
    """A pin of a board; net: what circuit.toml wires to it, "" for nothing; feature: without which it has no use."""

    number: str
    name: str
    net: str = ""
    words: str = ""
    feature: str = ""
    ways: tuple[int, ...] = ()  # 1: the board drives it, -1: it reads it


@dataclass(frozen=True)
class Signal:
    """What a signal of the board files is for."""

    words: str
    feature: str = ""
    is_both_ways: bool = False


@dataclass(frozen=True)
class Devkit:
    """A board as it is bought: its pins by their names, from the top down, as its maker has them."""

    title: str
    source: str
    others: str
    usb: str
    end: str
    gpio: str
    supplies: dict[str, str]
    left: list[str]
    right: list[str]
    leave: dict[str, str]
    gpios: dict[str, int] = field(default_factory=dict)

    def number_of(self, name: str) -> int:
        """Return the number that the board file has for a pin of this name, -1 for one that is no input or output."""
        digits = name.removeprefix(self.gpio)
        return int(digits) if digits != name and digits.isdigit() else self.gpios.get(name, -1)

    def name_with_number(self, name: str) -> str:
        """Return a pin's name, and the board file's number where the name does not say it."""
        return f"{name} ({self.gpios[name]})" if name in self.gpios else name


def read(path: Path = FILE) -> tuple[dict[str, Devkit], dict[str, Signal]]:
    """Return the boards by the names of the board files, and the signals by theirs. Raises CircuitError."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    signals = {name: Signal(**row) for name, row in table.pop("signals").items()}
    try:
        return {name: Devkit(**row) for name, row in table.items()}, signals
    except TypeError as e:
        raise CircuitError(f"devkits.toml: {e}.") from e


def pins(kit: Devkit, signals: dict[str, Signal], circuit: Circuit, board: ModuleType) -> tuple[list[Pin], list[Pin]]:
    """Return the pins of both sides. Raises CircuitError where a signal of the board file finds no pin."""
    wanted = {name: number for name, number in vars(board).items() if name.startswith("PIN_") and number >= 0}
    if len(set(wanted.values())) < len(wanted):
        raise CircuitError(f"{board.NAME}: two signals have one pin.")
    by_number = {number: name for name, number in wanted.items()}
    chip = next(part for part in circuit.parts.values() if part.bom == "board")

    def pin(row: str) -> Pin:
        number, name = row.split(" ")
        if name in kit.supplies:
            supply = kit.supplies[name]
            return Pin(number, name, chip.pins[supply], signals[supply].words if supply in signals else "")
        net = by_number.pop(kit.number_of(name), "")
        if not net:
            return Pin(number, name, words=kit.leave.get(name, ""))
        if name in kit.leave:
            raise CircuitError(f"{board.NAME}: {net} is on {name}: {kit.leave[name]}.")
        signal = signals[net.removeprefix("PIN_")]
        ways = (1, -1) if signal.is_both_ways else (1,) if wanted[net] in board.OUTPUT_PINS else (-1,)
        return Pin(number, kit.name_with_number(name), net, signal.words, signal.feature, ways)

    sides = [pin(row) for row in kit.left], [pin(row) for row in kit.right]
    if by_number:
        raise CircuitError(f"{kit.title} has no pin for {', '.join(sorted(by_number.values()))}.")
    return sides
