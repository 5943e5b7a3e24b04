"""engine.py for systems whose select has no poll (Windows): looks again and again whether its pipe holds something.

Its other end must be a Relay. An unread client holds it up there, where elsewhere telemetry is dropped.
"""

import runpy
import select
import sys
import time
from pathlib import Path

_LOOK_S = 0.001

if sys.platform == "win32":
    import _winapi
    import msvcrt

    def _has_input() -> bool:
        try:
            return _winapi.PeekNamedPipe(msvcrt.get_osfhandle(0), 0)[0] > 0
        except OSError:
            return True  # closed, as the read then says

else:

    def _has_input() -> bool:
        return bool(select.select([0], [], [], 0)[0])


class Poll:
    """select.poll() for standard input or output."""

    def __init__(self) -> None:
        self._descriptor = -1

    def register(self, descriptor: int, events: int) -> None:
        """Watch a descriptor, 0 or 1."""
        self._descriptor = descriptor

    def poll(self, timeout_ms: int) -> list[tuple[int, int]]:
        """Return the descriptor if it is ready within the time; output always is, because a relay reads it."""
        deadline = time.monotonic() + timeout_ms / 1000
        while self._descriptor == 0 and not _has_input():
            if time.monotonic() >= deadline:
                return []
            time.sleep(_LOOK_S)
        return [(self._descriptor, 1)]


if __name__ == "__main__":
    for name, value in (("poll", Poll), ("POLLIN", 1), ("POLLOUT", 4)):
        setattr(select, name, value)
    sys.argv[0] = str(Path(__file__).with_name("engine.py"))
    runpy.run_path(sys.argv[0], run_name="__main__")
