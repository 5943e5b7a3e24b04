"""Fifty different faults of the campaign at all moments of a session, on many plants: the true skin stays within the
goals of docs/safety.md. `kneesim campaign` plays all there are, at each moment on each plant.
"""

from collections.abc import Callable

import pytest

from kneesim import campaign, plants

CASES = tuple(campaign.sample(list(campaign.cases()), 50))


@pytest.fixture(scope="module", autouse=True)
def _drawn(tell: Callable[[str], None]) -> None:
    drawn = plants.Extremes()
    for case in CASES:
        drawn.note(plants.Drawn(case.plant, case.values))
    for name, (least, most) in drawn.found.items():
        tell(
            f"faults: {name} {least:.4g} to {most:.4g} of {plants.RANGES[name][0]:.4g} to {plants.RANGES[name][1]:.4g}"
        )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fault_keeps_the_skin_within_the_goals(case: campaign.Case) -> None:
    (outcome,) = campaign.run([case])
    assert outcome.failures == []
