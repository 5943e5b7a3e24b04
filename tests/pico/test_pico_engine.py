"""The emulator's compiled part, which is patched, does what its part in Python does, to the cycle."""

import os
import subprocess
import sys

import pytest
from rp2040py.rp2040 import RP2040

from kneesim.pico import image

MS = 60  # the part in Python takes 40 s of a computer's time for one of the chip's
STATES = f"""
from hashlib import sha1
from kneesim.pico import image
from kneesim.pico.rig import Rig

rig = Rig(image.flash(image.find_uf2(), {{"main.py": b"print({{i: i % 7 for i in range(20)}})"}}))
print(type(rig.mcu).__module__)
for _ in range({MS}):
    rig.run_us(1000)
    core = rig.mcu.core
    print(rig.clock.nanos, core.cycles, list(core.registers), core.x_psr, sha1(rig.mcu.sram).hexdigest())
"""
SIO = 0xD0000000
UNSIGNED, SIGNED, QUOTIENT, REMAINDER, READY = SIO + 0x60, SIO + 0x68, SIO + 0x70, SIO + 0x74, SIO + 0x78


def _states(**environment: str) -> list[str]:
    run = [sys.executable, "-W", "ignore", "-c", STATES]
    done = subprocess.run(run, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.splitlines()


def test_memory_and_registers_are_the_same_at_each_ms_of_a_start() -> None:
    try:
        image.find_uf2()
    except image.ImageMissing as missing:
        pytest.skip(str(missing))
    compiled, plain = _states(), _states(RP2040PY_SKIP_CYTHON="1")
    assert plain[0] == "rp2040py._rp2040"
    assert len(plain) == MS + 1
    assert compiled[1:] == plain[1:]


@pytest.mark.parametrize(
    ("registers", "dividend", "divisor", "quotient", "remainder"),
    [
        (UNSIGNED, 7, 2, 3, 1),
        (UNSIGNED, 0xFFFFFFFF, 10, 429496729, 5),
        (UNSIGNED, 5, 0, 0xFFFFFFFF, 5),
        (SIGNED, -7 & 0xFFFFFFFF, 2, -3 & 0xFFFFFFFF, -1 & 0xFFFFFFFF),
        (SIGNED, 7, -2 & 0xFFFFFFFF, -3 & 0xFFFFFFFF, 1),
        (SIGNED, 0x80000000, 0xFFFFFFFF, 0x80000000, 0),
    ],
)
def test_the_divider_divides(registers: int, dividend: int, divisor: int, quotient: int, remainder: int) -> None:
    mcu = RP2040()
    mcu.write_uint32(registers, dividend)
    mcu.write_uint32(registers + 4, divisor)
    assert mcu.read_uint32(READY) == 3  # ready, and written since the quotient was read
    assert mcu.read_uint32(REMAINDER) == remainder
    assert mcu.read_uint32(QUOTIENT) == quotient
    assert mcu.read_uint32(READY) == 1
    mcu.write_uint32(QUOTIENT, 12)  # an interrupt puts back what it found
    mcu.write_uint32(REMAINDER, 34)
    assert (mcu.read_uint32(REMAINDER), mcu.read_uint32(QUOTIENT)) == (34, 12)
    assert mcu.read_uint32(registers) == dividend
    assert mcu.read_uint32(registers + 4) == divisor


def test_a_reset_clears_the_divider() -> None:
    mcu = RP2040()
    mcu.write_uint32(UNSIGNED, 7)
    mcu.reset()
    assert [mcu.read_uint32(UNSIGNED + 4 * i) for i in range(7)] == [0, 1, 0, 1, 0, 0, 0]
