"""The loop of a command that stays attached to the device: telemetry out, keys in, the lease renewed.

It knows no terminal: frames, sentences and keys come and go through callables.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from kneectl.client import Client, Result
from kneectl.errors import DeviceError, KneectlError, LinkTimeout
from kneectl.telemetry import LIVE_STATES, Telemetry, ms_between

_TURN_S = 0.1  # how long keys and Ctrl-C may wait while no telemetry comes
_RENEW_S = 0.8  # the lease lasts 3 s
_SILENCE_S = 3.0  # without telemetry for so long: ask whether the device is still in the session
_NEXT_HEAT = {"off": "low", "low": "medium"}  # high is chosen at the device only


@dataclass(frozen=True)
class Ending:
    """How an attached command ended: the device's status then, its first and last frame, and who ended it."""

    status: Result
    first: Telemetry | None
    last: Telemetry | None
    was_interrupted: bool

    @property
    def is_fault(self) -> bool:
        """Whether the device is in a fault."""
        return bool(self.status.get("state") == "fault")

    @property
    def lasted_s(self) -> int:
        """Device time from the first frame to the last, in seconds."""
        if self.first is None or self.last is None:
            return 0
        return round(ms_between(self.first, self.last) / 1000)


class Attachment:
    """An attached command over a client.

    on_frame gets each telemetry frame, on_message sentences for the person, next_key returns a key or None,
    is_interrupted says that the person (or SIGTERM) wants to leave.

    lockstep_s is for a simulated device whose time stands still after each line it sends until the host has
    sent one: the host then sends exactly one line for each, nothing by its own clock, and gives up when none
    comes within lockstep_s.
    """

    def __init__(
        self,
        client: Client,
        on_frame: Callable[[Telemetry], None],
        on_message: Callable[[str], None],
        next_key: Callable[[], str | None] = lambda: None,
        is_interrupted: Callable[[], bool] = lambda: False,
        *,
        hz: int = 5,
        lockstep_s: float | None = None,
    ) -> None:
        self._client = client
        self._on_frame = on_frame
        self._on_message = on_message
        self._next_key = next_key
        self._is_interrupted = is_interrupted
        self._hz = hz
        self._lockstep_s = lockstep_s
        self._renews = False
        self._latest: Telemetry | None = None
        self._now: Result = {}  # what the device last said of itself, in telemetry or in an answer
        self._first: Telemetry | None = None

    def run(self, program: str, strength: int, heat: str) -> Ending:
        """Start a session and stay until it has ended; an interruption stops it.

        heat is `off`, `low` or `medium`. Raises DeviceError when the device refuses the start.
        """
        started = self._client.start(program, strength=strength, heat="low" if heat == "medium" else heat)
        self._renews = True
        try:
            if started.get("note"):
                self._on_message(str(started["note"]))
            if heat == "medium":  # every session starts at low
                self._try(lambda: self._client.set(heat="medium"))
            self._client.forget_telemetry()  # what came before the start knows nothing of this session
            was_interrupted = self._attend(lambda: self._latest is not None and not self._latest.is_live)
            if was_interrupted:
                self._client.stop()
        except BaseException:
            self._stop_anyhow()
            raise
        return self._end(was_interrupted)

    def watch(self, seconds: float | None = None) -> Ending:
        """Show what the device does, for some seconds or until interrupted; keeps no session alive."""
        until = None if seconds is None else time.monotonic() + seconds
        was_interrupted = self._attend(lambda: until is not None and time.monotonic() >= until)
        return self._end(was_interrupted)

    def _attend(self, is_over: Callable[[], bool]) -> bool:
        """Handle telemetry and keys until it is over; True when interrupted."""
        self._client.subscribe(self._hz)
        self._renew()
        heard_s = time.monotonic()
        while not is_over():
            if self._is_interrupted():
                return True
            frame = self._client.telemetry(_TURN_S if self._lockstep_s is None else self._lockstep_s)
            if frame is not None:
                heard_s = time.monotonic()
                self._take(frame)
            elif self._lockstep_s is not None:
                raise LinkTimeout("The simulated device sends no telemetry any more.")
            elif time.monotonic() - heard_s > _SILENCE_S:
                heard_s = time.monotonic()
                if self._renews and self._client.status()["state"] not in LIVE_STATES:
                    return False
                self._client.subscribe(self._hz)
            self._renew_in_time()
            self._handle_keys()
        return False

    def _take(self, frame: Telemetry) -> None:
        self._latest = frame
        self._now = {"state": frame.state, "strength": frame.strength, "heat": frame.heat}
        self._first = self._first or frame
        self._on_frame(frame)
        if frame.is_live:
            self._renew()

    def _renew(self) -> None:
        if self._renews:
            self._client.renew()
            self._renewed_s = time.monotonic()

    def _renew_in_time(self) -> None:
        if self._renews and self._lockstep_s is None and time.monotonic() - self._renewed_s > _RENEW_S:
            self._renew()

    def _handle_keys(self) -> None:
        """Carry out the keys that wait; a stop among them comes first and makes the others void."""
        keys = []
        while (key := self._next_key()) is not None:
            keys.append(key)
        if "s" in keys:
            keys = ["s"]
        if self._latest is not None:
            for key in keys:
                self._handle_key(key)

    def _handle_key(self, key: str) -> None:
        # Telemetry comes a few times a second and keys may come faster: each builds on the answer to the one before.
        now = self._now
        if key == " ":
            self._try(self._client.resume if now["state"] == "paused" else self._client.pause)
        elif key == "s":
            self._try(self._client.stop)
        elif key in ("+", "-") and now["strength"] is not None:
            strength = now["strength"] + (1 if key == "+" else -1)
            if 1 <= strength <= 5:
                self._try(lambda: self._client.set(strength=strength))
        elif key == "h" and now["state"] in LIVE_STATES:
            self._try(lambda: self._client.set(heat=_NEXT_HEAT.get(now["heat"] or "", "off")))

    def _try(self, action: Callable[[], Result]) -> None:
        try:
            self._now.update(action())
        except DeviceError as error:
            self._on_message(error.message)

    def _stop_anyhow(self) -> None:
        try:
            self._client.stop()
        except (KneectlError, OSError):
            pass  # the device cannot be reached: the lease ends the session

    def _end(self, was_interrupted: bool) -> Ending:
        status = self._client.status()
        self._client.subscribe(0)
        return Ending(status, self._first, self._latest, was_interrupted)
