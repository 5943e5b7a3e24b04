"""docs/circuit.md: the schematic, what to order, and what ngspice found; and the writing of all pages and pictures."""

import json
from dataclasses import asdict
from pathlib import Path
from types import ModuleType

from kneecircuit import assembly, blocks, checks, devkits, drawing, hardware, rows, wiring
from kneecircuit.checks import Figure
from kneecircuit.netlist import Circuit
from kneecircuit.parts import PRICES, Order

PICTURES = "pictures/circuit"
FIGURES = "circuit-figures.json"
DEVICES = 60
TESTED = 12  # of them by the tests
_LINE, _NOMINAL = "#9aa5b1", "#c0392b"

HEAD = """# The circuit

Everything around the board, from the supply to pad and motors. This page, its pictures and its figures are made by
`make circuit` from [boards/circuit.toml](../boards/circuit.toml) (what is wired to what),
[boards/parts.toml](../boards/parts.toml) (what to order), [boards/devkits.toml](../boards/devkits.toml) (which pin is
where) and the board files (which pin is which): change those, and not this.
It has been simulated, part by part over its tolerances, and **not yet been built**.

Three things here keep a person safe when the chip does not, and must never be left out or bridged: the **enable**,
which lets go when the chip stops; **STOP's second contact**; and the **45 °C comparator** with its own NTCs, its own
switch and the thermal fuse.
"""

CHECKED = """
## What ngspice found

{devices} devices, the nominal one and others whose every value lies at one end of its tolerance or anywhere within, on
rails of {rail[0]:g} to {rail[1]:g} V and pins of {pin[0]:g} to {pin[1]:g} V; for the enable also the two whose parts
all work together, to let go soonest and latest. The tests try {tested} and these each time; `make circuit` tries all.
Those of the rows of NTCs are arithmetic over the same tolerances, on both boards, at 30 to 45 °C.

| figure | least | most | has to be |
|---|---|---|---|
{rows}
![The pump's store](pictures/circuit/pump.png)

The store of the pump on some of them: the chip toggles its pin for half a second, then it hangs. What ngspice cannot
tell: how an insulated NTC follows the pad, what a connector does after a year, and anything about a part other than
these. Chips and transistors are modelled by what their data sheets say at their pins; where each figure was read, and
which could not be, is [below](#where-the-figures-were-read).
"""

READ = """
## Where the figures were read

Only those that a check or the simulated plant reckons with. Most were read in stored copies of data sheets, some at
second hand; none was measured. **Look up the last column before you order**, and all of it before you take another
part.

| part | read | not read |
|---|---|---|
"""


def write(docs: Path, circuit: Circuit, orders: dict[str, Order], boards: list[ModuleType]) -> list[Figure]:
    """Run all checks, draw all pictures and write the page; return the figures. Raises SpiceError, CircuitError."""
    (docs / PICTURES).mkdir(parents=True, exist_ok=True)
    figures = [*checks.all_figures(DEVICES), *rows.figures(circuit, boards)]
    found = [asdict(figure) for figure in figures]
    (docs / FIGURES).write_text(json.dumps({"devices": DEVICES, "figures": found}, indent=2) + "\n", encoding="utf-8")
    for block in circuit.blocks:
        drawing.draw(circuit, orders, block, docs / PICTURES / f"{block}.svg")
    _plot(docs / PICTURES / "pump.png")
    for path, words in texts(circuit, orders, boards, kept(docs)).items():
        (docs / path).write_text(words, encoding="utf-8")
    return figures


def texts(
    circuit: Circuit, orders: dict[str, Order], boards: list[ModuleType], figures: list[Figure]
) -> dict[str, str]:
    """Return all that is made here without ngspice and Node, by its path in docs. Raises CircuitError."""
    kits, signals = devkits.read()
    said = hardware.facts(circuit, orders, boards[0], figures)
    return {
        "circuit.md": text(circuit, orders, boards, figures),
        "assembly.md": assembly.text(circuit, orders, boards[0]),
        "hardware.md": hardware.text(circuit, orders, boards, figures),
        f"{PICTURES}/blocks.svg": blocks.svg(circuit, boards[0], signals, said),
        **{
            f"{PICTURES}/wiring-{board.NAME}.svg": wiring.svg(kits[board.NAME], signals, circuit, board)
            for board in boards
        },
    }


