# Every program comes out, tick for tick, as it did when somebody last looked at it.
from golden import TRACES, trace
from massager.core.programs import BUILT_IN


def test_every_program_has_its_golden_trace():
    assert sorted(TRACES) == sorted([row[0] for row in BUILT_IN])
    for name in TRACES:
        assert trace(name) == TRACES[name], name
