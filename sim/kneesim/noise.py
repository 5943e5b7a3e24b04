"""Repeatable noise: the same integers from the same seed on every machine and every Python.

The `random` modules of CPython and MicroPython differ, so this is Marsaglia's 32-bit xorshift
("Xorshift RNGs", Journal of Statistical Software 8(14), 2003; shifts 13, 17, 5). It is not for secrets.
"""

_MASK = 0xFFFFFFFF
_WARM_UP = 8  # neighbouring seeds give alike first numbers; a few steps drive them apart


class Noise:
    """A stream of repeatable random integers; `seed` is any integer, only its low 32 bits count."""

    def __init__(self, seed: int) -> None:
        # Zero is xorshift's only fixed point; the one seed that means zero gets another state.
        self._state = (seed & _MASK) or 0x9E3779B9
        for _ in range(_WARM_UP):
            self.below(1)

    def below(self, n: int) -> int:
        """An even integer draw, 0 to n - 1; n is 1 to 2**32 (the bias is under n / 2**32)."""
        x = self._state
        x ^= (x << 13) & _MASK
        x ^= x >> 17
        x ^= (x << 5) & _MASK
        self._state = x
        return x % n

    def spread(self, n: int) -> int:
        """A draw heaped around zero, -n to n: two even draws added, variance n (n + 2) / 6."""
        return self.below(n + 1) + self.below(n + 1) - n
