"""Many sessions at once: what campaign.py and healthy.py have in common. CPython only.

A trial is a scenario with a name; `run_all` plays trials in processes of their own, and `judge` says in words what
broke the goals of docs/safety.md, on the true skin temperature.
"""

import json
import multiprocessing
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Protocol, TypeVar
from zlib import crc32

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from kneesim.engines import ROOT
from kneesim.play import Played, Player

# The goals of docs/safety.md.
HEALTHY_PEAK_C = 42.0
FAULT_PEAK_C = 43.5
TWO_FAULTS_PEAK_C = 48.0
SESSION_CEM43_MIN = 4.0

_COOLING_C = 0.3  # below its highest
_WARMER_C = 0.5  # what heat a pad that is so little warmer than the skin still has does not matter
_AFTER_US = 10_000_000


@dataclass(frozen=True)
class Outcome:
    """What came of one trial. Times in ms since the fault, in seconds since the session's start; None: never."""

    name: str
    peak_skin_c: float
    cem43_min: float
    trip: str  # the first
    trip_ms: float | None
    off_ms: float | None
    resets: int
    lasted_s: float
    state: str
    failures: list[str]


class Named(Protocol):
    """Anything that has a name no other has."""

    @property
    def name(self) -> str:
        """The name."""


Trial = TypeVar("Trial", bound=Named)


def is_over(player: Player) -> bool:
    """Return True if nothing more can come of a fault: everything has been off for a while, nobody is left who would
    start anything, and no skin gets warmer.
    """
    device, meter = player.device, player.meter
    if meter.from_us is None or device.clock.now_us - meter.from_us < _AFTER_US:
        return False
    last_press_s = max((act.at_s for act in player.scenario.acts if act.press == "mode"), default=0.0)
    if device.clock.now_us < player.start_us + int(last_press_s * 1_000_000) + _AFTER_US:
        return False
    if device.watch.state() in ("running", "paused"):
        return False
    if meter.off_ms("heater") is None or meter.off_ms("motors") is None:
        return False
    heat = device.plant.heat
    skin_c = heat.hottest_skin_c()
    pads_c = (heat.pad_c - heat.skin_c, heat.fold_pad_c - heat.fold_skin_c if heat.fold_times else 0.0)
    return device.plant.peak_skin_c - skin_c > _COOLING_C or max(pads_c) < _WARMER_C


def judge(played: Played, most_c: float, most_min: float | None) -> list[str]:
    """Return what broke the goals, in words."""
    words = [f"misused the chip: {misuse}" for misuse in played.misuse]
    if played.peak_skin_c >= most_c:
        words.append(f"true skin reached {played.peak_skin_c:.2f} °C, not below {most_c} °C")
    if most_min is not None and played.cem43_min > most_min:
        words.append(f"the dose was {played.cem43_min:.2f} min, not at most {most_min:g} min")
    if played.on_when_off_s is not None:
        words.append(f"something had current at {played.on_when_off_s:.1f} s though the device said that it is off")
    return words


def outcome(name: str, played: Played, failures: list[str]) -> Outcome:
    """Return what is kept of a played trial."""
    return Outcome(
        name=name,
        peak_skin_c=played.peak_skin_c,
        cem43_min=played.cem43_min,
        trip=played.trips[0][0] if played.trips else "",
        trip_ms=played.trip_ms,
        off_ms=played.off_ms,
        resets=len(played.resets),
        lasted_s=played.lasted_s,
        state=played.state,
        failures=failures,
    )


@cache
def digest() -> str:
    """Return a checksum of all that an outcome depends on: firmware, boards and simulator."""
    folders = ("firmware", "boards", "sim/kneesim")
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return f"{crc32(b''.join(path.read_bytes() for path in paths)):08x}"


def kept(path: Path | None) -> dict[str, Outcome]:
    """Return the outcomes in a file by name, those of an interrupted run too, but none that another firmware or
    simulator made; none if there is no file.
    """
    if path is None or not path.exists():
        return {}
    lines = [json.loads(line) for line in path.read_text().splitlines() if line.endswith("}")]
    found = [Outcome(**line) for line in lines if line.pop("made_by", "") == digest()]
    return {outcome.name: outcome for outcome in found}


def line(outcome: Outcome) -> str:
    """Return an outcome as `kept` reads it."""
    return json.dumps({"made_by": digest(), **asdict(outcome)}, ensure_ascii=False) + "\n"


def in_order(trials: Iterable[Trial], found: list[tuple[Trial, Outcome]]) -> list[tuple[Trial, Outcome]]:
    """Return what run_all gave in the order of the trials."""
    place = {trial.name: number for number, trial in enumerate(trials)}
    return sorted(found, key=lambda one: place[one[0].name])


def run_all(
    groups: Iterable[Sequence[Trial]],
    run: Callable[[Sequence[Trial]], list[Outcome]],
    jobs: int,
    keep: Path | None = None,
) -> Iterator[tuple[Trial, Outcome]]:
    """Play groups of trials, several at once, in the order in which they are done; those whose outcome `keep` has are
    not played again, and the others' are added to it.
    """
    have = kept(keep)
    if keep is not None and keep.exists() and not keep.read_text().endswith("\n"):
        with keep.open("a") as file:
            file.write("\n")  # the end of an interrupted run
    left: list[list[Trial]] = []
    for group in groups:
        left.append([])
        for trial in group:
            if trial.name in have:
                yield trial, have[trial.name]
            else:
                left[-1].append(trial)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    progress = Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    # Not forked: a fork copies whatever threads of other devices have locked.
    context = multiprocessing.get_context("spawn")
    with progress, ProcessPoolExecutor(jobs, mp_context=context) as pool:
        task = progress.add_task("playing", total=sum(map(len, left)))
        futures: dict[Future[list[Outcome]], list[Trial]] = {pool.submit(run, group): group for group in left if group}
        try:
            for done in as_completed(futures):
                progress.advance(task, len(futures[done]))
                for trial, found in zip(futures[done], done.result(), strict=True):
                    if keep is not None:
                        with keep.open("a") as file:
                            file.write(line(found))
                    yield trial, found
        finally:
            pool.shutdown(cancel_futures=True)
