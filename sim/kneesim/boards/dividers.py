"""Whether the converter is the chip's, and the two NTC dividers show right temperatures, or that they are broken."""

import runpy
from collections.abc import Iterator
from typing import Any

from kneesim.boards.finding import Finding
from kneesim.chips import ChipKind
from kneesim.engines import ROOT
from kneesim.thermistor import FULL_SCALE, Divider
from massager.core import limits, sensors

table = runpy.run_path(str(ROOT / "boards" / "ntc_table.py"))["table"]

_APART_PART = 20  # a twentieth
_REFERENCE_MV = (3135, 3465)  # 3.3 V within 5 %
_NOTE_C = 40.0
_CONTROL_C = (35.0, 45.0)  # where heat is controlled and cut off
_SKIN_MC = range(20_000, 50_000, 50)
_READ_LOW_MC, _READ_HIGH_MC = -20, 100  # what straight lines between a table's points may make of it
_END_CODES = 16 * 8  # how far from its ends a converter of codes may read what is short or open
_BEYOND_MC = 10_000


def check(board: Any, kind: ChipKind) -> Iterator[Finding]:
    """Yield what is wrong with the converter and the dividers."""
    yield from _converter(board, kind)
    ohms = (board.SKIN_NTC_PULL_UP_OHM, board.PAD_NTC_PULL_UP_OHM)
    if abs(ohms[0] - ohms[1]) * _APART_PART < ohms[0]:
        words = (
            f"SKIN_NTC_PULL_UP_OHM, PAD_NTC_PULL_UP_OHM: {ohms[0]} and {ohms[1]} ohm are too near, so a multiplexer"
            " that is stuck at one sensor would pass for both. Keep them 5 % apart at least."
        )
        yield Finding("pull-ups", "SKIN_NTC_PULL_UP_OHM", words)
    for sensor, ohm in zip(("SKIN", "PAD"), ohms, strict=True):
        yield from _divider(board, kind, f"{sensor}_NTC_PULL_UP_OHM", ohm)
        if list(getattr(board, f"{sensor}_NTC_MC")) != table(ohm):
            words = (
                f"{sensor}_NTC_MC is not the table of {sensor}_NTC_PULL_UP_OHM, so the device would heat by wrong"
                f" temperatures. Make it anew: python boards/ntc_table.py {ohm}"
            )
            yield Finding("table", f"{sensor}_NTC_MC", words)


def notes(board: Any, kind: ChipKind) -> Iterator[str]:
    """Yield what is not unsafe, but has to be known before anybody is warmed by such a device."""
    if not kind.adc_error_mv:
        return
    ohm = min(board.SKIN_NTC_PULL_UP_OHM, board.PAD_NTC_PULL_UP_OHM)
    divider = Divider(ohm)
    codes_c = divider.exact_code(_NOTE_C - 0.5) - divider.exact_code(_NOTE_C + 0.5)
    off_c = kind.adc_error_mv / (codes_c * board.ADC_REFERENCE_MV / FULL_SCALE)
    yield (
        f"The converter of an {kind.name} may be {kind.adc_error_mv} mV off by its data sheet, which is"
        f" {off_c:.1f} degrees at {_NOTE_C:g} in both sensors at once. No heat before both were calibrated at that"
        f" (kneectl calibrate); a chip that is more than {limits.CALIBRATION_MOST_MC / 1000:g} degrees off is unfit."
    )


def _converter(board: Any, kind: ChipKind) -> Iterator[Finding]:
    if kind.reads_uv != board.ADC_READS_UV:
        words = f"ADC_READS_UV: it is {kind.reads_uv} for an {kind.name}, and every temperature would be wrong."
        yield Finding("chip", "ADC_READS_UV", words)
    if kind.scratch_at != board.SCRATCH_AT:
        words = (
            f"SCRATCH_AT: it is {kind.scratch_at:#x} on an {kind.name}; what stands at {board.SCRATCH_AT:#x} is"
            " something else, and would be written to (SAF-44)."
        )
        yield Finding("chip", "SCRATCH_AT", words)
    if not _REFERENCE_MV[0] <= board.ADC_REFERENCE_MV <= _REFERENCE_MV[1]:
        words = (
            f"ADC_REFERENCE_MV: the dividers hang on 3.3 V, and {board.ADC_REFERENCE_MV} mV is not within 5 % of it:"
            " every temperature would be wrong."
        )
        yield Finding("reference", "ADC_REFERENCE_MV", words)


def _divider(board: Any, kind: ChipKind, name: str, ohm: int) -> Iterator[Finding]:
    divider, points = Divider(ohm), table(ohm)
    errors = [sensors.table_mc(points, int(divider.exact_code(mc / 1000))) - mc for mc in _SKIN_MC]
    if min(errors) < _READ_LOW_MC or max(errors) > _READ_HIGH_MC:
        words = (
            f"{name}: with {ohm} ohm a table of {len(points)} points is up to {max(map(abs, errors))} millidegrees off"
            " where skin is. Take one near the sensor's own ohms: 4 to 30 k."
        )
        yield Finding("coarse", name, words)
    codes = [divider.exact_code(temp_c) / 16 for temp_c in reversed(_CONTROL_C)]
    for step in kind.adc_steps:
        if codes[0] <= step <= codes[1]:
            words = (
                f"{name}: with {ohm} ohm the step of an {kind.name}'s ADC at code {step} lies between {_CONTROL_C[0]:g}"
                f" and {_CONTROL_C[1]:g} degrees, where the control would see a jump. Take 4700 or 5100 ohm."
            )
            yield Finding("steps", name, words)
    if kind.reads_uv:
        yield from _straight(board, kind, name, divider)
    short, open_ = _END_CODES, int(FULL_SCALE) - _END_CODES
    if kind.reads_uv:
        short, open_ = (mv * int(FULL_SCALE) // board.ADC_REFERENCE_MV for mv in kind.adc_worst_mv)
    is_open_seen = sensors.table_mc(points, open_) < limits.SENSOR_LOW_MC - _BEYOND_MC
    if not is_open_seen or sensors.table_mc(points, short) <= limits.SENSOR_HIGH_MC + _BEYOND_MC:
        words = (
            f"{name}: with {ohm} ohm a sensor that is open or short may read as a temperature that there is, so heat"
            " would go on without one (SAF-05). Take one near the sensor's own ohms."
        )
        yield Finding("SAF-05", name, words)


def _straight(board: Any, kind: ChipKind, name: str, divider: Divider) -> Iterator[Finding]:
    ends_mc = (limits.SENSOR_HIGH_MC, limits.SENSOR_LOW_MC)
    mv = [divider.exact_code(mc / 1000) * board.ADC_REFERENCE_MV / FULL_SCALE for mc in ends_mc]
    least_mv, most_mv = kind.adc_straight_mv
    if not least_mv < mv[0] < mv[1] < most_mv:
        words = (
            f"{name}: with {divider.pullup_ohm:g} ohm the band of {limits.SENSOR_LOW_MC // 1000} to"
            f" {limits.SENSOR_HIGH_MC // 1000} degrees is {mv[1]:.0f} to {mv[0]:.0f} mV, and an {kind.name}'s ADC is"
            f" straight from {least_mv} to {most_mv} alone. Take 22000 or 24000 ohm."
        )
        yield Finding("straight", name, words)
