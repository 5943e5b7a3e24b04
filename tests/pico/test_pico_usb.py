"""The adapter that makes a sleeping device cheap to emulate."""

from kneesim.pico.device import PicoDevice


def test_a_read_that_the_device_offers_waits_for_a_byte(device: PicoDevice) -> None:
    usb, host = device.rig.mcu.usb_ctrl, device.rig.usb
    given: list[int] = []
    give = usb.endpoint_read_done

    def note(endpoint: int, data: bytes, delay: int | None = None) -> None:
        given.append(len(data))
        give(endpoint, data, delay)

    usb.endpoint_read_done = note
    device.run_ms(20)
    assert given == []
    assert device.status()["state"] == "idle"
    assert given and all(given)

    # Without the adapter: empty packets without end.
    given.clear()
    usb.on_endpoint_read = host.answer_at_once
    host.answer_at_once(*host._offered.pop(0))
    device.run_ms(10)
    assert given.count(0) > 200
