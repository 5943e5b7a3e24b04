"""The heat of a session alone, quickly: the simulated pad, knee and sensors with the firmware's own heat control and
checks, in turns of a second. Twenty minutes take a sixth of one.

Left out are what is judged tick by tick and the soft limit: whatever holds without them holds with them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from kneesim.dose import cem43_rate
from kneesim.engines import ROOT
from kneesim.heat import Heat
from kneesim.noise import Noise
from kneesim.ntc import Ntc
from kneesim.plant import RAIL_V
from kneesim.plants import Drawn
from kneesim.power import load_board
from kneesim.thermistor import Adc12
from massager.core import faults, limits, signals
from massager.core.dose import Dose
from massager.core.heater import Heater
from massager.core.sensors import table_mc
from massager.core.thermal import Thermal

_STEP_S = 0.2  # the longest that Heat takes
_TICKS = 50
_TICK_S = 0.02
_TURN_MS = 1000
_AIR_KEEPS, _SKIN_KEEPS = 0.905, 0.607  # of a sensor's distance after a second: the plant's lags of 10 and 2 s
_READINGS = 2  # a second, whose mean control and checks get
_RESTS_S = 5

BOARD = load_board(str(ROOT / "boards/pico"), str(ROOT / "firmware"))


@dataclass
class Reading:
    """A sensor as Thermal sees it."""

    mc: int = 0


@dataclass(frozen=True)
class Act:
    """What happens at a second of the session: an attribute of Warm or of its heat gets a value, or something is
    done.
    """

    at_s: int
    what: str
    value: float = 0.0


class Warm:
    """A session. `second` lets one pass; `do` changes something; what came of it are attributes.

    level: of heat, 0 to 3. Of the faults broken and welded are the heater's and swapped is the sensors'; the rest is
    done to skin_ntc and pad_ntc. is_judged: what trips ends the heat, but somebody presses MODE 5 s after each pause
    for a pad that is not worn.
    """

    def __init__(self, drawn: Drawn, is_judged: bool) -> None:
        params, facts = drawn.params(), drawn.facts()
        board = _Pad(facts.get("PAD_MW", BOARD.PAD_MW), facts.get("PAD_MJ_K", BOARD.PAD_MJ_K))
        params.heat.pad_w = board.PAD_MW / 1000 * params.pad_w_times
        params.heat.pad_total_j_k = board.PAD_MJ_K / 1000 * params.pad_j_times
        self.heat = Heat(params.heat)
        self.heat.fold(params.fold_times)
        self.watts = params.heat.pad_w * (params.supply_v / RAIL_V) ** 2
        noise = Noise(drawn.number + 1)
        convert = Adc12(noise).read_u16
        self.skin_ntc = Ntc(BOARD.SKIN_NTC_PULL_UP_OHM, params.skin_ntc, convert, drawn.number + 2)
        self.pad_ntc = Ntc(BOARD.PAD_NTC_PULL_UP_OHM, params.pad_ntc, convert, drawn.number + 3)
        self.heater = Heater()
        self.heater.begin()
        self.thermal = Thermal(board)
        self.dose = Dose()  # at the skin, as it is read (SAF-15)
        self.level = 3
        self.is_playing = True
        self.swapped = False
        self.broken = False
        self.welded = False
        self.is_judged = is_judged
        self.now_s = 0
        self.judged_s = 0  # since the session began or went on
        self.skin, self.pad = Reading(), Reading()
        self.found = ""  # what tripped first
        self.found_s = 0
        self.peak_c = 0.0
        self.cem43_min = 0.0
        self._on_ticks = 0
        self._resumes_s = 0
        self._out = signals.Outputs()
        self._worn_w_k = self.heat.contact_w_k
        self._sensor_c = self.heat.hottest_skin_c()
        self._is_in_air = False
        self._is_settled = True

    def do(self, act: Act) -> None:
        """Let something happen."""
        ntc, _, fault = act.what.partition(".")
        if fault:
            getattr(self, ntc).disturb(fault, act.value)
        elif act.what == "contact":
            self._worn_w_k = self.heat.contact_w_k = act.value
        elif act.what == "fold":
            self.heat.fold(act.value)
        elif act.what == "pause":
            self.is_playing = not act.value
        elif act.what == "off the skin":
            self._take_off(bool(act.value))
        elif act.what == "off the knee":
            self._take_off(bool(act.value))
            self.heat.contact_w_k = 0.0 if act.value else self._worn_w_k
        elif act.what == "cold":
            self._put_on_cold()
        else:
            setattr(self, act.what, int(act.value))

    def _take_off(self, is_off: bool) -> None:
        if self._is_settled:
            self._sensor_c = self.heat.hottest_skin_c()
        self._is_in_air = is_off
        self._is_settled = False

    def _put_on_cold(self) -> None:
        """Let the device have lain in the room until now."""
        heat = self.heat
        heat.element_c = heat.pad_c = heat.fold_element_c = heat.fold_pad_c = heat.ambient_c
        self._sensor_c = heat.ambient_c
        self._is_settled = False

    def pad_below_mc(self) -> int:
        """Return how far the pad reads below its bound."""
        return self.thermal.bounds.pad_least_mc - self.pad.mc

    def skin_above_mc(self) -> int:
        """Return how far the skin reads above its upper bound."""
        return self.skin.mc - self.thermal.bounds.skin_most_mc

    def skin_below_mc(self) -> int:
        """Return how far the skin reads below its lower bound."""
        return self.thermal.bounds.skin_least_mc - self.skin.mc

    def ideal_codes(self) -> "tuple[float, float]":
        """Return the codes of the dividers of skin and pad, without the converter's noise and steps."""
        return self.skin_ntc.ideal_code(self._sensor_c), self.pad_ntc.ideal_code(self.heat.hottest_pad_c())

    def second(self) -> None:
        """Let a second pass, then measure, judge and plan the next."""
        heater_ticks = 0 if self.broken else self._on_ticks
        if self.welded and self.is_playing:
            heater_ticks = _TICKS
        readings = [self._warm(heater_ticks, part) for part in range(_READINGS)]
        self.skin.mc = sum(skin_mc for skin_mc, _ in readings) // _READINGS
        self.pad.mc = sum(pad_mc for _, pad_mc in readings) // _READINGS
        self.now_s += 1
        if self.now_s == self._resumes_s:
            self.is_playing = True
        self.judged_s = self.judged_s + 1 if self.is_playing else 0
        self._judge()
        self._control()

    def _warm(self, heater_ticks: int, part: int) -> "tuple[int, int]":
        """Let a part of the second pass and return what is read then."""
        first, last = part * _TICKS // _READINGS, (part + 1) * _TICKS // _READINGS
        hot_ticks = max(0, min(heater_ticks, last) - first)
        self._step(hot_ticks * _TICK_S, self.watts)
        self._step((last - first - hot_ticks) * _TICK_S, 0.0)
        hottest_c = self.heat.hottest_skin_c()
        self.peak_c = max(self.peak_c, hottest_c)
        self.cem43_min += cem43_rate(hottest_c) / 60 / _READINGS
        return self._read()

    def _step(self, left_s: float, watts: float) -> None:
        while left_s > _TICK_S / 2:
            dt_s = min(left_s, _STEP_S)
            self.heat.step(dt_s, watts)
            left_s -= dt_s

    def _read(self) -> "tuple[int, int]":
        heat = self.heat
        to_c = (heat.pad_c + heat.ambient_c) / 2 if self._is_in_air else heat.hottest_skin_c()
        keeps = (_AIR_KEEPS if self._is_in_air else _SKIN_KEEPS) ** (1 / _READINGS)
        self._sensor_c = to_c if self._is_settled else to_c + (self._sensor_c - to_c) * keeps
        self._is_settled = not self._is_in_air and abs(self._sensor_c - to_c) < 0.02
        temps_c = {"skin_ntc": self._sensor_c, "pad_ntc": heat.hottest_pad_c()}
        first, second = ("pad_ntc", "skin_ntc") if self.swapped else ("skin_ntc", "pad_ntc")
        now_us = self.now_s * 1_000_000
        return (
            table_mc(BOARD.SKIN_NTC_MC, self.skin_ntc.read(temps_c[first], now_us)),
            table_mc(BOARD.PAD_NTC_MC, self.pad_ntc.read(temps_c[second], now_us)),
        )

    def _judge(self) -> None:
        out, thermal = self._out, self.thermal
        set_mc = limits.SKIN_SET_MC[self.level]
        for _ in range(5):
            self.heater.count(self.pad.mc, _TURN_MS // 5)
            self.dose.step(self.skin.mc, _TURN_MS // 5)
        for is_on, ticks in ((True, self._on_ticks), (False, _TICKS - self._on_ticks)):
            out.is_heater_on = is_on
            thermal.follow(ticks * _TURN_MS // _TICKS, out, set_mc > 0)
        fault = thermal.step(_TURN_MS, self.is_playing, self)  # type: ignore[arg-type]
        if self.skin.mc >= limits.SKIN_CUTOFF_MC:
            fault = faults.SKIN_HOT
        elif self.pad.mc >= limits.PAD_CUTOFF_MC:
            fault = faults.PAD_HOT
        name = faults.TABLE[fault][0] if fault else "not_worn" if thermal.is_unworn else ""
        if name and not self.found:
            self.found, self.found_s = name, self.now_s
        if name and self.is_judged:
            self.is_playing = False
            if not fault:
                self._resumes_s = self.now_s + _RESTS_S

    def _control(self) -> None:
        is_allowed = self.is_playing and self.dose.ms < limits.DOSE_SESSION_MS
        set_mc = limits.SKIN_SET_MC[self.level] if is_allowed else 0
        self.heater.set_point(set_mc)
        self._on_ticks = self.heater.plan(self.skin.mc, self.pad.mc) if set_mc else 0


@dataclass(frozen=True)
class _Pad:
    """What Thermal wants to know of a board."""

    PAD_MW: int
    PAD_MJ_K: int


def play(warm: Warm, acts: "list[Act]", length_s: int, each: "Callable[[Warm], object] | None" = None) -> None:
    """Play a session of so many seconds; `each` is called after every one."""
    left = sorted(acts, key=lambda act: act.at_s)
    for second in range(length_s):
        while left and left[0].at_s <= second:
            warm.do(left.pop(0))
        warm.second()
        if each is not None:
            each(warm)
