"""A small honest device on a pseudo-terminal: it speaks docs/link.md and notes what the host does wrong."""

import json
import os
import pty
import select
import threading
import time
import tty
from typing import Any

from fake_programs import METHODS, FakePrograms, Refused
from kneectl.telemetry import FIELDS
from massager.link import frame

PROGRAMS = [
    {"name": "shiatsu", "length_s": 720, "steps": 6},
    {"name": "short", "length_s": 12, "steps": 2},
    {"name": "swedish", "length_s": 600, "steps": 5},
]
# May come without a CRC, from a person.
_FREE = (
    *("hello", "status", "programs", "subscribe", "stop", "log.list", "log.read"),
    *("faults.list", "faults.read", "faults.box"),
)
_KNOWN = (
    *_FREE,
    "calibration.get",
    "calibration.begin",
    "start",
    "pause",
    "resume",
    "set",
    "renew",
    "clock.set",
    "image.confirm",
    "maintenance",
    *METHODS,
)
_LEASE_MS = 3000
_TICK_MS = 20
_PAGE = 3  # records in an answer
_DATES_S = range(1577836800, 2524608000)  # 2020 to 2049
_SET_MC = {"off": None, "low": 37000, "medium": 39000}


class FakeDevice(FakePrograms):
    """A device in a thread; a context manager that raises AssertionError for what the host did wrong.

    speed is virtual seconds a second, None as fast as possible; in lock-step time stands still after each
    line that is sent until the host has sent one.
    """

    def __init__(self, speed: float | None = 1.0, lockstep: bool = False) -> None:
        super().__init__()
        self.problems: list[str] = []
        self.lines: list[dict[str, Any]] = []  # every message as it came
        self.executed: list[tuple[str, dict[str, Any]]] = []
        self.mute = 0  # so many requests are executed and not answered
        self.garble = 0  # so many requests are taken for spoilt on the way
        self.noise = b""  # sent before the next reply
        self.refusals: dict[str, tuple[int, str]] = {}
        self.results: dict[str, Any] = {}  # what a method answers instead of the truth
        self.calibration: list[tuple[str, str]] = []  # stages and words to come before it is kept
        self._offset_mc = 0
        self.protocol = 1
        self.now_ms = 0
        self.log: list[dict[str, Any]] = []  # what is still kept of it
        self.log_next = 1
        self.booted = 1
        self.unix_s: int | None = None  # the date, as it was told at _told_ms
        self._told_ms = 0
        self._booted_ms = 0
        self._started: dict[str, Any] = {}  # how the session's record begins
        self._has_listed = False
        self._answers: dict[str, dict[str, Any]] = {}
        self._speed = speed
        self._lockstep = lockstep
        self._is_still = False
        self._state = "idle"
        self._why = "Nothing was started."
        self._fault: str | None = None
        self._left_ms = 0
        self._renewed_ms = 0
        self._hz = 0
        self._next_ms = 0
        self._values: dict[str, Any] = {"strength": 1, "heat": "low", "limit": 5}
        self._program: dict[str, Any] = PROGRAMS[0]
        self._deframer = frame.Deframer()
        self._lock = threading.Lock()
        self._is_ending = threading.Event()
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)  # or what nobody reads yet comes back as an echo
        self.port = os.ttyname(self._slave)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "FakeDevice":
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.hang_up()
        if exception[0] is None:
            assert not self.problems, self.problems

    def hang_up(self) -> None:
        """Go away, as by a pulled plug; a second call does nothing."""
        if self._is_ending.is_set():
            return
        self._is_ending.set()
        self._thread.join()
        os.close(self._slave)
        os.close(self._master)

    def say(self, raw: bytes) -> None:
        """Send bytes as they are."""
        os.write(self._master, raw)

    def notify(self, method: str, params: dict[str, Any]) -> None:
        """Send a notification."""
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def fail(self, name: str) -> None:
        """Go into a fault."""
        with self._lock:
            self._end("fault", fault=name)
            self._state, self._fault, self._why = "fault", name, "The skin was at 43.1 °C."

    def log_session(self, **values: Any) -> None:
        """Add a session to the log, a whole one that began just now unless values say otherwise."""
        with self._lock:
            self._log(values)

    def restart(self, up_s: int = 0) -> None:
        """Be switched off and on again, up_s seconds ago: the log stays, the date is forgotten."""
        with self._lock:
            self.booted, self.unix_s = self.log_next, None
            self._booted_ms = self.now_ms - up_s * 1000

    def wipe(self) -> None:
        """Lose the log, as when the memory is written anew."""
        with self._lock:
            self.log, self.log_next, self.booted = [], 1, 1

    @property
    def state(self) -> str:
        return self._state

    def _run(self) -> None:
        last_s = time.monotonic()
        while not self._is_ending.is_set():
            ready = select.select([self._master], [], [], 0.0 if self._speed is None else 0.005)[0]
            data = os.read(self._master, 4096) if ready else b""
            now_s = time.monotonic()
            with self._lock:
                for kind, json_bytes in self._deframer.feed(data):
                    self._is_still = False
                    self._handle(kind, json_bytes)
                if not self._is_still:
                    self._advance(_TICK_MS if self._speed is None else int((now_s - last_s) * 1000 * self._speed))
            last_s = now_s

    @property
    def _up_s(self) -> int:
        return (self.now_ms - self._booted_ms) // 1000

    def _date_s(self) -> int | None:
        return None if self.unix_s is None else self.unix_s + (self.now_ms - self._told_ms) // 1000

    def _log(self, values: dict[str, Any]) -> None:
        record = {"seq": self.log_next, "program": "swedish", "at_s": self._date_s(), "up_s": self._up_s}
        record |= {"lasted_s": 600, "of_s": 600, "end": "finished", "strength": 2, "heat": "low", "skin_mc": 38400}
        self.log.append(record | values)
        self.log_next += 1

    def _end(self, end: str, **values: Any) -> None:
        if self._state in ("running", "paused"):
            lasted_s = self._program["length_s"] - max(0, self._left_ms) // 1000
            self._log({**self._started, "lasted_s": lasted_s, "end": end, **values})

    def _advance(self, by_ms: int) -> None:
        self.now_ms += by_ms
        if self._state == "running":
            self._left_ms -= by_ms
            if self._left_ms <= 0:
                self._end("finished")
                self._state, self._why = "idle", "The program is over."
            elif self.now_ms - self._renewed_ms > _LEASE_MS * max(
                1.0, self._speed or 1.0
            ):  # 3 s for a busy machine too
                self._end("lease")
                self._state, self._why = "idle", "The host did not renew its lease."
        if self._hz and self.now_ms >= self._next_ms:
            self._next_ms = self.now_ms + 1000 // self._hz
            self.notify("telemetry", self._telemetry())

    def _handle(self, kind: int, json_bytes: bytes) -> None:
        if self.garble:
            self.garble -= 1
            self._send(
                {
                    "jsonrpc": "2.0",
                    "id": None,
                    "error": {"code": -32001, "message": "The CRC is wrong. Send it again."},
                }
            )
            return
        if kind != frame.OK_CRC:
            self.problems.append(f"a line without a good CRC: {json_bytes!r}")
            return
        message = json.loads(json_bytes)
        self.lines.append(message)
        method, params, request_id = message["method"], message.get("params", {}), message.get("id")
        if method not in _KNOWN:
            self.problems.append(f"no such method: {method}")
        if request_id is None:
            if method != "renew":
                self.problems.append(f"{method} without an id")
            self._renewed_ms = self.now_ms
            return
        if len(request_id) > 24:
            self.problems.append(f"a long id: {request_id}")
        if request_id not in self._answers:
            self.executed.append((method, params))
            self._answers[request_id] = self._answer(method, params)
        if self.mute:
            self.mute -= 1
            return
        if self.noise:
            self.say(self.noise)
            self.noise = b""
        self._send({"jsonrpc": "2.0", "id": request_id, **self._answers[request_id]})

    def _answer(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        if method in self.refusals:
            code, sentence = self.refusals[method]
            return {"error": {"code": code, "message": sentence}}
        if method in self.results:
            return {"result": self.results[method]}
        try:
            return {"result": getattr(self, "_" + method.replace(".", "_"))(**params)}
        except Refused as refused:
            return {"error": refused.error}

    def _hello(self) -> dict[str, Any]:
        features = ["roller", "inner", "outer", "heater"]
        return {
            "protocol": self.protocol,
            "firmware": "0.1.0",
            "board": "fake",
            "id": "73696d00",
            "features": features,
            "reset": "power",
        }

    def _status(self) -> dict[str, Any]:
        found = {
            "state": self._state,
            "why": self._why,
            **self._values,
            "skin_mc": 33100,
            "pad_mc": None,
            "leased": False,
        }
        if self._state == "fault":
            found.update(fault=self._fault, remedy="Let the pad cool down, then press STOP for 1.5 s.")
        if self._state in ("running", "paused"):
            found.update(
                program=self._program["name"],
                step=1,
                steps=self._program["steps"],
                left_s=self._left_ms // 1000,
            )
        return found

    def _programs(self, first: int = 0) -> dict[str, Any]:
        found = PROGRAMS + self.user_rows()
        return {"total": len(found), "first": first, "programs": found[first : first + 2]}

    def _start(self, program: str, strength: int = 1, heat: str = "low") -> dict[str, Any]:
        self._program = next(known for known in PROGRAMS + self.user_rows() if known["name"] == program)
        self._values.update(strength=strength, heat=heat)
        self._left_ms = self._program["length_s"] * 1000
        self._renewed_ms = self.now_ms
        self._started = {"program": program, "at_s": self._date_s(), "up_s": self._up_s}
        self._started |= {"of_s": self._program["length_s"], "strength": strength, "heat": heat}
        self._state, self._why = "running", "The session runs."
        return {"state": "running"}

    def _stop(self) -> dict[str, Any]:
        if self._state != "fault":
            self._end("host")
            self._state, self._why = "idle", "It was stopped over the link."
        return {"state": "idle"}

    def _pause(self) -> dict[str, Any]:
        self._state = "paused"
        return {"state": "paused"}

    def _resume(self) -> dict[str, Any]:
        self._state = "running"
        return {"state": "running"}

    def _set(self, **values: Any) -> dict[str, Any]:
        self._values.update(values)
        return dict(self._values)

    def _subscribe(self, hz: int) -> dict[str, Any]:
        self._hz = hz
        self._next_ms = self.now_ms + (1000 // hz if hz else 0)
        return {"hz": hz}

    def _log_list(self) -> dict[str, Any]:
        self._has_listed = True
        first = self.log[0]["seq"] if self.log else self.log_next
        found = {"first": first, "next": self.log_next, "booted": self.booted}
        return {**found, "up_s": self._up_s, "unix_s": self._date_s()}

    def _log_read(self, seq: int) -> dict[str, Any]:
        if not self._has_listed or type(seq) is not int or not 0 < seq < self.log_next:
            self.problems.append(f"log.read of {seq!r}, which log.list has not told of")
        page = [record for record in self.log if record["seq"] >= seq][:_PAGE]
        while len(json.dumps({"records": page}, separators=(",", ":"))) > frame.MAX_JSON - 80:
            page.pop()  # as many as fit in a frame
        return {"records": page, "next": page[-1]["seq"] + 1 if page else self.log_next}

    def _calibration_begin(self, true_mc: int) -> dict[str, Any]:
        if type(true_mc) is not int:
            self.problems.append(f"calibration.begin with {true_mc!r}")
        self._offset_mc = true_mc - 33100
        return self._calibration_get()

    def _calibration_get(self) -> dict[str, Any]:
        stage, why = self.calibration.pop(0) if self.calibration else ("kept", "")
        offset_mc = self._offset_mc if stage == "kept" else 0
        return {"stage": stage, "why": why, "skin_mc": offset_mc, "pad_mc": -offset_mc}

    def _clock_set(self, unix_s: int) -> dict[str, Any]:
        if type(unix_s) is not int or unix_s not in _DATES_S:
            self.problems.append(f"clock.set to {unix_s!r}")
        self.unix_s, self._told_ms = unix_s, self.now_ms
        return {"unix_s": unix_s}

    def _telemetry(self) -> dict[str, Any]:
        is_live = self._state in ("running", "paused")
        done = 1 - self._left_ms / 1000 / self._program["length_s"]
        step = min(int(done * self._program["steps"]), self._program["steps"] - 1) + 1
        moving = 500 if self._state == "running" else 0
        found = {"t_ms": self.now_ms % (1 << 29), "state": self._state, "fault": self._fault}
        found.update(strength=self._values["strength"], heat=self._values["heat"])
        found.update(set_mc=_SET_MC[self._values["heat"]], limited=False, dropped=0, late_ms=0)
        found.update(skin_mc=33000 + int(5000 * done), pad_mc=34000 + int(6000 * done), duty_pm=moving)
        found.update(roller_pm=-moving, inner_pm=moving // 2, outer_pm=moving // 5, roller_ma=120)
        if is_live:
            found.update(program=self._program["name"], step=step, steps=self._program["steps"])
            found.update(technique="press", zone="thigh", left_s=self._left_ms // 1000)
        return {**dict.fromkeys(FIELDS), **found}

    def _send(self, message: dict[str, Any]) -> None:
        self._is_still = self._lockstep
        self.say(frame.encode(json.dumps(message, separators=(",", ":")).encode()))
