"""The device's loop. One loop, no tasks, no interrupts: read, step, apply, feed the watchdog, serve the link, sleep."""

import gc
import time

import board
import machine

from massager import VERSION
from massager.core import faults, limits, ring, self_tests, signals
from massager.core.controller import Controller
from massager.device.console import Console
from massager.device.files import Files
from massager.device.hardware import Hardware, Senses
from massager.device.power_up import PowerUp
from massager.device.rtc import Rtc
from massager.device.self_test import has_memory
from massager.link import frame, rpc
from massager.link.service import Service
from massager.store.keeper import Keeper
from massager.store.slot import Slot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from massager.device.image import Image

_US_MASK = 0x3FFFFFFF  # where the chips' counters wrap
_COLLECT_EVERY_MS = 1000  # one explicit collection a second, in the slack, so that none comes in a tick
# Or sooner, after so many bytes of garbage, so that a host that sends without pause does not fill the heap: a frame
# leaves about so much, and a byte that is read several times itself.
_COLLECT_AFTER_BYTES = 24000
_FRAME_BYTES = 2500
_READ_TIMES = 4
_LONG_TICK_MS = 8  # a tick of a second's work: without that one is a millisecond or two shorter on a Pico
_SERVE_IF_LATE_MS = 1  # a tick that begins later than this catches up first
_FOLDER = "/kept"
_CRASH_FLUSH_US = 100000  # everything is off by then; the watchdog would wait longer
_PROMPT = "prompt"  # the file that main.py looks for
_LEAVE_AFTER_MS = 200  # ten ticks, for the answer to be sent
_RESTART_AFTER_MS = 2000  # the acknowledgement that ends a rescue is heard first, and kept


def main(image: "Image") -> None:
    """Make the device and run it; whatever goes wrong ends in a reset (SAF-42). An image that is not whole drives
    nothing, and ends at the prompt, where it can be mended, instead of starting over for ever.
    """
    if not image.is_whole:
        app = App(image)
        app.run()
        app.leave()
        machine.reset()
    try:
        App(image).run()
    finally:
        machine.reset()


