"""Which of the two images starts: the file that boot.py reads, as the running firmware knows it (SAF-54)."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

NAME = "slot"
_BYTES = 3


class Slot:
    """files: of the root, see device/files.py; folder: of the image that runs, "/a" or "/b". wants_prompt: a host asked
    that the next start leaves MicroPython's own prompt.
    """

    def __init__(self, files: "Any", folder: str) -> None:
        self.wants_prompt = False
        self.on_confirmed: "Callable[[], object] | None" = None
        self._files = files
        self._text: bytes = files.read(NAME, 0, _BYTES) or b""
        self._running = folder[1:].encode()

    def trial_left(self) -> int:
        """Return how many starts this image has before the one before it comes back; -1 if it need not be confirmed."""
        if not self._is_trial() or self._text[:1] != self._running:
            return -1
        return self._text[2] - ord("0")

    def has_fallen_back(self) -> bool:
        """Return True if the image that was flashed last was not confirmed, and this is the one before it."""
        return self._is_trial() and self._text[1:2] == self._running

    def confirm(self) -> None:
        """Have this image start from now on. Raises what the files raise."""
        if self.trial_left() >= 0:
            self._files.write(NAME, self._running)
            self._text = self._running
            if self.on_confirmed is not None:
                self.on_confirmed()

    def _is_trial(self) -> bool:
        return len(self._text) == _BYTES and self._text[2:].isdigit()
