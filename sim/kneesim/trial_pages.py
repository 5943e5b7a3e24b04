"""What the documentation says of the fault campaign and of the healthy sessions: a page with its picture each."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from kneesim import campaign, trials
from kneesim.campaign import Case
from kneesim.healthy import Drawn, Session
from kneesim.trials import Outcome

_DPI = 100
_ROW_IN = 0.19
_GOOD, _BAD, _LINE = "#2c5f8a", "#c0392b", "#000000"
_WENT_ON = "-"


@dataclass(frozen=True)
class Row:
    """All runs of one fault, or of one pair of them."""

    what: str
    goal_c: float
    peaks_c: tuple[float, ...]
    worst_min: float
    worst_off_ms: float | None  # where it tripped
    tripped: int
    trips: str
    failed: int

    @property
    def peak_c(self) -> float:
        """The highest true skin temperature."""
        return max(self.peaks_c)


def rows(found: Sequence[tuple[Case, Outcome]]) -> list[Row]:
    """Return a row for each fault, in the order of the fault table."""
    by_fault: dict[str, list[tuple[Case, Outcome]]] = {}
    order = {case.what: number for number, case in enumerate(campaign.cases(count=1))}
    for case, outcome in sorted(found, key=lambda one: order[one[0].what]):
        by_fault.setdefault(case.what, []).append((case, outcome))
    return [_row(what, of_fault) for what, of_fault in by_fault.items()]


def _row(what: str, found: list[tuple[Case, Outcome]]) -> Row:
    outcomes = [outcome for _, outcome in found]
    offs = [outcome.off_ms for outcome in outcomes if outcome.trip and outcome.off_ms is not None]
    trips = Counter(outcome.trip for outcome in outcomes if outcome.trip)
    return Row(
        what=what,
        goal_c=trials.TWO_FAULTS_PEAK_C if found[0][0].are_two else trials.FAULT_PEAK_C,
        peaks_c=tuple(outcome.peak_skin_c for outcome in outcomes),
        worst_min=max(outcome.cem43_min for outcome in outcomes),
        worst_off_ms=max(offs) if offs else None,
        tripped=sum(trips.values()),
        trips=", ".join(f"{name} {count}" for name, count in trips.most_common()),
        failed=sum(bool(outcome.failures) for outcome in outcomes),
    )


_CAMPAIGN = """# Every fault, at any moment

