"""Whether each pin can do what it is for, does nothing at the start, and has no other use."""

from collections.abc import Iterator
from typing import Any

from kneesim.boards import shape
from kneesim.boards.finding import Finding
from kneesim.chips import ChipKind

MOTORS = ("PIN_ROLLER_IN1", "PIN_ROLLER_IN2", "PIN_INNER", "PIN_OUTER")
OUTPUTS = (*MOTORS, "PIN_HEATER", "PIN_INFRARED", "PIN_ALIVE", "PIN_STRIP", "PIN_BUZZER")
CONTACTS = ("PIN_STOP", "PIN_MODE", "PIN_STRENGTH", "PIN_HEAT")
ANALOG = ("PIN_SKIN_NTC", "PIN_PAD_NTC", "PIN_ROLLER_CURRENT")
CLOCK = ("PIN_RTC_SDA", "PIN_RTC_SCL")

# Below 20 kHz motors are heard, and the roller's current, which is read once a tick, would swing with each pulse. The
# upper end is an estimate: faster switching heats the switches, and nothing was reckoned there.
PWM_HZ = (20_000, 40_000)


def in_use(board: Any) -> dict[str, int]:
    """Return all pins but those of a clock that the board has no pins for, and of a read-back that is missing."""
    is_without = "rtc" not in board.FEATURES and board.PIN_RTC_SDA == board.PIN_RTC_SCL == -1
    skipped = [*(CLOCK if is_without else ()), *(name for name in shape.READ_BACKS if getattr(board, name) == -1)]
    return {name: getattr(board, name) for name in shape.PINS if name not in skipped}


def check(board: Any, kind: ChipKind) -> Iterator[Finding]:
    """Yield what is wrong with the pins."""
    for name in shape.READ_BACKS:
        if getattr(board, name) == -1:
            yield shape.no_read_back(name)
    yield from _each(board, kind)
    yield from _twice(board)
    yield from _outputs(board)
    yield from _pwm(board, kind)
    yield from _clock(board, kind)


def _each(board: Any, kind: ChipKind) -> Iterator[Finding]:
    for name, number in in_use(board).items():
        if not 0 <= number < kind.pins:
            words = f"{name}: an {kind.name} has pins 0 to {kind.pins - 1}, and no {number}."
            yield Finding("pin", name, words)
        elif number in kind.unusable:
            words = (
                f"{name}: pin {number} of an {kind.name} {kind.unusable[number]}, so it can be what nobody told it to"
                " be. Take another."
            )
            yield Finding("pin", name, words)
        elif name in ANALOG and number not in kind.adc_pins:
            free = ", ".join(str(pin) for pin in kind.adc_pins if pin not in kind.unusable)
            words = f"{name}: pin {number} has no ADC that always works. Those of an {kind.name} that have: {free}."
            yield Finding("analog", name, words)
        elif name in (*OUTPUTS, *CONTACTS, *CLOCK) and number in kind.input_only:
            lacks = "nothing to drive an output with" if name in OUTPUTS else "no pull-up"
            yield Finding("input-only", name, f"{name}: pin {number} is an input and has {lacks}. Take another.")
        elif number in kind.low_at_start and name not in shape.READ_BACKS:
            words = (
                f"{name}: pin {number} is a strap that has to be low when the chip starts. Only a read-back is sure to"
                " be: take another."
            )
            yield Finding("low-at-start", name, words)


def _twice(board: Any) -> Iterator[Finding]:
    first: dict[int, str] = {}
    for name, number in in_use(board).items():
        if number in first:
            words = f"{name}: pin {number} is {first[number]} already, and one would drive the other. Take another."
            yield Finding("twice", name, words)
        first.setdefault(number, name)


def _outputs(board: Any) -> Iterator[Finding]:
    driven = {getattr(board, name): name for name in OUTPUTS}
    for number, name in driven.items():
        if number not in board.OUTPUT_PINS:
            words = (
                f"OUTPUT_PINS lacks {name}, so boot.py would leave it as a crash or a reset has left it: on, perhaps"
                " (SAF-43). Put it in."
            )
            yield Finding("outputs", "OUTPUT_PINS", words)
    for number in dict.fromkeys(board.OUTPUT_PINS):
        if number not in driven:
            words = (
                f"OUTPUT_PINS holds {number}, which is no output: boot.py would drive it against its wire. Take it out."
            )
            yield Finding("outputs", "OUTPUT_PINS", words)
        elif board.OUTPUT_PINS.count(number) > 1:
            yield Finding("outputs", "OUTPUT_PINS", f"OUTPUT_PINS holds {driven[number]} twice: take one out.")


def _pwm(board: Any, kind: ChipKind) -> Iterator[Finding]:
    if not PWM_HZ[0] <= board.MOTOR_PWM_HZ <= PWM_HZ[1]:
        words = (
            f"MOTOR_PWM_HZ: {board.MOTOR_PWM_HZ} Hz is out of {PWM_HZ[0]} to {PWM_HZ[1]}. Below, the motor's current is"
            " read at any point of its pulse, and a held roller goes unnoticed (SAF-32); above, nothing was reckoned."
        )
        yield Finding("pwm", "MOTOR_PWM_HZ", words)
    if not kind.pwm_slices:
        return
    channels: dict[tuple[int, int], str] = {}
    for name in MOTORS:
        number = getattr(board, name)
        slice_ = kind.slice_of(number)
        other = channels.setdefault((slice_, number & 1), name)
        if other != name and getattr(board, other) != number:
            words = (
                f"{name}: pin {number} is the same channel of PWM slice {slice_} as {other}, so whatever drives one"
                " drives both. Take another."
            )
            yield Finding("pwm", name, words)
        if slice_ == kind.slice_of(board.PIN_BUZZER) and number != board.PIN_BUZZER:
            words = (
                f"PIN_BUZZER: it shares PWM slice {slice_} with {name}, and a slice has one frequency: each tone would"
                " change the motor's. Take a pin of another slice: pins 2n and 2n+1 are one, and so are those 16"
                " further on."
            )
            yield Finding("pwm", "PIN_BUZZER", words)
            return


def _clock(board: Any, kind: ChipKind) -> Iterator[Finding]:
    pins = (board.PIN_RTC_SDA, board.PIN_RTC_SCL)
    if "rtc" not in board.FEATURES:
        return
    if -1 in pins:
        return  # it is no pin, which says so
    if not kind.has_i2c(board.RTC_I2C, *pins):
        words = f"RTC_I2C: pins {pins[0]} and {pins[1]} cannot be bus {board.RTC_I2C} of an {kind.name}."
        yield Finding("i2c", "RTC_I2C", words)
