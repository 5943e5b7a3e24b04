"""The client: requests to a device over its serial port, and the telemetry it sends.

One `Client` owns the port. It is synchronous: a request waits for its reply, and telemetry that arrives
meanwhile waits in a queue for `telemetry`.
"""

import errno
import json
import secrets
import time
from collections import deque
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self

import serial

from kneectl import owner
from kneectl.errors import DeviceCrash, DeviceError, LinkTimeout, LostDevice, PortBusy, PortError, UsageError
from kneectl.telemetry import Telemetry, from_params
from massager.link import frame

serial.protocol_handler_packages.append("kneesim.urls")  # sim://, imported when one is opened

PROTOCOL = 1
Result = dict[str, Any]

_BAUD = 115200  # what UART bridges run at; USB's own serial ports ignore it
_POLL_S = 0.05  # how long a read waits for the first byte
_WRITE_S = 2.0
_SOCKET_AT_ONCE = 4096
_QUEUE = 1024  # telemetry frames kept for a caller who does not fetch them: minutes of it; then the oldest go
_LOCKED = (errno.EAGAIN, errno.EACCES, errno.EBUSY)
_LOST = (
    "The device is gone from {}: unplugged, switched off or restarting. A session that was started from here"
    " ends within 3 seconds; check the cable."
)
_STEPS_A_FRAME = 8  # of a program; with the longest name and title they fit into a frame
_NOT_UNDERSTOOD = "The device's answer cannot be understood. Install the kneectl and the firmware of one release."
_CLOSED = (
    "{} closed the connection without a word: another program is connected, or the device was switched off."
    " It serves one at a time; close the other and try again."
)


