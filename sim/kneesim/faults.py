"""Every fault that can be injected, in one table, and what puts them on a simulated device. CPython only.

`apply(device, place, name, **params)` now, `at(device, when_us, for_us, place, name, **params)` later. A fault of the
plant is there at once; one of the machine comes as soon as the device runs again, in the middle of what it is doing.
"""

from collections.abc import Callable
from typing import Any

from kneesim import events, machine_faults, plant_faults
from kneesim.fault import Fault, find
from kneesim.inprocess import Device

TABLE: tuple[Fault, ...] = plant_faults.ROWS + machine_faults.ROWS


def places() -> list[str]:
    """Return everything that faults can be put on, in the table's order."""
    return list(dict.fromkeys(place for row in TABLE for place in row.places))


def pairs() -> list[tuple[str, Fault]]:
    """Return each place with each fault that can be put there: what a campaign goes through."""
    return [(place, row) for place in places() for row in TABLE if place in row.places]


class Injected:
    """A fault that is, or soon will be, on a device; `lift` ends it if it can end. at_us: when it came."""

    def __init__(self, device: Device, place: str, row: Fault, params: dict[str, Any]) -> None:
        self.at_us: int | None = None
        self.place = place
        self.row = row
        self._device = device
        self._params = params
        self._ends: Callable[[], object] | None = None

    def put(self) -> None:
        """Put it there; for a fault of the machine from an event of the clock."""
        self.at_us = self._device.clock.now_us
        if self.row.is_of_machine:
            self._ends = self.row.put(self._device, self.place, self._params)
        else:
            events.put(self._device.plant, self.place, self.row.name, self._params)

    def lift(self) -> None:
        """End it."""
        if not self.row.is_of_machine:
            events.lift(self._device.plant, self.place, self.row.name)
        elif self._ends is not None:
            self._ends()
            self._ends = None


def apply(device: Device, place: str, name: str, **params: Any) -> Injected:
    """Put a fault on a device now. Raises ValueError for what the table does not have."""
    injected = _make(device, place, name, params)
    if injected.row.is_of_machine:
        device.clock.at(device.clock.now_us, injected.put)
    else:
        injected.put()
    return injected


def at(device: Device, when_us: int, for_us: int | None, place: str, name: str, **params: Any) -> Injected:
    """Put a fault on a device at when_us of its clock, for so long; None: for good. Raises ValueError."""
    injected = _make(device, place, name, params)
    if when_us <= device.clock.now_us and not injected.row.is_of_machine:
        injected.put()  # before the power is switched on, it is there when the firmware first looks
    else:
        device.clock.at(when_us, injected.put)
    if for_us is not None:
        device.clock.at(when_us + for_us, injected.lift)
    return injected


def _make(device: Device, place: str, name: str, params: dict[str, Any]) -> Injected:
    row = find(TABLE, place, name)
    complete = row.complete(params)
    if place == "rtc" and device.plant.rtc is None:
        raise ValueError(f"the board {device.board.NAME} has no battery clock.")
    return Injected(device, place, row, complete)
