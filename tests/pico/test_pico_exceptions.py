"""What can go wrong in the tick, on the emulated Pico: an exception, a gap, a hang, a bit that flips."""

import pytest

from kneesim.pico import image
from kneesim.pico.device import PicoDevice
from kneesim.pico.image import ImageMissing
from steps import into_session, ms_until_off

_OFF_WITHIN_MS = 50  # SAF-42
_RESET_WITHIN_MS = 300  # the host is told first, if it listens
_BOOT_PY_WITHIN_MS = 500  # it is among the first that MicroPython does; the rest takes two seconds
_CALLED_WITHIN_MS = 200  # each tick calls the functions that throw

# Throws from a function, or does worse, once this word of the watchdog's, which nobody else uses, names it. The
# MemoryError is the VM's own.
_MARK = 2
THROWER = """
from machine import mem32
from time import sleep_ms

from massager.core.controller import Controller
from massager.device.console import Console
from massager.device.motors import HBridge
from massager.store.keeper import Keeper

_MARK = 0x40058014


def memory(*_):
    mem32[_MARK] = 0
    bytearray(1 << 20)


def error(*_):
    mem32[_MARK] = 0
    raise RuntimeError("thrown")


def interrupt(*_):
    mem32[_MARK] = 0
    raise KeyboardInterrupt


def gap(*_):
    mem32[_MARK] = 0
    sleep_ms(250)


def hang(*_):
    mem32[_MARK] = 0
    while True:
        pass


def flip(keeper, _):
    mem32[_MARK] = 0
    keeper._controller.session.cap.value ^= 1 << 20


kept = None


def full(*_):  # to the last block, with what stays; then one more is asked for
    global kept
    for size in (4096, 256, 64):
        try:
            while True:
                kept = (kept, bytearray(size))
        except MemoryError:
            pass
    try:
        while True:
            kept = (kept,)
    except MemoryError:
        pass
    mem32[_MARK] = 0
    while True:
        kept = (kept,)


def break_up(mark, owner, name, throw):
    sound = getattr(owner, name)

    def broken(*arguments):
        if mem32[_MARK] == mark:
            throw(*arguments)
        return sound(*arguments)

    setattr(owner, name, broken)


break_up(1, Controller, "step", memory)
break_up(2, HBridge, "set", error)
break_up(3, Console, "flush", interrupt)
break_up(4, Keeper, "serve", full)
break_up(5, Keeper, "serve", gap)
break_up(6, Keeper, "serve", hang)
break_up(7, Keeper, "serve", flip)
"""


@pytest.fixture(scope="module")
def throwing(tmp_path_factory: pytest.TempPathFactory) -> PicoDevice:
    """Return a device in a session, which throws when `_throw` asks it to."""
    source = tmp_path_factory.mktemp("thrower") / "thrower.py"
    source.write_text(THROWER)
    try:
        files = image.firmware_files()
        main = files["main.py"].replace(b"app.main(image)", b"import thrower; app.main(image)")
        files = image.listed({**files, "main.py": main, "a/thrower.mpy": image.compile_mpy("thrower.py", source)})
        device = PicoDevice(flash=image.flash(image.find_uf2(), image.used(files)))
    except ImageMissing as missing:
        pytest.skip(str(missing))
    device.boot()
    into_session(device)
    return device


def _throw(device: PicoDevice, mark: int) -> int:
    """Have the device throw and run until it is reset; return how many ms after the throw heater and motors were off.

    AssertionError if there is no throw or no reset, if something was on or came on before the reset, or if the reset
    was what turned everything off.
    """
    rig = device.rig
    was_off: list[bool] = []
    before = rig.before_reset
    assert before is not None

    def look() -> None:
        was_off.append(device.is_off())
        before()

    rig.before_reset = look
    _break(device, mark)
    off_ms = 0 if device.is_off() else ms_until_off(device, _RESET_WITHIN_MS)
    device.wiring.highs.clear()
    for _ in range(_RESET_WITHIN_MS):
        if was_off:
            break
        device.run_ms(1)
    assert was_off == [True]
    assert device.wiring.highs == []
    return off_ms


def _break(device: PicoDevice, mark: int) -> None:
    """Have what the mark stands for happen, and return in the millisecond after it began."""
    device.rig.mcu.watchdog.scratch_data[_MARK] = mark
    for _ in range(_CALLED_WITHIN_MS):
        device.run_ms(1)
        if not device.rig.mcu.watchdog.scratch_data[_MARK]:
            return
    raise AssertionError("the function is not called")


@pytest.mark.parametrize(
    "mark", [1, 2, 3, 4], ids=["MemoryError", "an error between two motors", "KeyboardInterrupt", "a full heap"]
)
def test_saf_42_an_exception_in_the_tick_is_off_within_50_ms_then_a_reset(throwing: PicoDevice, mark: int) -> None:
    assert _throw(throwing, mark) <= _OFF_WITHIN_MS


def test_saf_42_and_43_after_an_exception_every_output_is_low_at_once(throwing: PicoDevice) -> None:
    """That nothing resumes when it has started again is asked of a core that stops (test_pico_trouble.py)."""
    _throw(throwing, 2)
    pins = throwing.board.OUTPUT_PINS
    assert not any(throwing.wiring.is_driven_low(pin) for pin in pins)  # the reset has let them go
    throwing.run_ms(_BOOT_PY_WITHIN_MS)
    assert all(throwing.wiring.is_driven_low(pin) for pin in pins)
    assert throwing.wiring.highs == []
    assert len(throwing.rig.resets_us) == 1


def test_saf_26_a_gap_is_off_as_soon_as_it_is_over(throwing: PicoDevice) -> None:
    _break(throwing, 5)
    assert ms_until_off(throwing, 280) <= 280
    throwing.run_ms(200)
    status = throwing.status()
    assert status["state"] == "idle" and "lost more than 200 ms" in status["why"], status
    assert throwing.rig.resets_us == []


def test_saf_41_a_hang_has_no_power_in_400_ms(throwing: PicoDevice) -> None:
    """That it is bitten, and what comes then, is asked of a core that stops (test_pico_trouble.py)."""
    _break(throwing, 6)
    throwing.run_ms(400)
    assert not throwing.plant.pump.is_on(throwing.rig.now_us)
    assert throwing.rig.resets_us == []


def test_saf_46_a_flipped_bit_of_the_deadline_is_off_in_the_next_tick(throwing: PicoDevice) -> None:
    _break(throwing, 7)
    assert ms_until_off(throwing, 40) <= 40
    assert throwing.status()["fault"] == "corrupt"
