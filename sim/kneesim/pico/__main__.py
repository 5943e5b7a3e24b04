"""Runs the emulated Pico with the simulated knee and gives it to kneectl as a serial port.

    python -m kneesim.pico [--blank] [--seed N] [--event "SECONDS WHAT"]...

Virtual time keeps to real time where the emulator is fast enough; in a session it is some ten times slower.
"""

import argparse
import sys
import time

from kneesim.events import parse_event
from kneesim.pico import image
from kneesim.pico.computer import Terminal
from kneesim.pico.device import PicoDevice
from kneesim.pico.image import ImageMissing

_SLICE_MS = 10
_BEHIND_S = 0.5  # further behind than this it goes on from where it is


def run(seed: int, events: list[str], is_blank: bool) -> None:
    """Run until interrupted. Raises ImageMissing, and ValueError for an event that cannot be."""
    todo = sorted(parse_event(line) for line in events)
    print("Starting MicroPython: some ten seconds.", flush=True)
    if is_blank:
        device = PicoDevice(seed=seed, flash=image.flash(image.find_uf2(), {}))
        device.await_prompt()
    else:
        device = PicoDevice(seed=seed)
        device.boot()
    terminal = Terminal()
    print(f"The emulated Pico is on {terminal.port}; Ctrl-C ends it.")
    print(f"In another terminal: `kneectl {'flash' if is_blank else 'status'} --port {terminal.port}`", flush=True)
    began_s = time.monotonic() - device.rig.now_us / 1e6
    while True:
        while todo and todo[0][0] <= device.rig.now_us:
            device.do(todo.pop(0)[1])
        device.rig.run_us(_SLICE_MS * 1000)
        ahead_s = device.rig.now_us / 1e6 - (time.monotonic() - began_s)
        if ahead_s < -_BEHIND_S:
            began_s -= ahead_s
        terminal.exchange(device, max(0.0, ahead_s))


def main() -> int:
    """Parse the command line and run; return the exit code."""
    parser = argparse.ArgumentParser(prog="kneesim pico", description="Run the emulated Pico on a serial port.")
    parser.add_argument("--seed", type=int, default=1, help="chooses the noise of the sensors")
    parser.add_argument(
        "--event", action="append", default=[], metavar='"SECONDS WHAT"', help='such as "60 skin_ntc open"'
    )
    parser.add_argument("--blank", action="store_true", help="a board with MicroPython and nothing else, to be flashed")
    options = parser.parse_args()
    try:
        run(options.seed, options.event, options.blank)
    except (ImageMissing, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nThe emulated Pico is switched off.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
