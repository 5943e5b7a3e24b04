"""What a fault that can be injected is: a name, places, parameters with units and ranges, a sentence, and a function.

Runs on CPython and inside the MicroPython VM.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class Param:
    """A parameter: a number from least to most, or with choices one of those words, or with unit "name" any word."""

    def __init__(
        self,
        name: str,
        unit: str,
        default: "float | str",
        least: float = 0,
        most: float = 0,
        choices: "tuple[str, ...]" = (),
    ) -> None:
        self.name = name
        self.unit = unit
        self.default = default
        self.least = least
        self.most = most
        self.choices = choices

    def range(self) -> str:
        """Return what it may be, in words."""
        if self.choices:
            return ", ".join(self.choices)
        if self.unit == "name":
            return "a dotted name"
        return "%g to %g %s" % (self.least, self.most, self.unit)

    def check(self, value: "Any") -> "Any":
        """Return the value as the fault wants it; a number may come as text. Raises ValueError."""
        if self.choices or self.unit == "name":
            if isinstance(value, str) and value and (not self.choices or value in self.choices):
                return value
            raise ValueError("%s must be %s, not %s." % (self.name, self.range(), value))
        try:
            if isinstance(value, bool):
                raise ValueError
            number = float(value)
        except (ValueError, TypeError):
            raise ValueError("%s must be a number, %s, not %s." % (self.name, self.range(), value))
        if not self.least <= number <= self.most:
            raise ValueError("%s must be %s, not %s." % (self.name, self.range(), value))
        return int(number) if isinstance(self.default, int) else number


class Fault:
    """One row of the table. put(target, place, params) applies it and returns what ends it, or None if nothing can.

    target is the Plant for a fault of the plant, the Device for one of the machine.
    """

    def __init__(
        self,
        name: str,
        places: "tuple[str, ...]",
        params: "tuple[Param, ...]",
        sentence: str,
        put: "Callable[[Any, str, dict[str, Any]], Callable[[], object] | None]",
        is_of_machine: bool = False,
    ) -> None:
        self.name = name
        self.places = places
        self.params = params
        self.sentence = sentence
        self.put = put
        self.is_of_machine = is_of_machine

    def complete(self, given: "dict[str, Any]") -> "dict[str, Any]":
        """Return all parameters, checked, with defaults for what is not given. Raises ValueError."""
        known = [param.name for param in self.params]
        for name in given:
            if name not in known:
                raise ValueError("%s has no %s; it takes %s." % (self.name, name, ", ".join(known) or "nothing"))
        found = {}
        for param in self.params:
            found[param.name] = param.check(given[param.name]) if param.name in given else param.default
        return found


def find(rows: "tuple[Fault, ...]", place: str, name: str) -> Fault:
    """Return the fault of that name at that place. Raises ValueError with what there is."""
    here = []
    for row in rows:
        if place in row.places:
            if row.name == name:
                return row
            here.append(row.name)
    if here:
        raise ValueError("%s cannot be %s. It can be: %s." % (place, name, ", ".join(here)))
    places = []
    for row in rows:
        for known in row.places:
            if known not in places:
                places.append(known)
    raise ValueError("there is no %s. Faults are put on: %s." % (place, ", ".join(places)))
