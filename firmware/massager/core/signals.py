"""The two records that cross the border of the core each tick. Made once, refilled every tick."""

from micropython import const

# Bits of Inputs.buttons, set while pressed. STOP's contact is normally closed: a broken wire is a press.
STOP = const(1)
MODE = const(2)
STRENGTH = const(4)
HEAT = const(8)


class Inputs:
    """What the device measured before this tick."""

    def __init__(self) -> None:
        self.sample_ms = 0  # when the sensors were read, on the ring
        self.skin_code = 0  # NTC dividers, 0 to 65535 of the reference
        self.pad_code = 0
        self.roller_ma = 0
        self.buttons = 0  # STOP | MODE | STRENGTH | HEAT
        # Low side of the heater's and the lamp's switch, read back: 1 while the enable conducts and the switch is off.
        self.heater_sense = 0
        self.lamp_sense = 0
        self.is_rail_good = True  # the supply is between 4.5 and 5.5 V


class Outputs:
    """What the actuators shall do until the next tick. Leases: whoever does not renew them gets zeros."""

    def __init__(self) -> None:
        self.is_heater_on = False
        self.is_lamp_on = False  # infrared
        self.roller_pm = 0  # -1000 to 1000, positive is the way its motor is wired
        self.inner_pm = 0  # 0 to 1000
        self.outer_pm = 0
        self.is_alive = False  # this tick's verdict: True toggles the alive pin once
        self.grant_ms = 0  # a session begins for which the alive pin may be toggled so long; 0: none does
        self.lamps = bytearray(0)  # red, green, blue of each lamp
        self.tone_hz = 0  # of the buzzer; 0: silent

    def clear(self) -> None:
        """Ask the actuators for nothing; the face's lamps and buzzer harm nobody."""
        self.is_heater_on = False
        self.is_lamp_on = False
        self.roller_pm = 0
        self.inner_pm = 0
        self.outer_pm = 0
        self.is_alive = False

    def are_off(self) -> bool:
        """Return True if no actuator is asked for anything."""
        return not (
            self.is_heater_on or self.is_lamp_on or self.roller_pm or self.inner_pm or self.outer_pm or self.is_alive
        )
