"""The dead-man enable: a charge pump that only a toggling alive pin keeps up.

The pin drives a pump capacitor; each rising edge shares its charge through a diode with a store capacitor,
each falling edge refills it through the other diode, and a bleed resistor empties the store all the time.
A comparator with hysteresis on the store opens the supply of heater and motors. A level that stands still,
high or low, moves no charge. The values are a proposal that gives the required times (on with 20 ms toggles,
held 60 ms, let go by 400 ms); they are still to be checked in ngspice, diode leakage above all, since the
bleed carries only 6 µA.
"""

from .thermistor import exp

# Lowest and highest plausible value: the part's tolerance.
PUMP_RANGES = (
    ("drive_v", 3.2, 3.4),
    ("diode_v", 0.15, 0.35),
    ("pump_uf", 0.42, 0.52),
    ("store_uf", 0.9, 1.1),
    ("bleed_ohm", 326700.0, 333300.0),
    ("on_v", 1.67, 1.73),
    ("off_v", 1.4, 1.46),
)


class PumpParams:
    """The charge pump's parts (a proposal); tolerance 10 % for capacitors and 1 % for resistors."""

    def __init__(self) -> None:
        # V, the pin's swing: the Pico's 3.3 V rail.
        self.drive_v = 3.3
        # V, one Schottky diode of the BAT54 kind at microamperes.
        self.diode_v = 0.25
        # µF, pump and store capacitor. Each rising edge closes 0.47 / 1.47 = 32 % of the gap to 2.8 V.
        self.pump_uf = 0.47
        self.store_uf = 1.0
        # ohm; with the store capacitor a time constant of 330 ms.
        self.bleed_ohm = 330000.0
        # V, the comparator's thresholds from a 1 % divider of the rail. Toggling holds 2.0 to 2.25 V;
        # 330 ms x ln(2.25 / 1.43) = 150 ms from the last rising edge to let-go.
        self.on_v = 1.7
        self.off_v = 1.43


class ChargePump:
    """The charge pump and its comparator; times are microseconds of a clock that never goes back.

    It starts empty with the pin low, so the first edge is a rising one.
    """

    def __init__(self, params: PumpParams) -> None:
        self._p = params
        self._full_v = params.drive_v - 2.0 * params.diode_v
        self._share = params.pump_uf / (params.pump_uf + params.store_uf)
        self._bleed_us = params.bleed_ohm * params.store_uf
        self._on_v = params.on_v
        self._off_v = params.off_v
        self._is_pin_high = False
        self._was_on = False
        self._store_v = 0.0
        self._since_us = 0

    def take_store(self, store_uf: float) -> None:
        """Put in another store capacitor, an empty one."""
        self._share = self._p.pump_uf / (self._p.pump_uf + store_uf)
        self._bleed_us = self._p.bleed_ohm * store_uf
        self._store_v = 0.0

    def volts(self, now_us: int) -> float:
        """Voltage of the store capacitor at `now_us`, V."""
        return self._store_v * exp((self._since_us - now_us) / self._bleed_us)

    def is_on(self, now_us: int) -> bool:
        """Whether heater and motors have their supply at `now_us`."""
        if not self._was_on:
            return False
        # exp(-x) lies between 1 - x and 1 / (1 + x), which spares the exp on nearly every call.
        x = (now_us - self._since_us) / self._bleed_us
        if self._store_v * (1.0 - x) >= self._off_v:
            return True
        if self._store_v < self._off_v * (1.0 + x):
            return False
        return self.volts(now_us) >= self._off_v

    def edge(self, now_us: int) -> None:
        """The alive pin toggled at `now_us`."""
        self._is_pin_high = not self._is_pin_high
        if not self._is_pin_high:
            return
        store_v = self.volts(now_us)
        still_on = self._was_on and store_v >= self._off_v
        if store_v < self._full_v:
            store_v += (self._full_v - store_v) * self._share
        self._was_on = still_on or store_v >= self._on_v
        self._store_v = store_v
        self._since_us = now_us

    def discharge(self, now_us: int) -> None:
        """STOP or the over-temperature comparator shorted the store at `now_us`: off until several new edges.

        While the short lasts call it every tick; one edge between two calls cannot turn the enable on.
        """
        self._store_v = 0.0
        self._since_us = now_us
        self._was_on = False
