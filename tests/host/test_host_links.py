"""TCP and sim://, and what hosts do to any link: two at once, unread, plugged in 200 times."""

import gc
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import serial
from serial.urlhandler import protocol_socket

from kneectl import owner
from kneectl.client import Client
from kneectl.errors import LostDevice, PortBusy, PortError
from kneectl.telemetry import Telemetry
from kneesim import launch
from kneesim.engines import EngineMissing
from kneesim.launch import Simulator
from massager.link import frame
from run_kneectl import kneectl

_ENOUGH_S = 30.0  # only a broken test uses it up
_HELLO = frame.encode(b'{"jsonrpc":"2.0","id":1,"method":"hello"}')


@pytest.fixture
def quick_close(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take out the pause pyserial makes after closing a socket, for servers slower than ours."""
    monkeypatch.setattr(protocol_socket, "time", SimpleNamespace(sleep=lambda seconds: None))


def _simulator(engine: str = "cpython", **options: object) -> Simulator:
    try:
        return Simulator(engine, **options)  # type: ignore[arg-type]
    except EngineMissing as error:
        pytest.skip(str(error))


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _ENOUGH_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _session(client: Client) -> list[Telemetry]:
    """Run a session of 2 s; return its telemetry."""
    client.start("shiatsu", strength=2)
    client.subscribe(10)
    client.set(left_s=2)
    frames = []
    while not frames or frames[-1].is_live:
        client.renew()
        got = client.telemetry(_ENOUGH_S)
        assert got is not None
        frames.append(got)
    return frames


@pytest.mark.parametrize("engine", ["cpython", "vm"])
def test_a_session_over_tcp(engine: str) -> None:
    with _simulator(engine, link="tcp", speed=2.0) as simulator:
        assert simulator.port.startswith("socket://127.0.0.1:")
        with Client(simulator.port) as client:
            assert client.hello()["id"].startswith("73696d")
            frames = _session(client)
            assert client.status()["state"] == "idle"
        assert len(frames) >= 15
    assert simulator.poll() == 0


def test_a_session_over_tcp_without_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    """The way that Windows goes, as far as other systems can show it."""
    monkeypatch.setattr(launch, "_ENGINE_SCRIPT", "relay_poll.py")
    with Simulator(link="tcp", speed=4.0) as simulator:
        with Client(simulator.port) as client:
            assert len(_session(client)) >= 15
        with Client(simulator.port) as client:
            assert client.status()["state"] == "idle"
    assert simulator.poll() == 0


def test_launch_imports_where_there_are_no_ptys() -> None:
    script = "import sys; sys.modules['pty'] = sys.modules['tty'] = None; import kneesim.launch, kneectl.cli_simulator"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_lost_tcp_device_and_one_that_is_not_there(quick_close: None, capsys: pytest.CaptureFixture[str]) -> None:
    with _simulator(link="tcp") as simulator, Client(simulator.port) as client:
        client.hello()
        simulator.stop()
        with pytest.raises(LostDevice, match="gone from socket://"):
            client.status()
    with pytest.raises(PortError, match="Nobody answers"):
        Client(simulator.port)
    assert kneectl("status", "--port", simulator.port) == 3
    assert "kneectl sim --tcp" in capsys.readouterr().err


def test_a_device_that_ends_by_itself_hangs_up() -> None:
    with _simulator(link="tcp") as simulator:
        with Client(simulator.port) as client:
            client.hello()
            simulator._process.kill()
            with pytest.raises(LostDevice):
                client.status()
        _wait_until(lambda: not _can_connect(simulator.port))


def _can_connect(port: str) -> bool:
    try:
        serial.serial_for_url(port).close()
    except serial.SerialException:
        return False
    return True


def test_of_two_tcp_clients_the_second_is_sent_away(quick_close: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with _simulator(link="tcp", speed=5.0) as simulator:
        with Client(simulator.port) as first:
            first.hello()
            with pytest.raises(PortBusy, match="held by"):
                Client(simulator.port)
            monkeypatch.setattr(owner, "claim", lambda port: SimpleNamespace(release=lambda: None))  # another user
            with Client(simulator.port) as second, pytest.raises(PortBusy, match="another program is connected"):
                second.hello()
            assert first.status()["state"] == "idle"
        with Client(simulator.port) as second:
            assert second.status()["state"] == "idle"


def test_a_tcp_port_that_is_taken_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        assert kneectl("sim", "--tcp-port", str(other.getsockname()[1])) == 3
    assert "Choose another" in capsys.readouterr().err


def test_sim_url_runs_a_device_by_the_clock(capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("status", "--port", "sim://") == 0
    assert "idle" in capsys.readouterr().out
    with Client("sim://?speed=4") as client:
        frames = _session(client)
    assert len(frames) >= 15


def test_sim_url_at_speed_0_is_the_same_each_time() -> None:
    recordings = []
    for seed in (7, 7, 8):
        with Client(f"sim://?seed={seed}&speed=0") as client:
            recordings.append(_session(client))
    assert recordings[0] == recordings[1]
    assert recordings[0] != recordings[2]


def test_sim_url_time_stands_still_at_speed_0_unless_the_host_reads() -> None:
    with Client("sim://?speed=0") as client:
        client.start("shiatsu")
        before = client.status()["left_s"]
        time.sleep(3.5)  # longer than the lease
        assert client.status()["left_s"] >= before - 1


def test_sim_urls_are_devices_of_their_own() -> None:
    with Client("sim://?speed=0") as one, Client("sim://?speed=0") as other:
        one.start("shiatsu")
        assert one.status()["state"] == "running"
        assert other.status()["state"] == "idle"


def test_sim_url_events_happen() -> None:
    with Client("sim://?speed=0&event=1+skin_ntc+open") as client:
        client.subscribe(10)
        while (got := client.telemetry(_ENOUGH_S)) and got.state == "idle":
            pass
        assert client.status()["fault"] == "skin_open"


@pytest.mark.parametrize(
    "url", ["sim://pico", "sim://?engine=vm", "sim://?speed=-1", "sim://?speed=x", "sim://?event=x"]
)
def test_a_sim_url_that_cannot_be_says_what_can(url: str) -> None:
    with pytest.raises(PortError, match="it knows seed"):
        Client(url)


def _virtual_ms(trace: Path) -> int:
    """Return the time of the last whole line of a trace."""
    lines = trace.read_text().rpartition("\n")[0].splitlines() if trace.exists() else []
    return int(lines[-1].split()[0]) if lines else 0


def test_a_session_lives_while_its_host_renews_and_does_not_read(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    with _simulator(speed=4.0, trace=trace) as simulator, Client(simulator.port) as client:
        client.start("shiatsu")
        client.subscribe(10)
        began_ms = _virtual_ms(trace)
        while _virtual_ms(trace) < began_ms + 10_000:  # more telemetry than a pty and the device hold
            client.renew()
            time.sleep(0.05)
        assert client.status()["state"] == "running"
        client.forget_telemetry()
        first, second = client.telemetry(_ENOUGH_S), client.telemetry(_ENOUGH_S)
        assert first is not None
        assert second is not None
        assert first.state == second.state == "running"
        assert first.dropped is not None
        assert first.dropped > 10
        assert first.dropped == second.dropped  # it reads again, so nothing more is dropped
        assert client.status()["state"] == "running"


@pytest.mark.parametrize("link", ["pty", "tcp"])
def test_a_host_that_does_not_read_costs_frames_only(tmp_path: Path, link: str) -> None:
    trace = tmp_path / "trace"
    with _simulator(speed=None, trace=trace, link=link) as simulator, Client(simulator.port) as client:
        client.subscribe(10)
        began_ms = _virtual_ms(trace)
        _wait_until(lambda: _virtual_ms(trace) > began_ms + 200_000)
        assert client.status()["state"] == "idle"
        client.forget_telemetry()
        got = client.telemetry(_ENOUGH_S)
        assert got is not None
        assert got.dropped is not None
        assert got.dropped > 100


def _open_files(pid: int) -> int:
    folder = Path(f"/proc/{pid}/fd")
    return len(list(folder.iterdir())) if folder.exists() else len(os.listdir("/dev/fd"))


@pytest.mark.parametrize("link", ["pty", "tcp"])
def test_200_times_plugged_and_unplugged(link: str, quick_close: None) -> None:
    with _simulator(speed=None, link=link) as simulator:
        pids = (os.getpid(), simulator._process.pid)

        def visit() -> None:
            with Client(simulator.port) as client:
                client.hello()

        def has_no_more_open_files() -> bool:
            return all(_open_files(pid) <= count for pid, count in zip(pids, before, strict=True))

        visit()
        gc.collect()  # so that what earlier tests left is not counted
        before = [_open_files(pid) for pid in pids]
        for _ in range(200):
            visit()
        with Client(simulator.port) as client:
            assert client.status()["state"] == "idle"
        _wait_until(has_no_more_open_files)


def test_a_client_that_hangs_up_in_mid_flood_makes_room(quick_close: None) -> None:
    with _simulator(speed=None, link="tcp") as simulator:
        host, port = simulator.port.removeprefix("socket://").split(":")
        for _ in range(5):
            with socket.create_connection((host, int(port))) as rude:
                rude.sendall(_HELLO * 100)  # and leaves the answers unread
        with Client(simulator.port) as client:
            assert client.hello()["protocol"] == 1