class App:
    """One controller on one board, over its console."""

    def __init__(self, image: "Image") -> None:
        self._inputs = signals.Inputs()
        self._outputs = signals.Outputs()
        files = Files(_FOLDER, self._outputs.are_off)
        senses = Senses(board)
        self._start = PowerUp(board, files, image, senses)
        self._hardware = Hardware(board, senses, self._start.is_link_only(), self._start.mode == self_tests.MAINTENANCE)
        self._controller = Controller(board)
        self._console = Console(_now_us)
        self._deframer = frame.Deframer()
        rtc = Rtc(board) if "rtc" in board.FEATURES else None
        self._keeper = Keeper(files, self._controller, board.ZONE_ACTUATORS, _now_ms(), rtc)
        self._slot = Slot(Files("", self._outputs.are_off), image.folder)
        if self._slot.trial_left() >= 0:
            # However this start ends: the trial counts it, and the image before must not begin with a rescue.
            self._start.resets.plan(True)
            self._slot.on_confirmed = self._expect_no_reset
        self._service = Service(self._controller, self._keeper, self._slot, _identity(image))
        self._files = files
        self._asked_ms = -1  # when a host asked for the prompt
        self._telemetry_ms = 0
        self._telemetry_hz = 0
        self._collect_ms = 0
        self._garbage_bytes = 0  # since the last collection
        self._is_put_off = False  # a collection, by a tick
        self._late_ms = 0
        self._acknowledged_ms = -1  # when a rescue was
        self._take_start()

    def _take_start(self) -> None:
        """Tell the controller how the device was started and what of it is not in order."""
        start = self._start
        failed = start.failed
        if failed == self_tests.PASSED and self._keeper.has_damaged_settings:
            failed = self_tests.SETTINGS
        # A converter of this kind may be off by more than what separates warm from too warm, in both sensors at once.
        if failed == self_tests.PASSED and board.ADC_READS_UV and not self._keeper.is_calibrated():
            failed = self_tests.UNCALIBRATED
        if failed == self_tests.PASSED and not has_memory():
            failed = self_tests.MEMORY
        self._controller.take_start(start.mode, failed)
        self._controller.bench.floating = self._hardware.floating

    def run(self) -> None:
        """Run for ever. Whatever goes wrong, KeyboardInterrupt and MemoryError included, is off first (SAF-42)."""
        try:
            self._loop()
        except BaseException as e:
            self._hardware.off()
            gc.enable()  # it was off in a session, and words take memory
            self._report(e)
        finally:
            self._hardware.off()

    def _loop(self) -> None:
        watchdog = machine.WDT(timeout=limits.WATCHDOG_MS)
        gc.threshold(-1)
        gc.collect()  # what starting up has left would fill the heap before the first second is over
        is_held = _hold_collector(False)
        due_ms = _now_ms()
        self._collect_ms = due_ms  # the ring may stand anywhere: 0 could seem days ahead
        while True:
            now_ms = _now_ms()
            late_ms = ring.diff(now_ms, due_ms)
            self._late_ms = max(self._late_ms, late_ms)
            if late_ms >= limits.TICK_MS:
                due_ms = now_ms  # go on from here instead of hurrying after lost ticks
            self._hardware.read(now_ms, self._inputs)
            self._controller.step(now_ms, self._inputs, self._outputs)
            self._hardware.apply(self._outputs)
            watchdog.feed()
            if self._outputs.is_alive != is_held:
                is_held = _hold_collector(self._outputs.is_alive)
            self._start.resets.step(now_ms)
            self._keeper.watch(now_ms)
            if self._start.mode == self_tests.RESCUE and self._is_rescue_over(now_ms):
                return
            if self._slot.wants_prompt and self._has_answered(now_ms):
                self.leave()
                return
            # Three ticks after power-up, so that no host need ask twice.
            if self._controller.sensors.has_median and late_ms <= _SERVE_IF_LATE_MS:
                self._serve(now_ms)
            due_ms = (due_ms + limits.TICK_MS) & ring.MASK
            wait_ms = ring.diff(due_ms, _now_ms())
            if wait_ms > 0:
                time.sleep_ms(wait_ms)

    def _has_answered(self, now_ms: int) -> bool:
        """Return True when the host that asked for the prompt has its answer, and everything is off. A session that has
        been started meanwhile goes on, and the host may ask again.
        """
        if self._controller.session.is_active():
            self._slot.wants_prompt = False
            self._asked_ms = -1
            return False
        if self._asked_ms < 0:
            self._asked_ms = now_ms
        return ring.diff(now_ms, self._asked_ms) >= _LEAVE_AFTER_MS and self._outputs.are_off()

    def leave(self) -> None:
        """Have main.py start no firmware the next time. A flash that is full starts it as ever."""
        try:
            self._files.write(_PROMPT, b"")
        except OSError:
            pass
        self._start.resets.plan(True)

    def _expect_no_reset(self) -> None:
        self._start.resets.plan(False)

    def _is_rescue_over(self, now_ms: int) -> bool:
        """Return True when the device shall start as ever, since somebody at it has acknowledged its restarts."""
        if self._controller.guard.fault != faults.NONE:
            self._acknowledged_ms = -1
            return False
        if self._acknowledged_ms < 0:
            self._acknowledged_ms = now_ms
        if ring.diff(now_ms, self._acknowledged_ms) < _RESTART_AFTER_MS:
            return False
        self._start.end_rescue()
        return True

    def _serve(self, now_ms: int) -> None:
        """Do one of four: keep something, send telemetry, collect garbage, answer a request. Each costs milliseconds
        on a chip, and two in one tick would make the next one late; the first three are seldom due, so requests wait
        a tick at most.
        """
        if self._keeper.serve(now_ms):
            pass
        elif self._is_telemetry_due(now_ms):
            self._send_telemetry()
        elif self._is_collection_due(now_ms):
            self._collect_ms = now_ms
            self._garbage_bytes = 0
            gc.collect()
            return  # it has taken more than what was left of this tick
        else:
            data = self._console.read_line(limits.LINK_READ_US)
            self._garbage_bytes += _READ_TIMES * len(data)
            for kind, json_bytes in self._deframer.feed(data):
                answer = self._service.handle(kind, json_bytes)
                self._garbage_bytes += _FRAME_BYTES
                if answer is not None:
                    self._console.write(frame.encode(answer))
        self._console.flush(limits.LINK_WRITE_US)

    def _is_collection_due(self, now_ms: int) -> bool:
        has_time = ring.diff(now_ms, self._collect_ms) < _COLLECT_EVERY_MS
        if has_time and self._garbage_bytes < _COLLECT_AFTER_BYTES:
            return False
        # With a long tick it would be too late; the next one is shorter.
        self._is_put_off = not self._is_put_off and ring.diff(_now_ms(), now_ms) >= _LONG_TICK_MS
        return not self._is_put_off

    def _is_telemetry_due(self, now_ms: int) -> bool:
        hz = self._service.telemetry_hz
        if hz != self._telemetry_hz:
            self._telemetry_hz = hz
            self._telemetry_ms = now_ms
        if not hz or ring.diff(now_ms, self._telemetry_ms) < 1000 // hz:
            return False
        # From when it was due, not from now: a tick that comes a millisecond late must not cost a whole tick each time.
        self._telemetry_ms = (self._telemetry_ms + 1000 // hz) & ring.MASK
        return True

    def _send_telemetry(self) -> None:
        json_bytes = self._service.telemetry(
            self._outputs, self._inputs.roller_ma, self._console.dropped, self._late_ms
        )
        self._late_ms = 0
        self._garbage_bytes += _FRAME_BYTES
        self._console.write(frame.encode(json_bytes))

    def _report(self, e: BaseException) -> None:
        """Tell the host what happened, if it listens; the reset comes either way."""
        try:
            self._console.write(frame.encode(rpc.notification("crash", {"error": repr(e)[:200]})))
            self._console.flush(_CRASH_FLUSH_US)
        except BaseException:
            pass


def _hold_collector(is_held: bool) -> bool:
    """Keep MicroPython from collecting garbage by itself, as it must while anything may be on; return is_held.

    With a full heap each attempt to allocate collects first, also those for the traceback of an exception on its way to
    off(): 176 ms in all on a Pico, and SAF-42 allows 50. In a session nothing needs it: the tick allocates nothing,
    and what requests leave is collected long before it fills the heap.
    """
    if is_held:
        gc.disable()
    else:
        gc.enable()
    return is_held


# Ticks are a type of their own to the type check; here, and nowhere else, they become numbers.
def _now_ms() -> int:
    return time.ticks_ms() & ring.MASK  # type: ignore[operator]


def _now_us() -> int:
    return time.ticks_us() & _US_MASK  # type: ignore[operator]


def _identity(image: "Image") -> "dict[str, object]":
    reset = "power" if machine.reset_cause() == machine.PWRON_RESET else "watchdog"
    known = {
        "firmware": VERSION,
        "image": image.identity,
        "board": board.NAME,
        "id": "".join(["%02x" % byte for byte in machine.unique_id()]),
        "features": board.FEATURES,
        "pad_mw": board.PAD_MW,
        "pad_mj_k": board.PAD_MJ_K,
        "reset": reset,
    }
    if image.is_frozen:
        known["frozen"] = True
    return known
