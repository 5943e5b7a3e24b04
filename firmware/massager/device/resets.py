"""How often the device was restarted lately (SAF-44), counted where a reset forgets nothing: in two words that the chip
keeps as long as it has power. That costs no flash, and what a loss of power forgets a person has done.
"""

import struct

import machine
from micropython import const

from massager.core import limits, ring

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_AGE_BITS = const(6)
_AGE_MASK = const(63)  # seconds; so long ago counts no more
_OLDER = limits.RESETS_MOST - 1  # resets that make too many with the one just now
_LONG_AGO = (1 << _AGE_BITS * _OLDER) - 1
_OLDEST = _AGE_BITS * (_OLDER - 1)
_PLANNED = 1 << _AGE_BITS * _OLDER
_KIND = const(0x2D5A0000)  # of a word that is ours
_KIND_MASK = const(0x3FFF0000)
_ALL = const(0x3FFFFFFF)  # small integers on the chips


class Scratch:
    """A number of 16 bits that outlives a reset, kept with its complement.

    On an ESP32 in the memory of machine.RTC: MicroPython's port has it where ESP-IDF initializes nothing at a restart
    (RTC_NOINIT_ATTR), and the chip's reset line, as a loss of power, takes it.
    """

    # SCRATCH_AT is a name that the type check knows for each board, as ADC_READS_UV: 0 where there are no such words.

    def __init__(self, board: "Any") -> None:
        self._board = board
        if board.SCRATCH_AT:
            self._complement_at = board.SCRATCH_AT + 4  # made here: it is no small integer
        else:
            self._memory = machine.RTC()
            self._buffer = bytearray(8)

    def read(self) -> int:
        """Return the number, -1 if there is none: the power was gone."""
        if self._board.SCRATCH_AT:
            word, complement = machine.mem32[self._board.SCRATCH_AT], machine.mem32[self._complement_at]
        else:
            held = self._memory.memory()
            word, complement = struct.unpack("<II", held) if len(held) == len(self._buffer) else (0, 0)
        if word ^ complement != _ALL or word & _KIND_MASK != _KIND:
            return -1
        return int(word & ~_KIND_MASK)

    def write(self, number: int) -> None:
        """Keep the number."""
        word = _KIND | number
        if self._board.SCRATCH_AT:
            machine.mem32[self._board.SCRATCH_AT] = word
            machine.mem32[self._complement_at] = word ^ _ALL
        else:
            struct.pack_into("<II", self._buffer, 0, word, word ^ _ALL)
            self._memory.memory(self._buffer)


class Resets:
    """Counts the resets that nobody asked for. Seconds pass by step(), so the time that a start takes is left out,
    which can only bring the count nearer to too many.
    """

    def __init__(self, scratch: Scratch) -> None:
        self._scratch = scratch
        self._ages = scratch.read()
        self._was_planned = self._ages >= 0 and bool(self._ages & _PLANNED)
        self._ages = _LONG_AGO if self._ages < 0 else self._ages & _LONG_AGO
        self._second_ms = -1

    def note(self, is_power: bool) -> bool:
        """Take this start into account, is_power if the power came on; return True if it is one restart too many."""
        if is_power:
            self._ages = _LONG_AGO
        is_counted = not is_power and not self._was_planned
        is_too_many = is_counted and self._ages >> _OLDEST < limits.RESETS_WITHIN_S
        if is_counted:
            self._ages = self._ages << _AGE_BITS & _LONG_AGO
        self._scratch.write(self._ages)
        return is_too_many

    def step(self, now_ms: int) -> None:
        """Let time pass up to now_ms, on the ring; call it each tick."""
        if self._second_ms < 0:
            self._second_ms = now_ms
        if self._ages != _LONG_AGO and ring.diff(now_ms, self._second_ms) >= 1000:
            self._second_ms = now_ms
            self._grow()
            self._scratch.write(self._ages)

    def _grow(self) -> None:
        """Make each age a second more."""
        older = 0
        for at in range(0, _AGE_BITS * _OLDER, _AGE_BITS):
            age = self._ages >> at & _AGE_MASK
            older |= min(age + 1, _AGE_MASK) << at
        self._ages = older

    def plan(self, is_meant: bool) -> None:
        """Say whether the next reset is meant."""
        self._scratch.write(self._ages | _PLANNED if is_meant else self._ages)

    def forget(self) -> None:
        """Begin to count anew."""
        self._ages = _LONG_AGO
        self._scratch.write(self._ages)
