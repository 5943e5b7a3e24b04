"""Motors on PWM. Levels are per mille; nothing here ramps or limits: the guard has done that.

Off is always an explicit zero duty. `PWM.deinit()` is never used: on the RP2040 it freezes the pin at whatever level it
had (SAF-43).
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from machine import PWM

_FULL_U16 = 65535


def _duty_u16(level_pm: int) -> int:
    return level_pm * _FULL_U16 // 1000


class HBridge:
    """The roller motor on a two-input bridge: one input carries the PWM, the other stays low."""

    def __init__(self, forward: "PWM", backward: "PWM") -> None:
        forward.duty_u16(0)
        backward.duty_u16(0)
        self._forward = forward
        self._backward = backward

    def set(self, level_pm: int) -> None:
        """Drive at -1000 to 1000."""
        # The idle input goes low first, so that the bridge never brakes with both high.
        if level_pm >= 0:
            self._backward.duty_u16(0)
            self._forward.duty_u16(_duty_u16(level_pm))
        else:
            self._forward.duty_u16(0)
            self._backward.duty_u16(_duty_u16(-level_pm))

    def off(self) -> None:
        """Stop driving."""
        self._forward.duty_u16(0)
        self._backward.duty_u16(0)


class SideMotor:
    """A vibration motor on a low-side switch."""

    def __init__(self, pwm: "PWM") -> None:
        pwm.duty_u16(0)
        self._pwm = pwm

    def set(self, level_pm: int) -> None:
        """Drive at 0 to 1000."""
        self._pwm.duty_u16(_duty_u16(level_pm))

    def off(self) -> None:
        """Stop driving."""
        self._pwm.duty_u16(0)
