"""What must turn the device off, through the whole firmware: pins measured, status read back."""

import pytest

from kneesim import faults
from kneesim.inprocess import Device

OFF_WITHIN_MS = 100


def time_to_off_ms(device: Device, most_ms: int = 1000) -> int:
    """Return how many ms pass until heater and motors are at zero for good."""
    off_since = None
    for ms in range(0, most_ms, 2):
        device.run_ms(2)
        if not device.is_off():
            off_since = None
        elif off_since is None:
            off_since = ms + 2
    assert off_since is not None
    return off_since


@pytest.mark.parametrize("phase_ms", [0, 3, 11, 19])
@pytest.mark.parametrize(
    ("event", "fault"),
    [
        ("skin_c 43.6", "skin_hot"),
        ("pad_c 46.6", "pad_hot"),
        ("skin_ntc open", "skin_open"),
        ("skin_ntc short", "skin_short"),
        ("pad_ntc open", "pad_open"),
        ("pad_ntc short", "pad_short"),
    ],
)
def test_saf_03_04_05_off_within_100_ms_latched_and_said_in_words(
    running: Device, event: str, fault: str, phase_ms: int
) -> None:
    running.run_ms(phase_ms)
    running.plant.do(event)
    assert time_to_off_ms(running) <= OFF_WITHIN_MS

    status = running.status()
    assert (status["state"], status["fault"]) == ("fault", fault)
    assert status["why"].endswith(".")
    assert "hold STOP" in status["remedy"]

    # Latched: the cause goes, the fault stays, and nothing over the link changes that.
    running.plant.do("skin_ntc ok")
    running.plant.do("pad_ntc ok")
    running.plant.do("skin_c 33")
    running.plant.do("pad_c 33")
    running.run_ms(30_000)
    for method in ("start", "resume", "renew", "set", "pause", "stop"):
        running.request(method, **({"program": "shiatsu"} if method == "start" else {}))
    assert running.status()["fault"] == fault
    assert running.is_off()

    # A long press at the device acknowledges it; then a session may start again.
    running.press("stop", 2000)
    assert running.status()["state"] == "idle"
    running.night()
    running.result("start", program="shiatsu")


def test_saf_05_a_broken_sensor_cannot_be_acknowledged(running: Device) -> None:
    running.plant.do("pad_ntc open")
    running.run_ms(100)
    running.press("stop", 2000)
    assert running.status()["fault"] == "pad_open"


@pytest.mark.parametrize("phase_ms", [0, 1, 7, 13, 19])
@pytest.mark.parametrize("state", ["idle", "running", "paused", "fault", "first second"])
def test_saf_34_the_stop_button_is_zero_within_60_ms(device: Device, state: str, phase_ms: int) -> None:
    if state != "idle":
        device.start_confirmed(strength=5)
        device.run_ms(500 if state == "first second" else 123_000)
    if state == "paused":
        device.result("pause")
    if state == "fault":
        device.plant.do("skin_ntc open")
    device.run_ms(phase_ms)
    device.plant.button("stop", True)
    device.run_ms(60)
    assert device.is_off()
    assert not device.plant.pump.is_on(device.clock.now_us)  # its second contact has let go of the enable
    device.run_ms(5000)
    assert device.is_off()
    device.plant.button("stop", False)
    device.run_ms(1000)
    assert device.is_off()
    if state in ("running", "paused", "first second"):
        assert device.status()["why"] == "The stop button was pressed."


def test_saf_34_a_broken_stop_wire_stops_and_keeps_a_session_from_starting(running: Device) -> None:
    running.plant.button("stop", True)
    running.run_ms(60)
    assert running.is_off()
    error = running.request("start", program="shiatsu")["error"]
    assert error["code"] == -32010
    assert "wire" in error["message"]


