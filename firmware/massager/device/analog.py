"""Analog inputs as the core wants them: codes of 0 to 65535 of the voltage that the dividers hang on."""

from machine import ADC, Pin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_FULL_U16 = 65535
_UNIT_UV = 250  # the product of a reading in this unit and 65535 stays a small integer of 31 bits up to 4.096 V


class AnalogIn:
    """One ADC input. The board says how its ADC is read: some convert against the dividers' own supply, others are
    calibrated in microvolts.

    The latter by MicroPython's "Quick reference for the ESP32": whole millivolts, right from 150 to 2450 mV at 11 dB,
    and above 0 with the input at ground. On a chip whose fuses hold no calibration that raises OSError: such an input
    reads 0, as a sensor with a short does, so that the device is off and can say so.
    """

    # ADC_READS_UV is a name that the type check knows for each board: a line is checked with the board that runs it.

    def __init__(self, number: int, board: "Any") -> None:
        self._board = board
        self._is_calibrated = True
        if board.ADC_READS_UV:
            self._adc = ADC(Pin(number), atten=ADC.ATTN_11DB)  # the widest range there is
            self._reference = board.ADC_REFERENCE_MV * 1000 // _UNIT_UV
            try:
                self._adc.read_uv()
            except OSError:
                self._is_calibrated = False
        else:
            self._adc = ADC(Pin(number))

    def read(self) -> int:
        """Take one sample, 0 to 65535 of the reference."""
        if not self._is_calibrated:
            return 0
        if self._board.ADC_READS_UV:
            return min(self._adc.read_uv() // _UNIT_UV * _FULL_U16 // self._reference, _FULL_U16)
        return self._adc.read_u16()
