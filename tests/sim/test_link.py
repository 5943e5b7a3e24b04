"""Bad input over the wire: errors for the sender, nothing for the session."""

import json
from itertools import pairwise

import pytest

from kneesim.inprocess import Device
from massager.link import frame


@pytest.fixture
def session(device: Device) -> Device:
    device.start_confirmed(strength=3)
    device.run_ms(1000)
    return device


def errors(device: Device) -> list[int]:
    return [message["error"]["code"] for message in device.received if "error" in message]


def is_running(device: Device) -> bool:
    status = device.status()
    return bool(status["state"] == "running" and status["strength"] == 3)


def test_garbage_gets_errors(session: Device) -> None:
    garbage = bytes(range(256)) * 8
    session.send(garbage + b"\n")
    session.run_ms(2000)
    assert len(errors(session)) >= 8
    assert set(errors(session)) <= {-32700, -32600}
    assert is_running(session)


def test_half_a_frame_waits_for_its_other_half(session: Device) -> None:
    whole = frame.encode(b'{"jsonrpc":"2.0","id":77,"method":"status"}')
    session.send(whole[:20])
    session.run_ms(60_000)
    assert not errors(session)
    session.send(whole[20:])
    assert session.answer_to(77)["result"]["state"] == "running"


def test_a_frame_after_a_half_one_is_lost_with_it_and_said_so(session: Device) -> None:
    session.send(b'{"jsonrpc":"2.0","id":78,' + frame.encode(b'{"jsonrpc":"2.0","id":79,"method":"pause"}'))
    session.run_ms(100)
    assert errors(session) == [-32001]
    assert is_running(session)


def test_a_line_of_10_mb_is_one_error(session: Device) -> None:
    session.send(b"A" * 10_000_000 + b"\n")
    session.run_ms(300_000)
    assert not session.port.has_rx()
    assert errors(session) == [-32003]
    assert is_running(session)


def test_a_wrong_crc_changes_nothing(session: Device) -> None:
    session.send(b'{"jsonrpc":"2.0","id":80,"method":"stop"}*00000000\n')
    session.run_ms(100)
    assert errors(session) == [-32001]
    assert is_running(session)


def test_unknown_methods_get_an_error_that_lists_the_known(session: Device) -> None:
    error = session.request("self_destruct")["error"]
    assert error["code"] == -32601
    assert "status" in error["message"]
    assert is_running(session)


def test_ctrl_c_is_data_while_the_firmware_runs(session: Device) -> None:
    session.send(b"\x03" * 500)
    session.run_ms(1000)
    assert session.power.starts == 1
    session.send(b"\n")
    session.run_ms(100)
    assert is_running(session)


def test_a_flood_of_requests_is_served_one_a_tick(session: Device) -> None:
    session.send(b'{"jsonrpc":"2.0","id":1,"method":"status"}\n' * 200)
    feeds = session.chip.feeds
    session.run_ms(4600)  # one tick in nine has garbage to collect instead
    assert session.chip.feeds - feeds == 230
    answers = [message for message in session.received if message.get("id") == 1]
    assert len(answers) == 200
    assert is_running(session)


def test_a_flood_costs_a_tick_no_more_than_its_budget(session: Device) -> None:
    session.result("subscribe", hz=1)
    session.run_ms(1100)
    session.received.clear()  # the first frame tells of the flash, which was written before the session
    session.send(b"x" * 200_000)
    session.run_ms(2000)
    assert session.port.has_rx()
    frames = [message["params"] for message in session.received if message.get("method") == "telemetry"]
    assert max(f["late_ms"] for f in frames) <= 15


@pytest.mark.parametrize("start_ms", [0, (1 << 29) - 400_000])
def test_garbage_is_collected_once_a_second(start_ms: int) -> None:
    with Device(start_ms=start_ms) as device:
        device.run_ms(500)
        before = device.chip.collections
        device.run_ms(10_000)
        assert device.chip.collections - before == 10


def test_a_host_that_does_not_read_costs_frames_not_ticks(session: Device) -> None:
    session.result("subscribe", hz=10)
    session.is_host_reading = False
    feeds = session.chip.feeds
    session.run_ms(60_000)
    assert session.chip.feeds - feeds == 3000
    session.is_host_reading = True
    session.run_ms(2000)
    last = [message for message in session.received if message.get("method") == "telemetry"][-1]["params"]
    assert last["dropped"] > 500
    assert last["state"] == "running"


def test_everything_goes_out_in_pieces_that_always_fit(session: Device) -> None:
    sizes = []
    put = session.port.put
    session.port.put = lambda data: (sizes.append(len(data)), put(data))
    session.result("subscribe", hz=10)
    for _ in range(20):
        session.status()
    assert set(sizes) == {32}


def test_telemetry_comes_at_its_rate_with_all_its_fields(session: Device) -> None:
    session.result("subscribe", hz=5)
    session.run_ms(10_000)
    frames = [message["params"] for message in session.received if message.get("method") == "telemetry"]
    assert len(frames) in (49, 50)
    assert all(180 <= later["t_ms"] - earlier["t_ms"] <= 220 for earlier, later in pairwise(frames))
    assert abs(frames[-1]["t_ms"] - frames[0]["t_ms"] - 200 * (len(frames) - 1)) <= 20
    assert set(frames[0]) == FIELDS
    session.result("subscribe", hz=0)
    count = len(session.received)
    session.run_ms(5000)
    assert len(session.received) == count


FIELDS = {
    *("t_ms", "state", "program", "step", "steps", "technique", "zone", "left_s", "strength", "heat"),
    *("set_mc", "skin_mc", "pad_mc", "duty_pm", "roller_pm", "inner_pm", "outer_pm", "roller_ma"),
    *("limited", "fault", "dropped", "late_ms"),
}


def test_a_person_can_type_in_a_terminal(session: Device) -> None:
    session.send(b'{"id": 5, "method": "status"}\r\n')
    assert session.answer_to(5)["result"]["state"] == "running"
    session.send(json.dumps({"id": 6, "method": "stop"}).encode() + b"\n")
    assert session.answer_to(6)["result"] == {"state": "idle"}
    session.run_ms(20)
    assert session.is_off()
