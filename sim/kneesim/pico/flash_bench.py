"""How long flashing an emulated Pico takes, in its own time: whole, unchanged, one file changed, and mpremote's copy.

python -m kneesim.pico.flash_bench [--json]
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from kneesim.engines import ROOT
from kneesim.pico import image
from kneesim.pico.computer import Computer
from kneesim.pico.device import PicoDevice

_MOST_MS = 300_000
_WAIT_S = "900"


def measure() -> dict[str, Any]:
    """Return the seconds of each on the board, from the command's start to its end."""
    uf2 = image.find_uf2()
    blank = image.flash(uf2, {})
    found: dict[str, Any] = {}
    device = PicoDevice(flash=blank)
    device.await_prompt()
    flash = ("kneectl", "flash", "--wait", _WAIT_S, "--json")
    found["full_s"], said = _seconds(device, *flash)
    found["files"], found["bytes"] = json.loads(said)["sent"], json.loads(said)["sent_bytes"]
    found["unchanged_s"], _ = _seconds(device, *flash)
    device = PicoDevice(flash=image.flash(uf2, image.used(_with_another_file())))
    device.boot()
    found["one_file_s"], said = _seconds(device, *flash)
    assert json.loads(said)["sent"] == 1, said
    device = PicoDevice(flash=blank)
    device.await_prompt()
    with tempfile.TemporaryDirectory() as folder:
        for name, data in image.firmware_files().items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        # mpremote takes its port by a command of its own, and only then what to do.
        copy = ("mpremote", "connect", "PORT", "cp", "-r", folder + "/.", ":")
        found["mpremote_cp_s"], _ = _seconds(device, *copy)
    return found


def _with_another_file() -> dict[str, bytes]:
    """Return the files of a device with one that is not as in this firmware."""
    with tempfile.TemporaryDirectory() as folder:
        other = Path(folder) / "face.py"
        other.write_text((ROOT / "firmware/massager/core/face.py").read_text() + "\nOLDER = 1\n")
        changed = {"a/massager/core/face.mpy": image.compile_mpy("massager/core/face.py", other)}
    return image.listed({**image.firmware_files(), **changed})


def _seconds(device: PicoDevice, module: str, *arguments: str) -> tuple[float, str]:
    """Return how long a command takes on the board, and what it prints; raises RuntimeError when it fails."""
    computer = Computer(device)
    if "PORT" in arguments:
        arguments = tuple(computer.port if word == "PORT" else word for word in arguments)
    else:
        arguments = (*arguments, "--port", computer.port)
    begun_us = device.rig.now_us
    process: subprocess.Popen[str] = computer.start(module, *arguments)
    computer.run(process, _MOST_MS)
    seconds = (device.rig.now_us - begun_us) / 1e6
    out, errors = process.communicate(timeout=1) if process.poll() is not None else ("", "it does not end")
    if process.returncode != 0:
        raise RuntimeError(f"{module} {arguments[0]} failed: {errors or out}")
    return round(seconds, 1), out


def main() -> None:
    """Measure and print."""
    try:
        found = measure()
    except image.ImageMissing as missing:
        print(json.dumps({"skipped": str(missing)}) if "--json" in sys.argv[1:] else f"flash: not measured: {missing}")
        return
    if "--json" in sys.argv[1:]:
        print(json.dumps(found))
        return
    print(f"Flashing an emulated Pico, {found['files']} files of {found['bytes']:,} bytes, seconds of its own time:")
    for name, words in (
        ("full_s", "kneectl flash, a blank board: sent, checked, started, confirmed"),
        ("mpremote_cp_s", "mpremote cp -r, the same files onto a blank board: sent"),
        ("one_file_s", "kneectl flash, one file changed"),
        ("unchanged_s", "kneectl flash, nothing changed"),
    ):
        print(f"  {found[name]:6.1f}  {found[name] / found['full_s']:5.2f}  {words}")


if __name__ == "__main__":
    main()
