"""The board file's facts: tables as the script makes them, pins that can do what is asked of them, sane caps."""

import runpy

import pytest

from kneesim.inprocess import Device
from kneesim.launch import ROOT
from kneesim.thermistor import Divider
from massager.core import limits, sensors, zones

SCRIPT = runpy.run_path(str(ROOT / "boards/ntc_table.py"))
ADC_PINS = {26, 27, 28}
ADC_STEPS = (512, 1536, 2560, 3584)


@pytest.fixture
def board(device: Device):
    return device.board


def test_tables_are_what_the_script_makes(board) -> None:
    assert list(board.SKIN_NTC_MC) == SCRIPT["table"](board.SKIN_NTC_PULL_UP_OHM)
    assert list(board.PAD_NTC_MC) == SCRIPT["table"](board.PAD_NTC_PULL_UP_OHM)


def test_tables_fall_all_the_way(board) -> None:
    for table in (board.SKIN_NTC_MC, board.PAD_NTC_MC):
        assert len(table) == 65
        assert list(table) == sorted(table, reverse=True)


def test_reading_a_table_is_right_to_20_millidegrees_where_skin_is(board) -> None:
    for table, ohm in (
        (board.SKIN_NTC_MC, board.SKIN_NTC_PULL_UP_OHM),
        (board.PAD_NTC_MC, board.PAD_NTC_PULL_UP_OHM),
    ):
        divider = Divider(ohm)
        errors = [
            abs(sensors.table_mc(table, int(divider.exact_code(mc / 1000))) - mc) for mc in range(20000, 50000, 50)
        ]
        assert max(errors) <= 20


def test_the_adcs_steps_lie_outside_35_to_45_degrees(board) -> None:
    for ohm in (board.SKIN_NTC_PULL_UP_OHM, board.PAD_NTC_PULL_UP_OHM):
        codes = [Divider(ohm).exact_code(temp_c) / 16 for temp_c in (35, 45)]
        assert not [step for step in ADC_STEPS if min(codes) <= step <= max(codes)]


def test_saf_05_open_and_short_are_far_outside_the_band(board) -> None:
    for table in (board.SKIN_NTC_MC, board.PAD_NTC_MC):
        assert sensors.table_mc(table, 65535 - 16 * 8) < limits.SENSOR_LOW_MC - 10_000
        assert sensors.table_mc(table, 16 * 8) > limits.SENSOR_HIGH_MC + 10_000


def test_every_pin_has_one_use_and_can_do_it(board) -> None:
    pins = {name: getattr(board, name) for name in dir(board) if name.startswith("PIN_")}
    assert len(set(pins.values())) == len(pins)
    assert all(0 <= number <= 28 and number not in (23, 24, 25) for number in pins.values())
    analog = {pins[name] for name in ("PIN_SKIN_NTC", "PIN_PAD_NTC", "PIN_ROLLER_CURRENT")}
    assert analog == ADC_PINS


def test_saf_33_nothing_reaches_the_hollow_of_the_knee_and_caps_are_caps(board) -> None:
    assert len(board.ZONE_ACTUATORS) == len(zones.NAMES)
    assert board.ZONE_ACTUATORS[zones.HOLLOW] == 0
    assert (board._ROLLER, board._INNER, board._OUTER) == (zones.ROLLER, zones.INNER, zones.OUTER)
    assert all(0 < cap <= 1000 for cap in (board.ROLLER_CAP_PM, board.INNER_CAP_PM, board.OUTER_CAP_PM))


def test_products_of_codes_stay_small_integers_of_31_bits(board) -> None:
    assert 65535 * board.ROLLER_CURRENT_FULL_MA < 1 << 30
    steepest = max(a - b for a, b in zip(board.SKIN_NTC_MC, board.SKIN_NTC_MC[1:], strict=False))
    assert steepest * 1023 < 1 << 30
