"""A bounded log that is only ever appended to: two files take turns, and when one is full the older one begins anew.

A record is a line in the framing of the link (link/frame.py) whose JSON begins with its number, "seq". There is a
newline before it as well as behind it, so neither a line that a power cut has torn nor any damaged byte takes a
neighbour along.
"""

import json

from micropython import const

from massager.link import frame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Kept = dict[str, Any]

_PIECE_BYTES = const(1024)  # read at once
_LINE_BYTES = const(521)  # of the longest line: frame.MAX_JSON and its CRC
_HEAD = b'{"seq":'


class Log:
    """Keeps at least the newest records_a_file records, and at most twice as many, in the files "NAME.0" and "NAME.1".

    first and next are the numbers of the oldest record kept and of the one to come; they count up for ever, from 1.
    files: see device/files.py. Only numbers are in memory, the records are not.
    """

    def __init__(self, files: "Any", name: str, records_a_file: int) -> None:
        self.first = 1
        self.next = 1
        self._files = files
        self._names = (name + ".0", name + ".1")
        self._records_a_file = records_a_file
        self._current = 0  # the file that is appended to
        self._begins = [0, 0]  # the number of each file's first record; 0: it has none
        self._sizes = [0, 0]
        # Where the last read ended: in this file, before this place, all records are older than this number.
        self._read_slot = -1
        self._read_at = 0
        self._read_seq = 0
        self._open()

    def _open(self) -> None:
        self._read_slot = -1
        self.next = 1
        for slot in (0, 1):
            self._begins[slot] = 0
            for _, seq, _ in self._lines(slot, 0):
                if not self._begins[slot]:
                    self._begins[slot] = seq
                if seq >= self.next:
                    self.next = seq + 1
                    self._current = slot
        self._find_first()

    def _find_first(self) -> None:
        self.first = self._begins[1 - self._current] or self._begins[self._current] or self.next

    def append(self, record: "Kept") -> int:
        """Add a record and return its number, which it is read back with as "seq".

        Raises ValueError if it is too long for a frame, and what the files raise.
        """
        body = json.dumps(record, separators=(",", ":")).encode()
        json_bytes = _HEAD + b"%d" % self.next + (b"," if record else b"") + body[1:]
        if len(json_bytes) > frame.MAX_JSON:
            raise ValueError("a record of %d bytes of JSON, and %d are the most" % (len(json_bytes), frame.MAX_JSON))
        line = b"\n" + frame.encode(json_bytes)
        try:
            if self._is_full():
                self._begin_anew(1 - self._current, line)
            else:
                self._files.append(self._names[self._current], line)
        except OSError:
            self._open()  # how much of the line is there, only the files know
            raise
        self._sizes[self._current] += len(line)
        self._begins[self._current] = self._begins[self._current] or self.next
        self.next += 1
        self._find_first()
        return self.next - 1

    def _is_full(self) -> bool:
        begin = self._begins[self._current]
        if begin and self.next - begin >= self._records_a_file:
            return True
        # Torn lines take room, too.
        return self._sizes[self._current] >= self._records_a_file * (_LINE_BYTES + 2)

    def _begin_anew(self, slot: int, line: bytes) -> None:
        self._files.write(self._names[slot], line)
        self._current = slot
        self._begins[slot] = 0
        self._sizes[slot] = 0
        self._read_slot = -1

    def read(self, seq: int, count: int) -> "list[Kept]":
        """Return up to count records from number seq on, oldest first; those that are damaged are left out.

        Going on where the last read ended is quick.
        """
        found: "list[Kept]" = []
        for slot in (1 - self._current, self._current):
            if slot != self._current and self._begins[self._current] <= seq:
                continue
            for behind, number, json_bytes in self._lines(slot, self._place(slot, seq)):
                if len(found) >= count:
                    return found
                record = _load(json_bytes) if number >= seq else None
                if record is not None:
                    record["seq"] = number
                    found.append(record)
                    seq = number + 1
                    self._read_slot, self._read_at, self._read_seq = slot, behind, seq
        return found

    def _place(self, slot: int, seq: int) -> int:
        """Return a place in a file, at most a piece or so before the first record from seq on."""
        if seq <= self._begins[slot]:
            return 0
        low, high = 0, self._sizes[slot]
        if slot == self._read_slot and seq >= self._read_seq:
            low = self._read_at
            if seq == self._read_seq:
                return low
        while high - low > _PIECE_BYTES:
            middle = (low + high) // 2
            is_before = False
            for _, number, _ in self._lines(slot, middle):
                is_before = number <= seq
                break
            if is_before:
                low = middle
            else:  # also where there is nothing but damage: reading then begins early rather than late
                high = middle
        return low

    def _lines(self, slot: int, at: int) -> "Iterator[tuple[int, int, bytes]]":
        """Give a file's records from a place on: the place behind, the number, the JSON. What is left of a record that
        begins before the place has no right CRC.
        """
        held = b""  # what has come of a line, from `at` on
        is_end = False
        while not is_end:
            piece = self._piece(slot, at + len(held))
            if not piece:
                is_end = True
                self._sizes[slot] = at + len(held)
            # The end ends a line, too: one that lacks nothing but its newline would be whole when the next one comes.
            held += piece or b"\n"
            start = 0
            end = held.find(b"\n")
            while end >= 0:
                seq, json_bytes = _look_at(held[start:end])
                if seq:
                    yield at + end + 1, seq, json_bytes
                start = end + 1
                end = held.find(b"\n", start)
            if len(held) - start > _LINE_BYTES:
                start = len(held)  # no line, whatever comes
            at += start
            held = held[start:]

    def _piece(self, slot: int, at: int) -> "bytes | None":
        try:
            found: "bytes | None" = self._files.read(self._names[slot], at, _PIECE_BYTES)
        except OSError:  # worn-out flash: the rest of this file is lost
            return None
        return found


def _look_at(line: bytes) -> "tuple[int, bytes]":
    """Return the number and the JSON of a line, 0 and whatever if it is no intact record."""
    if not line.startswith(_HEAD):
        return 0, b""
    kind, json_bytes = frame.split_crc(line)
    if kind != frame.OK_CRC:
        return 0, b""
    end = json_bytes.find(b",")
    try:
        seq = int(json_bytes[len(_HEAD) : end if end >= 0 else -1])
    except ValueError:
        return 0, b""
    return max(seq, 0), json_bytes


def _load(json_bytes: bytes) -> "Kept | None":
    try:
        record: "Kept" = json.loads(json_bytes.decode())
    except (ValueError, RuntimeError):  # UnicodeError is a ValueError; RuntimeError: nested too deep
        return None
    return record
