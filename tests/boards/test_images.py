"""`make image`: what is frozen into a board's image, what the image carries to be checked by, and how a device that is
frozen looks at itself.
"""

import ast
import os
import re
import runpy
import struct
import subprocess
import sys
import types
from binascii import crc32
from pathlib import Path
from typing import Any

import pytest

from kneesim.engines import ROOT
from kneesim.image_files import LIST
from kneesim.pico import image as pico_image
from massager.device import frozen
from massager.device import image as device_image

SCRIPT = ROOT / "boards/make_image.py"
MAKE = runpy.run_path(str(SCRIPT))
BOARDS = sorted(path.parent.name for path in (ROOT / "boards").glob("*/board.py"))
FILES_AT = 0x10000
PROGRAM = bytes(range(251)) * 100  # neither whole pieces nor whole pages


def frozen_by(manifest: Path, port: Path) -> dict[str, tuple[Path, int | None]]:
    """Return what a manifest freezes from this project: the file and its level of optimisation, by its name on the
    device. A stand-in for MicroPython's own tool: what is relative is relative to the manifest.
    """
    found: dict[str, tuple[Path, int | None]] = {}

    def freeze(path: str, script: str | None = None, opt: int | None = None) -> None:
        folder = Path(os.path.normpath(manifest.parent / path.replace("$(PORT_DIR)", str(port))))
        if folder == port / "modules":
            return
        start = folder / script if script else folder
        for file in [start] if start.is_file() else sorted(start.rglob("*.py")):
            name = str(file.relative_to(folder))
            assert name not in found, name
            found[name] = (file, opt)

    def include(path: str) -> None:
        there = Path(os.path.normpath(manifest.parent / path))
        found.update(frozen_by(there, port))

    exec(manifest.read_text(), {"freeze": freeze, "include": include})
    return found


@pytest.mark.parametrize("board", BOARDS)
def test_what_is_frozen_is_what_a_device_with_files_has(board: str, tmp_path: Path) -> None:
    found = frozen_by(ROOT / "boards" / board / "manifest.py", tmp_path)
    files = {name.lstrip("/") for name in pico_image.image_files(board) if name != LIST}
    assert {name.removesuffix(".py") for name in found} == {os.path.splitext(name)[0] for name in files}
    assert {opt for _, opt in found.values()} == {3}, "as compile_mpy does it"
    assert found["board.py"][0] == ROOT / "boards" / board / "board.py"
    assert found["boot.py"][0] == ROOT / "boards/frozen/boot.py"
    others = {name: file for name, (file, _) in found.items() if name not in ("board.py", "boot.py")}
    assert all(file == ROOT / "firmware" / name for name, file in others.items())


