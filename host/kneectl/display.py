"""What an attached command shows where there is no terminal: lines of text, or JSON."""

import json
from contextlib import AbstractContextManager
from dataclasses import asdict
from types import TracebackType
from typing import IO, Protocol, Self

from rich.console import Console

from kneectl.telemetry import Telemetry, ms_between
from kneectl.view import LiveView
from kneectl.words import clock, degrees, percent

_EVERY_MS = 10_000  # of device time, between two plain lines


class Display(AbstractContextManager["Display"], Protocol):
    """Shows frames and sentences while its block runs."""

    def show(self, frame: Telemetry) -> None:
        """Show a frame, or leave it out."""

    def say(self, sentence: str) -> None:
        """Tell the person something."""


class PlainView:
    """Prints a line of text every ten seconds of device time, and at each change of state or step."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out
        self._printed: Telemetry | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def show(self, frame: Telemetry) -> None:
        """Print the frame if it is time, or it tells something new."""
        last = self._printed
        if last is None or _news(last) != _news(frame) or ms_between(last, frame) >= _EVERY_MS:
            self._printed = frame
            print(line(frame), file=self._out, flush=True)

    def say(self, sentence: str) -> None:
        """Print the sentence."""
        print(sentence, file=self._out, flush=True)


class JsonView(PlainView):
    """Prints each frame as a line of JSON; sentences go to the other stream."""

    def __init__(self, out: IO[str], err: IO[str]) -> None:
        super().__init__(err)
        self._json_out = out

    def show(self, frame: Telemetry) -> None:
        """Print the frame."""
        print(json.dumps(asdict(frame)), file=self._json_out, flush=True)


def line(frame: Telemetry) -> str:
    """Return a frame as one line of text."""
    parts = [frame.state]
    if frame.step is not None:
        parts.append(f"{frame.program} step {frame.step} of {frame.steps} ({frame.technique}, {frame.zone})")
        parts.append(f"{clock(frame.left_s)} left")
    parts.append(f"strength {frame.strength}")
    parts.append(f"skin {degrees(frame.skin_mc)}")
    parts.append(f"pad {degrees(frame.pad_mc)}")
    parts.append(f"heater {percent(frame.duty_pm)}")
    if frame.limited:
        parts.append("the pad is at its limit: tighten the strap")
    if frame.fault is not None:
        parts.append(f"fault {frame.fault}")
    return ", ".join(parts)


def _news(frame: Telemetry) -> tuple[object, ...]:
    return frame.state, frame.program, frame.step, frame.strength, frame.heat, frame.fault


def choose(console: Console, err: IO[str], is_json: bool, hints: str, length_s: int | None = None) -> Display:
    """Return the display that suits: JSON if asked for, the live view on a terminal, else plain lines."""
    if is_json:
        return JsonView(console.file, err)
    if console.is_terminal:
        return LiveView(console, hints, length_s)
    return PlainView(console.file)
