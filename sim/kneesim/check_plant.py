"""Draws the plant models for the eye: `python -m kneesim.check_plant [OUT.png]` (CPython with matplotlib)."""

import sys
from collections.abc import Callable

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from .heat import Heat, HeatParams
from .motors import Roller, RollerParams
from .pump import ChargePump, PumpParams
from .thermistor import Divider

DT_S = 0.02
THERMOSTAT_C = 41.0
_NODES = (("element", "tab:red"), ("pad", "tab:orange"), ("skin", "tab:blue"))
_FITS = ((1.5, "-", "worn well, 1.5 W/K"), (0.5, "--", "loose, 0.5 W/K"))

Trace = tuple[list[float], dict[str, list[float]]]  # minutes, °C by node


def record(heat: Heat, minutes: float, heater_w: Callable[[Heat], float]) -> Trace:
    """Run `heat` under the law `heater_w` (W from its state) and keep one point a second."""
    times_min: list[float] = []
    temps_c: dict[str, list[float]] = {name: [] for name, _ in _NODES}
    for tick in range(int(minutes * 60.0 / DT_S) + 1):
        if tick % 50 == 0:
            times_min.append(tick * DT_S / 60.0)
            temps_c["element"].append(heat.element_c)
            temps_c["pad"].append(heat.pad_c)
            temps_c["skin"].append(heat.skin_c)
        heat.step(DT_S, heater_w(heat))
    return times_min, temps_c


def _worn(contact_w_k: float) -> Heat:
    params = HeatParams()
    params.contact_w_k = contact_w_k
    return Heat(params)


def _thermostat(heat: Heat) -> float:
    return 8.0 if heat.pad_c < THERMOSTAT_C else 0.0


def _draw_heat(full: Axes, held: Axes, cooling: Axes) -> None:
    for contact_w_k, dashes, label in _FITS:
        hot = _worn(contact_w_k)
        full_trace = record(hot, 20.0, lambda _: 8.0)
        cool_trace = record(hot, 20.0, lambda _: 0.0)
        held_trace = record(_worn(contact_w_k), 20.0, _thermostat)
        for axes, (times_min, temps_c) in ((full, full_trace), (held, held_trace), (cooling, cool_trace)):
            for name, colour in _NODES:
                axes.plot(times_min, temps_c[name], color=colour, linestyle=dashes, linewidth=1.2)
        full.plot([], [], color="black", linestyle=dashes, label=label)
    for name, colour in _NODES:
        full.plot([], [], color=colour, label=name)
    for axes in (full, held, cooling):
        axes.axhline(43.0, color="grey", linestyle=":", linewidth=1.0)
        axes.set(xlabel="minutes", ylabel="°C", xlim=(0, 20), ylim=(30, 65))
    held.set_ylim(30, 46)
    full.legend(loc="lower right", fontsize=8)
    full.set_title("8 W without any control (dots: 43 °C)")
    held.set_title("pad held at 41 °C by a bare thermostat")
    cooling.set_title("cool-down after 20 min at 8 W")


def _draw_roller(axes: Axes) -> None:
    roller = Roller(RollerParams())
    times_s: list[float] = []
    current_ma: list[float] = []
    speed_rpm: list[float] = []
    for tick in range(250):
        at_s = tick * DT_S
        roller.load = 0.0 if at_s < 1.0 else 1.0
        roller.is_jammed = 2.0 <= at_s < 2.5
        drive_pm = 1000 if at_s < 3.0 else 0 if at_s < 3.5 else -600 if at_s < 4.5 else 0
        roller.step(DT_S, drive_pm)
        times_s.append(at_s)
        current_ma.append(roller.current_ma)
        speed_rpm.append(roller.rpm)
    axes.plot(times_s, current_ma, color="tab:red", label="current, mA")
    axes.set(xlabel="seconds", ylabel="mA", ylim=(-600, 1100), xlim=(0, 5))
    twin = axes.twinx()
    twin.plot(times_s, speed_rpm, color="tab:blue", label="speed, rpm")
    twin.set(ylabel="rpm", ylim=(-60, 110))
    for at_s, height_ma, text in (
        (0.5, 190, "free"),
        (1.5, 365, "load"),
        (2.25, 1030, "jam"),
        (3.27, -60, "off"),
        (4.1, 280, "-60 %"),
    ):
        axes.text(at_s, height_ma, text, ha="center", fontsize=8, color="tab:red")
    axes.plot([], [], color="tab:blue", label="speed, rpm (right)")
    axes.legend(loc="lower left", fontsize=8)
    axes.set_title("roller at full drive, then back at 60 %")


