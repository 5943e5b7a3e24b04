"""Whether pad, roller and caps are ones that the safety case covers, by the figures in the board file."""

from collections.abc import Iterator
from typing import Any

from kneesim import plants
from kneesim.boards.finding import Finding
from massager.core import limits, self_tests, zones

_LEAST_SQUARE_CM_PER_MW = 1000 / limits.SURFACE_UW_SQ_MM / 100
_SMALL_INT = 1 << 30  # MicroPython keeps integers below it without allocating
_CODES = 65535
_BITS = {"_ROLLER": zones.ROLLER, "_INNER": zones.INNER, "_OUTER": zones.OUTER}

_COVERED = (
    ("PAD_MW", "mW", *plants.RANGES["PAD_MW"]),
    ("PAD_MJ_K", "mJ/K", *plants.RANGES["PAD_MJ_K"]),
    ("PAD_MM2", "mm2", *plants.PAD_MM2),
    ("ROLLER_STALL_MA", "mA", *plants.RANGES["ROLLER_STALL_MA"]),
)


def check(board: Any) -> Iterator[Finding]:
    """Yield what is wrong with pad, roller and caps."""
    yield from _covered(board)
    yield from _pad(board)
    yield from _roller(board)
    yield from _caps(board)
    yield from _zones(board)


def _covered(board: Any) -> Iterator[Finding]:
    for name, unit, least, most in _COVERED:
        value = getattr(board, name)
        if not least <= value <= most:
            words = (
                f"{name}: {value} {unit} is out of {least:g} to {most:g}, where the device was tried on every plant: no"
                " limit is known to hold there. Fit a part within, or mend the figure."
            )
            yield Finding("covered", name, words)


def _pad(board: Any) -> Iterator[Finding]:
    if self_tests.is_pad_too_strong(board.PAD_MW, board.PAD_MM2):
        w_cm2 = board.PAD_MW / 10 / board.PAD_MM2
        words = (
            f"PAD_MW, PAD_MM2: {w_cm2:.3f} W/cm2 is more than the {limits.SURFACE_UW_SQ_MM / 10_000:g} that skin of"
            " little blood flow carries off (SAF-19): it can burn, and the firmware would not heat. Fit a larger or a"
            f" weaker pad: {board.PAD_MW} mW need {board.PAD_MW * _LEAST_SQUARE_CM_PER_MW:.0f} cm2."
        )
        yield Finding("SAF-19", "PAD_MW", words)


def _roller(board: Any) -> Iterator[Finding]:
    if self_tests.is_roller_too_strong(board.ROLLER_LIMIT_MA, board.ROLLER_NMM_A, board.ROLLER_LEVER_MM):
        newton = board.ROLLER_LIMIT_MA * board.ROLLER_NMM_A / board.ROLLER_LEVER_MM / 1000
        words = (
            "ROLLER_LIMIT_MA, ROLLER_NMM_A, ROLLER_LEVER_MM: up to the driver's limit the roller presses with"
            f" {newton:.0f} N, more than the {limits.PINCH_MN // 1000} that a held limb may feel (SAF-36); the firmware"
            " would let it stand. Limit the current further, or fit a weaker motor."
        )
        yield Finding("SAF-36", "ROLLER_LIMIT_MA", words)
    if board.ROLLER_STALL_MA * 1050 > board.ROLLER_LIMIT_MA * limits.OVER_CURRENT_PM:
        words = (
            f"ROLLER_STALL_MA: {board.ROLLER_STALL_MA} mA of a held motor at the highest supply are over-current by a"
            f" limit of {board.ROLLER_LIMIT_MA} mA, so a held roller would stop on the limb instead of turning back"
            " (SAF-32). Raise the driver's limit, or fit a weaker motor."
        )
        yield Finding("SAF-32", "ROLLER_STALL_MA", words)
    full_ma = board.ROLLER_CURRENT_FULL_MA
    if full_ma * 100 < board.ROLLER_LIMIT_MA * 105:
        words = (
            f"ROLLER_CURRENT_FULL_MA: {full_ma} mA is below the driver's limit of {board.ROLLER_LIMIT_MA} mA and 5 %,"
            " so over-current could not be measured (SAF-32). Make the resistor of the current sense smaller."
        )
        yield Finding("SAF-32", "ROLLER_CURRENT_FULL_MA", words)
    if _CODES * full_ma >= _SMALL_INT:
        words = (
            f"ROLLER_CURRENT_FULL_MA: {full_ma} mA times a code of 16 bits is no small integer on a chip, so each tick"
            f" would take memory. {_SMALL_INT // _CODES - 1} mA is the most."
        )
        yield Finding("small", "ROLLER_CURRENT_FULL_MA", words)


def _caps(board: Any) -> Iterator[Finding]:
    for name in ("ROLLER_CAP_PM", "INNER_CAP_PM", "OUTER_CAP_PM"):
        if not 0 < getattr(board, name) <= 1000:
            words = f"{name}: {getattr(board, name)} is no share of full drive, which is 1 to 1000 per mille (SAF-33)."
            yield Finding("SAF-33", name, words)


def _zones(board: Any) -> Iterator[Finding]:
    for name, bit in _BITS.items():
        if getattr(board, name, bit) != bit:
            words = f"{name}: the firmware knows it as {bit} (zones.py), and would move something else."
            yield Finding("SAF-33", name, words)
    for zone, actuators in zip(zones.NAMES, board.ZONE_ACTUATORS, strict=True):
        if not 0 <= actuators <= sum(_BITS.values()):
            words = (
                f"ZONE_ACTUATORS: {actuators} for the {zone} is no sum of roller {zones.ROLLER}, inner {zones.INNER}"
            )
            yield Finding("SAF-33", "ZONE_ACTUATORS", f"{words} and outer {zones.OUTER}.")
    if board.ZONE_ACTUATORS[zones.HOLLOW]:
        words = (
            "ZONE_ACTUATORS: something reaches the hollow of the knee, where vessels and nerves lie bare: nothing may"
            " (SAF-33). Its place, the last, is 0."
        )
        yield Finding("SAF-33", "ZONE_ACTUATORS", words)
