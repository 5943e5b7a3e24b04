"""Firmware with one safety measure broken at a time, to show that the model notices: `python tests/mutants --model`."""

# name -> file, what stands there, what stands there instead, what the model must say
MUTANTS = {
    "slew doubled": ("core/limits.py", "SLEW_PM_PER_MS = const(2)", "SLEW_PM_PER_MS = const(4)", "SAF-30"),
    "no reversal wait": ("core/limits.py", "REVERSAL_ZERO_MS = const(200)", "REVERSAL_ZERO_MS = const(0)", "SAF-30"),
    "late ticks rise further": ("core/slew.py", "min(dt_ms, limits.TICK_MS)", "dt_ms", "SAF-30"),
    "no cap": ("core/session.py", "if self.elapsed_ms >= self.cap_ms or", "if", "SAF-20"),
    "a longer cap": ("core/limits.py", "SESSION_CAP_MS = const(15 * ", "SESSION_CAP_MS = const(99 * ", "SAF-21"),
    "pauses stretch the cap": (
        "core/session.py",
        "self.elapsed_ms = ring.diff(now_ms, self.began.value)",
        "self.elapsed_ms = self.running_ms",
        "SAF-20",
    ),
    "no lease": ("core/limits.py", "LEASE_MS = const(3000)", "LEASE_MS = const(99999999)", "SAF-50"),
    "guard does not check": ("core/guard.py", "self.latch(self._find(now))", "pass", "latches"),
    "skin cut-off higher": ("core/limits.py", "CUTOFF_MC = const(43000)", "CUTOFF_MC = const(43500)", "skin hot"),
    "pad cut-off higher": ("core/limits.py", "CUTOFF_MC = const(46000)", "CUTOFF_MC = const(46500)", "pad hot"),
    "no soft limit": ("core/soft_limit.py", "self.is_on = True", "pass", "SAF-02"),
    "soft limit late": ("core/limits.py", "SKIN_SOFT_MS = const(2000)", "SKIN_SOFT_MS = const(4000)", "SAF-02"),
    "soft limit lets go early": (
        "core/limits.py",
        "RELEASE_MC = const(41000)",
        "RELEASE_MC = const(41950)",
        "SAF-02",
    ),
    "loose contacts will do": ("core/limits.py", "LOOSE_SAMPLES = const(3)", "LOOSE_SAMPLES = const(6)", "SAF-07"),
    "jumps will do": ("core/limits.py", "JUMP_MC_PER_MS = const(5)", "JUMP_MC_PER_MS = const(50)", "SAF-08"),
    "frozen will do": ("core/limits.py", "FROZEN_MS = const(5000)", "FROZEN_MS = const(10000)", "SAF-12"),
    "frozen for ever": ("core/limits.py", "FROZEN_WIDE_MS = const(190000)", "FROZEN_WIDE_MS = const(285000)", "SAF-12"),
    "no dose": ("core/limits.py", "DOSE_SESSION_MS = const(2 * ", "DOSE_SESSION_MS = const(4 * ", "SAF-15"),
    "dose without pauses": ("core/heat_permit.py", "if is_active:", "if is_wanted:", "SAF-15"),
    "heat on anything": ("core/heat_start.py", "self.refusal = _refusal(now)", "self.refusal = 0", "SAF-16"),
    "no median": ("core/sensors.py", "median = _median(self._older, self._old, code)", "median = code", "SAF-0"),
    "no clamp": ("core/heater.py", "return min(wish_mc, most_mc)", "return wish_mc", "SAF-04"),
    "no late clamp": ("core/limits.py", "LATE_MC = const(41600)", "LATE_MC = const(42500)", "SAF-04"),
    "warm skin is heated": (
        "core/limits.py",
        "SKIN_ABOVE_SET_MC = const(400)",
        "SKIN_ABOVE_SET_MC = const(4000)",
        "SAF-04",
    ),
    "what heat does is not judged": (
        "core/controller.py",
        "self.guard.latch(self.thermal.step(dt_ms, self._is_allowed(), self.sensors))",
        "pass",
        "noticed in time",
    ),
    "a cold pad may be": ("core/limits.py", "NO_RISE_MS = const(30 * ", "NO_RISE_MS = const(60 * ", "SAF-09"),
    "sensors may contradict": ("core/limits.py", "DISAGREE_MS = const(10 * ", "DISAGREE_MS = const(20 * ", "SAF-13"),
    "not worn for long": ("core/limits.py", "UNWORN_MS = const(45 * ", "UNWORN_MS = const(90 * ", "SAF-17"),
    "a host resumes what is not worn": ("core/controller.py", "if self.session.is_unworn:", "if False:", "SAF-17"),
    "set point too high": ("core/limits.py", "(0, 37000, 39000, 41000)", "(0, 38000, 39000, 41000)", "SAF-01"),
    "fault not latched": (
        "core/guard.py",
        "if fault != faults.NONE and self.latched.value == faults.NONE:\n            self.latched.set(fault)",
        "self.latched.set(fault)",
        "SAF-",
    ),
    "an old press clears a fault": ("core/controller.py", "self.buttons.forget()", "pass", "SAF-51"),
    "a short press clears a fault": ("core/buttons.py", "LONG_MS = const(1500)", "LONG_MS = const(1000)", "SAF-51"),
    "stale samples will do": ("core/limits.py", "STALE_MS = const(200)", "STALE_MS = const(2000)", "SAF-14"),
    "gaps will do": ("core/limits.py", "TICK_GAP_MS = const(200)", "TICK_GAP_MS = const(2000)", "SAF-26"),
    "no gentle minute": ("core/limits.py", "GENTLE_MS = const(60 * 1000)", "GENTLE_MS = const(0)", "SAF-31"),
    "no personal limit": ("core/guard.py", "limits.STRENGTH_PM[strength_limit]", "limits.STRENGTH_PM[5]", "SAF-33"),
    "no caps of the board": ("core/slew.py", "min(want_pm, cap_pm, self._most_pm)", "min(want_pm, cap_pm)", "SAF-33"),
    "STOP waits for its contact": (
        "core/buttons.py",
        "bool(raw & signals.STOP)",
        "bool(raw & self._candidate & signals.STOP)",
        "SAF-34",
    ),
    "a stuck button will do": (
        "core/controller.py",
        "return refusals.of_stuck(self.buttons.stuck)",
        "return refusals.OK",
        "SAF-35",
    ),
    "on in a pause": (
        "core/controller.py",
        "return self.session.is_playing() and",
        "return (self.session.is_playing() or self.session.state == session.PAUSED) and",
        "SAF-41",
    ),
    "always allowed": (
        "core/controller.py",
        "return self.session.is_playing() and self.sensors.is_fresh and self.wanted == NOTHING_WANTED",
        "return True",
        "SAF-",
    ),
    "switches are not read back": ("core/guard.py", "self.latch(self._read_back.step(dt_ms, inputs))", "pass", "SAF-"),
    "wrong switches take twice as long": (
        "core/limits.py",
        "SWITCH_TICKS = const(3)",
        "SWITCH_TICKS = const(6)",
        "SAF-11",
    ),
    "a flipped fault will do": ("core/guard.py", "if not self.latched.is_sound():", "if False:", "SAF-46"),
    "a flipped deadline will do": ("core/guard.py", "elif not are_others_sound:", "elif False:", "SAF-"),
    "a bad supply will do": ("core/limits.py", "SUPPLY_BAD_TICKS = const(3)", "SUPPLY_BAD_TICKS = const(6)", "SAF-47"),
    "no proof of the let-go": ("core/session.py", "self.waits = DEBIT", "self.waits = NOTHING", "SAF-21/41"),
    "a proof that moves": (
        "core/session.py",
        "return self.state == RUNNING and self.waits == NOTHING",
        "return self.state == RUNNING",
        "SAF-21/41",
    ),
    "no let-go needed": (
        "core/let_go.py",
        "        if is_conducting:\n            return",
        "        if False:\n            return",
        "SAF-41",
    ),
    "a stuck enable will do": ("core/limits.py", "STILL_MS = const(600)", "STILL_MS = const(1200)", "enable stuck"),
    "an enable that never comes will do": (
        "core/limits.py",
        "RISE_MS = const(1000)",
        "RISE_MS = const(2000)",
        "no enable",
    ),
    "a grant for ever": (
        "core/controller.py",
        "is_active() or self.bench.what else 0\n        self._grant_ms = 0",
        "is_active() or self.bench.what else 0",
        "SAF-21",
    ),
    "high heat for the host": ("core/limits.py", "HEAT_HOST_MAX = const(2)", "HEAT_HOST_MAX = const(3)", "SAF-48"),
    "any heat at the start": ("core/limits.py", "HEAT_START_MAX = const(1)", "HEAT_START_MAX = const(2)", "SAF-48"),
    "the limit can be raised": (
        "core/controller.py",
        "if strength_limit > self.setup.strength_limit:",
        "if False:",
        "SAF-51",
    ),
    "a start clears a fault": (
        "core/controller.py",
        "if self.session.state == session.FAULT:\n            return refusals.FAULT",
        "pass",
        "SAF-",
    ),
    "no rest": ("core/ledger.py", "return refusals.RESTING", "pass", "SAF-22"),
    "less rest": ("core/limits.py", "REST_FOR_USE = (20, 15)", "REST_FOR_USE = (10, 15)", "SAF-2"),
    "more may be unrested": ("core/limits.py", "UNRESTED_MS = const(60", "UNRESTED_MS = const(120", "SAF-22"),
    "rest in a session": ("core/ledger.py", "if not self.open_ms:", "if True:", "SAF-2"),
    "unrested use is a gift": ("core/ledger.py", "most_ms - self._unrested_ms()", "most_ms", "SAF-2"),
    "a clock that runs back refunds": ("core/controller.py", "self.ledger.lose()  # how", "pass  # how", "SAF-2"),
    "nobody needs to acknowledge": (
        "core/controller.py",
        "if not self.setup.is_acknowledged and not self.buttons.stuck:",
        "if False:",
        "SAF-55",
    ),
    "a short press acknowledges": (
        "core/panel.py",
        "buttons.long & signals.HEAT and not",
        "buttons.short & signals.HEAT and not",
        "SAF-55",
    ),
    "no CRC needed": ("link/service.py", "if not has_crc and name not in _WITHOUT_CRC:", "if False:", "CRC"),
    "an id is executed again": ("link/service.py", "kept_id == request_id and kept_name == name", "False", "id"),
    "half applied": (
        "core/controller.py",
        "if left_s > self.session.left_ms() // 1000:",
        "if strength > 0:\n            self.strength = 1\n        if left_s > self.session.left_ms() // 1000:",
        "refused",
    ),
}


def says() -> str:
    """Return what the model says about this firmware."""
    import drive
    from hypothesis import HealthCheck, Phase, given, settings

    story = settings(
        max_examples=600,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )(given(start_ms=drive.START_MS, story=drive.STORIES, held=drive.HELD)(drive.play))
    try:
        for known in drive.KNOWN:
            drive.play(0, known, 0)
        story()
    except Exception as error:
        return "caught: " + type(error).__name__ + " " + (str(error).splitlines() or [""])[0]
    return "not caught"
