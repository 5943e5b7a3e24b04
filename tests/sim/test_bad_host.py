"""Hosts that send rubbish without end, or do not read: no tick of a session is late for it (SAF-52, SAF-53)."""

import random

import pytest

from kneesim.inprocess import Device
from massager.link import frame

LATE_MS = 15
STATUS = b'{"jsonrpc":"2.0","id":5,"method":"status"}'
SLACK_US = 500  # what a tick costs without a host, and the look at the clock every 16 bytes

noise = random.Random(52)
STORMS = {
    "Ctrl-C": b"\x03" * 4096,
    "Ctrl-C and requests": (b"\x03\x03" + frame.encode(STATUS) + b"\x03") * 60,
    "control bytes": bytes(range(32)) * 128,
    "requests": frame.encode(STATUS) * 60,
    "requests without a CRC": (STATUS + b"\n") * 60,
    "half of a UTF-8 character": b'{"jsonrpc":"2.0","id":5,"method":"\xc3"}\n' * 80,
    "a line that does not end": b"x" * 4096,
    "UTF-8 that does not end": b"\xf0\x9f" * 2048,
    "newlines": b"\n" * 4096,
    "nested": (b"[" * 510 + b"\n") * 8,
    "noise": noise.randbytes(4096),
    "broken CRCs": frame.encode(STATUS).replace(b"*", b"*0") * 60,
}


class Ticks:
    """When the watchdog was fed, and how long after it the program slept again."""

    def __init__(self, device: Device) -> None:
        self.fed_us: list[int] = []
        self.link_us: list[int] = []
        clock = device.clock
        sleep_us = clock.sleep_us

        def sleep(by_us: int) -> None:
            self.link_us.append(clock.now_us - self.fed_us[-1])
            sleep_us(by_us)

        device.chip.on_feed = lambda: self.fed_us.append(clock.now_us)
        device.run_ms(40)
        clock.sleep_us = sleep
        device.power.firmware_module("time").sleep_ms = lambda ms: sleep(ms * 1000)

    def late_ms(self) -> float:
        """Return by how much the latest tick was late."""
        return max(b - a for a, b in zip(self.fed_us, self.fed_us[1:], strict=False)) / 1000 - 20


def _run(device: Device, data: bytes, ms: int) -> None:
    for _ in range(ms // 20):
        device.send(data)
        device.run_ms(20)


@pytest.mark.parametrize("name", STORMS)
def test_saf_52_no_storm_stops_the_loop_or_costs_more_than_its_slice(running: Device, name: str) -> None:
    ticks = Ticks(running)
    feeds = running.chip.feeds
    running.is_host_reading = False
    _run(running, STORMS[name], 3000)
    assert running.chip.feeds - feeds in (149, 150, 151)
    assert ticks.late_ms() <= LATE_MS
    assert max(ticks.link_us) <= 4000 + 4000 + SLACK_US
    assert running.power.starts == 1
    assert running.levels()["roller"] or running.levels()["inner"] or running.plant.pump.is_on(running.clock.now_us)
    assert running.watch.state() == "running"


def test_saf_52_reading_stops_when_its_time_is_over(running: Device) -> None:
    """A byte takes 5 us here, so a budget twice as long would show."""
    ticks = Ticks(running)
    _run(running, b"x" * 4096, 1000)
    assert 3000 <= max(ticks.link_us) <= 4000 + SLACK_US


def test_saf_52_a_tick_reads_one_line_at_most(running: Device) -> None:
    """Or the answers to a few lines at once would not fit the queue of what goes out, and the garbage not the heap."""
    running.send((STATUS + b"\n") * 8)
    running.run_ms(14 * 20)
    assert len([message for message in running.received if message.get("id") == 5]) == 8


def test_saf_53_writing_stops_when_its_time_is_over(running: Device) -> None:
    """A host that takes each byte at once, and has much to hear."""
    port, clock = running.port, running.clock
    running.result("subscribe", hz=10)
    running.is_host_reading = False
    running.run_ms(2000)
    ticks = Ticks(running)
    port.put = lambda data: clock.advance(10 * len(data))
    port.host_reads()
    running.run_ms(1000)
    assert 3000 <= max(ticks.link_us) <= 4000 + SLACK_US


@pytest.mark.parametrize("hz", [0, 10])
def test_saf_53_a_host_that_does_not_read_costs_nothing(running: Device, hz: int) -> None:
    running.result("subscribe", hz=hz)
    ticks = Ticks(running)
    running.is_host_reading = False
    _run(running, frame.encode(STATUS) if hz == 0 else b"", 5000)
    assert ticks.late_ms() <= LATE_MS
    assert max(ticks.link_us) <= 4000 + 4000 + SLACK_US
    assert running.watch.state() == "running"
    running.is_host_reading = True
    running.run_ms(2000)
    assert running.status()["state"] == "running"
    frames = [message["params"] for message in running.received if message.get("method") == "telemetry"]
    assert bool(frames) == (hz > 0)
    if hz:  # what was left out while nobody read was counted, and no more than the queue came late
        assert frames[-1]["dropped"] >= 4 * hz
        assert len(frames) <= 2 * hz + 10
