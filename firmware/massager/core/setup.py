"""What people choose once and the device keeps: favourites, which knee, unlocks, limits. Plain values;
store/settings.py keeps them through a power cut.
"""

from massager.core import limits


class Setup:
    """The settings of one device; every value is within its range at all times."""

    def __init__(self) -> None:
        self.favourites = [0, 1, 2, 3]  # numbers of the four programs that MODE offers
        self.is_acknowledged = False  # somebody at the device said that nothing forbids its use (SAF-55); no host can
        self.is_unlocked = False  # programs that only a specialist may use
        self.sessions_done = 0  # of the programs that grow with them, by the person who uses the device now
        self.is_left_knee = False
        self.is_strap_down = False  # the strap runs the other way: the device lies upside down
        self.cap_ms = limits.SESSION_CAP_MS
        self.strength_limit = limits.STRENGTH_MAX  # the personal limit

    def values(self) -> "tuple[list[int], bool, int, bool, bool, int, int]":
        """Return all settings, to be given to restore."""
        return (
            self.favourites,
            self.is_unlocked,
            self.sessions_done,
            self.is_left_knee,
            self.is_strap_down,
            self.cap_ms,
            self.strength_limit,
        )

    def restore(self, values: "tuple[list[int], bool, int, bool, bool, int, int]") -> None:
        """Take back all settings as values() told them."""
        self.favourites, self.is_unlocked, self.sessions_done, self.is_left_knee = values[:4]
        self.is_strap_down, self.cap_ms, self.strength_limit = values[4:]

    def is_mirrored(self) -> bool:
        """Return True if the motor wired as the inner one lies at the outer side of the knee."""
        return self.is_left_knee != self.is_strap_down
