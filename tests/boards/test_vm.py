"""Each board on the real MicroPython VM: the same bits as on CPython, and analog inputs that allocate nothing."""

import subprocess
from collections.abc import Callable
from io import StringIO
from pathlib import Path

from kneectl import demo
from kneectl.display import PlainView
from kneesim.engines import ROOT
from kneesim.launch import Simulator

READS = """
import gc, micropython, sys
sys.path[:0] = [{firmware!r}, {board!r}]
class Adc:
    ATTN_11DB = 3
    def __init__(self, pin, atten=0):
        pass
    def read_uv(self):
        return 3134000
    def read_u16(self):
        return 65535
class Machine:
    ADC = Adc
    Pin = int
sys.modules["machine"] = Machine
import board
from massager.device.analog import AnalogIn
def measure(part):
    gc.collect()
    before = gc.mem_alloc()
    micropython.heap_lock()
    for _ in range(1000):
        part.read()
    micropython.heap_unlock()
    return gc.mem_alloc() - before
print(measure(AnalogIn(board.PIN_SKIN_NTC, board)))
"""


def test_an_analog_input_allocates_nothing(vm: Callable[[str], list[str]], board_name: str) -> None:
    script = READS.format(firmware=str(ROOT / "firmware"), board=str(ROOT / "boards" / board_name))
    done = subprocess.run([*vm("256k"), "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout == "0\n", done.stdout + done.stderr


def test_a_session_on_an_esp32_is_the_same_line_for_line_on_both_engines(
    vm: Callable[[str], list[str]], tmp_path: Path
) -> None:
    for engine in ("cpython", "vm"):
        out = tmp_path / engine
        out.mkdir()
        with Simulator(engine, board="esp32", speed=None, lockstep=True, trace=out / "trace") as simulator:
            played = demo.play(simulator.port, out, 0, PlainView(StringIO()), lambda: False)
        assert played.is_whole, simulator.log
    on_cpython, on_vm = ((tmp_path / engine / "trace").read_text().splitlines() for engine in ("cpython", "vm"))
    assert len(on_cpython) > 720 * 50
    assert on_cpython == on_vm