What `kneesim campaign` found: each fault that can be injected ([simulator.md](simulator.md#what-can-be-injected)), and
some pairs of faults, at {moments} moments of a session ({names}), on
{plants} plants: the corners of the safety case first, the hottest first of all, then plants drawn at random. The
sessions are what warms most: high heat chosen by the device's buttons, {minutes:g} minutes, the most that may be set;
faults of motors and buttons meet the program that moves most. A fault stays for good. Those with a parameter come
with several, the dangerous ones above all.

The judge is the true skin where it is hottest, in the fold of a folded pad too: with one fault below {peak:g} degrees
and at most {dose:g} CEM43 a session, with two below {two:g}; and nothing may have current once the device says that it
is off. What both sensors do at once is two faults, unless one cause has it: a converter that freezes, plugs that are
exchanged. {total} runs, {failed} of them failed.

![The highest true skin temperature of each run, by fault]({picture})

A run ends early when nothing more can come of it: no session, nothing on for ten seconds, and no skin getting warmer.
*Off* is the longest time from fault to the last current, where it tripped; where nothing tripped, the session went on
and ended by itself.

| fault | runs | hottest skin | most CEM43 | tripped | by | off | failed |
|---|---|---|---|---|---|---|---|
"""


def campaign_page(found: Sequence[tuple[Case, Outcome]], path: Path) -> None:
    """Write the page of a campaign, and its picture beside it. Raises OSError."""
    picture = path.parent / "pictures" / "campaign.png"
    table = rows(found)
    text = _CAMPAIGN.format(
        moments=len(campaign.MOMENTS),
        names=", ".join(campaign.MOMENTS),
        plants=len({case.plant for case, _ in found}),
        minutes=campaign.SESSION_MIN,
        peak=trials.FAULT_PEAK_C,
        dose=trials.SESSION_CEM43_MIN,
        two=trials.TWO_FAULTS_PEAK_C,
        total=len(found),
        failed=sum(row.failed for row in table),
        picture=picture.relative_to(path.parent).as_posix(),
    )
    for row in table:
        off = _WENT_ON if row.worst_off_ms is None else _time(row.worst_off_ms)
        text += f"| {row.what} | {len(row.peaks_c)} | {row.peak_c:.2f} °C | {row.worst_min:.2f} min | {row.tripped} "
        text += f"| {row.trips or _WENT_ON} | {off} | {row.failed or ''} |\n"
    path.write_text(text.replace("  |", " |"), encoding="utf-8")
    _draw(picture, 10, 2 + _ROW_IN * len(table), lambda axes: _draw_campaign(axes, table))


def _time(ms: float) -> str:
    return f"{ms:.0f} ms" if ms < 10_000 else f"{ms / 1000:.0f} s"


def _draw_campaign(axes: Axes, table: list[Row]) -> None:
    for place, row in enumerate(reversed(table)):
        colours = [_BAD if peak_c >= row.goal_c else _GOOD for peak_c in row.peaks_c]
        axes.scatter(row.peaks_c, [place] * len(row.peaks_c), s=9, c=colours, alpha=0.4, linewidths=0)
        axes.plot([row.goal_c] * 2, [place - 0.5, place + 0.5], color=_LINE, linewidth=1)
    axes.set_yticks(range(len(table)), [row.what for row in reversed(table)], fontsize=7)
    axes.set_ylim(-0.8, len(table) - 0.2)
    axes.set_xlabel("highest true skin temperature of a run, °C (line: the goal)")
    axes.grid(alpha=0.3)


_HEALTHY = """# Healthy sessions

What `kneesim healthy` found: {total} sessions on plants all over the safety case's range, every other one on one of its
corners. People choose program, strength and heat, pause, move, open a window and stop early, by the buttons or by a
host, with sessions set to last 5 to 20 minutes; every fourth session is the warmest there is, twenty minutes of high
heat and nothing else, on a corner. Nothing may trip or restart, no session may pass its limit, and
the true skin, where it is hottest, stays below {peak:g} degrees and {dose:g} CEM43. {failed} of {total} were not so.
The hottest skin was {hottest:.2f} °C, the most CEM43 {most:.2f} min.

![Highest skin temperature and dose of each session]({picture})

What was drawn of each range: a test of chance says little without it.

| range | least there is | least drawn | most drawn | most there is |
|---|---|---|---|---|
"""


def healthy_page(found: Sequence[tuple[Session, Outcome]], path: Path) -> None:
    """Write the page of healthy sessions, and its picture beside it. Raises OSError."""
    picture = path.parent / "pictures" / "healthy.png"
    outcomes = [outcome for _, outcome in found]
    text = _HEALTHY.format(
        total=len(found),
        failed=sum(bool(outcome.failures) for outcome in outcomes),
        peak=trials.HEALTHY_PEAK_C,
        dose=trials.SESSION_CEM43_MIN,
        hottest=max(outcome.peak_skin_c for outcome in outcomes),
        most=max(outcome.cem43_min for outcome in outcomes),
        picture=picture.relative_to(path.parent).as_posix(),
    )
    drawn = Drawn()
    for session, _ in found:
        drawn.note_session(session)
    for name, *values in drawn.rows():
        text += f"| {name} | " + " | ".join(f"{value:.4g}" for value in values) + " |\n"
    path.write_text(text, encoding="utf-8")
    _draw(picture, 9, 6, lambda axes: _draw_healthy(axes, outcomes))


def _draw_healthy(axes: Axes, outcomes: list[Outcome]) -> None:
    colours = [_BAD if outcome.failures else _GOOD for outcome in outcomes]
    peaks_c = [outcome.peak_skin_c for outcome in outcomes]
    axes.scatter(peaks_c, [outcome.cem43_min for outcome in outcomes], s=14, c=colours, alpha=0.5, linewidths=0)
    axes.axvline(trials.HEALTHY_PEAK_C, color=_LINE, linewidth=1)
    axes.axhline(trials.SESSION_CEM43_MIN, color=_LINE, linewidth=1)
    axes.set_xlabel("highest true skin temperature of a session, °C (line: the goal)")
    axes.set_ylabel("dose of a session, CEM43 min (line: the goal)")
    axes.grid(alpha=0.3)


def _draw(path: Path, width_in: float, height_in: float, draw: Callable[[Axes], None]) -> None:
    figure = Figure(figsize=(width_in, height_in), dpi=_DPI)
    FigureCanvasAgg(figure)
    draw(figure.subplots())
    figure.tight_layout()
    figure.savefig(path, metadata={"Software": None})
