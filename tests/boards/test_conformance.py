"""Every board file has the same names, and facts that are possible, safe and as the scripts make them."""

import ast
import itertools
import runpy
import sys
from types import ModuleType, SimpleNamespace

import pytest

from kneesim import plant
from kneesim.chips import KINDS
from kneesim.engines import ROOT
from kneesim.inprocess import Device
from kneesim.noise import Noise
from kneesim.power import load_board
from kneesim.thermistor import Divider
from massager.core import limits, self_tests, sensors, zones

SCRIPT = runpy.run_path(str(ROOT / "boards/ntc_table.py"))
FEATURES = {"roller", "sides", "heat", "lamps", "buzzer", "rtc"}
SMALL_INT = 1 << 30  # MicroPython keeps integers below it without allocating

RP2040_STEPS = (512, 1536, 2560, 3584)  # where its 12-bit codes jump (erratum E11)
ESP32_STRAIGHT_MV = (150, 2450)  # where its data sheet says that it is straight at 11 dB
ESP32_ENDS_MV = (142, 3060)  # the lowest and the highest that the worst chip's calibration gives


def _names(board: ModuleType) -> dict[str, type]:
    return {name: type(value) for name, value in vars(board).items() if not name.startswith("__")}


def _tables(board: ModuleType) -> list[tuple[tuple[int, ...], int]]:
    return [(board.SKIN_NTC_MC, board.SKIN_NTC_PULL_UP_OHM), (board.PAD_NTC_MC, board.PAD_NTC_PULL_UP_OHM)]


def _pins(board: ModuleType) -> dict[str, int]:
    """Return all pins but those of a clock that the board has no pins for."""
    is_absent = "rtc" not in board.FEATURES and board.PIN_RTC_SDA == board.PIN_RTC_SCL == -1
    skipped = ("PIN_RTC_SDA", "PIN_RTC_SCL") if is_absent else ()
    return {name: value for name, value in vars(board).items() if name.startswith("PIN_") and name not in skipped}


def test_names_and_types_are_those_of_the_pico(board: ModuleType, board_name: str) -> None:
    assert board_name == board.NAME
    pico = load_board(str(ROOT / "boards/pico"), str(ROOT / "firmware"))
    assert _names(board) == _names(pico)
    for name, value in vars(pico).items():
        if isinstance(value, tuple) and name != "FEATURES":
            assert len(getattr(board, name)) == len(value), name


def test_every_fact_that_the_firmware_asks_for_is_there(board: ModuleType) -> None:
    asked = {
        node.attr
        for path in (ROOT / "firmware").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("board", "self._board")
    }
    assert "PIN_HEATER" in asked
    assert not asked - set(_names(board))


def test_features_are_known_and_none_twice(board: ModuleType) -> None:
    assert set(board.FEATURES) <= FEATURES
    assert len(set(board.FEATURES)) == len(board.FEATURES)


def test_every_pin_has_one_use_and_can_do_it(board: ModuleType) -> None:
    pins = _pins(board)
    kind = KINDS[board.CHIP]
    assert len(set(pins.values())) == len(pins)
    assert all(0 <= number < kind.pins and number not in kind.unusable for number in pins.values())
    analog = {pins[name] for name in ("PIN_SKIN_NTC", "PIN_PAD_NTC", "PIN_ROLLER_CURRENT")}
    assert analog <= set(kind.adc_pins)
    contacts = {pins[name] for name in ("PIN_STOP", "PIN_MODE", "PIN_STRENGTH", "PIN_HEAT")}
    assert not (contacts | set(board.OUTPUT_PINS)) & set(kind.input_only)
    assert len(set(board.OUTPUT_PINS)) == len(board.OUTPUT_PINS)
    assert set(board.OUTPUT_PINS) <= set(pins.values()) - analog - contacts


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


def test_saf_19_the_pad_gives_no_more_than_skin_of_little_blood_flow_carries_off(board: ModuleType) -> None:
    w_cm2 = board.PAD_MW / 1000 / (board.PAD_MM2 / 100)
    assert w_cm2 <= 0.05
    assert not self_tests.is_pad_too_strong(board.PAD_MW, board.PAD_MM2)


def test_saf_36_the_roller_presses_with_no_more_than_65_n_up_to_its_driver_s_limit(board: ModuleType) -> None:
    newton = board.ROLLER_LIMIT_MA / 1000 * board.ROLLER_NMM_A / board.ROLLER_LEVER_MM
    assert newton <= 65
    assert not self_tests.is_roller_too_strong(board.ROLLER_LIMIT_MA, board.ROLLER_NMM_A, board.ROLLER_LEVER_MM)


def test_saf_32_the_limit_is_above_what_the_motor_takes_and_below_what_can_be_measured(board: ModuleType) -> None:
    # A motor held at the highest supply stays below what is over-current, or a stall would get no turn back.
    assert board.ROLLER_STALL_MA * 1.05 <= board.ROLLER_LIMIT_MA * limits.OVER_CURRENT_PM / 1000
    assert board.ROLLER_LIMIT_MA * 1.05 <= board.ROLLER_CURRENT_FULL_MA