@pytest.mark.parametrize("board", BOARDS)
def test_saf_43_the_frozen_boot_drives_every_output_low_and_imports_nothing_from_files(
    board: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = runpy.run_path(str(ROOT / "boards" / board / "board.py"))
    made: list[tuple[object, ...]] = []
    pin = types.SimpleNamespace(OUT="out")
    chip = types.SimpleNamespace(path=["", ".frozen", "/lib"])

    class Pin:
        OUT = pin.OUT

        def __init__(self, number: int, mode: str, value: int) -> None:
            assert chip.path == [".frozen"]
            made.append((number, mode, value))

    monkeypatch.setitem(sys.modules, "board", types.SimpleNamespace(OUTPUT_PINS=facts["OUTPUT_PINS"]))  # type: ignore[arg-type]
    monkeypatch.setitem(sys.modules, "machine", types.SimpleNamespace(Pin=Pin))  # type: ignore[arg-type]
    monkeypatch.setitem(sys.modules, "sys", chip)  # type: ignore[arg-type]
    exec((ROOT / "boards/frozen/boot.py").read_text(), {})
    assert made == [(number, "out", 0) for number in facts["OUTPUT_PINS"]]


def test_the_frozen_boot_sets_the_path_before_it_imports_what_a_file_could_be_in_place_of() -> None:
    body = ast.parse((ROOT / "boards/frozen/boot.py").read_text()).body
    first = [ast.unparse(node) for node in body[:2]]
    assert first == ["import sys", "sys.path[:] = ['.frozen']"]  # MicroPython never imports sys from a file


def region() -> bytearray:
    """Return what lies before the file system of a chip with a small flash."""
    return bytearray(MAKE["with_trailer"](PROGRAM, FILES_AT))


def test_saf_45_a_whole_program_has_its_crc_as_identity() -> None:
    content = region()
    assert len(content) == FILES_AT
    assert content.startswith(PROGRAM)
    begin = b"KNEE" + struct.pack("<I", len(PROGRAM))
    assert frozen.of_flash(content) == f"{crc32(PROGRAM + begin):08x}"
    other = bytearray(MAKE["with_trailer"](PROGRAM + b"\0", FILES_AT))
    assert frozen.of_flash(other) not in ("", frozen.of_flash(content))


@pytest.mark.parametrize("at", [0, 4095, 4096, len(PROGRAM) - 1, *range(FILES_AT - 12, FILES_AT)])
def test_saf_45_and_54_a_program_with_a_wrong_bit_is_not_whole(at: int) -> None:
    for bit in range(8):
        content = region()
        content[at] ^= 1 << bit
        assert frozen.of_flash(content) == "", (at, bit)


def test_saf_45_and_54_a_program_that_was_half_written_or_never_is_not_whole() -> None:
    old, new = region(), bytearray(MAKE["with_trailer"](PROGRAM[::-1], FILES_AT))
    for done in range(0, FILES_AT, 4096):
        assert (frozen.of_flash(new[:done] + old[done:]) != "") == (done == 0), done
    for blank in (b"\xff", b"\x00"):
        assert frozen.of_flash(bytearray(blank * FILES_AT)) == ""


def test_a_program_that_does_not_fit_before_the_file_system_is_refused() -> None:
    assert MAKE["with_trailer"](bytes(FILES_AT - 12), FILES_AT)
    with pytest.raises(MAKE["ImageError"], match=r"65,525 bytes; 65,524 is the most"):
        MAKE["with_trailer"](bytes(FILES_AT - 11), FILES_AT)


class Partition:
    """The running program of an ESP32, as esp32.Partition reads it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def readblocks(self, block: int, buffer: bytearray, offset: int) -> None:
        """Fill the buffer."""
        at = block * 4096 + offset
        buffer[:] = self._content[at : at + len(buffer)]


def esp32_program(begin: int = 0xE9, has_sha: int = 1, about: int = 0xABCD5432) -> bytes:
    """Return the first bytes of one."""
    content = bytearray(4096)
    content[0], content[23] = begin, has_sha
    struct.pack_into("<I", content, 32, about)
    content[32 + 144 : 32 + 176] = bytes(range(0xA0, 0xC0))
    return bytes(content)


def test_saf_45_an_esp32_s_program_is_the_one_that_the_bootloader_could_compare() -> None:
    assert frozen.of_partition(Partition(esp32_program())) == "a0a1a2a3"
    for wrong in (esp32_program(begin=0xFF), esp32_program(has_sha=0), esp32_program(about=0)):
        assert frozen.of_partition(Partition(wrong)) == ""


@pytest.mark.parametrize("identity", ["0badcafe", ""])
def test_saf_45_a_frozen_firmware_looks_at_the_program_and_at_no_file(
    identity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_image, "massager", types.SimpleNamespace(__path__=".frozen/massager"))
    monkeypatch.setitem(sys.modules, "board", types.ModuleType("board"))
    monkeypatch.setattr(frozen, "identity", lambda board: identity)
    monkeypatch.setattr(device_image.Image, "_check", None)
    found = device_image.Image(".frozen")
    assert (found.has_list, found.is_whole, found.identity) == (True, bool(identity), identity)


def test_saf_45_flash_that_cannot_be_read_is_not_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(board: Any) -> str:
        raise OSError(5)

    monkeypatch.setattr(device_image, "massager", types.SimpleNamespace(__path__=".frozen/massager"))
    monkeypatch.setitem(sys.modules, "board", types.ModuleType("board"))
    monkeypatch.setattr(frozen, "identity", fails)
    assert not device_image.Image(".frozen").is_whole


@pytest.mark.parametrize("board", [name for name in BOARDS if not name.startswith("esp32")])
def test_a_uf2_file_has_the_whole_flash_before_the_file_system_in_order(board: str) -> None:
    kind = MAKE["BOARDS"][board]
    assert kind.family == (0xE48BFF59 if board.startswith("pico2") else 0xE48BFF56)
    assert kind.files_at % 4096 == 0
    content = MAKE["with_trailer"](PROGRAM, kind.files_at)
    data = MAKE["uf2"](content, kind.family)
    count = kind.files_at // 256
    assert len(data) == 512 * count
    payload = b""
    for number in range(count):
        block = data[512 * number : 512 * (number + 1)]
        words = struct.unpack("<8I", block[:32])
        at = 0x10000000 + 256 * number
        assert words == (0x0A324655, 0x9E5D5157, 0x2000, at, 256, number, count, kind.family)
        assert block[288:] == bytes(220) + struct.pack("<I", 0x0AB16F30)
        payload += block[32:288]
    assert payload == content


def test_there_is_an_image_for_every_board_and_for_no_other() -> None:
    assert sorted(MAKE["BOARDS"]) == BOARDS


def tree(folder: Path, version: tuple[int, int, int] = (1, 25, 0)) -> Path:
    """Make what looks like a source tree of MicroPython with its submodules."""
    words = zip(("MAJOR", "MINOR", "MICRO"), version, strict=True)
    (folder / "py").mkdir()
    (folder / "py/mpconfig.h").write_text("".join(f"#define MICROPY_VERSION_{what} {n}\n" for what, n in words))
    for name in ("pico-sdk/pico_sdk_init.cmake", "micropython-lib/README.md"):
        file = folder / "lib" / name
        file.parent.mkdir(parents=True)
        file.write_text("")
    return folder


def run(*arguments: str, path: str = "") -> tuple[int, str]:
    """Run the script with nothing but path to find tools in."""
    command = [sys.executable, str(SCRIPT), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env={"PATH": path})
    assert not done.stdout
    return done.returncode, done.stderr


def test_make_image_says_what_is_missing_and_what_to_do(tmp_path: Path) -> None:
    words = run("teapot", str(tmp_path))[1]
    assert words == f"There is no board teapot. BOARD is one of {', '.join(MAKE['BOARDS'])}.\n"
    assert "No source tree of MicroPython 1.25.0 was named: git clone" in run("pico", "")[1]
    code, words = run("pico", str(tmp_path))
    assert (code, re.sub(r":.*", "", words)) == (
        2,
        f"{tmp_path} is no source tree of MicroPython; what is needed is 1.25.0\n",
    )
    tree(tmp_path)
    code, words = run("pico", str(tmp_path))
    assert code == 2
    assert "cmake (install cmake)" in words
    assert "arm-none-eabi-gcc (install gcc-arm-none-eabi" in words
    assert "idf.py (install ESP-IDF" in run("esp32", str(tmp_path))[1]
    (tmp_path / "lib/pico-sdk/pico_sdk_init.cmake").unlink()
    for board, name in (("pico", "RPI_PICO"), ("pico_w", "RPI_PICO_W")):
        words = f"Submodules are missing: make -C {tmp_path}/ports/rp2 BOARD={name} submodules\n"
        assert run(board, str(tmp_path))[1] == words


def test_make_image_refuses_another_version(tmp_path: Path) -> None:
    words = run("pico", str(tree(tmp_path, (1, 26, 0))))[1]
    assert words.startswith(f"{tmp_path} is 1.26.0; what is needed is 1.25.0: git clone --branch v1.25.0")


def test_make_image_keeps_nothing_compiled_and_stops_where_a_tool_fails_with_its_last_words(tmp_path: Path) -> None:
    folder = tmp_path / "mp"
    folder.mkdir()
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("cmake", "arm-none-eabi-gcc", "gcc", "make"):
        (tools / name).write_text("#!/bin/sh\necho no rule for $2; exit 2\n")
        (tools / name).chmod(0o755)
    script = tmp_path / "project/boards/make_image.py"
    script.parent.mkdir(parents=True)
    script.write_text(SCRIPT.read_text())
    kept = tmp_path / "project/build/image/pico/frozen_mpy/main.mpy"
    kept.parent.mkdir(parents=True)
    kept.write_text("of another source")
    command = [sys.executable, str(script), "pico", str(tree(folder))]
    done = subprocess.run(command, capture_output=True, text=True, env={"PATH": f"{tools}:/bin:/usr/bin"})
    assert done.returncode == 2
    assert not kept.exists()
    assert done.stderr.startswith(f"no rule for {folder}/mpy-cross\nmake failed; all that it said is in ")
