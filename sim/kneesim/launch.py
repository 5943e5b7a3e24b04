"""Starts simulated devices as processes and gives each a port: a pty, or a TCP port of this machine. CPython only."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from kneesim.boards import check
from kneesim.engines import ROOT, engine_command
from kneesim.events import parse_event
from kneesim.relay import Relay

DEFAULT_LINK = "tcp" if sys.platform == "win32" else "pty"  # Windows has no ptys
_ENGINE_SCRIPT = "relay_poll.py" if sys.platform == "win32" else "engine.py"
_STOP_S = 2.0


class Simulator:
    """A simulated device, running while the `with` block does.

    engine: "cpython" or "vm". seed: of the noise. speed: virtual seconds per real second, None for as fast as possible.
    lockstep: time stands still while it is the host's turn to speak (docs/simulator.md). events: lines "SECONDS WHAT".
    trace: file for one line a tick. start_ms: what the device's millisecond counter shows at power-up.
    flash: folder that keeps what the device keeps, made if it is missing; None for a device that is new each time.
    link: "pty", whose path is then in port, or "tcp", where port becomes a URL that pyserial knows and tcp_port is the
    number to listen on, 0 for any that is free.
    features: what is fitted to the board instead of what its file says.
    board: the name of one, or a folder that holds a board.py.
    Raises EngineMissing, ValueError for an event or a link that cannot be or a board that is not safe, and on entering
    OSError when there is no such port to be had.
    """

    def __init__(
        self,
        engine: str = "cpython",
        seed: int = 1,
        speed: float | None = 1.0,
        lockstep: bool = False,
        events: Sequence[str] = (),
        trace: Path | None = None,
        board: str = "pico",
        start_ms: int = 0,
        link: str = DEFAULT_LINK,
        tcp_port: int = 0,
        flash: Path | None = None,
        features: Sequence[str] = (),
    ) -> None:
        if link not in ("pty", "tcp"):
            raise ValueError(f"no such link: {link}. Links are pty and tcp.")
        if engine == "wasm":
            raise ValueError("The 32-bit MicroPython has no serial port. Use cpython or vm.")
        pace = "lockstep" if lockstep else "max" if speed is None else str(speed)
        self._arguments = [
            *engine_command(engine),
            str(ROOT / "sim/kneesim" / _ENGINE_SCRIPT),
            str(ROOT),
            *("--board", str(check.safe_folder(board))),
            *("--seed", str(seed), "--speed", pace, "--start-ms", str(start_ms)),
        ]
        if trace is not None:
            self._arguments += ["--trace", str(trace)]
        if flash is not None:
            self._arguments += ["--flash", str(flash)]
        if features:
            self._arguments += ["--features", ",".join(features)]
        for line in events:
            parse_event(line)
            self._arguments += ["--event", line]
        self.port = ""
        self._link = link
        self._tcp_port = tcp_port
        self._relay: Relay | None = None
        self._slave = -1

    def __enter__(self) -> "Simulator":
        self._errors = tempfile.TemporaryFile("w+")
        if self._link == "tcp":
            self._start_on_tcp()
        else:
            self._start_on_pty()
        return self

    def _start_on_pty(self) -> None:
        assert sys.platform != "win32"
        import pty
        import tty

        master, self._slave = pty.openpty()
        tty.setraw(self._slave)  # or the terminal would echo the device's own words back to it
        self.port = os.ttyname(self._slave)
        self._process = subprocess.Popen(
            self._arguments, stdin=master, stdout=master, stderr=self._errors, start_new_session=True
        )
        os.close(master)

    def _start_on_tcp(self) -> None:
        relay = Relay(self._tcp_port)
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            self._arguments, stdin=pipe, stdout=pipe, stderr=self._errors, bufsize=0, start_new_session=True
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        relay.start(self._process.stdin, self._process.stdout)
        self.port = relay.url
        self._relay = relay

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def poll(self) -> int | None:
        """Return the exit code of the device's process, None while it runs."""
        return self._process.poll()

    def wait(self) -> int:
        """Wait until the device's process ends by itself and return its exit code."""
        return self._process.wait()

    def stop(self) -> None:
        """Cut the power; a second call does nothing. On a pty the device ends when nobody holds the slave end: until
        here one stays open, so hosts may come and go.
        """
        if self._relay is not None:
            self._relay.stop()
        elif self._slave >= 0:
            os.close(self._slave)
            self._slave = -1
        else:
            return
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:  # a host still holds the port
            self._process.kill()
            self._process.wait()
        if self._relay is not None:
            self._relay.join()
            self._relay = None

    @property
    def log(self) -> str:
        """What the device's process wrote to standard error."""
        self._errors.seek(0)
        return self._errors.read()
