"""Framing, sans-IO: bytes in, frames out. Device and host both import this file.

A frame is one line: JSON of at most MAX_JSON bytes, `*`, eight hex digits of CRC-32 over the JSON, newline.
The CRC may be missing; whoever reads the frame decides whether that is good enough (see docs/link.md).
"""

import binascii

MAX_JSON = 512  # bytes of JSON in a frame: fits a status with its sentences, and a chip's buffers
_CRC_TAIL = 9  # `*` and eight hex digits
_MAX_LINE = MAX_JSON + _CRC_TAIL

OK_CRC = 0  # a frame whose CRC is right
NO_CRC = 1  # a frame without a CRC
BAD_CRC = 2  # ends like a CRC, and the CRC is wrong
TOO_LONG = 3  # more than a frame may hold; thrown away


def encode(json_bytes: bytes) -> bytes:
    """Return json_bytes as a frame, CRC and newline included."""
    return json_bytes + b"*%08x\n" % (binascii.crc32(json_bytes) & 0xFFFFFFFF)


def split_crc(line: bytes) -> "tuple[int, bytes]":
    """Return the kind (OK_CRC, NO_CRC, BAD_CRC) of a line without its newline, and its JSON bytes."""
    cut = len(line) - _CRC_TAIL
    if cut < 0 or line[cut] != 0x2A:
        if len(line) > MAX_JSON:
            return TOO_LONG, b""
        return NO_CRC, line
    json_bytes = line[:cut]
    try:
        sent = int(line[cut + 1 :], 16)
    except ValueError:
        return BAD_CRC, json_bytes
    return (OK_CRC if sent == binascii.crc32(json_bytes) & 0xFFFFFFFF else BAD_CRC), json_bytes


class Deframer:
    """Cuts a byte stream into frames, whatever pieces it comes in, holding at most one line of it."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._is_overlong = False

    def feed(self, data: bytes) -> "list[tuple[int, bytes]]":
        """Take any number of bytes; return the frames they complete as (kind, JSON bytes), oldest first.

        An overlong line gives one (TOO_LONG, b"") when its newline comes. Empty lines give nothing.
        """
        frames: list[tuple[int, bytes]] = []
        start = 0
        while True:
            end = data.find(b"\n", start)
            self._keep(data[start:] if end < 0 else data[start:end])
            if end < 0:
                return frames
            frame = self._finish()
            if frame is not None:
                frames.append(frame)
            start = end + 1

    def _keep(self, piece: bytes) -> None:
        # One byte over the limit is kept for a `\r` before the newline.
        if len(self._line) + len(piece) > _MAX_LINE + 1:
            self._is_overlong = True
            self._line = bytearray()
        elif not self._is_overlong:
            self._line.extend(piece)

    def _finish(self) -> "tuple[int, bytes] | None":
        line = bytes(self._line)
        is_overlong = self._is_overlong
        self._line = bytearray()
        self._is_overlong = False
        if is_overlong:
            return TOO_LONG, b""
        if line.endswith(b"\r"):
            line = line[:-1]
        if len(line) > _MAX_LINE:
            return TOO_LONG, b""
        return split_crc(line) if line else None
