"""The picture of the machine: each block of the circuit, and every net that joins two of them."""

from types import ModuleType
from xml.etree import ElementTree

from kneecircuit import picture
from kneecircuit.devkits import Signal
from kneecircuit.netlist import Circuit, CircuitError
from kneecircuit.picture import GROUP_OF_BLOCK, GROUPS, INK, PALE, add, text

_WIDTH, _HEIGHT = 1300, 790
_EVERYWHERE = ("GND", "V3V3", "ADC_SUPPLY")
# Which block has the say on a net that is no pin of the board, and what the net does to the others.
_FROM = {"RAIL": "supply", "ENABLED": "enable", "HEAT": "comparator", "STORE": "stop", "EMPTY": "comparator"}
_WORDS = {
    "RAIL": "5 V",
    "ENABLED": "5 V while ALIVE toggles",
    "HEAT": "5 V while cool",
    "STORE": "STOP empties the store",
    "EMPTY": "so does a hot pad",
}

# x, y, width, height of each block.
_BOXES = {
    "supply": (50, 90, 235, 104),
    "enable": (340, 90, 430, 104),
    "comparator": (820, 90, 430, 104),
    "stop": (130, 310, 155, 104),
    "roller": (340, 310, 200, 104),
    "sides": (570, 310, 200, 104),
    "heater": (820, 310, 200, 104),
    "infrared": (1050, 310, 200, 104),
    "board": (50, 520, 1200, 78),
    "sensors": (50, 682, 600, 78),
    "face": (760, 682, 490, 78),
}
_Points = tuple[tuple[int, int], ...]
# The way of what goes from one block to another, and where its words begin.
_WAYS: dict[tuple[str, str], tuple[_Points, tuple[int, int]]] = {
    ("supply", "enable"): (((285, 124), (340, 124)), (296, 116)),
    ("enable", "comparator"): (((770, 142), (820, 142)), (0, 0)),
    ("enable", "roller"): (((500, 194), (500, 310)), (0, 0)),
    ("enable", "sides"): (((700, 194), (700, 310)), (708, 290)),
    ("comparator", "heater"): (((920, 194), (920, 310)), (928, 290)),
    ("comparator", "infrared"): (((1150, 194), (1150, 310)), (0, 0)),
    ("comparator", "stop"): (((860, 194), (860, 248), (230, 248), (230, 310)), (724, 240)),
    ("stop", "enable"): (((285, 350), (312, 350), (312, 170), (340, 170)), (320, 222)),
    ("supply", "board"): (((70, 194), (70, 520)), (77, 226)),
}
_ALONE = ("stop", "sensors")  # the board only reads them
_TAGGED = (("supply", "comparator"), ("supply", "face"))  # too far away to draw


