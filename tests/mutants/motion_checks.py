"""Checks of motion (SAF-30 to 36) made to do nothing; checks.py says how to read this."""

from checks import Check, of_file

CHECKS: tuple[Check, ...] = (
    *of_file(
        "massager/core/guard.py",
        ((31,), "no gentle minute", "if running_ms < limits.GENTLE_MS:", "if False:"),
        ((33,), "no personal limit", "limits.STRENGTH_PM[strength_limit]", "limits.STRENGTH_PM[5]"),
    ),
    *of_file(
        "massager/core/controller.py",
        (
            (31,),
            "pauses use up the gentle minute",
            "cap_pm(self.session.running_ms,",
            "cap_pm(self.session.elapsed_ms,",
        ),
        ((33, 51), "a host raises the personal limit", "if strength_limit > self.setup.strength_limit:", "if False:"),
        (
            (33,),
            "a start above the personal limit",
            "self.strength = min(strength, self.setup.strength_limit)",
            "self.strength = strength",
        ),
        ((34,), "STOP does not stop", "self.session.end(session.BY_BUTTON)", "pass"),
        (
            (34,),
            "a start while STOP is down",
            "if self.buttons.is_stop_down:\n            return",
            "if False:\n            return",
        ),
        (
            (34,),
            "STOP leaves what was asked for",
            "if buttons.is_stop_down:\n            self.wanted = NOTHING_WANTED\n",
            "if buttons.is_stop_down:\n",
        ),
    ),
    *of_file(
        "massager/core/stall.py",
        ((32,), "a held roller is none", "if self._held_ms >= limits.STALL_MS:", "if False:"),
        ((32,), "no current is too much", "if self._over_ticks >= limits.OVER_CURRENT_TICKS:", "if False:"),
        (
            (32,),
            "little drive is judged as full drive is",
            "max(limits.STALL_PM * size_pm // 1000, share_pm)",
            "share_pm",
        ),
        ((32,), "the lagged drive stops short", "ahead += limits.STALL_LAG_MS - 1", "pass"),
        ((32,), "the drive's lag is left out", "min(size_pm, self._lagged_pm) >=", "size_pm >="),
        ((32,), "any current is believed", "return faults.ROLLER_SENSE", "return faults.NONE"),
        ((32,), "a roller that turns back is no fault", "return faults.STALL", "return faults.NONE"),
        (
            (32,),
            "it goes on forwards",
            "-limits.BACK_OFF_PM if self._level_pm > 0 else",
            "limits.BACK_OFF_PM if True else",
        ),
    ),
    *of_file(
        "massager/core/guard.py",
        ((32,), "the roller does not turn back", "self._roller.turn_back(self._stall.back_pm)", "0"),
        (
            (32,),
            "the rest goes on meanwhile",
            "        out.clear()\n        out.is_alive = True\n",
            "        out.is_alive = True\n",
        ),
        (
            (32,),
            "it turns back by a ramp",
            "self._roller.turn_back(self._stall.back_pm)",
            "self._stall.back_pm",
        ),
        ((32,), "no current is looked at", "self.latch(self._stall.step(dt_ms, inputs.roller_ma))", "pass"),
    ),
    *of_file(
        "massager/core/self_tests.py",
        (
            (36,),
            "any roller will do",
            "return limit_ma * nmm_a > lever_mm * limits.PINCH_MN",
            "return False",
        ),
    ),
    *of_file(
        "massager/core/slew.py",
        ((30,), "no ramp", "self.level_pm = sign * min(abs(want_pm), most_pm)", "self.level_pm = want_pm"),
        ((30,), "late ticks rise further", "min(dt_ms, limits.TICK_MS)", "dt_ms"),
        ((30,), "no wait before turning back", "or self._zero_ms >= limits.REVERSAL_ZERO_MS:", "or True:"),
        ((30,), "no zero between directions", "if sign == 0 or self.level_pm * sign < 0:", "if sign == 0:"),
        ((33,), "no cap of the board's", "min(want_pm, cap_pm, self._most_pm)", "min(want_pm, cap_pm)"),
        ((33,), "no cap of the board's backwards", "max(want_pm, -cap_pm, self._least_pm)", "max(want_pm, -cap_pm)"),
        ((33,), "no cap", "min(want_pm, cap_pm, self._most_pm)", "min(want_pm, self._most_pm)"),
        ((33,), "no cap backwards", "max(want_pm, -cap_pm, self._least_pm)", "max(want_pm, self._least_pm)"),
    ),
    *of_file(
        "massager/core/buttons.py",
        (
            (34,),
            "STOP waits for its contact",
            "self.is_stop_down = bool(raw & signals.STOP)",
            "self.is_stop_down = bool(self.down & signals.STOP)",
        ),
    ),
    *of_file(
        "massager/core/panel.py",
        ((33,), "STRENGTH passes the limit", "% controller.setup.strength_limit + 1", "% limits.STRENGTH_MAX + 1"),
    ),
    *of_file(
        "massager/device/switches.py",
        ((34,), "a broken STOP wire is no press", "self._stop.value()\n", "(1 - self._stop.value())\n"),
    ),
    *of_file(
        "massager/core/controller.py",
        ((35,), "two buttons stop nothing", "if self.session.is_active() and buttons.are_two_down():", "if False:"),
        ((35,), "a start with a stuck button", "return refusals.of_stuck(self.buttons.stuck)", "return refusals.OK"),
    ),
    *of_file(
        "massager/core/buttons.py",
        ((35,), "what was down at power-up counts when let go", "self._ignored = self.stuck", "pass"),
        ((35,), "a stuck button is forgotten", "self.stuck &= ~(same & ~raw)", "self.stuck = 0"),
        ((35,), "one of several will do", "self.stuck = raw & ~signals.STOP", "self.stuck = raw & signals.MODE"),
    ),
)
