"""The core as one object: `step` once a tick, and the commands that buttons and the link give between ticks.

In a tick data flows one way: session -> program and technique -> heater -> guard -> outputs. Nothing here reads a
clock or allocates memory in `step`. Commands return a number of refusals.

A user's program is kept in flash, so `start` needs it lent to the catalogue first. A button that chooses one asks for
it by `wanted`, and whoever keeps it answers outside the tick.
"""

from micropython import const

from massager.core import (
    bench,
    faults,
    limits,
    programs,
    refusals,
    ring,
    self_tests,
    session,
    signals,
    sounds,
    techniques,
    zones,
)
from massager.core.bench import Bench
from massager.core.blackbox import BlackBox
from massager.core.buttons import Buttons
from massager.core.calibration import Calibrator
from massager.core.catalogue import Catalogue
from massager.core.face import Face
from massager.core.guard import Guard, cap_pm
from massager.core.heater import Heater
from massager.core.ledger import Ledger
from massager.core.panel import Panel
from massager.core.read_back import is_conducting
from massager.core.sensors import Sensors
from massager.core.session import Session
from massager.core.setup import Setup
from massager.core.stall import Stall
from massager.core.steps import HEAT, SIDES, TECHNIQUE, ZONE
from massager.core.supply import Supply
from massager.core.thermal import Thermal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NOTHING_WANTED = const(-1)


