"""The simulated enable is the circuit's: its values and their spread follow from boards/circuit.toml, and it takes the
times that ngspice finds.
"""

import itertools
import math
import re
from collections.abc import Iterator
from dataclasses import asdict

import pytest

from kneecircuit import checks, netlist, page, spice, values
from kneesim.engines import ROOT
from kneesim.power import load_board
from kneesim.pump import PUMP_RANGES, REST_OF_HYSTERESIS, ChargePump, PumpParams
from massager.core import limits

CIRCUIT = netlist.read()
FIGURES = {figure.name: figure for figure in page.kept(ROOT / "docs")}
UP, LET_GO = FIGURES["enable up after toggling began"], FIGURES["enable let go after the last toggle"]
PUMP_ENDS = {name: (least, most) for name, least, most in PUMP_RANGES}
NOMINAL = values.nominal(CIRCUIT, load_board(str(ROOT / "boards/pico"), str(ROOT / "firmware")))

needs_ngspice = pytest.mark.skipif(spice.find() is None, reason="ngspice is not installed: apt install ngspice")

_TICK_US = 20_000
# How close the pump's model comes to ngspice. It takes the diodes as a fixed drop and all charge as moved at once; a
# hundredth of the store's volts is two to four hundredths of the time.
_MODEL_SHARE = 0.04


def _contains(ends: tuple[float, float], *found: float) -> bool:
    return ends[0] <= min(found) + 1e-9 and max(found) - 1e-9 <= ends[1]


def _corners(names: tuple[str, ...]) -> Iterator[dict[str, float]]:
    for shares in itertools.product((-1.0, 1.0), repeat=len(names)):
        yield dict(zip(names, shares, strict=True))


def _device(draw: spice.Draw) -> values.Enable:
    """Return the enable of a device that was drawn for ngspice."""

    def value(ref: str) -> float:
        return draw.of(ref, NOMINAL(ref), CIRCUIT.parts[ref].tolerance)

    reference_v = draw.of("reference", spice.REFERENCE_V, spice.REFERENCE_SHARE)
    offset_v = draw.between("offset", -spice.REFERENCE_OFFSET_V, spice.REFERENCE_OFFSET_V)
    return values.enable(value, reference_v - offset_v, draw.between("rail", *checks.RAIL_ENDS_V))


def _params(draw: spice.Draw) -> PumpParams:
    """Return a drawn device as the plant takes it, its diodes as nominal."""
    enable, params = _device(draw), PumpParams()
    for name, value in asdict(enable).items():
        if name in PUMP_ENDS:
            setattr(params, name, value)
    if draw.is_leaky:
        params.bleed_ohm = values.beside(params.bleed_ohm, spice.LEAK_OHM)
    params.drive_v = draw.between("pin", *checks.PIN_ENDS_V)
    return params


def _times_ms(params: PumpParams, edges: int) -> tuple[float, float]:
    """Return how soon the plant's pump is on to stay, and for how long it outlasts the last of so many edges."""
    pump = ChargePump(params)
    up_us = None
    for edge in range(edges):
        was_on = pump.is_on(edge * _TICK_US)
        pump.edge(edge * _TICK_US)
        if pump.is_on(edge * _TICK_US) and not was_on:
            up_us = edge * _TICK_US
    last_us = (edges - 1) * _TICK_US
    held, gone = 0, 2_000_000
    while gone - held > 10:
        middle = (held + gone) // 2
        held, gone = (middle, gone) if pump.is_on(last_us + middle) else (held, middle)
    return (checks.NEVER if up_us is None else up_us / 1000), held / 1000


def _edge_ms(found_ms: float) -> int:
    """Return the edge behind which ngspice found something: R16 and C1 take their time."""
    tick_ms = _TICK_US // 1000
    edge_ms = int(found_ms) // tick_ms * tick_ms
    assert found_ms - edge_ms < 1.0
    return edge_ms


def test_saf_41_the_plants_pump_has_the_circuits_values() -> None:
    for name, value in asdict(values.enable(NOMINAL)).items():
        if name in PUMP_ENDS:
            assert math.isclose(getattr(PumpParams(), name), value, rel_tol=0.001), name
    assert PumpParams().drive_v == values.PIN_V
    assert {"pump_uf", "store_uf", "bleed_ohm", "on_v", "hysteresis_v"} == set(PUMP_ENDS) - {"drive_v", "diode_v"}


def test_saf_41_the_plants_pump_has_the_tolerances_of_the_circuits_parts() -> None:
    found: dict[str, list[float]] = {name: [] for name in PUMP_ENDS}
    names = ("C1", "C2", "R10", "R11", "R12", "reference", "offset", "rail", "pin")
    for is_leaky, shares in itertools.product((False, True), _corners(names)):
        params = _params(spice.Draw(shares.__getitem__, is_leaky))
        for name, all_of_it in found.items():
            all_of_it.append(getattr(params, name))
    for name, ends in PUMP_ENDS.items():
        assert _contains(ends, *found[name]), (name, min(found[name]), max(found[name]))
        # And not much wider, or it is none of these parts that is tried.
        slack = 0.05 * ends[0]
        assert name == "diode_v" or _contains((min(found[name]) - slack, max(found[name]) + slack), *ends), name


def test_the_store_falls_towards_what_the_feedback_holds() -> None:
    for shares in _corners(("R10", "R11", "R12", "rail")):
        enable = _device(spice.Draw(lambda name, shares=shares: shares.get(name, 0.0)))
        assert math.isclose(enable.rest_v, enable.hysteresis_v * REST_OF_HYSTERESIS, rel_tol=0.03)
    enable = values.enable(NOMINAL)
    assert math.isclose(enable.rest_v, enable.hysteresis_v * REST_OF_HYSTERESIS, rel_tol=0.001)


