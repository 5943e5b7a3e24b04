"""A host that goes away: the session it started ends by itself within 3 s of virtual time."""

import time
from pathlib import Path

import pytest

from kneectl.client import Client
from kneesim.engines import EngineMissing
from kneesim.launch import Simulator
from run_kneectl import WAIT_S

SPEED = 1.0  # the lease is 3 s of virtual time, and a busy machine stalls
HEATER, ROLLER_1, ROLLER_2, INNER, OUTER = range(3, 8)  # columns of a trace line; time in ms is the first


def _rows(trace: Path) -> list[list[int]]:
    return [[int(word) for word in line.split()] for line in trace.read_text().splitlines()]


def _is_on(row: list[int]) -> bool:
    return any(row[HEATER : OUTER + 1])


@pytest.mark.parametrize("engine", ["cpython", "vm"])
def test_saf_50_closing_the_port_ends_the_session_within_3_s(tmp_path: Path, engine: str) -> None:
    trace = tmp_path / "trace"
    try:
        simulator = Simulator(engine, speed=SPEED, trace=trace)
    except EngineMissing as e:
        pytest.skip(str(e))
    with simulator:
        with Client(simulator.port) as client:
            client.start("shiatsu", strength=5)
            client.subscribe(10)
            for _ in range(30):
                client.renew()
                before = client.telemetry(WAIT_S)
            client.request("renew")  # answered, so that every later frame is from after it
            client.forget_telemetry()
            after = client.telemetry(WAIT_S)
        # The port is closed: nobody renews. Whoever opens it next finds the device idle, and is told why.
        while True:
            time.sleep(0.05)
            with Client(simulator.port) as client:
                status = client.status()
            if status["state"] == "idle":
                break
        assert "lease" in status["why"]
    assert before is not None
    assert after is not None
    assert after.state == "running"
    last_on_ms = max(row[0] for row in _rows(trace) if _is_on(row))
    assert before.t_ms + 2500 < last_on_ms <= after.t_ms + 3000
