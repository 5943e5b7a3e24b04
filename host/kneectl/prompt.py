"""MicroPython's own prompt on a board, by mpremote: what lies in its flash, and changing it."""

import contextlib
import io
import json
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from kneectl import owner
from kneectl.errors import LinkTimeout, LostDevice, PortError

_TRY_AGAIN_S = 0.5
_ENTER_S = 3
_READ_S = 20  # for a single byte; a piece of program may be silent for ten seconds, which is mpremote's own
_AT_ONCE_BYTES = 1536  # of a file, in one piece of program: it has to find place on the board, as text and as bytes

# What runs on the board. CRCs are those of the image's list.
LOOK = """
import gc, io, json, os, sys
try:
    f.close()  # of a host that went away in the midst of a file: closed later it would write its part over the whole
except Exception:
    pass
gc.collect()
from binascii import a2b_base64, crc32
held = bytearray(1024)
def crc(path):
    found = 0
    with open(path, 'rb') as file:
        while True:
            count = file.readinto(held)
            if not count:
                return '%08x' % (found & 0xFFFFFFFF)
            found = crc32(memoryview(held)[:count], found)
def look(folder):
    for entry in os.ilistdir(folder or '/'):
        path = folder + '/' + entry[0]
        if entry[1] == 0x4000:
            look(path)
        else:
            print(json.dumps([path, crc(path)]))
def copy(old, new):
    with open(old, 'rb') as source, open(new, 'wb') as file:
        while True:
            count = source.readinto(held)
            if not count:
                return
            file.write(memoryview(held)[:count])
"""


@dataclass(frozen=True)
class Machine:
    """What a board says it is: MicroPython's version, (1, 25, 0); chip, `rp2040`; build, `RPI_PICO`."""

    version: tuple[int, ...]
    mpy: int  # the format of compiled code that it takes, as sys.implementation._mpy
    chip: str
    build: str

    def __str__(self) -> str:
        return f"MicroPython {'.'.join(str(number) for number in self.version)} on {self.build or self.chip}"


