"""The wiring pictures: every pin of a board file is in its picture once, at the right place, and nothing else is."""

from dataclasses import replace
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

from kneecircuit import __main__ as kneecircuit_main
from kneecircuit import devkits, netlist, page, wiring
from kneecircuit.netlist import CircuitError
from kneesim.engines import ROOT
from kneesim.power import load_board

CIRCUIT = netlist.read()
KITS, SIGNALS = devkits.read()
DOCS = ROOT / "docs"
_G = "{http://www.w3.org/2000/svg}g"
_TEXT = "{http://www.w3.org/2000/svg}text"
_CIRCLE = "{http://www.w3.org/2000/svg}circle"

# The pins in their order once more, in another way: the Pico's 40 by its rule (ground at every fifth from the third on,
# the others counted on from GP0), the DevKitC's as they are printed on it.
PICO_OTHERS = {30: "RUN", 35: "ADC_VREF", 36: "3V3(OUT)", 37: "3V3_EN", 39: "VSYS", 40: "VBUS"}
ESP32_NUMBERS = {
    "J2": "3V3 EN 36 39 34 35 32 33 25 26 27 14 12 GND 13 D2 D3 CMD 5V",
    "J3": "GND 23 22 TX RX 21 GND 19 18 5 17 16 4 0 2 15 D1 D0 CLK",
}


@pytest.fixture(params=kneecircuit_main.BOARDS)
def wired(request: pytest.FixtureRequest) -> ModuleType:
    """Return each board file that there is a picture of."""
    module: ModuleType = load_board(str(ROOT / "boards" / request.param), str(ROOT / "firmware"))
    return module


def _places(board: ModuleType) -> dict[str, str]:
    """Return the physical pin of each number of the board file, and of each other pin by its name, as said above."""
    if board.NAME == "esp32":
        return {
            name: f"{header}-{row + 1}"
            for header, names in ESP32_NUMBERS.items()
            for row, name in enumerate(names.split())
        }
    found, gpios = {}, iter([*range(23), 26, 27, 28])
    for pin in range(1, 41):
        if pin % 5 != 3:
            found[PICO_OTHERS.get(pin) or str(next(gpios))] = str(pin)
    return found


def _path(board: ModuleType) -> Path:
    return DOCS / page.PICTURES / f"wiring-{board.NAME}.svg"


def _picture(board: ModuleType) -> ElementTree.Element:
    return ElementTree.fromstring(_path(board).read_text())


def test_every_pin_of_the_board_file_is_in_the_picture_once_at_its_place(wired: ModuleType) -> None:
    shown = [(group.get("id"), group.get("data-pin")) for group in _picture(wired).iter(_G)]
    pins = {name: number for name, number in vars(wired).items() if name.startswith("PIN_") and number >= 0}
    places = _places(wired)
    found = [row for row in shown if str(row[0]).startswith("PIN_")]
    assert sorted(found) == sorted((name, places[str(number)]) for name, number in pins.items())
    assert len({number for _, number in shown}) == len(shown)


def test_each_pin_says_its_signal_and_every_part_at_its_wire(wired: ModuleType) -> None:
    nets = CIRCUIT.nets()
    for group in _picture(wired).iter(_G):
        net, words = str(group.get("id")), [str(text.text) for text in group.iter(_TEXT)]
        if net.startswith("PIN_"):
            assert net.removeprefix("PIN_") in words
            refs = {ref for ref, _ in nets[net]}
            assert refs in [{end.split(" ")[0] for end in line.split(", ")} for line in words]


def test_what_feeds_the_board_is_wired_and_what_must_be_free_is_not(wired: ModuleType) -> None:
    kit = KITS[wired.NAME]
    wires = {
        str(group.get("data-pin")): group for group in _picture(wired).iter(_G) if group.find("{*}path") is not None
    }
    for row in kit.left + kit.right:
        number, name = row.split(" ")
        assert (number in wires) == (name in kit.supplies or kit.number_of(name) in _used(wired)), row
        assert not (name in kit.leave and number in wires)
    # An ESP32's converter has a reference of its own.
    assert {"5V", "3V3", "GND"} | ({"ADC_REF"} if wired.NAME == "pico" else set()) == set(kit.supplies.values())


def _used(board: ModuleType) -> set[int]:
    return {number for name, number in vars(board).items() if name.startswith("PIN_") and number >= 0}


def test_the_pins_stand_below_each_other_in_their_order(wired: ModuleType) -> None:
    kit = KITS[wired.NAME]
    at = {}
    for group in _picture(wired).iter(_G):
        circle = group.find(_CIRCLE)
        assert circle is not None
        at[str(group.get("data-pin"))] = (float(str(circle.get("cx"))), float(str(circle.get("cy"))))
    for side in (kit.left, kit.right):
        places = [at[row.split(" ")[0]] for row in side]
        assert len({x for x, _ in places}) == 1
        assert [y for _, y in places] == sorted({y for _, y in places})
    assert at[kit.left[0].split(" ")[0]][0] < at[kit.right[0].split(" ")[0]][0]


def test_the_signals_are_those_of_the_board_files(wired: ModuleType) -> None:
    pins = {name.removeprefix("PIN_") for name in vars(wired) if name.startswith("PIN_")}
    assert set(SIGNALS) - {"5V", "3V3", "ADC_REF"} == pins
    assert {signal.feature for signal in SIGNALS.values()} - {""} <= {
        "roller",
        "sides",
        "heat",
        "infrared",
        "lamps",
        "buzzer",
        "rtc",
    }


def test_a_signal_without_a_pin_or_on_a_pin_that_must_be_free_is_refused(wired: ModuleType) -> None:
    kit = KITS[wired.NAME]
    alive = f"{kit.gpio}{wired.PIN_ALIVE}"
    without = replace(
        kit,
        left=[row for row in kit.left if not row.endswith(f" {alive}")],
        right=[row for row in kit.right if not row.endswith(f" {alive}")],
    )
    with pytest.raises(CircuitError, match="no pin for PIN_ALIVE"):
        wiring.svg(without, SIGNALS, CIRCUIT, wired)
    with pytest.raises(CircuitError, match=f"PIN_ALIVE is on {alive}: hands off"):
        wiring.svg(replace(kit, leave={alive: "hands off"}), SIGNALS, CIRCUIT, wired)
