"""A whole session on a simulated device, in lock-step, so that it is the same session each time.

In lock-step the device's time stands still after each line it sends, until the host has sent one. The host
therefore answers each telemetry frame with one renewal and sends nothing by its own clock.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kneectl import plot, words
from kneectl.client import Client
from kneectl.display import Display
from kneectl.record import Recorder
from kneectl.session import Attachment, Ending
from kneectl.telemetry import Telemetry, ms_between

PROGRAM = "shiatsu"
_STRENGTH = 3
_HEAT = "medium"
_HZ = 2
_TIMEOUT_S = 20.0  # a retry would add a line; a slow machine must not cause one
_WHOLE_LEFT_S = 1  # the last frame of a whole session has at most this long left


class Pace:
    """Sleeps so that device time runs at `speed` times real time; 0 does not sleep."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._due_s = time.monotonic()
        self._last: Telemetry | None = None

    def keep(self, frame: Telemetry) -> None:
        """Sleep until the frame is due."""
        if self._speed and self._last is not None:
            self._due_s += ms_between(self._last, frame) / 1000 / self._speed
            time.sleep(max(0.0, self._due_s - time.monotonic()))
        self._last = frame


@dataclass(frozen=True)
class Demo:
    """A played session: how it ended, its frames, and the files."""

    ending: Ending
    frames: list[Telemetry]
    recording: Path
    picture: Path

    @property
    def is_whole(self) -> bool:
        """Whether the session ran its whole length."""
        left_s = [frame.left_s for frame in self.frames if frame.is_live and frame.left_s is not None]
        is_done = bool(left_s) and left_s[-1] <= _WHOLE_LEFT_S
        return is_done and not self.ending.is_fault and not self.ending.was_interrupted

    def summary(self) -> list[str]:
        """Return what happened and where the files are, in words."""
        skin = max((frame.skin_mc for frame in self.frames if frame.skin_mc is not None), default=None)
        pad = max((frame.pad_mc for frame in self.frames if frame.pad_mc is not None), default=None)
        lines = words.ending_lines(self.ending)
        lines.append(f"Highest temperatures: skin {words.degrees(skin)}, pad {words.degrees(pad)}.")
        if not self.is_whole:
            lines.append("The session did not run its whole length.")
        return [*lines, f"Recording: {self.recording}", f"Picture:   {self.picture}"]


def play(port: str, out: Path, speed: float, shown: Display, is_interrupted: Callable[[], bool]) -> Demo:
    """Play the session on a simulated device in lock-step, and write demo.csv and demo.png into a folder."""
    frames: list[Telemetry] = []
    pace = Pace(speed)
    recording, picture = out / "demo.csv", out / "demo.png"
    with Client(port, timeout_s=_TIMEOUT_S, tries=1) as client, Recorder(recording) as recorder:

        def on_frame(frame: Telemetry) -> None:
            frames.append(frame)
            recorder.write(frame)
            shown.show(frame)
            pace.keep(frame)

        client.hello()
        attachment = Attachment(
            client, on_frame, shown.say, is_interrupted=is_interrupted, hz=_HZ, lockstep_s=_TIMEOUT_S
        )
        ending = attachment.run(PROGRAM, _STRENGTH, _HEAT)
    plot.draw(frames, picture)
    return Demo(ending, frames, recording, picture)
