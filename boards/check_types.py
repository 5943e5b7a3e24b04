"""Checks the firmware's types against what each board's MicroPython really has, with mypy and that port's stubs.

    python boards/check_types.py [--json]

The stubs go to build/typings, once; never into an environment, where they would hide CPython's own modules. Prints a
line a board and one an error, or with --json one object with the errors of each board. Exits with 1 on errors, with
2 when stubs or mypy are missing.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TYPINGS = ROOT / "build/typings"

_SHARED = ("micropython-stdlib-stubs", "1.29.0.post2")
STUBS = {
    "pico": ("rp2", ("micropython-rp2-rpi-pico-stubs", "1.29.0.post1"), _SHARED),
    "pico_w": ("pico_w", ("micropython-rp2-rpi-pico-w-stubs", "1.29.0.post1"), _SHARED),
    "pico2": ("pico2", ("micropython-rp2-rpi-pico2-stubs", "1.29.0.post1"), _SHARED),
    "pico2_w": ("pico2_w", ("micropython-rp2-rpi-pico2-w-stubs", "1.29.0.post1"), _SHARED),
    "esp32": ("esp32", ("micropython-esp32-esp32-generic-stubs", "1.29.0.post1"), _SHARED),
    "esp32s3": ("esp32s3", ("micropython-esp32-esp32-generic-s3-stubs", "1.29.0.post1"), _SHARED),
}


class StubsMissing(Exception):
    """The stubs cannot be installed; the message is pip's."""


def install(board: str) -> None:
    """Install a board's stubs unless this very version is there. Raises StubsMissing."""
    folder, *packages = STUBS[board]
    target = TYPINGS / folder
    infos = [f"{name.replace('-', '_')}-{version}.dist-info" for name, version in packages]
    if all((target / info / "RECORD").exists() for info in infos):
        return
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade"]
    command += ["--no-deps", "--target", str(target), *(f"{name}=={version}" for name, version in packages)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise StubsMissing(f"The stubs of {board} cannot be installed:\n{done.stderr}")


def errors(board: str, firmware: Path = ROOT / "firmware") -> list[str]:
    """Return mypy's errors for a firmware folder on a board, "file:line: error: what"."""
    files = [str(firmware), str(ROOT / "boards" / board / "board.py")]
    ini = ROOT / "boards" / board / "mypy.ini"
    cache = ROOT / "build/mypy" / board
    command = [sys.executable, "-m", "mypy", "--config-file", str(ini), "--cache-dir", str(cache), "--no-error-summary"]
    environment = {**os.environ, "MYPYPATH": str(firmware)}
    done = subprocess.run([*command, *files], capture_output=True, text=True, env=environment, cwd=ROOT)
    if done.returncode > 1 or done.stderr:
        raise RuntimeError(f"mypy did not run:\n{done.stdout}{done.stderr}")
    return [line for line in done.stdout.splitlines() if ": note: " not in line]


def main() -> int:
    """Check every board."""
    found = {}
    try:
        for board in STUBS:
            install(board)
            found[board] = errors(board)
    except (StubsMissing, RuntimeError) as e:
        print(e, file=sys.stderr)
        return 2
    if "--json" in sys.argv[1:]:
        print(json.dumps(found))
    else:
        for board, lines in found.items():
            print("\n".join([f"{board}: {len(lines)} errors" if lines else f"{board}: clean", *lines]))
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
