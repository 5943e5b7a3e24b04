"""One small value kept through power cuts: two files take turns, and the one that holds the value is never the one that
is written.

A file is a header and the data: sequence number, length, CRC-32 over both and the data. Whatever part of a file a power
cut leaves, its length or its CRC is wrong, and the other file still has the value from before.
"""

import struct
from binascii import crc32

from micropython import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NUMBERS = "<HH"  # sequence number, length
_CRC = "<I"
_CRC_AT = const(4)
_HEADER_BYTES = const(8)
_SEQUENCE_MASK = const(0xFFFF)
_SEQUENCE_HALF = const(0x8000)


class Record:
    """A value of at most most_bytes (up to 65535) in the files "NAME.0" and "NAME.1".

    files: see device/files.py. is_damaged: at the last read() there were bytes, but no value among them.
    """

    def __init__(self, files: "Any", name: str, most_bytes: int) -> None:
        self.is_damaged = False
        self._files = files
        self._names = (name + ".0", name + ".1")
        self._most_bytes = most_bytes
        self._newest = -1  # which file holds the value; -1: neither
        self._sequence = 0

    def read(self) -> "bytes | None":
        """Return the value written last, None if there is none or it is damaged beyond reading."""
        self._newest = -1
        has_bytes = False
        value = None
        for slot in (0, 1):
            try:
                # One byte more than can be right shows that a file is too long.
                held = self._files.read(self._names[slot], 0, _HEADER_BYTES + self._most_bytes + 1)
            except OSError:  # worn-out flash
                has_bytes = True
                continue
            if not held:
                continue
            has_bytes = True
            if self._is_intact(held):
                sequence, _ = struct.unpack_from(_NUMBERS, held)
                if self._newest < 0 or (sequence - self._sequence) & _SEQUENCE_MASK < _SEQUENCE_HALF:
                    self._newest = slot
                    self._sequence = sequence
                    value = held[_HEADER_BYTES:]
        self.is_damaged = has_bytes and value is None
        return value

    def _is_intact(self, held: bytes) -> bool:
        if len(held) < _HEADER_BYTES or len(held) > _HEADER_BYTES + self._most_bytes:
            return False
        _, length = struct.unpack_from(_NUMBERS, held)
        if length != len(held) - _HEADER_BYTES:
            return False
        return bool(struct.unpack_from(_CRC, held, _CRC_AT)[0] == _crc(held[:_CRC_AT], held[_HEADER_BYTES:]))

    def write(self, data: bytes) -> None:
        """Keep data in place of the value so far; a power cut leaves the one or the other.

        Raises ValueError if data is too long, and what the files raise.
        """
        if len(data) > self._most_bytes:
            raise ValueError("%s: %d bytes, and %d are the most" % (self._names[0], len(data), self._most_bytes))
        self.read()  # what an earlier write that failed has left, only the files know
        slot = 1 if self._newest == 0 else 0
        numbers = struct.pack(_NUMBERS, (self._sequence + 1) & _SEQUENCE_MASK, len(data))
        self._files.write(self._names[slot], numbers + struct.pack(_CRC, _crc(numbers, data)) + data)
        self.is_damaged = False


def _crc(numbers: bytes, data: bytes) -> int:
    return crc32(data, crc32(numbers)) & 0xFFFFFFFF
