"""The picture of a fault's black box: temperatures, heater, motors and the roller's current over the last seconds."""

from pathlib import Path

from matplotlib.axes import Axes

from kneectl import plot
from kneectl.device_faults import Incident, Moment, seconds_before
from massager.core import blackbox

_SIZE_IN = (12, 9)
_CURRENT = "#7f8c8d"


def draw(incident: Incident, moments: list[Moment], path: Path) -> None:
    """Draw a black box into a file, whose ending chooses the format; raises UsageError if that cannot be."""
    figure, (heat, duty, motors, current) = plot.panels([5, 2, 3, 2], _SIZE_IN)
    times = seconds_before(moments)
    seconds = [at_s - times[0] for at_s in times]
    _draw_heat(heat, seconds, moments)
    _draw_duty(duty, seconds, moments)
    _draw_motors(motors, seconds, moments)
    current.plot(seconds, [m["roller_ma"] for m in moments], color=_CURRENT, linewidth=1.0, label="roller")
    current.set_ylabel("mA")
    plot.legend(current)
    whole = max(seconds[-1], 0.2)
    title = f"Fault {incident.seq}, {incident.fault}: the {whole:.0f} s before it"
    plot.finish(figure, [heat, duty, motors, current], title, whole, "seconds; the fault is at the end")
    plot.save(figure, path)


def _draw_heat(axes: Axes, seconds: list[float], moments: list[Moment]) -> None:
    axes.plot(seconds, [m["pad_cc"] / 100 for m in moments], color=plot.PAD, linewidth=1.5, label="pad")
    axes.plot(seconds, [m["skin_cc"] / 100 for m in moments], color=plot.SKIN, linewidth=2.0, label="skin")
    goal = [m["set_cc"] / 100 if m["set_cc"] else plot.NONE for m in moments]
    axes.plot(seconds, goal, color=plot.SET, linewidth=1.2, linestyle="--", label="set point", drawstyle="steps-post")
    axes.set_ylabel("°C")
    plot.legend(axes)


def _draw_duty(axes: Axes, seconds: list[float], moments: list[Moment]) -> None:
    on = [100 if m["on"] & (blackbox.HEATER_ON | blackbox.LAMP_ON) else 0 for m in moments]
    axes.fill_between(seconds, on, color=plot.HEATER, alpha=0.2, linewidth=0, step="post", label="on")
    axes.plot(seconds, [m["duty_pm"] / 10 for m in moments], color=plot.HEATER, linewidth=1.0, label="heater")
    axes.set_ylim(0, 105)
    axes.set_ylabel("duty, %")
    plot.legend(axes)


def _draw_motors(axes: Axes, seconds: list[float], moments: list[Moment]) -> None:
    for name, color, width in (("roller", plot.ROLLER, 1.2), ("inner", plot.INNER, 2.6), ("outer", plot.OUTER, 1.0)):
        axes.plot(seconds, [m[name + "_pm"] / 10 for m in moments], color=color, linewidth=width, label=name)
    axes.axhline(0, color="#999999", linewidth=0.8)
    axes.set_ylim(-105, 105)
    axes.set_ylabel("motors, %")
    plot.legend(axes)
