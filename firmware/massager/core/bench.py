"""Trying one part at a time, for two seconds, in maintenance alone: what a maker does before the device is worn. The
heaters stay off whatever is tried, and the guard has the last word as ever.
"""

from micropython import const

from massager.core import faults, limits, signals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from massager.core.let_go import LetGo

NOTHING = const(0)
ENABLE = const(1)  # the dead-man switch rises and lets go, as each session proves it (SAF-41)
STOP = const(2)  # the same while STOP is held: its second contact must keep the switch down (SAF-34)
ROLLER = const(3)
ROLLER_BACK = const(4)
INNER = const(5)
OUTER = const(6)

NAMES = ("", "enable", "stop", "roller", "roller_back", "inner", "outer")

# How a trial ended, besides with one of the faults.
WELL = const(0)
CUT_SHORT = const(-1)  # by STOP, by letting go of it, by a fault or by a gap in time
UNFINISHED = const(-2)


class Bench:
    """what: the trial that runs, or NOTHING. Of the last one: name, result, rise_ms and fall_ms of the dead-man switch,
    most_ma of the roller.
    """

    def __init__(self) -> None:
        self.what = NOTHING
        self.last = NOTHING
        self.result = WELL
        self.rise_ms = 0
        self.fall_ms = 0
        self.most_ma = 0
        self.floating: tuple[str, ...] = ()  # outputs that nothing holds low while the chip does not drive them
        self.inputs = signals.Inputs()
        self._left_ms = 0

    def begin(self, what: int) -> None:
        """Try this from the next tick on."""
        self.what = what
        self.last = what
        self.result = UNFINISHED
        self.rise_ms = 0
        self.fall_ms = 0
        self.most_ma = 0
        self._left_ms = limits.TRIAL_MS

    def step(self, dt_ms: int, inputs: "signals.Inputs", may_go_on: bool) -> None:
        """Let dt_ms pass; may_go_on: no fault is latched, and the last tick was one."""
        self.inputs = inputs
        if self.what == NOTHING:
            return
        is_stop_down = bool(inputs.buttons & signals.STOP)
        if not may_go_on or is_stop_down != (self.what == STOP):
            self._end(CUT_SHORT)
            return
        self.most_ma = max(self.most_ma, inputs.roller_ma)
        self._left_ms -= dt_ms
        if self._left_ms <= 0:
            self._end(WELL if self.is_moving() else CUT_SHORT)

    def is_moving(self) -> bool:
        """Return True while a motor is tried."""
        return self.what >= ROLLER

    def is_proving(self) -> bool:
        """Return True while the dead-man switch is tried."""
        return self.what == ENABLE or self.what == STOP

    def prove(self, dt_ms: int, let_go: "LetGo", is_conducting: bool) -> None:
        """Go on with the proof. What a session would call a fault is a result here."""
        found = let_go.step(dt_ms, is_conducting)
        self.rise_ms = let_go.rise_ms
        self.fall_ms = let_go.fall_ms
        if found != faults.NONE or let_go.is_proved:
            self._end(found)

    def request(self, out: "signals.Outputs") -> None:
        """Ask for the motor that is tried."""
        out.is_alive = True
        if self.what == ROLLER:
            out.roller_pm = limits.GENTLE_PM
        elif self.what == ROLLER_BACK:
            out.roller_pm = -limits.GENTLE_PM
        elif self.what == INNER:
            out.inner_pm = limits.GENTLE_PM
        else:
            out.outer_pm = limits.GENTLE_PM

    def _end(self, result: int) -> None:
        self.result = result
        self.what = NOTHING
