"""Fixtures of the host tool's tests: private runtime and data directories, and a fake device."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from fake_device import FakeDevice
from kneectl import contraindications, people


@pytest.fixture(autouse=True)
def runtime_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep owner and simulator files away from the user's own, and the user's port away from the tests."""
    path = tmp_path / "runtime"
    path.mkdir(mode=0o700)  # others may not write there, or it is not accepted
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(path))
    monkeypatch.delenv("KNEECTL_PORT", raising=False)
    return path


@pytest.fixture(autouse=True)
def data_dir(runtime_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep people's files away from the user's own; "me" has acknowledged who must not use the device.

    Their lock is in the runtime directory, which so has to be private first: tests may run at the same time.
    """
    path = tmp_path / "data"
    monkeypatch.setenv("XDG_DATA_HOME", str(path))
    people.acknowledge("me", people.Acknowledgement(date(2025, 6, 1), contraindications.version()))
    return path


@pytest.fixture
def device() -> Iterator[FakeDevice]:
    """A fake device in real time."""
    with FakeDevice() as fake:
        yield fake
