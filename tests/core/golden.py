"""Golden traces: what every built-in program asks of the outputs, tick for tick, as a CRC.

`python tests/core/golden.py` prints the table of TRACES as it would be now: paste it when a program is meant to change.
"""

import binascii
import struct

from massager.core import programs, refusals
from massager.core.limits import HEAT_HIGH
from massager.core.session import RUNNING
from rig import Rig

_BLOCK_TICKS = 500
_TICK = "<hhhB"
_TICK_BYTES = 7

TRACES = {
    "self": (36599, "750b6f38"),
    "shiatsu": (35999, "2d822453"),
    "vibration": (29999, "790ed40f"),
    "warm": (44974, "2cf503cf"),
    "russian": (33099, "a4a5b58f"),
    "swedish": (35099, "69b17c92"),
    "finnish": (32399, "451b6db1"),
    "eastern": (36999, "4e6d9211"),
    "classic": (34049, "c17417d0"),
    "post-trauma": (29999, "2262ee91"),
    "post-op": (29999, "38441ae1"),
    "honey": (44974, "fc8d616c"),
    "infrared": (31399, "b92f284d"),
    "joinmax": (36999, "b2aa5e68"),
}


def trace(name):
    """Return the ticks of a program from its begin to its end, and the CRC-32 of all outputs, in hex.

    Strength 4, heat high, on the rig's knee.
    """
    rig = Rig()
    rig.keeps_seen = False
    c = rig.controller
    c.setup.is_unlocked = True
    c.setup.sessions_done = 10
    assert c.start(programs.number_of(name), 4, 1, False) == refusals.OK
    rig.prove()
    c.heat = HEAT_HIGH
    block = bytearray(_TICK_BYTES * _BLOCK_TICKS)
    used = ticks = crc = 0
    while True:
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