def _draw_pump(axes: Axes) -> None:
    params = PumpParams()
    pump = ChargePump(params)
    last_edge_ms = 300
    times_ms: list[float] = []
    store_v: list[float] = []
    is_on: list[bool] = []
    for at_ms in range(801):
        if at_ms % 20 == 0 and at_ms <= last_edge_ms:
            pump.edge(at_ms * 1000)
        times_ms.append(at_ms)
        store_v.append(pump.volts(at_ms * 1000))
        is_on.append(pump.is_on(at_ms * 1000))
    axes.plot(times_ms, store_v, color="tab:blue", label="store capacitor")
    axes.fill_between(times_ms, 0.0, 2.6, where=is_on, color="tab:green", alpha=0.2, linewidth=0, label="on")
    for volts, text in ((params.on_v, "turns on"), (params.on_v - params.hysteresis_v, "lets go")):
        axes.axhline(volts, color="grey", linestyle="--", linewidth=1.0)
        axes.text(790, volts + 0.03, text, ha="right", fontsize=8)
    for after_ms, text in ((0, "last edge"), (60, "60 ms"), (400, "400 ms")):
        axes.axvline(last_edge_ms + after_ms, color="tab:red", linestyle=":", linewidth=1.0)
        axes.text(last_edge_ms + after_ms, 2.63, text, ha="right" if after_ms == 0 else "left", fontsize=8)
    axes.set(xlabel="milliseconds", ylabel="V", xlim=(0, 800), ylim=(0, 2.8))
    axes.legend(loc="lower right", fontsize=8)
    axes.set_title("charge pump, 20 ms toggles for 300 ms")


def _draw_codes(axes: Axes) -> None:
    temps_c = [0.5 * i for i in range(161)]
    for pullup_ohm, colour in ((4700.0, "tab:blue"), (5100.0, "tab:orange")):
        divider = Divider(pullup_ohm)
        codes = [divider.code(temp_c) / 16.0 for temp_c in temps_c]
        axes.plot(temps_c, codes, color=colour, label="pull-up %.1f k" % (pullup_ohm / 1000.0))
    axes.axvspan(35.0, 45.0, color="tab:green", alpha=0.2, linewidth=0, label="35 to 45 °C")
    for step in (512, 1536, 2560, 3584):
        axes.axhline(step, color="grey", linestyle=":", linewidth=1.0)
    axes.set(xlabel="°C", ylabel="12-bit code", xlim=(0, 80), ylim=(0, 4096))
    axes.legend(loc="upper right", fontsize=8)
    axes.set_title("NTC codes (dots: RP2040's steps)")


def draw(path: str) -> None:
    """Write the sanity picture, 1200 x 900 pixels, to `path`."""
    figure, axes = plt.subplots(2, 3, figsize=(12.0, 9.0), dpi=100)
    _draw_heat(axes[0][0], axes[0][1], axes[0][2])
    _draw_roller(axes[1][0])
    _draw_pump(axes[1][1])
    _draw_codes(axes[1][2])
    for row in axes:
        for one in row:
            one.title.set_fontsize(10)
            one.grid(alpha=0.3)
    figure.tight_layout(w_pad=2.0)
    figure.savefig(path, metadata={"Software": None})  # no version stamp: the same bytes each time
    plt.close(figure)


def main() -> None:
    """Draw to the path given as first argument, by default docs/pictures/plant.png."""
    draw(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures/plant.png")


if __name__ == "__main__":
    main()
