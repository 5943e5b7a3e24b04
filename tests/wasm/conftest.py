"""The 32-bit MicroPython stands in for the VM in this folder: the same tests, with the chips' 31-bit small integers."""

import sys
from collections.abc import Callable

import pytest

from kneesim.engines import ROOT, EngineMissing, engine_command

sys.path.append(str(ROOT / "tests/vm"))  # whose tests these are


@pytest.fixture(scope="session")
def vm() -> Callable[[str], list[str]]:
    """Return what gives the command that runs the 32-bit MicroPython with a heap that begins at a size like "256k"."""
    try:
        engine_command("wasm")
    except EngineMissing as e:
        pytest.skip(str(e))
    return lambda heap: engine_command("wasm", heap)
