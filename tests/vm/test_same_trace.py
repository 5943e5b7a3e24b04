"""One session, two engines: the firmware on CPython and on the MicroPython VM does the same, tick for tick."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

from kneectl import demo
from kneectl.display import PlainView
from kneesim.launch import Simulator

SESSION_TICKS = 720 * 50


def test_the_demo_is_the_same_line_for_line_on_both_engines(vm: Callable[[str], list[str]], tmp_path: Path) -> None:
    for engine in ("cpython", "vm"):
        out = tmp_path / engine
        out.mkdir()
        with Simulator(engine, speed=None, lockstep=True, trace=out / "trace") as simulator:
            played = demo.play(simulator.port, out, 0, PlainView(StringIO()), lambda: False)
        assert played.is_whole, simulator.log
        assert (out / "demo.png").stat().st_size > 10_000
    traces = [(tmp_path / engine / "trace").read_text().splitlines() for engine in ("cpython", "vm")]
    assert len(traces[0]) > SESSION_TICKS
    assert traces[0] == traces[1]
    recordings = [(tmp_path / engine / "demo.csv").read_text().splitlines() for engine in ("cpython", "vm")]
    assert len(recordings[0]) == 1 + 720 * 2 + 1  # a heading; a frame while the let-go is proved
    assert recordings[0] == recordings[1]
