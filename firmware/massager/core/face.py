"""The device's face: eight lamps and the buzzer, worked out from what the controller is doing. Watches, decides
nothing.

Lamps, left to right: five for the strength, then heat, program, state. Every state is told by place, rhythm and
sound, so that nobody needs to see colours.
"""

from micropython import const

from massager.core import faults, limits, session, sounds, techniques
from massager.core.sounds import Player
from massager.core.steps import TECHNIQUE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from massager.core.controller import Controller

LAMPS = const(8)
_HEAT_LAMP = const(5)
_PROGRAM_LAMP = const(6)
_STATE_LAMP = const(7)

_NO_BEND = const(-1)
_LAMPS_EVERY_MS = const(100)  # quick enough for an eye, and the tick is short
_MINUTE_MS = const(60000)
_LIGHT_TEST_MS = const(2000)
_FAULT_AGAIN_MS = const(10000)  # a fault is told again this often until somebody acknowledges it
_WARMING_MC = const(500)  # the heat lamp blinks until the skin is this near its set point

# Colours as red << 16 | green << 8 | blue, dim enough for a dark bedroom.
_DARK = const(0)
_WHITE = const(0x202020)
_BAR = const(0x101020)
_GREEN = const(0x002000)
_BLUE = const(0x000030)
_AMBER = const(0x201000)
_RED = const(0x300000)
_HEAT_COLOURS = (_DARK, 0x181000, 0x200800, 0x280000)
_FAMILY_COLOURS = (0x002010, 0x100020, 0x001828, 0x201800, 0x180010, 0x101010)  # in the order of programs.py

# How long the whole of a state's rhythm takes, and the part of it that is lit.
_BREATH_MS = const(4000)
_SLOW_BLINK_MS = const(1000)
_WARM_BLINK_MS = const(800)
_FAULT_BLINK_MS = const(300)
_FAULT_PAUSE_MS = const(1200)
_ROUND_MS = const(756000)  # a whole number of each of these rhythms, so that none stumbles when the clock begins anew


