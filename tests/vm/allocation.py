"""Ticks a controller with the heap locked and reports how many bytes the ticks allocated. Runs on MicroPython.

Prints one line a phase: "PHASE TICKS BYTES", or the exception of a tick that tried to allocate.
"""

import gc
import sys

import micropython

for folder in sys.argv[1:]:
    sys.path.insert(0, folder)

from knee import OPEN_CODE  # noqa: E402
from massager.core import session, signals  # noqa: E402
from massager.core.programs import number_of  # noqa: E402
from rig import SHIATSU, Rig  # noqa: E402


def measure(phase, rig, ticks):
    """Step the rig's controller `ticks` times; temperatures wander about the truth, as slowly as in life."""
    c = rig.controller
    step = c.step
    inputs = rig.inputs
    out = rig.out
    now_ms = rig.now_ms
    knee = rig.knee
    offset_mc = 0
    wander_mc = 2
    error = None
    gc.collect()
    before = gc.mem_alloc()
    micropython.heap_lock()
    try:
        for _ in range(ticks):
            now_ms = (now_ms + 20) & 0x1FFFFFFF
            inputs.sample_ms = now_ms
            if phase != "fault":
                if not -600 < offset_mc < 600:
                    wander_mc = -wander_mc
                offset_mc += wander_mc
                knee.skin.lie_mc = offset_mc
                knee.pad.lie_mc = offset_mc
            knee.step(20, out, inputs)
            c.session.renew(now_ms)
            step(now_ms, inputs, out)
    except MemoryError as e:
        error = e
    micropython.heap_unlock()
    after = gc.mem_alloc()
    knee.release()
    rig.now_ms = now_ms
    print(phase, ticks, after - before if error is None else repr(error))


def main():
    rig = Rig()
    rig.keeps_seen = False  # the history of a whole session would not fit the chip's heap
    measure("idle", rig, 1000)
    assert not rig.controller.start(SHIATSU, 5, 1, True)
    rig.run(40)
    assert rig.controller.session.waits == session.PROOF
    measure("starting", rig, 1000)
    assert rig.controller.session.is_playing()
    rig.run_long(98000)
    measure("running", rig, 1000)
    rig.inputs.buttons = signals.HEAT
    measure("button", rig, 1000)
    rig.inputs.buttons = 0
    rig.controller.pause()
    measure("paused", rig, 1000)
    rig.controller.resume()
    rig.run_long(500000)
    measure("finishing", rig, 5000)
    # One of each kind that does something of its own: all motors one after the other, a layer of the side motors, cues
    # and the lamp; on the other knee, so that everything is mirrored.
    setup = rig.controller.setup
    setup.is_unlocked = setup.is_left_knee = setup.is_strap_down = True
    for phase, name, begin_ms in (
        ("wave", "post-op", 61000),
        ("layer", "joinmax", 85000),
        ("cue", "swedish", 364000),
        ("lamp", "infrared", 61000),
        ("growing", "post-trauma", 61000),
    ):
        rig.controller.stop()
        rig.run(1000)
        assert not rig.controller.start(number_of(name), 5, 1, False)
        rig.prove()
        rig.run_long(begin_ms)
        measure(phase, rig, 1000)
    rig.skin_code(OPEN_CODE)
    measure("fault", rig, 1000)
    # The measurement itself must see an allocation when there is one.
    gc.collect()
    before = gc.mem_alloc()
    kept = [0] * 100
    print("control", len(kept), gc.mem_alloc() - before)


main()
