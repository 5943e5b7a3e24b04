"""What the corner study found, in print: a page with its picture, and the figures that a test plays again."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from kneesim import still, study
from kneesim.study import MEASURES, STAYS, Found, Studied

_SHOWN = 4  # of each kind, the hardest
_SIZE_IN = (12, 8)
_DPI = 100

_PAGE = """# Thresholds

What `make study` found. Written by it; the same command gives the same page.

The checks of SAF-09, 10, 13 and 17 know how pad and skin warm: `core/bounds.py` steps three bounds once a second,
each with every part of the safety case's range at the end that pushes it furthest, and `core/runaway.py` compares the
pad's rise with the heat it was given. How far a healthy device gets beyond a bound all the same (noise, tolerances, a
fold, heat kept back in the element) is measured here, and the limits follow by a **rule**: the worst healthy device,
if it gets beyond its bound at all, and {reserve:.1f} °C for what the simulated knee does not have, rounded up to
{round:.1f} °C.

Sessions are the longest there are, {length} s, at high heat, with the firmware's own heat control and checks in turns
of a second (`kneesim.warm`), without the soft limit, on {healthy} healthy devices: {corners}
corners of `plants.corners` (contact, blood flow, room, supply, the pad's heat capacity and power, folded or flat,
sensors reading too high or too low together), the same with the two sensors off in opposite ways, and random plants
on which heat, strap and fold are changed, the session is paused, and the device taken off and put on again.

## Limits

| check | what | for | worst healthy device | limit | in `limits` |
|---|---|---|---|---|---|
{limits}

![Excursions of healthy devices, and skin with a fault](pictures/thresholds.png)

## Readings that stand still

SAF-12 takes a sensor for frozen when its code stays the same while heat is wanted. `kneesim.still` gives the firmware's
own rule a code each tick in the same healthy sessions, with the simulated converter's noise of up to two steps either
way. A RP2040 makes one code of nine steps at every odd multiple of 512 (its datasheet, erratum E11; with these
dividers at about 31 °C of the skin and 29 of the pad), and with that noise a reading is still while it passes five of
them; a converter without noise would need all nine. So a limit has to be at least {still_times} times the longest.
Away from the wide codes noise alone decides, and one second in {sampled} is looked at.

| codes | sensor | longest, healthy | limit | is so many times that | in `limits` |
|---|---|---|---|---|---|
{stays}

None of these devices comes to rest at a wide code, but one may. Of {slow} more, with every part at the end that makes
skin cold and pad weak (the weakest pad at the lowest supply and 15 °C, hardly any blood flow) and covers from
{least_cover:.2f} to {most_cover:.2f} W/K, the longest stays are {slow_skin} of the skin's reading and {slow_pad} of the
pad's, and {past} come to a limit, which would cost a session and burn nobody.

## Skin

The true skin where it is hottest, in a fold too. Goals: in health below {healthy_c:.1f} °C and {healthy_min:.0f}
CEM43, with calibrated sensors below {calibrated_c:.1f} °C and {calibrated_min:.0f}; with any one fault below
{fault_c:.1f} °C and at most {fault_min:.0f} CEM43; with two below {two_c:.1f} °C. Somebody who presses MODE after
each pause for a pad that is not worn does not change that.

| | sessions | hottest | largest dose |
|---|---|---|---|
{totals}

## Each fault

On {fault_plants} plants each, corners first. What found it: on how many of them, and in the middle how long after the
start; where nothing did, the clamps alone hold the skin below the goals. In a room of 35 °C, which most corners have,
a sensor in the air beside the pad is as warm as skin: nothing finds that it is off, and nothing burns. What other
checks find first (a jump, a frozen reading, a wire, a switch) is not left to those here.

| fault | hottest | largest dose | found by |
|---|---|---|---|
{faults}

## What the study changed

