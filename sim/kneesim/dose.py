"""Heat dose: cumulative equivalent minutes at 43 °C (CEM43), after Sapareto and Dewey (1984).

A minute at T counts as R^(43 - T) minutes, R = 0.5 from 43 °C on and 0.25 below. Runs on CPython and inside the
MicroPython VM, with the same bits on both.
"""

from kneesim.thermistor import LN2, exp

_REFERENCE_C = 43.0


def cem43_rate(skin_c: float) -> float:
    """Return how many equivalent minutes a minute at skin_c (°C) counts as."""
    above_c = skin_c - _REFERENCE_C
    return exp(above_c * (LN2 if above_c >= 0.0 else 2.0 * LN2))
