"""The live view of a device in the terminal: one frame of telemetry as a panel that fits 80 columns."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from kneectl.telemetry import Telemetry
from kneectl.words import clock, degrees, percent

_WIDTH = 80
_FRAME = 4  # columns of borders and padding
_BAR = 20
_DRAW_S = 0.1  # frames may come faster than a terminal should be drawn
_SAY_S = 8.0  # how long a sentence stays
_STATE_STYLES = {"running": "green", "paused": "yellow", "fault": "bold red"}
_HEAT_STYLES = {"low": "yellow", "medium": "dark_orange", "high": "red"}
_LIMITED = "The pad gives all it may and the skin stays too cool; a tighter strap may help."


class LiveView:
    """Draws the latest frame while the block runs.

    hints are the keys that work; length_s is the session's length if it is known, else what is left when the
    first frame comes counts as the whole.
    """

    def __init__(self, console: Console, hints: str, length_s: int | None = None) -> None:
        self._hints = hints
        self._length_s = length_s or 0
        self._sentence = ""
        self._said_s = 0.0
        self._drawn_s = 0.0
        self._frame: Telemetry | None = None
        self._live = Live(console=console, auto_refresh=False)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._draw()
        self._live.stop()

    def show(self, frame: Telemetry) -> None:
        """Take a frame, and draw it unless the last drawing is only just done."""
        self._frame = frame
        self._length_s = max(self._length_s, frame.left_s or 0)
        if time.monotonic() - self._drawn_s >= _DRAW_S:
            self._draw()

    def say(self, sentence: str) -> None:
        """Show a sentence for some seconds, such as the device's refusal of a key."""
        self._sentence = sentence
        self._said_s = time.monotonic()
        self._draw()

    def _draw(self) -> None:
        if self._frame is None:
            return
        self._drawn_s = time.monotonic()
        sentence = self._sentence if self._drawn_s - self._said_s < _SAY_S else ""
        width = min(_WIDTH, self._live.console.width)
        self._live.update(panel(self._frame, self._length_s, sentence, self._hints, width), refresh=True)


def panel(frame: Telemetry, length_s: int, sentence: str, hints: str, width: int = _WIDTH) -> Panel:
    """Return a frame as a panel; length_s is the session's, sentence may be empty, width is in columns."""
    style = _STATE_STYLES.get(frame.state, "cyan")
    # What must be read comes first: a low terminal cuts the end off.
    rows: list[RenderableType] = [Text(text, style="bold yellow") for text in _warnings(frame, sentence)]
    if frame.is_live:
        rows += [_step(frame), _progress(frame, length_s, width - _FRAME), Text()]
    rows += [_heat(frame), Text()]
    if frame.is_live:
        rows += [_massage(frame), Text()]
    rows.append(Text(hints, style="dim"))
    title = Text.assemble((frame.program or "no session", "bold"), "  ", (frame.state, style))
    return Panel(Group(*rows), title=title, title_align="left", border_style=style, width=width, padding=(0, 1))


def bar(part: float, width: int, style: str) -> Text:
    """Return a bar that is filled to a part of 0 to 1, clamped."""
    full = round(min(max(part, 0.0), 1.0) * width)
    return Text.assemble(("━" * full, style), ("─" * (width - full), "dim"))


def _step(frame: Telemetry) -> Text:
    return Text.assemble(f"step {frame.step} of {frame.steps}: ", (f"{frame.technique}, {frame.zone}", "bold"))


def _progress(frame: Telemetry, length_s: int, width: int) -> Text:
    if frame.left_s is None or not length_s:
        return Text()
    left = f" {clock(frame.left_s)} left"
    return bar(1 - frame.left_s / length_s, width - len(left), "cyan") + Text(left)


def _heat(frame: Telemetry) -> Table:
    warm = _HEAT_STYLES.get(frame.heat or "", "dim")
    target = "" if frame.set_mc is None else f", set to {degrees(frame.set_mc)}"
    table = _grid()
    table.add_row("skin", degrees(frame.skin_mc), Text.assemble("heat ", (frame.heat or "off", warm), target))
    duty = bar((frame.duty_pm or 0) / 1000, _BAR, warm)
    table.add_row("pad", degrees(frame.pad_mc), duty + Text(f" heater {percent(frame.duty_pm)}"))
    return table


def _massage(frame: Telemetry) -> Table:
    strength = min(max(frame.strength or 0, 0), 5)
    table = _grid()
    table.add_row("strength", str(strength), Text.assemble(("■ " * strength, "green"), ("□ " * (5 - strength), "dim")))
    current = "" if frame.roller_ma is None else f" {frame.roller_ma} mA"
    table.add_row("roller", percent(frame.roller_pm), _two_way(frame.roller_pm or 0) + Text(current))
    for name, level_pm in (("inner", frame.inner_pm), ("outer", frame.outer_pm)):
        table.add_row(name, percent(level_pm), bar((level_pm or 0) / 1000, _BAR, "magenta"))
    return table


def _two_way(level_pm: int) -> Text:
    half = _BAR // 2
    backward = bar(-level_pm / 1000, half, "blue")
    mirrored = Text.assemble(*[(char, "blue" if char == "━" else "dim") for char in reversed(backward.plain)])
    return mirrored + Text("┃") + bar(level_pm / 1000, half - 1, "blue")


def _grid() -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(width=8)
    table.add_column(width=10, justify="right")
    table.add_column()
    return table


def _warnings(frame: Telemetry, sentence: str) -> list[str]:
    found = []
    if frame.fault is not None:
        found.append(f"Fault: {frame.fault}. Everything is off.")
    if frame.limited:
        found.append(_LIMITED)
    if sentence:
        found.append(sentence)
    return found
