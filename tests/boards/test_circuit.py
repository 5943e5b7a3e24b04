"""The circuit around the boards: complete, the same pins as the board files, and for every device that its parts can
make what the firmware reckons with (ngspice).
"""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from kneecircuit import checks, drawing, netlist, page, parts, spice
from kneecircuit.netlist import CircuitError
from kneesim.engines import ROOT
from kneesim.motors import RollerParams
from massager.core import limits

CIRCUIT = netlist.read()
ORDERS = parts.read()
DEVICES = page.TESTED

needs_ngspice = pytest.mark.skipif(spice.find() is None, reason="ngspice is not installed: apt install ngspice")


def test_every_pin_of_the_board_is_wired_and_every_wire_has_its_pin(board: ModuleType) -> None:
    pins = {name for name in vars(board) if name.startswith("PIN_")}
    wired = {net for net in CIRCUIT.nets() if net.startswith("PIN_")}
    assert wired == pins


def test_every_net_joins_two_pins_or_more() -> None:
    for name, ends in CIRCUIT.nets().items():
        assert len(ends) + name.startswith("PIN_") >= 2, name


def test_every_output_that_switches_something_has_a_pull_down(board: ModuleType) -> None:
    held = {part.pins["a"] for part in CIRCUIT.parts.values() if part.kind == "resistor" and part.pins["b"] == "GND"}
    after = {part.pins["a"]: part.pins["b"] for part in CIRCUIT.parts.values() if part.kind == "resistor"}
    for name in ("HEATER", "INFRARED", "INNER", "OUTER", "ROLLER_IN1", "ROLLER_IN2"):
        pin = f"PIN_{name}"
        assert getattr(board, pin) in board.OUTPUT_PINS
        assert pin in held or after.get(pin) in held, pin


def test_every_part_can_be_ordered_and_nothing_else_is() -> None:
    assert {part.bom for part in CIRCUIT.parts.values()} == set(ORDERS)


def test_values_are_facts_of_every_board(board: ModuleType) -> None:
    for part in CIRCUIT.parts.values():
        if isinstance(part.value, str):
            assert netlist.value_of(part, board) > 0, part.ref


def test_a_broken_file_says_what_is_wrong(tmp_path: Path) -> None:
    text = netlist.FILE.read_text()
    for old, new, words in (
        ('ref = "C2"', 'ref = "C1"', "two parts C1"),
        ('kind = "pair"', 'kind = "pear"', "D3: kind must be one of"),
        ('pins = { gate = "ALIVE", source', 'pins = { gat = "ALIVE", source', "Q1: its pins must be gate"),
        ("is_closed = true", "is_shut = true", "S1A: not known: is_shut"),
    ):
        assert text.count(old) >= 1
        path = tmp_path / "circuit.toml"
        path.write_text(text.replace(old, new, 1))
        with pytest.raises(CircuitError, match=words):
            netlist.read(path)


def test_the_rail_is_good_where_the_firmware_thinks() -> None:
    top, middle, low = (CIRCUIT.parts[ref].value for ref in ("R1", "R2", "R3"))
    whole = top + middle + low
    # TPS3700: 387 to 400 mV falling, 396 to 404 mV rising; the resistors make 1 % of it at most.
    lost_v, back_v = 0.387 * 0.99 * whole / (middle + low), 0.404 * 1.01 * whole / (middle + low)
    too_much_v, most_v = 0.396 * 0.99 * whole / low, 0.404 * 1.01 * whole / low
    assert lost_v >= checks.RAIL_ENDS_V[0] and back_v <= 4.6, (lost_v, back_v)
    assert too_much_v >= 5.3 and most_v <= checks.RAIL_ENDS_V[1], (too_much_v, most_v)


def test_the_chips_that_see_the_rail_stand_what_the_switch_lets_through() -> None:
    over = next(figure for figure in page.kept(DOCS) if figure.name.startswith("rail while"))
    assert over.most < 6.4  # where D1 begins to conduct; the comparators stand 7.0


def test_the_roller_brakes_in_the_pauses_of_its_pwm() -> None:
    """DRV8231A: both inputs high brake, both low coast, and coasting shows no current."""
    pins = CIRCUIT.parts["U8"].pins
    bridge = CIRCUIT.parts["U5"].pins
    levels = {"PIN_ROLLER_IN1": True, "PIN_ROLLER_IN2": False}

    def inputs() -> tuple[bool, bool]:
        nets = {pins["1Y"]: not levels[pins["1A"]], pins["2Y"]: not levels[pins["2A"]]}
        return nets[bridge["IN1"]], nets[bridge["IN2"]]

    assert inputs() == (True, False)
    levels["PIN_ROLLER_IN1"] = False
    assert inputs() == (True, True)


