"""Calibrating both sensors against a thermometer beside them, in maintenance and with a press at the device (SAF-49).

Half of the time goes into what they read, half into a check that they still do, corrected.
"""

from micropython import const

from massager.core import limits, signals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from massager.core.sensors import Sensors

IDLE = const(0)
WAITING = const(1)  # for the press at the device
MEASURING = const(2)
DONE = const(3)  # and not yet kept
KEPT = const(4)
NO_PRESS = const(5)
UNSTEADY = const(6)
FAR = const(7)
APART = const(8)
BROKEN = const(9)
NOT_KEPT = const(10)

STAGES = ("idle", "waiting", "measuring", "measuring", "kept") + ("failed",) * 6
WORDS = (
    "",
    "Press HEAT at the device.",
    "Leave both sensors where they are.",
    "",
    "",
    "Nobody pressed HEAT at the device. Begin again.",
    "A sensor's reading was not steady. Let both come to rest, out of draughts and off the skin, and begin again.",
    "A sensor is more than 0.8 degrees off. Check the thermometer; if it is right, replace the sensor.",
    "Corrected, the sensors were more than 0.3 degrees apart. Let them come to rest side by side and begin again.",
    "A sensor gives no reading. Check its plug and cable.",
    "The device's memory is full or damaged; the calibration was not kept.",
)
TRUE_LEAST_MC = 15000  # what a thermometer beside resting sensors can show
TRUE_MOST_MC = 42000

_PRESS_WITHIN_MS = const(60000)
_BLOCK = const(25)  # readings in half a second, whose mean is looked at: an ESP32's noise alone is 0.3 degrees each way


class Reading:
    """One sensor's readings since clear(), in milli-degrees."""

    def __init__(self) -> None:
        self.offset_mc = 0  # what makes them right
        self.clear()

    def clear(self) -> None:
        """Begin anew."""
        self.least_mc = limits.SENSOR_HIGH_MC  # of the means of blocks
        self.most_mc = limits.SENSOR_LOW_MC
        self.last_mc = 0
        self._sum_mc = 0
        self._count = 0
        self._block_mc = 0

    def take(self, mc: int) -> None:
        """Take one."""
        self._sum_mc += mc
        self._count += 1
        self._block_mc += mc
        if self._count % _BLOCK == 0:
            self.last_mc = self._block_mc // _BLOCK
            self.least_mc = min(self.least_mc, self.last_mc)
            self.most_mc = max(self.most_mc, self.last_mc)
            self._block_mc = 0

    def correct(self, true_mc: int) -> bool:
        """Find the offset; return whether it is no larger than it may be."""
        self.offset_mc = true_mc - self._sum_mc // max(self._count, 1)
        return abs(self.offset_mc) <= limits.CALIBRATION_MOST_MC

    def is_steady(self) -> bool:
        """Return True if all half seconds lie close together."""
        return self.most_mc - self.least_mc <= limits.CALIBRATION_STEADY_MC


class Calibrator:
    """stage: one of the numbers above. skin and pad hold the offsets once it is DONE."""

    def __init__(self) -> None:
        self.stage = IDLE
        self.skin = Reading()
        self.pad = Reading()
        self._true_mc = 0
        self._left_ms = 0
        self._is_corrected = False

    def begin(self, true_mc: int) -> None:
        """Wait for the press; the thermometer shows true_mc."""
        self.stage = WAITING
        self._true_mc = true_mc
        self._left_ms = _PRESS_WITHIN_MS

    def step(self, dt_ms: int, pressed: int, now: "Sensors") -> None:
        """Let dt_ms pass; pressed: the buttons let go this tick."""
        if self.stage == WAITING:
            self._wait(dt_ms, pressed)
        elif self.stage == MEASURING:
            self._measure(dt_ms, now)

    def _wait(self, dt_ms: int, pressed: int) -> None:
        self._left_ms -= dt_ms
        if pressed & signals.HEAT:
            self.stage = MEASURING
            self.skin.clear()
            self.pad.clear()
            self._left_ms = limits.CALIBRATION_MS
            self._is_corrected = False
        elif self._left_ms <= 0:
            self.stage = NO_PRESS

    def _measure(self, dt_ms: int, now: "Sensors") -> None:
        if now.skin.band or now.pad.band or not now.is_fresh:
            self.stage = BROKEN
            return
        self.skin.take(now.skin.mc)
        self.pad.take(now.pad.mc)
        if not self.skin.is_steady() or not self.pad.is_steady():
            self.stage = UNSTEADY
            return
        if self._is_corrected and self._apart_mc() > limits.CALIBRATION_APART_MC:
            self.stage = APART
            return
        self._left_ms -= dt_ms
        if self._left_ms <= 0:
            self._end_half()

    def _apart_mc(self) -> int:
        return abs(self.skin.last_mc + self.skin.offset_mc - self.pad.last_mc - self.pad.offset_mc)

    def _end_half(self) -> None:
        if self._is_corrected:
            self.stage = DONE
        elif self.skin.correct(self._true_mc) and self.pad.correct(self._true_mc):
            self._is_corrected = True
            self._left_ms = limits.CALIBRATION_MS
        else:
            self.stage = FAR
