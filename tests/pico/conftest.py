"""This tier boots MicroPython's own image once, in an emulated RP2040; each test then goes on from there in a fork."""

import os
import traceback
from pathlib import Path

import pytest

pytest.importorskip("rp2040py", reason="the pico tier needs: pip install --editable .[pico]")

from kneesim.pico.device import PicoDevice
from kneesim.pico.image import ImageMissing, find_uf2


@pytest.fixture(scope="session")
def device() -> PicoDevice:
    """Return a device that has just started; what a test does to it, no other test sees."""
    try:
        device = PicoDevice()
    except ImageMissing as missing:
        pytest.skip(str(missing))
    device.boot()
    return device


@pytest.fixture
def uf2() -> Path:
    """Return MicroPython's own image."""
    try:
        return find_uf2()
    except ImageMissing as missing:
        pytest.skip(str(missing))


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool:
    """Run the test in a child process, which starts with a copy of the device as it is."""
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        words = ""
        try:
            pyfuncitem.obj(**arguments)
        except BaseException:
            words = traceback.format_exc()
        with os.fdopen(write_end, "w") as pipe:
            pipe.write(words or "passed")
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        words = pipe.read()
    os.waitpid(child, 0)
    if words != "passed":
        pytest.fail(words or "the test's process died", pytrace=False)
    return True