- **The clamp has two steps** (SAF-04): 42.5 °C until the pad's own dose of the session is 1 CEM43, then 41.6. A skin
  sensor that reads 2 to 6 °C too low cannot be told from a loose strap; with 42.5 for all of the time the worst
  corner came to 8 CEM43 in 20 minutes. A loose fit pays for it with 0.9 °C.
- **Skin above its set point by 0.4 °C gets no heat**, whatever the pad's sensor says: it may read too low.
- **Each sensor is a row of NTCs**, the hottest of which counts: in a fold that no sensor sees the skin came to 46 °C
  in a healthy device, in a cold room of 15 °C, where the flat part loses to the room what the fold keeps. No clamp on
  the flat part that leaves any heat at all would have held it. One wire open in a row shows nowhere, so each NTC has
  to be measured when the device is built and when it is looked over.
- **The last tick of each second is without heat**, so that a broken heater wire shows at the read-back (SAF-11) under
  full power too: by the pad's temperature alone it cannot be told from a weak heater under a thin cover.
"""


def _worst(in_health: Iterable[Found], at: int) -> Found:
    return max(in_health, key=lambda found: found.worst_mc[at])


def _c(mc: int) -> str:
    return f"{mc / 1000:.2f} °C"


def _limit_rows(in_health: Sequence[Found]) -> list[str]:
    rows = []
    for at, measure in enumerate(MEASURES):
        worst = _worst(in_health, at)
        worst_mc = worst.worst_mc[at]
        rows.append(
            f"| {measure.of_id} | {measure.name} | {measure.for_s} s "
            f"| {_c(worst_mc)} (session {worst.number}) | {_c(study.limit_mc(worst_mc))} | `{measure.limit}` |"
        )
    return rows


def _stillest(in_health: Iterable[Found], at: int) -> Found:
    return max(in_health, key=lambda found: found.still_ms[at])


def _s(ms: int) -> str:
    return f"{ms / 1000:.2f} s"


def _stay_rows(in_health: Sequence[Found]) -> list[str]:
    rows = []
    for at, stay in enumerate(STAYS):
        found = _stillest(in_health, at)
        ms = found.still_ms[at]
        rows.append(
            f"| {stay.codes} | {stay.sensor} | {_s(ms)} (session {found.number}) | {_s(stay.limit_ms())} "
            f"| {stay.limit_ms() / ms:.1f} | `{stay.limit}` |"
        )
    return rows


def _longest_slow_ms(studied: Studied, sensor: str) -> int:
    return max(ms for times in studied.slow_ms for stay, ms in zip(STAYS, times, strict=True) if stay.sensor == sensor)


def _is_past(times: Sequence[int]) -> bool:
    return any(ms >= stay.limit_ms() for stay, ms in zip(STAYS, times, strict=True))


def _of_fault(with_fault: Iterable[Found]) -> dict[str, list[Found]]:
    found: dict[str, list[Found]] = {}
    for one in with_fault:
        found.setdefault(one.fault, []).append(one)
    return found


def _found_by(sessions: Sequence[Found]) -> str:
    words = []
    for name, count in Counter(found.tripped for found in sessions).most_common():
        if name:
            times = sorted(found.tripped_s for found in sessions if found.tripped == name)
            words.append(f"{name} {count} ({times[len(times) // 2]} s)")
    return ", ".join(words) or "nothing"


def _peak(sessions: Sequence[Found]) -> Found:
    return max(sessions, key=lambda found: found.peak_c)


def _dose(sessions: Sequence[Found]) -> Found:
    return max(sessions, key=lambda found: found.cem43_min)


def _skin_cells(sessions: Sequence[Found]) -> str:
    peak, dose = _peak(sessions), _dose(sessions)
    return f"{peak.peak_c:.2f} °C ({peak.number}) | {dose.cem43_min:.2f} ({dose.number})"


def missed(studied: Studied) -> list[str]:
    """Return which goals were not reached, in words."""
    words = []
    for sessions, (most_c, most_min) in (
        (studied.in_health, study.HEALTHY_GOAL),
        (studied.calibrated, study.CALIBRATED_GOAL),
        (studied.with_fault, study.FAULT_GOAL),
        (studied.with_two, study.TWO_FAULTS_GOAL),
    ):
        for found in sessions:
            if found.peak_c >= most_c or found.cem43_min > most_min:
                skin = f"{found.peak_c:.2f} °C, {found.cem43_min:.2f} CEM43"
                words.append(f"session {found.number}, {found.fault or 'healthy'}: {skin}")
    for at, stay in enumerate(STAYS):
        found = _stillest(studied.in_health, at)
        if found.still_ms[at] * study.STILL_TIMES > stay.limit_ms():
            words.append(f"session {found.number}, {stay.sensor} still: {found.still_ms[at]} ms, too near {stay.limit}")
    return words


def page(studied: Studied) -> str:
    """Return the page."""
    of_fault = _of_fault((*studied.with_fault, *studied.with_two))
    kinds = (
        ("healthy", studied.in_health),
        ("healthy, calibrated to 0.2 °C", studied.calibrated),
        ("one fault", studied.with_fault),
        ("two faults", studied.with_two),
    )
    totals = [f"| {name} | {len(sessions)} | {_skin_cells(sessions)} |" for name, sessions in kinds]
    rows = [f"| {name} | {_skin_cells(found)} | {_found_by(found)} |" for name, found in of_fault.items()]
    return _PAGE.format(
        reserve=study.RESERVE_MC / 1000,
        round=study.ROUND_MC / 1000,
        length=study.LENGTH_S,
        healthy=len(studied.in_health),
        corners=study.CORNERS,
        limits="\n".join(_limit_rows(studied.in_health)),
        still_times=study.STILL_TIMES,
        sampled=still.SAMPLED,
        stays="\n".join(_stay_rows(studied.in_health)),
        slow=still.SLOW,
        least_cover=still.slow(0).values["heat.cover_w_k"],
        most_cover=still.slow(still.SLOW - 1).values["heat.cover_w_k"],
        slow_skin=_s(_longest_slow_ms(studied, "skin")),
        slow_pad=_s(_longest_slow_ms(studied, "pad")),
        past=sum(map(_is_past, studied.slow_ms)),
        totals="\n".join(totals),
        healthy_c=study.HEALTHY_GOAL[0],
        healthy_min=study.HEALTHY_GOAL[1],
        calibrated_c=study.CALIBRATED_GOAL[0],
        calibrated_min=study.CALIBRATED_GOAL[1],
        fault_c=study.FAULT_GOAL[0],
        fault_min=study.FAULT_GOAL[1],
        two_c=study.TWO_FAULTS_GOAL[0],
        fault_plants=len(next(iter(of_fault.values()))),
        faults="\n".join(rows),
    )


def figures(studied: Studied) -> str:
    """Return what a test holds the limits to, and the hardest sessions, as TOML."""
    in_health, with_fault = studied.in_health, studied.with_fault
    lines = ["# Written by `make study`.", "", "[worst_mc]"]
    hardest = {_peak(in_health).number, _dose(in_health).number}
    for at, measure in enumerate(MEASURES):
        worst = _worst(in_health, at)
        lines.append(f"{measure.limit} = {worst.worst_mc[at]}")
        hardest.add(worst.number)
    lines += ["", "[limits]"]
    lines += [f"{m.limit} = {study.limit_mc(_worst(in_health, at).worst_mc[at])}" for at, m in enumerate(MEASURES)]
    for at, stay in enumerate(STAYS):
        found = _stillest(in_health, at)
        lines += ["", "[[still]]", f'sensor = "{stay.sensor}"', f'limit = "{stay.limit}"']
        lines += [f"longest_ms = {found.still_ms[at]}", f"limit_ms = {stay.limit_ms()}"]
        hardest.add(found.number)
    slowest = max(range(still.SLOW), key=lambda number: max(studied.slow_ms[number]))
    lines += ["", "[slow]", f"number = {slowest}", f"still_ms = {studied.slow_ms[slowest]}"]
    healthy = {found.number: found for found in in_health}
    for number in sorted(hardest):
        found = healthy[number]
        lines += ["", "[[healthy]]", f"number = {number}", f"worst_mc = {found.worst_mc}"]
        lines += [f"still_ms = {found.still_ms}"]
        lines += [f"peak_c = {found.peak_c}", f"cem43_min = {found.cem43_min}"]
    for found in {one.number: one for one in (_peak(studied.calibrated), _dose(studied.calibrated))}.values():
        lines += ["", "[[calibrated]]", f"number = {found.number}"]
        lines += [f"peak_c = {found.peak_c}", f"cem43_min = {found.cem43_min}"]
    by_peak = sorted(with_fault, key=lambda found: -found.peak_c)[:_SHOWN]
    by_dose = sorted(with_fault, key=lambda found: -found.cem43_min)[:_SHOWN]
    for found in {(one.fault, one.number): one for one in (*by_peak, *by_dose)}.values():
        lines += ["", "[[fault]]", f'name = "{found.fault}"', f"number = {found.number}"]
        lines += [f"peak_c = {found.peak_c}", f"cem43_min = {found.cem43_min}", f'tripped = "{found.tripped}"']
    return "\n".join(lines) + "\n"


def draw(studied: Studied, path: Path) -> None:
    """Draw each measure's healthy devices in order, with its limit, and skin with and without a fault."""
    in_health, with_fault = studied.in_health, studied.with_fault
    figure = Figure(figsize=_SIZE_IN, dpi=_DPI)
    FigureCanvasAgg(figure)
    grid = figure.add_gridspec(2, 4)
    for at, measure in enumerate(MEASURES):
        axes = figure.add_subplot(grid[0, at])
        worst_c = sorted(found.worst_mc[at] / 1000 for found in in_health if found.worst_mc[at] > study.NEVER_MC)
        axes.plot(worst_c, [100 * (place + 1) / len(worst_c) for place in range(len(worst_c))], color="#2c5f8a")
        axes.axvline(study.limit_mc(round(worst_c[-1] * 1000)) / 1000, color="#c0392b", label="limit")
        axes.axvline(0, color="#999999", linestyle=":", label="bound")
        axes.set_title(measure.name, fontsize=9)
        axes.set_xlabel("°C beyond the bound", fontsize=8)
        axes.set_xlim(left=-6)
        axes.tick_params(labelsize=8)
        if not at:
            axes.set_ylabel("% of healthy sessions", fontsize=8)
            axes.legend(fontsize=8)
    axes = figure.add_subplot(grid[1, :])
    for sessions, colour, name in ((with_fault, "#e08e0b", "one fault"), (in_health, "#2c5f8a", "healthy")):
        axes.scatter(
            [found.peak_c for found in sessions],
            [max(found.cem43_min, 0.001) for found in sessions],
            s=6,
            color=colour,
            label=name,
        )
    for (most_c, most_min), colour in ((study.HEALTHY_GOAL, "#2c5f8a"), (study.FAULT_GOAL, "#e08e0b")):
        axes.plot([36, most_c, most_c], [most_min, most_min, 0.001], color=colour, linestyle="--", linewidth=1)
    axes.set_yscale("log")
    axes.set_xlim(36, 44)
    axes.set_xlabel("hottest true skin, °C (dashed: the goals)")
    axes.set_ylabel("dose, CEM43")
    axes.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path, metadata={"Software": None})


def write(docs: Path, studied: Studied) -> None:
    """Write page, picture and figures into the documentation's folder."""
    (docs / "thresholds.md").write_text(page(studied))
    (docs / "thresholds.toml").write_text(figures(studied))
    draw(studied, docs / "pictures/thresholds.png")
