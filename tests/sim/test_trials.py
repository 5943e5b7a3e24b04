"""The fault campaign and the healthy sessions: what they draw, how they judge, and that they can be gone on with."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from kneesim import campaign, faults, healthy, plants, scenario, trials
from kneesim.branches import BranchError
from kneesim.campaign import Case
from kneesim.inprocess import Device
from kneesim.meter import Onlooker
from kneesim.play import Played, play

ALL = list(campaign.cases())
SOUND = Played(
    file="x",
    title="x",
    trips=[],
    trip_ms=None,
    heater_off_ms=0.0,
    motors_off_ms=0.0,
    state_then="running",
    peak_skin_c=41.9,
    cem43_min=4.0,
    resets=[],
    refusals=[],
    state="idle",
    why="",
    kept={},
    misuse=[],
    lasted_s=900.0,
    on_when_off_s=None,
)


def kneesim(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-m", "kneesim", *words], capture_output=True, text=True, timeout=300)


def test_every_single_fault_comes_at_five_moments_on_twenty_plants() -> None:
    singles = [case for case in ALL if len(case.injected) == 1]
    assert len({case.name for case in ALL}) == len(ALL)
    assert len(singles) == len(faults.pairs()) * 5 * 20
    assert {case.what for case in singles} == {f"{place} {row.name}" for place, row in faults.pairs()}
    assert {len(case.injected) for case in ALL} == {1, 2}
    corners = [case.values for case in ALL[: len(ALL) // 20]]
    assert all(values == next(plants.corners()) for values in corners)


def test_what_befalls_both_sensors_is_two_faults_unless_one_cause_has_it() -> None:
    both = {case.what for case in ALL if case.injected[0][0] == "both_ntcs" and not case.are_two}
    assert both == {"both_ntcs stuck", "both_ntcs swapped"}
    assert not any(case.are_two for case in ALL if len(case.injected) == 1 and case.injected[0][0] != "both_ntcs")
    assert all(case.are_two for case in ALL if len(case.injected) == 2)


def test_every_case_can_be_played_as_a_scenario_and_is_the_same_each_time() -> None:
    for case in ALL:
        for place, name, params in case.injected:
            assert faults.find(faults.TABLE, place, name).complete(params) == params
        assert -scenario.BEFORE_START_S < case.at_s < campaign.SESSION_MIN * 60
    assert list(campaign.cases(count=2)) == ALL[: len(ALL) // 10]


def test_each_moment_of_the_worst_corners_meets_all_that_a_fault_can_be() -> None:
    offsets = {
        (case.moment, case.injected[0][2]["c"]) for case in ALL if case.what == "skin_ntc offset" and case.plant < 5
    }
    assert len(offsets) == 5 * 5


def test_a_sample_has_as_many_different_faults_as_can_be() -> None:
    few = campaign.sample(ALL, 50)
    assert len({case.what for case in few}) == 50
    assert len({case.moment for case in few}) == 5
    assert len({case.plant for case in few}) > 10
    everything = campaign.sample(ALL, len(ALL) + 1)
    assert sorted(case.name for case in everything) == sorted(case.name for case in ALL)


def test_the_goals_are_judged_on_the_true_skin() -> None:
    assert not trials.judge(SOUND, 42.0, 4.0)
    assert "42.00" in trials.judge(replace(SOUND, peak_skin_c=42.0), 42.0, 4.0)[0]
    assert "4.01 min" in trials.judge(replace(SOUND, cem43_min=4.01), 42.0, 4.0)[0]
    assert not trials.judge(replace(SOUND, cem43_min=4.01), 42.0, None)
    assert "at 3.0 s" in trials.judge(replace(SOUND, on_when_off_s=3.0), 42.0, 4.0)[0]
    assert "misused" in trials.judge(replace(SOUND, misuse=["x"]), 42.0, 4.0)[0]


def test_a_healthy_session_neither_trips_nor_restarts_nor_lasts_too_long_and_begins() -> None:
    session = replace(next(healthy.sessions(1)), session_min=15)
    assert not healthy.judge(session, SOUND)
    for broken in (
        replace(SOUND, trips=[("skin_hot", 3.0)]),
        replace(SOUND, resets=[3.0]),
        replace(SOUND, lasted_s=901.2),
        replace(SOUND, lasted_s=0.0),
        replace(SOUND, peak_skin_c=42.0),
    ):
        assert len(healthy.judge(session, broken)) == 1


def test_healthy_sessions_reach_the_ends_of_every_range_and_repeat() -> None:
    drawn = healthy.Drawn()
    sessions = list(healthy.sessions(1000))
    for session in sessions:
        drawn.note_session(session)
    for name, least, least_drawn, most_drawn, most in drawn.rows():
        assert least <= least_drawn <= least + (most - least) / 10, name
        assert most - (most - least) / 10 <= most_drawn <= most, name
    assert list(healthy.sessions(20)) == sessions[:20]
    assert list(healthy.sessions(20, seed=2)) != sessions[:20]
    starts = {session.scenario.start for session in sessions}
    assert starts == {"buttons", "confirmed", "leased"}
    assert sum(session.scenario.program == "warm" and session.scenario.heat == "high" for session in sessions) >= 250


def test_a_window_can_be_opened() -> None:
    with Device() as device:
        device.plant.do("ambient_c 15")
        device.run_ms(60_000)
        assert device.plant.heat.ambient_c == 15.0
        with pytest.raises(ValueError, match="from -20 to 50"):
            device.plant.do("ambient_c 60")


def test_the_onlooker_sees_what_has_current_though_the_device_says_off() -> None:
    with Device() as device:
        onlooker = Onlooker(device)
        onlooker.begin()
        device.run_ms(2000)
        device.start_confirmed()
        device.run_ms(10_000)
        assert onlooker.on_when_off_us is None
        assert 9_000_000 < onlooker.active_us < 13_000_000
        device.plant.do("heater_switch welded")
        device.plant.do("enable shorted")
        device.result("stop")
        device.run_ms(2000)
        assert onlooker.on_when_off_us is not None
        assert onlooker.active_us < 13_000_000


def test_a_run_ends_when_nothing_more_can_come_of_it() -> None:
    case = next(case for case in ALL if case.what == "skin_ntc open" and case.moment == "warm-up")
    ends_s: list[float] = []
    played = play(
        case.scenario(),
        on_progress=lambda share: ends_s.append(share * case.scenario().length_s),
        is_over=trials.is_over,
        keeps_samples=False,
    )
    assert played.trips[0][0] == "skin_open"
    assert case.at_s + 10 < ends_s[-1] < case.at_s + 120
    assert not played.samples


@pytest.mark.parametrize("moment", campaign.MOMENTS)
def test_a_fault_comes_at_its_moment(moment: str) -> None:
    case = next(case for case in ALL if case.what == "pad_ntc short" and case.moment == moment)
    one = case.scenario()
    one = replace(one, expect=replace(one.expect, states=((max(case.at_s - 0.05, -0.9), "running"),)))
    found = play(one, is_over=trials.is_over, keeps_samples=False)
    states = [failure for failure in found.failures if failure.startswith("state:")]
    before = {"before the start": "idle", "in a pause": "paused"}.get(moment)
    assert [f"state: {before} at" in failure for failure in states] == [True] * bool(before)
    assert found.trips[0][0] == "pad_short"


def test_forked_from_one_session_a_fault_does_what_it_does_alone() -> None:
    group = next(group for group in campaign.groups(ALL) if group[0].moment == "in a pause")
    wanted = ("pad_ntc short", "enable shorted", "loop hang")
    some = [replace(case, at_s=60.0 + case.at_s / 20) for case in group if case.what in wanted]
    assert len(some) == len(wanted)
    outcomes = campaign.run(some)
    assert [outcome.name for outcome in outcomes] == [case.name for case in some]
    for case, outcome in zip(some, outcomes, strict=True):
        alone = play(case.scenario(), is_over=trials.is_over, keeps_samples=False)
        assert outcome == campaign.judge(case, alone)
        assert outcome.trip or outcome.resets


def test_a_fault_that_cannot_be_ends_in_words() -> None:
    case = next(case for case in ALL if case.what == "loop hang" and case.moment == "before the start")
    wrong = replace(case, name="wrong", injected=(("memory", "flip", {"variable": "no.such", "bit": 1}),))
    with pytest.raises(BranchError, match=r"wrong: .*no\.such"):
        campaign.run([case, wrong])


def _must_not_run(group: Sequence[Case]) -> list[trials.Outcome]:
    raise AssertionError(group)


def test_what_a_file_has_is_not_run_again(tmp_path: Path) -> None:
    keep = tmp_path / "kept.jsonl"
    case = next(case for case in ALL if case.what == "loop hang" and case.moment == "before the start")
    ((_, first),) = trials.run_all([[case]], campaign.run, 1, keep)
    with keep.open("a") as file:
        file.write('{"name": "an interrupted')
    ((_, again),) = trials.run_all([[case]], _must_not_run, 1, keep)
    assert again == first
    other = replace(case, name="another")
    list(trials.run_all([[case, other]], campaign.run, 1, keep))
    assert set(trials.kept(keep)) == {case.name, "another"}


def test_what_another_firmware_or_simulator_made_is_run_again(tmp_path: Path) -> None:
    keep = tmp_path / "kept.jsonl"
    outcome = trials.outcome("one", SOUND, [])
    keep.write_text(trials.line(outcome) + trials.line(replace(outcome, name="two")).replace(trials.digest(), "0"))
    assert trials.kept(keep) == {"one": outcome}


def test_campaign_prints_json_and_writes_a_page(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    page = tmp_path / "campaign.md"
    words = ("loop hang", "--plants", "1", "--no-pairs", "--sample", "2", "--page", str(page), "--json")
    done = kneesim("campaign", *words)
    found = json.loads(done.stdout)
    assert done.returncode == (1 if any(one["failures"] for one in found) else 0)
    assert {one["injected"][0][1] for one in found} == {"hang", "hang_masked"}
    assert "| loop hang | 1 |" in page.read_text()
    assert (tmp_path / "pictures/campaign.png").stat().st_size > 10_000


def test_campaign_knows_no_other_faults() -> None:
    done = kneesim("campaign", "loop jammed")
    assert done.returncode == 2
    assert "kneesim faults" in done.stderr


def test_healthy_tells_what_was_drawn_and_writes_a_page(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    page = tmp_path / "healthy.md"
    done = kneesim("healthy", "--sessions", "2", "--seed", "5", "--page", str(page))
    assert "of 2 met the goals" in done.stdout
    assert "supply_v: " in done.stdout
    assert "| strength | 1 | " in page.read_text()
    assert (tmp_path / "pictures/healthy.png").stat().st_size > 10_000
