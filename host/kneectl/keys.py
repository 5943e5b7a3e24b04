"""Single key presses from the terminal, without waiting for Enter."""

import os
import sys
from types import TracebackType
from typing import Self

if sys.platform == "win32":
    import msvcrt
else:
    import select
    import termios
    import tty


class Keys:
    """Reads keys while the block runs, and leaves the terminal as it was; without a terminal there are none.

    Ctrl-C stays what it is: a signal.
    """

    def __init__(self) -> None:
        self._is_tty = sys.stdin is not None and sys.stdin.isatty()

    def __enter__(self) -> Self:
        if self._is_tty and sys.platform != "win32":
            self._descriptor = sys.stdin.fileno()
            self._saved = termios.tcgetattr(self._descriptor)
            tty.setcbreak(self._descriptor)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_tty and sys.platform != "win32":
            termios.tcsetattr(self._descriptor, termios.TCSADRAIN, self._saved)

    def read(self) -> str | None:
        """Return a key that was pressed, None if there is none; never waits."""
        if not self._is_tty:
            return None
        if sys.platform == "win32":
            return msvcrt.getwch() if msvcrt.kbhit() else None
        if not select.select([self._descriptor], [], [], 0)[0]:
            return None
        pressed = os.read(self._descriptor, 1)
        if not pressed:  # the terminal is gone: select would say "ready" for ever
            self._is_tty = False
            return None
        return pressed.decode("latin-1")
