"""Every board of boards/ in turn: its facts, and a device that carries it."""

from collections.abc import Iterator
from types import ModuleType

import pytest

from kneesim.engines import ROOT
from kneesim.inprocess import Device
from kneesim.power import load_board


@pytest.fixture(params=sorted(path.parent.name for path in (ROOT / "boards").glob("*/board.py")))
def board_name(request: pytest.FixtureRequest) -> str:
    """Return the name of each board in turn."""
    return str(request.param)


@pytest.fixture
def board(board_name: str) -> ModuleType:
    """Return a board file's module."""
    module: ModuleType = load_board(str(ROOT / "boards" / board_name), str(ROOT / "firmware"))
    return module


@pytest.fixture
def device(board_name: str) -> Iterator[Device]:
    """Yield a device on this board that has just been switched on."""
    with Device(board=board_name) as d:
        yield d
