"""Which port is chosen, and which simulators are known."""

import os
from types import SimpleNamespace

import pytest
from serial.tools import list_ports

from kneectl import ports, runtime, simulators
from kneectl.errors import PortError
from kneectl.ports import DevicePort
from kneectl.simulators import RunningSimulator

_PICO = DevicePort("/dev/ttyACM0", "Raspberry Pi Pico", "E66")
_ESP32 = DevicePort("/dev/ttyUSB0", "ESP32", None)
_SIM = RunningSimulator("/dev/pts/5", "cpython", 1.0, 77)


def test_the_only_device_is_chosen() -> None:
    assert ports.choose_device([_PICO]) == "/dev/ttyACM0"


def test_no_device_says_what_to_do() -> None:
    with pytest.raises(PortError, match="kneectl sim") as caught:
        ports.choose_device([])
    assert caught.value.exit_code == 3


def test_two_devices_are_listed_and_none_is_chosen() -> None:
    with pytest.raises(PortError, match=r"/dev/ttyACM0, /dev/ttyUSB0"):
        ports.choose_device([_PICO, _ESP32])


def test_a_named_port_is_taken_as_it_is() -> None:
    assert ports.find("/dev/ttyS9") == "/dev/ttyS9"


def test_only_known_boards_are_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    def port(name: str, vid: int | None) -> SimpleNamespace:
        return SimpleNamespace(device=name, vid=vid, serial_number=None)

    found = [port("/dev/ttyUSB1", 0x1A86), port("/dev/ttyS0", None), port("/dev/ttyACM3", 0x2E8A)]
    found += [port("/dev/ttyACM9", 0x2341), port("/dev/ttyUSB0", 0x10C4), port("/dev/ttyACM1", 0x303A)]
    monkeypatch.setattr(list_ports, "comports", lambda: found)
    names = [device.port for device in ports.devices()]
    assert names == ["/dev/ttyACM1", "/dev/ttyACM3", "/dev/ttyUSB0", "/dev/ttyUSB1"]


def test_a_running_simulator_is_never_chosen_unless_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_ports, "comports", lambda: [])
    held = simulators.register("/dev/pts/5", "cpython", None)
    with pytest.raises(PortError, match="No device"):
        ports.find(None)
    assert ports.find("sim") == "/dev/pts/5"
    held.release()
    with pytest.raises(PortError, match="No simulator"):
        ports.find("sim")


def test_of_two_simulators_one_must_be_named() -> None:
    with pytest.raises(PortError, match="more than one simulator"):
        ports.choose_simulator([_SIM, _SIM])


def test_a_simulator_that_ended_without_a_word_is_not_listed() -> None:
    held = simulators.register("/dev/pts/5", "vm", 2.0)
    assert simulators.running() == [RunningSimulator("/dev/pts/5", "vm", 2.0, os.getpid())]
    with pytest.raises(PortError):
        simulators.register("/dev/pts/6", "vm", 2.0)
    stale = runtime.runtime_dir() / "sim-1.json"
    stale.write_text('{"port": "/dev/pts/9", "engine": "vm", "speed": 1.0, "pid": 1}')
    assert len(simulators.running()) == 1
    assert not stale.exists()
    held.release()
    assert simulators.running() == []
