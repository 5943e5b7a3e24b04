"""Boot, exceptions, the watchdog and the dead-man, through the whole firmware."""

import ast
import itertools

import pytest

from kneesim.engines import ROOT
from kneesim.inprocess import Device

OUTPUTS = (
    *("PIN_HEATER", "PIN_INFRARED", "PIN_ALIVE", "PIN_ROLLER_IN1", "PIN_ROLLER_IN2", "PIN_INNER", "PIN_OUTER"),
    *("PIN_STRIP", "PIN_BUZZER"),
)


def test_saf_43_boot_drives_every_output_low_before_anything_else(device: Device) -> None:
    board, chip = device.board, device.chip
    driven: list[tuple[int, int, int]] = []
    make_pin = chip.make_pin

    def note(number: int, mode: int, pull: int, value: int) -> None:
        driven.append((number, mode, value))
        make_pin(number, mode, pull, value)

    chip.make_pin = note
    device.run_ms(1)
    first = driven[: len(board.OUTPUT_PINS)]
    assert sorted(first) == sorted((number, 1, 0) for number in board.OUTPUT_PINS)
    assert {getattr(board, name) for name in OUTPUTS} == set(board.OUTPUT_PINS)


def test_saf_43_boot_needs_no_file_but_the_boards_and_that_one_needs_none() -> None:
    imports = (ast.Import, ast.ImportFrom)
    boot = [node for node in ast.walk(ast.parse((ROOT / "firmware/boot.py").read_text())) if isinstance(node, imports)]
    assert [node.module for node in boot if isinstance(node, ast.ImportFrom)] == ["board"]
    builtin = [name.name for node in boot if isinstance(node, ast.Import) for name in node.names]
    assert builtin == ["io", "sys", "machine"]
    for path in (ROOT / "boards").glob("*/board.py"):
        assert not [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, imports)], path


def test_saf_42_a_device_that_cannot_be_made_is_reset_too() -> None:
    with Device() as device:
        calls: list[int] = []
        make_adc = device.chip.make_adc

        def fail_once(number: int) -> None:
            calls.append(number)
            if len(calls) == 1:
                raise OSError("injected")
            make_adc(number)

        device.chip.make_adc = fail_once
        device.run_ms(1000)
        assert device.power.starts == 2
        assert device.result("hello")["reset"] == "watchdog"


def test_saf_43_only_the_boards_output_pins_ever_drive(running: Device) -> None:
    chip = running.chip
    driving = {number for number in range(30) if chip._mode[number] in (2, 3)}
    assert driving == set(running.board.OUTPUT_PINS)


def test_saf_43_nothing_relies_on_deinit() -> None:
    for path in (ROOT / "firmware").rglob("*.py"):
        names = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
        assert "deinit" not in names, path


def _failing_after(calls: int, error: type[BaseException], inner):
    count = itertools.count()

    def call(*args):
        if next(count) == calls:
            raise error("injected")
        return inner(*args)

    return call


SITES = ("skin", "pad", "current", "stop", "mode", "heater", "roller", "inner", "alive", "feed")


@pytest.mark.parametrize("error", [ValueError, MemoryError, KeyboardInterrupt, OSError, SystemExit])
@pytest.mark.parametrize("site", SITES)
def test_saf_42_any_exception_is_off_within_50_ms_then_a_reset(
    running: Device, site: str, error: type[BaseException]
) -> None:
    chip, board = running.chip, running.board
    if site in ("skin", "pad", "current"):
        pin = {"skin": board.PIN_SKIN_NTC, "pad": board.PIN_PAD_NTC, "current": board.PIN_ROLLER_CURRENT}[site]
        chip.adc[pin] = _failing_after(1, error, chip.adc[pin])
    elif site in ("stop", "mode"):
        pin = board.PIN_STOP if site == "stop" else board.PIN_MODE
        chip.drive[pin] = _failing_after(1, error, chip.drive[pin])
    elif site == "feed":
        chip.on_feed = _failing_after(1, error, lambda: None)
    else:
        # The next but one write to this output fails, whatever its level; all others must still go off.
        pin = {
            "heater": board.PIN_HEATER,
            "roller": board.PIN_ROLLER_IN1,
            "inner": board.PIN_INNER,
            "alive": board.PIN_ALIVE,
        }[site]
        set_level, set_duty = chip.set_level, chip.set_duty
        fail = _failing_after(1, error, lambda: None)
        chip.set_level = lambda number, level: (fail() if number == pin else None, set_level(number, level))
        chip.set_duty = lambda number, duty: (fail() if number == pin else None, set_duty(number, duty))
    starts = running.power.starts
    was_off: list[bool] = []
    chip.before_reset = lambda: was_off.append(running.is_off())
    running.run_ms(40 + 50)
    assert was_off == [True]  # before the reset, which on some chips leaves outputs as they are
    assert running.is_off()
    assert running.power.starts == starts + 1
    running.run_ms(5000)
    assert running.is_off()
    assert running.status()["state"] == "idle"
    assert running.result("hello")["reset"] == "watchdog"
    crashes = [m["params"]["error"] for m in running.received if m.get("method") == "crash"]
    assert len(crashes) == 1
    assert error.__name__ in crashes[0]


def test_saf_42_off_comes_before_the_report_even_if_that_never_ends(running: Device) -> None:
    console = running.watch.module("massager.device.console").Console

    def hang(*_: object) -> None:
        while True:
            running.clock.advance(1000)

    def fail() -> int:
        console.write = hang
        raise ValueError("injected")

    running.chip.adc[running.board.PIN_SKIN_NTC] = fail
    running.run_ms(20 + 50)
    assert running.is_off()


