"""The begin of built-in programs on the emulated Pico, every technique, and a user program on its real file system."""

import pytest

from kneectl import timeline
from kneesim.pico.device import PicoDevice
from kneesim.pico.image import ImageMissing
from massager.core import programs, techniques, zones
from steps import into_session

FEATURES = ("roller", "sides", "heat", "infrared", "lamps", "buzzer")
# One for each way to begin; the golden traces and the replay have the rest. A second of the chip takes five of ours.
NAMES = ("shiatsu", "vibration", "warm", "eastern", "infrared")
_LATE_MS = 15  # a tick is 20 ms
_SECONDS = 4
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
    return device


@pytest.mark.parametrize("name", NAMES)
def test_the_begin_of_a_program(fitted: PicoDevice, name: str) -> None:
    number = programs.number_of(name)
    fitted.result("subscribe", hz=_HZ)
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


# After a minute of rest, in which a program may have slow movements only, each for a cycle or more.
REST_S = 60
EVERYTHING = [
    [techniques.HOLD, zones.THIGH, 0, 0, REST_S, 0, techniques.HOLD],
    [techniques.KNEAD, zones.THIGH, 700, 700, 5, 0, techniques.VIBRATE],
    [techniques.TAP, zones.SIDES, 700, 700, 5, 0, techniques.HOLD],
    [techniques.RUB_CIRCULAR, zones.SIDES, 700, 700, 5, 0, techniques.HOLD],
    [techniques.RUB_SPIRAL, zones.THIGH, 700, 700, 5, 0, techniques.SHAKE],
    [techniques.RUB_LINEAR, zones.CALF, 700, 700, 5, 0, techniques.TAP],
    [techniques.PRESS, zones.THIGH, 700, 700, 6, 0, techniques.HOLD],
    [techniques.WAVE, zones.CALF, 700, 700, 5, 0, techniques.WAVE],
    [techniques.CUE, zones.THIGH, 0, 0, 6, 0, techniques.HOLD],
]


def test_every_technique_does_on_the_chip_what_it_does_elsewhere(device: PicoDevice) -> None:
    expected = timeline.play(EVERYTHING, strength=3, heat=0, every_ms=20)
    for first in range(0, len(EVERYTHING), 8):
        page = {"first": first, "total": len(EVERYTHING), "steps": EVERYTHING[first : first + 8]}
        answer = device.result("program.put", name="everything", **page)
    assert answer == {"kept": "everything"}
    device.result("start", program="everything", strength=3, heat="off")
    device.press("mode")
    device.run_ms(REST_S * 1000 - 1000)
    device.result("subscribe", hz=5)
    device.run_ms(300)
    device.telemetry()  # the first tells how long it took to read and check the program, with everything off
    seen: set[str] = set()
    is_over = False
    while not is_over:
        device.run_ms(500)
        for frame in device.telemetry():
            is_over = frame["state"] != "running"
            if is_over:
                break
            seen.add(frame["technique"])
            assert frame["late_ms"] <= _LATE_MS
            # When exactly in a second a frame was sent it does not say: its levels are those of some tick nearby.
            at = (expected.length_s - frame["left_s"]) * 50
            near = range(max(0, at - 55), min(at + 10, len(expected.roller_pm)))
            for key in ("roller_pm", "inner_pm", "outer_pm"):
                levels = [getattr(expected, key)[i] for i in near] or [0]
                assert min(levels) - 5 <= frame[key] <= max(levels) + 5, (frame, min(levels), max(levels))
    assert seen >= {techniques.NAMES[step[0]] for step in EVERYTHING[1:]}
    assert device.rig.resets_us == []
    assert device.other_lines == []


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