class Client:
    """A device on a serial port (a path, `COM3`, or a URL that pyserial knows); a context manager.

    timeout_s is what a request may take in all; in that time it is sent up to `tries` times, always with the
    same id, which the device executes once. Raises PortError when the port cannot be opened or has another
    owner. Every call raises LostDevice when the port disappears and DeviceCrash when the device reports one.
    """

    def __init__(self, port: str, *, timeout_s: float = 2.0, tries: int = 4) -> None:
        self.port = port
        self.skipped = 0  # lines that were no frames: a boot message, noise
        self._is_socket = port.startswith("socket://")
        self._has_heard = False
        self._timeout_s = timeout_s
        self._tries = tries
        self._prefix = secrets.token_hex(4)
        self._count = 0
        self._deframer = frame.Deframer()
        self._replies: deque[Result] = deque()
        self._telemetry: deque[Telemetry] = deque(maxlen=_QUEUE)
        # Each sim:// is a device of its own: there is nothing to share.
        self._owned = None if port.startswith("sim://") else owner.claim(port)
        try:
            self._serial = _open(port)
        except BaseException:
            self._let_go()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the port and give up its ownership; a second call does nothing."""
        self._serial.close()
        self._let_go()

    def _let_go(self) -> None:
        if self._owned is not None:
            self._owned.release()

    def request(self, method: str, **params: Any) -> Result:
        """Send a request and return its result.

        Raises DeviceError when the device answers with an error, LinkTimeout when it does not answer,
        UsageError when the request is longer than a frame.
        """
        self._count += 1
        request_id = f"{self._prefix}-{self._count}"
        message: Result = {"jsonrpc": "2.0", "id": request_id, "method": method}
        if params:
            message["params"] = params
        line = _encode(message)
        unreadable: DeviceError | None = None
        for _ in range(self._tries):
            self._write(line)
            reply = self._wait_for_reply(request_id, self._timeout_s / self._tries)
            if reply is None:
                continue
            if "error" not in reply:
                return _checked_result(reply)
            if reply["id"] is not None:
                raise _device_error(reply)
            unreadable = _device_error(reply)  # the line was spoilt on its way: send it again at once
        if unreadable is not None:
            raise unreadable
        raise LinkTimeout(
            f"The device at {self.port} does not answer. Check that it is switched on and runs this firmware;"
            " unplugging it and plugging it in again restarts it."
        )

    def telemetry(self, timeout_s: float) -> Telemetry | None:
        """Return the next telemetry frame, oldest first; None when none comes within timeout_s."""
        deadline = time.monotonic() + timeout_s
        while not self._telemetry:
            self._receive()
            if not self._telemetry and time.monotonic() >= deadline:
                return None
        return self._telemetry.popleft()

    def forget_telemetry(self) -> None:
        """Throw away the telemetry that has arrived and was not fetched."""
        self._telemetry.clear()

    def renew(self) -> None:
        """Renew the session's lease; the device does not answer this."""
        self._write(_RENEW)

    def hello(self) -> Result:
        """Return who the device is; raises PortError when it speaks another version of the protocol."""
        result = self.request("hello")
        if result.get("protocol") != PROTOCOL:
            raise PortError(
                f"The device speaks protocol {result.get('protocol')} and this kneectl speaks {PROTOCOL}."
                " Install the kneectl and the firmware of one release."
            )
        return result

    def status(self) -> Result:
        """Return what the device does, and why."""
        return self.request("status")

    def programs(self) -> list[Result]:
        """Return all programs, each with `name`, `length_s` and `steps`; `user` if it is a user's, `note` if there is
        something to know before it is played.
        """
        found: list[Result] = []
        while True:
            page = self.request("programs", first=len(found))
            found += page["programs"]
            if not page["programs"] or len(found) >= page["total"]:
                return found

    def program_put(
        self,
        name: str,
        title: str,
        steps: Sequence[Sequence[int]],
        on_sent: Callable[[int], None] | None = None,
    ) -> Result:
        """Keep a program on the device, in place of one of the same name; return `kept`.

        steps: as in core/steps.py. on_sent is told how many steps the device has, after each page but the last.
        """
        return self._send_program("program.put", "kept", name, title, steps, on_sent)

    def program_check(self, name: str, title: str, steps: Sequence[Sequence[int]]) -> Result:
        """Ask the device what it thinks of a program, which it does not keep; raises DeviceError for a bad one."""
        return self._send_program("program.check", "ok", name, title, steps, None)

    def _send_program(
        self,
        method: str,
        answer: str,
        name: str,
        title: str,
        steps: Sequence[Sequence[int]],
        on_sent: Callable[[int], None] | None,
    ) -> Result:
        result: Result = {}
        for first in range(0, len(steps), _STEPS_A_FRAME):
            page: Result = {"title": title} if first == 0 else {}
            page["steps"] = [list(step) for step in steps[first : first + _STEPS_A_FRAME]]
            result = self.request(method, name=name, first=first, total=len(steps), **page)
            if on_sent is not None and "have" in result:
                on_sent(int(result["have"]))
        if answer not in result:
            raise DeviceError(0, _NOT_UNDERSTOOD)
        return result

    def program_get(self, name: str) -> Result:
        """Return a user's program on the device: `name`, `title`, and `steps` as in core/steps.py, unchecked."""
        steps: list[Any] = []
        while True:
            page = self.request("program.get", name=name, first=len(steps))
            found, total, title = page.get("steps"), page.get("total"), page.get("title")
            if type(found) is not list or type(total) is not int or type(title) is not str or page.get("name") != name:
                raise DeviceError(0, _NOT_UNDERSTOOD)
            steps += found
            if not found or len(steps) >= total:
                return {"name": name, "title": title, "steps": steps}

    def program_remove(self, name: str) -> Result:
        """Remove a user's program from the device; a favourite that it was becomes another one."""
        return self.request("program.remove", name=name)

    def settings(self) -> Result:
        """Return what is set on the device, see docs/link.md."""
        return self.request("settings.get")

    def settings_set(self, **values: Any) -> Result:
        """Change settings, all or none; return what holds now."""
        return self.request("settings.set", **values)

    def start(self, program: str, *, strength: int = 1, heat: str = "low") -> Result:
        """Start a session: strength 1 to 5, heat `off` or `low`. It stops unless `renew` comes every 3 s."""
        return self.request("start", program=program, strength=strength, heat=heat)

    def stop(self) -> Result:
        """Stop the session, if there is one."""
        return self.request("stop")

    def pause(self) -> Result:
        """Pause the session."""
        return self.request("pause")

    def resume(self) -> Result:
        """Go on after a pause."""
        return self.request("resume")

    def set(self, **values: int | str) -> Result:
        """Change strength, heat, left_s or limit (see docs/link.md), all or none; return what holds now."""
        return self.request("set", **values)

    def subscribe(self, hz: int) -> Result:
        """Ask for telemetry at 0 to 10 Hz; 0 stops it."""
        return self.request("subscribe", hz=hz)

    def _wait_for_reply(self, request_id: str, timeout_s: float) -> Result | None:
        # An error without an id counts as ours: only what we sent can have been unreadable.
        deadline = time.monotonic() + timeout_s
        while True:
            while self._replies:
                reply = self._replies.popleft()
                if reply["id"] == request_id or (reply["id"] is None and "error" in reply):
                    return reply
            if time.monotonic() >= deadline:
                return None
            self._receive()

    def _receive(self) -> None:
        try:
            data = self._serial.read(max(1, self._serial.in_waiting))
            if data and self._is_socket:  # pyserial's sockets say 1 waits, whatever waits
                self._serial.timeout = 0
                data += self._serial.read(_SOCKET_AT_ONCE)
                self._serial.timeout = _POLL_S
        except (OSError, TypeError) as error:  # pyserial: TypeError when the port closes under a read
            raise self._lost() from error
        self._has_heard = self._has_heard or bool(data)
        for kind, json_bytes in self._deframer.feed(data):
            message = _decode(json_bytes) if kind == frame.OK_CRC else None
            if message is None or not self._sort(message):
                self.skipped += 1

    def _sort(self, message: Result) -> bool:
        """Put a message where it belongs; False when it is none that we know."""
        params = message.get("params")
        if message.get("method") == "telemetry" and isinstance(params, dict):
            try:
                self._telemetry.append(from_params(params))
            except ValueError:
                return False
            return True
        if message.get("method") == "crash" and isinstance(params, dict):
            raise DeviceCrash(
                f"The device's program failed and it restarts with everything off: {params.get('error')}."
                " Please report this text."
            )
        if "id" in message and ("result" in message or "error" in message):
            self._replies.append(message)
            return True
        return False

    def _write(self, line: bytes) -> None:
        try:
            self._serial.write(line)
        except serial.SerialTimeoutException as error:
            raise LinkTimeout(f"The device at {self.port} takes no data. Unplug it and plug it in again.") from error
        except OSError as error:
            raise self._lost() from error

    def _lost(self) -> LostDevice | PortBusy:
        if self._is_socket and not self._has_heard:
            return PortBusy(_CLOSED.format(self.port))
        return LostDevice(_LOST.format(self.port))


