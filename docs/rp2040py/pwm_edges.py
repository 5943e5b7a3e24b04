"""Each edge of a PWM is three alarms of the clock, in Python, whether anybody looks at the pin or not.

    python pwm_edges.py

Two slices run at 20 kHz for 50 ms of simulated time, with no listener on any pin; then the same without them.
"""

import time

from rp2040py.rp2040 import RP2040
from rp2040py.utils.logging import ConsoleLogger, LogLevel

PWM = 0x40050000
PERIOD = 6250  # of 125 MHz: 20 kHz
MS = 50


def run(slices: int) -> tuple[int, float]:
    """Return how many alarms came in so many slices, and the seconds of processor time that the run took."""
    mcu = RP2040()
    mcu.logger = ConsoleLogger(LogLevel.ERROR)
    alarms = 0

    for channel in mcu.pwm.channels[:slices]:
        for alarm in (channel.alarm_a, channel.alarm_b, channel.alarm_bottom):

            def counted(callback=alarm.callback) -> None:
                nonlocal alarms
                alarms += 1
                callback()

            alarm.callback = counted
        base = PWM + 0x14 * channel.index
        mcu.write_uint32(base + 0x10, PERIOD - 1)
        mcu.write_uint32(base + 0x0C, PERIOD // 2 << 16 | PERIOD // 2)
        mcu.write_uint32(base, 1)
    began_s = time.process_time()
    for _ in range(MS * 100):
        mcu.clock.tick(10_000)
    return alarms, time.process_time() - began_s


def main() -> None:
    """Count and print."""
    _, bare_s = run(0)
    alarms, cost_s = run(2)
    print(f"pwm_edges: {alarms} alarms in {MS} ms, {(cost_s - bare_s) * 1000 / MS:.2f} s a second for two slices")


if __name__ == "__main__":
    main()
