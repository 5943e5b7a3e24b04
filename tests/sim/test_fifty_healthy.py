"""Fifty healthy sessions of fifty people on fifty plants, the corners of the safety case among them: nothing trips,
passes its limit or gets too warm. `kneesim healthy` plays as many as one likes.
"""

from collections.abc import Callable

import pytest

from kneesim import healthy

SESSIONS = tuple(healthy.sessions(50))


@pytest.fixture(scope="module", autouse=True)
def _drawn(tell: Callable[[str], None]) -> None:
    drawn = healthy.Drawn()
    for session in SESSIONS:
        drawn.note_session(session)
    for name, least, least_drawn, most_drawn, most in drawn.rows():
        tell(f"healthy sessions: {name} {least_drawn:.4g} to {most_drawn:.4g} of {least:.4g} to {most:.4g}")


@pytest.mark.parametrize("session", SESSIONS, ids=lambda session: session.name)
def test_a_healthy_session_is_well(session: healthy.Session) -> None:
    (outcome,) = healthy.run([session])
    assert outcome.failures == []
