"""Checks of heat (SAF-01 to 19) made to do nothing; checks.py says how to read this."""

from checks import Check, of_file

CHECKS: tuple[Check, ...] = (
    *of_file(
        "massager/core/guard.py",
        ((3,), "no cut-off at the skin", "if now.skin.hotter_mc >= limits.SKIN_CUTOFF_MC:", "if False:"),
        ((4,), "no cut-off at the pad", "if now.pad.hotter_mc >= limits.PAD_CUTOFF_MC:", "if False:"),
        ((5,), "an open skin sensor will do", "if now.skin.band == sensors.OPEN:", "if False:"),
        ((5,), "a short skin sensor will do", "if now.skin.band == sensors.SHORT:", "if False:"),
        ((5,), "an open pad sensor will do", "if now.pad.band == sensors.OPEN:", "if False:"),
        ((5,), "a short pad sensor will do", "if now.pad.band == sensors.SHORT:", "if False:"),
        ((3, 4, 5), "nothing is looked at", "self.latch(_find(now))", "pass"),
        (
            (3, 4, 5),
            "faults are not latched",
            "if self.fault == faults.NONE:\n            self.fault = fault",
            "self.fault = fault",
        ),
        (
            (3, 4, 5),
            "acknowledged while the cause is there",
            "if now.is_fresh and _find(now) == faults.NONE:",
            "if now.is_fresh:",
        ),
        ((6,), "one sample decides", "if now.has_median:", "if True:"),
        (
            (3, 4, 5, 30),
            "a fault does not turn off",
            "if not is_allowed or self.fault != faults.NONE:",
            "if not is_allowed:",
        ),
        ((14, 41), "what is not allowed goes out", "if not is_allowed or self.fault != faults.NONE:", "if self.fault:"),
    ),
    *of_file(
        "massager/core/sensors.py",
        ((3,), "a calibration takes away", "max(self.mc, self.calibrated_mc)", "self.calibrated_mc"),
        ((3, 6), "no median", "median = max(min(a, b), min(max(a, b), code))", "median = code"),
        ((5,), "nothing is open", "if self.mc < limits.SENSOR_LOW_MC:", "if False:"),
        ((5,), "nothing is short", "elif self.mc > limits.SENSOR_HIGH_MC:", "elif False:"),
        ((14,), "any sample is fresh", "0 <= age_ms <= limits.STALE_MS", "True"),
        ((14,), "a sample of the future is fresh", "0 <= age_ms <= limits.STALE_MS", "age_ms <= limits.STALE_MS"),
        (
            (6,),
            "two samples are enough",
            "self.has_median = self._samples == 3",
            "self.has_median = self._samples >= 2",
        ),
        ((6,), "a sample counts as often as it is offered", "or inputs.sample_ms != self._sample_ms", "or True"),
    ),
    *of_file(
        "massager/core/heater.py",
        ((1,), "any set point", "set_mc = max(0, min(set_mc, limits.SKIN_SET_MAX_MC))", "set_mc = max(0, set_mc)"),
        ((1,), "too much is not reported", "self.is_clamped_set = set_mc > limits.SKIN_SET_MAX_MC", "pass"),
        ((4,), "no clamp", "return min(wish_mc, most_mc)", "return wish_mc"),
        (
            (4,),
            "no clamp above the set point",
            "return min(self.set_mc + limits.PAD_ABOVE_SET_MC, limits.PAD_CLAMP_MC)",
            "return limits.PAD_CLAMP_MC",
        ),
        (
            (4,),
            "no clamp of its own",
            "return min(self.set_mc + limits.PAD_ABOVE_SET_MC, limits.PAD_CLAMP_MC)",
            "return self.set_mc + limits.PAD_ABOVE_SET_MC",
        ),
        ((4,), "out of reach is not reported", "skin_mc - self._reach_skin_mc < _REACH_RISE_MC", "False"),
    ),
    *of_file(
        "massager/core/controller.py",
        ((3, 4, 5), "the guard is not asked", "self.guard.check(self.sensors)", "pass"),
        ((14,), "stale samples will do", " and self.sensors.is_fresh and", " and"),
        (
            (14,),
            "a start on stale samples",
            "if not self.sensors.is_fresh:\n            return",
            "if False:\n            return",
        ),
    ),
)
