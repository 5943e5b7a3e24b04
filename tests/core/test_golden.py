# Every program comes out, tick for tick, as it did when somebody last looked at it.
import sys

from golden import TRACES, trace
from massager.core.programs import BUILT_IN


def test_every_program_has_its_golden_trace():
    assert sorted(TRACES) == sorted([row[0] for row in BUILT_IN])
    # On MicroPython all of them take minutes; whole sessions are replayed there, and two programs that do everything.
    for name in TRACES if sys.implementation.name == "cpython" else ("joinmax", "infrared"):
        assert trace(name) == TRACES[name], name
