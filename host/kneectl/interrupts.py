"""Ctrl-C, SIGTERM and a closed terminal as a flag, so that neither cuts a frame in two or skips the stop."""

import signal
from types import FrameType, TracebackType
from typing import Self

_SIGNALS = [signal.SIGINT, signal.SIGTERM]
if hasattr(signal, "SIGHUP"):  # Windows has none
    _SIGNALS.append(signal.SIGHUP)


class Interrupts:
    """While the block runs, the first of these signals sets a flag; the next raises KeyboardInterrupt."""

    def __init__(self) -> None:
        self._is_set = False

    def __call__(self) -> bool:
        return self._is_set

    def __enter__(self) -> Self:
        self._before = [signal.signal(number, self._note) for number in _SIGNALS]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in zip(_SIGNALS, self._before, strict=True):
            signal.signal(number, handler)

    def _note(self, number: int, stack: FrameType | None) -> None:
        if self._is_set:
            raise KeyboardInterrupt
        self._is_set = True
