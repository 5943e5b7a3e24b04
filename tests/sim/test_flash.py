"""What the device keeps outlives resets, power cuts and runs of the simulator, and is written with everything off."""

import ast
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kneesim.engines import ROOT, engine_command
from kneesim.flash import Flash
from kneesim.inprocess import Device
from kneesim.launch import Simulator
from massager.link import frame

ENGINES = ("cpython", "vm")
HEAD = """
import sys, time
import board, machine
from massager.device.files import Files
from massager.store.log import Log
from massager.store.record import Record
files = Files("/kept", lambda: True)
def say(words):
    sys.stdout.buffer.write(words.encode() + b"\\n")
    while True:
        time.sleep_ms(1)
"""
COUNTING = """
boots = Record(files, "boots", 10)
log = Log(files, "log", 2)
count = int(boots.read() or b"0") + 1
boots.write(b"%d" % count)
log.append({"boot": count})
"""


@pytest.fixture
def run(vm: Callable[[str], list[str]], tmp_path: Path) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Return what runs a main.py on an engine until it sleeps, with the rest of the firmware as it is."""

    def run_main(engine: str, main: str, *options: str) -> "subprocess.CompletedProcess[str]":
        root = tmp_path / "root"
        firmware = root / "firmware"
        if not root.exists():
            firmware.mkdir(parents=True)
            for link, target in ((root, "sim"), (root, "boards"), (firmware, "firmware/massager")):
                (link / Path(target).name).symlink_to(ROOT / target)
            (firmware / "boot.py").write_text((ROOT / "firmware/boot.py").read_text())
        (firmware / "main.py").write_text(HEAD + main)
        script = str(ROOT / "sim/kneesim/engine.py")
        command = [*engine_command(engine), script, str(root), "--speed", "max", *options]
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)

    return run_main


@pytest.mark.parametrize("engine", ENGINES)
def test_the_flash_outlives_a_reset_and_nothing_else_does(run, engine: str) -> None:
    done = run(engine, COUNTING + "if count < 4: machine.reset()\nsay('%s %s' % (count, log.read(1, 9)[-1]['boot']))")
    assert (done.stdout.strip(), done.stderr, done.returncode) == ("4 4", "", 0)
    done = run(engine, COUNTING + "say(str(count))")
    assert (done.stdout.strip(), done.stderr, done.returncode) == ("1", "", 0)


def test_a_folder_keeps_the_flash_from_run_to_run_and_from_engine_to_engine(run, tmp_path: Path) -> None:
    folder = tmp_path / "flash"
    for count, engine in enumerate(("cpython", "vm", "vm", "cpython", "vm", "cpython"), 1):
        done = run(engine, COUNTING + "say('%d %d' % (count, log.next))", "--flash", str(folder))
        assert (done.stdout.strip(), done.stderr, done.returncode) == (f"{count} {count + 1}", "", 0)
    assert {path.name for path in (folder / "kept").iterdir()} == {"boots.0", "boots.1", "log.0", "log.1"}
    assert not Path("/kept").exists()  # the look-alikes are where the firmware's imports find them
    done = run("vm", "files.remove('boots.0')\nfiles.remove('boots.1')\nsay('')", "--flash", str(folder))
    assert done.returncode == 0, done.stderr
    done = run("cpython", COUNTING + "say('%d %d' % (count, log.next))", "--flash", str(folder))
    assert done.stdout.strip() == "1 8", done.stderr


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "pin", ["PIN_HEATER", "PIN_INFRARED", "PIN_INNER", "PIN_OUTER", "PIN_ROLLER_IN1", "PIN_ROLLER_IN2"]
)
def test_saf_27_a_firmware_that_writes_while_an_actuator_is_on_is_found_out(run, engine: str, pin: str) -> None:
    on = f"machine.Pin(board.{pin}, machine.Pin.OUT, value=1)\n"
    write = "try:\n    files.write('a', b'x')\nexcept BaseException:\n    pass\nsay('went on')"
    done = run(engine, on + write)
    assert done.stdout.strip() == "went on"  # whether the firmware hides it or not
    assert "misuse of the chip: flash: /kept/a is written while an actuator is on" in done.stderr
    assert "SAF-27" in done.stderr
    assert done.returncode == 1
    done = run(engine, on.replace("value=1", "value=0") + write)
    assert (done.stderr, done.returncode) == ("", 0)


def test_saf_27_only_the_devices_files_touch_the_flash() -> None:
    """They have the guard. What starts the firmware does too, before anything can be on."""
    may = {ROOT / "firmware" / name for name in ("massager/device/files.py", "boot.py", "main.py")}
    for path in (ROOT / "firmware").rglob("*.py"):
        if path not in may:
            for node in ast.walk(ast.parse(path.read_text())):
                assert not (isinstance(node, ast.Name) and node.id == "open"), path
                if isinstance(node, ast.Import):
                    assert not {name.name.split(".")[0] for name in node.names} & {"io", "os", "vfs"}, path
                assert not (isinstance(node, ast.ImportFrom) and node.module in ("io", "os", "vfs")), path


def test_a_warning_of_python_about_the_firmware_does_no_harm(run) -> None:
    """It makes Python import modules of its own, while os, io and sys are the firmware's."""
    done = run("cpython", "say('here' if 1 is 1 else '')")
    assert "SyntaxWarning" in done.stderr
    assert (done.stdout.strip(), done.returncode) == ("here", 0)


