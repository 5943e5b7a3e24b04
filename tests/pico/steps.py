"""What several tests of this tier do."""

from kneesim.pico.device import PicoDevice


def into_session(device: PicoDevice) -> None:
    """Bring a device that has just started into a session with motors and heater on."""
    device.start_confirmed(strength=3)
    device.run_ms(1200)  # heat is planned once a second
    levels = device.levels()
    assert levels["roller"], levels
    assert levels["heater"], levels
    assert device.plant.pump.is_on(device.rig.now_us)


def ms_until_off(device: PicoDevice, most_ms: int) -> int:
    """Let the device run until heater and motors are at zero; return how many ms that took."""
    for ms in range(1, most_ms + 1):
        device.run_ms(1)
        if device.is_off():
            return ms
    raise AssertionError(f"still on after {most_ms} ms: {device.levels()}")
