"""After every instruction each PIO is asked whether it stands still, by an attribute of a Python object.

    python pio_look.py

A loop of two instructions in RAM runs for a while, with the chip's two PIOs, which no program has started, and once
more with none in the list that is asked.
"""

import time

from rp2040py.execute_batch import execute_batch
from rp2040py.memory_map import RAM_START_ADDRESS
from rp2040py.rp2040 import RP2040
from rp2040py.simulator import Simulator
from rp2040py.utils.logging import ConsoleLogger, LogLevel

NOP, BRANCH_BACK = 0x46C0, 0xE7FD
MS = 20


class Asked:
    """Stands for a PIO that stands still, and counts how often that is asked."""

    def __init__(self) -> None:
        self.times = 0

    @property
    def stopped(self) -> bool:
        """Return True, and count."""
        self.times += 1
        return True


def run(pios: list[object] | None) -> float:
    """Return the seconds of processor time that MS of the loop take. pios: in place of the chip's own."""
    mcu = RP2040()
    mcu.logger = ConsoleLogger(LogLevel.ERROR)
    simulator = Simulator(rp2040=mcu)
    mcu.write_uint16(RAM_START_ADDRESS, NOP)
    mcu.write_uint16(RAM_START_ADDRESS + 2, BRANCH_BACK)
    mcu.core.pc = RAM_START_ADDRESS
    if pios is not None:
        mcu.pio = pios  # type: ignore[assignment]

    def stop() -> None:
        simulator.stopped = True

    simulator.stopped = False
    simulator.clock.create_alarm(stop).schedule(MS * 1e6)
    began_s = time.process_time()
    while not simulator.stopped:
        execute_batch(simulator, 1)
    return time.process_time() - began_s


def main() -> None:
    """Run, count and print."""
    asked = Asked()
    run([asked])
    with_s, without_s = run(None), run([])
    print(
        f"pio_look: one PIO is asked {asked.times} times in {MS} ms;"
        f" {with_s * 1000 / MS:.2f} s a second with two, {without_s * 1000 / MS:.2f} without"
    )


if __name__ == "__main__":
    main()
