"""What the person sees and hears: the strip of lamps and the buzzer. Nothing here can hurt or protect anybody."""

from machine import PWM, Pin, bitstream

_NS = (400, 850, 800, 450)  # WS2812: high and low of a 0, high and low of a 1
_REFRESH_TICKS = 5  # ten times a second is quick enough, and sending takes a quarter of a millisecond
_HALF_U16 = 32768
_REST_HZ = 1000


class Strip:
    """WS2812 lamps in a row, sent when they change and then at most every few ticks."""

    def __init__(self, pin: Pin, lamps: int) -> None:
        self._pin = pin
        self._sent = bytearray(lamps * 3)  # green, red, blue: the order on the wire
        self._ticks = 0

    def show(self, lamps: bytearray) -> None:
        """Take the lamps' red, green and blue; called once a tick."""
        self._ticks += 1
        if self._ticks < _REFRESH_TICKS:
            return
        self._ticks = 0
        if self._take(lamps):
            bitstream(self._pin, 0, _NS, self._sent)

    def _take(self, lamps: bytearray) -> bool:
        """Return True if anything has changed."""
        has_changed = False
        for i in range(0, len(self._sent), 3):
            for wire, rgb in ((0, 1), (1, 0), (2, 2)):
                if self._sent[i + wire] != lamps[i + rgb]:
                    self._sent[i + wire] = lamps[i + rgb]
                    has_changed = True
        return has_changed


class Buzzer:
    """A passive buzzer on PWM."""

    def __init__(self, pin: Pin) -> None:
        self._pwm = PWM(pin, freq=_REST_HZ, duty_u16=0)
        self._tone_hz = 0

    def sound(self, tone_hz: int) -> None:
        """Sound a tone, 0 for silence, until told otherwise."""
        if tone_hz == self._tone_hz:
            return
        self._tone_hz = tone_hz
        if tone_hz:
            self._pwm.freq(tone_hz)
        self._pwm.duty_u16(_HALF_U16 if tone_hz else 0)

    def off(self) -> None:
        """Fall silent."""
        self._pwm.duty_u16(0)
