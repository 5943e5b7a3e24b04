"""The core as one object: `step` once a tick, and the commands that buttons and the link give between ticks.

In a tick data flows one way: session -> program and technique -> heater -> guard -> outputs. Nothing here reads a
clock or allocates memory in `step`. Commands return OK or a refusal, whose words stand in REFUSAL_WORDS.
"""

from micropython import const

from massager.core import faults, limits, programs, ring, session, signals, techniques, zones
from massager.core.buttons import Buttons
from massager.core.face import Face
from massager.core.guard import Guard, cap_pm
from massager.core.heater import Heater
from massager.core.panel import Panel
from massager.core.sensors import Sensors
from massager.core.session import Session
from massager.core.steps import HEAT, TECHNIQUE, ZONE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

OK = const(0)
REFUSED_ACTIVE = const(1)
REFUSED_FAULT = const(2)
REFUSED_STOP_DOWN = const(3)
REFUSED_STALE = const(4)
REFUSED_NO_SESSION = const(5)
REFUSED_LONGER = const(6)
REFUSED_HIGHER = const(7)

REFUSAL_WORDS = (
    "",
    "A session is running. Stop it first.",
    "A fault is latched. Read status for what to do; only a press at the device clears it.",
    "The stop button is pressed, or its wire is broken. Let it go or check the wire.",
    "The temperature sensors give no fresh reading. Try again; if it stays, restart the device.",
    "No session is running. Start one first.",
    "The time left can only be made shorter.",
    "The personal limit can only be lowered here.",
)


