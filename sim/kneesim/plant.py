"""Everything the board's wires go to, put together from the board file: pad, skin, sensors, motors, enable, supply,
buttons.

Physics is computed up to the present whenever the firmware reads a sensor or an output changes, in steps of at most
25 ms.
"""

from kneesim import events
from kneesim.chip import Chip
from kneesim.chips import KINDS
from kneesim.dose import cem43_rate
from kneesim.heat import Heat, HeatParams
from kneesim.motors import Roller, RollerParams, SideMotor, SideParams
from kneesim.noise import Noise
from kneesim.ntc import Ntc, NtcParams
from kneesim.pump import ChargePump, PumpParams
from kneesim.rtc import Ds3231
from kneesim.thermistor import Adc12

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_FULL_PM = 1000
# What has a pull-down, by the board file's names: it must stay off while the chip drives nothing.
SWITCHED = ("HEATER", "INFRARED", "ROLLER_IN1", "ROLLER_IN2", "INNER", "OUTER")
_STEP_US = 25000  # a tick and its jitter in one step

_ADC_NOISE_MV = 6  # with the 100 nF at the pin that its data sheet asks for

RAIL_V = 5.0
# Where the supervisor's output is high: what the circuit's takes for good at its worst, so that the plant is no kinder.
# The supply itself is one of 5 V within 10 %.
RAIL_GOOD_V = (4.29, 5.6)

# SAF-18. The comparator has NTCs of its own, a row of them as the two sensors are, and the hottest trips it: with one
# where the pad lies flat, skin in a fold passes 48. Untrimmed it trips at 45 +-1 degrees, and closes 1.9 to 2.0 degrees
# below that (docs/circuit.md; the least of it heats most). It opens a switch of its own in series with the heaters, so
# that it also works while the enable cannot let go, and discharges the enable.
_CUT_OUT_C = 45.0
CUT_OUT_HYSTERESIS_C = 1.9
# The fuse is pressed onto the element. In healthy use that is hottest at a pad of 42.5 (SAF-04) under full power at
# 5.5 V, 12.1 W, through the worst plausible joint of 0.8 W/K: 42.5 + 15 = 58 degrees. Of the common ratings 72 is the
# lowest that leaves a margin above it; such fuses open up to 10 degrees below their rating, and this one at the rating,
# which is the hot side.
_FUSE_C = 72.0

# A skin sensor that is off the skin hangs in air that the pad warms half way, and takes its time: a bare bead of 3 mm
# has a time constant of some ten seconds in still air, and of about two against skin.
_AIR_LAG_S = 10.0
_SKIN_LAG_S = 2.0
_ARRIVED_C = 0.02

_DOSE_US = 250_000  # skin is slow: its dose need not be reckoned at each step


class AdcMicrovolts:
    """An ESP32's converter as MicroPython's read_uv() gives it: whole millivolts between ends_mv, short of a rail."""

    def __init__(self, noise: Noise, reference_mv: int, ends_mv: "tuple[int, int]") -> None:
        self._noise = noise
        self._least_mv, self._most_mv = ends_mv
        self._reference_mv = reference_mv

    def read(self, ideal_code: float) -> int:
        """Return the microvolts for an ideal code of 0 to 65535 of the reference."""
        mv = int(ideal_code * self._reference_mv / 65535.0) + self._noise.spread(_ADC_NOISE_MV)
        return min(max(mv, self._least_mv), self._most_mv) * 1000


class PlantParams:
    """What one device on one knee is like; change attributes before handing it to Plant. The pad's power and heat
    capacity in `heat` are left aside: they are the board file's, times pad_w_times and pad_j_times.
    """

    def __init__(self) -> None:
        self.heat = HeatParams()
        self.roller = RollerParams()
        self.side = SideParams()
        self.pump = PumpParams()
        self.skin_ntc = NtcParams()
        self.pad_ntc = NtcParams()
        self.pad_w_times = 1.0
        self.pad_j_times = 1.0
        self.roller_stall_times = 1.0
        self.roller_limit_times = 1.0
        self.supply_v = RAIL_V
        self.fold_times = 0.0  # 0: flat
        self.cut_out_c = _CUT_OUT_C
        self.fuse_c = _FUSE_C