def _open(port: str) -> serial.Serial:
    try:
        return serial.serial_for_url(port, baudrate=_BAUD, timeout=_POLL_S, write_timeout=_WRITE_S, exclusive=True)
    except Exception as error:  # OSError, ValueError for a bad URL, and termios.error, which only POSIX has
        raise _open_error(port, error) from error


def _open_error(port: str, error: Exception) -> PortError:
    number = getattr(error, "errno", None)
    text = str(error)
    if port.startswith("socket://"):
        return PortError(
            f"Nobody answers at {port}: {text.rpartition(port + ': ')[2]}."
            " `kneectl sim --tcp` starts a simulated device and says where it listens."
        )
    if number == errno.ENOENT or "FileNotFoundError" in text:
        return PortError(f"There is no port {port}. `kneectl ports` lists the ports that are there.")
    if "Permission denied" in text:
        return PortError(f"You may not open {port}. On Linux add yourself to its group (dialout) and log in again.")
    if number in _LOCKED or "PermissionError" in text:
        # It cannot be a kneectl of this user: that would have shown when we claimed the port.
        return PortBusy(f"Another program has {port} open. Close it (a terminal, mpremote) and try again.")
    return PortError(f"{port} cannot be opened: {text}.")


def _encode(message: Result) -> bytes:
    json_bytes = json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode()
    if len(json_bytes) > frame.MAX_JSON:
        raise UsageError(f"That is too long for the device: {len(json_bytes)} of at most {frame.MAX_JSON} bytes.")
    return frame.encode(json_bytes)


def _decode(json_bytes: bytes) -> Result | None:
    try:
        message = json.loads(json_bytes)
    except ValueError:
        return None
    return message if isinstance(message, dict) else None


def _checked_result(reply: Result) -> Result:
    result = reply["result"]
    if not isinstance(result, dict):
        raise DeviceError(0, _NOT_UNDERSTOOD)
    return result


def _device_error(reply: Result) -> DeviceError:
    error = reply["error"]
    if not isinstance(error, dict):
        error = {}
    return DeviceError(int(error.get("code", 0)), str(error.get("message", "The device refused without a reason.")))


_RENEW = _encode({"jsonrpc": "2.0", "method": "renew"})