class Face:
    """lamps holds red, green, blue of each lamp, LAMPS * 3 bytes; player holds the tone."""

    def __init__(self) -> None:
        self.lamps = bytearray(LAMPS * 3)
        self.player = Player()
        self._clock_ms = 0
        self._light_test_ms = 0
        self._fault_ms = 0
        self._state = session.IDLE
        self._step_index = 0
        self._bend = _NO_BEND
        self._left_ms = 0
        self._is_minute_due = False
        self._lamps_ms = 0

    def test_lights(self) -> None:
        """Light everything for a moment."""
        self._light_test_ms = _LIGHT_TEST_MS

    def step(self, dt_ms: int, controller: "Controller") -> None:
        """Let dt_ms pass and show what the controller does now."""
        self._clock_ms = (self._clock_ms + dt_ms) % _ROUND_MS
        self._listen(dt_ms, controller.session)
        self.player.step(dt_ms)
        self._lamps_ms += dt_ms
        if self._lamps_ms >= _LAMPS_EVERY_MS:
            self._show(self._lamps_ms, controller)
            self._lamps_ms = 0

    def _show(self, dt_ms: int, controller: "Controller") -> None:
        if self._light_test_ms > 0:
            self._light_test_ms -= dt_ms
            for lamp in range(LAMPS):
                self._light(lamp, _WHITE)
            return
        self._show_bar(controller)
        self._show_heat(controller)
        family = controller.catalogue.family(controller.shown_program())
        self._light(_PROGRAM_LAMP, _FAMILY_COLOURS[family])
        self._show_state(controller)

    def _show_bar(self, controller: "Controller") -> None:
        """Show the strength; in a cue step a light that goes up while the leg bends, and down while it straightens."""
        if self._bend == _NO_BEND:
            for lamp in range(limits.STRENGTH_MAX):
                self._light(lamp, _BAR if lamp < controller.strength else _DARK)
            return
        at = controller.session.step_ms % techniques.BEND_MS * limits.STRENGTH_MAX // techniques.BEND_MS
        if self._bend & 1:
            at = limits.STRENGTH_MAX - 1 - at
        for lamp in range(limits.STRENGTH_MAX):
            self._light(lamp, _GREEN if lamp == at else _DARK)

    def _listen(self, dt_ms: int, s: session.Session) -> None:
        """Begin the tune of whatever has changed since the last tick."""
        left_ms = s.left_ms()
        bend = _bend(s)
        if s.state != self._state:
            self._tell_state(s.state)
        elif bend != _NO_BEND and bend != self._bend:
            self.player.play(sounds.STRAIGHTEN if bend & 1 else sounds.BEND)
        elif s.state == session.RUNNING and s.step_index != self._step_index:
            self.player.play(sounds.STEP)
        self._tell_minute(left_ms)
        self._state = s.state
        self._step_index = s.step_index
        self._bend = bend
        self._left_ms = left_ms
        if s.state == session.FAULT:
            self._fault_ms += dt_ms
            if self._fault_ms >= _FAULT_AGAIN_MS:
                self._fault_ms = 0
                self.player.play(sounds.FAULT)

    def _tell_minute(self, left_ms: int) -> None:
        """Tell that a minute is left, as soon as nothing else is being told."""
        if left_ms <= _MINUTE_MS < self._left_ms:
            self._is_minute_due = True
        if self._is_minute_due and self.player.sound == sounds.SILENCE:
            self._is_minute_due = False
            if left_ms:
                self.player.play(sounds.MINUTE)

    def _tell_state(self, state: int) -> None:
        if state == session.FAULT:
            self._fault_ms = 0
            self.player.play(sounds.FAULT)
        elif state == session.RUNNING:
            self.player.play(sounds.START)
        else:
            self.player.play(sounds.STOP)

    def _show_heat(self, controller: "Controller") -> None:
        set_mc = controller.heater.set_mc
        level = controller.heat if set_mc else limits.HEAT_OFF
        is_warming = set_mc - controller.sensors.skin.calibrated_mc > _WARMING_MC
        if is_warming and self._clock_ms % _WARM_BLINK_MS >= _WARM_BLINK_MS // 2:
            level = limits.HEAT_OFF
        self._light(_HEAT_LAMP, _HEAT_COLOURS[level])

    def _show_state(self, controller: "Controller") -> None:
        state = controller.session.state
        if state == session.RUNNING:
            self._light(_STATE_LAMP, _GREEN)
        elif state == session.PAUSED:
            self._light(_STATE_LAMP, _AMBER if self._clock_ms % _SLOW_BLINK_MS < _SLOW_BLINK_MS // 2 else _DARK)
        elif state == session.FAULT:
            self._light(_STATE_LAMP, _RED if self._is_fault_blink(controller.guard.fault) else _DARK)
        else:
            # Breathing: up for half of the time, down for the other.
            part_ms = self._clock_ms % _BREATH_MS
            part_ms = min(part_ms, _BREATH_MS - part_ms)
            self._light(_STATE_LAMP, _BLUE * part_ms // (_BREATH_MS // 2))

    def _is_fault_blink(self, fault: int) -> bool:
        """As many blinks as the fault's group has, then a pause."""
        blinks = faults.GROUPS[fault]
        part_ms = self._clock_ms % (blinks * _FAULT_BLINK_MS + _FAULT_PAUSE_MS)
        return part_ms < blinks * _FAULT_BLINK_MS and part_ms % _FAULT_BLINK_MS < _FAULT_BLINK_MS // 2

    def _light(self, lamp: int, colour: int) -> None:
        lamp *= 3
        self.lamps[lamp] = colour >> 16
        self.lamps[lamp + 1] = colour >> 8 & 0xFF
        self.lamps[lamp + 2] = colour & 0xFF


def _bend(s: session.Session) -> int:
    """Return how many times the leg was to be bent or straightened before now in this cue step: even while it is to
    be bent; _NO_BEND outside of one.
    """
    if s.state != session.RUNNING or s.current()[TECHNIQUE] != techniques.CUE:
        return _NO_BEND
    return s.step_ms // techniques.BEND_MS
