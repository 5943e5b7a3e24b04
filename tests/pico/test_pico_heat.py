"""A minute of heat on the emulated Pico: the loop of sensor, controller and heater is closed through the real chip."""

from kneesim.pico.device import PicoDevice

_SECONDS = 60
_MOST_SKIN_C = 42.0  # what a healthy device never exceeds
_LATE_MS = 15  # SAF-52


def test_a_minute_of_heat_warms_the_skin_as_on_the_desktop(device: PicoDevice) -> None:
    device.result("subscribe", hz=1)
    device.start_confirmed(program="warm", strength=1)
    device.telemetry()
    begun_c = device.plant.heat.skin_c
    pad_c = device.plant.heat.pad_c
    device.run_ms(_SECONDS * 1000)
    frames = device.telemetry()
    assert len(frames) >= _SECONDS - 1
    assert {frame["state"] for frame in frames} == {"running"}
    assert max(frame["late_ms"] for frame in frames) <= _LATE_MS
    assert begun_c < device.plant.heat.skin_c < _MOST_SKIN_C
    assert device.plant.heat.pad_c > pad_c + 1
    assert device.rig.resets_us == []
    # What the chip measures is what the skin is, but for noise and the converter's steps.
    assert abs(frames[-1]["skin_mc"] / 1000 - device.plant.heat.skin_c) < 0.7
    assert device.result("stop") == {"state": "idle"}
