"""Checks of time (SAF-20 to 27) made to do nothing; checks.py says how to read this."""

from checks import Check, of_file

CHECKS: tuple[Check, ...] = (
    *of_file(
        "massager/core/session.py",
        ((20,), "no cap", "if self.elapsed_ms >= self.cap_ms or self.elapsed_ms < 0:", "if False:"),
        ((20,), "a clock may run backwards", " or self.elapsed_ms < 0:", ":"),
        (
            (20,),
            "pauses stretch the cap",
            "self.elapsed_ms = ring.diff(now_ms, self.began.value)",
            "self.elapsed_ms = self.running_ms",
        ),
        (
            (20,),
            "any cap can be set",
            "max(limits.SESSION_CAP_LEAST_MS, min(cap_ms, limits.SESSION_CAP_MOST_MS))",
            "cap_ms",
        ),
        (
            (20,),
            "an end can be put off",
            "self.cap.set(min(self.cap_ms, self.elapsed_ms + max(0, left_ms)))",
            "self.cap.set(self.elapsed_ms + left_ms)",
        ),
    ),
    *of_file(
        "massager/core/controller.py",
        (
            (20,),
            "a session that is over begins anew",
            "elif self.session.is_active():\n            refusal = self.change_program(program)",
            "elif True:\n"
            "            refusal = self.change_program(program)\n"
            "            self.session.state = session.RUNNING",
        ),
        ((26,), "gaps will do", "if 0 <= dt_ms <= limits.TICK_GAP_MS:", "if True:"),
        ((26,), "time may run backwards", "if 0 <= dt_ms <= limits.TICK_GAP_MS:", "if dt_ms <= limits.TICK_GAP_MS:"),
        ((26,), "a press in a gap counts", "self.buttons.ignore()  # how long", "pass  # how long"),
    ),
    *of_file(
        "massager/core/ring.py",
        ((26,), "no ring", "((later_ms - earlier_ms + _HALF) & MASK) - _HALF", "later_ms - earlier_ms"),
    ),
    *of_file(
        "massager/core/signals.py",
        ((27,), "a lamp does not count", "self.is_heater_on or self.is_lamp_on or", "self.is_heater_on or"),
    ),
    *of_file(
        "massager/device/files.py",
        ((27,), "written at any time", "if not self._is_quiet():", "if False:"),
    ),
    *of_file(
        "massager/store/keeper.py",
        ((27,), "kept in a session", "if c.session.is_active():\n            return False", "pass"),
    ),
    *of_file(
        "massager/link/params.py",
        ((27,), "a host writes in a session", "if controller.session.is_active():", "if False:"),
    ),
)