class Prompt:
    """The raw prompt of the board on a port; a context manager that owns the port.

    Raises LinkTimeout if no prompt is there within wait_s, PortError if the port cannot be opened, PortBusy if it has
    another owner; every call raises LostDevice when the board does not answer any more.
    """

    def __init__(self, port: str, wait_s: float = 10.0) -> None:
        self.port = port
        self._owned = owner.claim(port)
        try:
            self._transport = self._enter(time.monotonic() + wait_s)
            with self._lost():
                self._transport.exec(LOOK)
        except BaseException:
            self._owned.release()
            raise

    def _enter(self, deadline: float) -> Any:
        from mpremote.transport import TransportError
        from mpremote.transport_serial import SerialTransport

        while True:
            # It prints what a board says that has no prompt.
            with contextlib.redirect_stdout(io.StringIO()):
                try:
                    transport = SerialTransport(self.port, timeout=_ENTER_S)
                except (OSError, TransportError) as error:
                    if time.monotonic() > deadline:
                        raise PortError(f"{self.port} cannot be opened: {error}.") from error
                    time.sleep(_TRY_AGAIN_S)
                    continue
                try:
                    transport.enter_raw_repl(soft_reset=False, timeout_overall=_ENTER_S)
                    transport.serial.timeout = _READ_S
                    return transport
                except (OSError, TransportError) as error:
                    _close(transport)
                    if time.monotonic() > deadline:
                        raise LinkTimeout(
                            f"No MicroPython prompt answers at {self.port}. `kneectl recover` says what to press."
                        ) from error
            time.sleep(_TRY_AGAIN_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave the prompt as a person would want to find it, and let the port go."""
        with contextlib.suppress(Exception):
            if self._transport.in_raw_repl:
                self._transport.exit_raw_repl()
        _close(self._transport)
        self._owned.release()

    @contextlib.contextmanager
    def _lost(self) -> Iterator[None]:
        from mpremote.transport import TransportError, TransportExecError

        try:
            yield
        except TransportExecError as error:
            last = error.error_output.strip().rpartition("\n")[2]
            raise PortError(
                f"The board could not do it: {last}. The firmware before it still starts; try again."
            ) from error
        # Whatever mpremote makes of a board that falls silent in the midst: an IndexError is one of it.
        except (OSError, TransportError, ValueError, LookupError, ArithmeticError) as error:
            raise _gone(self.port) from error
        except Exception as error:
            if type(error).__module__ != "struct":  # struct.error, of an answer that was cut short
                raise
            raise _gone(self.port) from error

    def run(self, code: str) -> list[Any]:
        """Run a piece of program and return what it printed: a JSON value a line."""
        with self._lost():
            said: bytes = self._transport.exec(code)
            return [json.loads(line) for line in said.splitlines() if line]

    def machine(self) -> Machine:
        """Return what the board says it is."""
        ((version, mpy, text, build),) = self.run(
            "i = sys.implementation\n"
            "print(json.dumps([i.version[:3], getattr(i, '_mpy', 0), i._machine, getattr(i, '_build', '')]))"
        )
        return Machine(tuple(version), mpy, text.rpartition(" with ")[2].lower(), build)

    def crcs(self, folder: str = "") -> dict[str, str]:
        """Return the CRC of each file in a folder and below, of the whole flash if none is named, by its path."""
        return dict(self.run(f"look({folder!r})"))

    def slot(self) -> bytes:
        """Return what the file says that chooses the image, b"" if there is none."""
        found = self.run("try:\n print(list(open('/slot', 'rb').read(3)))\nexcept OSError:\n pass\n")
        return bytes(found[0]) if found else b""

    def board_in(self, folder: str) -> str:
        """Return the name of the board that the image in a folder is for, "" if it cannot be told."""
        found = self.run(
            f"try:\n sys.path.insert(0, {folder!r})\n import board\n print(json.dumps(board.NAME))\n"
            "except Exception:\n pass\n"
        )
        return str(found[0]) if found else ""

    def make_folder(self, path: str) -> None:
        """Make a folder unless it is there."""
        self.run(f"try:\n os.mkdir({path!r})\nexcept OSError as e:\n if e.errno != 17:\n  raise\n")

    def remove(self, path: str) -> None:
        """Remove a file."""
        self.run(f"os.remove({path!r})")

    def rename(self, old: str, new: str) -> None:
        """Give a file another name, at once and in place of the one that has it."""
        self.run(f"os.rename({old!r}, {new!r})")

    def copy(self, old: str, new: str) -> None:
        """Make a file that holds the same as another one on the board."""
        self.run(f"copy({old!r}, {new!r})")

    def write(self, path: str, data: bytes, on_sent: Callable[[int], None] | None = None) -> None:
        """Make a file; on_sent is told how many bytes were, piece by piece. Cut short, it may hold only a part."""
        code = f"f = open({path!r}, 'wb')\n"
        for at in range(0, len(data) or 1, _AT_ONCE_BYTES):
            piece = data[at : at + _AT_ONCE_BYTES]
            code += f"f.write(a2b_base64({b64encode(piece)!r}))\n"
            if at + _AT_ONCE_BYTES >= len(data):
                code += "f.close()\n"
            self.run(code)
            code = ""
            if on_sent is not None:
                on_sent(len(piece))

    def restart(self) -> None:
        """Start the board anew, which ends the prompt."""
        with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):
            # Out of whatever was cut short; the board may be in the midst of taking a piece of program.
            self._transport.enter_raw_repl(soft_reset=False, timeout_overall=_ENTER_S)
            self._transport.exec_raw_no_follow("import machine\nmachine.reset()")
            time.sleep(0.1)  # for the last bytes on their way
        self._transport.in_raw_repl = False


def _gone(port: str) -> LostDevice:
    return LostDevice(
        f"The board at {port} fell silent: unplugged, or switched off. Plug it in and do the same again; what it has"
        " already got is not sent twice."
    )


def _close(transport: Any) -> None:
    with contextlib.suppress(Exception):
        transport.close()
    # With the board gone, mpremote gives up before it closes the port; and as long as that is open, Linux gives the
    # board that comes back another name.
    with contextlib.suppress(Exception):
        transport.serial.close()
