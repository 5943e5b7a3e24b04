"""The pages of the fault campaign and of the healthy sessions tell of all there is, and of nothing that failed."""

import re

from kneesim import campaign, healthy, trials
from kneesim.engines import ROOT

CAMPAIGN = (ROOT / "docs/campaign.md").read_text()
HEALTHY = (ROOT / "docs/healthy.md").read_text()


def test_the_campaigns_page_has_every_fault_at_each_moment_on_each_plant_and_none_failed() -> None:
    rows = re.findall(r"^\| (\S.* \S.*?) \| (\d+) \| ([\d.]+) °C \| ([\d.]+) min \|.*\| ?(\d*) ?\|$", CAMPAIGN, re.M)
    each = len(campaign.MOMENTS) * campaign.PLANTS
    are_two = {case.what: case.are_two for case in campaign.cases(count=1)}
    assert {what: int(runs) for what, runs, *_ in rows} == dict.fromkeys(are_two, each), "make campaign"
    for what, _, peak_c, cem43_min, failed in rows:
        assert not failed, what
        assert float(peak_c) < (trials.TWO_FAULTS_PEAK_C if are_two[what] else trials.FAULT_PEAK_C), what
        assert are_two[what] or float(cem43_min) <= trials.SESSION_CEM43_MIN, what


def test_the_healthy_sessions_page_is_of_a_thousand_to_both_ends_of_every_range_and_none_failed() -> None:
    assert "What `kneesim healthy` found: 1000 sessions" in HEALTHY
    assert "0 of 1000 were not so" in HEALTHY
    drawn = healthy.Drawn()
    for session in healthy.sessions(1000):
        drawn.note_session(session)
    rows = re.findall(r"^\| (\S+) \| (\S+) \| (\S+) \| (\S+) \| (\S+) \|$", HEALTHY, re.M)
    shown = [(name, *(f"{value:.4g}" for value in values)) for name, *values in drawn.rows()]
    assert rows == shown, "make healthy"
    for name, least, least_drawn, most_drawn, most in drawn.rows():
        near = (most - least) / 50
        assert least_drawn <= least + near and most_drawn >= most - near, name
