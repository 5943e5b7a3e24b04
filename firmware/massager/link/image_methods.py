"""The methods for flashing: confirming a new image, and leaving MicroPython's own prompt to the host."""

from massager.core.controller import Controller
from massager.link import params

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from massager.store.slot import Slot

    Params = dict[str, Any]


class ImageMethods:
    """image.confirm and maintenance."""

    def __init__(self, controller: Controller, slot: "Slot") -> None:
        self._controller = controller
        self._slot = slot

    def table(self) -> "dict[str, Callable[[Params], Params]]":
        """Return the methods by name."""
        return {"image.confirm": self._confirm, "maintenance": self._maintenance}

    def _confirm(self, given: "Params") -> "Params":
        params.known(given, ())
        params.idle(self._controller)
        params.kept(self._slot.confirm)
        return {"confirmed": True}

    def _maintenance(self, given: "Params") -> "Params":
        params.known(given, ())
        params.idle(self._controller)
        self._slot.wants_prompt = True
        return {"restarts": True}
