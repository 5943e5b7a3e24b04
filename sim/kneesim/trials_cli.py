"""`kneesim campaign` and `kneesim healthy`."""

import json as json_module
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from kneesim import campaign as campaign_module
from kneesim import healthy as healthy_module
from kneesim import plants as plants_module
from kneesim import trials
from kneesim.campaign import Case
from kneesim.healthy import Drawn, Session
from kneesim.trials import Outcome, Trial

EXIT_FAILED = 1
_CORES = os.cpu_count() or 1

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
JobsOption = Annotated[int, typer.Option("--jobs", min=1, help="Processes at once.")]
KeepOption = Annotated[
    Path | None,
    typer.Option("--keep", metavar="FILE", help="Add each outcome to a file, and go on from what it has already."),
]
PageOption = Annotated[
    Path | None, typer.Option("--page", metavar="FILE.md", help="Write a page, and its picture into pictures/ beside.")
]


def campaign(
    fault: Annotated[
        list[str] | None, typer.Argument(metavar="[PLACE [FAULT]]...", help='Only these, as in "skin_ntc offset".')
    ] = None,
    sample: Annotated[int, typer.Option("--sample", min=0, help="Only so many, spread over all; 0: all.")] = 0,
    plants: Annotated[int, typer.Option("--plants", min=1, help="So many, the worst first.")] = campaign_module.PLANTS,
    singles: Annotated[bool, typer.Option(help="Play single faults.")] = True,
    pairs: Annotated[bool, typer.Option(help="Play pairs of faults.")] = True,
    jobs: JobsOption = _CORES,
    keep: KeepOption = None,
    page: PageOption = None,
    json: JsonOption = False,
) -> None:
    """Put every fault on many plants at many moments of a session, and judge the true skin temperature.

    Exit status 0: all met the goals; 1: some did not.
    """
    cases = list(campaign_module.cases(singles, pairs, tuple(fault or ()), plants))
    if not cases:
        raise typer.BadParameter("there is no such fault; `kneesim faults` lists all.")
    if sample:
        cases = campaign_module.sample(cases, sample)
    found: list[tuple[Case, Outcome]] = []
    for case, outcome in trials.run_all(campaign_module.groups(cases), campaign_module.run, jobs, keep):
        found.append((case, outcome))
        if outcome.failures and not json:
            params = "; ".join(str(params) for _, _, params in case.injected if params)
            print(_failure(outcome, f" {params} at {case.at_s:g} s"), flush=True)
    found = trials.in_order(cases, found)
    _finish(found, json, lambda case: {"injected": case.injected, "moment": case.moment, "at_s": case.at_s})
    if not json:
        drawn = plants_module.Extremes(plants_module.RANGES)
        for one in campaign_module.drawn_plants(plants):
            drawn.note(one.values)
        _print_drawn(drawn)
    if page is not None:
        from kneesim import trial_pages  # matplotlib takes a second to import

        trial_pages.campaign_page(found, page)
    _exit(found)


def healthy(
    sessions: Annotated[int, typer.Option("--sessions", min=1, help="So many.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", help="Of all that is drawn.")] = 1,
    jobs: JobsOption = _CORES,
    keep: KeepOption = None,
    page: PageOption = None,
    json: JsonOption = False,
) -> None:
    """Play healthy sessions of all kinds: nothing may trip, pass its limit, or get too warm.

    Exit status 0: all were well; 1: some were not.
    """
    drawn = Drawn()
    all_sessions = list(healthy_module.sessions(sessions, seed))
    found: list[tuple[Session, Outcome]] = []
    for session, outcome in trials.run_all([[session] for session in all_sessions], healthy_module.run, jobs, keep):
        found.append((session, outcome))
        drawn.note_session(session)
        if outcome.failures and not json:
            print(_failure(outcome, ""), flush=True)
    found = trials.in_order(all_sessions, found)
    _finish(found, json, lambda session: {"session_min": session.session_min})
    if not json:
        _print_drawn(drawn)
    if page is not None:
        from kneesim import trial_pages

        trial_pages.healthy_page(found, page)
    _exit(found)


def _failure(outcome: Outcome, where: str) -> str:
    return f"FAILED {outcome.name}{where}: {'; '.join(outcome.failures)}; tripped: {outcome.trip or 'nothing'}"


def _print_drawn(drawn: plants_module.Extremes) -> None:
    for name, least, least_drawn, most_drawn, most in drawn.rows():
        print(f"{name}: {least_drawn:.4g} to {most_drawn:.4g} of {least:.4g} to {most:.4g}")


def _finish(found: Sequence[tuple[Trial, Outcome]], json: bool, more: Callable[[Trial], dict[str, Any]]) -> None:
    outcomes = [outcome for _, outcome in found]
    if json:
        rows = [{**more(trial), **asdict(outcome)} for trial, outcome in found]
        print(json_module.dumps(rows, indent=2, ensure_ascii=False))
        return
    good = sum(not outcome.failures for outcome in outcomes)
    hottest = max(outcomes, key=lambda outcome: outcome.peak_skin_c)
    most = max(outcomes, key=lambda outcome: outcome.cem43_min)
    print(f"{good} of {len(outcomes)} met the goals")
    print(f"hottest true skin {hottest.peak_skin_c:.2f} °C: {hottest.name}")
    print(f"most CEM43 {most.cem43_min:.2f} min: {most.name}")


def _exit(found: Sequence[tuple[Trial, Outcome]]) -> None:
    if any(outcome.failures for _, outcome in found):
        raise typer.Exit(EXIT_FAILED)
