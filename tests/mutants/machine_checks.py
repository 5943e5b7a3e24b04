"""Checks of machine, link and people (SAF-40 to 55) made to do nothing; checks.py says how to read this."""

from checks import Check, of_file

CHECKS: tuple[Check, ...] = (
    *of_file(
        "massager/core/read_back.py",
        (
            (11,),
            "a low side may be what it likes",
            "return max(self._up_ticks, self.down_ticks) == limits.SWITCH_TICKS",
            "return False",
        ),
    ),
    *of_file(
        "massager/core/supply.py",
        (
            (47,),
            "any supply will do",
            "self.is_bad = self._bad_ticks == limits.SUPPLY_BAD_TICKS",
            "self.is_bad = False",
        ),
    ),
    *of_file(
        "massager/core/session.py",
        (
            (48,),
            "a session runs at power-up",
            "self.state = IDLE\n        self.waits",
            "self.state = RUNNING\n        self.waits",
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
        ((41,), "alive without a session", "return self.session.is_playing() and", "return"),
        ((44,), "anything is tried anywhere", "if not self.is_in_maintenance:", "if False:"),
        (
            (41,),
            "alive in a pause",
            "return self.session.is_playing() and",
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
            "if not controller.session.is_active() or controller.failed_test:\n            controller.face",
            "if controller.failed_test:\n            controller.face",
        ),
        ((50,), "MODE does not confirm", "s.is_leased = False  # someone", "pass  # someone"),
    ),
    *of_file(
        "massager/link/params.py",
        ((48,), "the link lets any heat through", "if level > most:", "if False:"),
    ),
    *of_file(
        "massager/device/app.py",
        (
            (40,),
            "no watchdog",
            "watchdog = machine.WDT(timeout=limits.WATCHDOG_MS)",
            "watchdog = machine.WDT(timeout=8000)",
        ),
        (
            (40,),
            "a watchdog fed before the tick",
            "self._hardware.read(now_ms",
            "watchdog.feed(); self._hardware.read(now_ms",
        ),
        ((42,), "off comes last", "self._hardware.off()\n            gc.enable()", "gc.enable()"),
        (
            (42,),
            "not every exception is off at once",
            "except BaseException as e:\n            self._hardware.off()",
            "except Exception as e:\n            self._hardware.off()",
        ),
        ((42,), "no reset", "finally:\n        machine.reset()", "finally:\n        pass"),
        (
            (42,),
            "a full heap collects at each attempt",
            "_hold_collector(self._outputs.is_alive)",
            "_hold_collector(False)",
        ),
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
        "massager/core/self_tests.py",
        ((19,), "any pad will do", "return pad_mw * 1000 > pad_mm2 * limits.SURFACE_UW_SQ_MM", "return False"),
        ((45, 54), "a damaged image runs", "return failed in (IMAGE_UNLISTED, IMAGE_DAMAGED)", "return False"),
    ),
    *of_file(
        "massager/core/heat_permit.py",
        ((45,), "a failed test forbids no heat", "if self.is_barred:", "if False:"),
    ),
    *of_file(
        "massager/core/guard.py",
        ((45, 54), "what stays is acknowledged", "self.latched.set(self._standing)", "self.latched.set(faults.NONE)"),
    ),
    *of_file(
        "massager/core/calibration.py",
        ((49,), "no press is needed", "if pressed & signals.HEAT:", "if True:"),
        ((49,), "an old press will do", "self.stage = WAITING", "self.stage = MEASURING"),
        ((49,), "any offset will do", "return abs(self.offset_mc) <= limits.CALIBRATION_MOST_MC", "return True"),
        (
            (49,),
            "unsteady will do",
            "return self.most_mc - self.least_mc <= limits.CALIBRATION_STEADY_MC",
            "return True",
        ),
        (
            (49,),
            "apart will do",
            "if self._is_corrected and self._apart_mc() > limits.CALIBRATION_APART_MC:",
            "if False:",
        ),
    ),
    *of_file(
        "massager/store/calibration.py",
        ((49,), "any offset is taken from flash", "abs(value) > limits.CALIBRATION_MOST_MC", "False"),
    ),
    *of_file(
        "massager/core/bench.py",
        ((34,), "a trial goes on while STOP is down", "is_stop_down != (self.what == STOP)", "False"),
        ((44,), "a trial has no end", "if self._left_ms <= 0:", "if False:"),
        ((3, 26), "a trial goes on after a fault or a gap", "if not may_go_on or", "if"),
    ),
    *of_file(
        "massager/link/calibration_methods.py",
        ((49,), "not in maintenance", "refusals.OK if c.is_in_maintenance else refusals.NO_MAINTENANCE", "refusals.OK"),
    ),
    *of_file(
        "massager/device/resets.py",
        ((44,), "no restart is one too many", "is_too_many = is_counted and", "is_too_many = False and"),
        ((44,), "no time passes", "older |= min(age + 1, _AGE_MASK) << at", "older |= age << at"),
        ((44,), "a restart that was meant counts", "not is_power and not self._was_planned", "not is_power"),
        ((44,), "words of anybody count", "if word ^ complement != _ALL or word & _KIND_MASK != _KIND:", "if False:"),
    ),
    *of_file(
        "massager/device/power_up.py",
        ((44,), "a rescue is not kept", "self._keep(is_rescue=True)", "self._starts.is_rescue = True"),
        (
            (44,),
            "any buttons are maintenance",
            "if inputs.buttons != signals.STOP | signals.MODE:",
            "if not inputs.buttons:",
        ),
        ((45,), "the watchdog is not tried", "if starts.proved == self._identity:", "if True:"),
        ((45,), "any start proves the watchdog", "if starts.proving and not is_power:", "if not is_power:"),
    ),
    *of_file(
        "massager/device/self_test.py",
        ((45,), "any read-back will do", "if not inputs.heater_sense and not inputs.lamp_sense:", "if True:"),
        ((45,), "any temperature will do", "is_in_band = least_mc >=", "is_in_band = True or least_mc >="),
    ),
    *of_file(
        "massager/device/image.py",
        ((54,), "files are not looked at", "if found != crc and not (", "if False and not ("),
        ((54,), "boot.py may be that of any image", 'name[0] == "/" and (name', 'name[0] == "/" or (name'),
        ((54,), "files that nobody names are run", "if name not in names:", "if False:"),
        ((45,), "a frozen program is not looked at", "self.is_whole = bool(self.identity)", "self.is_whole = True"),
    ),
    *of_file(
        "massager/device/frozen.py",
        ((45, 54), "any frozen program will do", 'if crc == stated else ""', 'if True else ""'),
        ((45,), "an ESP32's bootloader had nothing to compare", "or head[_HAS_SHA_AT] != 1 or", "or"),
    ),
    *of_file(
        "massager/device/console.py",
        ((52,), "reading ends with the line alone", "if count % _LOOK_AT_CLOCK_EVERY == 0 and", "if False and"),
        (
            (53,),
            "writing ends with the queue alone",
            "if self._is_over(began_us, budget_us):\n                break",
            "pass",
        ),
    ),
    *of_file(
        "boot.py",
        ((43,), "nothing is driven low", "machine.Pin(number, machine.Pin.OUT, value=0)", "pass"),
        ((54,), "a board file that fails waits for somebody", "if is_on_trial and not is_low:", "if False:"),
        ((54,), "an image on trial has starts without end", "(left[0] - 49)", "(left[0] - 48)"),
        ((54,), "what was not confirmed stays", 'slot[1:2] if left == b"0" else slot[:1]', "slot[:1]"),
        ((54,), "an image without a list starts", ' and read("/" + name.decode() + "/image.crc")', ""),
    ),
    *of_file(
        "main.py",
        ((54,), "an image on trial that is half there runs on", "if image.is_whole or not is_on_trial:", "if True:"),
        ((54,), "a broken image on trial waits for somebody", "        if is_on_trial:", "        if False:"),
    ),
    *of_file(
        "massager/store/slot.py",
        ((54,), "confirming is not kept", "self._files.write(NAME, self._running)", "pass"),
    ),
    *of_file(
        "massager/link/params.py",
        ((27,), "flash is written while a motor is tried", "if controller.bench.what:", "if False:"),
    ),
    *of_file(
        "massager/core/ledger.py",
        ((46,), "no number of the ledger is there twice", "if self._total() != ~self._inverse", "if False"),
        ((46,), "no hour of the ledger is there twice", "sum(self._used) != self.used_ms", "False"),
        ((46,), "no dose of the ledger is there twice", "sum(self._dose) != self.dose_ms", "False"),
        ((46,), "time makes a flipped ledger good", "if not self.is_sound:", "if False:"),
        (
            (46,),
            "a start makes a flipped ledger good",
            "if not self.check():\n            return\n        self.open_ms",
            "if False:\n            return\n        self.open_ms",
        ),
        (
            (46,),
            "an end makes a flipped ledger good",
            "if not self.check():\n            return\n        used_ms",
            "if False:\n            return\n        used_ms",
        ),
        ((46,), "a lost session makes a flipped ledger good", "if self.open_ms and self.check():", "if self.open_ms:"),
    ),
    *of_file(
        "massager/core/controller.py",
        (
            (46,),
            "a flipped ledger will do",
            "self.ledger.check() and self.session.is_sound()",
            "self.session.is_sound()",
        ),
        ((46,), "a flipped deadline will do", "self.ledger.check() and self.session.is_sound()", "self.ledger.check()"),
    ),
    *of_file(
        "massager/core/guard.py",
        ((46,), "a flipped fault will do", "if not self.latched.is_sound():", "if False:"),
    ),
    *of_file(
        "massager/store/accounts.py",
        (
            (46,),
            "a flipped ledger is written down",
            "if not self._ledger.is_sound:\n            return False\n        is_changed",
            "if False:\n            return False\n        is_changed",
        ),
        (
            (46,),
            "a flipped debit is written down",
            "if not self._ledger.is_sound:\n            return False\n        if self",
            "if False:\n            return False\n        if self",
        ),
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
    *of_file(
        "massager/core/let_go.py",
        ((41,), "what holds on is no fault", "return faults.ENABLE_STUCK if", "return faults.NONE if"),
        ((41,), "what never conducts is no fault", "return faults.NO_ENABLE", "return faults.NONE"),
    ),
    *of_file(
        "massager/core/read_back.py",
        ((41,), "what conducts at rest is no fault", "return faults.ENABLE_STUCK", "return faults.NONE"),
    ),
    *of_file(
        "massager/device/resets.py",
        ((44,), "restarts are forgotten", "self._ages = self._ages << _AGE_BITS & _LONG_AGO", "pass"),
    ),
    *of_file(
        "massager/device/power_up.py",
        (
            (44,),
            "too many restarts start as ever",
            "self_tests.RESCUE if self._starts.is_rescue else self_tests.NORMAL",
            "self_tests.NORMAL",
        ),
        ((44,), "a rescue is forgotten", "self._keep(is_rescue=True)", "pass"),
        ((45,), "nothing is tested", "self.failed = self_test.failed(board, senses)", "pass"),
        ((45,), "the watchdog is not proved", "self._prove_watchdog()\n", "pass\n"),
        ((45, 54), "a damaged image will do", "if not image.is_whole:", "if False:"),
        ((54,), "a damaged image moves", "or self_tests.is_off_for_good(self.failed)", "or False"),
    ),
    *of_file(
        "massager/device/app.py",
        (
            (44,),
            "leaving for the prompt is a restart like others",
            "pass\n        self._start.resets.plan(True)",
            "pass",
        ),
        ((54,), "a trial ends in a rescue", "if self._slot.trial_left() >= 0:", "if False:"),
        ((45,), "half an image starts over for ever", "app.leave()\n        machine.reset()", "machine.reset()"),
        (
            (45,),
            "no converter is calibrated",
            "board.ADC_READS_UV and not self._keeper.is_calibrated()",
            "False",
        ),
    ),
    *of_file(
        "massager/device/self_test.py",
        (
            (45,),
            "any sensor will do",
            "return is_in_band and most_mc - least_mc <= limits.SELF_TEST_SPREAD_MC",
            "return True",
        ),
        ((45,), "an enable that holds on will do", "if not has_let_go(senses):", "if False:"),
        ((45,), "any memory will do", "return gc.mem_free() >= limits.MEMORY_LEAST_BYTES", "return True"),
    ),
    *of_file(
        "massager/device/image.py",
        ((54,), "any list will do", "if not listed or text", "if text and not listed and text"),
        ((54,), "code that is not listed will do", "if name not in names:", "if False:"),
    ),
    *of_file(
        "massager/link/rpc.py",
        (
            (52,),
            "as many brackets as a line holds",
            'json_bytes.count(b"[") + json_bytes.count(b"{") > _BRACKETS_MOST',
            "False",
        ),
    ),
    *of_file(
        "massager/link/program_methods.py",
        ((52,), "a page keeps anything", "if not all(_is_step(step) for step in page):", "if False:"),
    ),
    *of_file(
        "massager/core/guard.py",
        ((34,), "a switch in doubt goes on", "self._read_back.look_twice(out)", "pass"),
    ),
    *of_file(
        "massager/device/console.py",
        ((52,), "lines have no end", "if byte[0] == _NEWLINE:", "if False:"),
        ((53,), "what does not fit waits", "if len(self._queue) >= _WRITE_QUEUE:", "if False:"),
        (
            (53,),
            "a host that does not read is waited for",
            "while self._queue and _is_ready(self._can_write):",
            "while self._queue:",
        ),
    ),
)
