"""Pictures of programs and techniques, drawn without a display: what the motors and the heat do over time."""

from array import array
from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from kneectl import timeline
from kneectl.plot import HEATER, INNER, NONE, OUTER, ROLLER, Span, finish, mark_steps, panels, save
from kneectl.timeline import Timeline
from kneectl.words import duration
from massager.core import limits, techniques, zones
from massager.core.steps import SIDES, TECHNIQUE, ZONE
from massager.link import checks

_CUE = "#fdf1d0"
_CUE_TEXT = "#7a5c00"
_CUE_ROOM = 0.075  # of the width; in a narrower step the words stand upright
_MINUTES_WHOLE = 4  # a picture shorter than this may have fractions of minutes on its axis

TECHNIQUE_S = 16  # of a technique's picture: two cycles of the slowest ones
_TECHNIQUE_SIZE_IN = (8, 4)
_TECHNIQUE_EVERY_MS = 20  # the quickest ones rise and fall within a tenth of a second


def draw(played: Timeline, path: Path, title: str = "") -> None:
    """Draw what a program does into a file, whose ending chooses the format (png, svg, pdf).

    title: of the program, may be empty. Raises UsageError when the file cannot be written.
    """
    figure, drawn = panels([4, 4, 2])
    roller, sides, heat = drawn
    minutes = [time_s / 60 for time_s in played.times_s()]
    whole = played.length_s / 60
    _draw_roller(roller, minutes, played)
    _draw_sides(sides, minutes, played)
    _draw_heat(heat, minutes, played)
    _mark_cues(drawn, played)
    mark_steps(drawn, _spans(played), whole)
    finish(figure, drawn, f"{played.name}: {title}" if title else played.name, whole, "minutes")
    if whole >= _MINUTES_WHOLE:
        heat.xaxis.set_major_locator(MaxNLocator(integer=True))
    how = f"{duration(played.length_s)} at strength {played.strength}, heat up to {checks.HEATS[played.heat]}"
    figure.text(0.885, 0.975, how, fontsize=11, ha="right", va="top", color="#555555")
    save(figure, path)


def draw_technique(technique: int, path: Path) -> None:
    """Draw 16 s of what one technique, a number of techniques.py, makes the three motors do.

    At full strength of what the person chose, after the gentle first minute, with the side motors doing the same as
    the roller, as far as they may. Raises UsageError when the file cannot be written.
    """
    strength = 3  # below each motor's own most, which would cut the tops off
    chosen_pm = limits.STRENGTH_PM[strength]
    sides = technique if technique in checks.LAYERS else techniques.HOLD
    warm_up_s = limits.GENTLE_MS // 1000
    steps = [
        (techniques.HOLD, zones.THIGH, 0, 0, warm_up_s, limits.HEAT_OFF, techniques.HOLD),
        (technique, zones.THIGH, 1000, 1000, 2 * TECHNIQUE_S, limits.HEAT_OFF, sides),  # nothing ends in the picture
    ]
    played = timeline.play(steps, strength=strength, every_ms=_TECHNIQUE_EVERY_MS)
    figure, drawn = panels([2, 1, 1], _TECHNIQUE_SIZE_IN)
    rows = ((drawn[0], "roller", played.roller_pm, ROLLER), (drawn[1], "inner", played.inner_pm, INNER))
    first, count = warm_up_s * 1000 // played.every_ms, TECHNIQUE_S * 1000 // played.every_ms
    for axes, name, levels_pm, colour in (*rows, (drawn[2], "outer", played.outer_pm, OUTER)):
        percents = [level_pm * 100 / chosen_pm for level_pm in levels_pm[first : first + count + 1]]
        seconds = [i * played.every_ms / 1000 for i in range(len(percents))]
        _fill(axes, seconds, percents, colour, "")
        axes.set_ylim(-115 if name == "roller" else 0, 115)
        axes.set_yticks([-100, 0, 100] if name == "roller" else [0, 100])
        axes.set_ylabel(name)
    if technique == techniques.CUE:
        _mark_bends(drawn)
    finish(figure, drawn, techniques.NAMES[technique], TECHNIQUE_S, "seconds")
    how = "% of the chosen strength; roller up: towards the heart"
    drawn[0].annotate(how, (1, 1.04), xycoords="axes fraction", ha="right", fontsize=9)
    drawn[0].yaxis.set_major_formatter(FuncFormatter(_both_ways))
    figure.suptitle(techniques.NAMES[technique], fontsize=14, x=0.09, y=0.97, ha="left")
    figure.subplots_adjust(left=0.09, right=0.98, top=0.87, bottom=0.12, hspace=0.18)
    save(figure, path)


def _spans(played: Timeline) -> list[Span]:
    spans = []
    ends_s = played.ends_s()
    for i, step in enumerate(played.steps):
        technique, zone = techniques.NAMES[step[TECHNIQUE]], zones.NAMES[step[ZONE]]
        zone = zone if step[TECHNIQUE] not in techniques.STILL else ""  # nothing moves there
        spans.append(Span(played.begins_s[i] / 60, ends_s[i] / 60, i + 1, technique, zone))
    return spans


