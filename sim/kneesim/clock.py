"""Virtual time: microseconds in an integer and a list of events. Runs on CPython and inside the MicroPython VM.

Time passes when the firmware sleeps, and a little with every reading of the clock, so that a loop that only waits
ends too.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_READ_US = 5  # what one look at the clock costs
_TICKS_MASK = 0x3FFFFFFF  # the chips' tick counters wrap at 2^30


class Clock:
    """The time of one simulated device. start_ms is what its millisecond counter shows at power-up."""

    def __init__(self, start_ms: int = 0) -> None:
        self.now_us = 0
        self.on_sleep: Callable[[], None] | None = (
            None  # called after every sleep, for instance to keep pace with real time
        )
        self.rate_ppm = 0  # how much too fast the chip's own counters run
        self._ahead_us = 0  # by which they are ahead of true time since the rate last changed
        self._rate_since_us = 0
        self._start_ms = start_ms
        # The next one last: most are asked for shortly before they come.
        self._events: list[tuple[int, Callable[[], object]]] = []

    def at(self, when_us: int, action: "Callable[[], object]") -> None:
        """Call action() at when_us, or as soon as time passes if that is over; in order of time, then of asking."""
        place = len(self._events)
        while place and self._events[place - 1][0] <= when_us:
            place -= 1
        self._events.insert(place, (when_us, action))

    def advance(self, by_us: int) -> None:
        """Let time pass; events may raise, and may ask for more events."""
        until_us = self.now_us + by_us
        while self._events and self._events[-1][0] <= until_us:
            when_us, action = self._events.pop()
            if when_us > self.now_us:
                self.now_us = when_us
            action()
        if until_us > self.now_us:
            self.now_us = until_us

    def set_rate(self, ppm: int) -> None:
        """Let the chip's counters, and its sleeps, run so many millionths too fast from now on."""
        self._ahead_us = self._chip_us() - self.now_us
        self._rate_since_us = self.now_us
        self.rate_ppm = ppm

    def _chip_us(self) -> int:
        ahead_us = self._ahead_us
        if self.rate_ppm:
            ahead_us += (self.now_us - self._rate_since_us) * self.rate_ppm // 1000000
        return self.now_us + ahead_us

    def sleep_us(self, by_us: int) -> None:
        """Let the firmware sleep."""
        if self.rate_ppm:
            by_us = by_us * 1000000 // (1000000 + self.rate_ppm)
        self.advance(by_us)
        if self.on_sleep is not None:
            self.on_sleep()

    def ticks_us(self) -> int:
        """Read the microsecond counter, as the firmware does."""
        self.advance(_READ_US)
        return (self._chip_us() + self._start_ms * 1000) & _TICKS_MASK

    def ticks_ms(self) -> int:
        """Read the millisecond counter, as the firmware does."""
        self.advance(_READ_US)
        return (self._chip_us() // 1000 + self._start_ms) & _TICKS_MASK
