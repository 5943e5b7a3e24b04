"""The begin of built-in programs on the emulated Pico, every technique, and a user program on its real file system."""

from pathlib import Path
from typing import Any

import pytest

from kneectl import timeline
from kneesim.pico import image
from kneesim.pico.device import PicoDevice
from kneesim.pico.image import ImageMissing
from massager.core import programs, techniques, zones
from steps import into_session

FEATURES = ("roller", "sides", "heat", "infrared", "lamps", "buzzer")
# One for each way to begin; the golden traces and the replay have the rest. A second of the chip takes five of ours.
NAMES = ("shiatsu", "vibration", "warm", "infrared")
_LATE_MS = 15  # a tick is 20 ms
_SECONDS = 2
_HZ = 2
EVENING = [
    [techniques.STROKE, zones.THIGH, 700, 700, 63, 1, techniques.HOLD],
    [techniques.KNEAD, zones.CALF, 725, 750, 30, 0, techniques.TAP],
]


@pytest.fixture(scope="module")
def fitted() -> PicoDevice:
    """Return a device with everything that there is, unlocked."""
    try:
        device = PicoDevice(features=FEATURES)
    except ImageMissing as missing:
        pytest.skip(str(missing))
    device.boot()
    device.result("settings.set", unlocked=True)
    device.result("subscribe", hz=_HZ)
    device.run_ms(1000 // _HZ)  # the first frame tells how late a tick was while the setting was written
    return device


@pytest.mark.parametrize("name", NAMES)
def test_the_begin_of_a_program(fitted: PicoDevice, name: str) -> None:
    number = programs.number_of(name)
    fitted.start_confirmed(program=name, strength=1)
    fitted.telemetry()
    fitted.wiring.highs.clear()
    fitted.run_ms(_SECONDS * 1000)
    frames = fitted.telemetry()
    assert len(frames) >= _SECONDS * _HZ - 1
    assert {(frame["state"], frame["program"], frame["step"]) for frame in frames} == {("running", name, 1)}
    assert max(frame["late_ms"] for frame in frames) <= _LATE_MS
    assert fitted.rig.resets_us == []
    assert fitted.other_lines == []
    # What is driven is what the core does elsewhere, and with growing that is the lowest strength in any case.
    expected = timeline.play(programs.steps(number), strength=1, every_ms=20)
    for key in ("roller_pm", "inner_pm", "outer_pm"):
        assert max(frame[key] for frame in frames) <= max(getattr(expected, key)[: (_SECONDS + 1) * 50])
    board = fitted.board
    driven = {pin for _, pin in fitted.wiring.highs}
    has_heat = programs.steps(number)[0][5] > 0
    is_by_lamp = programs.flags(number) & programs.INFRARED
    assert (board.PIN_HEATER in driven) == bool(has_heat and not is_by_lamp)
    assert (board.PIN_INFRARED in driven) == bool(is_by_lamp)
    moving = programs.steps(number)[0][0] not in techniques.STILL
    motors = {board.PIN_ROLLER_IN1, board.PIN_ROLLER_IN2, board.PIN_INNER, board.PIN_OUTER}
    assert bool(driven & motors) == moving


SHAPES = """
from binascii import crc32

from massager.core import techniques


def shapes():
    for technique in range(len(techniques.NAMES)):
        seen = 0
        for t_ms in range(0, 12000, 60):
            for of in (techniques.roller_pm, techniques.inner_pm, techniques.outer_pm):
                seen = crc32(b"%d" % of(technique, 725, t_ms), seen)
        yield "shape %s %d" % (techniques.NAMES[technique], seen)
"""
MAIN = b"""
import time
from shapes import shapes

for line in shapes():
    print(line)
print("end")
time.sleep(60)
"""
_SHAPES_WITHIN_MS = 20_000


def test_every_technique_is_the_same_number_for_number_on_the_chip(tmp_path: Path) -> None:
    source = tmp_path / "shapes.py"
    source.write_text(SHAPES)
    here: dict[str, Any] = {}
    exec(SHAPES, here)
    files = {**image.firmware_files(), "main.py": MAIN, "a/shapes.mpy": image.compile_mpy("shapes.py", source)}
    device = PicoDevice(flash=image.flash(image.find_uf2(), files))
    for _ in range(_SHAPES_WITHIN_MS // 500):
        device.run_ms(500)
        if b"end" in device.other_lines:
            break
    there = [line.decode() for line in device.other_lines if line.startswith(b"shape ")]
    assert there == list(here["shapes"]()), device.other_lines[-5:]
    assert len(there) == len(techniques.NAMES)


def test_a_users_program_settings_and_the_log_outlive_a_power_cut(device: PicoDevice) -> None:
    device.result("program.put", name="evening", title="Slow", first=0, total=2, steps=EVENING)
    device.result("settings.set", knee="left", favourites=["evening", "self", "warm", "warm"])
    into_session(device)
    device.press("stop")
    device.run_ms(300)
    assert device.result("log.read")["records"][0]["end"] == "stop_button"
    again = PicoDevice(flash=device.rig.snapshot())
    again.boot()
    assert again.result("program.get", name="evening")["steps"] == EVENING
    assert again.result("settings.get")["knee"] == "left"
    assert again.result("log.read")["records"][0]["program"] == "shiatsu"
    again.press("mode")
    again.run_ms(200)
    status = again.status()
    assert (status["state"], status["program"]) == ("running", "evening")
    again.run_ms(1500)
    assert again.levels()["roller"]
    assert again.rig.resets_us == []
