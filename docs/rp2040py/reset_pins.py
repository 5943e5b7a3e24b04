"""A reset lets the pins go without telling whoever listens, and PWM remembers the level that it had.

    python reset_pins.py

A pin is driven high and the chip reset: its `value` changes, its listener hears nothing. Then a PWM pin is reset in
the high part of its period, and made a PWM pin again with a compare of 0, which is low for ever: it is high for the
first period.
"""

from rp2040py.gpio_pin import FUNCTION_PWM, FUNCTION_SIO, GPIOPinState
from rp2040py.rp2040 import RP2040
from rp2040py.utils.logging import ConsoleLogger, LogLevel

IO_BANK0, PWM, SIO = 0x40014000, 0x40050000, 0xD0000000
GPIO_OUT_SET, GPIO_OE_SET = SIO + 0x14, SIO + 0x24
PIN = 4  # A of slice 2
SLICE = PWM + 0x14 * (PIN // 2)
CSR, COMPARE, TOP = SLICE, SLICE + 0x0C, SLICE + 0x10
PERIOD = 6250  # of 125 MHz: 20 kHz, 50 us


def select(mcu: RP2040, function: int) -> None:
    """Give the pin to a peripheral."""
    mcu.write_uint32(IO_BANK0 + 8 * PIN + 4, function)
    mcu.gpio[PIN].check_for_updates()


def start_pwm(mcu: RP2040, compare: int) -> None:
    """Have the pin high for so many cycles of each period."""
    mcu.write_uint32(TOP, PERIOD - 1)
    mcu.write_uint32(COMPARE, compare)
    mcu.write_uint32(CSR, 1)
    select(mcu, FUNCTION_PWM)


def quiet_chip() -> RP2040:
    """Return a chip that does not log."""
    mcu = RP2040()
    mcu.logger = ConsoleLogger(LogLevel.ERROR)
    return mcu


def unheard() -> tuple[str, str, int]:
    """Return the pin's value before and after a reset, and how many changes a listener was told of."""
    mcu = quiet_chip()
    select(mcu, FUNCTION_SIO)
    mcu.write_uint32(GPIO_OE_SET, 1 << PIN)
    mcu.write_uint32(GPIO_OUT_SET, 1 << PIN)
    told: list[tuple[GPIOPinState, GPIOPinState]] = []
    mcu.gpio[PIN].add_listener(lambda new, old: told.append((new, old)))
    before = mcu.gpio[PIN].value.name
    mcu.enter_reset()
    mcu.leave_reset()
    return before, mcu.gpio[PIN].value.name, len(told)


def false_high_us() -> float:
    """Return how long the pin is high with a compare of 0, after a reset in the high part of a period."""
    mcu = quiet_chip()
    start_pwm(mcu, PERIOD // 2)
    while mcu.gpio[PIN].value != GPIOPinState.HIGH:
        mcu.clock.tick(1000)
    mcu.enter_reset()
    mcu.leave_reset()
    start_pwm(mcu, 0)
    high_us = 0.0
    for _ in range(2000):
        high_us += 0.1 * (mcu.gpio[PIN].value == GPIOPinState.HIGH)
        mcu.clock.tick(100)
    return high_us


def main() -> None:
    """Look and print."""
    before, after, told = unheard()
    print(f"reset_pins: {before} before a reset, {after} after it, {told} changes told")
    print(f"reset_pins: a PWM pin that is low for ever is high for {false_high_us():.0f} us after a reset")


if __name__ == "__main__":
    main()
