"""What the firmware costs on MicroPython's own image in an emulated RP2040, in virtual time and bytes.

    python -m kneesim.pico.bench [--json]

The figures come out the same on every machine; against a real Pico's clock they are within a factor of 2.
"""

import json
import sys
from itertools import pairwise
from typing import Any

from kneesim.pico import image
from kneesim.pico.device import PicoDevice
from kneesim.pico.rig import Rig

_TICK_US = 20_000
_QUIET_MS = 3000
_BUSY_MS = 2000
_WAIT_MS = 3000
_HEAP_MAIN = b"""
import gc, sys, time
gc.threshold(65536)
gc.collect()
bare = gc.mem_free()
from massager.device.image import Image
image = Image(sys.path[0])
from massager.device import app
made = app.App(image)
gc.collect()
while True:
    print("heap", bare, gc.mem_free(), "end")
    time.sleep_ms(100)
"""


class Ticks:
    """Times each tick by what the chip sees: the first conversion begins it, the watchdog is fed when the outputs are
    set, the next setting of a timer's alarm is the sleep. One that ends late has no sleep before the next.
    """

    def __init__(self, device: PicoDevice) -> None:
        self._device = device
        self._begun_us: list[float] = []
        self._fed_us: list[float] = []
        self._slept_us: list[float] = []
        device.wiring.on_conversion = self._on_conversion
        device.rig.on_feed = self._on_feed
        timer = device.rig.mcu.timer
        write = timer.write_uint32

        def write_and_note(offset: int, value: int) -> None:
            if len(self._slept_us) < len(self._fed_us):
                self._slept_us.append(self._now_us())
            write(offset, value)

        timer.write_uint32 = write_and_note  # type: ignore[method-assign]

    def _now_us(self) -> float:
        return self._device.rig.clock.nanos / 1000

    def _on_conversion(self, pin: int) -> None:
        if pin != self._device.board.PIN_SKIN_NTC:
            return
        if len(self._slept_us) < len(self._fed_us):
            self._slept_us.append(self._now_us())
        if len(self._begun_us) == len(self._slept_us):
            self._begun_us.append(self._now_us())

    def _on_feed(self) -> None:
        if len(self._fed_us) < len(self._begun_us):
            self._fed_us.append(self._now_us())

    def figures(self) -> dict[str, Any]:
        """Return p50, p99 and worst in ms of the ticks since the last call: until the outputs are set ("control"),
        until the sleep ("whole"), and how much longer than 20 ms it was from one to the next ("late").
        """
        done = len(self._slept_us)
        begun, fed, slept = self._begun_us[:done], self._fed_us[:done], self._slept_us
        found = {
            "ticks": done,
            "control": _spread([(b - a) / 1000 for a, b in zip(begun, fed, strict=True)]),
            "whole": _spread([(b - a) / 1000 for a, b in zip(begun, slept, strict=True)]),
            "late": _spread([(b - a - _TICK_US) / 1000 for a, b in pairwise(begun)]),
        }
        del self._begun_us[:done], self._fed_us[:done], self._slept_us[:done]
        return found


def _spread(values: list[float]) -> dict[str, float]:
    values = sorted(values)
    return {
        "p50": round(values[len(values) // 2], 2),
        "p99": round(values[len(values) * 99 // 100], 2),
        "worst": round(values[-1], 2),
    }


def heap() -> dict[str, int]:
    """Return the free bytes of the real VM's heap, bare and with the whole firmware made but no session yet."""
    files = image.used(image.listed({**image.firmware_files(), "main.py": _HEAP_MAIN}))
    rig = Rig(image.flash(image.find_uf2(), files))
    for _ in range(_WAIT_MS // 50):
        rig.run_us(50_000)
        for line in bytes(rig.usb.received).split(b"\r\n"):
            words = line.split()
            if len(words) == 4 and words[0] == b"heap" and words[3] == b"end":
                return {"free_bare": int(words[1]), "free_at_rest": int(words[2])}
    raise RuntimeError(f"the VM does not tell its heap; it said {bytes(rig.usb.received)!r}")


def measure() -> dict[str, Any]:
    """Return all figures; times in ms of virtual time."""
    device = PicoDevice()
    device.boot()
    ready_ms = device.rig.first_feed_us / 1000
    device.start_confirmed(strength=3)
    device.run_ms(1100)
    ticks = Ticks(device)
    device.run_ms(_QUIET_MS)
    quiet = ticks.figures()
    device.result("subscribe", hz=10)
    device.run_ms(200)
    ticks.figures()
    device.telemetry()
    began_ms = device.rig.now_us / 1000
    answer_ms = []
    while device.rig.now_us / 1000 - began_ms < _BUSY_MS:
        asked_us = device.rig.now_us
        device.status()
        answer_ms.append((device.rig.now_us - asked_us) / 1000)
    busy = ticks.figures()
    frames = device.telemetry()
    seconds = (device.rig.now_us / 1000 - began_ms) / 1000
    return {
        "mpy_bytes": image.mpy_bytes(image.firmware_files()),
        "first_tick_ms": round(ready_ms, 1),
        **heap(),
        "quiet": quiet,
        "busy": busy,
        "telemetry_hz": round(len(frames) / seconds, 1),
        "telemetry_dropped": frames[-1]["dropped"] if frames else None,
        "answer": _spread(answer_ms),
    }


def main() -> None:
    """Measure and print."""
    try:
        found = measure()
    except image.ImageMissing as missing:
        print(json.dumps({"skipped": str(missing)}) if "--json" in sys.argv[1:] else f"pico: not measured: {missing}")
        return
    if "--json" in sys.argv[1:]:
        print(json.dumps(found))
        return
    print("On MicroPython's image in an emulated RP2040, virtual time, ms as p50 / p99 / worst:")
    for name, words in (("quiet", "in a session"), ("busy", "the same, telemetry at 10 Hz and requests")):
        print(f"  {words}, {found[name]['ticks']} ticks:")
        for part, meaning in (
            ("control", "from the first sample to the outputs"),
            ("whole", "to the sleep, link and collections included"),
            ("late", "more than 20 ms from tick to tick"),
        ):
            print(f"    {_line(found[name][part])}  {meaning}")
    print(f"  {_line(found['answer'])}  answer to a status request; telemetry that arrives: {found['telemetry_hz']} Hz")
    print(f"  first tick {found['first_tick_ms']} ms after power-up; {found['mpy_bytes']} bytes of .mpy")
    print(f"  heap: {found['free_at_rest']} bytes free at rest of {found['free_bare']} when bare")


def _line(spread: dict[str, float]) -> str:
    return f"{spread['p50']:6.2f} / {spread['p99']:6.2f} / {spread['worst']:6.2f}"


if __name__ == "__main__":
    main()
