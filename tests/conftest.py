"""Counts the tests of each tier (the folders of tests/), says so in the last line, and lends them the VM.

With pytest-xdist the workers run the tests and the process that started them counts, from the reports they send.
"""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kneesim.engines import EngineMissing, engine_command

TESTS = Path(__file__).parent
_TIERS = ("core", "store", "vm", "wasm", "sim", "boards", "cover", "property", "mutants", "host", "pico", "frozen")
_LONG_FIRST = ("pico", "frozen", "wasm", "host", "sim", "mutants", "vm")
_counts: Counter[tuple[str, str]] = Counter()
_uncollected: set[str] = set()
_told: list[str] = []  # by tests that draw at random: what they drew


def _tier(nodeid: str) -> str:
    return nodeid.removeprefix("tests/").split("/")[0]


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Have workers begin with what takes long, or one of them would be busy with it when the others are done."""
    if _is_worker(config):
        rank = {tier: place for place, tier in enumerate(_LONG_FIRST)}
        items.sort(key=lambda item: rank.get(_tier(item.nodeid), len(rank)))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" or report.outcome != "passed":
        _counts[_tier(report.nodeid), report.outcome] += 1


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.failed and report.nodeid not in _uncollected:  # each worker collects, and fails
        _uncollected.add(report.nodeid)
        _counts[_tier(report.nodeid), "failed"] += 1


def pytest_sessionfinish(session: pytest.Session) -> None:
    if _is_worker(session.config):
        session.config.workeroutput["told"] = _told  # type: ignore[attr-defined]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker of pytest-xdist was told."""
    _told.extend(getattr(node, "workeroutput", {}).get("told", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what random tests really drew: one that says nothing of its reach is hard to trust."""
    if _told and not _is_worker(terminalreporter.config):
        terminalreporter.section("drawn at random")
        for line in _told:
            terminalreporter.write_line(line)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not _counts or _is_worker(config):
        return
    tiers = {tier: {outcome: _counts[tier, outcome] for outcome in ("passed", "failed", "skipped")} for tier in _TIERS}
    report = TESTS.parent / "build" / "tests.json"
    report.parent.mkdir(exist_ok=True)
    report.write_text(json.dumps(tiers, indent=2) + "\n")
    print(
        ", ".join(
            f"{tier} "
            + " ".join(f"{count} {outcome}" for outcome, count in counts.items() if count or outcome == "passed")
            for tier, counts in tiers.items()
        )
    )


@pytest.fixture(scope="session")
def tell() -> Callable[[str], None]:
    """Return what takes a line that the run ends with."""
    return _told.append


@pytest.fixture(scope="session")
def vm() -> Callable[[str], list[str]]:
    """Return what gives the command that runs the VM with a heap of a size like "256k"."""
    try:
        engine_command("vm")
    except EngineMissing as e:
        pytest.skip(str(e))
    return lambda heap: engine_command("vm", heap)
