"""The simulated DS3231: registers, BCD, what it refuses, and what it outlives."""

import pytest

from kneesim.chip import Chip, Machine
from kneesim.clock import Clock
from kneesim.inprocess import Device
from kneesim.rtc import Ds3231

ADDRESS = 0x68


class Bus:
    def __init__(self) -> None:
        self.clock = Clock()
        self.chip = Chip(self.clock)
        self.rtc = Ds3231(self.chip)
        self.chip.i2c[0, 1] = self.rtc
        machine = Machine(self.chip)
        self.i2c = machine.I2C(0, sda=machine.Pin(0), scl=machine.Pin(1), freq=100_000)

    def time(self) -> bytes:
        return self.i2c.readfrom_mem(ADDRESS, 0, 7)


@pytest.fixture
def bus() -> Bus:
    return Bus()


def test_it_counts_seconds_through_midnight_and_a_leap_day(bus: Bus) -> None:
    bus.i2c.writeto_mem(ADDRESS, 0, bytes([0x58, 0x59, 0x23, 3, 0x28, 0x02, 0x28]))
    assert bus.time() == bytes([0x58, 0x59, 0x23, 3, 0x28, 0x02, 0x28])
    bus.clock.advance(3_000_000)
    assert bus.time() == bytes([0x01, 0x00, 0x00, 4, 0x29, 0x02, 0x28])
    bus.clock.advance(86_400_000_000)
    assert bus.time()[3:] == bytes([5, 0x01, 0x03, 0x28])


@pytest.mark.parametrize("fields", [(26, 1, 1), (26, 12, 31), (28, 2, 29), (99, 12, 31), (0, 1, 1), (24, 10, 9)])
def test_every_date_comes_back(bus: Bus, fields: tuple[int, int, int]) -> None:
    year, month, date = (value // 10 * 16 + value % 10 for value in fields)
    bus.i2c.writeto_mem(ADDRESS, 0, bytes([0, 0, 0x12, 1, date, month, year]))
    assert bus.time()[4:] == bytes([date, month, year])


def test_the_stop_flag_is_set_by_an_empty_cell_and_cleared_by_the_firmware(bus: Bus) -> None:
    assert not bus.i2c.readfrom_mem(ADDRESS, 0x0F, 1)[0] & 0x80
    bus.rtc.lose_power()
    assert bus.i2c.readfrom_mem(ADDRESS, 0x0F, 1)[0] & 0x80
    assert bus.time() == bytes([0, 0, 0, bus.time()[3], 1, 1, 0])
    bus.i2c.writeto_mem(ADDRESS, 0x0F, b"\x88")  # it cannot be set by hand, only stay
    assert bus.i2c.readfrom_mem(ADDRESS, 0x0F, 1)[0] & 0x80
    bus.i2c.writeto_mem(ADDRESS, 0x0F, b"\x08")
    assert not bus.i2c.readfrom_mem(ADDRESS, 0x0F, 1)[0] & 0x80
    bus.i2c.writeto_mem(ADDRESS, 0x0F, b"\x88")
    assert not bus.i2c.readfrom_mem(ADDRESS, 0x0F, 1)[0] & 0x80


def test_drift_and_standstill(bus: Bus) -> None:
    begin = bus.rtc.seconds
    bus.rtc.set_drift(100_000)
    bus.clock.advance(1000_000_000)
    assert bus.rtc.seconds == begin + 1100
    bus.rtc.set_drift(0)
    bus.rtc.stop(True)
    bus.clock.advance(1000_000_000)
    assert bus.rtc.seconds == begin + 1100
    bus.rtc.stop(False)
    bus.clock.advance(10_000_000)
    assert bus.rtc.seconds == begin + 1110


@pytest.mark.parametrize(
    ("register", "data"),
    [
        (0, bytes([0x5A, 0, 0, 1, 1, 1, 0x26])),  # no BCD
        (0, bytes([0, 0, 0x24, 1, 1, 1, 0x26])),  # no such hour
        (0, bytes([0, 0, 0x52, 1, 1, 1, 0x26])),  # twelve hours
        (0, bytes([0, 0, 0, 0, 1, 1, 0x26])),  # no such weekday
        (0, bytes([0, 0, 0, 1, 0x30, 2, 0x26])),  # no such day
        (0, b"\0"),  # a part of the time
        (2, b"\0"),
        (7, b"\0"),  # alarms
        (0x0E, b"\x80"),  # stops it on battery
    ],
)
def test_misuse_is_refused_and_noted(bus: Bus, register: int, data: bytes) -> None:
    with pytest.raises(ValueError, match="DS3231"):
        bus.i2c.writeto_mem(ADDRESS, register, data)
    assert bus.chip.violations


def test_who_is_absent_or_elsewhere_is_an_oserror(bus: Bus) -> None:
    with pytest.raises(OSError, match="5"):
        bus.i2c.readfrom_mem(0x57, 0, 1)
    bus.rtc.is_absent = True
    with pytest.raises(OSError, match="5"):
        bus.time()
    with pytest.raises(OSError, match="5"):
        bus.i2c.writeto_mem(ADDRESS, 0x0F, b"\0")
    assert not bus.chip.violations


def test_a_bus_takes_its_own_pins_and_no_more_than_400_khz() -> None:
    chip = Chip(Clock())
    machine = Machine(chip)
    with pytest.raises(ValueError, match="not that bus's"):
        machine.I2C(0, sda=machine.Pin(2), scl=machine.Pin(3), freq=100_000)
    with pytest.raises(ValueError, match="more than"):
        machine.I2C(0, sda=machine.Pin(4), scl=machine.Pin(5), freq=1_000_000)
    buffer = bytearray(7)
    with pytest.raises(OSError, match="5"):  # nothing hangs there
        machine.I2C(0, sda=machine.Pin(8), scl=machine.Pin(9), freq=400_000).readfrom_mem_into(ADDRESS, 0, buffer)


def test_a_byte_takes_nine_bits_of_time(bus: Bus) -> None:
    before_us = bus.clock.now_us
    bus.time()
    assert bus.clock.now_us - before_us == 90 * (7 + 3)


def test_it_runs_on_through_a_reset_and_on_the_next_device() -> None:
    with Device() as device:
        rtc = device.plant.rtc
        assert rtc is not None
        begin = rtc.seconds
        device.clock.at(1_000_000, lambda: device.chip.reset(1))
        device.run_ms(5000)
        assert rtc.seconds == begin + 5
    rtc.pass_s(3600)
    with Device(flash=device.flash, rtc=rtc) as device:
        device.run_ms(5000)
        assert device.plant.rtc is rtc
        assert rtc.seconds == begin + 3610


def test_an_esp32_has_none() -> None:
    with Device(board="esp32") as device:
        assert device.plant.rtc is None
