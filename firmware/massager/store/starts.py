"""What one start of the device leaves for the next ones: whether it shall start in rescue (SAF-44), and for which image
the watchdog has been proved (SAF-45).
"""

import json

from massager.store.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NAME = "starts"
MOST_BYTES = 100


class Starts:
    """Kept in two slots; what cannot be read is a rescue, and a watchdog that nobody has proved. files: see
    device/files.py.
    """

    def __init__(self, files: "Any") -> None:
        self._record = Record(files, NAME, MOST_BYTES)
        values = _load(self._record.read())
        self.is_rescue = self._record.is_damaged or values.get("rescue") is True
        self.proving = _text(values.get("proving"))  # the image whose watchdog is being tried
        tries = values.get("tries")
        self.tries = tries if type(tries) is int else 0  # of it, until it has bitten
        self.proved = _text(values.get("proved"))  # the one whose watchdog has bitten

    def save(self) -> None:
        """Keep them as they are now. Raises what the files raise."""
        self._record.write(encode(self.is_rescue, self.proving, self.tries, self.proved))


def encode(is_rescue: bool, proving: str, tries: int, proved: str) -> bytes:
    """Return the record's value."""
    values = {"rescue": is_rescue, "proving": proving, "tries": tries, "proved": proved}
    return json.dumps(values, separators=(",", ":")).encode()


def _load(data: "bytes | None") -> "dict[str, Any]":
    try:
        values = json.loads(data.decode()) if data else {}
    except (ValueError, RuntimeError):
        values = {"rescue": True}
    return values if type(values) is dict else {"rescue": True}


def _text(value: "Any") -> str:
    return value if type(value) is str else ""
