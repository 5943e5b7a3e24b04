"""What pad and skin must do if device and sensors are whole and the device is worn, judged once a second: SAF-09, 10,
13 and 17. bounds.py and runaway.py know the physics; what counts here is by how much and for how long.
"""

from micropython import const

from massager.core import faults, limits
from massager.core.bounds import Bounds
from massager.core.runaway import Runaway

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from massager.core import sensors, signals

_EVERY_MS = const(1000)


class Lasting:
    """Whether something has been so for a time without a break."""

    def __init__(self, for_ms: int) -> None:
        self._for_ms = for_ms
        self._ms = 0

    def step(self, dt_ms: int, is_so: bool) -> bool:
        """Let dt_ms pass in which it was so, or not."""
        self._ms = self._ms + dt_ms if is_so else 0
        return self._ms >= self._for_ms


class Thermal:
    """Judges a session while it plays. The device may have been put on anew whenever that begins or goes on after a
    pause, so everything starts from what is measured then.

    board supplies PAD_MW and PAD_MJ_K.
    """

    def __init__(self, board: "Any") -> None:
        self.bounds = Bounds(board.PAD_MW, board.PAD_MJ_K)
        self.runaway = Runaway(board.PAD_MW, board.PAD_MJ_K)
        self.is_unworn = False  # the skin's sensor is colder than skin under this pad can be
        self._no_rise = Lasting(limits.NO_RISE_MS)
        self._disagree = Lasting(limits.DISAGREE_MS)
        self._unworn = Lasting(limits.UNWORN_MS)
        self._is_judging = False
        self._ms = 0  # since the last judgement
        self._heater_ms = 0  # of them with heat
        self._lamp_ms = 0
        self._on_ms = 0  # for which it has been judging
        self._warming_ms = 0  # of them with heat wanted

    def step(self, dt_ms: int, is_playing: bool, now: "sensors.Sensors") -> int:
        """Let dt_ms pass; return the fault that shows, or faults.NONE. Nothing is judged unless a session plays on
        fresh samples.
        """
        if not is_playing or not self._is_judging:
            self._is_judging = is_playing
            self._start(now)
            return faults.NONE
        self._ms += dt_ms
        if self._ms < _EVERY_MS:
            return faults.NONE
        fault = self._judge(now.skin.mc, now.pad.mc)
        self._ms = 0
        self._heater_ms = 0
        self._lamp_ms = 0
        return fault

    def follow(self, dt_ms: int, was: "signals.Outputs", is_warming: bool) -> None:
        """Take into account what was on in the last dt_ms, and whether heat was wanted at all."""
        if was.is_heater_on:
            self._heater_ms += dt_ms
        if was.is_lamp_on:
            self._lamp_ms += dt_ms
        if is_warming:
            self._warming_ms += dt_ms

    def _start(self, now: "sensors.Sensors") -> None:
        self.is_unworn = False
        self._on_ms = 0
        self._warming_ms = 0
        self._ms = 0
        self._heater_ms = 0
        self._lamp_ms = 0
        self.bounds.start(now.skin.mc, now.pad.mc)
        self.runaway.start()
        self._no_rise.step(0, False)
        self._disagree.step(0, False)
        self._unworn.step(0, False)

    def _judge(self, skin_mc: int, pad_mc: int) -> int:
        self._on_ms += self._ms
        self.bounds.step(self._ms, self._heater_ms, self._lamp_ms, skin_mc, pad_mc)
        self.is_unworn = self._unworn.step(self._ms, self.bounds.is_skin_cold(skin_mc))
        if self._runs_away(skin_mc, pad_mc):
            return faults.RUNAWAY
        is_pad_cold = self.bounds.is_pad_cold(pad_mc)
        if self._disagree.step(self._ms, self._is_armed() and (is_pad_cold or self.bounds.is_skin_warm(skin_mc))):
            return faults.DISAGREE
        return faults.NO_RISE if self._no_rise.step(self._ms, is_pad_cold) else faults.NONE

    def _is_armed(self) -> bool:
        return self._warming_ms >= limits.DISAGREE_ARMED_MS

    def _runs_away(self, skin_mc: int, pad_mc: int) -> bool:
        """Judge the pad's rise; for a while after the device was put on the skin warms it, too."""
        is_too_fast = self.runaway.step(self._heater_ms, skin_mc, pad_mc)
        return is_too_fast and self._on_ms >= limits.RUNAWAY_ARMED_MS
