"""The picture of a session: temperatures, heater and motors over time, drawn without a display."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from kneectl.errors import UsageError
from kneectl.telemetry import Telemetry, elapsed_ms
from kneectl.words import duration

_SIZE_IN = (12, 9)
_DPI = 100  # 1200 x 900 pixels
_SKIN, _PAD, _SET, _HEATER = "#c0392b", "#e08e0b", "#555555", "#d35400"
_ROLLER, _INNER, _OUTER = "#2c5f8a", "#c39bd3", "#1e6b41"
_ROOM_FOR_WORDS = 0.055  # of the width; a narrower step only gets its number
_NONE = float("nan")  # leaves a gap in a line


def draw(frames: Sequence[Telemetry], path: Path) -> None:
    """Draw a session into a file, whose ending chooses the format (png, svg, pdf).

    Raises UsageError when there is nothing to draw, or the file cannot be written.
    """
    if not frames:
        raise UsageError("There is no telemetry to draw: the recording is empty.")
    figure = Figure(figsize=_SIZE_IN, dpi=_DPI)
    FigureCanvasAgg(figure)
    heat, duty, motors = figure.subplots(3, 1, sharex=True, height_ratios=[5, 2, 3])
    minutes = [time_ms / 60_000 for time_ms in elapsed_ms(frames)]
    _draw_heat(heat, minutes, frames)
    _draw_duty(duty, minutes, frames)
    _draw_motors(motors, minutes, frames)
    _mark_steps(heat, [heat, duty, motors], minutes, frames)
    _mark_pauses([heat, duty, motors], minutes, frames)
    motors.set_xlabel("minutes")
    motors.set_xlim(0, max(minutes[-1], 0.1) * 1.003)  # so that a tick at the very end is drawn
    for axes in (heat, duty, motors):
        axes.grid(True, color="#e8e8e8", linewidth=0.8)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
    figure.suptitle(_title(frames, minutes), fontsize=15, x=0.075, y=0.975, ha="left")
    figure.subplots_adjust(left=0.075, right=0.885, top=0.865, bottom=0.065, hspace=0.12)
    figure.align_ylabels()
    try:
        figure.savefig(path)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be written: {error}. Choose another file, such as session.png.") from error


def _title(frames: Sequence[Telemetry], minutes: list[float]) -> str:
    names = list(dict.fromkeys(frame.program for frame in frames if frame.program))
    title = f"{', '.join(names) or 'No session'}: {duration(round(minutes[-1] * 60))}"
    fault = next((frame.fault for frame in frames if frame.fault), None)
    return title + (f", ended by the fault {fault}" if fault else "")


def _draw_heat(axes: Axes, minutes: list[float], frames: Sequence[Telemetry]) -> None:
    axes.plot(minutes, [_scaled(f.pad_mc, 1000) for f in frames], color=_PAD, linewidth=1.5, label="pad")
    axes.plot(minutes, [_scaled(f.skin_mc, 1000) for f in frames], color=_SKIN, linewidth=2.0, label="skin")
    goal = [_scaled(f.set_mc, 1000) for f in frames]
    axes.plot(minutes, goal, color=_SET, linewidth=1.2, linestyle="--", label="set point", drawstyle="steps-post")
    axes.set_ylabel("°C")
    _legend(axes)


def _draw_duty(axes: Axes, minutes: list[float], frames: Sequence[Telemetry]) -> None:
    duty = [_scaled(f.duty_pm, 10) for f in frames]
    axes.fill_between(minutes, duty, color=_HEATER, alpha=0.25, linewidth=0)
    axes.plot(minutes, duty, color=_HEATER, linewidth=1.0, label="heater")
    axes.set_ylim(0, 105)
    axes.set_ylabel("duty, %")
    _legend(axes)


def _draw_motors(axes: Axes, minutes: list[float], frames: Sequence[Telemetry]) -> None:
    roller = [_scaled(f.roller_pm, 10) for f in frames]
    axes.fill_between(minutes, roller, color=_ROLLER, alpha=0.25, linewidth=0)
    axes.plot(minutes, roller, color=_ROLLER, linewidth=0.8, label="roller")
    # The two often do the same: a thin line on a broad one shows both.
    axes.plot(minutes, [_scaled(f.inner_pm, 10) for f in frames], color=_INNER, linewidth=2.6, label="inner")
    axes.plot(minutes, [_scaled(f.outer_pm, 10) for f in frames], color=_OUTER, linewidth=1.0, label="outer")
    axes.axhline(0, color="#999999", linewidth=0.8)
    axes.set_ylim(-105, 105)
    axes.set_ylabel("motors, %")
    _legend(axes)


def _legend(axes: Axes) -> None:
    axes.legend(loc="upper left", bbox_to_anchor=(1.005, 1.0), frameon=False, fontsize=10)


def _mark_steps(top: Axes, panels: list[Axes], minutes: list[float], frames: Sequence[Telemetry]) -> None:
    whole = max(minutes[-1], 0.1)
    for begin, end in _runs([frame.step for frame in frames]):
        frame = frames[begin]
        if frame.step is None:
            continue
        from_min, to_min = minutes[begin], minutes[min(end, len(minutes) - 1)]
        for axes in panels:
            axes.axvline(from_min, color="#888888", linewidth=0.9, linestyle=":")
        text = str(frame.step)
        if to_min - from_min > _ROOM_FOR_WORDS * whole:
            text += f"\n{frame.technique}\n{(frame.zone or '').replace(' ', chr(10), 1)}"
        transform = top.get_xaxis_transform()
        middle = (from_min + to_min) / 2
        top.text(middle, 1.01, text, transform=transform, ha="center", va="bottom", fontsize=8.5, color="#333333")


def _mark_pauses(panels: list[Axes], minutes: list[float], frames: Sequence[Telemetry]) -> None:
    states = [frame.state for frame in frames]
    for begin, end in _runs(states):
        if states[begin] == "paused":
            for axes in panels:
                axes.axvspan(minutes[begin], minutes[min(end, len(minutes) - 1)], color="#f0f0f0")


def _runs(values: Sequence[object]) -> list[tuple[int, int]]:
    """Return where equal values begin and end (one past the last), in order."""
    begins = [i for i, value in enumerate(values) if i == 0 or value != values[i - 1]]
    return list(zip(begins, [*begins[1:], len(values)], strict=True))


def _scaled(value: int | None, divisor: int) -> float:
    return _NONE if value is None else value / divisor
