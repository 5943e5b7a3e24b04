"""kneectl in a terminal of its own, with somebody at the keyboard."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

from run_kneectl import WAIT_S

_ASLEEP_LOOKS = 20  # ten milliseconds apart


class Terminal:
    """kneectl as a process of its own in a terminal; a context manager that ends it."""

    def __init__(self, *arguments: str) -> None:
        self._keyboard, program = pty.openpty()
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "TERM": "xterm"}
        command = [sys.executable, "-m", "kneectl", *arguments]
        self.process = subprocess.Popen(command, stdin=program, stdout=program, stderr=program, env=environment)
        os.close(program)
        self.shown = ""

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *exception: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._keyboard)

    def type(self, text: str) -> None:
        os.write(self._keyboard, text.encode())

    def press_ctrl_c(self) -> None:
        """Interrupt it once it has slept for a while, so in its read: a signal just before that is noted, and the
        read goes on. One look is not enough, since it may sleep for a moment anywhere.
        """
        deadline = time.monotonic() + WAIT_S
        stat = Path(f"/proc/{self.process.pid}/stat")
        looks = 0
        while stat.exists() and looks < _ASLEEP_LOOKS:
            assert time.monotonic() < deadline, self.shown
            looks = looks + 1 if stat.read_text().rpartition(")")[2].split()[0] == "S" else 0
            time.sleep(0.01)
        self.process.send_signal(signal.SIGINT)

    def read_until(self, text: str) -> None:
        """Read what is shown until the text is there."""
        deadline = time.monotonic() + WAIT_S
        while text not in self.shown:
            assert time.monotonic() < deadline, self.shown
            assert self._read(), self.shown

    def end(self) -> int:
        """Read all the rest and return the exit code."""
        while self._read():
            pass
        return self.process.wait(WAIT_S)

    def _read(self) -> bool:
        assert select.select([self._keyboard], [], [], WAIT_S)[0], self.shown
        try:
            data = os.read(self._keyboard, 4096)
        except OSError:  # Linux says so when the other end is closed
            return False
        self.shown += data.decode(errors="replace")
        return bool(data)
