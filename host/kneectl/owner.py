"""One port, one owner: who holds a serial port, and asking that process to stop."""

import os
import re
import shlex
import signal
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kneectl import runtime
from kneectl.errors import PortBusy

_RELEASE_S = 8.0  # an attached command needs a stop, a status and perhaps their retries
_LOOK_S = 0.05


@dataclass(frozen=True)
class Holder:
    """The kneectl process that holds a port."""

    pid: int
    command: str
    since: str

    def __str__(self) -> str:
        return f"`{self.command}` (process {self.pid}, since {self.since})"


def claim(port: str) -> runtime.HeldFile:
    """Make this process the owner of a port among this user's kneectl processes; raises PortBusy."""
    since = datetime.now().isoformat(sep=" ", timespec="seconds")
    command = shlex.join(["kneectl", *sys.argv[1:]])
    held = runtime.take(_file(port), {"pid": os.getpid(), "command": command, "since": since})
    if held is None:
        who = holder(port) or "another kneectl"
        raise PortBusy(f"{port} is held by {who}. `kneectl stop` stops that and the device; Ctrl-C there does too.")
    return held


def holder(port: str) -> Holder | None:
    """Return the kneectl process that holds a port, None if there is none."""
    content = runtime.read_held(_file(port))
    if content is None or not isinstance(content.get("pid"), int):
        return None
    return Holder(content["pid"], str(content.get("command")), str(content.get("since")))


def ask_to_stop(port: str) -> Holder | None:
    """Ask the kneectl process that holds a port to stop, and wait until it has let the port go.

    Returns that process, None when there was none; raises PortBusy when it does not let go.
    """
    owner = holder(port)  # only one that really holds the lock: a stale file's process number may be anyone's
    if owner is None:
        return None
    try:
        os.kill(owner.pid, signal.SIGTERM)
    except ProcessLookupError:
        return owner
    deadline = time.monotonic() + _RELEASE_S
    while holder(port) == owner:
        if time.monotonic() > deadline:
            raise PortBusy(f"{owner} was asked to stop and still holds {port}. Press STOP at the device.")
        time.sleep(_LOOK_S)
    return owner


def _file(port: str) -> Path:
    name = port if "://" in port else os.path.realpath(port)
    return runtime.runtime_dir() / ("owner" + re.sub(r"[^A-Za-z0-9]+", "-", "-" + name) + ".json")
