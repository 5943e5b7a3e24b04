"""The whole tick with peripherals, read to apply, and turning everything off, with the heap locked.

Runs on MicroPython:

hardware_allocation.py FIRMWARE BOARD      prints "PHASE TIMES BYTES" as allocation.py does
"""

import gc
import sys

import micropython

for folder in sys.argv[1:]:
    sys.path.insert(0, folder)


class _Part:
    """A pin, PWM or ADC that allocates nothing and remembers what it was told."""

    def __init__(self):
        self.level = 0
        self.duty = 0
        self.code = 40000  # about 34 degrees

    def value(self, level=None):
        if level is None:
            return self.level
        self.level = level

    def duty_u16(self, duty):
        self.duty = duty

    def freq(self, hz):
        pass

    def read_u16(self):
        return self.code


class _Machine:
    class Pin:
        IN = 0
        OUT = 1
        PULL_UP = 1

        def __new__(cls, number, mode=-1, pull=-1, value=0):
            part = _Part()
            is_pressed = pull == cls.PULL_UP and number == board.PIN_STOP  # its contact is closed when it is not
            part.level = int((pull == cls.PULL_UP and not is_pressed) or number == board.PIN_RAIL_GOOD)
            return part

    @staticmethod
    def PWM(pin, freq, duty_u16):
        return pin

    @staticmethod
    def bitstream(pin, encoding, timing, data):
        pass

    @staticmethod
    def ADC(pin):
        return pin


sys.modules["machine"] = _Machine

import board  # noqa: E402

from massager.core import signals  # noqa: E402
from massager.core.controller import Controller  # noqa: E402
from massager.device.hardware import Hardware, Senses  # noqa: E402


def measure(phase, times, action):
    """Call action() `times` times with the heap locked."""
    error = None
    gc.collect()
    before = gc.mem_alloc()
    micropython.heap_lock()
    try:
        for _ in range(times):
            action()
    except MemoryError as e:
        error = e
    micropython.heap_unlock()
    after = gc.mem_alloc()
    print(phase, times, after - before if error is None else repr(error))


class Device:
    """Peripherals and controller, ticked by hand."""

    def __init__(self):
        senses = Senses(board)
        self.hardware = Hardware(board, senses, False, False)
        self._heater_sense = senses._heater_sense
        senses._rail_good.level = 1
        senses._current._adc.code = 0
        self.controller = Controller(board)
        self.controller.setup.is_acknowledged = True
        self.was_on = False
        self._inputs = signals.Inputs()
        self._out = signals.Outputs()
        self._now_ms = 0

    def tick(self):
        self._now_ms += 20
        # The enable of this device follows the alive pin at once.
        self._heater_sense.level = int(self._out.is_alive and not self._out.is_heater_on)
        self.hardware.read(self._now_ms, self._inputs)
        self.controller.step(self._now_ms, self._inputs, self._out)
        self.hardware.apply(self._out)
        if self._out.is_heater_on and self._out.roller_pm:
            self.was_on = True


def main():
    device = Device()
    for _ in range(5):
        device.tick()
    device.controller.start(1, 5, 1, False)
    device.tick()
    device.controller.paid(device.controller.session.cap_ms)
    measure("device", 1000, device.tick)
    assert device.was_on
    measure("off", 1, device.hardware.off)
    hardware = device.hardware._actuators
    parts = (hardware._heater._pin.level, hardware._roller._forward.duty, hardware._inner._pwm.duty)
    assert parts == (0, 0, 0), parts


main()
