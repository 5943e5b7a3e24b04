"""Counts the tests of each tier (the folders of tests/), says so in the last line, and lends them the VM.

With pytest-xdist the workers run the tests and the process that started them counts, from the reports they send.
"""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from kneesim.engines import EngineMissing, engine_command

TESTS = Path(__file__).parent
_TIERS = ("core", "store", "vm", "wasm", "sim", "boards", "cover", "property", "mutants", "host", "pico")
_LONG_FIRST = ("pico", "wasm", "host", "sim", "mutants", "vm")
_counts: Counter[tuple[str, str]] = Counter()
_uncollected: set[str] = set()


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
def vm() -> Callable[[str], list[str]]:
    """Return what gives the command that runs the VM with a heap of a size like "256k"."""
    try:
        engine_command("vm")
    except EngineMissing as e:
        pytest.skip(str(e))
    return lambda heap: engine_command("vm", heap)
