"""docs/assembly.md: in which order to build the circuit, and what to measure before the next step; every number from
the data.
"""

from collections.abc import Callable
from math import exp
from pathlib import Path
from types import ModuleType

from kneecircuit.checks import HYSTERESIS_C, TRIP_C
from kneecircuit.drawing import value_words
from kneecircuit.netlist import Circuit, Part, value_of
from kneecircuit.parts import Order
from kneecircuit.spice import OVER_V, REFERENCE_V
from massager.core import limits

TEMPLATE = Path(__file__).with_name("assembly.md.in")


def text(circuit: Circuit, orders: dict[str, Order], board: ModuleType) -> str:
    """Return the page."""

    def ohm(ref: str) -> float:
        return value_of(circuit.parts[ref], board)

    def refs(block: str) -> str:
        return " ".join(part.ref for part in circuit.of_block(block))

    rail_ohm = ohm("R1") + ohm("R2") + ohm("R3")
    low, high = (ohm("R2") + ohm("R3")) / rail_ohm, ohm("R3") / rail_ohm
    low_ohm = _beside(ohm("R11"), ohm("R12"))
    on_v = REFERENCE_V * (1 + ohm("R10") / low_ohm)
    cool_ohm = _beside(ohm("R36"), ohm("R37"))
    words = {block: refs(block) for block in circuit.blocks}
    words.update({ref: orders[circuit.parts[ref].bom].part for ref in ("J1", "F2")})
    back_c = TRIP_C - sum(HYSTERESIS_C) / 2
    return TEMPLATE.read_text(encoding="utf-8").format(
        **words,
        F1=value_words(circuit.parts["F1"]),
        rail_low=5 * low,
        rail_high=5 * high,
        over=OVER_V * (1 + ohm("R8") / ohm("R9")),
        rail_least=_WINDOW_FALLS_V / low,
        rail_again=_WINDOW_V / low,
        rail_most=_WINDOW_V / high,
        enable_on=on_v,
        enable_off=on_v - 5 * ohm("R10") / ohm("R12"),
        ntc_25=_ohms(ohm("RT11")),
        ntc_trip=_ohms(_ntc(circuit.parts["RT11"], ohm("RT11"), TRIP_C + 1.5)),
        ntc_back=_ohms(_ntc(circuit.parts["RT11"], ohm("RT11"), back_c - 1.5)),
        back=back_c - 1.5,
        hot_reference=5 * cool_ohm / (cool_ohm + ohm("R35")),
        sense=5 * ohm("R43") / (ohm("R42") + ohm("R43")),
        roller_limit=3.3 * ohm("R62") / (ohm("R61") + ohm("R62")),
        sensor_least=min(_sensor_v(circuit, ohm, pair, 28) for pair in _SENSORS),
        sensor_most=max(_sensor_v(circuit, ohm, pair, 18) for pair in _SENSORS),
        surface=limits.SURFACE_UW_SQ_MM / 10000,
        let_go=limits.LET_GO_MS,
    )


_WINDOW_V, _WINDOW_FALLS_V = 0.4, 0.3945  # the TPS3700's thresholds
_SENSORS = (("RT1", "R80"), ("RT2", "R81"))


def _beside(one_ohm: float, other_ohm: float) -> float:
    return one_ohm * other_ohm / (one_ohm + other_ohm)


def _ntc(part: Part, at_25_ohm: float, degrees: float) -> float:
    return at_25_ohm * exp(part.beta * (1 / (degrees + 273.15) - 1 / 298.15))


def _sensor_v(circuit: Circuit, ohm: Callable[[str], float], pair: tuple[str, str], degrees: float) -> float:
    ntc, pull_up = pair
    ntc_ohm = _ntc(circuit.parts[ntc], ohm(ntc), degrees)
    return 3.3 * ntc_ohm / (ntc_ohm + ohm(pull_up))


def _ohms(value: float) -> str:
    return f"{value / 1000:.0f} kΩ"