def joints(circuit: Circuit, board: ModuleType, signals: dict[str, Signal]) -> dict[tuple[str, str], list[str]]:
    """Return the nets from one block to another, "board" for what its pins drive. Raises CircuitError for a net that
    nobody has the say on.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for net, ends in circuit.nets().items():
        here = {circuit.parts[ref].block for ref, _ in ends}
        if net.startswith("PIN_"):
            (block,) = here
            is_driven = getattr(board, net) in board.OUTPUT_PINS or signals[net.removeprefix("PIN_")].is_both_ways
            found.setdefault(("board", block) if is_driven else (block, "board"), []).append(net)
        elif len(here) > 1 and net not in _EVERYWHERE:
            if net not in _FROM:
                raise CircuitError(
                    f"blocks.py: {net} joins {', '.join(sorted(here))}, and nothing says which drives it."
                )
            for block in sorted(here - {_FROM[net]}):
                found.setdefault((_FROM[net], block), []).append(net)
    return found


def svg(circuit: Circuit, board: ModuleType, signals: dict[str, Signal], facts: dict[str, tuple[str, str]]) -> str:
    """Return the picture as text; facts: two lines for each block. Raises CircuitError where two blocks are joined and
    there is no way to draw it.
    """
    root = picture.begin("What is joined to what", _WIDTH, _HEIGHT)
    text(root, "What is joined to what", _WIDTH / 2, 44, size=24, weight="bold", anchor="middle")
    for (start, end), nets in joints(circuit, board, signals).items():
        _joint(root, start, end, nets)
    for block, box in _BOXES.items():
        _box(root, box, GROUPS[GROUP_OF_BLOCK[block]], circuit.blocks[block][0], facts[block])
    for block in (block for _, block in _TAGGED):
        x, y, width, _ = _BOXES[block]
        add(root, "rect", x=x + width - 50, y=y + 8, width=42, height=18, rx=9, fill=GROUPS["power"])
        text(root, _WORDS["RAIL"], x + width - 29, y + 21, size=12, color="#ffffff", weight="bold", anchor="middle")
    return picture.end(root)


def _box(
    root: ElementTree.Element, box: tuple[int, int, int, int], color: str, title: str, lines: tuple[str, str]
) -> None:
    x, y, width, height = box
    add(root, "rect", x=x, y=y, width=width, height=height, rx=10, fill="#ffffff", stroke=color, stroke_width=2.5)
    add(root, "rect", x=x, y=y, width=8, height=height, rx=4, fill=color)
    words = title.split(":")[0].split(";")[0].split(" (")[0]
    text(root, words, x + 18, y + 26, size=15, weight="bold")
    for number, line in enumerate(lines):
        text(root, line, x + 18, y + 48 + number * 19, size=12, color=INK if number == 0 else PALE)


def _joint(root: ElementTree.Element, start: str, end: str, nets: list[str]) -> None:
    group = add(root, "g", data_from=start, data_to=end, data_nets=" ".join(nets))
    if (start, end) in _TAGGED:
        return
    other = end if start == "board" else start
    color = GROUPS["power"] if nets[0] in ("RAIL", "ENABLED", "HEAT") else GROUPS[GROUP_OF_BLOCK[other]]
    points, at = _WAYS.get((start, end)) or _way_of_board(start, end)
    is_weak = nets[0] in ("STORE", "EMPTY")
    dashes = {"stroke_dasharray": "6 4"} if is_weak else {}
    way = "M" + "L".join(f"{x} {y}" for x, y in points)
    add(group, "path", d=way, fill="none", stroke=color, stroke_width=2.5, **dashes)
    _head(group, points[-2], points[-1], color)
    lines = [_WORDS.get(net, net.removeprefix("PIN_")) for net in nets]
    if at == (0, 0):
        return
    is_beside = end == "board" and start not in _ALONE and start != "supply"
    for number, line in enumerate(lines):
        anchor = "end" if is_beside else "start"
        text(group, line, at[0], at[1] + 14 * number, size=12, color=color, weight="bold", anchor=anchor)


def _way_of_board(start: str, end: str) -> tuple[_Points, tuple[int, int]]:
    """Return the way between the board and a block above or below it: what the board drives on the left."""
    if "board" not in (start, end):
        raise CircuitError(f"blocks.py: there is no way from {start} to {end} yet.")
    block = end if start == "board" else start
    x, y, width, height = _BOXES[block]
    _, board_y, _, board_height = _BOXES["board"]
    if block == "supply":
        at = x + 46
        return ((at, y + height), (at, board_y)), (at + 7, y + height + 32)
    if block == "enable":
        at = 555  # between roller and side motors
        return ((at, board_y), (at, y + height)), (at + 7, y + height + 32)
    near, far = (y + height, board_y) if y < board_y else (y, board_y + board_height)
    top = min(near, far)
    if start == "board":
        return ((x + 22, far), (x + 22, near)), (x + 29, top + 24)
    at = x + (22 if block in _ALONE else width - 22)
    return ((at, near), (at, far)), (at + 7 if block in _ALONE else at - 7, top + (24 if block in _ALONE else 86))


def _head(parent: ElementTree.Element, before: tuple[int, int], tip: tuple[int, int], color: str) -> None:
    (x, y), (from_x, from_y) = tip, before
    if x == from_x:
        down = 1 if y > from_y else -1
        add(parent, "path", d=f"M{x} {y}l-6 {-12 * down}h12z", fill=color)
    else:
        right = 1 if x > from_x else -1
        add(parent, "path", d=f"M{x} {y}l{-12 * right} -6v12z", fill=color)
