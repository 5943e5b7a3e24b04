"""A number that is kept twice, as it is and turned over bit by bit, so that a flipped bit shows (SAF-46)."""


class Twice:
    """A whole number. What reads it asks first whether it is sound."""

    def __init__(self, value: int) -> None:
        self.value = value
        self._inverse = ~value

    def set(self, value: int) -> None:
        """Keep another number."""
        self.value = value
        self._inverse = ~value

    def is_sound(self) -> bool:
        """Return True if both copies say the same."""
        return self.value == ~self._inverse
