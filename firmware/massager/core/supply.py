"""The supply supervisor: what it says has to last for a few ticks, so that one wild reading ends nothing (SAF-47)."""

from massager.core import limits


class Supply:
    """is_bad: the supply has been out of its band for long enough to count."""

    def __init__(self) -> None:
        self.is_bad = False
        self._bad_ticks = 0

    def step(self, is_good: bool) -> None:
        """Take what the supervisor says in this tick."""
        self._bad_ticks = 0 if is_good else min(self._bad_ticks + 1, limits.SUPPLY_BAD_TICKS)
        self.is_bad = self._bad_ticks == limits.SUPPLY_BAD_TICKS
