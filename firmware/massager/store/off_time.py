"""How long the device was off, by its battery clock; nothing, wherever that clock is not to be trusted (SAF-25).

rtc: see device/rtc.py, None where there is no such clock. Its date means nothing here: only differences count, and only
forward ones. A clock whose time is none, or that went back or absurdly far, begins anew at the least time that it can
show: so whatever was noted before lies ahead of it, or leaves out a part of the time off, and never adds to it.
"""

from massager.core import limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NO_TIME = -1


class OffTime:
    """The battery clock of one device. up_s: the device's own count when this is made."""

    def __init__(self, rtc: "Any", up_s: int) -> None:
        self._rtc = rtc
        self._up_s = up_s
        self._is_anew = False
        self._now_s = NO_TIME if rtc is None else rtc.read_s()  # at that moment
        if self._now_s == NO_TIME:
            self._restart()

    def _restart(self) -> None:
        self._is_anew = True
        if self._rtc is not None:
            self._rtc.restart()
            self._now_s = self._rtc.read_s()

    def since_s(self, noted_s: int) -> int:
        """Return how long ago a moment was that now_s told before the power went, 0 if that cannot be told."""
        if self._is_anew or noted_s == NO_TIME or self._now_s == NO_TIME:
            return 0
        off_s = self._now_s - noted_s
        if 0 <= off_s <= limits.OFF_MOST_S:
            return int(off_s)
        self._restart()
        return 0

    def now_s(self, up_s: int) -> int:
        """Return the clock's time to be noted, NO_TIME from the moment on at which it has not kept pace with the
        device's own count.
        """
        if self._now_s == NO_TIME:
            return NO_TIME
        now_s = int(self._rtc.read_s())
        gone_s = up_s - self._up_s
        most_s = limits.PACE_S + gone_s // limits.PACE_PART
        if now_s == NO_TIME or not -most_s <= now_s - self._now_s - gone_s <= most_s:
            self._now_s = NO_TIME  # until the power goes: a clock that limps is not asked again
        return now_s if self._now_s != NO_TIME else NO_TIME
