"""The firmware's types are right on every board, and a call that a board's MicroPython lacks does not pass."""

import json
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kneesim.engines import ROOT

SCRIPT = runpy.run_path(str(ROOT / "boards/check_types.py"))
DEVICE = "massager/device"

# (board, file, what is right, what is wrong, what mypy says of it)
WRONG = [
    ("pico", "analog.py", ".read_u16()", ".read_uv()", 'has no attribute "read_uv"'),
    ("pico", "analog.py", ".read_u16()", ".read_u15()", 'has no attribute "read_u15"'),
    ("esp32", "analog.py", ".read_uv()", ".read_u15()", 'has no attribute "read_u15"'),
    ("esp32", "analog.py", "atten=", "attenuation=", 'Unexpected keyword argument "attenuation"'),
    ("esp32", "analog.py", "return min(", "return str(", "No overload variant"),
    ("pico", "motors.py", "self._pwm.duty_u16(0)", "self._pwm.duty(0)", 'has no attribute "duty"'),
    ("pico", "motors.py", "self._pwm.duty_u16(0)", "self._pwm.duty_u16('0')", "duty_u16"),
    ("esp32", "motors.py", "self._pwm.duty_u16(0)", "self._pwm.duty_u16(0.5)", "duty_u16"),
    *(
        (board, file, right, wrong, message)
        for board in ("pico", "esp32")
        for file, right, wrong, message in (
            ("hardware.py", "duty_u16=0", "duty=0", 'Unexpected keyword argument "duty"'),
            ("hardware.py", "value=0)", "level=0)", 'Unexpected keyword argument "level"'),
            ("app.py", "machine.WDT(timeout=", "machine.WDT(timeout_ms=", 'Unexpected keyword argument "timeout_ms"'),
            ("app.py", "watchdog.feed()", "watchdog.stop()", 'has no attribute "stop"'),
            ("app.py", "machine.unique_id()", "machine.chip_id()", 'has no attribute "chip_id"'),
            (
                "app.py",
                "late_ms = ring.diff(now_ms, due_ms)",
                "late_ms = time.ticks_ms() - due_ms",
                "Unsupported operand",
            ),
            ("app.py", "ring.diff(now_ms, due_ms)", "ring.diff(time.ticks_us(), due_ms)", 'Argument 1 to "diff"'),
            ("app.py", "Console(_now_us)", "Console(time.ticks_us)", 'Argument 1 to "Console"'),
            ("app.py", "board.FEATURES", "board.FEATURE", 'has no attribute "FEATURE"'),
            ("switches.py", "pin.value(0)", "pin.level(0)", 'has no attribute "level"'),
        )
    ),
]


@pytest.fixture(scope="module")
def errors() -> Callable[..., list[str]]:
    """Return the check of a board, with its stubs installed."""
    try:
        for board in SCRIPT["STUBS"]:
            SCRIPT["install"](board)
    except SCRIPT["StubsMissing"] as e:
        pytest.skip(str(e))
    check: Callable[..., list[str]] = SCRIPT["errors"]
    return check


def test_every_board_is_checked() -> None:
    assert set(SCRIPT["STUBS"]) == {path.parent.name for path in (ROOT / "boards").glob("*/board.py")}


def test_the_firmware_is_clean(errors: Callable[..., list[str]], board_name: str) -> None:
    assert errors(board_name) == []


def test_the_script_says_so(errors: Callable[..., list[str]]) -> None:
    command = [sys.executable, str(ROOT / "boards/check_types.py")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "".join(f"{board}: clean\n" for board in SCRIPT["STUBS"]))
    done = subprocess.run([*command, "--json"], capture_output=True, text=True)
    assert (done.returncode, json.loads(done.stdout)) == (0, {board: [] for board in SCRIPT["STUBS"]})


@pytest.mark.parametrize(("board", "file", "right", "wrong", "message"), WRONG)
def test_a_wrong_call_is_seen(
    errors: Callable[..., list[str]], tmp_path: Path, board: str, file: str, right: str, wrong: str, message: str
) -> None:
    copy = tmp_path / "firmware"
    shutil.copytree(ROOT / "firmware", copy)
    path = copy / DEVICE / file
    source = path.read_text()
    assert right in source
    path.write_text(source.replace(right, wrong))
    found = errors(board, copy)
    assert found
    assert all(f"{DEVICE}/{file}:" in line for line in found), found
    assert any(message in line for line in found), found
