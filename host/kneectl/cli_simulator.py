"""The commands around the simulated device: `kneectl sim` and `kneectl demo`."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kneectl import display, simulators
from kneectl.errors import EXIT_INTERRUPTED, EXIT_REFUSED, LinkError, LostDevice, PortError, UsageError
from kneectl.interrupts import Interrupts
from kneectl.options import VmOption, console

if TYPE_CHECKING:
    from kneesim.launch import Simulator

_LOOK_S = 0.1
_BOARD = "pico"
_OPTIONAL = ("infrared",)
_REMOVABLE = ("roller", "sides", "heat")
_DEMO_HINTS = "a simulated device, faster than real time   Ctrl-C stop and leave"


def sim(
    vm: VmOption = False,
    speed: Annotated[float, typer.Option(min=0, help="Virtual seconds a second; 0: as fast as possible.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Chooses the noise of the sensors.")] = 1,
    event: Annotated[
        list[str] | None,
        typer.Option(metavar='"T WHAT"', help='Something that happens at second T, such as "60 skin_ntc open".'),
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Keep there what the device keeps: settings, programs, log. Else it is new."
        ),
    ] = None,
    fit: Annotated[
        list[str] | None, typer.Option("--with", metavar="PART", help="Fit a part that is optional: infrared.")
    ] = None,
    unfit: Annotated[
        list[str] | None, typer.Option("--without", metavar="PART", help="Leave a part out: roller, sides, heat.")
    ] = None,
    board: Annotated[
        str, typer.Option(metavar="NAME", help="The board that it is: a name of boards/, or a folder with a board.py.")
    ] = _BOARD,
    tcp: Annotated[
        bool, typer.Option("--tcp", help="Listen on a TCP port of this machine, any free one, instead of a pty.")
    ] = False,
    tcp_port: Annotated[
        int | None, typer.Option(min=1, max=65535, metavar="NUMBER", help="Listen on this TCP port.")
    ] = None,
) -> None:
    """Run a simulated device until Ctrl-C; talk to it from another terminal with --port sim."""
    features = _features(board, fit or [], unfit or [])
    if keep is not None:
        _make_folder(keep, "--keep")
    engine = "vm" if vm else "cpython"
    link = "tcp" if tcp or tcp_port is not None else None
    with (
        Interrupts() as is_interrupted,
        _simulator(
            engine,
            seed,
            speed or None,
            events=event or [],
            link=link,
            tcp_port=tcp_port or 0,
            flash=keep,
            features=features,
            board=board,
        ) as simulator,
    ):
        registered = simulators.register(simulator.port, engine, speed or None)
        try:
            print(f"The simulated device is on {simulator.port}; Ctrl-C ends it.")
            print("In another terminal: `kneectl status --port sim`", flush=True)
            while not is_interrupted() and simulator.poll() is None:
                time.sleep(_LOOK_S)
        finally:
            registered.release()
        if not is_interrupted():
            raise _ended_by_itself(simulator)
    print("\nThe simulated device is switched off.")


def demo(
    vm: VmOption = False,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where demo.csv and demo.png go.")] = Path("build/demo"),
    speed: Annotated[float, typer.Option(min=0, help="Device seconds a second; 0: as fast as possible.")] = 30.0,
    seed: Annotated[int, typer.Option(help="Chooses the noise of the sensors.")] = 1,
) -> None:
    """Play a whole session on a simulated device and show it, record it and draw it."""
    from kneectl import demo as demos  # matplotlib takes a second to import

    _make_folder(out, "--out")
    with (
        Interrupts() as is_interrupted,
        _simulator("vm" if vm else "cpython", seed, None, lockstep=True) as simulator,
        display.choose(console(), sys.stderr, False, _DEMO_HINTS) as shown,
    ):
        try:
            played = demos.play(simulator.port, out, speed, shown, is_interrupted)
        except LinkError as error:
            raise error if simulator.poll() is None else _ended_by_itself(simulator) from error
    print("\n".join(played.summary()))
    if played.ending.was_interrupted:
        raise typer.Exit(EXIT_INTERRUPTED)
    if not played.is_whole:
        raise typer.Exit(EXIT_REFUSED)


def _features(board: str, fitted: list[str], left_out: list[str]) -> tuple[str, ...]:
    """Return what is fitted to the simulated board, () for what its file says."""
    if not fitted and not left_out:
        return ()
    from kneesim.boards import check

    try:
        standard: tuple[str, ...] = check.report(check.find(board)).facts.get("FEATURES", ())
    except check.UnreadableBoard as error:
        raise UsageError(str(error)) from error
    for part in fitted:
        if part not in _OPTIONAL:
            raise UsageError(f"There is no optional part {part}. Optional: {', '.join(_OPTIONAL)}.")
    for part in left_out:
        if part not in _REMOVABLE:
            raise UsageError(f"{part} cannot be left out. What can: {', '.join(_REMOVABLE)}.")
    return (*(part for part in standard if part not in left_out), *dict.fromkeys(fitted))


def _make_folder(folder: Path, option: str) -> None:
    """Make a folder, parents too, unless it is there; raises UsageError when it cannot be used."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"The folder {folder} cannot be made: {error.strerror}. Choose another with {option}."
        ) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UsageError(f"You may not write into the folder {folder}. Choose another with {option}.")


@contextmanager
def _simulator(engine: str, seed: int, speed: float | None, **options: Any) -> "Iterator[Simulator]":
    """Run a simulated device; options are those of launch.Simulator that are not None."""
    from kneesim import launch
    from kneesim.engines import EngineMissing

    given = {name: value for name, value in options.items() if value is not None}
    try:
        simulator = launch.Simulator(engine=engine, seed=seed, speed=speed, **given)
    except (EngineMissing, ValueError) as error:
        raise UsageError(str(error)) from error
    with ExitStack() as running:
        try:
            running.enter_context(simulator)
        except OSError as error:
            raise PortError(f"The simulator finds no port to listen on: {error.strerror}. Choose another.") from error
        yield simulator


def _ended_by_itself(simulator: "Simulator") -> LostDevice:
    return LostDevice(f"The simulator ended by itself. It said: {simulator.log.strip() or 'nothing'}")
