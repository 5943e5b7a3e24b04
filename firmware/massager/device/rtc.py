"""The battery clock, a DS3231 on I2C: seconds since 2000, for differences alone. What day it is, nobody asks it."""

from machine import I2C, Pin
from micropython import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ADDRESS = const(0x68)
_TIME = const(0x00)  # seven registers: seconds, minutes, hours, day of the week, date, month, year, each in BCD
_STATUS = const(0x0F)
_STOPPED = const(0x80)  # the oscillator was: the time is none
_HZ = const(100000)
# fmt: off
_LEAST = (0, 0, 0, 1, 1, 1, 0)
_MOST = (59, 59, 23, 7, 31, 12, 99)
_DAYS_BEFORE = (0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)  # the month of this number, in a year of 365
# fmt: on
_EPOCH = b"\x00\x00\x00\x07\x01\x01\x00"  # the first moment there is, 2000-01-01: whatever was noted before is later


class Rtc:
    """The clock on the pins that the board names."""

    def __init__(self, board: "Any") -> None:
        self._i2c = I2C(board.RTC_I2C, sda=Pin(board.PIN_RTC_SDA), scl=Pin(board.PIN_RTC_SCL), freq=_HZ)
        self._registers = bytearray(7)
        self._status = bytearray(1)

    def read_s(self) -> int:
        """Return the seconds since 2000-01-01, -1 if there is no clock or what it shows is no time."""
        try:
            self._i2c.readfrom_mem_into(_ADDRESS, _STATUS, self._status)
            self._i2c.readfrom_mem_into(_ADDRESS, _TIME, self._registers)
        except OSError:
            return -1
        return -1 if self._status[0] & _STOPPED else seconds(self._registers)

    def restart(self) -> None:
        """Set the clock to its begin, so that differences from now on mean something."""
        try:
            self._i2c.writeto_mem(_ADDRESS, _TIME, _EPOCH)
            self._i2c.readfrom_mem_into(_ADDRESS, _STATUS, self._status)
            self._i2c.writeto_mem(_ADDRESS, _STATUS, bytes([self._status[0] & ~_STOPPED & 0xFF]))
        except OSError:
            pass  # read_s says so


def seconds(registers: bytearray) -> int:
    """Return the seconds since 2000-01-01 of the seven registers, -1 if they hold no time. No small integer on the
    chips from 2034 on, which costs nothing: it is asked for with everything off.
    """
    fields = []
    for i in range(7):
        value = (registers[i] >> 4) * 10 + (registers[i] & 15)
        if registers[i] & 15 > 9 or not _LEAST[i] <= value <= _MOST[i]:
            return -1  # a time of twelve hours, too, which nothing of ours has set
        fields.append(value)
    second, minute, hour, _, date, month, year = fields
    days = year * 365 + (year + 3) // 4 + _DAYS_BEFORE[month] + date - 1
    if month > 2 and year % 4 == 0:
        days += 1
    return days * 86400 + hour * 3600 + minute * 60 + second
