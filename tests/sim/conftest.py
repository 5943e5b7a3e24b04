"""Devices for this tier's tests: the real firmware on a simulated chip, in virtual time."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kneesim.engines import ROOT
from kneesim.inprocess import Device

NEAR_WRAP_MS = (1 << 29) - 400_000  # the core's tick ring wraps in mid-session


@pytest.fixture
def device() -> Iterator[Device]:
    """Yield a device that has just been switched on."""
    with Device() as d:
        yield d


@pytest.fixture
def running(device: Device) -> Device:
    """Return a device in mid-session: confirmed, past its gentle minute, medium heat, in a press."""
    device.start_confirmed(strength=5)
    device.result("set", heat="medium")
    device.run_ms(123_000)
    levels = device.levels()
    assert levels["roller"]
    assert device.status()["state"] == "running"
    return device


@pytest.fixture
def firmware(tmp_path: Path) -> Path:
    """Return a copy of the firmware, to be damaged."""
    folder = tmp_path / "firmware"
    shutil.copytree(ROOT / "firmware", folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder
