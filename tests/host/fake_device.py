"""A small honest device on a pseudo-terminal: it speaks docs/link.md and notes what the host does wrong."""

import json
import os
import pty
import select
import threading
import time
import tty
from typing import Any

from kneectl.telemetry import FIELDS
from massager.link import frame

PROGRAMS = [
    {"name": "shiatsu", "length_s": 720, "steps": 6},
    {"name": "short", "length_s": 12, "steps": 2},
    {"name": "swedish", "length_s": 600, "steps": 5},
]
_FREE = ("hello", "status", "programs", "subscribe", "stop")  # may come without a CRC, from a person
_KNOWN = (*_FREE, "start", "pause", "resume", "set", "renew")
_LEASE_MS = 3000
_TICK_MS = 20
_SET_MC = {"off": None, "low": 37000, "medium": 39000}


class FakeDevice:
    """A device in a thread; a context manager that raises AssertionError for what the host did wrong.

    speed is virtual seconds a second, None as fast as possible; in lock-step time stands still after each
    line that is sent until the host has sent one.
    """

    def __init__(self, speed: float | None = 1.0, lockstep: bool = False) -> None:
        self.problems: list[str] = []
        self.lines: list[dict[str, Any]] = []  # every message as it came
        self.executed: list[tuple[str, dict[str, Any]]] = []
        self.mute = 0  # so many requests are executed and not answered
        self.garble = 0  # so many requests are taken for spoilt on the way
        self.noise = b""  # sent before the next reply
        self.refusals: dict[str, tuple[int, str]] = {}
        self.protocol = 1
        self.now_ms = 0
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
            self._state, self._fault, self._why = "fault", name, "The skin was at 43.1 °C."

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

    def _advance(self, by_ms: int) -> None:
        self.now_ms += by_ms
        if self._state == "running":
            self._left_ms -= by_ms
            if self._left_ms <= 0:
                self._state, self._why = "idle", "The program is over."
            elif self.now_ms - self._renewed_ms > _LEASE_MS * max(
                1.0, self._speed or 1.0
            ):  # 3 s for a busy machine too
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
        return {"result": getattr(self, "_" + method)(**params)}

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
        return {"total": len(PROGRAMS), "first": first, "programs": PROGRAMS[first : first + 2]}

    def _start(self, program: str, strength: int = 1, heat: str = "low") -> dict[str, Any]:
        self._program = next(known for known in PROGRAMS if known["name"] == program)
        self._values.update(strength=strength, heat=heat)
        self._left_ms = self._program["length_s"] * 1000
        self._renewed_ms = self.now_ms
        self._state, self._why = "running", "The session runs."
        return {"state": "running"}

    def _stop(self) -> dict[str, Any]:
        if self._state != "fault":
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