class Controller:
    """Everything between a tick's inputs and its outputs.

    board supplies SKIN_NTC_MC, PAD_NTC_MC, ZONE_ACTUATORS, ROLLER_CAP_PM, INNER_CAP_PM, OUTER_CAP_PM.
    """

    def __init__(self, board: "Any") -> None:
        self.session = Session()
        self.sensors = Sensors(board.SKIN_NTC_MC, board.PAD_NTC_MC)
        self.heater = Heater()
        self.guard = Guard(board.ROLLER_CAP_PM, board.INNER_CAP_PM, board.OUTER_CAP_PM)
        self.buttons = Buttons()
        self.panel = Panel()
        self.face = Face()
        self.strength = 1
        self.strength_limit = limits.STRENGTH_MAX
        self.heat = limits.HEAT_OFF
        self.now_ms = 0
        self._zone_actuators = board.ZONE_ACTUATORS
        self._has_ticked = False

    def step(self, now_ms: int, inputs: "signals.Inputs", out: "signals.Outputs") -> None:
        """Run one tick at now_ms (on the ring): read inputs, fill out."""
        # Functions of the tick are kept short on purpose: MicroPython puts the frame of one that needs more than 11
        # words on the heap.
        dt_ms = self._pass_time(now_ms)
        self.sensors.update(now_ms, inputs)
        self.buttons.step(dt_ms, inputs.buttons)
        self._obey_stop()
        self.panel.step(dt_ms, self)
        self.session.step(now_ms, dt_ms)
        self.guard.check(self.sensors)
        if self.guard.fault != faults.NONE and self.session.state != session.FAULT:
            self.session.state = session.FAULT
            self.buttons.forget()  # nobody can have acknowledged what was not there yet
        self._request(out)
        self.guard.limit(dt_ms, self._is_allowed(), self._cap_pm(), out)
        self.face.step(dt_ms, self)
        out.lamps = self.face.lamps
        out.tone_hz = self.face.player.tone_hz

    def _pass_time(self, now_ms: int) -> int:
        """Return the ms since the last tick; too many of them, or a clock running backwards, end the session
        (SAF-26).
        """
        dt_ms = ring.diff(now_ms, self.now_ms) if self._has_ticked else 0
        self._has_ticked = True
        self.now_ms = now_ms
        if 0 <= dt_ms <= limits.TICK_GAP_MS:
            return dt_ms
        self.session.end(session.GAP)
        self.buttons.ignore()  # how long a button was held meanwhile nobody knows
        return 0

    def _is_allowed(self) -> bool:
        """Return True if anything may be on this tick: a session runs, on fresh samples (SAF-14)."""
        return self.session.state == session.RUNNING and self.sensors.is_fresh

    def _cap_pm(self) -> int:
        """Return the most any motor may do this tick."""
        return cap_pm(self.session.running_ms, self.strength_limit)

    def _request(self, out: "signals.Outputs") -> None:
        """Ask for what the program's present step wants, for nothing if none runs."""
        out.clear()
        if self.session.state != session.RUNNING:
            self.heater.off()
            return
        step = self.session.current()
        self._move(step, self.session.step_ms, out)
        self.heater.set_point(limits.SKIN_SET_MC[min(self.heat, step[HEAT])])
        out.is_heater_on = self.heater.step(self.sensors.skin.mc, self.sensors.pad.mc)
        out.is_alive = True

    def _move(self, step: "tuple[int, ...]", t_ms: int, out: "signals.Outputs") -> None:
        """Ask the motors that reach the step's zone for the level of its technique at t_ms."""
        actuators = self._zone_actuators[step[ZONE]]
        level_pm = techniques.level_pm(step, t_ms)
        level_pm = self._scaled(level_pm)
        if actuators & zones.ROLLER:
            out.roller_pm = level_pm * techniques.roller_sign(step[TECHNIQUE], t_ms)
        if actuators & zones.INNER:
            out.inner_pm = level_pm
        if actuators & zones.OUTER:
            level_pm = techniques.outer_pm(step, t_ms)
            out.outer_pm = self._scaled(level_pm)

    def _scaled(self, level_pm: int) -> int:
        """Return a technique's level at the strength the person chose."""
        return level_pm * limits.STRENGTH_PM[self.strength] // 1000

    def _obey_stop(self) -> None:
        buttons = self.buttons
        if buttons.is_stop_down:
            if self.session.is_active():
                buttons.ignore()  # letting go of the press that stopped means nothing more
            self.session.end(session.BY_BUTTON)
        # Only a press that ends acknowledges: a broken STOP wire reads as a press for ever.
        if buttons.long & signals.STOP and self.session.state == session.FAULT and self.guard.acknowledge(self.sensors):
            self.session.state = session.IDLE
            self.session.end_reason = session.ACKNOWLEDGED
            buttons.ignore()
        if self.session.is_active() and buttons.are_two_down():
            self.session.end(session.TWO_BUTTONS)
            buttons.ignore()

    def start(self, program: int, strength: int, heat: int, is_leased: bool) -> int:
        """Start built-in program number `program`; strength 1 to 5, heat HEAT_OFF or HEAT_LOW (SAF-48)."""
        if self.session.state == session.FAULT:
            return REFUSED_FAULT
        if self.session.is_active():
            return REFUSED_ACTIVE
        if self.buttons.is_stop_down:
            return REFUSED_STOP_DOWN
        if not self.sensors.is_fresh:
            return REFUSED_STALE
        self.strength = min(strength, self.strength_limit)
        self.heat = min(heat, limits.HEAT_START_MAX)
        self.session.start(self.now_ms, program, programs.BUILT_IN[program][1], is_leased)
        return OK

    def change_program(self, program: int) -> None:
        """Play another built-in program in the running session, whose cap goes on counting."""
        self.session.play(program, programs.BUILT_IN[program][1])

    def shown_program(self) -> int:
        """Return the program that the face shows: the running one, else the one walked to, else the chosen
        favourite.
        """
        if self.session.is_active():
            return self.session.program
        if self.panel.walk_at >= 0:
            return self.panel.walk_at
        return self.panel.favourites[self.panel.chosen]

    def stop(self) -> int:
        """Stop whatever runs; never refused."""
        self.session.end(session.BY_HOST)
        return OK

    def pause(self) -> int:
        """Turn everything off until resume; the session's cap goes on counting."""
        if not self.session.is_active():
            return REFUSED_NO_SESSION
        self.session.state = session.PAUSED
        return OK

    def resume(self) -> int:
        """Go on after a pause."""
        if not self.session.is_active():
            return REFUSED_NO_SESSION
        self.session.state = session.RUNNING
        return OK

    def renew(self) -> int:
        """Start the host's lease anew."""
        if not self.session.is_active():
            return REFUSED_NO_SESSION
        self.session.renew(self.now_ms)
        return OK

    def adjust(self, strength: int, heat: int, left_s: int, strength_limit: int) -> int:
        """Change what a running session does; -1 leaves a value as it is. All of it happens, or none."""
        if not self.session.is_active():
            return REFUSED_NO_SESSION
        if left_s > self.session.left_ms() // 1000:
            return REFUSED_LONGER
        if strength_limit > self.strength_limit:
            return REFUSED_HIGHER
        if strength_limit > 0:
            self.strength_limit = strength_limit
        if strength > 0:
            self.strength = strength
        self.strength = min(self.strength, self.strength_limit)
        if heat >= 0:
            self.heat = min(heat, limits.HEAT_HOST_MAX)
        if left_s >= 0:
            self.session.shorten(left_s * 1000)
        return OK
