"""The picture of a scenario: temperatures true and measured, the heater's duty, the motors, faults and trips."""

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from kneesim.play import Played
from kneesim.scenario import Scenario

_SIZE_IN = (12, 9)
_DPI = 100
_SKIN, _PAD, _HOT = "#c0392b", "#e08e0b", "#7d3c98"
_DUTY, _ROLLER, _INNER, _OUTER = "#d35400", "#2c5f8a", "#c39bd3", "#1e6b41"
_FAULT, _TRIP = "#000000", "#c0392b"
_LOW_C, _HIGH_C = 20.0, 60.0  # readings beyond are off the scale: a broken wire is no temperature


def draw(scenario: Scenario, played: Played, path: Path) -> None:
    """Draw a played scenario into a file, 1200 x 900 pixels. Raises OSError."""
    figure = Figure(figsize=_SIZE_IN, dpi=_DPI)
    FigureCanvasAgg(figure)
    heat, duty, motors = figure.subplots(3, 1, sharex=True, gridspec_kw={"height_ratios": [5, 2, 3]})
    at_s = [sample.at_s for sample in played.samples]
    _draw_heat(heat, at_s, played)
    duty.plot(at_s, [sample.duty_pm / 10 for sample in played.samples], color=_DUTY)
    duty.set_ylabel("duty asked for, %")
    duty.set_ylim(-5, 105)
    for name, colour in (("roller", _ROLLER), ("inner", _INNER), ("outer", _OUTER)):
        levels = [getattr(sample, f"{name}_pm") / 10 for sample in played.samples]
        motors.plot(at_s, levels, color=colour, linewidth=0.9, label=name)
    motors.set_ylabel("motors, %")
    motors.set_ylim(-105, 105)
    motors.set_xlabel("seconds since the start")
    motors.legend(loc="upper left", fontsize=8, ncols=3)
    for axes in (heat, duty, motors):
        axes.grid(alpha=0.3)
        _mark(axes, scenario, played, is_named=axes is heat)
    outcome = "; ".join(played.failures) or "as expected"
    figure.suptitle(f"{played.title}\n{outcome}", fontsize=12, wrap=True)
    figure.tight_layout()
    figure.savefig(path, metadata={"Software": None})


def _draw_heat(axes: Axes, at_s: list[float], played: Played) -> None:
    samples = played.samples
    if any(sample.hottest_c > sample.skin_c + 0.01 for sample in samples):
        axes.plot(at_s, [sample.hottest_c for sample in samples], color=_HOT, label="skin in the fold, true")
    axes.plot(at_s, [sample.skin_read_c for sample in samples], ":", color=_SKIN, label="skin, measured")
    axes.plot(at_s, [sample.pad_read_c for sample in samples], ":", color=_PAD, label="pad, measured")
    axes.plot(at_s, [sample.skin_c for sample in samples], color=_SKIN, label="skin, true")
    axes.plot(at_s, [sample.pad_c for sample in samples], color=_PAD, label="pad, true")
    axes.axhline(43.0, color="grey", linestyle="--", linewidth=0.8)
    shown = [c for sample in samples for c in (sample.skin_read_c, sample.pad_read_c, sample.hottest_c, sample.pad_c)]
    inside = [c for c in shown if _LOW_C <= c <= _HIGH_C] or [_LOW_C, _HIGH_C]
    axes.set_ylim(min(inside) - 1, max([*inside, 43.0]) + 2)
    axes.set_ylabel("°C (dashes: 43)")
    axes.legend(loc="best", fontsize=8)


def _mark(axes: Axes, scenario: Scenario, played: Played, is_named: bool) -> None:
    named: dict[float, list[str]] = {}
    for fault in scenario.faults:
        named.setdefault(fault.at_s, []).append(f"{fault.place} {fault.name}")
    marks = [(at_s, ", ".join(names), _FAULT, "left") for at_s, names in named.items()]
    ends = [fault.at_s + fault.for_s for fault in scenario.faults if fault.for_s is not None]
    marks += [(at_s, "", _FAULT, "left") for at_s in ends if at_s <= scenario.length_s]
    marks += [(at_s, name, _TRIP, "right") for name, at_s in played.trips]
    marks += [(at_s, "reset", _TRIP, "right") for at_s in played.resets]
    for at_s, name, colour, side in marks:
        axes.axvline(at_s, color=colour, linestyle=":" if not name else "-", linewidth=0.9)
        if is_named and name:
            place = axes.get_xaxis_transform()
            text = f" {name} "
            # A fault's name stands left of its mark and a trip's right of it: they often fall together.
            axes.text(at_s, 0.98, text, color=colour, transform=place, va="top", fontsize=9, rotation=90,
                      ha="right" if side == "left" else "left")  # fmt: skip