def test_each_chip_has_a_capacitor_at_its_supply() -> None:
    held = {
        (part.block, net) for part in CIRCUIT.parts.values() if part.kind == "capacitor" for net in part.pins.values()
    }
    for part in CIRCUIT.parts.values():
        supply = next((part.pins[pin] for pin in ("VDD", "VCC", "VM") if pin in part.pins), None)
        if part.kind == "chip" and supply:
            assert (part.block, supply) in held, part.ref


def test_the_rollers_limit_and_scale_are_the_board_files(board: ModuleType) -> None:
    sense_ohm, top_ohm, low_ohm = (CIRCUIT.parts[ref].value for ref in ("R60", "R61", "R62"))
    amperes_an_ampere = 1500e-6  # DRV8231A
    full_ma = board.ADC_REFERENCE_MV / sense_ohm / amperes_an_ampere
    assert math.isclose(full_ma, board.ROLLER_CURRENT_FULL_MA, rel_tol=0.01)
    limit_ma = 3300 * low_ohm / (top_ohm + low_ohm) / sense_ohm / amperes_an_ampere
    assert math.isclose(limit_ma, board.ROLLER_LIMIT_MA, rel_tol=0.01)
    assert math.isclose(limit_ma, RollerParams().limit_ma, rel_tol=0.01)


def test_the_read_backs_are_ones_and_zeros_at_every_rail() -> None:
    for top, low in (("R42", "R43"), ("R52", "R53")):
        share = CIRCUIT.parts[low].value / (CIRCUIT.parts[top].value + CIRCUIT.parts[low].value)
        assert 4.4 * share > 0.75 * 3.3  # an ESP32's is the higher threshold
        assert 5.6 * share < 3.6


def test_the_read_backs_are_pulled_down_harder_than_an_rp2350_pulls_up() -> None:
    # Erratum E9: what an input that was between low and high needs to get low again. With the switch on, its low side
    # is ground; with the enable off the pad or the lamp, a few ohms, joins it to the enable's load.
    for top, low in (("R42", "R43"), ("R52", "R53")):
        top_ohm, low_ohm = CIRCUIT.parts[top].value, CIRCUIT.parts[low].value
        for way_ohm in (top_ohm, top_ohm + CIRCUIT.parts["R15"].value):
            assert low_ohm * way_ohm / (low_ohm + way_ohm) <= 8200


@needs_ngspice
def test_saf_18_the_comparator_trips_at_45_within_a_degree() -> None:
    trip, hysteresis, emptied = checks.comparator(DEVICES)
    assert trip.allowed == (44.0, 46.0)
    assert trip.is_well and hysteresis.is_well and emptied.is_well, (trip, hysteresis, emptied)


@needs_ngspice
def test_saf_41_the_pump_holds_through_60_ms_and_lets_go_within_400() -> None:
    up, let_go = checks.pump(DEVICES)
    assert let_go.allowed == (limits.ENABLE_HOLD_MS, limits.LET_GO_MS)
    assert up.is_well and let_go.is_well, (up, let_go)
    (still,) = checks.still(DEVICES)
    assert still.is_well, still


@needs_ngspice
def test_saf_34_stop_takes_the_enable_down_while_the_pin_toggles() -> None:
    took, held = checks.stop(DEVICES)
    assert took.is_well and held.is_well, (took, held)


@needs_ngspice
def test_a_wrong_plug_does_not_get_to_the_rail() -> None:
    kept, cut = checks.overvoltage(DEVICES)
    assert kept.is_well and cut.is_well, (kept, cut)


@needs_ngspice
@pytest.mark.parametrize(
    ("ref", "value", "check"),
    [
        ("C2", 4.7e-6, checks.pump),
        ("R11", 1e6, checks.pump),
        ("R31", 49.9e3, checks.comparator),
        ("R20", 1e5, checks.stop),
        ("R8", 18e3, checks.overvoltage),
    ],
)
def test_a_wrong_part_is_found(
    monkeypatch: pytest.MonkeyPatch, ref: str, value: float, check: Callable[[int], list[checks.Figure]]
) -> None:
    wrong = netlist.Circuit({**CIRCUIT.parts, ref: replace(CIRCUIT.parts[ref], value=value)}, CIRCUIT.blocks)
    monkeypatch.setattr(netlist, "read", lambda: wrong)
    assert not all(figure.is_well for figure in check(1))


DOCS = ROOT / "docs"


def test_every_figure_of_the_page_is_well_and_none_is_missing() -> None:
    figures = page.kept(DOCS)
    assert len(figures) == 13
    assert all(figure.is_well for figure in figures)


@pytest.mark.parametrize("block", CIRCUIT.blocks)
def test_a_blocks_picture_was_drawn_from_what_it_is_now(block: str) -> None:
    picture = DOCS / page.PICTURES / f"{block}.svg"
    assert drawing.digest_of(picture) == drawing.digest(CIRCUIT, ORDERS, block), "make circuit"
    text = picture.read_text()
    for part in CIRCUIT.of_block(block):
        assert part.ref in text, part.ref
