"""A pin that the chip drives does not read back: GPIO_IN has what comes from outside, and the pulls, alone.

    python read_back.py

A pin is driven high by SIO, by PWM and by a PIO in turn, with its input buffer enabled, and GPIO_IN is read. On the
chip the input buffer sees the pad, whoever drives it.
"""

from rp2040py.gpio_pin import FUNCTION_PIO0, FUNCTION_PWM, FUNCTION_SIO, GPIOPinState
from rp2040py.rp2040 import RP2040
from rp2040py.utils.logging import ConsoleLogger, LogLevel

IO_BANK0, PADS_BANK0, PWM, PIO0, SIO = 0x40014000, 0x4001C000, 0x40050000, 0x50200000, 0xD0000000
GPIO_IN, GPIO_OUT_SET, GPIO_OE_SET = SIO + 0x04, SIO + 0x14, SIO + 0x24
PIN = 4
PAD_AT_RESET = 0x56  # input enabled, pull-down, 4 mA, Schmitt trigger
PINCTRL, INSTRUCTION = PIO0 + 0xDC, PIO0 + 0xD8
SET_BASE, SET_COUNT = 5, 26
SET_PINDIRS_1, SET_PINS_1 = 0xE081, 0xE001


def by_sio(mcu: RP2040) -> int:
    """Drive the pin high by SIO; return the function to select."""
    mcu.write_uint32(GPIO_OE_SET, 1 << PIN)
    mcu.write_uint32(GPIO_OUT_SET, 1 << PIN)
    return FUNCTION_SIO


def by_pwm(mcu: RP2040) -> int:
    """Drive the pin high by PWM, half of the time; return the function to select."""
    for offset, value in ((0x10, 6249), (0x0C, 3125), (0x00, 1)):
        mcu.write_uint32(PWM + 0x14 * (PIN // 2) + offset, value)
    for _ in range(60):
        if not mcu.pwm.gpio_value >> PIN & 1:
            mcu.clock.tick(1000)
    return FUNCTION_PWM


def by_pio(mcu: RP2040) -> int:
    """Drive the pin high by an instruction that a state machine executes; return the function to select."""
    mcu.write_uint32(PINCTRL, PIN << SET_BASE | 1 << SET_COUNT)
    mcu.write_uint32(INSTRUCTION, SET_PINDIRS_1)
    mcu.write_uint32(INSTRUCTION, SET_PINS_1)
    return FUNCTION_PIO0


def main() -> None:
    """Drive, read and print."""
    for name, drive in (("SIO", by_sio), ("PWM", by_pwm), ("PIO", by_pio)):
        mcu = RP2040()
        mcu.logger = ConsoleLogger(LogLevel.ERROR)
        mcu.write_uint32(PADS_BANK0 + 4 + 4 * PIN, PAD_AT_RESET)
        mcu.write_uint32(IO_BANK0 + 8 * PIN + 4, drive(mcu))
        assert mcu.gpio[PIN].value == GPIOPinState.HIGH, name
        print(f"read_back: driven high by {name}, GPIO_IN reads {mcu.read_uint32(GPIO_IN) >> PIN & 1}")


if __name__ == "__main__":
    main()
