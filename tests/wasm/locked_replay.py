"""Replays a recording with the heap locked during every tick, so that one that allocates ends in MemoryError.

locked_replay.py SIM FIRMWARE BOARD RECORDING       prints the number of ticks; runs on MicroPython
"""

import sys

import micropython

sys.path[:0] = sys.argv[1:4]

import board  # noqa: E402

from kneesim.replay_run import replay  # noqa: E402
from massager.core.controller import Controller  # noqa: E402

step = Controller.step
ticks = 0


def locked_step(controller, now_ms, inputs, out):
    global ticks
    micropython.heap_lock()
    try:
        step(controller, now_ms, inputs, out)
    finally:
        micropython.heap_unlock()
    ticks += 1


Controller.step = locked_step
with open(sys.argv[4]) as lines:
    replay(lines, board, lambda line: None)
print(ticks)
