"""The picture of a session: temperatures, heater and motors over time, drawn without a display.

The picture of a program (program_plot.py) has the same frame: panels, steps above them, colours.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from kneectl.errors import UsageError
from kneectl.telemetry import Telemetry, elapsed_ms
from kneectl.words import duration

ROLLER, INNER, OUTER, HEATER = "#2c5f8a", "#c39bd3", "#1e6b41", "#d35400"
NONE = float("nan")  # leaves a gap in a line

_SIZE_IN = (12, 9)
_DPI = 100  # 1200 x 900 pixels
SKIN, PAD, SET = "#c0392b", "#e08e0b", "#555555"
_TITLE_PT, _TITLE_CHARACTERS = 15, 50
_ROOM_FOR_WORDS = 0.055  # of the width; a narrower step's name stands upright
_NAME_PT, _UPRIGHT_PT, _UPRIGHT_LEAST_PT = 8.5, 7.5, 6.0
_UPRIGHT_PT_FOR_WIDTH = 650  # points that an upright name may be high in a step as wide as the picture


@dataclass(frozen=True)
class Span:
    """A step's place in a picture, in the unit of its time axis, and its name."""

    begin: float
    end: float
    number: int
    technique: str
    zone: str


def draw(frames: Sequence[Telemetry], path: Path) -> None:
    """Draw a session into a file, whose ending chooses the format (png, svg, pdf).

    Raises UsageError when there is nothing to draw, or the file cannot be written.
    """
    if not frames:
        raise UsageError("There is no telemetry to draw: the recording is empty.")
    figure, (heat, duty, motors) = panels([5, 2, 3])
    minutes = [time_ms / 60_000 for time_ms in elapsed_ms(frames)]
    _draw_heat(heat, minutes, frames)
    _draw_duty(duty, minutes, frames)
    _draw_motors(motors, minutes, frames)
    whole = max(minutes[-1], 0.1)
    mark_steps([heat, duty, motors], _spans(minutes, frames), whole)
    _mark_pauses([heat, duty, motors], minutes, frames)
    finish(figure, [heat, duty, motors], _title(frames, minutes), whole, "minutes")
    save(figure, path)


def panels(heights: list[int], size_in: tuple[float, float] = _SIZE_IN) -> tuple[Figure, list[Axes]]:
    """Return a new picture and its panels below each other, which share the time axis; heights are relative."""
    figure = Figure(figsize=size_in, dpi=_DPI)
    FigureCanvasAgg(figure)
    axes = figure.subplots(len(heights), 1, sharex=True, squeeze=False, height_ratios=heights)
    return figure, list(axes[:, 0])


def finish(figure: Figure, drawn: list[Axes], title: str, whole: float, unit: str) -> None:
    """Give a picture whose panels are drawn its title, grid and time axis from 0 to whole."""
    drawn[-1].set_xlabel(unit)
    drawn[-1].set_xlim(0, whole * 1.003)  # so that a tick at the very end is drawn
    for axes in drawn:
        axes.grid(True, color="#e8e8e8", linewidth=0.8)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
    # A long title stays left of what may stand at the right; a $ in it is a $ and no formula.
    title_pt = min(_TITLE_PT, _TITLE_PT * _TITLE_CHARACTERS / max(len(title), 1))
    figure.suptitle(title, fontsize=title_pt, x=0.075, y=0.975, ha="left", parse_math=False)
    figure.subplots_adjust(left=0.075, right=0.885, top=0.865, bottom=0.065, hspace=0.12)
    figure.align_ylabels()


def save(figure: Figure, path: Path) -> None:
    """Write a picture into a file, whose ending chooses the format; raises UsageError if that cannot be."""
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Glyph")  # a letter that the font lacks is drawn as a box
            figure.savefig(path)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be written: {error}. Choose another file, such as session.png.") from error


def _title(frames: Sequence[Telemetry], minutes: list[float]) -> str:
    names = list(dict.fromkeys(frame.program for frame in frames if frame.program))
    title = f"{', '.join(names) or 'No session'}: {duration(round(minutes[-1] * 60))}"
    fault = next((frame.fault for frame in frames if frame.fault), None)
    return title + (f", ended by the fault {fault}" if fault else "")


