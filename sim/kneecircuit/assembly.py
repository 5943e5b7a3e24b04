"""docs/assembly.md: in which order to build the circuit, and what to measure before the next step; every number from
the data.
"""

from pathlib import Path
from types import ModuleType

from kneecircuit import rows, values
from kneecircuit.checks import HYSTERESIS_C, TRIP_C
from kneecircuit.drawing import value_words
from kneecircuit.netlist import Circuit
from kneecircuit.parts import Order
from massager.core import limits

TEMPLATE = Path(__file__).with_name("assembly.md.in")


def text(circuit: Circuit, orders: dict[str, Order], board: ModuleType) -> str:
    """Return the page."""
    ohm = values.nominal(circuit, board)

    def refs(block: str) -> str:
        return " ".join(part.ref for part in circuit.of_block(block))

    rail_ohm = ohm("R1") + ohm("R2") + ohm("R3")
    rail_least_v, rail_most_v = values.rail_ends_v(ohm)
    enable = values.enable(ohm)
    cool_ohm = values.beside(ohm("R36"), ohm("R37"))
    words = {block: refs(block) for block in circuit.blocks}
    words.update({ref: orders[circuit.parts[ref].bom].part for ref in ("J1", "F2")})
    back_c = TRIP_C - sum(HYSTERESIS_C) / 2
    return TEMPLATE.read_text(encoding="utf-8").format(
        **words,
        F1=value_words(circuit.parts["F1"]),
        rail_low=values.RAIL_V * (ohm("R2") + ohm("R3")) / rail_ohm,
        rail_high=values.RAIL_V * ohm("R3") / rail_ohm,
        over=values.over_v(ohm),
        rail_least=rail_least_v,
        rail_again=values.rail_again_v(ohm),
        rail_most=rail_most_v,
        enable_on=enable.on_v,
        enable_off=enable.off_v,
        ntc_25=_ohms(ohm("RT11")),
        ntc_trip=_ohms(values.ntc_ohm(circuit.parts["RT11"], TRIP_C + 1.5)),
        ntc_back=_ohms(values.ntc_ohm(circuit.parts["RT11"], back_c - 1.5)),
        back=back_c - 1.5,
        hot_reference=values.RAIL_V * cool_ohm / (cool_ohm + ohm("R35")),
        sense=values.RAIL_V * ohm("R43") / (ohm("R42") + ohm("R43")),
        roller_limit=values.PIN_V * ohm("R62") / (ohm("R61") + ohm("R62")),
        alike=rows.ALIKE * 100,
        sensor_least=min(_sensor_v(circuit, ohm, pair, 28) for pair in _SENSORS),
        sensor_most=max(_sensor_v(circuit, ohm, pair, 18) for pair in _SENSORS),
        surface=limits.SURFACE_UW_SQ_MM / 10000,
        let_go=limits.LET_GO_MS,
    )


_SENSORS = [row[0] for row in rows.ROWS.values()]


def _sensor_v(circuit: Circuit, ohm: values.Values, pair: tuple[str, str], degrees: float) -> float:
    ntc, pull_up = pair
    ntc_ohm = values.ntc_ohm(circuit.parts[ntc], degrees)
    return values.PIN_V * ntc_ohm / (ntc_ohm + ohm(pull_up))


def _ohms(value: float) -> str:
    return f"{value / 1000:.0f} kΩ"
