"""The commands that change what runs on a board: `kneectl flash`, `maintenance` and `recover`."""

import sys
from dataclasses import asdict
from types import TracebackType
from typing import Annotated, Any, Self

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from kneectl import flasher, ports, recovery
from kneectl.errors import LinkTimeout, UsageError
from kneectl.options import JsonOption, PortOption, print_json
from kneectl.prompt import Prompt

_FROZEN = "The firmware is part of this board's MicroPython; docs/images.md says how such an image is changed."
_SIMULATED = "A simulated device has no MicroPython prompt, and runs the firmware of its folder as it is."
_SIMULATED_ID = "73696d"
_NO_BOARD = "No firmware answers, and none of our boards has a chip {}. Name the board with --board."


class _Bar:
    """Shows what is being done: a bar in a terminal, else a line for each part. In stderr, as data may go to stdout."""

    def __init__(self) -> None:
        console = Console(file=sys.stderr, highlight=False)
        self._is_terminal = console.is_terminal
        self._console = console
        columns = (TextColumn("{task.description:<28}"), BarColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, console=console, disable=not self._is_terminal)
        self._task = self._progress.add_task("")
        self._said = ""

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def say(self, what: str, done: int, of: int) -> None:
        """Show what is done, and how much of it; of: 0 if nobody knows."""
        if what != self._said and not self._is_terminal:
            self._console.print(f"{what}.")
        self._said = what
        self._progress.update(self._task, description=what, completed=done, total=of or None)


def flash(
    board: Annotated[
        str | None,
        typer.Option("--board", metavar="BOARD", help="A folder of boards/; not needed where firmware runs already."),
    ] = None,
    wait_s: Annotated[
        float, typer.Option("--wait", metavar="SECONDS", min=5, help="How long the new firmware may take to start.")
    ] = 60.0,
    port: PortOption = None,
    json: JsonOption = False,
) -> None:
    """Put this firmware on a board: one with nothing but MicroPython, or one that has run it before.

    Only what has changed is sent, beside the firmware that runs; if the new one does not start, that one comes back. It
    may be interrupted at any time. Ends the firmware for half a minute, so not in a session.
    """
    from kneesim.pico import image

    name = ports.find(port)
    if name.startswith("sim://"):
        raise UsageError(_SIMULATED)
    with _Bar() as bar:
        bar.say("Asking what is on it", 0, 0)
        who = flasher.ask(name)
        _check_real(who)
        if who is not None and who.get("frozen"):
            raise UsageError(_FROZEN)
        if who is not None and board is not None and who.get("board") != board:
            raise UsageError(
                f"The firmware on this device is for {who.get('board')}, not for {board}. If it really is another"
                " board now, begin anew: docs/flashing.md, step 1."
            )
        chosen = board or (str(who.get("board")) if who is not None else None)
        files: dict[str, bytes] = {}
        if chosen is not None:
            files = _compile(chosen, bar)
            if flasher.is_up_to_date(who, files):
                flasher.confirm(name)
                _tell(_unchanged(files), chosen, json)
                return
        if who is not None:
            flasher.to_prompt(name)
        bar.say("Waiting for the prompt", 0, 0)
        with Prompt(name) as prompt:
            try:
                machine = prompt.machine()
                bar.say("Looking at what the board has", 0, 0)
                found = prompt.crcs()
                if chosen is None:
                    chosen = flasher.board_of(prompt, found) or _board_of(machine.chip)
                    files = _compile(chosen, bar)
                flasher.check_machine(machine, _chip_of(chosen), image.MICROPYTHON, image.MPY)
                done = flasher.write(prompt, files, found, bar.say)
            finally:
                prompt.restart()
        flasher.await_start(name, done.image, wait_s, bar.say)
    _tell(done, chosen, json)


def _check_real(who: dict[str, Any] | None) -> None:
    if who is not None and str(who.get("id")).startswith(_SIMULATED_ID):
        raise UsageError(_SIMULATED)


def _compile(board: str, bar: _Bar) -> dict[str, bytes]:
    from kneesim.pico import image

    bar.say("Compiling", 0, 0)
    if board not in image.boards():
        raise UsageError(f"There is no board {board}. Boards are {', '.join(image.boards())}.")
    try:
        return image.image_files(board)
    except image.ImageMissing as missing:
        raise UsageError(str(missing)) from missing


def _chip_of(board: str) -> str:
    from kneesim.engines import ROOT
    from kneesim.power import load_board

    return str(load_board(str(ROOT / "boards" / board), str(ROOT / "firmware")).CHIP)


def _board_of(chip: str) -> str:
    """Return the plainest board with a chip."""
    from kneesim.pico import image

    found = sorted((board for board in image.boards() if _chip_of(board) == chip), key=len)
    if not found:
        raise UsageError(_NO_BOARD.format(chip))
    return found[0]


def _unchanged(files: dict[str, bytes]) -> flasher.Done:
    return flasher.Done(flasher.identity_of(files), "", 0, 0, 0, len(files) - 1, was_written=False)


def _tell(done: flasher.Done, board: str, json: bool) -> None:
    if json:
        print_json({"board": board, **asdict(done)})
    elif not done.was_written:
        print(f"Nothing to do: the board has this firmware for {board} already (image {done.image}).")
    else:
        print(
            f"The firmware for {board} is on the board and runs (image {done.image}): {done.sent} files sent"
            f" ({done.sent_bytes:,} bytes), {done.copied} copied on the board, {done.kept} were there."
        )


def maintenance(port: PortOption = None, json: JsonOption = False) -> None:
    """Leave the port to MicroPython's own prompt, for mpremote; switching off and on ends that.

    Everything is off there, and no buttons work. Not in a session.
    """
    name = ports.find(port)
    _check_real(flasher.ask(name))
    flasher.to_prompt(name)
    with Prompt(name) as prompt:
        machine = prompt.machine()
    if json:
        print_json({"port": name, "micropython": list(machine.version), "build": machine.build})
        return
    print(f"{machine} is at its prompt; nothing of the firmware runs, and everything is off.")
    print(f"  mpremote connect {name} ls :        looks into its flash")
    print(f"  mpremote connect {name} reset       ends this, as switching off and on does")


def recover(port: PortOption = None, json: JsonOption = False) -> None:
    """Look at a board that does not work, and say step by step what to press.

    Changes nothing. Ends with exit code 4 if neither firmware nor prompt answers.
    """
    found = recovery.look(ports.find(port))
    if json:
        print_json(asdict(found))
    else:
        print(found.what)
        for number, step in enumerate(found.steps, 1):
            print(f"{number}. {step}")
    if not found.answers:
        raise LinkTimeout("Neither firmware nor prompt answered.")
