"""Keeps what the sensors' calibration found (core/calibration.py) through a power cut. What cannot be read is none."""

import json

from massager.core import limits
from massager.store.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from massager.core.sensors import Sensors

MOST_BYTES = 60


class Calibration:
    """The sensors' offsets: set when this is made, kept by save. is_kept: there are some; is_damaged: they
    were lost.
    """

    def __init__(self, files: "Any", sensors: "Sensors") -> None:
        self._record = Record(files, "calibration", MOST_BYTES)
        self._sensors = sensors
        data = self._record.read()
        values = _load(data)
        self.is_damaged = self._record.is_damaged or (data is not None and values is None)
        self.is_kept = values is not None
        if values is not None:
            sensors.skin.offset_mc, sensors.pad.offset_mc = values

    def save(self, skin_mc: int, pad_mc: int) -> None:
        """Keep and use new offsets. Raises what the files raise, and then nothing has changed."""
        self._record.write(json.dumps([skin_mc, pad_mc]).encode())
        self._sensors.skin.offset_mc = skin_mc
        self._sensors.pad.offset_mc = pad_mc
        self.is_damaged = False
        self.is_kept = True


def _load(data: "bytes | None") -> "tuple[int, int] | None":
    """Return both offsets, None unless there are two that may be."""
    try:
        values = json.loads(data.decode()) if data else None
    except (ValueError, RuntimeError):
        return None
    if type(values) is not list or len(values) != 2:
        return None
    for value in values:
        if type(value) is not int or abs(value) > limits.CALIBRATION_MOST_MC:
            return None
    return values[0], values[1]
