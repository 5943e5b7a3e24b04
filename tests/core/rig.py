"""A controller with everything around it reduced to numbers: what the core's tests drive. Runs on MicroPython too."""

from knee import TABLE, Knee
from massager.core import ring, session, signals
from massager.core.controller import Controller
from massager.core.ledger import HOURS
from massager.core.programs import number_of
from massager.core.refusals import OK
from massager.core.steps import total_s
from massager.core.zones import INNER, OUTER, ROLLER

TICK_MS = 20
LATE_MS = 200
SHIATSU = number_of("shiatsu")


A_NIGHT_AND_A_DAY_S = HOURS * 3600


class Board:
    FEATURES = ("roller", "sides", "heat", "infrared")
    SKIN_NTC_MC = TABLE
    PAD_NTC_MC = TABLE
    ZONE_ACTUATORS = (ROLLER, INNER | OUTER, ROLLER, 0, 0)
    ROLLER_CAP_PM = 1000
    INNER_CAP_PM = 800
    OUTER_CAP_PM = 700
    PAD_MW = 8000
    PAD_MJ_K = 40000
    PAD_MM2 = 16000
    ROLLER_STALL_MA = 1000
    ROLLER_LIMIT_MA = 1200
    ROLLER_NMM_A = 680
    ROLLER_LEVER_MM = 15


class MemoryFiles:
    """Files as the store wants them, in memory."""

    def __init__(self):
        self.files = {}
        self.is_full = False

    def read(self, name, at, count):
        data = self.files.get(name)
        return None if data is None else data[at : at + count]

    def write(self, name, data):
        if self.is_full:
            raise OSError(28)
        self.files[name] = bytes(data)

    def append(self, name, data):
        self.write(name, self.files.get(name, b"") + data)

    def remove(self, name):
        self.files.pop(name, None)


class Rig:
    """Ticks a controller on a knee; `seen` keeps (now_ms, roller_pm, inner_pm, outer_pm, is_heater_on, is_alive,
    is_lamp_on) of every tick.
    """

    def __init__(self, now_ms=0, board=Board, buttons=0):
        self.controller = Controller(board)
        self.controller.setup.is_acknowledged = True
        self.inputs = signals.Inputs()
        self.out = signals.Outputs()
        self.now_ms = now_ms
        self.is_sampling = True
        self.renews = True
        self.seen = []
        self.keeps_seen = True
        self.pays = True  # for each session at once, as a device's store does
        self.rests = True  # so long after each session that the ledger has forgotten it
        self.begun_ms = 0  # when the last program began
        self.knee = Knee()
        self.inputs.buttons = buttons  # down at power-up
        self.run(100)

    def skin(self, mc):
        """Have the skin sensor show a temperature until `release`."""
        self.knee.skin.pin(mc)

    def pad(self, mc):
        """Have the pad sensor show a temperature until `release`."""
        self.knee.pad.pin(mc)

    def skin_code(self, code):
        """Have the skin sensor's converter give one and the same code until `release`."""
        self.knee.skin.hold(code)

    def pad_code(self, code):
        """Have the pad sensor's converter give one and the same code until `release`."""
        self.knee.pad.hold(code)

    def release(self):
        """Have both sensors show the knee again, as it has become meanwhile."""
        self.knee.release()

    def tick(self, after_ms=TICK_MS):
        self.knee.step(after_ms, self.out, self.inputs)
        self.now_ms = (self.now_ms + after_ms) & ring.MASK
        if self.is_sampling:
            self.inputs.sample_ms = self.now_ms
        c = self.controller
        if self.renews and c.session.is_active():
            c.session.renew(self.now_ms)
        c.step(self.now_ms, self.inputs, self.out)
        if self.pays and c.session.waits == session.DEBIT:
            c.paid(c.ledger.open_ms)
        if self.rests and not c.session.is_active() and not c.ledger.is_empty():
            c.ledger.resume(A_NIGHT_AND_A_DAY_S)
        o = self.out
        if self.keeps_seen:
            self.seen.append(
                (self.now_ms, o.roller_pm, o.inner_pm, o.outer_pm, o.is_heater_on, o.is_alive, o.is_lamp_on)
            )

    def run(self, ms):
        for _ in range(ms // TICK_MS):
            self.tick()

    def run_long(self, ms):
        """Let a long time pass in which nothing is looked at closely: in ticks as late as they may be, after the first
        second, in which a session may have to prove itself.
        """
        self.run(1000)
        for _ in range((ms - 1000) // LATE_MS):
            self.tick(LATE_MS)

    def start(self, strength=3, heat=1):
        assert self.controller.start(SHIATSU, strength, heat, True) == OK
        self.prove()

    def prove(self):
        """Let a session that has started wait for what it waits for: its program begins with the next tick."""
        s = self.controller.session
        while s.is_active() and s.waits:
            self.tick()
        self.begun_ms = self.now_ms

    def is_off(self):
        o = self.out
        return o.are_off()

    def press(self, button, ms):
        """Hold a button for ms and let it go."""
        self.inputs.buttons |= button
        self.run(ms)
        self.inputs.buttons &= ~button
        self.run(100)

    def state(self):
        return self.controller.session.state

    def use_steps(self, *steps):
        """Replace the running program's steps, so that a test can ask for what no built-in program asks."""
        s = self.controller.session
        s._steps = steps
        s.step_index = 0
        s.step_ms = 0
        s.length_ms = total_s(steps) * 1000
