"""One telemetry frame, as docs/link.md lists its fields."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

_RING_MS = 1 << 29  # the device's clock wraps here, after about six days
_TEXTS = ("state", "program", "technique", "zone", "heat", "fault")
_FLAGS = ("limited",)

LIVE_STATES = ("running", "paused")  # the states in which there is a session


@dataclass(frozen=True)
class Telemetry:
    """What the device does and measures at one moment; fields without a value are None.

    Units are in the names: `_ms`, `_s`, `_mc` milli-degrees Celsius, `_pm` per mille, `_ma` milliamperes.
    """

    t_ms: int
    state: str
    program: str | None = None
    step: int | None = None
    steps: int | None = None
    technique: str | None = None
    zone: str | None = None
    left_s: int | None = None
    strength: int | None = None
    heat: str | None = None
    set_mc: int | None = None
    skin_mc: int | None = None
    pad_mc: int | None = None
    duty_pm: int | None = None
    roller_pm: int | None = None
    inner_pm: int | None = None
    outer_pm: int | None = None
    roller_ma: int | None = None
    limited: bool | None = None
    fault: str | None = None
    dropped: int | None = None
    late_ms: int | None = None

    @property
    def is_live(self) -> bool:
        """Whether there is a session, running or paused."""
        return self.state in LIVE_STATES


FIELDS = tuple(field.name for field in fields(Telemetry))


def kind_of(name: str) -> type:
    """Return the type of a telemetry field: int, str or bool."""
    return str if name in _TEXTS else bool if name in _FLAGS else int


def from_params(params: dict[str, Any]) -> Telemetry:
    """Build a frame from a notification's params, ignoring fields of newer devices.

    Raises ValueError when a field has the wrong type, or the time or the state is missing.
    """
    values = {name: params[name] for name in FIELDS if params.get(name) is not None}
    for name, value in values.items():
        if type(value) is not kind_of(name):
            raise ValueError(f"{name} is {value!r}")
    if "t_ms" not in values or "state" not in values:
        raise ValueError("no t_ms or no state")
    return Telemetry(**values)


def ms_between(earlier: Telemetry, later: Telemetry) -> int:
    """Return the device time from one frame to a later one, in milliseconds, across the clock's wrap."""
    return (later.t_ms - earlier.t_ms) % _RING_MS


def elapsed_ms(frames: Iterable[Telemetry]) -> list[int]:
    """Return for each frame the device time since the first, in milliseconds, for any number of wraps."""
    times: list[int] = []
    previous: Telemetry | None = None
    for frame in frames:
        times.append(times[-1] + ms_between(previous, frame) if previous is not None else 0)
        previous = frame
    return times
