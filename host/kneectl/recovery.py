"""What is the matter with a board, and what a person has to press, step by step."""

from dataclasses import dataclass
from typing import Any

from kneectl.client import Client
from kneectl.errors import LinkError, LinkTimeout, PortError
from kneectl.prompt import Prompt

_LOOK_S = 3.0

_FLASH = "`kneectl flash` puts the firmware on the board."
_AGAIN = "Unplug the device, wait five seconds, plug it in again, and run `kneectl recover` once more."
_SILENT = (
    _AGAIN,
    "If it is silent still: hold STOP and MODE while you plug it in, for three seconds, and run `kneectl status`.",
    "If that is no help, begin anew; settings, own programs and calibration are lost with it. On a Pico: unplug it,"
    " hold BOOTSEL on the board while you plug it in, and a drive appears; copy flash_nuke.uf2 onto it, wait until the"
    " drive comes back, then copy MicroPython's UF2 onto it. On an ESP32: hold BOOT, press EN, let BOOT go, then"
    " `esptool.py erase_flash` and `write_flash`. docs/flashing.md, step 1, has the names and the commands.",
    _FLASH,
    "`kneectl bringup` before anybody wears it.",
)


@dataclass(frozen=True)
class Found:
    """what: a sentence; steps: what to do, in order, none if all is well; answers: firmware or prompt does."""

    what: str
    steps: tuple[str, ...]
    answers: bool = True


def look(port: str) -> Found:
    """Ask firmware and prompt on a port. Raises PortError if it cannot be opened, LostDevice if it goes away."""
    try:
        with Client(port) as client:
            return _of_firmware(client.hello(), client.status())
    except LinkError as error:
        if not isinstance(error, LinkTimeout):
            return Found(f"The device starts over and over, or its cable is loose: {error}", _SILENT, False)
    try:
        with Prompt(port, _LOOK_S) as prompt:
            what = f"{prompt.machine()} is at its prompt: no firmware answers."
    except (LinkTimeout, PortError) as error:
        if isinstance(error, PortError) and "cannot be opened" in str(error):
            raise
        return Found(f"Nothing answers at {port}: neither our firmware nor MicroPython's prompt.", _SILENT, False)
    return Found(what, ("Unplug the device and plug it in again: that starts a firmware that is there.", _FLASH))


def _of_firmware(who: dict[str, Any], status: dict[str, Any]) -> Found:
    what = f"The firmware runs ({who.get('firmware')} for {who.get('board')}) and is {status.get('state')}."
    steps = []
    if who.get("fell_back"):
        steps.append("The firmware flashed last did not start; the one before it runs. `kneectl flash` tries again.")
    elif "trial_left" in who:
        steps.append("It is on trial and would go back to the one before. `kneectl flash` confirms it.")
    if status.get("self_test"):
        steps.append(str(status["self_test"]))
    if status.get("remedy"):
        steps.append(str(status["remedy"]))
    if steps and status.get("fault") == "self_test":
        steps.append(_FLASH)
    return Found(what, tuple(steps))
