"""The wiring picture: a board from above, and at each of its pins the signal and the parts that its wire goes to."""

from types import ModuleType
from xml.etree import ElementTree

from kneecircuit import picture
from kneecircuit.devkits import Devkit, Pin, Signal, pins
from kneecircuit.drawing import RAILS
from kneecircuit.netlist import Circuit
from kneecircuit.picture import GROUP_OF_BLOCK, GROUPS, INK, METAL, PALE, add, text

_BOARD = "#eef4ef"

_WIDTH, _ROW, _TOP, _BELOW = 1280, 36, 150, 150
_BOARD_LEFT, _BOARD_RIGHT = 520, 760
_PILL_WIDTH, _PILL_GAP = 168, 76  # from the board's edge
_TEXT_GAP = 12
_MOST_ENDS = 5  # that there is room for


def svg(kit: Devkit, signals: dict[str, Signal], circuit: Circuit, board: ModuleType) -> str:
    """Return the picture as text. Raises CircuitError where a signal of the board file finds no pin."""
    sides = pins(kit, signals, circuit, board)
    rows = max(len(side) for side in sides)
    bottom = _TOP + rows * _ROW
    title = f"{kit.title}: which wire goes to which pin"
    root = picture.begin(title, _WIDTH, bottom + _BELOW)
    text(root, title, _WIDTH / 2, 42, size=24, weight="bold", anchor="middle")
    text(
        root,
        f"Seen from above, the parts on top, the USB socket at the {kit.usb}.",
        _WIDTH / 2,
        68,
        color=PALE,
        anchor="middle",
    )
    _legend(root, 100)
    _outline(root, kit, bottom)
    for side, way in zip(sides, (-1, 1), strict=True):
        for row, pin in enumerate(side):
            _pin(root, circuit, board, pin, way, _TOP + (row + 0.5) * _ROW)
    _notes(root, kit, board, bottom)
    return picture.end(root)


def _legend(root: ElementTree.Element, y: float) -> None:
    step = (_WIDTH - 120) / len(GROUPS)
    for number, (group, color) in enumerate(GROUPS.items()):
        x = 70 + number * step
        add(root, "rect", x=x, y=y - 11.0, width=26, height=14, rx=7, fill=color)
        text(root, group, x + 34, y + 1)


def _outline(root: ElementTree.Element, kit: Devkit, bottom: int) -> None:
    middle = (_BOARD_LEFT + _BOARD_RIGHT) / 2
    add(
        root,
        "rect",
        x=_BOARD_LEFT,
        y=_TOP - 14,
        width=_BOARD_RIGHT - _BOARD_LEFT,
        height=bottom - _TOP + 28,
        rx=14,
        fill=_BOARD,
        stroke=INK,
        stroke_width=2,
    )
    usb_y, end_y = (_TOP - 22, bottom - 2) if kit.usb == "top" else (bottom - 22, _TOP + 14)
    add(root, "rect", x=middle - 36, y=usb_y, width=72, height=44, rx=5, fill=METAL, stroke=INK, stroke_width=1.5)
    text(root, "USB", middle, usb_y + 27, weight="bold", anchor="middle")
    text(root, kit.end, middle, end_y, color=PALE, anchor="middle")


