"""The MicroPython VM for this tier's tests; without it they are skipped and say why."""

from collections.abc import Callable

import pytest

from kneesim.launch import EngineMissing, engine_command


@pytest.fixture(scope="session")
def vm() -> Callable[[str], list[str]]:
    """Return what gives the command that runs the VM with a heap of a size like "256k"."""
    try:
        engine_command("vm")
    except EngineMissing as e:
        pytest.skip(str(e))
    return lambda heap: engine_command("vm", heap)
