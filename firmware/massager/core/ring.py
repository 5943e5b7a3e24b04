"""Time in the core: milliseconds on a ring of 2^29 (6.2 days), given as an argument, never read from a clock.

The chips' tick counters wrap at 2^30, the desktop VM's at 2^62. A narrower ring of our own wraps everywhere alike,
and keeps every sum of two times inside the chips' 31-bit small integers (SAF-26).
"""

from micropython import const

MASK = const(0x1FFFFFFF)
_HALF = const(0x10000000)


def diff(later_ms: int, earlier_ms: int) -> int:
    """Return later_ms - earlier_ms in ms, right across a wrap, for times less than 3.1 days apart."""
    return ((later_ms - earlier_ms + _HALF) & MASK) - _HALF
