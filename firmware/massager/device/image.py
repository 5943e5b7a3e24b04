"""Whether the firmware in flash is whole: each of its files against a list that was made when it was flashed (SAF-45).

main.py asks before it imports anything else. An image lies in a folder, /a or /b, but for boot.py and main.py, which
both images start from: they may be those of the other image, which /starters.crc then names. The list is removed first
and written last, so that half-finished flashing leaves none, or one that does not agree (SAF-54).
"""

from binascii import crc32

from micropython import const

import massager
from massager.device.files import Files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_FROZEN = ".frozen/massager"  # where the package was imported from, if it is part of MicroPython's image
_LIST = "image.crc"
_PIECE_BYTES = const(1024)  # read at once
_FOLDERS = ("", "massager/", "massager/core/", "massager/device/", "massager/link/", "massager/store/")
_CODE = (".py", ".mpy")
_STARTERS = "starters.crc"


class Image:
    """What the check of the image in a folder found: has_list; is_whole, each file as the list says and no code that it
    does not name; identity, another one for each whole image; is_frozen, it is part of MicroPython's own.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.is_frozen = massager.__path__ == _FROZEN
        self.has_list = False
        self.is_whole = False
        self.identity = ""
        self._files = Files(folder, _never)
        self._root = Files("", _never)
        try:
            if self.is_frozen:
                self._check_frozen()
            else:
                self._check()
        except (OSError, ValueError):  # flash that cannot be read, text that is none
            self.is_whole = False
        if not self.is_whole:
            self.identity = ""

    def _check_frozen(self) -> None:
        """Ask what the image says of itself: no file is run then (boards/frozen/boot.py), so none is looked at."""
        import board

        from massager.device import frozen

        self.has_list = True
        self.identity = frozen.identity(board)
        self.is_whole = bool(self.identity)

    def _check(self) -> None:
        text = self._files.read(_LIST) or b""
        self.has_list = bool(text)
        lines = text.rstrip(b"\n").split(b"\n")
        self.identity = lines[-1].decode()
        listed = text[: len(text) - len(lines[-1]) - 1]
        if not listed or text != listed + b"%08x\n" % (crc32(listed) & 0xFFFFFFFF):
            return
        starters = self._root.read(_STARTERS) or b""
        names = []
        buffer = bytearray(_PIECE_BYTES)
        for line in lines[:-1]:
            name, _, crc = line.decode().rpartition(" ")
            found = "%08x" % self._crc(name, buffer)
            if found != crc and not (name[0] == "/" and (name + " " + found + "\n").encode() in starters):
                return
            names.append(name)
        for name in self._code():
            if name not in names:
                return  # it would be imported in place of what the list names
        self.is_whole = True

    def _crc(self, name: str, buffer: bytearray) -> int:
        if name[0] == "/":
            return self._root.crc(name[1:], buffer)
        return self._files.crc(name, buffer)

    def _code(self) -> "Iterator[str]":
        for folder in _FOLDERS:
            for name in self._files.names(folder):
                if name.endswith(_CODE):
                    yield folder + name


def _never() -> bool:
    return False  # an image is only read
