"""Fifty different faults of the campaign at all moments of a session, on ten plants: the true skin stays within the
goals of docs/safety.md. `kneesim campaign` plays all there are, at each moment on each plant.
"""

from collections.abc import Callable

import pytest

from kneesim import campaign, plants

GROUPS = campaign.sample_groups(list(campaign.cases()), 10, 5)


@pytest.fixture(scope="module", autouse=True)
def _drawn(tell: Callable[[str], None]) -> None:
    drawn = plants.Extremes(plants.RANGES)
    for group in GROUPS:
        drawn.note(group[0].values)
    for name, least, least_drawn, most_drawn, most in drawn.rows():
        tell(f"faults: {name} {least_drawn:.4g} to {most_drawn:.4g} of {least:.4g} to {most:.4g}")


def test_there_are_fifty_faults_at_all_moments() -> None:
    assert len({case.what for group in GROUPS for case in group}) == 50
    assert {group[0].moment for group in GROUPS} == set(campaign.MOMENTS)
    assert len({group[0].plant for group in GROUPS}) == len(GROUPS)


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: f"{group[0].moment}, plant {group[0].plant}")
def test_a_fault_keeps_the_skin_within_the_goals(group: list[campaign.Case]) -> None:
    for outcome in campaign.run(group):
        assert outcome.failures == [], outcome
