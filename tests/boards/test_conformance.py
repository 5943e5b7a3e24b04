"""Every board file is safe by every rule, and a device that carries it does what it should."""

import ast
import runpy
import sys
from types import ModuleType, SimpleNamespace

import pytest

from board_texts import changed, refusals, text_of
from kneesim import plant
from kneesim.boards import check, shape
from kneesim.chips import ESP32, KINDS
from kneesim.engines import ROOT
from kneesim.inprocess import Device
from kneesim.noise import Noise
from massager.core import limits

SMALL_INT = 1 << 30  # MicroPython keeps integers below it without allocating


def test_every_rule_holds(board_name: str) -> None:
    report = check.report(check.find(board_name))
    assert not report.lines()
    assert report.facts["NAME"] == board_name


def test_every_fact_that_the_firmware_asks_for_is_checked() -> None:
    asked = {
        node.attr
        for path in (ROOT / "firmware").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("board", "self._board")
    }
    assert "PIN_HEATER_SENSE" in asked
    assert not asked - set(shape.NAMES)


def test_the_type_check_knows_what_the_board_says(board: ModuleType) -> None:
    ini = (ROOT / "boards" / board.NAME / "mypy.ini").read_text()
    for name in ("ADC_READS_UV", "SCRATCH_AT"):
        assert f"\nalways_{str(bool(getattr(board, name))).lower()} = {name}\n" in ini


def test_output_pins_are_what_the_firmware_drives(device: Device) -> None:
    out = KINDS[device.board.CHIP].pin_modes[1]
    driven: list[int] = []
    make_pin = device.chip.make_pin

    def note(number: int, mode: int, pull: int, value: int | None) -> None:
        if mode == out:
            driven.append(number)
        make_pin(number, mode, pull, value)

    device.chip.make_pin = note
    device.run_ms(100)
    assert sorted(driven) == sorted(device.board.OUTPUT_PINS * 2)  # by boot.py, then by whoever uses them


def test_saf_19_a_pad_that_is_too_strong_for_its_area_is_refused(board_name: str) -> None:
    text = text_of(board_name)
    assert refusals(changed(text, PAD_MW="8000", PAD_MM2="16000")) == set()
    assert refusals(changed(text, PAD_MW="8001", PAD_MM2="16000")) == {"SAF-19"}


def test_saf_36_a_roller_that_could_press_with_more_than_65_n_is_refused(board_name: str) -> None:
    text = text_of(board_name)
    assert refusals(changed(text, ROLLER_LIMIT_MA="1200", ROLLER_NMM_A="650", ROLLER_LEVER_MM="12")) == set()
    assert refusals(changed(text, ROLLER_LIMIT_MA="1200", ROLLER_NMM_A="651", ROLLER_LEVER_MM="12")) == {"SAF-36"}


def test_saf_32_the_limit_is_above_what_the_motor_takes_and_below_what_can_be_measured(board_name: str) -> None:
    # A motor held at the highest supply stays below what is over-current, or a stall would get no turn back.
    text = text_of(board_name)
    limit_ma, full_ma = 1200, 1260
    stall_ma = limit_ma * limits.OVER_CURRENT_PM // 1050
    facts = {"ROLLER_LIMIT_MA": str(limit_ma), "ROLLER_STALL_MA": str(stall_ma), "ROLLER_CURRENT_FULL_MA": str(full_ma)}
    assert refusals(changed(text, **facts)) == set()
    assert refusals(changed(text, **{**facts, "ROLLER_STALL_MA": str(stall_ma + 1)})) == {"SAF-32"}
    assert refusals(changed(text, **{**facts, "ROLLER_CURRENT_FULL_MA": str(full_ma - 1)})) == {"SAF-32"}


def test_saf_33_nothing_reaches_the_hollow_of_the_knee_and_caps_are_caps(board_name: str) -> None:
    text = text_of(board_name)
    assert refusals(changed(text, ZONE_ACTUATORS="(1, 6, 1, 0, 1)")) == {"SAF-33"}
    assert refusals(changed(text, OUTER_CAP_PM="1001")) == {"SAF-33"}