def _pin(root: ElementTree.Element, circuit: Circuit, board: ModuleType, pin: Pin, way: int, y: float) -> None:
    """Draw one pin; way: -1 on the left, 1 on the right."""
    edge = _BOARD_LEFT if way < 0 else _BOARD_RIGHT
    inwards, outwards = ("start", "end") if way < 0 else ("end", "start")
    group = add(root, "g", id=pin.net if pin.net.startswith("PIN_") else f"pin-{pin.number}", data_pin=pin.number)
    color = GROUPS[_group(circuit, pin.net)] if pin.net else METAL
    is_fitted = not pin.feature or pin.feature in board.FEATURES
    wire = {"stroke_dasharray": "5 4"} if not is_fitted else {}
    pill = edge + way * _PILL_GAP
    if pin.net:
        add(group, "path", d=f"M{edge} {y:g}H{pill}", stroke=color, stroke_width=3, **wire)
        for number, arrow in enumerate(pin.ways):
            _arrow(group, way * arrow, pill - way * (16 + 14 * number), y, color)
    add(group, "circle", cx=edge, cy=y, r=8, fill="#ffffff", stroke=color, stroke_width=3)
    text(group, pin.name, edge - way * 16, y + 5, size=14, weight="bold" if pin.net else "normal", anchor=inwards)
    text(group, pin.number, edge + way * 12, y - 5, size=11, color=PALE, anchor=outwards)
    if not pin.net:
        text(group, pin.words, pill, y + 5, size=12, color=PALE, anchor=outwards)
        return
    add(
        group,
        "rect",
        x=min(pill, pill + way * _PILL_WIDTH),
        y=y - 12,
        width=_PILL_WIDTH,
        height=24,
        rx=12,
        fill=color if is_fitted else "#ffffff",
        stroke=color,
        stroke_width=2,
        **wire,
    )
    label = RAILS.get(pin.net, {"BOARD_5V": "5 V in"}.get(pin.net, pin.net.removeprefix("PIN_")))
    ink = "#ffffff" if is_fitted else color
    text(group, label, pill + way * _PILL_WIDTH / 2, y + 5, color=ink, weight="bold", anchor="middle")
    beyond = pill + way * (_PILL_WIDTH + _TEXT_GAP)
    if pin.net == "GND":
        return
    text(group, _ends(circuit, pin.net), beyond, y - 1, weight="bold", anchor=outwards)
    words = pin.words if is_fitted else f"{pin.words} (not fitted)"
    text(group, words, beyond, y + 14, size=12, color=PALE, anchor=outwards)


def _arrow(parent: ElementTree.Element, way: int, x: float, y: float, color: str) -> None:
    """Draw an arrowhead to the right (1) or to the left (-1)."""
    add(parent, "path", d=f"M{x + way * 6:g} {y:g}l{-way * 12} -6v12z", fill=color)


def _group(circuit: Circuit, net: str) -> str:
    if net == "GND":
        return "ground"
    if not net.startswith("PIN_"):
        return "power"
    blocks = {circuit.parts[ref].block for ref, _ in circuit.nets()[net]}
    return GROUP_OF_BLOCK[blocks.pop()]


def _ends(circuit: Circuit, net: str) -> str:
    """Return the parts at a net, and which of their pins where they have more than two ends of the same kind. Where
    there are too many, return their blocks.
    """
    found: dict[str, list[str]] = {}
    for ref, pin in circuit.nets()[net]:
        if circuit.parts[ref].bom != "board":
            found.setdefault(ref, []).append(pin)
    if len(found) > _MOST_ENDS:
        return ", ".join(dict.fromkeys(circuit.parts[ref].block for ref in found))
    return ", ".join(
        " ".join([ref, *(name for name in names if circuit.parts[ref].kind in ("chip", "plug", "diode"))])
        for ref, names in found.items()
    )


def _notes(root: ElementTree.Element, kit: Devkit, board: ModuleType, bottom: int) -> None:
    missing = [name for name, number in vars(board).items() if name.startswith("PIN_") and number < 0]
    lines = [
        kit.others,
        "Arrow away from the board: it drives the wire; to it: it reads it. Dashed: the board file has no such part.",
        f"Order of the pins: {kit.source}. Made by `make circuit`; what the parts are is in docs/circuit.md.",
    ]
    if missing:
        lines.insert(2, f"No pin is left for {', '.join(name.removeprefix('PIN_') for name in missing)}.")
    for number, line in enumerate(lines):
        text(root, line, _WIDTH / 2, bottom + 56 + number * 22, color=PALE, anchor="middle")