def test_the_pumps_diodes_drop_what_their_model_does_at_the_currents_in_play() -> None:
    text = re.search(r"\.model pump_diode d \(is=(\S+) n=(\S+)", spice.MODELS)
    assert text is not None
    saturation_a, volts = float(text[1]), float(text[2]) * 0.02585

    def drop_v(amperes: float) -> float:
        return volts * math.log(amperes / saturation_a + 1)

    enable = values.enable(NOMINAL)
    # At the end of a tick: what still refills C1, n kT/q C/t, and C1's share of what the store loses at about 2.2 V.
    refill_v = drop_v(volts * enable.pump_uf * 1e-6 / 0.020)
    loses_a = (2.2 - enable.rest_v) / enable.bleed_ohm
    into_store_v = drop_v(loses_a * enable.pump_uf / (enable.pump_uf + enable.store_uf))
    mean_v = (refill_v + into_store_v) / 2
    assert math.isclose(mean_v, PumpParams().diode_v, abs_tol=0.005)
    # A Schottky diode's drop falls by about 1.6 mV a degree; 15 to 40 degrees.
    assert _contains(PUMP_ENDS["diode_v"], mean_v + 0.0016 * (25 - 15), mean_v - 0.0016 * (40 - 25))


def _drawn(toggles: int) -> Iterator[spice.Draw]:
    """Yield the devices that ngspice's figures are of: making their deck is what draws their values."""
    for some in checks.in_runs(page.DEVICES, toggles):
        checks.deck(some, checks.toggled(toggles))
        yield from (draw for _, draw in some)
    yield from (draw for _, draw in checks.pump_ends())


def test_saf_41_the_plants_pump_takes_the_times_that_ngspice_found_for_the_same_devices() -> None:
    times = [_times_ms(_params(draw), toggles) for toggles in checks.PUMP_TOGGLES for draw in _drawn(toggles)]
    ups, lasts = zip(*times, strict=True)
    assert (min(ups), max(ups)) == (_edge_ms(UP.least), _edge_ms(UP.most))
    assert math.isclose(min(lasts), LET_GO.least, rel_tol=_MODEL_SHARE)
    assert math.isclose(max(lasts), LET_GO.most, rel_tol=_MODEL_SHARE)


@needs_ngspice
@pytest.mark.parametrize("toggles", checks.PUMP_TOGGLES)
def test_saf_41_the_plants_pump_lets_go_when_ngspice_does_nominal_and_at_both_ends(toggles: int) -> None:
    some = [*checks.pump_ends(), (2, spice.Draw(lambda _: 0.0))]
    for (_, draw), up_ms, last_ms in zip(some, *checks.pump_times_ms(some, toggles), strict=True):
        model_up_ms, model_last_ms = _times_ms(_params(draw), toggles)
        assert model_up_ms == _edge_ms(up_ms)
        assert math.isclose(model_last_ms, last_ms, rel_tol=_MODEL_SHARE)


def test_saf_41_the_plants_ranges_reach_as_far_as_ngspice_and_not_beyond_what_is_allowed() -> None:
    ups, lasts = [], []
    for ends in itertools.product(*PUMP_ENDS.values()):
        params = PumpParams()
        for name, value in zip(PUMP_ENDS, ends, strict=True):
            setattr(params, name, value)
        for toggles in checks.PUMP_TOGGLES:
            up_ms, last_ms = _times_ms(params, toggles)
            ups.append(up_ms)
            lasts.append(last_ms)
    assert _contains((min(ups), max(ups)), _edge_ms(UP.least), _edge_ms(UP.most))
    assert _contains((min(lasts), max(lasts)), LET_GO.least, LET_GO.most)
    assert _contains((limits.ENABLE_HOLD_MS, limits.LET_GO_MS), min(lasts), max(lasts))
    assert max(ups) <= limits.SWITCH_ARMED_TICKS * limits.TICK_MS
    print(f"up in {min(ups):.0f} to {max(ups):.0f} ms, lets go in {min(lasts):.0f} to {max(lasts):.0f}")


def test_the_two_ends_are_the_soonest_and_the_latest_of_all_corners() -> None:
    names = ("C1", "C2", "R10", "R11", "R12", "pin", "reference", "offset", "rail")
    lasts = [
        _times_ms(_params(spice.Draw(shares.__getitem__, is_leaky)), toggles)[1]
        for shares in _corners(names)
        for is_leaky in (False, True)
        for toggles in checks.PUMP_TOGGLES
    ]
    ends = [_times_ms(_params(draw), toggles)[1] for _, draw in checks.pump_ends() for toggles in checks.PUMP_TOGGLES]
    assert (min(ends), max(ends)) == (min(lasts), max(lasts))


def test_saf_41_the_read_back_falls_in_time_behind_what_the_enable_has_stored() -> None:
    # C3 and C60 empty through R15 and the read-back's divider; ceramic ones are up to 20 % larger, and both chips take
    # what is under 0.8 V for low (RP2040 data sheet; an ESP32 a quarter of its supply).
    read_back_ohm = NOMINAL("R42") + NOMINAL("R43")
    low_v = 0.8 * read_back_ohm / NOMINAL("R43")
    farad = 1.2 * (NOMINAL("C3") + NOMINAL("C60"))
    falls_ms = values.beside(NOMINAL("R15"), read_back_ohm) * farad * math.log(checks.RAIL_ENDS_V[1] / low_v) * 1000
    print(f"{falls_ms:.0f} ms after the enable")
    assert LET_GO.most + falls_ms <= limits.LET_GO_MS


def test_saf_34_stop_empties_the_store_within_a_step_of_the_plant() -> None:
    assert FIGURES["enable down after STOP"].most < 1.0
