"""A UART's transmit interrupt cannot be cleared: UARTICR takes the bit away and the next line puts it back.

    python uart_interrupt.py

The interrupt is enabled, a byte sent and the interrupt cleared, as a handler does that has nothing more to send. On
the chip, clearing it is one of the two ways to end it (RP2040 data sheet, the UART's interrupts), so the handler runs
once.
"""

from rp2040py.irq import IRQ
from rp2040py.rp2040 import RP2040
from rp2040py.utils.logging import ConsoleLogger, LogLevel

UART0 = 0x40034000
DATA, CONTROL, MASK, MASKED_STATUS, CLEAR = UART0, UART0 + 0x30, UART0 + 0x38, UART0 + 0x40, UART0 + 0x44
ENABLE = 1 << 9 | 1 << 8 | 1
TRANSMIT = 1 << 5
MOST = 1000


def main() -> None:
    """Serve the interrupt until it rests, and print how often that was."""
    mcu = RP2040()
    mcu.logger = ConsoleLogger(LogLevel.ERROR)
    mcu.write_uint32(CONTROL, ENABLE)
    mcu.write_uint32(MASK, TRANSMIT)
    mcu.write_uint32(DATA, 0x55)
    served = 0
    while mcu.read_uint32(MASKED_STATUS) & TRANSMIT and served < MOST:
        mcu.write_uint32(CLEAR, TRANSMIT)
        served += 1
    is_pending = bool(mcu.core.pending_interrupts >> IRQ.UART0 & 1)
    print(f"uart_interrupt: cleared {served} times for one byte, pending {is_pending}")


if __name__ == "__main__":
    main()
