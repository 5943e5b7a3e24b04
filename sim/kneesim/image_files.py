"""The files of a firmware image as they lie on a device, and the list that it checks them by (device/image.py).

Runs on CPython and inside the MicroPython VM.
"""

from binascii import crc32

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FOLDERS = ("/a", "/b")  # of the two images; the first is that of a board that was flashed once
LIST = "image.crc"  # in each
STARTERS = ("boot.py", "main.py")  # in neither: both start from them
_PACKAGE = "massager"
_PARTS = ("", "/core", "/device", "/link", "/store")


def list_of(files: "dict[str, bytes]") -> bytes:
    """Return the list of an image's files by their path in its folder, and "/boot.py" and "/main.py": a line each, and
    one with its own CRC.
    """
    lines = b"".join([b"%s %08x\n" % (path.encode(), crc32(files[path]) & 0xFFFFFFFF) for path in sorted(files)])
    return lines + b"%08x\n" % (crc32(lines) & 0xFFFFFFFF)


class Sources:
    """An image of source files: a folder of the firmware, and a board file. Its paths are those of a list."""

    def __init__(self, listdir: "Any", firmware_folder: str, board_file: str) -> None:
        self._places = {"board.py": board_file}
        for name in STARTERS:
            self._places["/" + name] = firmware_folder + "/" + name
        for part in _PARTS:
            folder = _PACKAGE + part
            for name in listdir(firmware_folder + "/" + folder):
                if name.endswith(".py"):
                    self._places[folder + "/" + name] = firmware_folder + "/" + folder + "/" + name

    def paths(self) -> "list[str]":
        """Return the files' paths."""
        return list(self._places)

    def read(self, path: str) -> bytes:
        """Return what is in a file now."""
        with open(self._places[path], "rb") as file:
            return file.read()

    def all(self) -> "dict[str, bytes]":
        """Return every file."""
        return {path: self.read(path) for path in self._places}
