"""What docs/safety.md allows, written down a second time: numbers as they stand there, none taken from the firmware.

The model sees what goes into the controller and what comes out, keeps a clock and a few flags of its own, and after
each tick says which requirement was broken. It bounds what the device may do; it does not predict it.
"""

from collections import Counter

from heat_model import HeatModel

STOP, MODE, STRENGTH, HEAT = 1, 2, 4, 8
MOTORS = ("roller", "inner", "outer")
STATES = ("idle", "running", "paused", "fault")

_SET_MC = (0, 37_000, 39_000, 41_000)  # SAF-01
_SKIN_CUTOFF_MC = 43_000  # SAF-03
_PAD_CLAMP_MC, _PAD_ABOVE_MC, _PAD_CUTOFF_MC = 42_500, 4_000, 46_000  # SAF-04
_PAD_LATE_MC, _SKIN_ABOVE_MC = 41_600, 400
_OF_HEAT = {11: "no rise", 12: "runaway", 16: "disagree"}  # faults that only a lie can be
_LOW_MC, _HIGH_MC = -10_000, 70_000  # SAF-05
_SOFT_MC, _SOFT_MS, _SOFT_RELEASE_MC = 42_000, 2_000, 41_000  # SAF-02
_LOOSE, _LOOSE_MS = 3, 10_000  # SAF-07
_JUMP_C_PER_S, _JUMP_OVER, _JUMPS, _JUMP_ARMED_MS = 5, 10, 3, 60_000  # SAF-08
_FROZEN_MS, _FROZEN_WIDE_MS = 5_000, 190_000  # SAF-12
_STALE_MS = 200  # SAF-14
_DOSE_MIN = 2.0  # SAF-15
_START_LOW_MC, _START_HIGH_MC = 5_000, 42_000  # SAF-16
_CAP_MS = 15 * 60_000  # SAF-20
_REST_MS, _REST_FOR_MS, _UNRESTED_MS = 20, 15, 60_000  # SAF-22
_DAY_USE_MS, _DAY_MS = 60 * 60_000, 24 * 3_600_000  # SAF-23
_START_MS = 1_000  # a refused start may be so late in learning that it need not be
_GAP_MS = 200  # SAF-26
_SLEW_PM, _SLEW_MS, _TICK_MS, _ZERO_MS = 200, 100, 20, 200  # SAF-30
_GENTLE_MS, _GENTLE_PM = 60_000, 500  # SAF-31
_LIMIT_PM = (0, 450, 590, 725, 860, 1000)  # SAF-33
_SWITCH_TICKS, _ARMED_TICKS = 3, 25  # SAF-11
_LET_GO_MS, _RISE_MS, _STILL_MS, _HOLD_MS = 400, 1_000, 600, 60  # SAF-41
_SUPPLY_TICKS = 3  # SAF-47
_LEASE_MS = 3_000  # SAF-50
_LONG_MS = 1_500  # a long press
# A short press counts at its release, two samples of at most 200 ms each later.
_PRESS_MS = _LONG_MS + 2 * _GAP_MS
_REQUIRED = {"gap": "SAF-26", "stop button": "SAF-34", "supply": "SAF-47"}
_WORDS = {"SAF-07": "loose", "SAF-08": "jump", "SAF-12": "frozen"}
_RISE, _FALL, _DONE = range(3)  # how far the proof of the let-go has come
_WINDOW_TICKS = 50  # of the heater: one to measure in, one that was planned before


def temperature_mc(code: int) -> int:
    """Return what a code means on the tests' straight thermistor."""
    return 128_000 - 2_500 * code // 1024


class Motor:
    """One motor's level over time."""

    def __init__(self, name: str, cap_pm: int) -> None:
        self.name = name
        self.cap_pm = cap_pm
        self.level_pm = 0
        self.sign = 0  # it last turned in
        self.zero_since = 0