def test_saf_44_what_outlives_a_reset_is_where_the_chip_keeps_it(board: ModuleType) -> None:
    assert KINDS[board.CHIP].keeps_in_watchdog == board.KEEPS_IN_WATCHDOG
    ini = (ROOT / "boards" / board.NAME / "mypy.ini").read_text()
    assert f"\nalways_{str(board.KEEPS_IN_WATCHDOG).lower()} = KEEPS_IN_WATCHDOG\n" in ini


def test_the_adc_is_read_as_the_chip_can(board: ModuleType) -> None:
    assert KINDS[board.CHIP].reads_uv == board.ADC_READS_UV
    ini = (ROOT / "boards" / board.NAME / "mypy.ini").read_text()
    assert f"\nalways_{str(board.ADC_READS_UV).lower()} = ADC_READS_UV\n" in ini


def test_tables_are_what_the_script_makes(board: ModuleType) -> None:
    for table, ohm in _tables(board):
        assert list(table) == SCRIPT["table"](ohm)


def test_tables_fall_all_the_way(board: ModuleType) -> None:
    for table, _ in _tables(board):
        assert len(table) == 65
        assert list(table) == sorted(table, reverse=True)


def test_reading_a_table_is_right_to_60_millidegrees_where_skin_is(board: ModuleType) -> None:
    for table, ohm in _tables(board):
        divider = Divider(ohm)
        errors = [sensors.table_mc(table, int(divider.exact_code(mc / 1000))) - mc for mc in range(20000, 50000, 50)]
        assert min(errors) >= -5  # straight lines between the points read too warm, if anything
        assert max(errors) <= 60


def test_pull_ups_differ_so_that_a_stuck_multiplexer_shows(board: ModuleType) -> None:
    assert abs(board.SKIN_NTC_PULL_UP_OHM - board.PAD_NTC_PULL_UP_OHM) * 20 >= board.SKIN_NTC_PULL_UP_OHM


def test_temperatures_fall_where_the_adc_is_good(board: ModuleType) -> None:
    for _, ohm in _tables(board):
        divider = Divider(ohm)
        if board.CHIP == "rp2040":
            codes = [divider.exact_code(temp_c) / 16 for temp_c in (35, 45)]
            assert not [step for step in RP2040_STEPS if min(codes) <= step <= max(codes)]
        else:
            low_mc, high_mc = limits.SENSOR_LOW_MC, limits.SENSOR_HIGH_MC
            mv = [divider.exact_code(mc / 1000) * board.ADC_REFERENCE_MV / 65535 for mc in (high_mc, low_mc)]
            assert ESP32_STRAIGHT_MV[0] < mv[0] < mv[1] < ESP32_STRAIGHT_MV[1]


def test_saf_05_open_and_short_are_far_outside_the_band(board: ModuleType) -> None:
    short, open_ = 16 * 8, 65535 - 16 * 8
    if board.ADC_READS_UV:
        short, open_ = (mv * 65535 // board.ADC_REFERENCE_MV for mv in ESP32_ENDS_MV)
    for table, _ in _tables(board):
        assert sensors.table_mc(table, open_) < limits.SENSOR_LOW_MC - 10_000
        assert sensors.table_mc(table, short) > limits.SENSOR_HIGH_MC + 10_000


def test_saf_33_nothing_reaches_the_hollow_of_the_knee_and_caps_are_caps(board: ModuleType) -> None:
    assert len(board.ZONE_ACTUATORS) == len(zones.NAMES)
    assert board.ZONE_ACTUATORS[zones.HOLLOW] == 0
    assert (board._ROLLER, board._INNER, board._OUTER) == (zones.ROLLER, zones.INNER, zones.OUTER)
    every = zones.ROLLER | zones.INNER | zones.OUTER
    assert all(0 <= actuators <= every for actuators in board.ZONE_ACTUATORS)
    assert all(0 < cap <= 1000 for cap in (board.ROLLER_CAP_PM, board.INNER_CAP_PM, board.OUTER_CAP_PM))


def test_products_of_codes_stay_small_integers_of_31_bits(board: ModuleType) -> None:
    assert 65535 * board.ROLLER_CURRENT_FULL_MA < SMALL_INT
    for table, _ in _tables(board):
        steepest = max(a - b for a, b in itertools.pairwise(table))
        assert steepest * 1023 < SMALL_INT
    assert board.ADC_REFERENCE_MV * 1000 < SMALL_INT


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
    adc = plant.AdcMicrovolts(Noise(1), 3300)
    assert adc.read(0.0) == 142_000
    assert adc.read(65535.0) == 3_134_000
    readings = [adc.read(65535 / 3.3) for _ in range(200)]
    assert all(reading % 1000 == 0 and abs(reading - 1_000_000) <= 7000 for reading in readings)
    assert len(set(readings)) > 3