class Plant:
    """A person's knee in the device. Temperatures and loads are attributes of heat, roller, inner and outer.

    What is broken: heater_switch is ok, welded or dead (never conducts); lamp_switch too; heater_wire ok or broken;
    enable ok, shorted or dead; heater_sense, lamp_sense and rail_sense None or the level that they are stuck at.
    """

    def __init__(self, chip: Chip, board: "Any", seed: int, params: "PlantParams | None" = None) -> None:
        chip.kind = KINDS[board.CHIP]
        p = PlantParams() if params is None else params
        self.pad_w = board.PAD_MW / 1000.0 * p.pad_w_times  # at 5.0 V
        p.heat.pad_w = self.pad_w
        p.heat.pad_total_j_k = board.PAD_MJ_K / 1000.0 * p.pad_j_times
        self.heat = Heat(p.heat)
        self.heat.fold(p.fold_times)
        p.roller.stall_ma = board.ROLLER_STALL_MA * p.roller_stall_times
        p.roller.limit_ma = board.ROLLER_LIMIT_MA * p.roller_limit_times
        self.lamp_w = p.heat.lamp_w if "infrared" in board.FEATURES else 0.0
        self.supply_v = p.supply_v
        self.roller = Roller(p.roller)
        self.inner = SideMotor(p.side)
        self.outer = SideMotor(p.side)
        self.pump = ChargePump(p.pump)
        self.cut_out_c = p.cut_out_c
        self.fuse_c = p.fuse_c
        self.is_cut_out = False  # the comparator holds the heaters' own series switch open and the enable down
        self.is_fuse_open = False  # for good
        self.heater_switch = "ok"
        self.lamp_switch = "ok"
        self.heater_wire = "ok"
        self.enable = "ok"
        self.heater_sense: "int | None" = None
        self.lamp_sense: "int | None" = None
        self.rail_sense: "int | None" = None
        self.roller_current = "ok"  # the sense output of the roller's driver
        self.are_swapped = False  # the sensors' connectors
        self.mux = ""  # "skin_ntc" or "pad_ntc": the converter reads this one for all its inputs
        self.is_cut_out_dead = False
        self.is_fuse_bridged = False
        # STOP's contact for the chip; the one that discharges the enable has wires of its own.
        self.is_stop_wire_broken = False
        self.is_stop_contact_stuck = False
        self.has_stop_contact = True  # that one
        self.is_stop_open = False  # wired to a contact that is normally open
        self.roller_way = 1  # -1: its wires are exchanged
        self.are_sides_swapped = False
        self.are_lamps_wired = True
        self.skin_ntc_held_c: "float | None" = None  # a hand's or the table's temperature, if it lies there
        self.is_row_bridged = False  # a maker's resistor across an NTC of the comparator's row, which makes it seem hot
        self.floating: "set[str]" = set()  # outputs whose pull-down is not there, by the board file's names
        self.faults: "dict[tuple[str, str], Callable[[], object]]" = {}  # by place and name: what ends each
        self.is_skin_ntc_off = False  # the sensor hangs in the air
        self.peak_skin_c = self.heat.hottest_skin_c()
        self.cem43_min = 0.0  # of the true skin where it is hottest, since the start
        self._chip = chip
        self._clock = chip.clock
        self._board = board
        self._until_us = chip.clock.now_us
        self._dosed_us = self._until_us
        self._skin_ntc_c = self.heat.skin_c
        self._is_skin_ntc_settled = True
        self._worn_w_k = self.heat.contact_w_k
        self._is_down = {"stop": False, "mode": False, "strength": False, "heat": False}
        noise = Noise(seed)
        convert = Adc12(noise).read_u16
        if board.ADC_READS_UV:
            convert = AdcMicrovolts(noise, board.ADC_REFERENCE_MV, chip.kind.adc_ends_mv).read
        self._convert = convert
        self.skin_ntc = Ntc(board.SKIN_NTC_PULL_UP_OHM, p.skin_ntc, convert, seed + 1)
        self.pad_ntc = Ntc(board.PAD_NTC_PULL_UP_OHM, p.pad_ntc, convert, seed + 2)
        self.rtc = Ds3231(chip) if "rtc" in board.FEATURES else None
        self._wire()

    def _wire(self) -> None:
        chip = self._chip
        board = self._board
        chip.adc[board.PIN_SKIN_NTC] = self._read_skin
        chip.adc[board.PIN_PAD_NTC] = self._read_pad
        chip.adc[board.PIN_ROLLER_CURRENT] = self._read_current
        chip.listen[board.PIN_ALIVE] = self._on_alive
        chip.listen[board.PIN_HEATER] = self.advance
        chip.listen[board.PIN_INFRARED] = self.advance
        chip.before_reset = self.advance
        # STOP is normally closed to ground, the others normally open.
        chip.drive[board.PIN_STOP] = self._read_stop
        chip.drive[board.PIN_MODE] = lambda: 0 if self._is_down["mode"] else None
        chip.drive[board.PIN_STRENGTH] = lambda: 0 if self._is_down["strength"] else None
        chip.drive[board.PIN_HEAT] = lambda: 0 if self._is_down["heat"] else None
        chip.drive[board.PIN_HEATER_SENSE] = self._read_heater_sense
        chip.drive[board.PIN_INFRARED_SENSE] = self._read_lamp_sense
        chip.drive[board.PIN_RAIL_GOOD] = self._read_rail
        for name in SWITCHED:
            chip.drive[getattr(board, "PIN_" + name)] = self._pull_of(name)
        if self.rtc is not None:
            self.fit_rtc(self.rtc)

    def _pull_of(self, name: str) -> "Callable[[], int | None]":
        # 10 k against the chip's own pull-up of 50 k.
        return lambda: None if name in self.floating else 0

    def fit_rtc(self, rtc: Ds3231) -> None:
        """Put a battery clock, an earlier device's perhaps, onto the board's bus."""
        self.rtc = rtc
        rtc.connect(self._chip)
        self._chip.i2c[self._board.PIN_RTC_SDA, self._board.PIN_RTC_SCL] = rtc

    def advance(self) -> None:
        """Bring the physics up to the present, with the outputs as they have been since the last time."""
        now_us = self._clock.now_us
        while self._until_us < now_us:
            dt_us = min(now_us - self._until_us, _STEP_US)
            self._until_us += dt_us
            self._step(dt_us / 1000000)

    def _step(self, dt_s: float) -> None:
        chip = self._chip
        board = self._board
        heat = self.heat
        if (self._is_down["stop"] and self.has_stop_contact) or self.is_cut_out:
            self.pump.discharge(self._until_us)
        if self.is_enabled(self._until_us):
            drive = self.supply_v / RAIL_V
            way_pm = chip.output_pm(board.PIN_ROLLER_IN1) - chip.output_pm(board.PIN_ROLLER_IN2)
            roller_pm = drive * (_FULL_PM if self.roller.is_welded else way_pm) * self.roller_way
            inner_pm = drive * (_FULL_PM if self.inner.is_welded else chip.output_pm(board.PIN_INNER))
            outer_pm = drive * (_FULL_PM if self.outer.is_welded else chip.output_pm(board.PIN_OUTER))
            if self.are_sides_swapped:
                inner_pm, outer_pm = outer_pm, inner_pm
            heater_w = 0.0
            if _conducts(self.heater_switch, chip.level[board.PIN_HEATER]) and self._has_heater():
                heater_w = self.pad_w * drive * drive
            if self._has_lamp() and _conducts(self.lamp_switch, chip.level[board.PIN_INFRARED]):
                heat.shine(dt_s, self.lamp_w * drive * drive)
        else:
            roller_pm = inner_pm = outer_pm = 0
            heater_w = 0.0
        heat.step(dt_s, heater_w)
        self.roller.step(dt_s, roller_pm)
        self.inner.step(dt_s, inner_pm)
        self.outer.step(dt_s, outer_pm)
        if not self._is_skin_ntc_settled:
            self._move_skin_ntc(dt_s)
        self._protect()
        if self._until_us - self._dosed_us >= _DOSE_US:
            self._take_dose()

    def is_enabled(self, now_us: int) -> bool:
        """Return True while heater and motors have their supply."""
        if self.enable == "ok":
            return self.pump.is_on(now_us)
        return self.enable == "shorted"

    def _has_heater(self) -> bool:
        return self.heater_wire == "ok" and not self.is_fuse_open and not self.is_cut_out

    def _has_lamp(self) -> bool:
        return self.lamp_w > 0.0 and not self.is_cut_out

    def _protect(self) -> None:
        """Let the hardware's own cut-outs see how warm it is, and note the highest skin temperature."""
        heat = self.heat
        pad_c = heat.hottest_pad_c()
        if pad_c >= self.cut_out_c or self.is_cut_out or self.is_row_bridged:
            is_hot = self.is_row_bridged or pad_c >= self.cut_out_c - CUT_OUT_HYSTERESIS_C
            self.is_cut_out = is_hot and not self.is_cut_out_dead
        if heat.element_c >= self.fuse_c and not self.is_fuse_bridged:
            self.is_fuse_open = True
        skin_c = heat.hottest_skin_c()
        if skin_c > self.peak_skin_c:
            self.peak_skin_c = skin_c

    def _take_dose(self) -> None:
        minutes = (self._until_us - self._dosed_us) / 60000000.0
        self.cem43_min += minutes * cem43_rate(self.heat.hottest_skin_c())
        self._dosed_us = self._until_us

    def _move_skin_ntc(self, dt_s: float) -> None:
        heat = self.heat
        if self.is_skin_ntc_off:
            to_c = (heat.pad_c + heat.ambient_c) / 2.0
            self._skin_ntc_c += (to_c - self._skin_ntc_c) * dt_s / _AIR_LAG_S
            return
        to_c = heat.hottest_skin_c()
        self._skin_ntc_c += (to_c - self._skin_ntc_c) * dt_s / _SKIN_LAG_S
        self._is_skin_ntc_settled = abs(to_c - self._skin_ntc_c) < _ARRIVED_C

    def take_skin_ntc_off(self, is_off: bool) -> None:
        """Let the skin's sensor hang in the air near the pad, or lie on the skin again."""
        self.advance()
        if self._is_skin_ntc_settled:
            self._skin_ntc_c = self.heat.hottest_skin_c()
        self.is_skin_ntc_off = is_off
        self._is_skin_ntc_settled = False

    def take_off(self, is_off: bool) -> None:
        """Take the device off the knee, sensor and all, or put it on again as it sat before."""
        self.take_skin_ntc_off(is_off)
        if is_off and self.heat.contact_w_k:
            self._worn_w_k = self.heat.contact_w_k
        self.heat.contact_w_k = 0.0 if is_off else self._worn_w_k

    def skin_ntc_c(self) -> float:
        """Return how warm the skin's sensor is."""
        if self.skin_ntc_held_c is not None:
            return self.skin_ntc_held_c
        return self.heat.hottest_skin_c() if self._is_skin_ntc_settled else self._skin_ntc_c

    def _on_alive(self) -> None:
        # The pump keeps its own time; the rest of the physics has come up to this tick already.
        self.pump.edge(self._clock.now_us)

    def _read_skin(self) -> int:
        self.advance()
        return self._read_ntc(self.skin_ntc if self.mux != "pad_ntc" else self.pad_ntc)

    def _read_pad(self) -> int:
        self.advance()
        return self._read_ntc(self.pad_ntc if self.mux != "skin_ntc" else self.skin_ntc)

    def _read_ntc(self, ntc: Ntc) -> int:
        is_skin = (ntc is self.skin_ntc) != self.are_swapped
        return ntc.read(self.skin_ntc_c() if is_skin else self.heat.hottest_pad_c(), self._clock.now_us)

    def _read_current(self) -> int:
        self.advance()
        if self.mux:
            return self._read_ntc(getattr(self, self.mux))
        current_ma = self.roller.current_ma if self.roller_current == "ok" else 0.0
        return self._convert(current_ma * 65535 / self._board.ROLLER_CURRENT_FULL_MA)

    def _read_stop(self) -> "int | None":
        is_pressed = self._is_down["stop"] != self.is_stop_open
        is_open = self.is_stop_wire_broken or (is_pressed and not self.is_stop_contact_stuck)
        return None if is_open else 0

    def _read_heater_sense(self) -> int:
        if self.heater_sense is not None:
            return self.heater_sense
        # Without heater nothing pulls the low side up.
        if not self._has_heater() or _conducts(self.heater_switch, self._chip.level[self._board.PIN_HEATER]):
            return 0
        return 1 if self._is_enabled_now() else 0

    def _read_lamp_sense(self) -> int:
        if self.lamp_sense is not None:
            return self.lamp_sense
        if not self._has_lamp() or _conducts(self.lamp_switch, self._chip.level[self._board.PIN_INFRARED]):
            return 0
        return 1 if self._is_enabled_now() else 0

    def _is_enabled_now(self) -> bool:
        self.advance()
        return self.is_enabled(self._clock.now_us)

    def _read_rail(self) -> int:
        if self.rail_sense is not None:
            return self.rail_sense
        return 1 if RAIL_GOOD_V[0] <= self.supply_v <= RAIL_GOOD_V[1] else 0

    def button(self, name: str, is_down: bool) -> None:
        """Press a button or let it go. STOP's second contact keeps the enable discharged while it is pressed
        (SAF-34).
        """
        self.advance()
        self._is_down[name] = is_down

    def do(self, words: str) -> None:
        """Carry out the words of an event, for instance "press stop". Raises ValueError for what events.EVENTS does
        not list.
        """
        events.do(self, words)

    def is_heater_on(self) -> bool:
        """Return True while current flows through the heater or the lamp."""
        self.advance()
        board, chip = self._board, self._chip
        if not self.supply_v or not self.is_enabled(self._clock.now_us):
            return False
        if self._has_heater() and _conducts(self.heater_switch, chip.level[board.PIN_HEATER]):
            return True
        return self._has_lamp() and _conducts(self.lamp_switch, chip.level[board.PIN_INFRARED])

    def are_motors_on(self) -> bool:
        """Return True while any motor is driven and has its supply."""
        self.advance()
        if not self.supply_v or not self.is_enabled(self._clock.now_us):
            return False
        if self.roller.is_welded or self.inner.is_welded or self.outer.is_welded:
            return True
        board, chip = self._board, self._chip
        for pin in (board.PIN_ROLLER_IN1, board.PIN_ROLLER_IN2, board.PIN_INNER, board.PIN_OUTER):
            if chip.output_pm(pin):
                return True
        return False


def _conducts(switch: str, level: int) -> bool:
    return switch == "welded" or (switch == "ok" and level == 1)
