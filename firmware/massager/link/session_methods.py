"""The methods about the session, and telemetry: what runs, what is measured, start, stop and change."""

from massager.core import (
    faults,
    heat_refusals,
    limits,
    programs,
    refusals,
    self_tests,
    session,
    techniques,
    zones,
)
from massager.core.controller import Controller
from massager.core.sensors import Ntc
from massager.core.signals import Outputs
from massager.core.steps import TECHNIQUE, ZONE
from massager.link import frame, params, rpc
from massager.link.checks import HEATS
from massager.link.program_methods import note_on
from massager.link.rpc import RpcError, unless_refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from massager.store.keeper import Keeper
    from massager.store.slot import Slot

PROTOCOL = 1
_LOOSE_FIT = "The pad gives all it may and the skin stays too cool; a tighter strap may help."
_WEAK_LAMP = "The lamp gives all it may and the skin stays too cool."
_CUT_TO_MOST = "More than 41 degrees was asked for; 41 is the most there is."
_PAYING = "Writing the session down before it begins."
_PROVING = "Checking that the dead-man switch lets go before the program begins."
_WAIT = " Start again in %s."
_LEAST_FIRST = ("day_left_s", "rest_s", "store", "self_test")  # what a status that fits no frame leaves out
_PAUSED = "Paused; everything is off. The session's time limit goes on counting."


