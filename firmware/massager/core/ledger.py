"""The ledger: how much heat and motion there was, and what that still allows. Whole numbers alone; no clock, no files.

It is pessimistic (SAF-24): a session is debited whole before it begins, and what it did not use is given back when it
is over. Whoever keeps it writes it down in between, so that a power cut can only lose minutes.

Rest counts down while no session runs (SAF-22). What a day allows (SAF-23, SAF-15) is summed over hours, each session
in the hour in which it began: the one that runs and the 25 before it, since a session may reach into the next hour. So
what is left is never more than what any 24 h leave.

Time passes by step, with the ticks, and by resume, for time off that a battery clock has counted (SAF-25). Nothing else
moves it.

All of it is there twice (SAF-46): the sum of each day beside its hours, and the sum of the rest turned over.
With a bit of it flipped it changes no more, and is not written down: the one in flash is from before, and no laxer.
"""

from micropython import const

from massager.core import limits, refusals

HOURS = 26
_HEAD = 3
VALUES = _HEAD + 2 * HOURS
_HOUR_MS = const(3600000)
_SHORTEST_MS = const(60000)  # less than this is no session
# What a ledger can hold after the longest session that was feared, over all that a day allows.
_MOST_REST_MS = const(60 * 60 * 1000)
_MOST_USE_MS = limits.DAY_USE_MS + limits.SESSION_CAP_MOST_MS
_MOST_DOSE_MS = const(1 << 28)


