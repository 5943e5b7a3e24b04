"""Bad input over a real pty, on both engines: the sender gets errors, the session goes on."""

import json
from typing import Any

import pytest
import serial

from kneesim.engines import EngineMissing
from kneesim.launch import Simulator
from massager.link import frame
from run_kneectl import WAIT_S

SPEED = 2.0  # until MODE confirms the session its lease is 3 s of virtual time, and a busy machine stalls
BAD = (
    (b"\x00\x03\x04\xff\x80garbage\n", -32700),
    (b'{"jsonrpc":"2.0","id":1,"method":"pause"}*00000000\n', -32001),
    (b'{"jsonrpc":"2.0","id":2,"method":"pause"}\n', -32002),
    (frame.encode(b'{"jsonrpc":"2.0","id":3,"method":"levitate"}'), -32601),
    (frame.encode(b'{"jsonrpc":"2.0","id":4,"method":"set","params":{"heat":"high"}}'), -32602),
    (b'{"half":' + frame.encode(b'{"jsonrpc":"2.0","id":5,"method":"pause"}'), -32001),
    (b"A" * 100_000 + b"\n", -32003),
)


class Raw:
    """A port without a client: lines go out as they are, answers come back as they are."""

    def __init__(self, port: serial.Serial) -> None:
        self._port = port

    def ask(self, line: bytes) -> dict[str, Any]:
        self._port.write(line)
        while not (received := self._port.readline()[:-1]):
            pass  # the device fills its frames up with empty lines
        kind, json_bytes = frame.split_crc(received)
        assert kind == frame.OK_CRC
        answer: dict[str, Any] = json.loads(json_bytes)
        return answer

    def call(self, request_id: int, method: str, **params: Any) -> dict[str, Any]:
        message = {"jsonrpc": "2.0", "id": request_id, "method": method, "params": params}
        return self.ask(frame.encode(json.dumps(message).encode()))


@pytest.mark.parametrize("engine", ["cpython", "vm"])
def test_bad_input_gets_errors_and_the_session_goes_on(engine: str) -> None:
    try:
        # MODE confirms the host's start, so that the flood does not cost the session its lease.
        events = ["2 press mode", "2.2 release mode"]
        simulator = Simulator(engine, speed=SPEED, events=events)
    except EngineMissing as e:
        pytest.skip(str(e))
    with simulator, serial.Serial(simulator.port, timeout=WAIT_S) as port:
        raw = Raw(port)
        count = 100
        assert raw.call(count, "start", program="shiatsu", strength=2)["result"] == {"state": "running"}
        while raw.call(count, "status")["result"].get("leased"):
            raw.call(count, "renew")
        for line, code in BAD:
            assert raw.ask(line)["error"]["code"] == code, line[:40]
            status = raw.call(count, "status")["result"]
            assert (status["state"], status["strength"]) == ("running", 2)
