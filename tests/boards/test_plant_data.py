"""The simulated plant is the circuit around the boards: each of its numbers follows from boards/circuit.toml,
boards/parts.toml, the board files or what ngspice found, and no range of it is narrower than theirs.
"""

import itertools
import math
import re
import runpy
from collections.abc import Callable
from types import ModuleType

import pytest

from kneecircuit import checks, netlist, page, parts, rows, spice, values
from kneesim import plant
from kneesim.engines import ROOT
from kneesim.heat import HEAT_RANGES, HeatParams
from kneesim.motors import ROLLER_RANGES, SIDE_RANGES, RollerParams, SideParams
from kneesim.noise import Noise
from kneesim.ntc import Ntc, NtcParams
from kneesim.plants import RANGES
from kneesim.power import load_board
from kneesim.thermistor import Adc12

CIRCUIT = netlist.read()
ORDERS = parts.read()
FIGURES = {figure.name: figure for figure in page.kept(ROOT / "docs")}
PICO = load_board(str(ROOT / "boards/pico"), str(ROOT / "firmware"))
NOMINAL = values.nominal(CIRCUIT, PICO)


def _order(ref: str) -> parts.Order:
    return ORDERS[CIRCUIT.parts[ref].bom]


def _tolerance(*refs: str) -> float:
    return max(CIRCUIT.parts[ref].tolerance for ref in refs)


def _contains(ends: tuple[float, float], *found: float) -> bool:
    return ends[0] <= min(found) + 1e-9 and max(found) - 1e-9 <= ends[1]


# --- comparator and fuse


def test_saf_18_the_plants_comparator_is_the_circuits() -> None:
    trips, hysteresis = FIGURES["comparator trips"], FIGURES["comparator's hysteresis"]
    trips_c, closes_lower_c = values.trip_c(CIRCUIT, NOMINAL)
    assert math.isclose(plant.PlantParams().cut_out_c, trips_c, abs_tol=0.1)
    assert _contains(RANGES["cut_out_c"], trips.least, trips.most, plant.PlantParams().cut_out_c)
    assert RANGES["cut_out_c"] == trips.allowed
    assert _contains((hysteresis.least, hysteresis.most), closes_lower_c)
    # The sooner it closes again the more it heats, so the plant's is the least.
    assert 0.95 * hysteresis.least <= plant.CUT_OUT_HYSTERESIS_C <= hysteresis.least


def test_saf_18_the_plants_fuse_is_the_one_to_order() -> None:
    rating_c = values.number_in(_order("F2").part, "°C")
    assert plant.PlantParams().fuse_c == rating_c
    assert RANGES["fuse_c"] == (rating_c - 10, rating_c)


# --- sensors


def _ntc_refs() -> list[tuple[str, str, str]]:
    return [(f"{name}_ntc", *pair) for name, row in rows.ROWS.items() for pair in row]


@pytest.mark.parametrize(("name", "ntc", "pull_up"), _ntc_refs())
def test_the_plants_dividers_are_the_circuits(board: ModuleType, name: str, ntc: str, pull_up: str) -> None:
    part = CIRCUIT.parts[ntc]
    pull_up_ohm = netlist.value_of(CIRCUIT.parts[pull_up], board)
    sensor = Ntc(getattr(board, f"{name.upper()}_PULL_UP_OHM"), NtcParams(), Adc12(Noise(1)).read_u16, 1)
    for degrees in (10.0, 25.0, 43.0):
        ohm = values.ntc_ohm(part, degrees)
        assert math.isclose(sensor.ideal_code(degrees), 65535 * ohm / (ohm + pull_up_ohm), rel_tol=1e-5)
    for field, tolerance in (
        ("r25", part.tolerance),
        ("beta", part.beta_tolerance),
        ("pull_up", _tolerance(pull_up)),
    ):
        assert _contains(RANGES[f"{name}.{field}"], -tolerance, tolerance)


@pytest.mark.parametrize("ref", [ntc for _, ntc, _ in _ntc_refs()])
def test_the_board_files_tables_are_made_for_the_circuits_sensors(ref: str) -> None:
    script = runpy.run_path(str(ROOT / "boards/ntc_table.py"))
    part = CIRCUIT.parts[ref]
    assert (script["R25_OHM"], script["BETA_K"]) == (part.value, part.beta)


