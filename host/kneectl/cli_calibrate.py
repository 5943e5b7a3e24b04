"""The command `kneectl calibrate`: the sensors against a thermometer."""

import sys
import time
from typing import Annotated, Any

import typer

from kneectl import ports
from kneectl.client import Client
from kneectl.errors import DeviceError
from kneectl.options import JsonOption, PortOption, print_json
from massager.core import calibration

LEAST_C, MOST_C = calibration.TRUE_LEAST_MC / 1000, calibration.TRUE_MOST_MC / 1000
_POLL_S = 0.2
_LIVE = ("waiting", "measuring")


def calibrate(
    degrees: Annotated[
        float, typer.Argument(metavar="DEGREES", min=LEAST_C, max=MOST_C, help="What the thermometer shows, in °C.")
    ],
    port: PortOption = None,
    json: JsonOption = False,
) -> None:
    """Correct both temperature sensors by a thermometer that lies beside them.

    Only in maintenance: switch the device off, and hold STOP and MODE for 3 s while you switch it on. Lay both sensors
    and the thermometer side by side, off the skin, and wait until nothing changes any more.
    """
    with Client(ports.find(port)) as client:
        found = client.request("calibration.begin", true_mc=round(degrees * 1000))
        said = ""
        while found.get("stage") in _LIVE:
            why = str(found.get("why", ""))
            if why and why != said:
                print(why, file=sys.stderr if json else sys.stdout, flush=True)
                said = why
            time.sleep(_POLL_S)
            found = client.request("calibration.get")
    if found.get("stage") != "kept":
        raise DeviceError(0, str(found.get("why")) or "The device has forgotten it. Begin again.")
    if json:
        print_json(found)
    else:
        print(f"Kept: skin sensor {_signed(found, 'skin_mc')}, pad sensor {_signed(found, 'pad_mc')}.")


def _signed(found: dict[str, Any], name: str) -> str:
    return f"{found[name] / 1000:+.2f} °C"
