"""A DS3231 battery clock on the I2C bus: registers 0x00 to 0x12 as its data sheet has them, policing whoever uses it.

It runs on through resets and power cuts, and stops to be valid when its cell is out (`lose_power`): then its oscillator
stop flag is set until the firmware clears it. Runs on CPython and inside the MicroPython VM.
"""

from kneesim.clock import Clock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_REGISTERS = 0x13
_CONTROL = 0x0E
_STATUS = 0x0F
_TEMPERATURE = 0x11
_CONTROL_AT_POWER_UP = 0x1C
_OSF = 0x80
_EN32KHZ = 0x08
_DAY_S = 86400
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_BOUNDS = ((0, 59), (0, 59), (0, 23), (1, 7), (1, 31), (1, 12), (0, 99))  # seconds to year
_NAMES = ("seconds", "minutes", "hours", "day of the week", "date", "month", "year")


class Ds3231:
    """The clock. `seconds` is the time it shows, since 2000-01-01; a fresh one is set to 2026-01-01.

    drift_ppm: how much too fast; is_stopped: it shows the same time for ever; is_absent: nobody answers.
    """

    address = 0x68

    def __init__(self, chip: "Any") -> None:
        self.drift_ppm = 0
        self.is_stopped = False
        self.is_absent = False
        self._status = _EN32KHZ
        self._control = _CONTROL_AT_POWER_UP
        self._weekday_shift = 0
        self._seconds = _days(26, 1, 1) * _DAY_S
        self._rest_us = 0
        self._chip = chip
        self._clock: Clock = chip.clock
        self._since_us = self._clock.now_us

    def connect(self, chip: "Any") -> None:
        """Belong to a chip from now on, as if no time had passed since the last one: see `pass_s`."""
        self._advance()
        self._chip = chip
        self._clock = chip.clock
        self._since_us = self._clock.now_us

    @property
    def seconds(self) -> int:
        """Return the time, in seconds since 2000-01-01."""
        self._advance()
        return self._seconds

    def _advance(self) -> None:
        gone_us = self._clock.now_us - self._since_us
        self._since_us += gone_us
        if self.is_stopped:
            return
        self._rest_us += gone_us + gone_us * self.drift_ppm // 1000000
        self._seconds += self._rest_us // 1000000
        self._rest_us %= 1000000

    def set_drift(self, ppm: int) -> None:
        """Run so many millionths too fast from now on, or too slow below 0."""
        self._advance()
        self.drift_ppm = ppm

    def stop(self, is_stopped: bool) -> None:
        """Stand still, or go on from there."""
        self._advance()
        self.is_stopped = is_stopped

    def pass_s(self, seconds: int) -> None:
        """Let time pass for the clock alone, as while the device is off; negative: it jumps back."""
        self._advance()
        self._seconds = max(0, self._seconds + seconds)

    def lose_power(self) -> None:
        """Lose the cell and the supply: the time is gone, and the status says so."""
        self._advance()
        self._seconds = 0
        self._rest_us = 0
        self._status = _OSF | _EN32KHZ
        self._control = _CONTROL_AT_POWER_UP

    def read(self, register: int, count: int) -> bytes:
        """Return count registers from one on, as the bus sees them."""
        if not 0 <= register < _REGISTERS or not 1 <= count <= _REGISTERS - register:
            self._refuse("reads %s registers from %s; there are 0x00 to 0x12" % (count, register))
        held = bytearray(_REGISTERS)
        held[0:7] = self._time()
        held[_CONTROL] = self._control
        held[_STATUS] = self._status
        held[_TEMPERATURE] = 25
        return bytes(held[register : register + count])

    def write(self, register: int, data: bytes) -> None:
        """Write registers from one on. The time must be written whole: that is how none of it is half old."""
        if register == 0 and len(data) == 7:
            self._set_time(data)
        elif register == _STATUS and len(data) == 1:
            # OSF can only be cleared, EN32kHz be set and cleared; the rest is the alarms'.
            self._status = (self._status & data[0] & _OSF) | (data[0] & _EN32KHZ)
        elif register == _CONTROL and len(data) == 1:
            if data[0] & 0x80:
                self._refuse("stops its oscillator on battery (control 0x%02x)" % data[0])
            self._control = data[0]
        else:
            self._refuse(
                "writes %d bytes from register %s; the time (7 from 0), control and status (1 each) are all there is"
                % (len(data), register)
            )

    def _refuse(self, words: str) -> None:
        self._chip.refuse("DS3231: the firmware " + words)

    def _time(self) -> bytes:
        self._advance()
        days, second = divmod(self._seconds, _DAY_S)
        year, month, date = _date(days)
        weekday = (days + self._weekday_shift) % 7 + 1
        fields = (second % 60, second // 60 % 60, second // 3600, weekday, date, month, year)
        return bytes([value // 10 << 4 | value % 10 for value in fields])

    def _set_time(self, data: bytes) -> None:
        fields = []
        for i in range(7):
            value = (data[i] >> 4) * 10 + (data[i] & 15)
            least, most = _BOUNDS[i]
            if data[i] & 15 > 9 or not least <= value <= most:
                self._refuse("writes 0x%02x as %s; it is BCD, %d to %d, 24 hours" % (data[i], _NAMES[i], least, most))
            fields.append(value)
        second, minute, hour, weekday, date, month, year = fields
        if date > _month_days(year, month):
            self._refuse("writes day %d of month %d, which has no such day" % (date, month))
        days = _days(year, month, date)
        self._advance()
        self._seconds = days * _DAY_S + hour * 3600 + minute * 60 + second
        self._rest_us = 0
        self._weekday_shift = (weekday - 1 - days) % 7


def _month_days(year: int, month: int) -> int:
    return 29 if month == 2 and year % 4 == 0 else _MONTH_DAYS[month - 1]


def _days(year: int, month: int, date: int) -> int:
    """Return the days since 2000-01-01 of a date in 2000 to 2099."""
    days = year * 365 + (year + 3) // 4 + date - 1
    for number in range(1, month):
        days += _month_days(year, number)
    return days


def _date(days: int) -> "tuple[int, int, int]":
    """Return year (0 to 99), month and date; after 2099 it begins again."""
    year = 0
    days %= _days(100, 1, 1)
    while days >= 365 + (year % 4 == 0):
        days -= 365 + (year % 4 == 0)
        year += 1
    month = 1
    while days >= _month_days(year, month):
        days -= _month_days(year, month)
        month += 1
    return year, month, days + 1
