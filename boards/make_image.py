"""Builds a MicroPython image that has the firmware in itself (docs/images.md).

    python boards/make_image.py BOARD MICROPYTHON

MICROPYTHON: the source tree of 1.25.0, with its submodules. Leaves build/image/BOARD.uf2, or BOARD.bin for an ESP32,
and what was built under build/image/BOARD. Exits with 2 when something is missing, with what to do.
"""

import re
import shutil
import struct
import subprocess
import sys
from binascii import crc32
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "build/image"
VERSION = "1.25.0"

_RP2040, _RP2350 = 0xE48BFF56, 0xE48BFF59  # UF2's families: RP2350 is its ARM cores, secure
_FLASH_AT = 0x10000000
_FLASH_BYTE = b"\xff"  # of erased flash
_TRAILER_BEGIN = b"KNEE"  # as in firmware/massager/device/frozen.py
_UF2_BLOCK = struct.Struct("<8I476sI")
_UF2_PAYLOAD_BYTES = 256
_UF2_HAS_FAMILY = 0x2000
_LOG_LINES = 20
_VERSION_PARTS = ("MAJOR", "MINOR", "MICRO")


class Board(NamedTuple):
    """What a board of this project is to MicroPython: name, port, a file that is there if its submodules are, and on a
    Pico UF2's family and where 1.25.0 has the file system in its flash.
    """

    name: str
    port: str
    submodule: str
    family: int = 0
    files_at: int = 0


_SDK, _RADIO, _LIB = "lib/pico-sdk/pico_sdk_init.cmake", "lib/cyw43-driver/src/cyw43.h", "lib/micropython-lib/README.md"
BOARDS = {
    "pico": Board("RPI_PICO", "rp2", _SDK, _RP2040, 0xA0000),
    "pico_w": Board("RPI_PICO_W", "rp2", _RADIO, _RP2040, 0x12C000),
    "pico2": Board("RPI_PICO2", "rp2", _SDK, _RP2350, 0x100000),
    "pico2_w": Board("RPI_PICO2_W", "rp2", _RADIO, _RP2350, 0x180000),
    "esp32": Board("ESP32_GENERIC", "esp32", _LIB),
    "esp32s3": Board("ESP32_GENERIC_S3", "esp32", _LIB),
}


class ImageError(Exception):
    """No image can be built; the message says why, and what to do."""


def check(name: str, tree: str) -> Path:
    """Return the source tree if there is all that an image for a board needs. Raises ImageError."""
    if name not in BOARDS:
        raise ImageError(f"There is no board {name or 'of no name'}. BOARD is one of {', '.join(BOARDS)}.")
    remedy = f"git clone --branch v{VERSION} https://github.com/micropython/micropython, and MICROPYTHON=that folder."
    if not tree:
        raise ImageError(f"No source tree of MicroPython {VERSION} was named: {remedy}")
    folder = Path(tree).expanduser().resolve()
    found = version(folder)
    if found != VERSION:
        words = found or "no source tree of MicroPython"
        raise ImageError(f"{folder} is {words}; what is needed is {VERSION}: {remedy}")
    board = BOARDS[name]
    if not (folder / board.submodule).exists():
        raise ImageError(f"Submodules are missing: make -C {folder}/ports/{board.port} BOARD={board.name} submodules")
    _check_tools(board.port)
    return folder


def version(folder: Path) -> str:
    """Return the version of a source tree, "1.25.0"; "" if it is none."""
    try:
        text = (folder / "py/mpconfig.h").read_text()
    except OSError:
        return ""
    parts = [re.search(rf"^#define MICROPY_VERSION_{part} +\(?(\d+)", text, re.MULTILINE) for part in _VERSION_PARTS]
    return ".".join(part[1] for part in parts if part)


def _check_tools(port: str) -> None:
    if port == "esp32":
        needed = {"idf.py": "ESP-IDF 5.2.2 of Espressif, and `. export.sh` of it in this shell"}
    else:
        needed = {
            "cmake": "cmake",
            "arm-none-eabi-gcc": "gcc-arm-none-eabi, libnewlib-arm-none-eabi, libstdc++-arm-none-eabi-newlib",
        }
    needed |= {"make": "make", "gcc": "gcc, g++"}
    missing = [f"{tool} (install {package})" for tool, package in needed.items() if shutil.which(tool) is None]
    if missing:
        raise ImageError("Missing: " + "; ".join(missing) + ".")