def test_saf_44_what_outlives_a_reset_is_where_the_chip_keeps_it(board_name: str) -> None:
    assert refusals(changed(text_of(board_name), SCRATCH_AT="0x40058010")) == {"chip"}


def test_a_session_runs_and_heats(device: Device) -> None:
    device.start_confirmed(strength=5)
    device.result("set", heat="medium")
    device.run_ms(240_000)
    status = device.status()
    assert status["state"] == "running"
    assert abs(status["skin_mc"] - limits.SKIN_SET_MC[limits.HEAT_MEDIUM]) < 1000
    assert abs(status["skin_mc"] / 1000 - device.plant.heat.skin_c) < 0.5
    turned = []
    for _ in range(30):  # a program's pause is shorter
        device.run_ms(100)
        turned.append(device.levels()["roller"] or device.levels()["inner"])
    assert any(turned)
    device.press("stop")
    assert device.is_off()


@pytest.mark.parametrize("sensor", ["skin_ntc", "pad_ntc"])
@pytest.mark.parametrize("how", ["open", "short"])
def test_saf_05_a_broken_sensor_trips_within_100_ms(device: Device, sensor: str, how: str) -> None:
    device.start_confirmed(strength=5)
    device.result("set", heat="medium")
    device.run_ms(30_000)
    assert not device.is_off()
    device.plant.do(f"{sensor} {how}")
    device.run_ms(100)
    assert device.is_off()
    assert device.status()["state"] == "fault"


def test_saf_41_a_hang_ends_without_current_even_where_a_reset_keeps_the_outputs(device: Device) -> None:
    device.start_confirmed(strength=5)
    device.result("set", heat="medium")
    device.run_ms(123_000)
    pin = device.board.PIN_SKIN_NTC
    read = device.chip.adc[pin]

    def hang() -> int:
        device.chip.adc[pin] = read
        while True:
            device.clock.advance(1000)

    before = device.levels()
    device.chip.adc[pin] = hang
    device.run_ms(2100)
    assert not device.plant.pump.is_on(device.clock.now_us)
    is_kept = bool(KINDS[device.board.CHIP].keeps_outputs_ms)
    assert is_kept == (device.levels() == before)  # the first start after the bite is still to come
    device.run_ms(1000)
    assert device.power.starts == 2
    assert device.is_off()
    assert device.result("hello")["reset"] == "watchdog"


@pytest.mark.parametrize("mv", [0, 1, 142, 1000, 1649, 1650, 2450, 3134, 3299, 3300, 4095])
def test_microvolts_become_codes_of_the_reference(monkeypatch: pytest.MonkeyPatch, mv: int) -> None:
    class Adc:
        ATTN_11DB = 3

        def __init__(self, pin: int, atten: int) -> None:
            assert (pin, atten) == (34, 3)

        def read_uv(self) -> int:
            return mv * 1000

    monkeypatch.setitem(sys.modules, "machine", SimpleNamespace(ADC=Adc, Pin=int))
    analog = runpy.run_path(str(ROOT / "firmware/massager/device/analog.py"))
    part = analog["AnalogIn"](34, SimpleNamespace(ADC_READS_UV=True, ADC_REFERENCE_MV=3300))
    assert part.read() == min(mv * 65535 // 3300, 65535)
    assert mv * 1000 // analog["_UNIT_UV"] * 65535 < SMALL_INT


def test_simulated_microvolts_are_whole_millivolts_between_the_ends() -> None:
    adc = plant.AdcMicrovolts(Noise(1), 3300, ESP32.adc_ends_mv)
    assert adc.read(0.0) == 142_000
    assert adc.read(65535.0) == 3_134_000
    readings = [adc.read(65535 / 3.3) for _ in range(200)]
    assert all(reading % 1000 == 0 and abs(reading - 1_000_000) <= 7000 for reading in readings)
    assert len(set(readings)) > 3
