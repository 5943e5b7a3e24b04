"""All programs by number: the built-in ones first, then the slots of users' programs. Says which can be played.

Users' programs are kept in flash, outside the core, so only their names are here, and for a moment the
steps of the one that is to be played.
"""

from micropython import const

from massager.core import limits, programs, refusals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from massager.core.setup import Setup

_NONE = const(-1)
_FIRST_USER = len(programs.BUILT_IN)
NUMBERS = _FIRST_USER + programs.USER_SLOTS  # there may be a program of each number below this


class Catalogue:
    """The programs of one device, with its features (a tuple of names) and settings."""

    def __init__(self, features: "tuple[str, ...]", setup: "Setup") -> None:
        self.user_names = [""] * programs.USER_SLOTS  # "" for an empty slot
        self._features = features
        self._setup = setup
        self._lent = _NONE
        self._lent_steps: tuple[tuple[int, ...], ...] = ()

    def lend(self, number: int, steps: "tuple[tuple[int, ...], ...]") -> None:
        """Take the steps of a user's program, which whoever lends them has checked."""
        self._lent = number
        self._lent_steps = steps

    def give_back(self) -> None:
        """Forget what was lent: it was not played, and by the next time it may be another."""
        self._lent = _NONE

    def has(self, number: int) -> bool:
        """Return True if there is a program of this number."""
        if not self.is_user(number):
            return 0 <= number < _FIRST_USER
        return number < NUMBERS and self.user_names[number - _FIRST_USER] != ""

    def is_user(self, number: int) -> bool:
        """Return True if the number is that of a slot for a user's program."""
        return number >= _FIRST_USER

    def name(self, number: int) -> str:
        """Return the name of a program, "" where there is none."""
        if not self.has(number):
            return ""
        if self.is_user(number):
            return self.user_names[number - _FIRST_USER]
        return programs.name(number)

    def number(self, name: "str | None") -> int:
        """Return the number of the program of this name, -1 if there is none."""
        if name in self.user_names and name != "":
            return _FIRST_USER + self.user_names.index(name)
        return programs.number_of(name)

    def family(self, number: int) -> int:
        """Return the family of a program."""
        return programs.OWN if self.is_user(number) else programs.family(number)

    def cannot_play(self, number: int) -> int:
        """Return why a program cannot be played on this device as it is now, a number of refusals."""
        if not self.has(number):
            return refusals.NO_PROGRAM
        if self.is_user(number):
            return refusals.OK if number == self._lent else refusals.NOT_LENT
        if self.has_flag(number, programs.LOCKED) and not self._setup.is_unlocked:
            return refusals.LOCKED
        if self.has_flag(number, programs.INFRARED) and "infrared" not in self._features:
            return refusals.NO_LAMP
        return refusals.OK

    def has_flag(self, number: int, flag: int) -> bool:
        """Return True if a program has one of the flags of programs.py."""
        return not self.is_user(number) and programs.flags(number) & flag != 0

    def take(self, number: int) -> "tuple[tuple[int, ...], ...]":
        """Return the steps of a program that can be played; a user's has to be lent anew for the next time."""
        if not self.is_user(number):
            return programs.steps(number)
        self.give_back()
        return self._lent_steps

    def most_pm(self, number: int) -> int:
        """Return the most strength that a program may reach now, per mille."""
        if self.has_flag(number, programs.GENTLE):
            return limits.STRENGTH_PM[1]
        if self.has_flag(number, programs.GROWS):
            return programs.grown_pm(self._setup.sessions_done)
        return limits.STRENGTH_PM[-1]
