"""docs/hardware.md and the picture of the blocks: what the data say, and nothing that they do not."""

import re
import string
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from kneecircuit import __main__ as kneecircuit_main
from kneecircuit import blocks, devkits, hardware, netlist, page, parts
from kneecircuit.netlist import Circuit, CircuitError
from kneesim.engines import ROOT
from kneesim.power import load_board
from massager.core import zones

CIRCUIT = netlist.read()
ORDERS = parts.read()
BOARDS = [load_board(str(ROOT / "boards" / name), str(ROOT / "firmware")) for name in kneecircuit_main.BOARDS]
DOCS = ROOT / "docs"
FIGURES = page.kept(DOCS)
_, SIGNALS = devkits.read()
_REF = r"\b(?:RT|HT|LA|LS|[CDFJMQRSU])\d+[AB]?\b"


def test_pages_and_pictures_are_what_the_data_make() -> None:
    for path, words in page.texts(CIRCUIT, ORDERS, BOARDS, FIGURES).items():
        assert (DOCS / path).read_text() == words, f"{path}: make circuit"


def test_the_template_has_no_number_of_its_own() -> None:
    words = hardware.TEMPLATE.read_text()
    # What it has are names: of parts, requirements, chips, errata and whatever is code.
    for names in (r"\{[^}]*\}", r"`[^`]*`", _REF, r"SAF-\d\d", r"RP2040(-E11)?", r"ESP32|esp32", r"^#+ .*$"):
        words = re.sub(names, "", words, flags=re.MULTILINE)
    assert not re.findall(r".*\d.*", words)


def test_every_part_that_the_page_names_is_in_the_circuit() -> None:
    words = hardware.TEMPLATE.read_text()
    named = set(re.findall(_REF, words))
    assert len(named) > 20
    assert named <= set(CIRCUIT.parts)
    blanks = {name for _, name, _, _ in string.Formatter().parse(words) if name}
    assert blanks & set(CIRCUIT.parts) == {"J1", "D1", "F1", "R15"}


def test_the_page_follows_the_board_files_and_the_figures() -> None:
    def page_with(**facts: object) -> str:
        board = load_board(str(ROOT / "boards/pico"), str(ROOT / "firmware"))
        for name, value in facts.items():
            setattr(board, name, value)
        return hardware.text(CIRCUIT, ORDERS, [board, BOARDS[1]], FIGURES)

    reaches = [0] * len(zones.NAMES)
    reaches[zones.CALF] = zones.ROLLER | zones.OUTER
    words = page_with(PAD_MW=6500, ROLLER_LIMIT_MA=900, ROLLER_CAP_PM=755, ZONE_ACTUATORS=tuple(reaches))
    for wanted in (
        "6.5 W on 160",
        "900 mA",
        "roller 75.5 %",
        "| calf | roller and outer side motor |",
        "| thigh | nobody |",
    ):
        assert wanted in words, wanted
    figures = [replace(figure, most=345.6) if figure.name.startswith("enable let go") else figure for figure in FIGURES]
    assert "to 346 ms after its last edge" in hardware.text(CIRCUIT, ORDERS, BOARDS, figures)


_WAYS = {"fuse": ("a", "b"), "heater": ("a", "b"), "pfet": ("source", "drain"), "nfet": ("drain", "source")}


def test_the_pad_hangs_on_the_switches_that_the_page_says_and_on_no_other() -> None:
    ways = [
        (part.ref, part.pins[_WAYS[part.kind][0]], part.pins[_WAYS[part.kind][1]])
        for part in CIRCUIT.parts.values()
        if part.kind in _WAYS
    ]
    found, net = [], "INLET"
    while net != "GND":
        steps = [(ref, to) for ref, begin, to in ways if begin == net]
        (net,) = {to for _, to in steps}
        found.append(" or ".join(ref for ref, _ in steps))
    assert found == ["F1", "Q10 or Q11", "Q2", "Q4", "F2", "HT1", "Q6"]
    assert "only while F1, Q10 or Q11, Q2, Q4, F2 and Q6 all conduct" in (DOCS / "hardware.md").read_text()


# --- the picture of the blocks


def _said() -> dict[str, tuple[str, str]]:
    return hardware.facts(CIRCUIT, ORDERS, BOARDS[0], FIGURES)


def _joints() -> dict[tuple[str, str], set[str]]:
    root = ElementTree.fromstring((DOCS / page.PICTURES / "blocks.svg").read_text())
    groups = [group for group in root.iter("{http://www.w3.org/2000/svg}g") if group.get("data-nets")]
    return {
        (str(group.get("data-from")), str(group.get("data-to"))): set(str(group.get("data-nets")).split())
        for group in groups
    }


def test_the_picture_joins_the_blocks_that_a_net_joins_and_no_others() -> None:
    shown: dict[str, set[str]] = {}
    for ends, nets in _joints().items():
        for net in nets:
            shown.setdefault(net, set()).update(ends)
    wanted: dict[str, set[str]] = {}
    for net, pins in CIRCUIT.nets().items():
        here = {CIRCUIT.parts[ref].block for ref, _ in pins} | ({"board"} if net.startswith("PIN_") else set())
        if len(here) > 1 and net not in ("GND", "V3V3", "ADC_SUPPLY"):
            wanted[net] = here
    assert shown == wanted


def test_the_picture_points_the_way_that_the_board_file_does() -> None:
    for (start, end), nets in _joints().items():
        for net in nets:
            if net.startswith("PIN_") and not SIGNALS[net.removeprefix("PIN_")].is_both_ways:
                assert (start == "board") == (getattr(BOARDS[0], net) in BOARDS[0].OUTPUT_PINS), net
                assert "board" in (start, end)


def test_a_net_that_nothing_has_the_say_on_is_refused() -> None:
    wrong = replace(CIRCUIT.parts["R20"], pins={"a": "STORE", "b": "LEVEL"})
    with pytest.raises(CircuitError, match="LEVEL joins enable, stop"):
        blocks.svg(Circuit({**CIRCUIT.parts, "R20": wrong}, CIRCUIT.blocks), BOARDS[0], SIGNALS, _said())


def test_blocks_that_there_is_no_way_between_are_refused() -> None:
    wrong = replace(CIRCUIT.parts["Q7"], pins={**CIRCUIT.parts["Q7"].pins, "source": "STORE"})
    with pytest.raises(CircuitError, match="no way from stop to infrared"):
        blocks.svg(Circuit({**CIRCUIT.parts, "Q7": wrong}, CIRCUIT.blocks), BOARDS[0], SIGNALS, _said())