def _draw_heat(axes: Axes, minutes: list[float], frames: Sequence[Telemetry]) -> None:
    axes.plot(minutes, [_scaled(f.pad_mc, 1000) for f in frames], color=PAD, linewidth=1.5, label="pad")
    axes.plot(minutes, [_scaled(f.skin_mc, 1000) for f in frames], color=SKIN, linewidth=2.0, label="skin")
    goal = [_scaled(f.set_mc, 1000) for f in frames]
    axes.plot(minutes, goal, color=SET, linewidth=1.2, linestyle="--", label="set point", drawstyle="steps-post")
    axes.set_ylabel("°C")
    legend(axes)


def _draw_duty(axes: Axes, minutes: list[float], frames: Sequence[Telemetry]) -> None:
    duty = [_scaled(f.duty_pm, 10) for f in frames]
    axes.fill_between(minutes, duty, color=HEATER, alpha=0.25, linewidth=0)
    axes.plot(minutes, duty, color=HEATER, linewidth=1.0, label="heater")
    axes.set_ylim(0, 105)
    axes.set_ylabel("duty, %")
    legend(axes)


def _draw_motors(axes: Axes, minutes: list[float], frames: Sequence[Telemetry]) -> None:
    roller = [_scaled(f.roller_pm, 10) for f in frames]
    axes.fill_between(minutes, roller, color=ROLLER, alpha=0.25, linewidth=0)
    axes.plot(minutes, roller, color=ROLLER, linewidth=0.8, label="roller")
    # The two often do the same: a thin line on a broad one shows both.
    axes.plot(minutes, [_scaled(f.inner_pm, 10) for f in frames], color=INNER, linewidth=2.6, label="inner")
    axes.plot(minutes, [_scaled(f.outer_pm, 10) for f in frames], color=OUTER, linewidth=1.0, label="outer")
    axes.axhline(0, color="#999999", linewidth=0.8)
    axes.set_ylim(-105, 105)
    axes.set_ylabel("motors, %")
    legend(axes)


def legend(axes: Axes) -> None:
    """Put a panel's legend to the right of it."""
    axes.legend(loc="upper left", bbox_to_anchor=(1.005, 1.0), frameon=False, fontsize=10)


def mark_steps(drawn: list[Axes], spans: Sequence[Span], whole: float) -> None:
    """Draw where steps begin into all panels, and their names above the first."""
    for span in spans:
        for axes in drawn:
            axes.axvline(span.begin, color="#888888", linewidth=0.9, linestyle=":")
        middle, part = (span.begin + span.end) / 2, (span.end - span.begin) / whole
        is_wide = part > _ROOM_FOR_WORDS
        upright_pt = max(_UPRIGHT_LEAST_PT, min(part * _UPRIGHT_PT_FOR_WIDTH, _UPRIGHT_PT))
        drawn[0].text(
            middle,
            1.01,
            f"{span.number}\n{span.technique}\n{span.zone}"
            if is_wide
            else f"{span.number} {span.technique} {span.zone}",
            transform=drawn[0].get_xaxis_transform(),
            rotation=0 if is_wide else 90,
            ha="center",
            va="bottom",
            fontsize=_NAME_PT if is_wide else upright_pt,
            color="#333333",
        )


def _spans(minutes: list[float], frames: Sequence[Telemetry]) -> list[Span]:
    spans = []
    for begin, end in _runs([frame.step for frame in frames]):
        frame = frames[begin]
        if frame.step is not None:
            ends = minutes[min(end, len(minutes) - 1)]
            spans.append(Span(minutes[begin], ends, frame.step, str(frame.technique), frame.zone or ""))
    return spans


def _mark_pauses(drawn: list[Axes], minutes: list[float], frames: Sequence[Telemetry]) -> None:
    states = [frame.state for frame in frames]
    for begin, end in _runs(states):
        if states[begin] == "paused":
            for axes in drawn:
                axes.axvspan(minutes[begin], minutes[min(end, len(minutes) - 1)], color="#f0f0f0")


def _runs(values: Sequence[object]) -> list[tuple[int, int]]:
    """Return where equal values begin and end (one past the last), in order."""
    begins = [i for i, value in enumerate(values) if i == 0 or value != values[i - 1]]
    return list(zip(begins, [*begins[1:], len(values)], strict=True))


def _scaled(value: int | None, divisor: int) -> float:
    return NONE if value is None else value / divisor