class Ledger:
    """What was used, as of now. used_ms and dose_ms are the sums of the day: time in sessions, and heat dose in
    milliseconds at 43 degrees.
    """

    def __init__(self) -> None:
        self.rest_ms = 0  # still to come
        self.used_ms = 0
        self.dose_ms = 0
        self.open_ms = 0  # what was debited for a session that is not over, else 0
        self.open_dose_ms = 0
        self.version = 0  # counts debits, and what gives back or keeps them
        self._hour_ms = 0  # of the hour that runs
        self._hour = 0  # its place in the two lists, which are rings
        self._open_hour = 0  # the place of the debit
        self._used = [0] * HOURS
        self._dose = [0] * HOURS
        self.is_sound = True  # as of the last check
        self._inverse = ~0

    def check(self) -> bool:
        """Return whether both copies say the same, and always have."""
        if self._total() != ~self._inverse or sum(self._used) != self.used_ms or sum(self._dose) != self.dose_ms:
            self.is_sound = False
        return self.is_sound

    def _total(self) -> int:
        spans_ms = self.rest_ms + self._hour_ms + self.open_ms + self.open_dose_ms
        return spans_ms + self._hour + self._open_hour

    def _seal(self) -> None:
        self._inverse = ~self._total()

    def step(self, dt_ms: int) -> None:
        """Let dt_ms of a tick pass, in which it was checked."""
        if not self.is_sound:
            return
        if not self.open_ms:
            self.rest_ms = max(0, self.rest_ms - dt_ms)
        self._hour_ms += dt_ms
        if self._hour_ms >= _HOUR_MS:
            self._hour_ms -= _HOUR_MS
            self._next_hour()
        self._seal()

    def _next_hour(self) -> None:
        """Begin an hour, in the place of the oldest."""
        self._hour = (self._hour + 1) % HOURS
        self.used_ms -= self._used[self._hour]
        self.dose_ms -= self._dose[self._hour]
        self._used[self._hour] = 0
        self._dose[self._hour] = 0

    def is_empty(self) -> bool:
        """Return True if nothing is left that time could make laxer."""
        return not (self.rest_ms or self.used_ms or self.dose_ms)

    def values(self) -> "list[int]":
        """Return all of it as VALUES numbers of at most 31 bits, to be given to restore."""
        found = [self.rest_ms, self.open_ms, self._hour_ms]
        self._copy(self._used, found)
        self._copy(self._dose, found)
        return found

    def _copy(self, hours: "list[int]", found: "list[int]") -> None:
        for i in range(1, HOURS + 1):
            found.append(hours[(self._hour + i) % HOURS])

    def restore(self, values: "tuple[int, ...]") -> bool:
        """Take back what values() told; False, and nothing has changed, if it cannot have told that."""
        if not _can_be(values):
            return False
        self.rest_ms = values[0]
        self.open_ms = values[1]
        self._hour_ms = values[2]
        self._used = list(values[_HEAD : _HEAD + HOURS])
        self._dose = list(values[_HEAD + HOURS :])
        self.used_ms = sum(self._used)
        self.dose_ms = sum(self._dose)
        self._hour = HOURS - 1
        self._seal()
        return True

    def resume(self, off_s: int) -> None:
        """Go on after a power cut, for which nothing is given back. off_s have passed since the ledger was written
        down, 0 if nobody knows; of them as much as was debited may have belonged to a session that the cut ended.
        """
        off_ms = min(off_s, HOURS * 3600) * 1000
        self.rest_ms = max(0, self.rest_ms - max(0, off_ms - self.open_ms))
        self._hour_ms += off_ms
        while self._hour_ms >= _HOUR_MS:
            self._hour_ms -= _HOUR_MS
            self._next_hour()
        self.open_ms = 0
        self._seal()

    def refusal(self) -> int:
        """Return why no session may begin now, refusals.OK if one may."""
        if self._unrested_ms() > limits.UNRESTED_MS:
            return refusals.RESTING
        if limits.DAY_USE_MS - self.used_ms < _SHORTEST_MS:
            return refusals.DAY_USED
        return refusals.OK

    def cap_ms(self, most_ms: int) -> int:
        """Return how long a session may last that could last most_ms. What was not rested yet is part of it: a session
        that was stopped by mistake goes on after a new start.
        """
        return max(0, min(most_ms - self._unrested_ms(), limits.DAY_USE_MS - self.used_ms))

    def dose_left_ms(self) -> int:
        """Return the heat dose that the day still allows."""
        return max(0, limits.DOSE_DAY_MS - self.dose_ms)

    def day_left_ms(self) -> int:
        """Return how much the day still allows."""
        return max(0, limits.DAY_USE_MS - self.used_ms)

    def day_wait_ms(self) -> int:
        """Return how long it is until the day allows a session again, of however few minutes."""
        used_ms = self.used_ms
        wait_ms = 0
        for hours in range(1, HOURS + 1):
            if limits.DAY_USE_MS - used_ms >= _SHORTEST_MS:
                return wait_ms
            used_ms -= self._used[(self._hour + hours) % HOURS]
            wait_ms = hours * _HOUR_MS - self._hour_ms
        return wait_ms

    def debit(self, cap_ms: int, dose_ms: int) -> None:
        """Take off a session that may last cap_ms and have a heat dose of dose_ms; it is to be settled or lost."""
        if not self.check():
            return
        self.open_ms = cap_ms
        self.open_dose_ms = dose_ms
        self.version += 1
        self._open_hour = self._hour
        self.rest_ms += _rest_for(cap_ms)
        self._add(cap_ms, dose_ms)
        self._seal()

    def settle(self, used_ms: int, dose_ms: int) -> None:
        """Give back what the session that is over did not use; warm skin may have had more than the heater gave."""
        if not self.check():
            return
        used_ms = max(0, min(used_ms, self.open_ms))
        self.rest_ms = max(0, self.rest_ms - _rest_for(self.open_ms) + _rest_for(used_ms))
        self._add(used_ms - self.open_ms, dose_ms - self.open_dose_ms)
        self._close()

    def lose(self) -> None:
        """Give nothing back: nobody knows how long the session was."""
        if self.open_ms and self.check():
            self._close()

    def _close(self) -> None:
        self.open_ms = 0
        self.open_dose_ms = 0
        self.version += 1
        self._seal()

    def fear(self) -> None:
        """Take it that the longest session there can be has just ended: nobody knows what was."""
        self.debit(limits.SESSION_CAP_MOST_MS, limits.DOSE_SESSION_MS)
        self.lose()

    def _add(self, used_ms: int, dose_ms: int) -> None:
        self._used[self._open_hour] += used_ms
        self._dose[self._open_hour] += dose_ms
        self.used_ms += used_ms
        self.dose_ms += dose_ms

    def _unrested_ms(self) -> int:
        """Return how much use the rest that is still to come belongs to."""
        rest, use = limits.REST_FOR_USE
        return (self.rest_ms * use + rest - 1) // rest


def _rest_for(used_ms: int) -> int:
    rest, use = limits.REST_FOR_USE
    return (used_ms * rest + use - 1) // use


def _can_be(values: "tuple[int, ...]") -> bool:
    """Return True if these can be the values of a ledger."""
    if len(values) != VALUES or min(values) < 0:
        return False
    if values[0] > _MOST_REST_MS or values[1] > limits.SESSION_CAP_MOST_MS or values[2] >= _HOUR_MS:
        return False
    return sum(values[_HEAD : _HEAD + HOURS]) <= _MOST_USE_MS and sum(values[_HEAD + HOURS :]) <= _MOST_DOSE_MS
