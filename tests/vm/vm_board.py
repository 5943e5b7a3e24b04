"""A board for a host to flash: the real MicroPython with a real littlefs, on flash whose power can go."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kneectl.errors import LostDevice, PortError
from kneectl.prompt import LOOK, Prompt

_SCRIPT = Path(__file__).with_name("board_on_vm.py")


class VmBoard:
    """One board, powered while its process runs; flash: what an earlier one left, None for one with nothing in it."""

    def __init__(self, command: Sequence[str], flash: bytes | None = None) -> None:
        # As on a chip, an address space of its own: whatever a start has imported is gone with it.
        self._process = subprocess.Popen(
            [*command, str(_SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_SCRIPT.parent
        )
        self.changes = 0
        self.ask("flash", flash or b"")

    def ask(self, do: str, data: bytes = b"", **more: Any) -> dict[str, Any]:
        """Have the script do something; return its answer, with the bytes that came with it as `data`."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": do, "bytes": len(data), **more}).encode() + b"\n" + data)
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        answer["data"] = self._process.stdout.read(answer["bytes"])
        self.changes = answer["changes"]
        return answer

    def switch_off(self) -> bytes:
        """End it, and return what is in its flash."""
        left: bytes = self.ask("dump")["data"]
        self._process.kill()
        self._process.communicate()
        return left


class VmPrompt(Prompt):
    """Its prompt, as kneectl sees one."""

    def __init__(self, board: VmBoard) -> None:
        self._board = board
        self.pieces = 0  # of program that were run
        self.most_pieces = -1  # that the host runs before it is killed; negative: it lives
        self.run(LOOK)

    def run(self, code: str) -> list[Any]:
        """Run a piece of program; raises LostDevice once the power is gone, or the host killed."""
        if self.pieces == self.most_pieces:
            raise LostDevice("the host was killed")
        self.pieces += 1
        answer = self._board.ask("run", code.encode())
        if answer["is_off"]:
            raise LostDevice("the power went")
        if answer["error"]:
            raise PortError(answer["error"])
        return [json.loads(line) for line in answer["out"].splitlines() if line]

    def close(self) -> None:
        """There is no port to let go."""
