"""Trouble around the emulated Pico: a core that stops, a host that does not read, a host that talks rubbish, the wrap
of the tick counter.
"""

import random
from itertools import pairwise

import pytest

from kneesim.pico.device import PicoDevice
from kneesim.pico.image import ImageMissing
from massager.link import frame
from steps import into_session, ms_until_off

_TICK_MS = 20
_LATE_MS = 15
_WRAP_MS = 1 << 30  # of MicroPython's ticks_ms on the chip, and of the firmware's ring, twice as often
_RING_HALF_MS = 1 << 28
_BEFORE_WRAP_MS = 4200  # starting up and into a session takes about four seconds


@pytest.fixture
def wrapping() -> PicoDevice:
    """Return a device that has just started, shortly before its tick counter wraps."""
    try:
        device = PicoDevice(start_ms=_WRAP_MS - _BEFORE_WRAP_MS)
    except ImageMissing as missing:
        pytest.skip(str(missing))
    device.boot()
    return device


class _Ticks:
    """When ticks begin, with the first conversion, and that the watchdog is fed in each, once the outputs are set."""

    def __init__(self, device: PicoDevice) -> None:
        self._begun_us: list[int] = []
        self._feeds = 0
        self._rig = device.rig
        device.wiring.on_conversion = self._on_conversion
        device.rig.on_feed = self._on_feed

    def _on_conversion(self, _: int) -> None:
        if len(self._begun_us) == self._feeds:
            self._begun_us.append(self._rig.now_us)

    def _on_feed(self) -> None:
        if self._begun_us:  # else it is of a tick that had begun before
            self._feeds += 1

    def late_ms(self) -> float:
        """Return by how much the latest was late; AssertionError if there were none."""
        assert len(self._begun_us) > 1
        return max(later - earlier for earlier, later in pairwise(self._begun_us)) / 1000 - _TICK_MS

    def count(self) -> int:
        """Return how many there were."""
        return self._feeds


def test_saf_40_and_43_a_core_that_stops_is_reset_with_every_output_low_and_nothing_resumes(device: PicoDevice) -> None:
    into_session(device)
    fed_us: list[int] = []
    device.rig.on_feed = lambda: fed_us.append(device.rig.now_us)
    device.run_ms(40)
    device.rig.on_feed = None
    device.rig.lock_up()
    device.run_ms(400)
    assert device.levels()["roller"]  # the pins stay as they were, but
    assert not device.plant.pump.is_on(device.rig.now_us)  # the alive pin stands still, so nothing has power
    device.run_ms(2000)
    (reset_us,) = device.rig.resets_us
    assert 1_990_000 <= reset_us - fed_us[-1] <= 2_010_000
    assert device.is_off()
    device.wiring.highs.clear()
    device.boot()
    assert device.wiring.highs == []
    assert device.status()["state"] == "idle"
    assert device.result("hello")["reset"] == "watchdog"


@pytest.mark.parametrize("level", [0, 1])
def test_saf_41_an_alive_pin_that_stands_still_has_no_power_in_400_ms(device: PicoDevice, level: int) -> None:
    into_session(device)
    while device.wiring.level[device.board.PIN_ALIVE] != level:
        device.run_ms(1)
    device.rig.lock_up()
    device.run_ms(400)
    assert device.wiring.level[device.board.PIN_ALIVE] == level
    assert not device.plant.pump.is_on(device.rig.now_us)


def test_saf_53_a_host_that_does_not_read_holds_nothing_up(device: PicoDevice) -> None:
    device.result("subscribe", hz=10)
    device.start_confirmed()
    device.telemetry()
    device.rig.usb.is_reading = False
    fed = device.rig.feeds
    device.run_ms(1000)
    assert device.rig.feeds - fed in (49, 50, 51)
    assert device.levels()["roller"]
    device.rig.usb.is_reading = True
    device.run_ms(600)
    frames = device.telemetry()
    assert frames[-1]["state"] == "running"
    assert max(frame["late_ms"] for frame in frames) <= _LATE_MS
    assert device.rig.resets_us == []


STATUS = frame.encode(b'{"jsonrpc":"2.0","id":5,"method":"status"}')
# For a kilobyte of brackets the JSON parser would take three quarters of the heap that is free.
FLOODS = {"noise": random.Random(1).randbytes(1000), "brackets": (b"[" * 510 + b"\n") * 2, "requests": STATUS * 15}


@pytest.mark.parametrize("flood", FLOODS)
def test_saf_52_a_flood_holds_nothing_up(device: PicoDevice, flood: str) -> None:
    device.result("subscribe", hz=10)
    device.start_confirmed()
    device.telemetry()
    fed = device.rig.feeds
    for _ in range(50):
        if device.rig.usb.unsent < 1000:
            device.send(FLOODS[flood])
        device.run_ms(20)
    assert device.rig.feeds - fed in (49, 50, 51)
    frames = device.telemetry()
    assert frames[-1]["state"] == "running"
    assert max(frame["late_ms"] for frame in frames) <= _LATE_MS
    assert device.rig.resets_us == []


def test_saf_52_a_storm_of_ctrl_c_is_data_and_no_interrupt(device: PicoDevice) -> None:
    device.result("subscribe", hz=10)
    device.start_confirmed()
    device.telemetry()
    ticks = _Ticks(device)
    device.send(b"\x03" * 3000 + b"\n")
    device.run_ms(1000)
    assert device.rig.usb.unsent < 300  # all but the last have been read, a slice a tick
    assert ticks.late_ms() <= _LATE_MS
    assert ticks.count() in (49, 50, 51)
    frames = device.telemetry()
    assert len(frames) >= 9
    assert {frame["state"] for frame in frames} == {"running"}
    assert max(frame["late_ms"] for frame in frames) <= _LATE_MS
    assert device.levels()["roller"]
    assert device.status()["state"] == "running"
    assert device.rig.resets_us == []


def test_saf_26_a_session_goes_on_across_the_wrap_of_the_tick_counter(wrapping: PicoDevice) -> None:
    wrapping.result("subscribe", hz=10)
    into_session(wrapping)
    wrapping.telemetry()
    ticks = _Ticks(wrapping)
    wrapping.run_ms(_BEFORE_WRAP_MS - wrapping.rig.now_us / 1000 + 600)
    frames = wrapping.telemetry()
    assert frames[0]["t_ms"] > _RING_HALF_MS > frames[-1]["t_ms"]
    assert {frame["state"] for frame in frames} == {"running"}
    assert max(frame["late_ms"] for frame in frames) <= _LATE_MS
    assert ticks.late_ms() <= _LATE_MS
    assert len(frames) > (ticks.count() - 10) // 5
    assert wrapping.plant.pump.is_on(wrapping.rig.now_us)
    assert wrapping.levels()["roller"]
    assert wrapping.rig.resets_us == []
    assert wrapping.result("stop") == {"state": "idle"}
    assert ms_until_off(wrapping, 40) <= 40