def kept(docs: Path) -> list[Figure]:
    """Return the figures that were found when the page was written."""
    found = json.loads((docs / FIGURES).read_text(encoding="utf-8"))["figures"]
    return [Figure(**{**row, "allowed": tuple(row["allowed"])}) for row in found]


def text(circuit: Circuit, orders: dict[str, Order], boards: list[ModuleType], figures: list[Figure]) -> str:
    """Return the page."""
    parts = [HEAD]
    for block, (title, why) in circuit.blocks.items():
        parts.append(
            f"\n## {title}\n\n{why}\n\n![{title}]({PICTURES}/{block}.svg)\n\n| part | value | order |\n|---|---|---|\n"
        )
        for part in circuit.of_block(block):
            tolerance = f", {part.tolerance * 100:g} %" if part.tolerance else ""
            value = drawing.value_words(part)
            parts.append(f"| {part.ref} | {value + tolerance if value else ''} | {orders[part.bom].part} |\n")
    parts.append(_pins(boards))
    lines = "".join(
        f"| {figure.name} | {figure.least:.2f} {figure.unit} | {figure.most:.2f} {figure.unit} "
        f"| {figure.allowed[0]:g} to {figure.allowed[1]:g} {figure.unit} |\n"
        for figure in figures
    )
    parts.append(
        CHECKED.format(devices=DEVICES, tested=TESTED, rows=lines, rail=checks.RAIL_ENDS_V, pin=checks.PIN_ENDS_V),
    )
    parts.append(_orders(circuit, orders))
    parts.append(_read(orders))
    return "".join(parts)


def _pins(boards: list[ModuleType]) -> str:
    names = [name for name in vars(boards[0]) if name.startswith("PIN_")]
    pictures = "".join(f"![Wires of the {board.NAME}]({PICTURES}/wiring-{board.NAME}.svg)\n\n" for board in boards)
    head = (
        f"\n## Pins\n\n{pictures}| wire | "
        + " | ".join(board.NAME for board in boards)
        + " |\n|---|"
        + "---|" * len(boards)
        + "\n"
    )
    lines = []
    for name in names:
        numbers = [getattr(board, name) for board in boards]
        cells = " | ".join(str(number) if number >= 0 else "" for number in numbers)
        lines.append(f"| {name.removeprefix('PIN_')} | {cells} |\n")
    return head + "".join(lines)


def _orders(circuit: Circuit, orders: dict[str, Order]) -> str:
    found = ["\n## What to order\n\nPrices for ten: ", ", ".join(f"{key} {words}" for key, words in PRICES.items())]
    found.append(".\n\n| parts | order | instead | price | why |\n|---|---|---|---|---|\n")
    for name, order in orders.items():
        refs = " ".join(part.ref for part in circuit.parts.values() if part.bom == name)
        found.append(f"| {refs} | {order.part}, {order.maker} | {order.alternative} | {order.price} | {order.why} |\n")
    return "".join(found)


def _read(orders: dict[str, Order]) -> str:
    lines = [
        f"| {order.part.split(' (')[0]} | {order.read} | {order.unread} |\n"
        for order in orders.values()
        if order.read or order.unread
    ]
    return READ + "".join(lines)


def _plot(path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(9, 4))
    for number, wave in enumerate(checks.pump_waves(9)):
        times_s, volts = zip(*wave, strict=True)
        color, width = (_NOMINAL, 1.6) if number == 0 else (_LINE, 0.8)
        axes.plot(
            times_s,
            volts,
            color=color,
            linewidth=width,
            zorder=2 - bool(number),
            label="nominal" if not number else None,
        )
    axes.set(xlabel="s", ylabel="V", title="The pump's store: toggled from 0.1 to 0.6 s, then still")
    axes.legend(frameon=False)
    axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
