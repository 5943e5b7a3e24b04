"""A person at the desk can do everything by keys alone."""

from io import StringIO

from rich.console import Console

from kneesim.desk import Desk
from kneesim.inprocess import Device


def _shown(desk: Desk) -> str:
    console = Console(file=StringIO(), width=80)
    console.print(desk.picture())
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def _press(desk: Desk, key: str, ms: int = 400) -> str:
    desk.press(key)
    for _ in range(ms // 50):
        desk.run_ms(50)
    return _shown(desk)


def test_choose_start_strengthen_warm_pause_and_stop_by_keys_alone(device: Device) -> None:
    desk = Desk(device)
    desk.run_ms(500)
    assert "idle" in _shown(desk)
    assert "running" in _press(desk, "m")
    first = device.status()["program"]
    _press(desk, "m")
    assert device.status()["program"] != first
    desk.run_ms(4000)
    assert "strength 2" in _press(desk, "s")
    assert device.status()["strength"] == 2
    _press(desk, "h")
    assert "heat high" in _press(desk, "h")
    assert device.status()["heat"] == "high"
    assert "paused" in _press(desk, "m")
    assert "running" in _press(desk, "m")
    assert "idle" in _press(desk, " ")
    assert device.is_off()


def test_a_long_press_acknowledges_a_fault(device: Device) -> None:
    desk = Desk(device)
    desk.run_ms(500)
    device.plant.do("skin_ntc open")
    desk.run_ms(500)
    assert "fault" in _shown(desk)
    device.plant.do("skin_ntc ok")
    for _ in range(210):  # for 10 s a sensor that was open counts as one that comes and goes
        desk.run_ms(50)
    assert "idle" in _press(desk, "x", 2000)


def test_the_desk_survives_a_reset(device: Device) -> None:
    desk = Desk(device)
    desk.run_ms(500)
    device.clock.at(device.clock.now_us + 1000, lambda: device.chip.reset(3))
    desk.run_ms(500)
    desk.run_ms(500)
    assert "running" in _press(desk, "m")
