"""Checks of machine, link and people (SAF-40 to 55) made to do nothing; checks.py says how to read this."""

from checks import Check, of_file

CHECKS: tuple[Check, ...] = (
    *of_file(
        "massager/core/session.py",
        (
            (48,),
            "a session runs at power-up",
            "self.state = IDLE\n        self.end_reason = POWER_UP",
            "self.state = RUNNING",
        ),
        (
            (50,),
            "no lease",
            "elif self.is_leased and ring.diff(now_ms, self._renewed_ms) >= limits.LEASE_MS:",
            "elif False:",
        ),
        ((50,), "a start needs no lease", "self.is_leased = is_leased", "self.is_leased = False"),
    ),
    *of_file(
        "massager/core/controller.py",
        ((41,), "alive without a session", "return self.session.state == session.RUNNING and", "return"),
        (
            (41,),
            "alive in a pause",
            "return self.session.state == session.RUNNING and",
            "return self.session.is_active() and",
        ),
        ((48,), "any heat at the start", "self.heat = min(heat, limits.HEAT_START_MAX)", "self.heat = heat"),
        ((48,), "any heat for a host", "self.heat = min(heat, limits.HEAT_HOST_MAX)", "self.heat = heat"),
        (
            (51,),
            "a start in a fault",
            "if self.session.state == session.FAULT:\n            return",
            "if False:\n            return",
        ),
        ((51,), "an old press clears a fault", "self.buttons.forget()", "pass"),
    ),
    *of_file(
        "massager/core/panel.py",
        (
            (48,),
            "heat is chosen before the session",
            "if not controller.session.is_active():\n            controller.face.player.play(sounds.REFUSED)  # every",
            "if False:\n            controller.face.player.play(sounds.REFUSED)  # every",
        ),
        ((50,), "MODE does not confirm", "s.is_leased = False", "pass"),
    ),
    *of_file(
        "massager/link/params.py",
        ((48,), "the link lets any heat through", "if level > most:", "if False:"),
    ),
    *of_file(
        "massager/device/app.py",
        ((40,), "no watchdog", "watchdog = machine.WDT(timeout=_WATCHDOG_MS)", "watchdog = machine.WDT(timeout=8000)"),
        (
            (40,),
            "a watchdog fed before the tick",
            "self._hardware.read(now_ms",
            "watchdog.feed(); self._hardware.read(now_ms",
        ),
        ((42,), "off comes last", "self._hardware.off()\n            self._report(e)", "self._report(e)"),
        (
            (42,),
            "not every exception is off at once",
            "except BaseException as e:\n            self._hardware.off()",
            "except Exception as e:\n            self._hardware.off()",
        ),
        ((42,), "no reset", "machine.reset()", "pass"),
    ),
    *of_file(
        "massager/device/hardware.py",
        ((41,), "alive whatever the guard says", "if out.is_alive:", "if True:"),
        (
            (42,),
            "one that fails keeps the others on",
            "            try:\n                part.off()\n            except BaseException:\n                pass",
            "            part.off()",
        ),
    ),
    *of_file(
        "boot.py",
        ((43,), "nothing is driven low", "Pin(number, Pin.OUT, value=0)", "pass"),
    ),
    *of_file(
        "massager/store/incidents.py",
        ((46,), "a fault is not latched again", "self._controller.guard.latch(fault)", "pass"),
        ((46,), "what cannot be read is no fault", "if self._latch.is_damaged:", "if False:"),
        ((46,), "a fault of other firmware is none", "if fault < 0:", "if False:"),
        ((46,), "a fault is kept once", "self._copies_due = 2 if fault != faults.NONE else 1", "self._copies_due = 1"),
        ((46,), "a fault is not written down", "if fault != self._kept:", "if False:"),
    ),
    *of_file(
        "massager/core/controller.py",
        (
            (55,),
            "a new device starts",
            "if not self.setup.is_acknowledged and not self.buttons.stuck:",
            "if False:",
        ),
    ),
    *of_file(
        "massager/core/panel.py",
        ((55,), "a short press acknowledges", "elif buttons.long & signals.HEAT and not", "elif buttons.short and not"),
    ),
)
