"""Random stories about core and link together, each tick compared with an independent model of docs/safety.md.

Deterministic, unless KNEE_STORIES says how many other ones to play: KNEE_STORIES=5000 pytest tests/property
"""

import os

import drive
import pytest
from hypothesis import HealthCheck, given, settings

STORIES = int(os.environ.get("KNEE_STORIES", "0"))

# Without these a green run would say little: each has to have happened.
_MUST_HAPPEN = (
    *("ticks on", "ticks heated", "ticks above the clamp", "reversals", "roller above half", "inner above half"),
    *("fault: skin hot", "fault: skin open", "fault: skin short", "fault cleared"),
    *("fault: pad hot", "fault: pad open", "fault: pad short"),
    *("acknowledged", "refused for rest", "started unrested"),
    *("fault: no rise", "fault: disagree", "fault: runaway", "not worn", "ticks with warm skin"),
    *("fault: skin loose", "fault: skin jump", "fault: skin frozen"),
    *("fault: pad loose", "fault: pad jump", "fault: pad frozen"),
    *("soft limit", "heat has to wait", "ticks without heat for the dose"),
    *("let-go proved", "fault: enable stuck", "fault: no enable", "fault: heater switch", "fault: corrupt"),
    "ended: supply",
    *("confirmed", "resumed by MODE", "heat 3 by button"),
    *("ended: gap", "ended: cap", "ended: lease", "ended: stop button", "ended: stop request", "ended: fault"),
    *("done: start", "done: set", "done: pause", "done: resume", "done: renew"),
)


@settings(
    max_examples=STORIES or 400,
    derandomize=not STORIES,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
@given(start_ms=drive.START_MS, story=drive.STORIES, held=drive.HELD)
def test_no_story_breaks_a_requirement(start_ms, story, held):
    drive.play(start_ms, story, held)


@pytest.mark.parametrize("story", drive.KNOWN)
def test_no_known_story_breaks_a_requirement(story):
    drive.play(0, story, 0)


def test_the_stories_got_everywhere():
    missing = [name for name in _MUST_HAPPEN if not drive.seen[name]]
    assert not missing, missing