# --- pad, lamp, motors, rail


def test_the_pad_to_order_is_the_board_files(board: ModuleType) -> None:
    words = _order("HT1").part
    assert values.number_in(words, "W") * 1000 == board.PAD_MW
    sides = re.search(r"(\d+) x (\d+) mm", words)
    assert sides is not None
    assert int(sides[1]) * int(sides[2]) == board.PAD_MM2


def test_the_plants_lamp_is_the_one_to_order() -> None:
    order = _order("LA1")
    ends = {name: (least, most) for name, least, most in HEAT_RANGES}
    assert HeatParams().lamp_w == values.number_in(order.part, "W")
    span = re.search(r"([\d.]+) to ([\d.]+) W", order.alternative)
    assert span is not None
    assert (float(span[1]), float(span[2])) == ends["lamp_w"]


def test_the_plants_roller_is_the_one_to_order_and_the_board_files(board: ModuleType) -> None:
    ends = {name: (least, most) for name, least, most in ROLLER_RANGES}
    order, params = _order("M1"), RollerParams()
    assert params.stall_ma == board.ROLLER_STALL_MA == values.number_in(order.part, "A") * 1000
    assert params.limit_ma == board.ROLLER_LIMIT_MA == round(values.roller_limit_ma(NOMINAL))
    assert params.max_rpm == values.number_in(order.part, "rpm")
    for name, unit, times in (("max_rpm", "rpm", 1.0), ("stall_ma", "A", 1000.0)):
        span = re.search(rf"([\d.]+) to ([\d.]+) {unit}", order.alternative)
        assert span is not None
        assert _contains(ends[name], float(span[1]) * times, float(span[2]) * times)
    assert _contains(RANGES["ROLLER_STALL_MA"], board.ROLLER_STALL_MA)


def test_saf_36_the_plants_limit_is_off_by_what_resistors_and_supply_are() -> None:
    names = ("R60", "R61", "R62", "pin")
    found = []
    for corner in itertools.product((-1.0, 1.0), repeat=len(names)):
        shares = dict(zip(names, corner, strict=True))
        limit_ma = values.roller_limit_ma(lambda ref, s=shares: NOMINAL(ref) * (1 + s[ref] * _tolerance(ref)))
        low_v, high_v = checks.PIN_ENDS_V
        found.append(limit_ma * (low_v if shares["pin"] < 0 else high_v) / values.PIN_V / RollerParams().limit_ma)
    assert _contains(RANGES["roller_limit_times"], *found), (min(found), max(found))


def test_the_plants_side_motors_are_the_ones_to_order() -> None:
    ends = {name: (least, most) for name, least, most in SIDE_RANGES}
    assert SideParams().run_ma == values.number_in(_order("M2").part, "mA")
    span = re.search(r"(\d+) to (\d+) mA", _order("M2").alternative)
    assert span is not None
    assert (float(span[1]), float(span[2])) == ends["run_ma"]


def test_saf_47_the_plants_rail_is_good_where_the_circuits_is_at_its_worst() -> None:
    # That these are the circuit's ends is told by its own test (test_circuit.py).
    assert plant.RAIL_GOOD_V == checks.RAIL_ENDS_V
    assert _contains(plant.RAIL_GOOD_V, *values.rail_ends_v(NOMINAL), *RANGES["supply_v"])


@pytest.mark.parametrize(
    ("bom", "ref", "unit", "ours"),
    [
        ("reference_comparator", "R11", "V", lambda ohm, volts: values.enable(ohm, volts).on_v),
        ("bridge", "R60", "uA/A", lambda ohm, mirror: ohm("R60") * mirror),
    ],
)
def test_an_alternative_does_the_same_with_the_resistor_that_it_names(
    bom: str, ref: str, unit: str, ours: Callable[[values.Values, float], float]
) -> None:
    words = ORDERS[bom].alternative
    resistor = re.search(rf"{ref} becomes ([\d.]+) k", words)
    assert resistor is not None
    figure = {"V": spice.REFERENCE_V, "uA/A": values.MIRROR_A_A * 1e6}[unit]
    theirs = values.number_in(words, unit)
    with_it = ours(lambda name: float(resistor[1]) * 1000 if name == ref else NOMINAL(name), theirs)
    assert math.isclose(with_it, ours(NOMINAL, figure), rel_tol=0.01)