def test_os_and_io_are_the_firmwares_while_it_runs_alone() -> None:
    seen = []
    with Device() as device:
        device.run_ms(100)
        assert (sys.modules["os"], sys.modules["io"]) == (os, io)
        device.clock.at(device.clock.now_us, lambda: seen.extend((sys.modules["os"], sys.modules["io"])))
        device.run_ms(100)
        assert seen == [device.flash.os, device.flash.io]
    assert (sys.modules["os"], sys.modules["io"]) == (os, io)


def _logged(flash: Flash) -> list[int]:
    """Return the numbers of the sessions in the log."""
    held = b"".join(bytes(data) + b"\n" for path, data in flash.files.items() if path.startswith("/kept/log."))
    frames = [data for kind, data in frame.Deframer().feed(held) if kind == frame.OK_CRC]
    return sorted(json.loads(data)["seq"] for data in frames)


def _play(device: Device) -> None:
    device.start_confirmed()
    device.run_ms(5000)
    device.result("stop")


def test_saf_27_nothing_is_written_in_a_session_and_the_log_is_when_it_is_over(running: Device) -> None:
    flash = running.flash
    changes = flash.changes
    running.run_ms(20_000)
    running.result("pause")
    running.run_ms(2000)
    assert flash.changes == changes
    assert _logged(flash) == []
    running.press("stop")
    running.run_ms(500)
    assert _logged(flash) == [1]


def test_a_device_switched_off_and_on_has_what_it_kept() -> None:
    with Device() as device:
        _play(device)
        device.run_ms(500)
        assert _logged(device.flash) == [1]
    for seq in (2, 3):
        with Device(flash=device.flash) as device:
            assert device.power.starts == 0
            _play(device)
            device.run_ms(500)
            assert _logged(device.flash) == list(range(1, seq + 1))


# The store is the same on both; what differs is how an ESP32 comes back.
@pytest.mark.parametrize(("board", "every"), [("pico", 7), ("esp32", 41)])
def test_the_power_may_go_at_any_byte_that_is_written_after_a_session(board: str, every: int) -> None:
    with Device(board=board) as first:
        _play(first)
        first.run_ms(500)
    written = _written_bytes(board, _copy(first.flash))
    has_new = 0
    for cut in (*range(0, 20, 1 + every // 10), *range(20, written, every), written):
        flash = _copy(first.flash)
        with Device(board=board, flash=flash) as device:
            _play(device)
            flash.cut_after(cut)
            device.run_ms(1100)  # an ESP32 takes half a second to start again
            assert device.power.starts == 2
            assert device.is_off()
            device.run_ms(200)
            assert device.is_off()
            assert device.status()["state"] == "idle"
            assert device.result("hello")["reset"] == "power"
            found = _logged(flash)
            assert found in ([1], [1, 2])
            has_new += found == [1, 2]
            device.night()  # all of a session that was not settled is taken for used
            _play(device)
            device.run_ms(500)
            assert _logged(flash) == [*found, found[-1] + 1]
    assert has_new


def _copy(flash: Flash) -> Flash:
    copied = Flash()
    copied.files = {path: bytearray(data) for path, data in flash.files.items()}
    return copied


def _written_bytes(board: str, flash: Flash) -> int:
    """Return how many bytes are written after a session: the ledger, then the log."""
    many = 1 << 28
    with Device(board=board, flash=flash) as device:
        _play(device)
        flash.cut_after(many)
        device.run_ms(1100)
    return many - flash._bytes_left


def test_a_simulator_keeps_the_flash_in_a_folder(tmp_path: Path) -> None:
    with Simulator(speed=None, flash=tmp_path / "kept") as simulator:
        assert simulator.poll() is None
    assert simulator.log == ""
    assert (tmp_path / "kept").is_dir()
