"""Keeps the settings of core/setup.py through a power cut. What cannot be read is as on a new device."""

import json

from massager.core import limits, programs
from massager.store.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from massager.core.catalogue import Catalogue
    from massager.core.setup import Setup

MOST_BYTES = 400
_NAME = "settings"
SESSIONS_DONE_MOST = 9999  # far beyond what any program grows with; a number to stop counting at


class Settings:
    """The settings on flash: loaded when made, saved when somebody says so."""

    def __init__(self, files: "Any", setup: "Setup", catalogue: "Catalogue") -> None:
        self._record = Record(files, _NAME, MOST_BYTES)
        self._setup = setup
        self._catalogue = catalogue
        self.is_damaged = False
        self._load()
        if self.is_damaged:
            setup.strength_limit = 1  # it may have been a low one, and nobody knows
        self._saved = self._by_button()

    def _by_button(self) -> "tuple[int, bool]":
        return self._setup.strength_limit, self._setup.is_acknowledged

    def is_stale(self) -> bool:
        """Return True if the settings that a button changes have changed since they were kept."""
        return self._by_button() != self._saved

    def save(self) -> None:
        """Keep the settings as they are now. Raises what the files raise."""
        setup = self._setup
        # A built-in program is kept by its name, since other firmware may number it otherwise; a user's by its slot.
        first_user = len(programs.BUILT_IN)
        favourites = [programs.name(n) if n < first_user else n - first_user for n in setup.favourites]
        values = {
            "favourites": favourites,
            "acknowledged": setup.is_acknowledged,
            "unlocked": setup.is_unlocked,
            "sessions_done": setup.sessions_done,
            "left": setup.is_left_knee,
            "down": setup.is_strap_down,
            "cap_ms": setup.cap_ms,
            "limit": setup.strength_limit,
        }
        self._saved = self._by_button()  # also if it fails: a broken flash is not asked again each second
        self._record.write(json.dumps(values, separators=(",", ":")).encode())

    def _load(self) -> None:
        data = self._record.read()
        self.is_damaged = self._record.is_damaged
        if data is None:
            return
        try:
            values = json.loads(data.decode())
        except (ValueError, RuntimeError):
            values = None
        if type(values) is not dict:
            self.is_damaged = True
            return
        setup = self._setup
        setup.favourites = self._favourites(values.get("favourites"))
        setup.is_acknowledged = values.get("acknowledged") is True
        setup.is_unlocked = values.get("unlocked") is True
        setup.sessions_done = _within(values.get("sessions_done"), 0, SESSIONS_DONE_MOST, 0)
        setup.is_left_knee = values.get("left") is True
        setup.is_strap_down = values.get("down") is True
        least_ms, most_ms = limits.SESSION_CAP_LEAST_MS, limits.SESSION_CAP_MOST_MS
        setup.cap_ms = _within(values.get("cap_ms"), least_ms, most_ms, limits.SESSION_CAP_MS)
        setup.strength_limit = _within(values.get("limit"), 1, limits.STRENGTH_MAX, limits.STRENGTH_MAX)

    def _favourites(self, values: "Any") -> "list[int]":
        """Return the numbers of the favourites that were kept; one that is not there any more is the first one of its
        place.
        """
        found = self._setup.favourites[:]
        if type(values) is not list or len(values) != len(found):
            return found
        for place in range(len(found)):
            value = values[place]
            number = programs.number_of(value) if type(value) is str else _within(value, 0, programs.USER_SLOTS - 1, -1)
            if type(value) is int and number >= 0:
                number += len(programs.BUILT_IN)
            if self._catalogue.has(number):
                found[place] = number
        return found


def _within(value: "Any", least: int, most: int, default: int) -> int:
    return value if type(value) is int and least <= value <= most else default
