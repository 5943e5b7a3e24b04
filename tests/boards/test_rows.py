"""The rows of NTCs for skin and pad: each hands the board what its hottest NTC says, near enough for what the limits
and the plant reckon with.
"""

from dataclasses import replace
from types import ModuleType

import pytest

from kneecircuit import __main__ as kneecircuit_main
from kneecircuit import netlist, page, rows, values
from kneecircuit.netlist import Circuit
from kneesim.engines import ROOT
from kneesim.plants import RANGES
from kneesim.power import load_board
from massager.core import limits

CIRCUIT = netlist.read()
BOARDS = [load_board(str(ROOT / "boards" / name), str(ROOT / "firmware")) for name in kneecircuit_main.BOARDS]
NETS = CIRCUIT.nets()


def _ends(net: str) -> set[tuple[str, str]]:
    return set(NETS[net])


@pytest.mark.parametrize("name", rows.ROWS)
def test_each_ntc_of_a_row_can_pull_the_boards_pin_down_and_nothing_else_holds_it(name: str) -> None:
    hottest, pin = f"{name.upper()}_HOTTEST", f"PIN_{name.upper()}_NTC"
    chip = {"skin": "U21", "pad": "U31"}[name]
    pins = CIRCUIT.parts[chip].pins
    joined = set()
    for letter, (ntc, pull_up) in zip("ABCD", rows.ROWS[name], strict=True):
        net = CIRCUIT.parts[ntc].pins["a"]
        assert CIRCUIT.parts[pull_up].pins == {"a": "ADC_SUPPLY", "b": net}
        assert (pins[f"{letter}+"], pins[f"{letter}-"]) == (net, hottest)
        ((diode, end),) = _ends(pins[f"{letter}O"]) - {(chip, f"{letter}O")}
        assert (end, CIRCUIT.parts[diode].pins["anode"]) == ("cathode", hottest)
        joined |= {(diode, "anode"), (chip, f"{letter}-")}
    rest = {ref: CIRCUIT.parts[ref].pins for ref, _ in _ends(hottest) - joined}
    # What is left pulls it up to the board's own supply, and joins it to the pin.
    assert sorted(({*pins.values()} - {hottest}).pop() for pins in rest.values()) == [pin, "V3V3"]
    assert CIRCUIT.parts[chip].pins["VDD"] == "V3V3"


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.NAME)
def test_a_row_that_is_open_still_shows_as_open(board: ModuleType) -> None:
    for name, up in (("SKIN", "R125"), ("PAD", "R135")):
        # Against the 100 k that an RP2040's input may be (its data sheet).
        share = 100e3 / (100e3 + netlist.value_of(CIRCUIT.parts[up], board))
        ohm = getattr(board, f"{name}_NTC_PULL_UP_OHM") * share / (1.0 - share)
        assert values.ntc_c(CIRCUIT.parts["RT21"], ohm) * 1000 < limits.SENSOR_LOW_MC


def test_saf_49_a_row_reads_its_hottest_ntc_as_the_limits_reckon() -> None:
    figures = rows.figures(CIRCUIT, BOARDS)
    assert [figure for figure in page.kept(ROOT / "docs") if figure.by == "arithmetic"] == figures, "make circuit"
    assert all(figure.is_well for figure in figures), figures
    # The plant draws each part's end for itself; together they may be as far off as is allowed here.
    for name in rows.ROWS:
        assert RANGES[f"{name}_ntc.r25"] == RANGES[f"{name}_ntc.pull_up"] == (-0.01, 0.01)


@pytest.mark.parametrize(("name", "value"), [("OFFSET_V", 0.01), ("ALIKE", 0.02)])
def test_saf_49_a_row_that_reads_too_little_is_found(monkeypatch: pytest.MonkeyPatch, name: str, value: float) -> None:
    monkeypatch.setattr(rows, name, value)
    assert not all(figure.is_well for figure in rows.figures(CIRCUIT, BOARDS))


def test_saf_49_an_ntc_of_two_in_a_hundred_is_found() -> None:
    wide = {ref: replace(part, tolerance=0.02) for ref, part in CIRCUIT.parts.items() if part.kind == "ntc"}
    figures = rows.figures(Circuit({**CIRCUIT.parts, **wide}, CIRCUIT.blocks), BOARDS)
    assert not all(figure.is_well for figure in figures)