def test_saf_34_a_press_that_only_the_hardware_sees_ends_the_session_within_a_second(device: Device) -> None:
    device.start_confirmed(strength=5)
    device.run_ms(10_000)
    assert device.watch.controller.heater.duty_pm > 900  # the switch is off for few ticks, in which it can be judged
    faults.apply(device, "stop", "dead")
    device.plant.button("stop", True)
    device.run_ms(1060)
    device.plant.button("stop", False)
    device.run_ms(1000)
    assert device.is_off()
    assert device.status()["fault"] == "heater_switch"


def test_saf_50_a_session_nobody_renews_is_off_within_3_s(device: Device) -> None:
    device.result("start", program="shiatsu", strength=5)
    started_us = device.clock.now_us
    device.run_ms(2900)
    assert not device.is_off()
    device.run_ms(120)
    assert device.is_off()
    assert device.clock.now_us - started_us <= 3_030_000
    assert "lease" in device.status()["why"]


def test_saf_50_renewals_keep_a_session_and_mode_frees_it(device: Device) -> None:
    device.result("start", program="shiatsu")
    for _ in range(10):
        device.run_ms(2500)
        device.result("renew")
    assert device.status()["leased"]
    device.press("mode")
    device.run_ms(10_000)
    status = device.status()
    assert (status["state"], status["leased"]) == ("running", False)


@pytest.mark.parametrize("start_ms", [0, (1 << 29) - 400_000, (1 << 30) - 400_000])
def test_saf_20_and_26_the_cap_holds_through_pause_resume_and_set_and_across_a_tick_wrap(start_ms: int) -> None:
    with Device(start_ms=start_ms) as device:
        device.start_confirmed()
        began_us = device.clock.now_us
        while device.status()["state"] != "idle":
            device.request("pause")
            device.run_ms(20_000)
            device.request("resume")
            device.request("set", strength=4, heat="medium")
            assert device.request("set", left_s=900)["error"]["code"] == -32010
            device.run_ms(20_000)
            assert device.clock.now_us - began_us < 1_000_000_000
        # The program is 720 s, half of the time paused: only the cap can have ended it.
        assert device.status()["why"] == "The session reached its time limit."


def test_saf_20_the_cap_is_exact_to_a_second(device: Device) -> None:
    device.start_confirmed()
    began_us = device.clock.now_us - 300_000
    device.result("pause")
    device.run_ms(898_000)
    assert device.status()["state"] == "paused"
    device.run_ms(2_000)
    assert device.status()["state"] == "idle"
    assert device.clock.now_us - began_us <= 901_500_000


def test_saf_26_a_gap_of_more_than_200_ms_turns_everything_off(running: Device) -> None:
    running.clock.at(running.clock.now_us + 5000, lambda: running.clock.advance(250_000))
    running.run_ms(600)
    assert running.is_off()
    assert "lost more than 200 ms" in running.status()["why"]


def test_saf_48_power_returns_to_nothing(running: Device) -> None:
    running.plant.heat.pad_c = 36.0

    def cut() -> None:
        running.chip.reset(1)

    running.clock.at(running.clock.now_us + 7000, cut)
    running.run_ms(10)
    assert running.is_off()
    running.run_ms(30_000)
    assert running.is_off()
    status = running.status()
    assert (status["state"], status["heat"]) == ("idle", "off")
    assert running.result("hello")["reset"] == "power"


def test_saf_01_high_heat_comes_from_the_button_alone_and_stays_within_its_limits(device: Device) -> None:
    device.start_confirmed(strength=1)
    device.press("heat")
    device.press("heat")
    assert device.status()["heat"] == "high"
    device.run_ms(600_000)
    assert device.status()["state"] == "running"
    assert device.plant.peak_skin_c < 41.5
    assert device.status()["pad_mc"] < 43_000


def test_a_loose_fit_is_said_not_forced(device: Device) -> None:
    device.plant.do("contact_w_k 0.5")
    device.start_confirmed()
    device.result("set", heat="medium")
    device.press("heat")
    device.run_ms(600_000)
    status = device.status()
    assert status["state"] == "running"
    assert "tighter strap" in status["why"]
    assert device.plant.heat.pad_c < 42.7
