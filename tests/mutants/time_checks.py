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
            "if not self._wants_change:\n            refusal = self.start",
            "if True:\n            refusal = self.start",
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
        ((27,), "kept in a session", "if c.session.is_active():\n            return self._pay()", "pass"),
    ),
    *of_file(
        "massager/link/params.py",
        ((27,), "a host writes in a session", "if controller.session.is_active():", "if False:"),
    ),
    *of_file(
        "massager/device/switches.py",
        ((21,), "the alive pin does not count", "self._left -= 1", "pass"),
        ((21,), "a grant has no end", "min(cap_ms, limits.SESSION_CAP_MOST_MS)", "cap_ms"),
        ((21,), "no grant is needed", "if self._left <= 0:", "if False:"),
    ),
    *of_file(
        "massager/core/ledger.py",
        ((22,), "no rest", "return refusals.RESTING", "pass"),
        (
            (22,),
            "a session is rest",
            "if not self.open_ms:\n            self.rest_ms",
            "if True:\n            self.rest_ms",
        ),
        ((22,), "what is unrested is a gift", "min(most_ms - self._unrested_ms(), ", "min(most_ms, "),
        ((23,), "the day has no end", "return refusals.DAY_USED", "pass"),
        ((23,), "the last session of a day is a whole one", ", limits.DAY_USE_MS - self.used_ms))", ", most_ms))"),
        ((23,), "a day of six hours", "HOURS = 26", "HOURS = 6"),
        ((15,), "every session has a day's dose", "max(0, limits.DOSE_DAY_MS - self.dose_ms)", "limits.DOSE_DAY_MS"),
        ((24,), "a power cut gives the session back", "max(0, off_ms - self.open_ms)", "max(0, off_ms + self.open_ms)"),
        (
            (24,),
            "what cannot be known was nothing",
            "self.debit(limits.SESSION_CAP_MOST_MS, limits.DOSE_SESSION_MS)",
            "pass",
        ),
    ),
    *of_file(
        "massager/core/controller.py",
        ((15,), "no dose is kept", "self.guard.permit.dose.ms)", "0)"),
        (
            (24,),
            "a session costs nothing",
            "self.ledger.settle(self.session.used_ms(self.now_ms)",
            "self.ledger.settle(0",
        ),
        ((26,), "a clock that ran back gives back", "self.ledger.lose()  # how", "pass  # how"),
        ((46,), "a flipped begin gives back", "if self.session.began.is_sound():", "if True:"),
    ),
    *of_file(
        "massager/store/keeper.py",
        ((24,), "nothing waits for its debit", "if not self._accounts.pay():", "if True:"),
        ((24,), "what cannot be written down begins", "c.session.end(session.UNPAID)", "c.paid(c.ledger.open_ms)"),
    ),
    *of_file(
        "massager/store/accounts.py",
        ((24,), "a debit is written once", "self._copies_due = 2", "self._copies_due = 1"),
        ((24,), "a damaged ledger is a new one", "self._ledger.fear()", "pass"),
        ((25,), "powered time is lost with the power", "ring.diff(now_ms, self._written_ms) < _EVERY_MS:", "True:"),
    ),
    *of_file(
        "massager/store/off_time.py",
        ((25,), "any time off is believed", "if 0 <= off_s <= limits.OFF_MOST_S:", "if True:"),
        ((25,), "a clock may limp", "or not -most_s <= now_s - self._now_s - gone_s <= most_s:", "or False:"),
        ((25,), "a clock that begins anew is not noticed", "self._is_anew = True", "pass"),
    ),
    *of_file(
        "massager/device/rtc.py",
        ((25,), "a clock that stood still will do", "return -1 if self._status[0] & _STOPPED else ", "return "),
        ((25,), "a clock is never set going", "self._i2c.writeto_mem(_ADDRESS, _TIME, _EPOCH)", "pass"),
    ),
)
