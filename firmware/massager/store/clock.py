"""What time it is, as far as the device knows: seconds since it was switched on, and the date a host told it.

There is no battery clock here: what a host tells is good until the power goes. Nothing that protects anybody counts
by this clock (SAF-25).
"""

from micropython import const

from massager.core import ring

_UNKNOWN = const(-1)
UNIX_2020_S = 1577836800  # counted from here, a date stays a small integer on the chips until 2054
UNIX_2050_S = 2524608000


class WallClock:
    """Counts seconds. Call step at least once in three days, else the ring of its milliseconds wraps unseen."""

    def __init__(self, now_ms: int) -> None:
        self.up_s = 0
        self._since_2020_s = _UNKNOWN
        self._until_ms = now_ms
        self._rest_ms = 0

    def step(self, now_ms: int) -> None:
        """Let time pass up to now_ms, on the ring."""
        self._rest_ms += ring.diff(now_ms, self._until_ms)
        self._until_ms = now_ms
        while self._rest_ms >= 1000:
            self._rest_ms -= 1000
            self.up_s += 1
            if self._since_2020_s != _UNKNOWN:
                self._since_2020_s += 1

    def set(self, unix_s: int) -> None:
        """Take the date from a host: seconds since 1970, from UNIX_2020_S to UNIX_2050_S."""
        self._since_2020_s = unix_s - UNIX_2020_S

    def can_be(self, unix_s: int) -> bool:
        """Return True if this may be a date of today: from 2020 to 2049."""
        return UNIX_2020_S <= unix_s < UNIX_2050_S

    def unix_s(self) -> "int | None":
        """Return the date in seconds since 1970, None as long as nobody told it."""
        return None if self._since_2020_s == _UNKNOWN else UNIX_2020_S + self._since_2020_s
