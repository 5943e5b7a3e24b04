"""`kneectl flash` by the real mpremote onto the emulated Pico: a blank board that then plays a session, the same again,
an update, and hosts that are killed while they flash.
"""

import os
import random
import signal
import subprocess
from datetime import date
from pathlib import Path

import pytest

from kneectl import contraindications, flasher, people
from kneesim.engines import ROOT
from kneesim.pico import image
from kneesim.pico.computer import Computer
from kneesim.pico.device import PicoDevice

_MOST_MS = 200_000  # of virtual time, for a command
_WAIT_S = "900"  # an emulated board takes its time
_STARTS_WITHIN = 4  # times what one start may take
_HOLD_MS = 2500  # HEAT, to say that nothing forbids its use
KILLS = int(os.environ.get("KNEE_KILLS", "2"))  # each costs a start; more were tried by hand


class Kneectl(Computer):
    """A computer with kneectl on it."""

    def begin(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start a kneectl."""
        return self.start("kneectl", *arguments, "--port", self.port)

    def kneectl(self, *arguments: str) -> tuple[int, str, str]:
        """Run a kneectl to its end; return its exit code and what it said."""
        process = self.begin(*arguments)
        assert self.run(process, _MOST_MS), f"{arguments} does not end"
        out, errors = process.communicate()
        return process.returncode, out, errors


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep kneectl from the user's own files; "me" has read who must not use the device."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    people.acknowledge("me", people.Acknowledgement(date(2025, 6, 1), contraindications.version()))


def test_a_blank_board_is_flashed_plays_a_session_and_is_not_flashed_twice(uf2: Path) -> None:
    device = PicoDevice(flash=image.flash(uf2, {}))
    device.await_prompt()
    computer = Kneectl(device)
    code, out, errors = computer.kneectl("flash", "--wait", _WAIT_S)
    assert code == 0, errors
    assert "The firmware for pico is on the board and runs" in out
    assert device.wiring.highs == []
    device.press("heat", _HOLD_MS)
    process = computer.begin("start", "shiatsu", "--strength", "3", "--json")
    assert not computer.run(process, 4000)
    assert device.levels()["roller"]
    process.send_signal(signal.SIGINT)
    assert computer.run(process, _MOST_MS)
    process.communicate()
    assert device.is_off()
    assert device.status()["state"] == "idle"
    device.received.clear()
    code, out, errors = computer.kneectl("flash")
    assert (code, "Nothing to do" in out) == (0, True), errors


@pytest.fixture
def older(uf2: Path, tmp_path: Path) -> PicoDevice:
    """Return a device in use, with another firmware than this: one file is not the same, and one is more."""
    source = tmp_path / "face.py"
    source.write_text((ROOT / "firmware/massager/core/face.py").read_text() + "\nOLDER = 1\n")
    files = image.firmware_files()
    files["a/massager/core/face.mpy"] = image.compile_mpy("massager/core/face.py", source)
    files["a/massager/core/older.mpy"] = files["a/massager/__init__.mpy"]
    device = PicoDevice(flash=image.flash(uf2, image.used(image.listed(files))))
    device.boot()
    return device


def _start(device: PicoDevice) -> None:
    """Let a device start. A new image's first start ends in the bite of its watchdog, and another one follows."""
    for _ in range(_STARTS_WITHIN - 1):
        try:
            device.boot()
            return
        except AssertionError:
            pass
    device.boot()


def test_saf_54_a_host_that_is_killed_while_it_flashes_leaves_a_device_that_starts(older: PicoDevice) -> None:
    old, new = older.result("hello")["image"], flasher.identity_of(image.image_files())
    flash = older.rig.snapshot()
    noise = random.Random(54)
    for _ in range(KILLS):
        device = PicoDevice(flash=flash)
        device.boot()
        computer = Kneectl(device)
        process = computer.begin("flash")
        computer.run(process, noise.randrange(1000, 11_000))  # where the emulator is slow it may have given up by then
        process.kill()
        process.communicate()
        device.run_ms(100)
        assert device.wiring.highs == []
        again = PicoDevice(flash=device.rig.snapshot())
        _start(again)
        assert again.status()["state"] == "idle"
        assert again.result("hello")["image"] in (old, new)
        assert again.wiring.highs == []
    computer = Kneectl(again)
    code, _, errors = computer.kneectl("flash", "--wait", _WAIT_S)
    assert code == 0, errors
    assert again.result("hello")["image"] == new
    assert "trial_left" not in again.result("hello")
    assert again.result("settings.get")["unlocked"] is False
