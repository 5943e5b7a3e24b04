"""Which facts a board file holds, and of what type: all that the firmware asks for, and nothing else."""

import difflib
from collections.abc import Iterator
from typing import Any

from kneesim.boards.finding import Finding
from kneesim.chips import KINDS
from massager.core import zones

FEATURES = ("roller", "sides", "heat", "lamps", "buzzer", "rtc", "infrared")
READ_BACKS = ("PIN_HEATER_SENSE", "PIN_INFRARED_SENSE")
TABLE_POINTS = 65

PINS = (
    "PIN_ROLLER_IN1",
    "PIN_ROLLER_IN2",
    "PIN_INNER",
    "PIN_OUTER",
    "PIN_HEATER",
    "PIN_INFRARED",
    "PIN_ALIVE",
    "PIN_STRIP",
    "PIN_BUZZER",
    *READ_BACKS,
    "PIN_RAIL_GOOD",
    "PIN_RTC_SDA",
    "PIN_RTC_SCL",
    "PIN_STOP",
    "PIN_MODE",
    "PIN_STRENGTH",
    "PIN_HEAT",
    "PIN_SKIN_NTC",
    "PIN_PAD_NTC",
    "PIN_ROLLER_CURRENT",
)
ABOVE_ZERO = (
    "MOTOR_PWM_HZ",
    "ADC_REFERENCE_MV",
    "ROLLER_CURRENT_FULL_MA",
    "PAD_MW",
    "PAD_MJ_K",
    "PAD_MM2",
    "ROLLER_STALL_MA",
    "ROLLER_LIMIT_MA",
    "ROLLER_NMM_A",
    "ROLLER_LEVER_MM",
    "SKIN_NTC_PULL_UP_OHM",
    "PAD_NTC_PULL_UP_OHM",
)
NUMBERS = (*PINS, *ABOVE_ZERO, "SCRATCH_AT", "RTC_I2C", "ROLLER_CAP_PM", "INNER_CAP_PM", "OUTER_CAP_PM")
WORDS = ("NAME", "CHIP")
TRUTHS = ("ADC_READS_UV",)
# How many numbers each holds, 0 for as many as there are.
ROWS = {
    "OUTPUT_PINS": 0,
    "ZONE_ACTUATORS": len(zones.NAMES),
    "SKIN_NTC_MC": TABLE_POINTS,
    "PAD_NTC_MC": TABLE_POINTS,
}
NAMES = (*WORDS, "FEATURES", *NUMBERS, *TRUTHS, *ROWS)


def check(facts: dict[str, Any]) -> Iterator[Finding]:
    """Yield each fact that is missing, unknown or of the wrong type, and a chip or a part that nobody knows."""
    yield from _names(facts)
    for name, value in facts.items():
        wanted = _wanted(name, value)
        if wanted:
            yield Finding("type", name, f"{name} has to be {wanted}, or the firmware fails while it starts.")
    chip, features = facts.get("CHIP"), facts.get("FEATURES")
    if isinstance(chip, str) and chip not in KINDS:
        words = (
            f"CHIP: nothing is known of a chip {chip!r}, so nothing of it can be checked. Known: {', '.join(KINDS)}."
        )
        yield Finding("chip", "CHIP", words)
    if isinstance(features, tuple):
        yield from _features(features)


def _names(facts: dict[str, Any]) -> Iterator[Finding]:
    for name in NAMES:
        if name in facts:
            continue
        if name in READ_BACKS:
            yield no_read_back(name)
        else:
            words = (
                f"{name} is missing, and the firmware needs it: take it from the board file that yours is made from."
            )
            yield Finding("name", name, words)
    for name in facts:
        if name in NAMES or name.startswith("_"):
            continue
        alike = difflib.get_close_matches(name, NAMES, 1)
        advice = f"Is it {alike[0]}?" if alike else "Take it out, or begin it with _ if it is a help of your own."
        yield Finding("name", name, f"{name} is no fact that the firmware knows, so it would go unheard. {advice}")


def _wanted(name: str, value: Any) -> str:
    """Return in words what a fact has to be, "" if it is that."""
    if name in NUMBERS and type(value) is not int:
        return "a whole number"
    if name in ABOVE_ZERO and value <= 0:
        return "above 0"
    if name in WORDS and (type(value) is not str or not value):
        return 'a word in ""'
    if name in TRUTHS and type(value) is not bool:
        return "True or False"
    if name == "FEATURES" and not _is_row(value, str):
        return 'a tuple of words, as in ("heat", "lamps"), with a comma behind a single one'
    if name in ROWS:
        if not _is_row(value, int):
            return "a tuple of whole numbers"
        if ROWS[name] and len(value) != ROWS[name]:
            return f"{ROWS[name]} numbers, not {len(value)}"
    return ""


def _is_row(value: Any, kind: type) -> bool:
    return isinstance(value, tuple) and all(type(part) is kind for part in value)


def _features(features: tuple[Any, ...]) -> Iterator[Finding]:
    for part in dict.fromkeys(features):
        if part not in FEATURES:
            yield Finding("features", "FEATURES", f"FEATURES: there is no part {part!r}. Known: {', '.join(FEATURES)}.")
        elif features.count(part) > 1:
            yield Finding("features", "FEATURES", f"FEATURES names {part} twice: take one out.")


def no_read_back(name: str) -> Finding:
    """Return what is wrong with a switch of a source of heat that nothing reads back."""
    what = "the pad's" if name == READ_BACKS[0] else "the lamp's"
    words = (
        f"{name}: {what} switch is not read back, so one that is welded shut would heat without anybody's notice"
        " (SAF-11). Wire the low side through its divider to a pin, and name that here."
    )
    return Finding("read-back", name, words)
