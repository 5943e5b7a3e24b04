"""The dead-man enable: a charge pump that only a toggling alive pin keeps up.

    alive --C1--+-->|--+--R10--+-- comparator --+--> the switch of heater and motors
                ^      |       |                |
                -      C2      +------R12-------+
                |      |       |
                |      |      R11
    ground -----+------+-------+

Each rising edge shares C1's charge with the store C2 through one diode, each falling edge refills C1 through the other,
and resistors empty the store all the time. A comparator opens the supply of heater and motors; its output feeds back,
so that it lets go lower than it turned on, and the store then falls towards a level above zero. While the pin stands
high C1 hangs on the store and both empty together, so the last edge decides how long it lasts. A level that stands
still, high or low, moves no charge.

The numbers are those of boards/circuit.toml with its tolerances; tests/boards/test_plant_enable.py derives each of them
from there and compares the times with what ngspice finds.
"""

from .thermistor import exp

# Lowest and highest value that the parts' tolerances give; the reasons are beside the defaults.
PUMP_RANGES = (
    ("drive_v", 3.2, 3.4),
    ("diode_v", 0.18, 0.24),
    ("pump_uf", 0.85, 1.15),
    ("store_uf", 1.87, 2.53),
    ("bleed_ohm", 83900.0, 89400.0),
    ("on_v", 1.537, 1.66),
    ("hysteresis_v", 0.172, 0.235),
)

# The level that the store falls towards while the comparator is on, in units of the hysteresis: both are made by the
# same resistor from the output, whose volts are the rail's.
REST_OF_HYSTERESIS = 3.1147


class PumpParams:
    """The charge pump's parts: C1, C2, D3, R10 to R12 and U3 of the circuit."""

    def __init__(self) -> None:
        # V, the pin's swing: the Pico's 3.3 V rail.
        self.drive_v = 3.3
        # V, a diode of the BAS70-04 at the microamperes that are left at the end of a tick, the mean of the two: 0.20
        # for the one that refills C1, 0.24 for the one into the store. Its range is that from 40 to 15 degrees.
        self.diode_v = 0.22
        # µF, C1 and C2, 15 %. Each rising edge closes 1 / 3.2 = 31 % of the gap to 2.86 V.
        self.pump_uf = 1.0
        self.store_uf = 2.2
        # ohm, R10 in series with R11 beside R12, 1 %; 4 % less by what warm diodes leak.
        self.bleed_ohm = 88470.0
        # V at the store where the comparator turns on: its reference of 1.21 V (2.5 %, 10 mV) through R10 to R12.
        self.on_v = 1.598
        # V lower it lets go: R10 / R12 of a rail of 4.29 to 5.6 V. Toggling holds 2.02 to 2.28 V; it lets go 138 ms
        # after a last edge that falls, 221 ms after one that rises.
        self.hysteresis_v = 0.2055


class ChargePump:
    """The charge pump and its comparator; times are microseconds of a clock that never goes back.

    It starts empty with the pin low, so the first edge is a rising one.
    """

    def __init__(self, params: PumpParams) -> None:
        self._p = params
        self._full_v = params.drive_v - 2.0 * params.diode_v
        self._share = params.pump_uf / (params.pump_uf + params.store_uf)
        self._high_us = params.bleed_ohm * (params.store_uf + params.pump_uf)
        self._low_us = params.bleed_ohm * params.store_uf
        self._on_v = params.on_v
        self._off_v = params.on_v - params.hysteresis_v
        self._rest_v = REST_OF_HYSTERESIS * params.hysteresis_v
        self._least_v = self._off_v - self._rest_v  # above the rest, where it lets go
        self._is_pin_high = False
        self._bleed_us = self._low_us
        self._was_on = False
        self._store_v = 0.0
        self._since_us = 0

    def take_store(self, store_uf: float) -> None:
        """Put in another store capacitor, an empty one."""
        p = self._p
        self._share = p.pump_uf / (p.pump_uf + store_uf)
        self._high_us = p.bleed_ohm * (store_uf + p.pump_uf)
        self._low_us = p.bleed_ohm * store_uf
        self._bleed_us = self._low_us
        self._store_v = 0.0

    def volts(self, now_us: int) -> float:
        """Voltage of the store capacitor at `now_us`, V."""
        left = exp((self._since_us - now_us) / self._bleed_us)
        if not self._was_on:
            return self._store_v * left
        above_v = (self._store_v - self._rest_v) * left
        if above_v >= self._least_v:
            return self._rest_v + above_v
        # It let go when that was _least_v; since then the store falls towards zero, at the same pace.
        return self._off_v * (above_v / self._least_v)

    def is_on(self, now_us: int) -> bool:
        """Whether heater and motors have their supply at `now_us`."""
        if not self._was_on:
            return False
        # exp(-x) lies between 1 - x and 1 / (1 + x), which spares the exp on nearly every call.
        x = (now_us - self._since_us) / self._bleed_us
        above_v = self._store_v - self._rest_v
        if above_v * (1.0 - x) >= self._least_v:
            return True
        if above_v < self._least_v * (1.0 + x):
            return False
        return self.volts(now_us) >= self._off_v

    def edge(self, now_us: int) -> None:
        """The alive pin toggled at `now_us`."""
        store_v = self.volts(now_us)
        self._was_on = self._was_on and store_v >= self._off_v
        self._is_pin_high = not self._is_pin_high
        self._bleed_us = self._low_us
        if self._is_pin_high:
            self._bleed_us = self._high_us
            if store_v < self._full_v:
                store_v += (self._full_v - store_v) * self._share
            self._was_on = self._was_on or store_v >= self._on_v
        self._store_v = store_v
        self._since_us = now_us

    def discharge(self, now_us: int) -> None:
        """STOP or the over-temperature comparator shorted the store at `now_us`: off until several new edges.

        While the short lasts call it every tick; one edge between two calls cannot turn the enable on.
        """
        self._store_v = 0.0
        self._since_us = now_us
        self._was_on = False
