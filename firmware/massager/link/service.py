"""The methods of docs/link.md: a frame in, an answer out. Sans-IO; runs between ticks and may allocate."""

from massager.core import faults, limits, programs, session, techniques, zones
from massager.core.controller import OK, REFUSAL_WORDS, Controller
from massager.core.sensors import Ntc
from massager.core.signals import Outputs
from massager.core.steps import TECHNIQUE, ZONE, total_s
from massager.link import frame, params, rpc
from massager.link.rpc import RpcError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PROTOCOL = 1
_ANSWERS_KEPT = 4  # how many answers to changing requests are kept for a host that asks again
_PROGRAMS_A_FRAME = 6
_WITHOUT_CRC = ("hello", "status", "programs", "subscribe", "stop")
_REPEATABLE = ("hello", "status", "programs", "subscribe", "stop", "renew")  # done again each time they are asked
_LOOSE_FIT = "The pad is as warm as it may be and the skin gets no warmer; a tighter strap may help."
_CUT_TO_MOST = "More than 41 degrees was asked for; 41 is the most there is."
_PAUSED = "Paused; everything is off. The session's time limit goes on counting."


class Service:
    """Answers frames about one controller. identity is what `hello` tells besides the protocol version, a dict."""

    def __init__(self, controller: Controller, identity: "dict[str, Any]") -> None:
        self.telemetry_hz = 0
        self._controller = controller
        self._identity = identity
        self._answers: list[tuple[int | str | None, str, bytes]] = []
        self._methods = {
            "hello": self._hello,
            "status": self._status,
            "programs": self._programs,
            "start": self._start,
            "stop": self._stop,
            "pause": self._pause,
            "resume": self._resume,
            "set": self._set,
            "renew": self._renew,
            "subscribe": self._subscribe,
        }

    def handle(self, kind: int, json_bytes: bytes) -> "bytes | None":
        """Return the JSON of the answer to a deframed line, or None if it wants none."""
        request_id = None
        try:
            if kind == frame.TOO_LONG:
                raise RpcError(rpc.TOO_LONG, "The line is too long: at most 512 bytes of JSON.")
            if kind == frame.BAD_CRC:
                raise RpcError(rpc.BAD_CRC, "The CRC is wrong. Send the line again.")
            message = rpc.load(json_bytes)
            request_id = rpc.id_of(message)
            return self._answer(rpc.method_of(message), rpc.params_of(message), request_id, kind == frame.OK_CRC)
        except RpcError as e:
            return rpc.error(request_id, e.code, e.message)

    def _answer(
        self, name: str, given: "dict[str, Any]", request_id: "int | str | None", has_crc: bool
    ) -> "bytes | None":
        method = self._methods.get(name)
        if method is None:
            raise RpcError(rpc.NO_METHOD, "No such method. Known: " + ", ".join(sorted(self._methods)) + ".")
        if not has_crc and name not in _WITHOUT_CRC:
            raise RpcError(rpc.NEEDS_CRC, name + " needs a CRC. Use kneectl, or see docs/link.md.")
        is_once = name not in _REPEATABLE
        if is_once:
            if request_id is None:
                raise RpcError(rpc.INVALID, name + " needs an id.")
            for kept_id, kept_name, answer in self._answers:
                if kept_id == request_id and kept_name == name:
                    return answer
        try:
            answer = rpc.result(request_id, method(given))
        except RpcError as e:
            answer = rpc.error(request_id, e.code, e.message)
        if is_once:
            self._answers.append((request_id, name, answer))
            if len(self._answers) > _ANSWERS_KEPT:
                self._answers.pop(0)
        return answer if request_id is not None else None

    def _hello(self, given: "dict[str, Any]") -> "dict[str, Any]":
        params.known(given, ())
        answer: dict[str, Any] = {"protocol": PROTOCOL}
        answer.update(self._identity)
        return answer

    def _status(self, given: "dict[str, Any]") -> "dict[str, Any]":
        params.known(given, ())
        c = self._controller
        s = c.session
        answer = {
            "state": session.STATE_NAMES[s.state],
            "why": self._why(),
            "strength": c.strength,
            "limit": c.strength_limit,
            "heat": params.HEAT_NAMES[c.heat],
            "skin_mc": _mc_or_none(c.sensors.skin),
            "pad_mc": _mc_or_none(c.sensors.pad),
        }
        if s.is_active():
            answer["program"] = programs.BUILT_IN[s.program][0]
            answer["step"] = s.step_index + 1
            answer["steps"] = s.steps_total()
            answer["left_s"] = s.left_ms() // 1000
            answer["leased"] = s.is_leased
        if s.state == session.FAULT:
            answer["fault"] = faults.TABLE[c.guard.fault][0]
            answer["remedy"] = faults.TABLE[c.guard.fault][2]
        return answer

    def _why(self) -> str:
        c = self._controller
        state = c.session.state
        if state == session.FAULT:
            return faults.TABLE[c.guard.fault][1]
        if state == session.IDLE:
            return session.END_WORDS[c.session.end_reason]
        if state == session.PAUSED:
            return _PAUSED
        if c.heater.is_clamped_set:
            return _CUT_TO_MOST
        return _LOOSE_FIT if c.heater.is_limited else ""

    def _programs(self, given: "dict[str, Any]") -> "dict[str, Any]":
        params.known(given, ("first",))
        total = len(programs.BUILT_IN)
        first = params.whole(given, "first", 0, total, 0)
        rows = []
        for name, steps in programs.BUILT_IN[first : first + _PROGRAMS_A_FRAME]:
            rows.append({"name": name, "length_s": total_s(steps), "steps": len(steps)})
        return {"total": total, "first": first, "programs": rows}

    def _start(self, given: "dict[str, Any]") -> "dict[str, Any]":
        params.known(given, ("program", "strength", "heat"))
        number = _program_number(given.get("program"))
        strength = params.whole(given, "strength", 1, limits.STRENGTH_MAX, 1)
        why_not = "Every session starts at low heat or off. Ask for medium with set after the start."
        heat = params.heat(given, limits.HEAT_START_MAX, why_not, limits.HEAT_LOW)
        _unless_refused(self._controller.start(number, strength, heat, True))
        return self._state()

    def _stop(self, given: "dict[str, Any]") -> "dict[str, Any]":
        params.known(given, ())
        self._controller.stop()
        return self._state()

    def _pause(self, given: "dict[str, Any]") -> "dict[str, Any]":
        params.known(given, ())
        _unless_refused(self._controller.pause())
        return self._state()

    def _resume(self, given: "dict[str, Any]") -> "dict[str, Any]":
        params.known(given, ())
        _unless_refused(self._controller.resume())
        return self._state()

    def _set(self, given: "dict[str, Any]") -> "dict[str, Any]":
        params.known(given, ("strength", "heat", "left_s", "limit"))
        if not given:
            raise RpcError(rpc.BAD_PARAMS, "set needs at least one of strength, heat, left_s, limit.")
        c = self._controller
        strength = params.whole(given, "strength", 1, c.strength_limit, -1)
        why_not = "High heat can only be chosen at the device, with the HEAT button."
        heat = params.heat(given, limits.HEAT_HOST_MAX, why_not, -1)
        left_s = params.whole(given, "left_s", 0, limits.SESSION_CAP_MS // 1000, -1)
        strength_limit = params.whole(given, "limit", 1, limits.STRENGTH_MAX, -1)
        _unless_refused(c.adjust(strength, heat, left_s, strength_limit))
        return {
            "strength": c.strength,
            "heat": params.HEAT_NAMES[c.heat],
            "left_s": c.session.left_ms() // 1000,
            "limit": c.strength_limit,
        }

    def _renew(self, given: "dict[str, Any]") -> "dict[str, Any]":
        params.known(given, ())
        _unless_refused(self._controller.renew())
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
                "program": programs.BUILT_IN[s.program][0] if is_active else None,
                "step": s.step_index + 1 if is_active else None,
                "steps": s.steps_total() if is_active else None,
                "technique": techniques.NAMES[step[TECHNIQUE]] if step else None,
                "zone": zones.NAMES[step[ZONE]] if step else None,
                "left_s": s.left_ms() // 1000 if is_active else None,
                "strength": c.strength,
                "heat": params.HEAT_NAMES[c.heat],
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
    return None if ntc.band else ntc.mc


def _program_number(name: "Any") -> int:
    for number in range(len(programs.BUILT_IN)):
        if programs.BUILT_IN[number][0] == name:
            return number
    names = ", ".join([program[0] for program in programs.BUILT_IN])
    raise RpcError(rpc.BAD_PARAMS, "program must be one of: " + names + ".")


def _unless_refused(code: int) -> None:
    if code != OK:
        raise RpcError(rpc.REFUSED, REFUSAL_WORDS[code])
