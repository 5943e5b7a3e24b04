"""Golden traces: what every built-in program asks of the outputs, tick for tick, as a CRC.

`python tests/core/golden.py` prints the table of TRACES as it would be now: paste it when a program is meant to change.
"""

import binascii
import struct

from massager.core import programs, refusals
from massager.core.limits import HEAT_HIGH, SKIN_SET_MC
from massager.core.session import RUNNING
from rig import Rig

_BLOCK_TICKS = 500
_TICK = "<hhhB"
_TICK_BYTES = 7

TRACES = {
    "self": (36599, "180345b1"),
    "shiatsu": (35999, "e092eb5f"),
    "vibration": (29999, "cc0cbfe4"),
    "warm": (44999, "9b2a4d68"),
    "russian": (33099, "a4b49c96"),
    "swedish": (35099, "bdc67ff9"),
    "finnish": (32399, "61a2bebd"),
    "eastern": (36999, "707c10c3"),
    "classic": (34049, "a37f54ea"),
    "post-trauma": (29999, "d303d01f"),
    "post-op": (29999, "38441ae1"),
    "honey": (44999, "48c2f826"),
    "infrared": (31399, "5dcf958d"),
    "joinmax": (36999, "1ce646b6"),
}


def trace(name):
    """Return the ticks of a program from its start to its end, and the CRC-32 of all outputs, in hex.

    Strength 4, heat high, a skin that follows its set point, half a degree below it each other second.
    """
    rig = Rig()
    rig.keeps_seen = False
    c = rig.controller
    c.setup.is_unlocked = True
    c.setup.sessions_done = 10
    assert c.start(programs.number_of(name), 4, 1, False) == refusals.OK
    c.heat = HEAT_HIGH
    block = bytearray(_TICK_BYTES * _BLOCK_TICKS)
    used = ticks = crc = 0
    while True:
        warm_mc = (c.heater.set_mc or SKIN_SET_MC[1]) - 500 * (ticks // 50 & 1)
        rig.skin(warm_mc)
        rig.pad(warm_mc + 500)
        rig.tick()
        if c.session.state != RUNNING:
            break
        o = rig.out
        on = o.is_heater_on + 2 * o.is_lamp_on + 4 * o.is_alive
        struct.pack_into(_TICK, block, used, o.roller_pm, o.inner_pm, o.outer_pm, on)
        ticks += 1
        used += _TICK_BYTES
        if used == len(block):
            crc = binascii.crc32(block, crc)
            used = 0
    crc = binascii.crc32(bytes(block[:used]), crc) & 0xFFFFFFFF
    return ticks, "%08x" % crc


if __name__ == "__main__":
    for row in programs.BUILT_IN:
        print('    "%s": (%d, "%s"),' % ((row[0],) + trace(row[0])))