def build(name: str, tree: Path) -> Path:
    """Build a board's image and return its path. Raises ImageError."""
    OUT.mkdir(parents=True, exist_ok=True)
    _log(name).write_text("")
    # MicroPython's build keeps a compiled file that is newer than its source, also when another source is meant now.
    shutil.rmtree(OUT / name / "frozen_mpy", ignore_errors=True)
    _run(name, "make", "-C", str(tree / "mpy-cross"))
    if BOARDS[name].port == "esp32":
        return _build_esp32(name, tree / "ports/esp32")
    return _build_pico(name, tree / "ports/rp2")


def _build_pico(name: str, port: Path) -> Path:
    board = BOARDS[name]
    work = OUT / name
    settings = {
        "MICROPY_BOARD": board.name,
        "MICROPY_BOARD_DIR": port / "boards" / board.name,
        "MICROPY_FROZEN_MANIFEST": _manifest(name),
        "PICO_NO_PICOTOOL": 1,  # the UF2 file that it makes would lack the trailer
    }
    _run(name, "cmake", "-S", str(port), "-B", str(work), *(f"-D{key}={value}" for key, value in settings.items()))
    _run(name, "make", "-C", str(work))
    out = OUT / f"{name}.uf2"
    out.write_bytes(uf2(with_trailer((work / "firmware.bin").read_bytes(), board.files_at), board.family))
    return out


def _build_esp32(name: str, port: Path) -> Path:
    work = OUT / name
    settings = (f"BOARD={BOARDS[name].name}", f"BUILD={work}", f"FROZEN_MANIFEST={_manifest(name)}")
    _run(name, "make", "-C", str(port), *settings)
    return Path(shutil.copy(work / "firmware.bin", OUT / f"{name}.bin"))


def _manifest(name: str) -> Path:
    return ROOT / "boards" / name / "manifest.py"


def _log(name: str) -> Path:
    return OUT / f"{name}.log"


def _run(name: str, *command: str) -> None:
    with _log(name).open("a") as file:
        done = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT)
    if done.returncode:
        lines = _log(name).read_text(errors="replace").splitlines()[-_LOG_LINES:]
        raise ImageError("\n".join([*lines, f"{command[0]} failed; all that it said is in {_log(name)}."]))


def with_trailer(program: bytes, files_at: int) -> bytes:
    """Return what lies in the flash before the file system: the program, and last what the device checks it by.

    Raises ImageError if that is too much.
    """
    begin = _TRAILER_BEGIN + struct.pack("<I", len(program))
    trailer = begin + struct.pack("<I", crc32(begin, crc32(program)))
    if len(program) + len(trailer) > files_at:
        raise ImageError(f"The program has {len(program):,} bytes; {files_at - len(trailer):,} is the most.")
    return program.ljust(files_at - len(trailer), _FLASH_BYTE) + trailer


def uf2(content: bytes, family: int) -> bytes:
    """Return content as a UF2 file for the beginning of a chip's flash. Its length is one of whole flash sectors, as
    the RP2040's boot ROM needs (erratum E14).
    """
    count = len(content) // _UF2_PAYLOAD_BYTES
    blocks = []
    for number in range(count):
        at = number * _UF2_PAYLOAD_BYTES
        head = (0x0A324655, 0x9E5D5157, _UF2_HAS_FAMILY, _FLASH_AT + at, _UF2_PAYLOAD_BYTES, number, count, family)
        blocks.append(_UF2_BLOCK.pack(*head, content[at : at + _UF2_PAYLOAD_BYTES], 0x0AB16F30))
    return b"".join(blocks)


def main() -> int:
    """Build what the arguments name."""
    name, tree = (*sys.argv[1:], "", "")[:2]
    try:
        folder = check(name, tree)
        print(f"Building MicroPython with the firmware for {name}: some minutes.")
        out = build(name, folder)
    except ImageError as e:
        print(e, file=sys.stderr)
        return 2
    print(f"{out.relative_to(ROOT)}, {out.stat().st_size:,} bytes; docs/images.md says how it gets onto the board.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
