"""A device from the factory, and one that its owner has set up, as the simulator has them."""

from kneesim.flash import Flash
from kneesim.inprocess import Device


def test_saf_55_a_new_device_starts_after_its_acknowledgement_and_for_good() -> None:
    with Device(flash=Flash()) as device:
        device.run_ms(3000)  # it first sees its watchdog bite
        answer = device.request("start", program="shiatsu")
        assert "hold HEAT" in answer["error"]["message"]
        device.press("mode")
        assert device.status()["state"] == "idle"
        device.press("heat", 1800)
        device.run_ms(1500)
    with Device(flash=device.flash) as device:
        device.run_ms(500)
        device.start_confirmed()
        assert device.status()["state"] == "running"


def test_a_device_without_a_flash_of_its_own_was_used_before() -> None:
    with Device() as device:
        device.run_ms(500)
        assert device.status()["why"].startswith("Just switched on")
        device.start_confirmed()
