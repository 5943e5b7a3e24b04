"""Tells what the stories really contained."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "core"))  # the knee that the core's rigs stand on


@pytest.fixture(scope="session", autouse=True)
def stories(tell: Callable[[str], None]) -> Iterator[None]:
    """Tell it when all stories are over."""
    import drive

    yield
    for name, (least, most) in sorted(drive.ranges.items()):
        tell(f"stories: {name} {least} to {most}")
    if drive.seen:
        tell("stories: " + ", ".join(f"{name} {count}" for name, count in sorted(drive.seen.items())))