class Controller:
    """Everything between a tick's inputs and its outputs.

    board supplies SKIN_NTC_MC, PAD_NTC_MC, PAD_MW, PAD_MJ_K, ZONE_ACTUATORS, ROLLER_CAP_PM, INNER_CAP_PM,
    OUTER_CAP_PM, ROLLER_STALL_MA, ROLLER_LIMIT_MA, ROLLER_NMM_A, ROLLER_LEVER_MM, FEATURES.
    """

    def __init__(self, board: "Any") -> None:
        self.session = Session()
        self.sensors = Sensors(board.SKIN_NTC_MC, board.PAD_NTC_MC)
        self.heater = Heater()
        self.thermal = Thermal(board)
        self.guard = _guard_of(board)
        self.supply = Supply()
        self.setup = Setup()
        self.ledger = Ledger()
        self.features = board.FEATURES
        self.catalogue = Catalogue(board.FEATURES, self.setup)
        self.buttons = Buttons()
        self.panel = Panel()
        self.face = Face()
        self.box = BlackBox()
        self.strength = 1
        self.heat = limits.HEAT_OFF
        self.failed_test = self_tests.PASSED
        self.calibrator = Calibrator()
        self.bench = Bench()
        self.now_ms = 0
        self.wanted = NOTHING_WANTED  # the user's program that a button chose; everything is off until it is lent
        self._wants_change = False  # in the running session, not as a new one
        self._most_pm = 0  # strength that the running program may reach
        self._zone_actuators = board.ZONE_ACTUATORS
        self._grant_ms = 0  # of a session that was paid for since the last tick
        self._has_ticked = False
        self.is_in_maintenance = False

    def take_start(self, mode: int, failed_test: int) -> None:
        """Take how the device was started, and the test of itself that it failed; before the first step. Without a
        passed test there is no heat (SAF-45).
        """
        self.is_in_maintenance = mode == self_tests.MAINTENANCE
        self.failed_test = failed_test
        self.guard.permit.is_barred = failed_test != self_tests.PASSED
        if self_tests.is_off_for_good(failed_test):
            self.guard.stand(faults.SELF_TEST)
        if mode == self_tests.RESCUE:
            self.guard.latch(faults.RESETS)

    def step(self, now_ms: int, inputs: "signals.Inputs", out: "signals.Outputs") -> None:
        """Run one tick at now_ms (on the ring): read inputs, fill out."""
        # Functions of the tick are kept short on purpose: MicroPython puts the frame of one that needs more than 11
        # words on the heap.
        self.guard.trust(self.ledger.check() and self.session.is_sound())
        dt_ms = self._pass_time(now_ms)
        self.sensors.update(now_ms, inputs)
        self.buttons.step(dt_ms, inputs.buttons)
        self._obey_stop()
        if self.is_in_maintenance:
            self.calibrator.step(dt_ms, self.buttons.short, self.sensors)
            self.bench.step(dt_ms, inputs, dt_ms > 0 and self.guard.fault == faults.NONE)
        self.panel.step(dt_ms, self)
        self.session.step(now_ms, dt_ms)
        self._judge(dt_ms)
        self._judge_heat(dt_ms, out)
        self._judge_wires(dt_ms, inputs)
        if self.guard.fault != faults.NONE and self.session.state != session.FAULT:
            self.session.fail()
            self.buttons.forget()  # nobody can have acknowledged what was not there yet
        self.ledger.step(dt_ms)
        self._settle()
        self._request(out)
        self.guard.limit(dt_ms, self._is_allowed(), self._cap_pm(), out)
        self._grant(out)
        self.face.step(dt_ms, self)
        out.lamps = self.face.lamps
        out.tone_hz = self.face.player.tone_hz
        self.box.step(dt_ms, self, inputs, out)

    def _pass_time(self, now_ms: int) -> int:
        """Return the ms since the last tick; too many of them, or a clock running backwards, end the session
        (SAF-26).
        """
        dt_ms = ring.diff(now_ms, self.now_ms) if self._has_ticked else 0
        self._has_ticked = True
        self.now_ms = now_ms
        if 0 <= dt_ms <= limits.TICK_GAP_MS:
            return dt_ms
        if dt_ms < 0:
            self.ledger.lose()  # how long the session was nobody knows
        if dt_ms < 0 or not self.session.is_paying():  # which takes the flash its time, with everything off
            self.session.end(session.GAP)
        self.buttons.ignore()  # how long a button was held meanwhile nobody knows
        return 0

    def _judge(self, dt_ms: int) -> None:
        """Let the guard look at this tick's readings."""
        self.guard.follow(self.sensors, self.session.on_ms, self.heater.set_mc > 0)
        self.guard.check(self.sensors)
        self.guard.permit.step(dt_ms, self.sensors, self.session.is_active(), self._wanted_mc() > 0)

    def _judge_heat(self, dt_ms: int, was: "signals.Outputs") -> None:
        """Judge what the heat of the last dt_ms has done; the outputs are still as they were (SAF-09, 10, 13, 17)."""
        if self.session.is_active():
            self.heater.count(self.sensors.pad.hotter_mc, dt_ms)
        self.thermal.follow(dt_ms, was, self.heater.set_mc > 0)
        self.guard.latch(self.thermal.step(dt_ms, self._is_allowed(), self.sensors))
        if self.thermal.is_unworn:
            self.session.pause_unworn()

    def _settle(self) -> None:
        """Give back what a session that is over has not used (SAF-24), if it is known when it began (SAF-46)."""
        if self.session.is_active() or not self.ledger.open_ms:
            return
        if self.session.began.is_sound():
            self.ledger.settle(self.session.used_ms(self.now_ms), self.guard.permit.dose.ms)
        else:
            self.ledger.lose()

    def _judge_wires(self, dt_ms: int, inputs: "signals.Inputs") -> None:
        """Let the guard look at the supply and at the read-backs."""
        self.supply.step(inputs.is_rail_good)
        if self.supply.is_bad:
            self.session.end(session.SUPPLY)
        self.guard.watch(dt_ms, inputs)
        if self.bench.is_proving():
            self.bench.prove(dt_ms, self.guard.let_go, is_conducting(inputs))
        else:
            self.guard.prove(dt_ms, self._is_proving(), inputs)

    def _is_allowed(self) -> bool:
        """Return True if anything may be on this tick: a program plays or a motor is tried, on fresh samples
        (SAF-14).
        """
        if self.bench.is_moving():
            return self.sensors.is_fresh
        return self.session.is_playing() and self.sensors.is_fresh and self.wanted == NOTHING_WANTED

    def _is_proving(self) -> bool:
        """Return True if this tick belongs to the proof that the dead-man switch lets go (SAF-41)."""
        if self.session.state != session.RUNNING or self.session.waits != session.PROOF:
            return False
        return self.sensors.is_fresh and self.wanted == NOTHING_WANTED

    def _grant(self, out: "signals.Outputs") -> None:
        """Grant the alive pin the session that was paid for (SAF-21); let the program begin with the next tick once
        the let-go is proved.
        """
        out.grant_ms = self._grant_ms if self.session.is_active() or self.bench.what else 0
        self._grant_ms = 0
        if self.guard.let_go.is_proved:
            self.session.waits = session.NOTHING

    def _cap_pm(self) -> int:
        """Return the most any motor may do this tick."""
        return cap_pm(self.session.running_ms, self.setup.strength_limit)

    def _request(self, out: "signals.Outputs") -> None:
        """Ask for what the program's present step wants, for nothing if none runs."""
        out.clear()
        if not self.session.is_playing():
            self.heater.off()
            if self.bench.is_moving():
                self.bench.request(out)
            return
        self._move(self.session.current(), self.session.step_ms, out)
        self._warm(out)
        out.is_alive = True

    def _wanted_mc(self) -> int:
        """Return the skin temperature that step and person would like to have, where there is a source of heat."""
        source = "infrared" if self.heater.is_by_lamp else "heat"
        if self.session.state != session.RUNNING or source not in self.features:
            return 0
        return limits.SKIN_SET_MC[min(self.heat, self.session.current()[HEAT])]

    def _warm(self, out: "signals.Outputs") -> None:
        """Ask the program's source of heat for the skin temperature that is wanted, if there may be heat."""
        is_by_lamp = self.heater.is_by_lamp
        self.heater.set_point(self._wanted_mc() if self.guard.permit.is_granted() else 0)
        is_on = self.heater.step(self.sensors.skin.calibrated_mc, self.sensors.pad.hotter_mc)
        out.is_heater_on = is_on and not is_by_lamp
        out.is_lamp_on = is_on and is_by_lamp

    def _move(self, step: "tuple[int, ...]", t_ms: int, out: "signals.Outputs") -> None:
        """Ask the motors that reach the step's zone for its technique at t_ms; in a step of the roller alone the
        side motors may do something of their own meanwhile.
        """
        peak_pm = self._peak_pm(techniques.amplitude_pm(step, t_ms))
        if self._zone_actuators[step[ZONE]] & zones.ROLLER:
            self._move_roller(step[TECHNIQUE], peak_pm, t_ms, out)
        if self._zone_actuators[step[ZONE]] & (zones.INNER | zones.OUTER):
            self._move_sides(step[TECHNIQUE], peak_pm, t_ms, out)
        else:
            self._move_sides(step[SIDES], peak_pm, t_ms, out)

    def _move_roller(self, technique: int, peak_pm: int, t_ms: int, out: "signals.Outputs") -> None:
        out.roller_pm = techniques.roller_pm(technique, peak_pm, t_ms)
        if self.setup.is_strap_down:
            out.roller_pm = -out.roller_pm

    def _move_sides(self, technique: int, peak_pm: int, t_ms: int, out: "signals.Outputs") -> None:
        if self.setup.is_mirrored():
            out.outer_pm = techniques.inner_pm(technique, peak_pm, t_ms)
            out.inner_pm = techniques.outer_pm(technique, peak_pm, t_ms)
        else:
            out.inner_pm = techniques.inner_pm(technique, peak_pm, t_ms)
            out.outer_pm = techniques.outer_pm(technique, peak_pm, t_ms)

    def _peak_pm(self, amplitude_pm: int) -> int:
        """Return a step's strength at the level the person chose, within what the program may reach."""
        return amplitude_pm * min(limits.STRENGTH_PM[self.strength], self._most_pm) // 1000

    def _obey_stop(self) -> None:
        buttons = self.buttons
        if buttons.is_stop_down:
            self.wanted = NOTHING_WANTED
            if self.session.is_active():
                buttons.ignore()  # letting go of the press that stopped means nothing more
            self.session.end(session.BY_BUTTON)
        # Only a press that ends acknowledges: a broken STOP wire reads as a press for ever.
        if buttons.long & signals.STOP and self.session.state == session.FAULT and self.guard.acknowledge(self.sensors):
            self.session.state = session.IDLE
            self.session.end_reason = session.ACKNOWLEDGED
            buttons.ignore()
        if self.session.is_active() and buttons.are_two_down():
            self.wanted = NOTHING_WANTED
            self.session.end(session.TWO_BUTTONS)
            buttons.ignore()

    def start(self, program: int, strength: int, heat: int, is_leased: bool) -> int:
        """Start program number `program`; strength 1 to 5, heat HEAT_OFF or HEAT_LOW (SAF-48). It plays once the
        session is paid for and the let-go of the dead-man switch is proved.
        """
        refusal = self._refusal()
        if refusal == refusals.OK:
            refusal = self.catalogue.cannot_play(program)
        if refusal != refusals.OK:
            self.catalogue.give_back()
            return refusal
        self.strength = min(strength, self.setup.strength_limit)
        self.heat = min(heat, limits.HEAT_START_MAX)
        self.heater.begin()
        self.session.start(self.now_ms, is_leased, self.setup.cap_ms)
        self._debit()
        self._play(program)
        return refusals.OK

    def _debit(self) -> None:
        """Take the whole session, and the heat dose that it may have, off what the day allows (SAF-24)."""
        dose_ms = self.ledger.dose_left_ms()
        self.guard.permit.begin(dose_ms)
        self.ledger.debit(self.ledger.cap_ms(self.session.cap_ms), min(dose_ms, limits.DOSE_SESSION_MS))

    def paid(self, cap_ms: int) -> None:
        """Go on with the start that waits for it: cap_ms of heat and motion are taken off what the day allows."""
        if self.session.is_active() and self.session.waits == session.DEBIT:
            self.session.paid(cap_ms)
            self._grant_ms = self.session.cap_ms

    def try_out(self, what: int) -> int:
        """Try a part, one of bench.NAMES but the first; in maintenance alone."""
        refusal = self._bench_refusal(what)
        if refusal == refusals.OK:
            self.bench.begin(what)
            self.guard.let_go.begin()
            self._grant_ms = limits.TRIAL_MS
        return refusal

    def _bench_refusal(self, what: int) -> int:
        if not self.is_in_maintenance:
            return refusals.NO_MAINTENANCE
        if self.guard.fault != faults.NONE:
            return refusals.FAULT
        if self.bench.what:
            return refusals.TRYING
        if self.buttons.is_stop_down != (what == bench.STOP):
            return refusals.STOP_UP if what == bench.STOP else refusals.STOP_DOWN
        return refusals.OK if self.sensors.is_fresh else refusals.STALE

    def _refusal(self) -> int:
        """Return why no session at all may start now, refusals.OK if one may."""
        if self.session.state == session.FAULT:
            return refusals.FAULT
        if self.session.is_active():
            return refusals.ACTIVE
        if self.buttons.is_stop_down:
            return refusals.STOP_DOWN
        if not self.sensors.is_fresh:
            return refusals.STALE
        if self.supply.is_bad:
            return refusals.SUPPLY
        refusal = self.not_ready()
        return refusal if refusal != refusals.OK else self.ledger.refusal()

    def not_ready(self) -> int:
        """Return what keeps the device from being used at all since it was switched on, refusals.OK if nothing does."""
        if self.is_in_maintenance:
            return refusals.MAINTENANCE
        if not self.setup.is_acknowledged and not self.buttons.stuck:
            return refusals.FIRST_USE
        return refusals.of_stuck(self.buttons.stuck)

    def _play(self, program: int) -> None:
        """Go to the begin of a program that can be played."""
        self.wanted = NOTHING_WANTED
        self._most_pm = self.catalogue.most_pm(program)
        self.heater.is_by_lamp = self.catalogue.has_flag(program, programs.INFRARED)
        self.session.play(program, self.catalogue.take(program))

    def want(self, program: int) -> None:
        """Ask for a user's program to be lent: to be played in the running session, if there is one, or in a new
        one.
        """
        self.wanted = program
        self._wants_change = self.session.is_active()

    def play_wanted(self) -> None:
        """Play the program that a button chose, now that it is lent. A session that ended meanwhile does not begin
        anew (SAF-20).
        """
        program = self.wanted
        self.wanted = NOTHING_WANTED
        if not self._wants_change:
            refusal = self.start(program, self.strength, limits.HEAT_LOW, False)
        elif self.session.is_active():
            refusal = self.change_program(program)
        else:
            self.catalogue.give_back()
            return
        if refusal != refusals.OK:
            self.face.player.play(sounds.REFUSED)

    def refuse_wanted(self) -> None:
        """Give up the program that a button chose: it is damaged. What it would have replaced ends too."""
        self.wanted = NOTHING_WANTED
        if not self._wants_change and not self.session.is_active():
            self.session.end_reason = session.BAD_PROGRAM
        self.session.end(session.BAD_PROGRAM)
        self._settle()
        self.face.player.play(sounds.REFUSED)

    def change_program(self, program: int) -> int:
        """Play another program in the running session, whose cap goes on counting."""
        refusal = self.catalogue.cannot_play(program)
        if refusal == refusals.OK:
            self._play(program)
        else:
            self.catalogue.give_back()
        return refusal

    def shown_program(self) -> int:
        """Return the program that the face shows: the running one, else the one walked to, else the chosen
        favourite.
        """
        if self.session.is_active():
            return self.session.program
        if self.panel.walk_at >= 0:
            return self.panel.walk_at
        return self.setup.favourites[self.panel.chosen]

    def stop(self) -> int:
        """Stop whatever runs; never refused."""
        self.wanted = NOTHING_WANTED
        self.session.end(session.BY_HOST)
        self._settle()
        return refusals.OK

    def pause(self) -> int:
        """Turn everything off until resume; the session's cap goes on counting."""
        if not self.session.is_active():
            return refusals.NO_SESSION
        self.session.state = session.PAUSED
        return refusals.OK

    def resume(self) -> int:
        """Go on after a pause, as a host may; not after one that wants a look at the pad (SAF-17)."""
        if not self.session.is_active():
            return refusals.NO_SESSION
        if self.session.is_unworn:
            return refusals.UNWORN
        self.session.resume()
        return refusals.OK

    def resume_here(self) -> None:
        """Go on after a pause: somebody at the device has pressed MODE."""
        self.session.resume()

    def renew(self) -> int:
        """Start the host's lease anew."""
        if not self.session.is_active():
            return refusals.NO_SESSION
        self.session.renew(self.now_ms)
        return refusals.OK

    def adjust(self, strength: int, heat: int, left_s: int, strength_limit: int) -> int:
        """Change what a running session does; -1 leaves a value as it is. All of it happens, or none."""
        if not self.session.is_active():
            return refusals.NO_SESSION
        if left_s > self.session.left_ms() // 1000:
            return refusals.LONGER
        if strength_limit > self.setup.strength_limit:
            return refusals.HIGHER
        if heat > limits.HEAT_OFF and self.failed_test != self_tests.PASSED:
            return refusals.NO_HEAT
        if strength_limit > 0:
            self.setup.strength_limit = strength_limit
        if strength > 0:
            self.strength = strength
        self.strength = min(self.strength, self.setup.strength_limit)
        if heat >= 0:
            self.heat = min(heat, limits.HEAT_HOST_MAX)
        if left_s >= 0:
            self.session.shorten(left_s * 1000)
        return refusals.OK


def _guard_of(board: "Any") -> Guard:
    """Return the guard of a board: what is not fitted gets nothing, nor does a roller that could pinch."""
    has_sides = "sides" in board.FEATURES
    return Guard(
        board.ROLLER_CAP_PM if _may_turn(board) else 0,
        board.INNER_CAP_PM if has_sides else 0,
        board.OUTER_CAP_PM if has_sides else 0,
        "infrared" in board.FEATURES,
        Stall(board.ROLLER_STALL_MA, board.ROLLER_LIMIT_MA),
    )


def _may_turn(board: "Any") -> bool:
    if "roller" not in board.FEATURES:
        return False
    return not self_tests.is_roller_too_strong(board.ROLLER_LIMIT_MA, board.ROLLER_NMM_A, board.ROLLER_LEVER_MM)
