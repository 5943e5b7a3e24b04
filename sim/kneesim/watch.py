"""Looks over a simulated device's shoulder: its controller, and what its faults and resets were. CPython only.

It finds the controller anew after each reset, by wrapping the step of the class when the firmware arms its watchdog.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kneesim.inprocess import Device


@dataclass(frozen=True)
class Trip:
    """A fault that latched: its name, and when, in us of the device's clock."""

    name: str
    at_us: int


class Watch:
    """What a device's firmware is doing. None of it before the first tick."""

    def __init__(self, device: "Device") -> None:
        self.controller: Any = None
        self.inputs: Any = None
        self.out: Any = None
        self.trips: list[Trip] = []
        self.resets_us: list[int] = []
        self.stepped_us = 0  # when the controller last had its step
        self.errors: list[str] = []  # of what was to be done before a tick and could not be
        self._device = device
        self._once: list[Callable[[Any], object]] = []
        self._fault = 0
        device.chip.on_watchdog = self._begin

    def before_next_tick(self, action: Callable[[Any], object]) -> None:
        """Call action(controller) once, just before the next step."""
        self._once.append(action)

    def _begin(self) -> None:
        if self._device.power.starts > 1:
            self.resets_us.append(self._device.clock.now_us)
        self._fault = 0
        controller_class = self.module("massager.core.controller").Controller
        step = controller_class.step

        def watched(controller: Any, now_ms: int, inputs: Any, out: Any) -> None:
            self.controller, self.inputs, self.out = controller, inputs, out
            self.stepped_us = self._device.clock.now_us
            while self._once:
                self._try(self._once.pop(0))
            step(controller, now_ms, inputs, out)
            if controller.guard.fault != self._fault:
                self._note_fault(controller.guard.fault)

        controller_class.step = watched

    def _try(self, action: Callable[[Any], object]) -> None:
        try:
            action(self.controller)
        except ValueError as e:  # the firmware would take it for one of its own
            self.errors.append(str(e))

    def _note_fault(self, fault: int) -> None:
        self._fault = fault
        name = self.fault_name(fault)
        if name != "none":
            self.trips.append(Trip(name, self._device.clock.now_us))

    def module(self, name: str) -> Any:
        """Return one of the running firmware's modules."""
        return self._device.power.firmware_module(name)

    def fault_name(self, fault: int) -> str:
        """Return a fault's name; a number without one is told as it is."""
        table = self.module("massager.core.faults").TABLE
        return str(table[fault][0]) if 0 <= fault < len(table) else str(fault)

    def state(self) -> str:
        """Return the session's state in a word."""
        if self.controller is None:
            return "starting"
        return str(self.module("massager.core.session").STATE_NAMES[self.controller.session.state])