class SessionMethods:
    """hello, status, telemetry, and what a host may do to a session."""

    def __init__(self, controller: Controller, keeper: "Keeper", slot: "Slot", identity: "dict[str, Any]") -> None:
        self.telemetry_hz = 0
        self._slot = slot
        self._controller = controller
        self._keeper = keeper
        self._identity = identity

    def table(self) -> "dict[str, Callable[[dict[str, Any]], dict[str, Any]]]":
        """Return the methods by name."""
        return {
            "hello": self._hello,
            "status": self._status,
            "start": self._start,
            "stop": self._stop,
            "pause": self._pause,
            "resume": self._resume,
            "set": self._set,
            "renew": self._renew,
            "subscribe": self._subscribe,
        }

    def _hello(self, given: "dict[str, Any]") -> "dict[str, Any]":
        params.known(given, ())
        answer: dict[str, Any] = {"protocol": PROTOCOL}
        answer.update(self._identity)
        if self._slot.trial_left() >= 0:
            answer["trial_left"] = self._slot.trial_left()
        if self._slot.has_fallen_back():
            answer["fell_back"] = True
        return answer

    def _status(self, given: "dict[str, Any]") -> "dict[str, Any]":
        params.known(given, ())
        c = self._controller
        s = c.session
        answer = {
            "state": session.STATE_NAMES[s.state],
            "why": self._why(),
            "strength": c.strength,
            "limit": c.setup.strength_limit,
            "heat": HEATS[c.heat],
            "skin_mc": _mc_or_none(c.sensors.skin),
            "pad_mc": _mc_or_none(c.sensors.pad),
        }
        if s.is_active():
            answer["program"] = c.catalogue.name(s.program)
            answer["step"] = s.step_index + 1
            answer["steps"] = s.steps_total()
            answer["left_s"] = s.left_ms() // 1000
            answer["leased"] = s.is_leased
        elif c.ledger.used_ms and s.state == session.IDLE:
            answer["rest_s"] = (c.ledger.rest_ms + 999) // 1000
            answer["day_left_s"] = c.ledger.day_left_ms() // 1000
        if c.failed_test:
            answer["self_test"] = self_tests.WORDS[c.failed_test]
        if self._keeper.trouble:
            answer["store"] = self._keeper.trouble
        if s.state == session.FAULT:
            answer["fault"] = faults.TABLE[c.guard.fault][0]
            answer["remedy"] = faults.TABLE[c.guard.fault][2]
        if self._keeper.trouble or c.failed_test:
            _cut_to_fit(answer)
        return answer

    def _why(self) -> str:
        c = self._controller
        state = c.session.state
        if state == session.FAULT:
            return faults.TABLE[c.guard.fault][1]
        if state == session.IDLE:
            return refusals.WORDS[c.not_ready()] or session.END_WORDS[c.session.end_reason]
        if state == session.PAUSED:
            return refusals.WORDS[refusals.UNWORN] if c.session.is_unworn else _PAUSED
        if c.session.waits:
            return _PAYING if c.session.waits == session.DEBIT else _PROVING
        no_heat = heat_refusals.WORDS[c.guard.permit.refusal]
        if c.heat != limits.HEAT_OFF and no_heat:
            return no_heat
        if c.heater.is_clamped_set:
            return _CUT_TO_MOST
        if c.heater.is_limited:
            return _WEAK_LAMP if c.heater.is_by_lamp else _LOOSE_FIT
        return note_on(c.session.program, c, self._keeper.library)

    def _start(self, given: "dict[str, Any]") -> "dict[str, Any]":
        params.known(given, ("program", "strength", "heat"))
        c = self._controller
        number = c.catalogue.number(given.get("program"))
        if number < 0:
            raise RpcError(rpc.BAD_PARAMS, _no_program(given.get("program")))
        strength = params.whole(given, "strength", 1, limits.STRENGTH_MAX, 1)
        why_not = "Every session starts at low heat or off. Ask for medium with set after the start."
        heat = params.heat(given, limits.HEAT_START_MAX, why_not, limits.HEAT_LOW)
        if c.catalogue.is_user(number) and not c.session.is_active():
            why_not = self._keeper.library.lend(number)
            if why_not:
                raise RpcError(rpc.REFUSED, why_not)
        self._unless_refused(c.start(number, strength, heat, True))
        answer = self._state()
        note = self_tests.WORDS[c.failed_test] or note_on(number, c, self._keeper.library)
        if note:
            answer["note"] = note
        return answer

    def _unless_refused(self, refusal: int) -> None:
        """Raise RpcError for a refused start; one that only has to wait says how long (SAF-22, SAF-23)."""
        ledger = self._controller.ledger
        if refusal == refusals.RESTING:
            raise RpcError(rpc.REFUSED, refusals.WORDS[refusal] + _WAIT % _duration(ledger.rest_ms))
        if refusal == refusals.DAY_USED:
            raise RpcError(rpc.REFUSED, refusals.WORDS[refusal] + _WAIT % _duration(ledger.day_wait_ms()))
        unless_refused(refusal)

    def _stop(self, given: "dict[str, Any]") -> "dict[str, Any]":
        params.known(given, ())
        self._controller.stop()
        return self._state()

    def _pause(self, given: "dict[str, Any]") -> "dict[str, Any]":
        params.known(given, ())
        unless_refused(self._controller.pause())
        return self._state()

    def _resume(self, given: "dict[str, Any]") -> "dict[str, Any]":
        params.known(given, ())
        unless_refused(self._controller.resume())
        return self._state()

    def _set(self, given: "dict[str, Any]") -> "dict[str, Any]":
        params.known(given, ("strength", "heat", "left_s", "limit"))
        if not given:
            raise RpcError(rpc.BAD_PARAMS, "set needs at least one of strength, heat, left_s, limit.")
        c = self._controller
        strength = params.whole(given, "strength", 1, c.setup.strength_limit, -1)
        why_not = "High heat can only be chosen at the device, with the HEAT button."
        heat = params.heat(given, limits.HEAT_HOST_MAX, why_not, -1)
        left_s = params.whole(given, "left_s", 0, limits.SESSION_CAP_MOST_MS // 1000, -1)
        strength_limit = params.whole(given, "limit", 1, limits.STRENGTH_MAX, -1)
        unless_refused(c.adjust(strength, heat, left_s, strength_limit))
        return {
            "strength": c.strength,
            "heat": HEATS[c.heat],
            "left_s": c.session.left_ms() // 1000,
            "limit": c.setup.strength_limit,
        }

    def _renew(self, given: "dict[str, Any]") -> "dict[str, Any]":
        params.known(given, ())
        unless_refused(self._controller.renew())
        return {"lease_ms": limits.LEASE_MS}

    def _subscribe(self, given: "dict[str, Any]") -> "dict[str, Any]":
        params.known(given, ("hz",))
        self.telemetry_hz = params.whole(given, "hz", 0, 10, 1)
        return {"hz": self.telemetry_hz}

    def _state(self) -> "dict[str, Any]":
        return {"state": session.STATE_NAMES[self._controller.session.state]}

    def telemetry(self, out: Outputs, roller_ma: int, dropped: int, late_ms: int) -> bytes:
        """Return the JSON of a telemetry notification; out is the last tick's outputs."""
        c = self._controller
        s = c.session
        is_active = s.is_active()
        step = s.current() if is_active else None
        return rpc.notification(
            "telemetry",
            {
                "t_ms": c.now_ms,
                "state": session.STATE_NAMES[s.state],
                "program": c.catalogue.name(s.program) if is_active else None,
                "step": s.step_index + 1 if is_active else None,
                "steps": s.steps_total() if is_active else None,
                "technique": techniques.NAMES[step[TECHNIQUE]] if step else None,
                "zone": zones.NAMES[step[ZONE]] if step else None,
                "left_s": s.left_ms() // 1000 if is_active else None,
                "strength": c.strength,
                "heat": HEATS[c.heat],
                "set_mc": c.heater.set_mc if c.heater.set_mc else None,
                "skin_mc": _mc_or_none(c.sensors.skin),
                "pad_mc": _mc_or_none(c.sensors.pad),
                "duty_pm": c.heater.duty_pm,
                "roller_pm": out.roller_pm,
                "inner_pm": out.inner_pm,
                "outer_pm": out.outer_pm,
                "roller_ma": roller_ma,
                "limited": c.heater.is_limited,
                "fault": faults.TABLE[c.guard.fault][0] if s.state == session.FAULT else None,
                "dropped": dropped,
                "late_ms": late_ms,
            },
        )


def _mc_or_none(ntc: Ntc) -> "int | None":
    return None if ntc.band else ntc.calibrated_mc


def _cut_to_fit(answer: "dict[str, Any]") -> None:
    """Leave out of a status what would make it too long for a frame, under whatever id it was asked for."""
    for name in _LEAST_FIRST:
        if len(rpc.result("x" * rpc.ID_CHARS, answer)) <= frame.MAX_JSON:
            return
        answer.pop(name, None)


def _duration(ms: int) -> str:
    """Return a time in words, rounded up."""
    seconds = (ms + 999) // 1000
    if seconds < 60:
        return "%d s" % seconds
    minutes = (seconds + 59) // 60
    return "%d h %d min" % (minutes // 60, minutes % 60) if minutes >= 60 else "%d min" % minutes


def _no_program(name: "Any") -> str:
    built_in = ", ".join([row[0] for row in programs.BUILT_IN])
    return "program must be one of this device's: " + built_in + ", or one of your own that is on it."