class Probe:
    """What one sensor's samples have been: `said` is the requirement that they break, if they do."""

    def __init__(self) -> None:
        self.mc = 0  # median of the last three
        self._clock_ms = 0  # of samples
        self._last_ms: int | None = None
        self._codes: list[int] = []
        self._out_ms: list[int] = []
        self._medians: list[tuple[int, int]] = []
        self._jumps = 0
        self._same_ms = 0
        self._is_frozen = False

    def take(self, sample_ms: int, code: int, is_armed: bool, is_heating: bool) -> None:
        """Take a new sample. is_armed: SAF-08 counts; is_heating: SAF-12 does."""
        span_ms = 0 if self._last_ms is None else max(0, sample_ms - self._last_ms)
        self._last_ms = sample_ms
        self._clock_ms += span_ms
        if not _LOW_MC <= temperature_mc(code) <= _HIGH_MC:
            self._out_ms.append(self._clock_ms)
        self._live(code, span_ms, is_heating)
        self._codes = [*self._codes[-2:], code]
        self.mc = sorted(temperature_mc(code) for code in self._codes)[len(self._codes) // 2]
        if len(self._medians) == _JUMP_OVER:
            then_ms, then_mc = self._medians.pop(0)
            is_fast = abs(self.mc - then_mc) > _JUMP_C_PER_S * (sample_ms - then_ms) > 0
            self._jumps = self._jumps + 1 if is_fast and is_armed else 0
        self._medians.append((sample_ms, self.mc))

    def _live(self, code: int, span_ms: int, is_heating: bool) -> None:
        if not self._codes or code != self._codes[-1]:
            self._same_ms = 0
            self._is_frozen = False
        elif is_heating:
            self._same_ms += span_ms
        else:
            self._same_ms = 0
        is_wide = (code >> 4) % 1024 in (511, 512)
        self._is_frozen |= self._same_ms >= (_FROZEN_WIDE_MS if is_wide else _FROZEN_MS)

    def said(self) -> str:
        if len(self._out_ms) >= _LOOSE and self._clock_ms - self._out_ms[-_LOOSE] <= _LOOSE_MS:
            return "SAF-07"
        if self._jumps >= _JUMPS:
            return "SAF-08"
        return "SAF-12" if self._is_frozen else ""


class SafetyModel:
    """The state of the world as safety.md sees it. caps: the board's, per motor."""

    def __init__(self, caps: dict[str, int]) -> None:
        self.seen: Counter[str] = Counter()  # what happened, to show that the tests get everywhere
        self.clock_ms = 0  # of this model: never back
        self._now_ms: int | None = None
        self._dt_ms = 0
        self._is_gap = False
        self._samples = 0
        self._sample_ms = 0
        self._codes = (0, 0)
        self._is_new_sample = False
        self._probes = {"skin": Probe(), "pad": Probe()}
        self.is_fresh = False
        self._cause, self._why = "", ""
        self._wire_cause = ("", "")
        self._may = ""  # what may be a fault and need not be yet
        self._buttons = 0
        self._now_buttons: int | None = None
        self._stuck = 0  # down at power-up and never up for two samples since
        self._pressed_ms: dict[int, int] = {}  # when a button was last seen down
        self._latched = ""
        self._stop_held_ms = 0  # since it went down, or since the fault if that came later
        self._stop_up = 2  # samples
        self._is_acknowledged = True  # SAF-55: by the device's owner
        self._heat_from_ms = 0  # when HEAT went down
        self._heat_up = 2  # samples
        self._heat_held_ms = 0
        self._best_hold_ms = 0  # of those let go since the fault
        self._is_active = False
        self._ended_by = "SAF-48"
        self._is_paused = False
        self._was_running = False
        self._was_heating = False
        self._on_ms = 0  # running without a break
        self._soft_ms = 0
        self._is_soft = False
        self._dose_min = 0.0
        self._may_heat = False
        self._is_leased = False
        self._renewed_ms = 0
        self._start_ms = 0
        self._cap_ms = _CAP_MS
        self._next_cap_ms = _CAP_MS
        self._end_ms = 0
        self._run_ms = 0
        self._limit = 5
        self._heat = 0
        self._hot_ticks = 0
        self._is_corrupt = False
        self._bad_ticks = 0  # of the supply
        self._was_on = {"heater": False, "lamp": False}
        self._was_playing = False
        self._alive_ticks = 0
        self._wrong = {(name, is_on): 0 for name in self._was_on for is_on in (False, True)}  # ticks
        self._was_alive = False
        self._still_ms = 0  # since the alive pin was toggled
        self._dark_ms = 0  # that it has been toggled without a read-back that is high, in a proof or not
        self._rise_ms = 0  # that it has been toggled without the enable conducting
        self._proof = _DONE
        self._grants = 0  # in this session
        self._rest_ms = 0.0  # that is still owed
        self._ledger_ms = 0  # its time: no gaps
        self._uses: list[tuple[int, int]] = []  # ledger's time at the end, and length
        self._warm_ticks = 0
        self.has_lied = False  # a sensor, since the session began
        self._is_unworn = False
        self._heat_model = HeatModel()
        self._effect_was = (False, False, False)
        self._motors = [Motor(name, caps[name]) for name in MOTORS]

    # Before the tick

    def tick(self, now_ms: int, sample_ms: int, inputs: "object") -> None:
        """Take what goes into a tick; now_ms and sample_ms do not wrap."""
        buttons = inputs.buttons
        self._dt_ms = 0 if self._now_ms is None else now_ms - self._now_ms
        self._now_ms = now_ms
        self._is_gap = not 0 <= self._dt_ms <= _GAP_MS
        self.clock_ms += max(0, self._dt_ms)
        self._pass(0 if self._is_gap else self._dt_ms)
        self._is_new_sample = not self._samples or sample_ms != self._sample_ms
        self._samples += self._is_new_sample
        self._sample_ms = sample_ms
        self._codes = (inputs.skin_code, inputs.pad_code)
        self.is_fresh = self._samples >= 3 and 0 <= now_ms - sample_ms <= _STALE_MS
        self._wire_cause = ("", "")
        self._take_senses(bool(inputs.heater_sense or inputs.lamp_sense))
        self._take_switches(inputs)
        if self._is_corrupt:
            self._wire_cause = ("corrupt", "SAF-46")
        self._is_corrupt = False
        self._bad_ticks = 0 if inputs.is_rail_good else self._bad_ticks + 1
        if self._bad_ticks >= _SUPPLY_TICKS:
            self._end("supply")
        self._take_buttons(buttons)
        # Before it is granted nothing of a session may be on, and the flash takes its time.
        if self._is_gap and (self._grants or self._dt_ms < 0):
            self._end("gap")
        if buttons & STOP:
            self._end("stop button")

    def _take_senses(self, is_conducting: bool) -> None:
        dt_ms = 0 if self._is_gap else self._dt_ms
        self._still_ms = dt_ms if self._was_alive else self._still_ms + dt_ms
        is_rising = self._proof == _RISE and self._was_alive and not is_conducting
        self._rise_ms = self._rise_ms + dt_ms if is_rising else 0
        self._dark_ms = self._dark_ms + dt_ms if self._was_alive and not is_conducting else 0
        if self._proof == _RISE and self._was_alive and is_conducting:
            self._proof = _FALL
        elif self._proof == _FALL and not self._was_alive and not is_conducting:
            self._proof = _DONE
            self.seen["let-go proved"] += 1
        self._may = "enable stuck" if is_conducting and self._still_ms > _LET_GO_MS else ""
        if self._dark_ms >= _RISE_MS:
            self._may = "no enable"  # of a proof that begins anew while a program is fetched
        if is_conducting and self._still_ms > _STILL_MS:
            self._wire_cause = ("enable stuck", "SAF-41")
        elif self._rise_ms >= _RISE_MS and self._is_active and not self._is_paused:
            self._may = "no enable"
            if self.is_fresh and not self._is_gap:
                self._wire_cause = ("no enable", "SAF-41")

    def _take_switches(self, inputs: "object") -> None:
        dt_ms = 0 if self._is_gap else self._dt_ms
        is_sure = self._was_alive and self._was_playing and dt_ms <= _HOLD_MS
        self._alive_ticks = self._alive_ticks + 1 if is_sure else 0
        if self._latched or not inputs.is_rail_good:
            return
        for name, is_up in (("heater", inputs.heater_sense), ("lamp", inputs.lamp_sense)):
            if self._was_on[name]:
                self._wrong[name, True] = self._wrong[name, True] + 1 if is_up else 0
            elif self._alive_ticks >= _ARMED_TICKS:
                self._wrong[name, False] = 0 if is_up else self._wrong[name, False] + 1
        if max(self._wrong.values()) >= _SWITCH_TICKS:
            self._wire_cause = ("heater switch", "SAF-11")

    def flipped(self, is_used: bool) -> None:
        """Take that a bit has flipped of a number that is kept twice; is_used: it matters now."""
        self._is_corrupt |= is_used

    def _take_buttons(self, buttons: int) -> None:
        self._buttons = buttons
        self._stuck = buttons & ~STOP if self._now_buttons is None else self._stuck & (buttons | self._now_buttons)
        self._now_buttons = buttons
        for button in (STOP, MODE, STRENGTH, HEAT):
            if buttons & button:
                self._pressed_ms[button] = self.clock_ms
        self._hold_heat(bool(buttons & HEAT))
        if self._stop_up < 2:
            self._stop_held_ms += max(0, self._dt_ms)
        if buttons & STOP:
            if self._stop_up >= 2:
                self._stop_held_ms = 0
            self._stop_up = 0
        elif self._stop_up < 2:
            self._stop_up += 1
            if self._stop_up == 2:
                self._best_hold_ms = max(self._best_hold_ms, self._stop_held_ms)

    def _hold_heat(self, is_down: bool) -> None:
        if is_down and self._heat_up >= 2:
            self._heat_from_ms = self.clock_ms
        if is_down or self._heat_up < 2:
            self._heat_held_ms = self.clock_ms - self._heat_from_ms
        self._heat_up = 0 if is_down else min(self._heat_up + 1, 2)

    def forget_owner(self) -> None:
        """Be a new device from now on."""
        self._is_acknowledged = False

    def _pass(self, dt_ms: int) -> None:
        self._ledger_ms += dt_ms
        if not self._is_active:
            self._rest_ms = max(0.0, self._rest_ms - dt_ms)

    def night(self) -> None:
        """Rest for a day."""
        self._rest_ms = 0.0
        self._ledger_ms += _DAY_MS + 2 * 3_600_000

    def refused_for_rest(self) -> None:
        """Take it that a start was refused until later."""
        is_tired = self._unrested_ms() > _UNRESTED_MS - _START_MS
        _require(is_tired or self._day_left_ms() < 60_000 + _START_MS, "SAF-22/23 nobody has to wait for no reason")
        self.seen["refused for rest"] += 1

    def _unrested_ms(self) -> float:
        return self._rest_ms * _REST_FOR_MS / _REST_MS

    def _day_left_ms(self) -> int:
        return _DAY_USE_MS - sum(used_ms for at_ms, used_ms in self._uses if at_ms > self._ledger_ms - _DAY_MS)

    def _use(self) -> None:
        """Book the session that is over: what it lasted, all that it might have if the clock ran back."""
        is_known = not self._is_gap or self._dt_ms >= 0
        used_ms = min(self.clock_ms - self._start_ms, self._cap_ms) if is_known else self._cap_ms
        self._rest_ms += used_ms * _REST_MS / _REST_FOR_MS
        self._uses.append((self._ledger_ms, used_ms))

    def _end(self, why: str) -> None:
        if self._is_active:
            self._use()
            self.seen["ended: " + why] += 1
            self._ended_by = _REQUIRED.get(why, "SAF-48")
        self._is_active = False

    def _was_pressed(self, button: int) -> bool:
        return self.clock_ms - self._pressed_ms.get(button, -_PRESS_MS - 1) <= _PRESS_MS

    # After the tick

    def check(self, device: "object", out: "object", is_wild: bool) -> None:
        """Judge a tick's outputs. device is a Controller, out its Outputs; is_wild: a test asks for levels of its
        own.
        """
        state = STATES[device.session.state]
        self._judge_samples(state, device)
        self._check_faults(state, device)
        self._check_heats_effect(state, device, out)
        self._check_session(state, device)
        self._check_outputs(state, out)
        self._was_on = {"heater": out.is_heater_on, "lamp": out.is_lamp_on}
        self._was_playing = device.session.is_playing()
        self._check_settings(device)
        for motor in self._motors:
            self._check_motor(motor, getattr(out, motor.name + "_pm"))
        if not is_wild:
            self._check_heat(state, device, out)
        self._was_running = state == "running"
        self._was_heating = device.heater.set_mc > 0
        self.seen["ticks"] += 1
        self.seen["ticks " + state] += 1

    def _judge_samples(self, state: str, device: "object") -> None:
        """Find out what the samples say, now that it is known whether a session ran on through this tick."""
        dt_ms = 0 if self._is_gap else self._dt_ms
        self._on_ms = self._on_ms + dt_ms if state in ("running", "fault") else 0
        if self._is_new_sample:
            for probe, code in zip(self._probes.values(), self._codes, strict=True):
                probe.take(self._sample_ms, code, self._on_ms >= _JUMP_ARMED_MS, self._was_heating)
        if self._samples >= 3:
            self._cause, self._why = _cause(self._probes)
        if self._wire_cause[0] and not self._cause:
            self._cause, self._why = self._wire_cause
        skin_mc, pad_mc = self._probes["skin"].mc, self._probes["pad"].mc
        if self._is_soft:
            self._is_soft = skin_mc >= _SOFT_RELEASE_MC
        self._soft_ms = self._soft_ms + dt_ms if skin_mc >= _SOFT_MC and not self._is_soft else 0
        if self._soft_ms >= _SOFT_MS:
            self._is_soft = True
            self.seen["soft limit"] += 1
        if state in ("running", "paused"):
            self._dose_min += dt_ms / 60_000 * (0.5 if skin_mc >= 43_000 else 0.25) ** ((43_000 - skin_mc) / 1000)
        is_in_range = min(skin_mc, pad_mc) >= _START_LOW_MC and max(skin_mc, pad_mc) <= _START_HIGH_MC
        is_wanted = state == "running" and device.heat > 0
        self.seen["heat has to wait"] += is_wanted and not self._may_heat and not is_in_range
        self._may_heat = is_wanted and (self._may_heat or is_in_range)

    def _check_faults(self, state: str, device: "object") -> None:
        if self._latched and state != "fault":
            _require(self._best_hold_ms >= _LONG_MS, "SAF-51 a fault is cleared by a long press begun after it")
            _require(self._cause == "" and self.is_fresh, f"{self._why} a fault is cleared when its cause is gone")
            self._latched = ""
            self._wrong = dict.fromkeys(self._wrong, 0)
            self.seen["fault cleared"] += 1
        if self._cause and not self._latched:
            _require(state == "fault", f"{self._why} {self._cause} latches")
            self._latch(self._cause)
        if self._may and not self._latched and state == "fault":
            self._latch(self._may)
        if state == "fault" and not self._latched:
            _require(device.guard.fault in _OF_HEAT, "SAF-06 nothing else is a fault")
            _require(self.has_lied, "SAF-09/10/13 a device whose sensors tell the truth does not trip")
            self._latch(_OF_HEAT[device.guard.fault])
        if self._latched:
            self._end("fault")

    def _latch(self, cause: str) -> None:
        self._latched = cause
        self._stop_held_ms = 0
        self._best_hold_ms = 0
        self.seen["fault: " + cause] += 1

    def _check_heats_effect(self, state: str, device: "object", out: "object") -> None:
        dt_ms = 0 if self._is_gap else max(0, self._dt_ms)
        skin_mc, pad_mc = self._probes["skin"].mc, self._probes["pad"].mc
        if state in ("running", "paused"):
            self._heat_model.count(dt_ms, pad_mc)
        is_playing = state == "running" and self.is_fresh and device.wanted < 0 and not self._is_gap
        is_playing = is_playing and self._proof == _DONE
        words = self._heat_model.judge(dt_ms, is_playing, self._effect_was, skin_mc, pad_mc)
        _require(not words, f"{words} what pad and skin cannot be is noticed in time")
        self._effect_was = (out.is_heater_on, out.is_lamp_on, device.heater.set_mc > 0)

    def _check_session(self, state: str, device: "object") -> None:
        is_on = state in ("running", "paused")
        if self._is_active and is_on:
            if self._is_leased and not device.session.is_leased:
                _require(self._was_pressed(MODE), "SAF-50 only MODE at the device confirms a session")
                self._is_leased = False
                self.seen["confirmed"] += 1
            if self._is_leased and self.clock_ms - self._renewed_ms >= _LEASE_MS:
                _require(False, "SAF-50 a session ends 3 s after its last renewal")
            _require(self.clock_ms < self._start_ms + self._cap_ms, "SAF-20 a session ends at its cap")
            _require(self.clock_ms < self._end_ms, "a session ends no later than was set")
        if not self._is_active and is_on and self._was_pressed(MODE):
            self.start_by_button(device)
        if not self._is_active:
            _require(not is_on, self._ended_by + ": nothing runs that was not started, and what ended stays off")
        if self._is_active and not is_on:
            if self.clock_ms >= self._start_ms + self._cap_ms:
                self._end("cap")
            elif self.clock_ms >= self._end_ms:
                self._end("set shorter")
            elif self._is_leased and self.clock_ms - self._renewed_ms >= _LEASE_MS:
                self._end("lease")
            else:
                self._end("program over")
        if self._is_active and self._is_paused and state == "running":
            _require(self._was_pressed(MODE), "a pause ends by resume or MODE")
            self.seen["resumed by MODE"] += 1
        if state == "paused" and not self._is_paused and not self._was_pressed(MODE):
            _require(self.has_lied, "SAF-17 a device that is worn does not pause by itself")
            self._is_unworn = True
            self.seen["not worn"] += 1
        self._is_unworn = self._is_unworn and state == "paused"
        self._is_paused = state == "paused"
        if self._proof == _DONE and (self._was_running or state == "running"):
            self._run_ms += max(0, self._dt_ms)

    def _check_outputs(self, state: str, out: "object") -> None:
        self._was_alive = out.is_alive
        is_hot_or_moving = bool(out.is_heater_on or out.is_lamp_on or out.roller_pm or out.inner_pm or out.outer_pm)
        if out.grant_ms:
            self._grants += 1
            _require(self._is_active and self._grants == 1, "SAF-21 a session is granted once")
            _require(out.grant_ms <= self._cap_ms, "SAF-21 a session is granted what it may last")
        if not is_hot_or_moving and not out.is_alive:
            return
        _require(bool(self._grants), "SAF-21/41 nothing is on before the session is granted")
        _require(not is_hot_or_moving or self._proof == _DONE, "SAF-41 nothing is on before the let-go is proved")
        self.seen["ticks on"] += 1
        _require(not self._buttons & STOP, "SAF-34 STOP is off in the same tick")
        _require(not self._is_gap, "SAF-26 off after a gap")
        _require(not self._latched, "SAF-03/04/05 off in a fault")
        _require(state == "running" and self._is_active, f"SAF-41 nothing is on when {state}")
        _require(self.is_fresh, "SAF-14 off without fresh samples")
        skin_mc, pad_mc = self._probes["skin"].mc, self._probes["pad"].mc
        _require(skin_mc < _SKIN_CUTOFF_MC and pad_mc < _PAD_CUTOFF_MC, "SAF-03/04 off above the cut-offs")
        if out.is_heater_on or out.is_lamp_on:
            _require(not self._is_soft, "SAF-02 no heat above the soft limit")
            _require(self._dose_min < _DOSE_MIN, "SAF-15 no heat once the session's dose is used up")
            _require(self._may_heat, "SAF-16 no heat begins on skin or with a pad that is too cold or too hot")
        elif self._dose_min >= _DOSE_MIN:
            self.seen["ticks without heat for the dose"] += 1

    def _check_settings(self, device: "object") -> None:
        if device.setup.is_acknowledged != self._is_acknowledged:
            _require(self._heat_held_ms >= _LONG_MS, "SAF-55 only holding HEAT acknowledges")
            _require(self._was_pressed(HEAT), "SAF-55 nothing but HEAT acknowledges")
            self._is_acknowledged = True
            self.seen["acknowledged"] += 1
        if device.setup.strength_limit != self._limit:
            _require(self._was_pressed(STRENGTH), "SAF-51 the personal limit is as it was set")
            self._limit = device.setup.strength_limit
            self.seen["limit by button"] += 1
        _require(device.strength <= self._limit, "SAF-33 strength is within the personal limit")
        if device.heat != self._heat:
            _require(self._was_pressed(HEAT), "SAF-48 heat changes by the host's wish or the HEAT button")
            self._heat = device.heat
            self.seen[f"heat {self._heat} by button"] += 1

    def _check_motor(self, motor: Motor, level_pm: int) -> None:
        size = abs(level_pm)
        sign = (level_pm > 0) - (level_pm < 0)
        _require(size <= motor.cap_pm, f"SAF-33 the {motor.name}'s own cap")
        _require(sign >= 0 or motor.name == "roller", f"the {motor.name} cannot turn back")
        _require(size <= _LIMIT_PM[self._limit], f"SAF-33 the {motor.name} is within the personal limit")
        if self._run_ms < _GENTLE_MS:
            _require(size <= _GENTLE_PM, f"SAF-31 the {motor.name} in the first minute")
        elif size > _GENTLE_PM:
            self.seen[motor.name + " above half"] += 1
        if sign and sign == -motor.sign:
            _require(
                motor.level_pm == 0 and self.clock_ms - motor.zero_since >= _ZERO_MS,
                f"SAF-30 the {motor.name} turns back through 200 ms of zero",
            )
            self.seen["reversals"] += 1
        before = abs(motor.level_pm)
        rise = _SLEW_PM * min(max(0, self._dt_ms), _TICK_MS) // _SLEW_MS
        _require(size <= before + rise, f"SAF-30 the {motor.name} rises by at most 20 % in 100 ms")
        if motor.level_pm and not level_pm:
            motor.zero_since = self.clock_ms
        motor.level_pm = level_pm
        motor.sign = sign or motor.sign

    def _check_heat(self, state: str, device: "object", out: "object") -> None:
        set_mc = _SET_MC[self._heat]
        _require(device.heater.set_mc <= set_mc, "SAF-01 the set point is the chosen level's at most")
        if state != "running" or not set_mc:
            _require(not out.is_heater_on and not out.is_lamp_on, "SAF-01 no heat that was not chosen")
            self._hot_ticks = 0
            self._warm_ticks = 0
            return
        clamp_mc = _PAD_LATE_MC if self._heat_model.is_late else _PAD_CLAMP_MC
        if self._probes["pad"].mc <= min(set_mc + _PAD_ABOVE_MC, clamp_mc):
            self._hot_ticks = 0
        else:
            self._hot_ticks += 1
        self._warm_ticks = self._warm_ticks + 1 if self._probes["skin"].mc > set_mc + _SKIN_ABOVE_MC else 0
        if self._warm_ticks > 2 * _WINDOW_TICKS:
            _require(not out.is_heater_on and not out.is_lamp_on, "SAF-04 warm skin is not heated")
            self.seen["ticks with warm skin"] += 1
        if self._hot_ticks > 2 * _WINDOW_TICKS:
            _require(not out.is_heater_on and not out.is_lamp_on, "SAF-04 a pad above its clamp is not heated")
            self.seen["ticks above the clamp"] += 1
        if out.is_heater_on or out.is_lamp_on:
            self.seen["ticks heated"] += 1

    # Between ticks

    def answered(self, method: str, params: dict[str, object], device: "object") -> None:
        """Take a request that was carried out: with a right CRC where it needs one, and answered with a result."""
        self.seen["done: " + method] += 1
        if method in ("pause", "resume", "renew", "set"):
            _require(self._is_active, f"{method} needs a session")
        if method == "start":
            self._start(device)
        elif method == "stop":
            self._end("stop request")
        elif method in ("pause", "resume"):
            _require(method == "pause" or not self._is_unworn, "SAF-17 only a press at the device goes on")
            self._is_paused = method == "pause"
        elif method == "renew":
            self._renewed_ms = self.clock_ms
        elif method == "set":
            self._set(params)
        elif method == "settings.set":
            _require(not self._is_active, "SAF-20 the cap is set between sessions only")
            self._next_cap_ms = params.get("session_min", self._next_cap_ms // 60_000) * 60_000
            _require(self._next_cap_ms in range(5 * 60_000, 20 * 60_000 + 1), "SAF-20 the cap is 5 to 20 minutes")

    def start_by_button(self, device: "object") -> None:
        """Take a session that a press of MODE has started."""
        _require(not self._is_gap, "SAF-26 nothing starts in the tick after a gap")
        self._start(device)
        self._is_leased = False
        self.seen["started by button"] += 1

    def _start(self, device: "object") -> None:
        _require(not self._latched, "SAF-51 no start in a fault")
        _require(not self._is_active, "no start in a session")
        _require(self._is_acknowledged, "SAF-55 no start before somebody has acknowledged who must not use it")
        _require(self.is_fresh, "SAF-14 no start without fresh samples")
        _require(self._bad_ticks < _SUPPLY_TICKS, "SAF-47 no start on a bad supply")
        _require(not self._buttons & STOP, "SAF-34 no start while STOP is down")
        _require(not self._stuck, "SAF-35 no start while a button is stuck")
        _require(device.heat <= 1, "SAF-48 a session starts at low heat")
        self._is_active = True
        self._is_paused = False
        self._is_unworn = False
        self._heat_model.begin()
        self._is_leased = True
        self._renewed_ms = self.clock_ms
        self._start_ms = self.clock_ms
        _require(self._unrested_ms() <= _UNRESTED_MS + 1, "SAF-22 no start before the rest is over")
        _require(self._day_left_ms() > 0, "SAF-23 no start when the day is used up")
        self.seen["started unrested"] += self._rest_ms > 0
        self._cap_ms = min(self._next_cap_ms - int(self._unrested_ms()), self._day_left_ms())
        self._end_ms = self.clock_ms + self._cap_ms
        self._run_ms = 0
        self._on_ms = 0
        self._dose_min = 0.0
        self._was_running = False
        self._proof = _RISE
        self._grants = 0
        self._heat = device.heat

    def _set(self, params: dict[str, object]) -> None:
        limit, heat, left_s = params.get("limit"), params.get("heat"), params.get("left_s")
        if limit is not None:
            _require(limit <= self._limit, "SAF-51 no command raises the personal limit")
            self._limit = limit
        if heat is not None:
            _require(heat != "high", "SAF-48 high heat is chosen at the device only")
            self._heat = ("off", "low", "medium").index(heat)
        if left_s is not None:
            self._end_ms = min(self._end_ms, self.clock_ms + left_s * 1000)


def _cause(probes: dict[str, Probe]) -> tuple[str, str]:
    """Return what must be latched now, and the requirement that says so."""
    for name, cutoff_mc in (("skin", _SKIN_CUTOFF_MC), ("pad", _PAD_CUTOFF_MC)):
        mc = probes[name].mc
        if mc < _LOW_MC:
            return name + " open", "SAF-05"
        if mc > _HIGH_MC:
            return name + " short", "SAF-05"
        if mc >= cutoff_mc:
            return name + " hot", "SAF-03/04"
    for name, probe in probes.items():
        said = probe.said()
        if said:
            return f"{name} {_WORDS[said]}", said
    return "", ""


def _require(is_so: bool, words: str) -> None:
    assert is_so, words