def _draw_roller(axes: Axes, minutes: list[float], played: Timeline) -> None:
    percents = [level_pm * played.towards_heart / 10 for level_pm in played.roller_pm]
    _fill(axes, minutes, percents, ROLLER, "roller")
    axes.set_ylim(-105, 105)
    axes.set_ylabel("roller, %")
    axes.yaxis.set_major_formatter(FuncFormatter(_both_ways))
    _direct(axes, "towards\n    the heart", "back")
    _unless(any(played.roller_pm), axes, "does not turn")


def _draw_sides(axes: Axes, minutes: list[float], played: Timeline) -> None:
    # The two often do the same, so one grows upwards and the other downwards.
    _fill(axes, minutes, _percents(played.inner_pm), INNER, "inner")
    _fill(axes, minutes, [-percent for percent in _percents(played.outer_pm)], OUTER, "outer")
    axes.set_ylim(-105, 105)
    axes.set_ylabel("side motors, %")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{abs(value):.0f}"))
    _direct(axes, "inner", "outer")
    for span, step in zip(_spans(played), played.steps, strict=True):
        if step[SIDES] != techniques.HOLD:  # something else than the roller does
            name = techniques.NAMES[step[SIDES]]
            axes.text((span.begin + span.end) / 2, 100, name, ha="center", va="top", fontsize=8.5, color="#333333")
    _unless(any(played.inner_pm) or any(played.outer_pm), axes, "rest")


def _draw_heat(axes: Axes, minutes: list[float], played: Timeline) -> None:
    degrees = [set_mc / 1000 if set_mc else NONE for set_mc in played.set_mc]
    axes.plot(minutes, degrees, color=HEATER, linewidth=2.0, label="set point", drawstyle="steps-post")
    levels = [set_mc / 1000 for set_mc in limits.SKIN_SET_MC if set_mc]
    axes.fill_between(minutes, degrees, levels[0] - 2, color=HEATER, alpha=0.2, linewidth=0, step="post")
    axes.set_ylim(levels[0] - 2, levels[-1] + 1)
    axes.set_yticks(levels)
    axes.set_ylabel("skin, °C")
    _unless(any(played.set_mc), axes, "no heat")
    for name, level in zip(checks.HEATS[1:], levels, strict=True):
        axes.annotate(name, (1.005, level), xycoords=("axes fraction", "data"), va="center", fontsize=10)


def _fill(axes: Axes, times: Sequence[float], values: Sequence[float], colour: str, label: str) -> None:
    axes.fill_between(times, values, color=colour, alpha=0.3, linewidth=0)
    axes.plot(times, values, color=colour, linewidth=0.8, label=label)
    axes.axhline(0, color="#999999", linewidth=0.8)


def _direct(axes: Axes, up: str, down: str) -> None:
    """Say to the right of a panel what up and down mean in it."""
    for text, at, align in (("▲ " + up, 0.98, "top"), ("▼ " + down, 0.02, "bottom")):
        axes.text(1.005, at, text, transform=axes.transAxes, ha="left", va=align, fontsize=10)


def _unless(is_used: bool, axes: Axes, words: str) -> None:
    """Say in the middle of a panel why it is empty."""
    if not is_used:
        axes.text(0.5, 0.58, words, transform=axes.transAxes, ha="center", va="center", color="#777777")


def _mark_cues(drawn: list[Axes], played: Timeline) -> None:
    for step, begin_s, end_s in zip(played.steps, played.begins_s, played.ends_s(), strict=True):
        if step[TECHNIQUE] != techniques.CUE:
            continue
        for axes in drawn:
            axes.axvspan(begin_s / 60, end_s / 60, color=_CUE, zorder=0.5)
        is_wide = (end_s - begin_s) / played.length_s > _CUE_ROOM
        words = "your turn:\nbend,\nstraighten" if is_wide else "your turn:\nbend, straighten"
        middle, turn = (begin_s + end_s) / 120, 0 if is_wide else 90
        for axes in drawn[:2]:
            axes.text(middle, 50, words, rotation=turn, ha="center", va="center", fontsize=9, color=_CUE_TEXT)


def _mark_bends(drawn: list[Axes]) -> None:
    bend_s = techniques.BEND_MS / 1000
    for axes in drawn:
        axes.axvspan(0, TECHNIQUE_S, color=_CUE, zorder=0.5)
    for i in range(int(TECHNIQUE_S / bend_s)):
        words = "straighten" if i % 2 else "bend"
        drawn[0].text((i + 0.5) * bend_s, 40, words, ha="center", va="center", fontsize=10, color=_CUE_TEXT)
        for axes in drawn:
            axes.axvline(i * bend_s, color=_CUE_TEXT, linewidth=0.8, linestyle=":")


def _percents(levels_pm: "array[int]") -> list[float]:
    return [level_pm / 10 for level_pm in levels_pm]


def _both_ways(value: float, _: int | None) -> str:
    return f"{value:+.0f}".replace("+0", "0").replace("-", "\N{MINUS SIGN}")