def test_saf_42_an_output_that_cannot_be_switched_keeps_no_other_on(running: Device) -> None:
    chip, board = running.chip, running.board
    set_level = chip.set_level

    def refuse_heater(number: int, level: int) -> None:
        if number == board.PIN_HEATER:
            raise OSError("injected")
        set_level(number, level)

    was: list[dict[str, int]] = []
    chip.set_level = refuse_heater
    chip.before_reset = lambda: (was.append(running.levels()), setattr(chip, "set_level", set_level))
    running.run_ms(200)
    assert (was[0]["roller"], was[0]["inner"], was[0]["outer"]) == (0, 0, 0)
    assert running.is_off()


def test_saf_42_the_lamp_goes_off_before_the_reset_too() -> None:
    with Device(features=("roller", "sides", "heat", "infrared", "lamps", "buzzer")) as device:
        device.run_ms(500)
        device.start_confirmed(program="infrared")
        device.run_ms(2000)
        while not device.levels()["lamp"]:
            device.run_ms(20)
        firmware = device.power.firmware_module("massager.core.techniques")
        was_off: list[bool] = []
        device.chip.before_reset = lambda: was_off.append(device.is_off())
        firmware.amplitude_pm = None
        device.run_ms(100)
        assert was_off == [True]
        assert device.power.starts == 2


def test_saf_42_an_exception_in_the_core_or_the_link_is_off_too(running: Device) -> None:
    # A telemetry frame asks the board for nothing: break the core's own state instead.
    firmware = running.power.firmware_module("massager.core.techniques")
    firmware.amplitude_pm = None
    running.run_ms(100)
    assert running.is_off()
    assert running.power.starts == 2
    assert running.status()["state"] == "idle"


def test_saf_42_no_collection_comes_unasked_while_anything_runs(device: Device) -> None:
    device.run_ms(1000)
    assert device.chip.may_collect
    device.start_confirmed()
    assert not device.chip.may_collect
    collections = device.chip.collections
    device.run_ms(5000)
    assert not device.chip.may_collect
    assert device.chip.collections >= collections + 4
    device.press("stop")
    device.run_ms(100)
    assert device.chip.may_collect


def test_saf_52_a_collection_is_put_off_by_one_long_tick_and_no_more(running: Device) -> None:
    chip, clock = running.chip, running.clock
    before = chip.collections
    running.run_ms(3000)
    often = chip.collections - before
    assert often >= 2
    chip.on_feed = lambda: clock.advance(9000)  # every tick is a long one
    before = chip.collections
    running.run_ms(3000)
    assert often - 1 <= chip.collections - before <= often + 1
    assert running.watch.state() == "running"


def test_saf_40_the_watchdog_is_fed_at_one_place_after_the_outputs_are_set() -> None:
    sources = {path: path.read_text() for path in (ROOT / "firmware").rglob("*.py")}
    feeds = [(path.name, text.index(".feed()")) for path, text in sources.items() for _ in range(text.count(".feed()"))]
    ((name, at),) = feeds
    text = sources[ROOT / "firmware/massager/device/app.py"]
    assert name == "app.py"
    assert text.index(".step(now_ms, self._inputs, self._outputs)") < text.index(".apply(self._outputs)") < at


def test_saf_40_a_hang_is_bitten_after_2_s_and_stays_off(running: Device) -> None:
    began_us = running.clock.now_us
    bitten: list[int] = []
    before = running.chip.before_reset

    def note() -> None:
        bitten.append(running.clock.now_us - began_us)
        before()

    def hang() -> int:
        running.chip.adc[running.board.PIN_SKIN_NTC] = read
        while True:
            running.clock.advance(1000)

    read = running.chip.adc[running.board.PIN_SKIN_NTC]
    running.chip.before_reset = note
    running.chip.adc[running.board.PIN_SKIN_NTC] = hang
    running.run_ms(5000)
    assert len(bitten) == 1
    assert 1_980_000 <= bitten[0] <= 2_040_000
    assert running.is_off()
    assert running.status()["state"] == "idle"
    assert running.result("hello")["reset"] == "watchdog"


def test_saf_41_the_enable_holds_while_the_loop_runs_and_lets_go_when_it_hangs(running: Device) -> None:
    plant = running.plant
    assert plant.pump.is_on(running.clock.now_us)
    let_go: list[int] = []

    def hang() -> int:
        running.chip.adc[running.board.PIN_SKIN_NTC] = read
        hung_us = running.clock.now_us
        while plant.pump.is_on(running.clock.now_us):
            running.clock.advance(1000)
        let_go.append(running.clock.now_us - hung_us)
        return read()

    read = running.chip.adc[running.board.PIN_SKIN_NTC]
    running.chip.adc[running.board.PIN_SKIN_NTC] = hang
    running.run_ms(1000)
    assert 40_000 <= let_go[0] <= 400_000


def test_saf_41_the_alive_pin_stands_still_unless_a_session_runs(device: Device) -> None:
    edges: list[int] = []
    listen = device.chip.listen[device.board.PIN_ALIVE]
    device.chip.listen[device.board.PIN_ALIVE] = lambda: (edges.append(device.clock.now_us), listen())
    device.run_ms(5000)
    assert not edges
    device.start_confirmed()
    device.run_ms(1000)  # written down and proved by then
    edges.clear()
    device.run_ms(2000)
    assert len(edges) == 100
    device.result("pause")
    edges.clear()
    device.run_ms(2000)
    assert not edges


def test_a_tick_that_takes_too_long_does_not_shift_the_ones_after_it(device: Device) -> None:
    device.run_ms(1000)
    feeds = device.chip.feeds
    device.clock.at(device.clock.now_us + 1000, lambda: device.clock.advance(90_000))
    device.run_ms(2000)
    assert 94 <= device.chip.feeds - feeds <= 97
