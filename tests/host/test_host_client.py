"""The client against a fake device that notes what the host does wrong."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fake_device import PROGRAMS, FakeDevice
from kneectl import owner, runtime
from kneectl.client import Client
from kneectl.errors import DeviceCrash, DeviceError, LinkTimeout, LostDevice, PortBusy, PortError, UsageError

_ENOUGH_S = 5.0  # a wait that ends much earlier, and only a broken test uses up


def test_each_request_has_its_own_short_id(device: FakeDevice) -> None:
    with Client(device.port) as first:
        for _ in range(12):
            first.status()
    with Client(device.port) as second:
        second.status()
    ids = [line["id"] for line in device.lines]
    assert len(set(ids)) == 13  # a busy machine may send one twice
    assert max(map(len, ids)) <= 24


def test_a_request_without_an_answer_is_sent_again_with_the_same_id(device: FakeDevice) -> None:
    device.mute = 2
    with Client(device.port, timeout_s=2.0, tries=4) as client:
        assert client.start("shiatsu", strength=2) == {"state": "running"}
    assert len({line["id"] for line in device.lines}) == 1
    assert len(device.lines) >= 3
    assert [method for method, _ in device.executed] == ["start"]


def test_a_spoilt_line_is_sent_again_at_once(device: FakeDevice) -> None:
    device.garble = 1
    with Client(device.port, timeout_s=1000.0, tries=2) as client:
        assert client.stop() == {"state": "idle"}


def test_a_line_that_always_arrives_spoilt_is_an_error(device: FakeDevice) -> None:
    device.garble = 3
    with Client(device.port, timeout_s=1000.0, tries=3) as client, pytest.raises(DeviceError) as caught:
        client.stop()
    assert caught.value.code == -32001


def test_a_refusal_carries_the_devices_words(device: FakeDevice) -> None:
    device.refusals["start"] = (-32010, "The device rests. Wait 5 minutes.")
    with Client(device.port) as client, pytest.raises(DeviceError) as caught:
        client.start("shiatsu")
    assert (caught.value.code, caught.value.message) == (-32010, "The device rests. Wait 5 minutes.")
    assert caught.value.exit_code == 1


def test_no_answer_is_a_timeout(device: FakeDevice) -> None:
    device.mute = 100
    with Client(device.port, timeout_s=0.1) as client, pytest.raises(LinkTimeout, match="does not answer"):
        client.status()


def test_a_pulled_plug_is_a_lost_device(device: FakeDevice) -> None:
    with Client(device.port) as client:
        client.hello()
        device.hang_up()
        with pytest.raises(LostDevice, match="check the cable"):
            client.status()


def test_a_crash_is_told(device: FakeDevice) -> None:
    with Client(device.port) as client:
        client.hello()
        device.notify("crash", {"error": "MemoryError"})
        with pytest.raises(DeviceCrash, match="MemoryError"):
            client.telemetry(_ENOUGH_S)


def test_lines_that_are_no_frames_are_skipped_and_counted(device: FakeDevice) -> None:
    device.noise = b'MicroPython v1.24\r\n\xff\xfe*00000000\n\n{"id":null,"error":{}}\n' + b"x" * 600 + b"\n"
    with Client(device.port) as client:
        assert client.status()["state"] == "idle"
        assert client.skipped == 4


def test_telemetry_with_wrong_types_is_skipped(device: FakeDevice) -> None:
    with Client(device.port) as client:
        device.notify("telemetry", {"t_ms": "soon", "state": "idle"})
        device.notify("telemetry", {"t_ms": 1, "state": "idle", "limited": 1})
        device.notify("telemetry", {"state": "idle"})
        device.notify("telemetry", {"t_ms": 7, "state": "idle", "a_newer_field": 3, "limited": None})
        frame = client.telemetry(_ENOUGH_S)
        assert frame is not None
        assert (frame.t_ms, frame.limited, client.skipped) == (7, None, 3)


def test_telemetry_waits_while_a_request_does(device: FakeDevice) -> None:
    with Client(device.port) as client:
        for t_ms in (20, 40, 60):
            device.notify("telemetry", {"t_ms": t_ms, "state": "idle"})
        client.status()
        frames = [client.telemetry(0) for _ in range(3)]
        assert [frame.t_ms for frame in frames if frame] == [20, 40, 60]
        assert client.telemetry(0) is None


def test_programs_come_from_all_pages(device: FakeDevice) -> None:
    with Client(device.port) as client:
        assert client.programs() == PROGRAMS


def test_another_protocol_is_refused(device: FakeDevice) -> None:
    with Client(device.port) as client:
        device.protocol = 2
        with pytest.raises(PortError, match="protocol 2"):
            client.hello()


def test_a_port_has_one_owner_and_the_second_is_told_who(device: FakeDevice) -> None:
    with Client(device.port), pytest.raises(PortBusy) as caught:
        Client(device.port)
    assert f"process {os.getpid()}" in str(caught.value)
    assert "kneectl stop" in str(caught.value)
    Client(device.port).close()  # free again


def test_a_port_locked_by_another_program_says_so(device: FakeDevice) -> None:
    script = "import sys, serial; s = serial.Serial(sys.argv[1], exclusive=True); print('open', flush=1); input()"
    with subprocess.Popen(
        [sys.executable, "-c", script, device.port], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(PortBusy, match="Another program"):
            Client(device.port)
        assert owner.holder(device.port) is None  # a failed opening leaves no owner behind
        other.communicate("\n")


def test_a_request_that_no_frame_holds_is_not_sent(device: FakeDevice) -> None:
    with Client(device.port) as client, pytest.raises(UsageError, match="too long"):
        client.start("x" * 600)
    assert device.lines == []


def test_a_missing_port_says_what_to_do() -> None:
    with pytest.raises(PortError, match="kneectl ports"):
        Client("/dev/there-is-no-such-port")
    with pytest.raises(PortError, match="cannot be opened"):
        Client("nonsense://")


def test_a_stale_owner_file_is_nobody_and_nobody_is_signalled(
    device: FakeDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Client(device.port):
        (path,) = runtime.runtime_dir().glob("owner-*.json")
        text = path.read_text()
    path.write_text(text)  # as a crash would have left it: not locked
    killed: list[int] = []
    monkeypatch.setattr(os, "kill", lambda pid, number: killed.append(pid))
    assert owner.ask_to_stop(device.port) is None
    assert killed == []
    assert not path.exists()


def test_the_holder_is_asked_to_stop_and_waited_for(device: FakeDevice) -> None:
    script = (
        "import signal, sys\n"
        "from kneectl.client import Client\n"
        "with Client(sys.argv[1]):\n"
        "    print('open', flush=True)\n"
        "    signal.sigwait([signal.SIGTERM])\n"
    )
    code = "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])\n" + script
    with subprocess.Popen([sys.executable, "-c", code, device.port], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        asked = owner.ask_to_stop(device.port)
        assert asked is not None
        assert asked.pid == other.pid
        Client(device.port).close()
    assert other.returncode in (0, -signal.SIGTERM)


def test_a_held_file_that_is_damaged_still_counts_as_held(tmp_path: Path) -> None:
    path = tmp_path / "held.json"
    held = runtime.take(path, {"pid": 1})
    assert held is not None
    path.write_text("{")
    assert runtime.read_held(path) == {}
    assert runtime.take(path, {"pid": 2}) is None
    held.release()
    held.release()
    assert runtime.read_held(path) is None
