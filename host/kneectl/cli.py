"""The command `kneectl`: its commands that ask once and print; all others are in the cli_ files."""

import io
import sys
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Annotated

import typer

from kneectl import (
    cli_board,
    cli_bringup,
    cli_calibrate,
    cli_contraindications,
    cli_course,
    cli_faults,
    cli_firmware,
    cli_flash,
    cli_log,
    cli_program,
    cli_session,
    cli_settings,
    cli_simulator,
    owner,
    ports,
    simulators,
    words,
)
from kneectl.client import Client
from kneectl.errors import EXIT_OK, EXIT_USAGE, DeviceError, KneectlError
from kneectl.options import JsonOption, PortOption, check_picture, print_json
from kneectl.telemetry import LIVE_STATES

_EPILOG = (
    "Exit codes: 0 done; 1 the device refused, a fault ended the session, or a board file is not safe; 2 wrong usage;"
    " 3 no device, or its port cannot be used; 4 the device was lost or does not answer; 130 Ctrl-C."
)

app = typer.Typer(
    epilog=_EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _say_version(is_wanted: bool) -> None:
    if is_wanted:
        print(f"kneectl {metadata.version('knee-massager')}")
        raise typer.Exit()


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Say which kneectl this is.", is_eager=True, callback=_say_version)
    ] = False,
) -> None:
    """Talk to a knee massager over its serial port: start, watch, record and stop sessions."""


@app.command("ports")
def list_ports(json: JsonOption = False) -> None:
    """List the devices that are plugged in, and the simulators that run."""
    devices, running = ports.devices(), simulators.running()
    if json:
        found = [{"kind": "device", **asdict(device)} for device in devices]
        found += [{"kind": "simulator", **asdict(simulator)} for simulator in running]
        print_json(found)
        return
    for device in devices:
        print(f"{device.port:<20} {device}")
    for simulator in running:
        print(f"{simulator.port:<20} {simulator}")
    if not devices and not running:
        print("No device is plugged in and no simulator runs. `kneectl sim` starts one.")


@app.command()
def hello(port: PortOption = None, json: JsonOption = False) -> None:
    """Say which device is on the port: firmware, board, features."""
    with Client(ports.find(port)) as client:
        result = client.hello()
    if json:
        print_json(result)
        return
    print(f"Board:        {result.get('board')}")
    print(f"Firmware:     {result.get('firmware')}, protocol {result.get('protocol')}")
    print(f"Id:           {result.get('id')}")
    print(f"Features:     {', '.join(result.get('features', []))}")
    print(f"Last started: by {result.get('reset')}")
    if result.get("fell_back"):
        print("The firmware that was flashed last did not start; this is the one before. `kneectl flash` tries again.")
    elif "trial_left" in result:
        print(f"On trial, for {result['trial_left']} more starts. `kneectl flash` confirms it.")


@app.command()
def status(port: PortOption = None, json: JsonOption = False) -> None:
    """Say what the device does and why, and its temperatures."""
    with Client(ports.find(port)) as client:
        result = client.status()
    if json:
        print_json(result)
    else:
        print("\n".join(words.status_lines(result)))


@app.command()
def stop(port: PortOption = None, json: JsonOption = False) -> None:
    """Stop the session, whoever started it; another kneectl that holds the port is asked to stop first."""
    name = ports.find(port)
    asked = owner.ask_to_stop(name)
    with Client(name) as client:
        client.stop()
        result = client.status()
    if json:
        print_json(result)
    else:
        if asked is not None:
            print(f"{asked} was asked to stop, and did.")
        print("\n".join(words.status_lines(result)))
    if result.get("state") in LIVE_STATES:
        raise DeviceError(0, "The device runs on although it was told to stop. Press STOP at the device.")


@app.command()
def plot(
    recording: Annotated[Path, typer.Argument(metavar="FILE.csv", help="A file that --record wrote.")],
    picture: Annotated[Path, typer.Argument(metavar="OUT.png", help="The picture to write.")],
) -> None:
    """Draw the picture of a recorded session."""
    from kneectl import plot, record  # matplotlib takes a second to import

    check_picture(picture)
    plot.draw(record.read(recording), picture)


app.command("programs")(cli_program.list_programs)
app.add_typer(cli_program.app, name="program")
app.add_typer(cli_settings.app, name="settings")
app.command("start")(cli_session.start)
app.command("monitor")(cli_session.monitor)
app.command("log")(cli_log.log)
app.add_typer(cli_faults.app, name="faults")
app.add_typer(cli_course.app, name="course")
app.command("bringup")(cli_bringup.run)
app.command("calibrate")(cli_calibrate.calibrate)
app.add_typer(cli_firmware.app, name="firmware")
app.command("flash")(cli_flash.flash)
app.command("maintenance")(cli_flash.maintenance)
app.command("recover")(cli_flash.recover)
app.add_typer(cli_board.app, name="board")
app.command("contraindications")(cli_contraindications.show)
app.command("sim")(cli_simulator.sim)
app.command("demo")(cli_simulator.demo)


def main(arguments: list[str] | None = None) -> None:
    """Run kneectl with these arguments (None: the command line's); raises SystemExit with the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks `°` must not end a session
    try:
        app(args=arguments, prog_name="kneectl")
    except KneectlError as error:
        print(f"kneectl: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except OSError as error:  # standard output: a full disk, a closed pipe
        print(f"kneectl: the output cannot be written: {error.strerror}.", file=sys.stderr)
        sys.exit(EXIT_USAGE)
    sys.exit(EXIT_OK)
