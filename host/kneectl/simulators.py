"""The simulators that this user runs, told by files in the runtime directory."""

import os
from dataclasses import dataclass

from kneectl import runtime
from kneectl.errors import PortError


@dataclass(frozen=True)
class RunningSimulator:
    """A running simulator; speed is in virtual seconds a second, None is as fast as it can."""

    port: str
    engine: str
    speed: float | None
    pid: int

    def __str__(self) -> str:
        speed = "as fast as it can" if self.speed is None else f"{self.speed:g} x real time"
        return f"simulated device on {self.engine}, {speed}, process {self.pid}"


def register(port: str, engine: str, speed: float | None) -> runtime.HeldFile:
    """Make a simulator of this process known to `running`, until the returned file is released."""
    pid = os.getpid()
    content = {"port": port, "engine": engine, "speed": speed, "pid": pid}
    held = runtime.take(runtime.runtime_dir() / f"sim-{pid}.json", content)
    if held is None:
        raise PortError("This process has registered a simulator already.")
    return held


def running() -> list[RunningSimulator]:
    """Return the running simulators, the oldest first."""
    found = []
    for path in sorted(runtime.runtime_dir().glob("sim-*.json"), key=os.path.getmtime):
        content = runtime.read_held(path)
        if content:
            found.append(RunningSimulator(**content))
    return found
