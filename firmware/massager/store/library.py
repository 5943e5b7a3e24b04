"""Users' programs on flash, a slot each. Only their names and sizes are in memory; a program is read, and checked as if
it had just come in, each time it is to be played.
"""

import json

from massager.core import programs
from massager.core.programs import USES_HEAT, USES_ROLLER, USES_SIDES
from massager.core.steps import HEAT, SIDES, TECHNIQUE, ZONE, total_s
from massager.core.techniques import STILL
from massager.core.zones import INNER, OUTER, ROLLER
from massager.link import checks
from massager.store.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from massager.core.catalogue import Catalogue

    Steps = tuple[tuple[int, ...], ...]

MOST_BYTES = 1400  # 32 steps of the longest numbers, name and title

_NO_SIZE = (0, 0, 0)
_SIZE_MOST = 9999  # of a number in a head; what is larger, no program of ours has written

_DAMAGED = "The program %s on the device is damaged. Remove it with kneectl program remove, and put it there again."
_OVER_LIMIT = "The program %s on the device breaks a limit and is not played. %s"


class Library:
    """The slots of users' programs. zone_actuators: the board's ZONE_ACTUATORS.

    A slot that cannot be read has a name, too, so that it can be chosen (and refused), seen and removed.
    """

    def __init__(self, files: "Any", catalogue: "Catalogue", zone_actuators: "tuple[int, ...]") -> None:
        self._catalogue = catalogue
        self._zone_actuators = zone_actuators
        self._records = [Record(files, "program%d" % slot, MOST_BYTES) for slot in range(programs.USER_SLOTS)]
        self._sizes = [_NO_SIZE] * programs.USER_SLOTS  # length in s, steps, uses
        for slot in range(programs.USER_SLOTS):
            self._open(slot)

    def _open(self, slot: int) -> None:
        record = self._records[slot]
        data = record.read()
        name, self._sizes[slot] = "", _NO_SIZE
        if data or record.is_damaged:
            name, self._sizes[slot] = _head(data or b"")
            if not name:
                name = checks.DAMAGED + "%d" % (slot + 1)
        self._catalogue.user_names[slot] = name
        self._catalogue.give_back()  # what was lent may be of this slot, as it was

    def size(self, number: int) -> "tuple[int, int, int]":
        """Return a user's program's length in s, its steps, and what it uses as a sum of USES_ bits; zeros for a
        damaged one.
        """
        return self._sizes[number - len(programs.BUILT_IN)]

    def uses(self, steps: "Steps") -> int:
        """Return what steps use of this board, as a sum of USES_ bits."""
        used = 0
        for step in steps:
            actuators = self._zone_actuators[step[ZONE]]
            has_sides = actuators & (INNER | OUTER)
            if step[TECHNIQUE] not in STILL:
                used |= (USES_ROLLER if actuators & ROLLER else 0) | (USES_SIDES if has_sides else 0)
            if step[SIDES] not in STILL and not has_sides:
                used |= USES_SIDES
            if step[HEAT]:
                used |= USES_HEAT
        return used

    def load(self, number: int) -> "tuple[str, Steps | None, str]":
        """Return a user's program's title, its steps, and ""; no steps and why if it is damaged or breaks a limit."""
        name = self._catalogue.name(number)
        data = self._records[number - len(programs.BUILT_IN)].read()
        if not data:
            return "", None, _DAMAGED % name
        try:
            kept = json.loads(data.split(b"\n", 1)[1].decode())
            title, steps = kept["title"], kept["steps"]
        except (ValueError, RuntimeError, IndexError, KeyError, TypeError):
            return "", None, _DAMAGED % name
        found = checks.check(steps)
        if found:
            return "", None, _OVER_LIMIT % (name, checks.words(found[0]))
        return title if not checks.title_fault(title) else "", tuple([tuple(step) for step in steps]), ""

    def lend(self, number: int) -> str:
        """Lend a user's program to the catalogue; return why that cannot be, "" if it is done."""
        _, steps, why_not = self.load(number)
        if steps is not None:
            self._catalogue.lend(number, steps)
        return why_not

    def put(self, name: str, title: str, steps: "list[list[int]]") -> bool:
        """Keep a program that the caller has checked, in place of one of the same name, else in a free slot, else in
        place of a damaged one; return False if there is none of these. Raises what the files raise.
        """
        slot = self._slot_for(name)
        if slot < 0:
            return False
        whole = tuple([tuple(step) for step in steps])
        head = "%s %d %d %d\n" % (name, total_s(whole), len(whole), self.uses(whole))
        body = json.dumps({"title": title, "steps": steps}, separators=(",", ":"))
        self._records[slot].write((head + body).encode())
        self._open(slot)
        return True

    def _slot_for(self, name: str) -> int:
        names = self._catalogue.user_names
        for wanted in (name, ""):
            if wanted in names:
                return names.index(wanted)
        for slot in range(programs.USER_SLOTS):
            if self._sizes[slot] == _NO_SIZE:
                return slot
        return -1

    def remove(self, number: int) -> None:
        """Empty a slot. Raises what the files raise."""
        slot = number - len(programs.BUILT_IN)
        self._records[slot].write(b"")  # an older version must not come back
        self._open(slot)


def _head(data: bytes) -> "tuple[str, tuple[int, int, int]]":
    """Return the name and size that a program's first line tells; "" and zeros if it is no such line."""
    try:
        name, length_s, steps, uses = data.split(b"\n", 1)[0].decode().split(" ")
        size = (int(length_s), int(steps), int(uses))
    except ValueError:  # UnicodeError is one, too
        return "", _NO_SIZE
    is_whole = not checks.name_fault(name) and min(size) >= 0 and max(size) <= _SIZE_MOST
    return (name, size) if is_whole else ("", _NO_SIZE)
