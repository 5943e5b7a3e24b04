"""The files that the device keeps things in, on the flash it runs from. Writing there stops everything else for up to
half a second: on an RP2040 not even interrupts run while a block is erased.
"""

import io
import os
from binascii import crc32

from micropython import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

_NO_SUCH_FILE = const(2)
_EXISTS = const(17)
_FILE = const(0x8000)  # what os.ilistdir calls one


class Files:
    """Files of one folder, which is made with the first that is written. is_quiet says that no actuator is on.

    Writing raises RuntimeError unless it is quiet (SAF-27), and OSError, as reading, when the flash is worn or full.
    """

    def __init__(self, folder: str, is_quiet: "Callable[[], bool]") -> None:
        self._folder = folder
        self._is_quiet = is_quiet

    def read(self, name: str, at: int = 0, most_bytes: int = -1) -> "bytes | None":
        """Return what is in a file from a place on, at most most_bytes unless that is -1; None if there is no file."""
        try:
            with self._open(name, "rb") as file:
                if at:
                    file.seek(at)
                found: bytes = file.read(most_bytes)
                return found
        except OSError as e:
            if e.errno == _NO_SUCH_FILE:
                return None
            raise

    def crc(self, name: str, buffer: bytearray) -> int:
        """Return the CRC-32 of a file, -1 if there is none. The buffer spares the heap pieces as large as files."""
        crc = 0
        try:
            with self._open(name, "rb") as file:
                while True:
                    count = file.readinto(buffer)
                    if not count:
                        return crc & 0xFFFFFFFF
                    crc = crc32(memoryview(buffer)[:count], crc)
        except OSError as e:
            if e.errno == _NO_SUCH_FILE:
                return -1
            raise

    def names(self, folder: str) -> "Iterator[str]":
        """Give the names of the files in a folder below this one, "below/"; "" for this one itself."""
        for entry in os.ilistdir(self._path(folder)):
            if entry[1] == _FILE:
                yield entry[0]

    def write(self, name: str, data: bytes) -> None:
        """Make a file of data, in place of the one there was."""
        self._put(name, "wb", data)

    def append(self, name: str, data: bytes) -> None:
        """Add data to the end of a file, which is made when it is missing."""
        self._put(name, "ab", data)

    def remove(self, name: str) -> None:
        """Remove a file if there is one."""
        self._check_quiet()
        try:
            os.remove(self._path(name))
        except OSError as e:
            if e.errno != _NO_SUCH_FILE:
                raise

    def _put(self, name: str, mode: str, data: bytes) -> None:
        self._check_quiet()
        self._make_folder()
        with self._open(name, mode) as file:
            file.write(data)

    def _make_folder(self) -> None:
        if not self._folder:  # the root
            return
        try:
            os.mkdir(self._folder)
        except OSError as e:
            if e.errno != _EXISTS:
                raise

    def _check_quiet(self) -> None:
        if not self._is_quiet():
            raise RuntimeError("no flash write while an actuator is on (SAF-27)")

    def _open(self, name: str, mode: str) -> "Any":
        return io.open(self._path(name), mode)  # noqa: UP020  a simulated chip has its own io, and not its own open

    def _path(self, name: str) -> str:
        return self._folder + "/" + name
