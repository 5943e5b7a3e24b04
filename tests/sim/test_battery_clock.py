"""Rest across power cuts by the simulated battery clock, and by nothing where that clock is not to be trusted."""

from collections.abc import Callable

import pytest

from kneesim.flash import Flash
from kneesim.inprocess import Device
from kneesim.rtc import Ds3231

_USED_S = 120
_REST_S = _USED_S * 20 // 15


def _use(flash: Flash | None = None, rtc: Ds3231 | None = None) -> Device:
    """Return a device that was switched off right after a session of two minutes."""
    with Device(flash=flash, rtc=rtc) as device:
        device.run_ms(500)
        device.start_confirmed(strength=1)
        device.run_ms(_USED_S * 1000)
        device.result("stop")
        device.run_ms(500)
    return device


def _again(device: Device, rtc: Ds3231 | None) -> Device:
    return Device(flash=device.flash, rtc=rtc)


def _rest_s(device: Device) -> int:
    device.run_ms(500)
    return int(device.status()["rest_s"])


def _clock(device: Device) -> Ds3231:
    rtc = device.plant.rtc
    assert rtc is not None
    return rtc


def test_saf_25_an_hour_off_is_an_hour_of_rest() -> None:
    device = _use()
    _clock(device).pass_s(60)
    with _again(device, _clock(device)) as again:
        assert _REST_S - 66 <= _rest_s(again) <= _REST_S - 59
        assert "Start again in" in again.request("start", program="warm")["error"]["message"]
    _clock(again).pass_s(3600)
    with _again(again, _clock(again)) as third:
        assert _rest_s(third) == 0
        third.start_confirmed()


def _stood_still(rtc: Ds3231) -> None:
    """Have its oscillator stand still for a while, as its status says; what it shows is plausible."""
    rtc.pass_s(600)
    rtc._status |= 0x80


@pytest.mark.parametrize(
    ("spoil", "begins_anew"),
    [
        (Ds3231.lose_power, True),
        (_stood_still, True),
        (lambda rtc: setattr(rtc, "is_absent", True), False),
        (lambda rtc: rtc.pass_s(-86400), True),
        (lambda rtc: rtc.pass_s(20 * 365 * 86400), True),
        (lambda rtc: rtc.stop(True), False),
    ],
    ids=["empty", "stood still for a while", "absent", "jumped back", "jumped years", "stopped"],
)
def test_saf_25_a_clock_that_is_not_to_be_trusted_counts_nothing(
    spoil: Callable[[Ds3231], object], begins_anew: bool
) -> None:
    device = _use()
    spoil(_clock(device))
    with _again(device, _clock(device)) as again:
        assert _REST_S - 3 <= _rest_s(again) <= _REST_S + 2
        assert (_clock(again).seconds < 100) == begins_anew
        again.run_ms(60_000)  # powered time counts
        assert _REST_S - 64 <= _rest_s(again) <= _REST_S - 58


def test_saf_25_an_empty_clock_begins_anew_and_counts_the_next_time() -> None:
    device = _use()
    _clock(device).lose_power()
    with _again(device, _clock(device)) as again:
        again.run_ms(2000)
        assert not _clock(again).read(0x0F, 1)[0] & 0x80
    _clock(again).pass_s(60)
    with _again(again, _clock(again)) as third:
        assert _REST_S - 68 <= _rest_s(third) <= _REST_S - 58


def test_saf_25_a_board_without_a_battery_clock_rests_while_it_is_on() -> None:
    with Device(board="esp32") as device:
        device.run_ms(500)
        device.start_confirmed(strength=1)
        device.run_ms(_USED_S * 1000)
        device.result("stop")
        device.run_ms(500)
    with Device(board="esp32", flash=device.flash) as again:
        assert _REST_S - 3 <= _rest_s(again) <= _REST_S + 2
        again.run_ms(_REST_S * 1000)
        again.start_confirmed()


@pytest.mark.parametrize("date", [(0, 1, 1), (24, 2, 29), (26, 12, 31), (33, 3, 1), (99, 12, 31)])
def test_the_firmware_reads_the_clock_as_it_is(date: tuple[int, int, int]) -> None:
    year, month, day = (value // 10 * 16 + value % 10 for value in date)
    with Device() as device:
        device.run_ms(0)
        rtc = _clock(device)
        rtc.write(0, bytes([0x58, 0x59, 0x23, 1, day, month, year]))
        seconds = device.power.firmware_module("massager.device.rtc").seconds
        assert seconds(bytearray(rtc.read(0, 7))) == rtc.seconds
        for wrong in (
            b"\x60\0\0\1\1\1\0",
            b"\0\x5a\0\1\1\1\0",
            b"\0\0\x61\1\1\1\0",
            b"\0\0\0\1\0\1\0",
            b"\0\0\0\1\1\x13\0",
        ):
            assert seconds(bytearray(wrong)) == -1
