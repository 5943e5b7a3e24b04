"""Trouble around the emulated Pico: a core that stops, a host that does not read, a host that talks rubbish."""

import random

from kneesim.pico.device import PicoDevice
from steps import into_session

_LATE_MS = 15  # a tick is 20 ms


def test_a_core_that_stops_is_reset_with_every_output_low_and_starts_again(device: PicoDevice) -> None:
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


def test_saf_52_a_flood_of_garbage_holds_nothing_up(device: PicoDevice) -> None:
    noise = random.Random(1)
    device.result("subscribe", hz=10)
    device.start_confirmed()
    device.telemetry()
    fed = device.rig.feeds
    for _ in range(50):
        if device.rig.usb.unsent < 1000:
            device.send(noise.randbytes(1000))
        device.run_ms(20)
    assert device.rig.feeds - fed in (49, 50, 51)
    frames = device.telemetry()
    assert frames[-1]["state"] == "running"
    assert max(frame["late_ms"] for frame in frames) <= _LATE_MS
    assert device.rig.resets_us == []
