"""Prints what the stories really contained: a random test that says nothing of its reach is hard to trust."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "core"))  # the knee that the core's rigs stand on


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    import drive

    if not drive.seen:
        return
    terminalreporter.section("stories")
    for name, (least, most) in sorted(drive.ranges.items()):
        terminalreporter.write_line(f"{name}: {least} to {most}")
    terminalreporter.write_line(", ".join(f"{name} {count}" for name, count in sorted(drive.seen.items())))
