"""What the circuit's values come to, by formula: thresholds, temperatures, limits. What takes time is for ngspice."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import exp, log
from types import ModuleType

from kneecircuit.netlist import Circuit, CircuitError, Part, value_of
from kneecircuit.spice import OVER_V, REFERENCE_V

RAIL_V = 5.0
PIN_V = 3.3  # the board's own supply, which dividers and pins hang on
WINDOW_V, WINDOW_FALLS_V = 0.4, 0.3945  # the TPS3700's thresholds, of a level that rises and of one that falls
MIRROR_A_A = 1500e-6  # what the DRV8231A tells of each ampere
_KELVIN, _T25_K = 273.15, 298.15

# A part's value by its reference: ohm, farad or ampere.
Values = Callable[[str], float]


def nominal(circuit: Circuit, board: ModuleType) -> Values:
    """Return the values as the circuit states them, on a board."""
    return lambda ref: value_of(circuit.parts[ref], board)


def beside(one_ohm: float, other_ohm: float) -> float:
    """Return two resistors in parallel."""
    return one_ohm * other_ohm / (one_ohm + other_ohm)


@dataclass(frozen=True)
class Enable:
    """The charge pump and its comparator, as the plant has them (kneesim.pump)."""

    pump_uf: float
    store_uf: float
    bleed_ohm: float
    on_v: float
    hysteresis_v: float
    rest_v: float  # what the store would fall to while the comparator is on

    @property
    def off_v(self) -> float:
        """Return the volts at which it lets go."""
        return self.on_v - self.hysteresis_v


def enable(value: Values, reference_v: float = REFERENCE_V, rail_v: float = RAIL_V) -> Enable:
    """Return what C1, C2 and R10 to R12 make of the comparator's reference, its offset included, and the rail."""
    low_ohm = beside(value("R11"), value("R12"))
    return Enable(
        value("C1") * 1e6,
        value("C2") * 1e6,
        value("R10") + low_ohm,
        reference_v * (1.0 + value("R10") / low_ohm),
        rail_v * value("R10") / value("R12"),
        rail_v * value("R11") / (value("R11") + value("R12")),
    )


def rail_ends_v(value: Values) -> tuple[float, float]:
    """Return where the window detector says that the rail has become too low, and too high."""
    whole_ohm = _window_ohm(value)
    return WINDOW_FALLS_V * whole_ohm / (value("R2") + value("R3")), WINDOW_V * whole_ohm / value("R3")


def rail_again_v(value: Values) -> float:
    """Return where a rail that was too low is good again."""
    return WINDOW_V * _window_ohm(value) / (value("R2") + value("R3"))


def _window_ohm(value: Values) -> float:
    return value("R1") + value("R2") + value("R3")


def over_v(value: Values) -> float:
    """Return from how many volts on the supply is cut off."""
    return OVER_V * (1.0 + value("R8") / value("R9"))


def ntc_ohm(part: Part, degrees: float) -> float:
    """Return an NTC's resistance, nominal."""
    if not isinstance(part.value, float | int):
        raise CircuitError(f"{part.ref} has no value of its own.")
    return part.value * exp(part.beta * (1.0 / (degrees + _KELVIN) - 1.0 / _T25_K))


def ntc_c(part: Part, ohm: float) -> float:
    """Return the degrees at which an NTC has so many ohms, nominal."""
    if not isinstance(part.value, float | int):
        raise CircuitError(f"{part.ref} has no value of its own.")
    return 1.0 / (1.0 / _T25_K + log(ohm / part.value) / part.beta) - _KELVIN


def trip_c(circuit: Circuit, value: Values) -> tuple[float, float]:
    """Return at how many degrees the comparator opens the heaters' switch, and how much cooler it closes it."""
    ntc = circuit.parts["RT11"]
    # While it is cool R37 goes to ground, while it is hot to the rail; the rail's volts cancel.
    trips_ohm = value("R31") * beside(value("R36"), value("R37")) / value("R35")
    closes_ohm = value("R31") * value("R36") / beside(value("R35"), value("R37"))
    trips_c = ntc_c(ntc, trips_ohm)
    return trips_c, trips_c - ntc_c(ntc, closes_ohm)


def roller_limit_ma(value: Values) -> float:
    """Return the current at which the roller's bridge limits."""
    return PIN_V * value("R62") / (value("R61") + value("R62")) / value("R60") / MIRROR_A_A * 1000.0


def roller_full_ma(value: Values, reference_mv: float) -> float:
    """Return the roller's current that reads as the converter's reference."""
    return reference_mv / value("R60") / MIRROR_A_A


def number_in(words: str, unit: str) -> float:
    """Return the number before a unit in the words of parts.toml. Raises CircuitError if there is not exactly one."""
    found = re.findall(rf"([\d.]+) {re.escape(unit)}\b", words)
    if len(found) != 1:
        raise CircuitError(f"parts.toml: one number of {unit} is wanted in {words!r}.")
    return float(found[0])
