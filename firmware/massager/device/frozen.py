"""Whether a firmware that is part of MicroPython's own image (docs/images.md) is whole (SAF-45). It is no file,
so what is looked at is the chip's program, MicroPython itself with it.

A Pico reads its flash like memory: the last bytes before the file system say how long the program is, and its CRC-32.
An ESP32's bootloader compares the program with its SHA-256 before it starts it, if the program has one.
"""

import struct
from binascii import crc32

from micropython import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_FLASH_AT = const(0x10000000)
_TRAILER = "<4sII"  # what it begins with, bytes of the program, CRC-32 of these and the two before
_TRAILER_BYTES = const(12)
_TRAILER_BEGIN = b"KNEE"
_PIECE_BYTES = const(4096)  # looked at in one go; USB is served in between

_HEAD_BYTES = const(180)
_HEAD_BEGIN = const(0xE9)
_HAS_SHA_AT = const(23)
_ABOUT_AT = const(32)  # what the program says of itself
_ABOUT_BEGIN = b"\x32\x54\xcd\xab"
_ELF_SHA_AT = const(176)  # of the file that the program was made from: another one for each build


def identity(board: "Any") -> str:
    """Return eight hex digits, others for each image; "" if it is not whole. Raises OSError."""
    # ADC_READS_UV is a name that the type check knows for each board: true on an ESP32.
    if board.ADC_READS_UV:
        from esp32 import Partition

        return of_partition(Partition(Partition.RUNNING))  # type: ignore[arg-type]  # the stubs want a name
    else:
        import rp2
        import uctypes

        files_at = uctypes.addressof(rp2.Flash())
        return of_flash(uctypes.bytearray_at(_FLASH_AT, files_at - _FLASH_AT))


def of_flash(region: bytearray) -> str:
    """Return the same for what lies before the file system: the program, and at the end what tells its length."""
    view = memoryview(region)
    begin, length, stated = struct.unpack(_TRAILER, view[-_TRAILER_BYTES:])
    if begin != _TRAILER_BEGIN or length > len(region) - _TRAILER_BYTES:
        return ""
    crc = 0
    for at in range(0, length, _PIECE_BYTES):
        crc = crc32(view[at : min(at + _PIECE_BYTES, length)], crc)
    crc = crc32(view[-_TRAILER_BYTES:-4], crc) & 0xFFFFFFFF
    return "%08x" % crc if crc == stated else ""


def of_partition(partition: "Any") -> str:
    """Return the same for the running program of an ESP32: "" if there is nothing that the bootloader could compare."""
    head = bytearray(_HEAD_BYTES)
    partition.readblocks(0, head, 0)
    if head[0] != _HEAD_BEGIN or head[_HAS_SHA_AT] != 1 or head[_ABOUT_AT : _ABOUT_AT + 4] != _ABOUT_BEGIN:
        return ""
    return "".join(["%02x" % byte for byte in head[_ELF_SHA_AT:]])
