"""A Pico's image that has the firmware in itself, as `make image` builds it, in the flash of the emulated Pico."""

import os
from pathlib import Path

from kneesim.engines import ROOT
from kneesim.flash import used_files
from kneesim.pico import image

VARIABLE = "KNEE_FROZEN_UF2"
_BUILT = ROOT / "build/image/pico.uf2"
_FROZEN = ("firmware", "boards/pico", "boards/frozen")


def find_uf2() -> Path:
    """Return the path of the image: $KNEE_FROZEN_UF2, else what `make image` built from the sources as they are now.

    Raises ImageMissing.
    """
    named = os.environ.get(VARIABLE)
    if named:
        if not Path(named).is_file():
            raise image.ImageMissing(f"{VARIABLE} names {named}, and there is no such file.")
        return Path(named)
    if not _BUILT.is_file():
        raise image.ImageMissing("no image with the firmware in it: `make image MICROPYTHON=... BOARD=pico`.")
    sources = [path for folder in _FROZEN for path in (ROOT / folder).rglob("*.py")]
    if any(path.stat().st_mtime > _BUILT.stat().st_mtime for path in sources):
        raise image.ImageMissing("build/image/pico.uf2 is older than the firmware: `make image` again.")
    return _BUILT


def erased(uf2: Path) -> bytes:
    """Return the whole flash chip with an image and not even a file system, as on a new one."""
    flash = image.flash(uf2, {})
    return flash[: image.FILES_AT].ljust(image.FLASH_BYTES, b"\xff")


def used(uf2: Path, files: dict[str, bytes] | None = None) -> bytes:
    """Return the same as its owner has set it up, with more files by path."""
    kept = used_files(identity(uf2).encode())
    return image.flash(uf2, {**{path[1:]: data for path, data in kept.items()}, **(files or {})})


def identity(uf2: Path) -> str:
    """Return what the device has to find out of its image by itself: the CRC-32 that is stated at the end."""
    return image.flash(uf2, {})[image.FILES_AT - 4 : image.FILES_AT][::-1].hex()
