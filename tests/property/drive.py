"""Drives controller, guard and link together by lists of actions, and has the model judge every tick."""

import json
from collections import Counter
from itertools import chain

from hypothesis import strategies as st
from safety_model import HEAT, MODE, STOP, STRENGTH, SafetyModel, temperature_mc

from knee import TABLE, Knee, Probe
from massager.core import ring, signals
from massager.core.controller import Controller
from massager.core.programs import BUILT_IN
from massager.core.zones import INNER, OUTER, ROLLER
from massager.link import frame
from massager.link.service import Service
from massager.store.keeper import Keeper
from massager.store.slot import Slot

CAPS = {"roller": 900, "inner": 800, "outer": 700}
MOST_TICKS = 6000  # an example; enough for a session's cap at the longest tick that is no gap
_RAMP_MC = 900  # in 200 ms
_CHANGING = ("start", "pause", "resume", "set", "renew", "settings.set", "program.put")


class Board:
    FEATURES = ("roller", "sides", "heat", "infrared")
    SKIN_NTC_MC = TABLE
    PAD_NTC_MC = TABLE
    ZONE_ACTUATORS = (ROLLER, INNER | OUTER, ROLLER, 0, 0)
    ROLLER_CAP_PM = CAPS["roller"]
    INNER_CAP_PM = CAPS["inner"]
    OUTER_CAP_PM = CAPS["outer"]
    PAD_MW = 8000
    PAD_MJ_K = 40000
    PAD_MM2 = 16000
    ROLLER_STALL_MA = 1000
    ROLLER_LIMIT_MA = 1200
    ROLLER_NMM_A = 680
    ROLLER_LEVER_MM = 15


class MemoryFiles(dict):
    """The files of a store, in memory. is_quiet: everything is off, so that they may be written."""

    is_quiet = True

    def read(self, name, at, count):
        return self[name][at : at + count] if name in self else None

    def write(self, name, data):
        assert self.is_quiet, "SAF-27 flash is written with everything off"
        self[name] = data

    def append(self, name, data):
        self.write(name, self.get(name, b"") + data)


def keeper_of(controller: Controller) -> Keeper:
    """Return the store of a new device."""
    return Keeper(MemoryFiles(), controller, Board.ZONE_ACTUATORS, 0)


class WildController(Controller):
    """A controller whose program may ask for anything, at any time: the guard alone stands between it and the
    motors.
    """

    wild: "tuple[int, int, int] | None" = None

    def _request(self, out):
        super()._request(out)
        if self.wild is not None:
            out.is_heater_on = True
            out.is_lamp_on = True
            out.is_alive = True
            out.roller_pm, out.inner_pm, out.outer_pm = self.wild


class Drive:
    """One device and its model. The actions are its public methods; each runs the ticks it needs."""

    def __init__(self, start_ms: int, buttons: int = 0) -> None:
        self.controller = WildController(Board)
        self.files = MemoryFiles()
        self.keeper = Keeper(self.files, self.controller, Board.ZONE_ACTUATORS, start_ms & ring.MASK)
        self.service = Service(self.controller, self.keeper, Slot(self.files, "/a"), {})
        self.controller.setup.is_acknowledged = True
        self.model = SafetyModel(CAPS)
        self.ranges: dict[str, list[int]] = {}
        self._deframer = frame.Deframer()
        self._inputs = signals.Inputs()
        self._out = signals.Outputs()
        self._now_ms = start_ms
        self._sample_ms = start_ms
        self._lag_ms: int | None = 0  # of the samples; None: none come
        self._knee = Knee()
        self._is_renewing = False
        self._renewed_ms = 0
        self._ids = 0
        self._ticks = 0
        self._inputs.buttons = buttons
        self.run(5, 20)

    def _note(self, name: str, value: int) -> None:
        least_most = self.ranges.setdefault(name, [value, value])
        least_most[0] = min(least_most[0], value)
        least_most[1] = max(least_most[1], value)

    def _tick(self, dt_ms: int) -> None:
        if self._ticks >= MOST_TICKS:
            return
        self._ticks += 1
        self._now_ms += dt_ms
        if self._lag_ms is not None:
            self._sample_ms = self._now_ms - self._lag_ms
        inputs, model = self._inputs, self.model
        self._knee.step(dt_ms, self._out, inputs)
        inputs.sample_ms = self._sample_ms & ring.MASK
        model.tick(self._now_ms, self._sample_ms, inputs)
        self.controller.step(self._now_ms & ring.MASK, inputs, self._out)
        model.check(self.controller, self._out, self.controller.wild is not None)
        self._keep()
        if self._is_renewing and abs(self._now_ms - self._renewed_ms) >= 1000:
            self._renewed_ms = self._now_ms
            self.request("renew", {}, "right", False)

    def _keep(self) -> None:
        """Let the store do what it does after a tick: write, and lend the program that a button chose."""
        was_active = self.controller.session.is_active()
        self.files.is_quiet = self._out.are_off()
        self.keeper.watch(self._now_ms & ring.MASK)
        self.keeper.serve(self._now_ms & ring.MASK)
        if not was_active and self.controller.session.is_active():
            self.model.start_by_button(self.controller)

    def own_program(self, steps: "list[list[int]]", favourites: "list[str]") -> None:
        """Put a user's program on the device and choose favourites."""
        self.request("program.put", {"name": "own", "first": 0, "total": len(steps), "steps": steps}, "right", True)
        self.request("settings.set", {"favourites": favourites}, "right", True)

    def run(self, ticks: int, dt_ms: int) -> None:
        """Run on time or late; a gap if dt_ms is too long or negative."""
        self._note("tick ms", dt_ms)
        for _ in range(ticks):
            self._tick(dt_ms)

    def forget_owner(self) -> None:
        """Be as new, between sessions: whoever comes next has to acknowledge who must not use the device."""
        if not self.controller.session.is_active():
            self.controller.setup.is_acknowledged = False
            self.model.forget_owner()

    def endure(self, ticks: int) -> None:
        """Run with the latest ticks that are no gap, as long as there is a session."""
        for _ in range(ticks):
            if self.controller.session.is_active():
                self._tick(200)

    def buttons(self, mask: int, ticks: int, dt_ms: int) -> None:
        """Change which buttons are down, and leave them so."""
        self._inputs.buttons = mask
        self.run(ticks, dt_ms)

    def press(self, mask: int, ms: int, dt_ms: int) -> None:
        """Hold buttons for ms and let go."""
        self._note("press ms", ms)
        self.buttons(mask, max(1, ms // dt_ms), dt_ms)
        self.buttons(0, 3, 20)

    def flicker(self, held: int, loose: int, ticks: int) -> None:
        """Let loose contacts close at every second tick, with others held."""
        for number in range(ticks):
            self._inputs.buttons = held | (loose if number % 2 else 0)
            self._tick(20)
        self._inputs.buttons = 0
        self.run(3, 20)

    def _probe(self, sensor: str) -> Probe:
        self.model.has_lied = True
        return self._knee.skin if sensor == "skin" else self._knee.pad

    def _settle(self) -> None:
        """Let both sensors tell the truth, of a knee that has cooled down."""
        self._knee.release()
        self._knee.settle(33_000)
        self._knee.heater_sense = self._knee.lamp_sense = None
        self._inputs.is_rail_good = True
        self.model.has_lied = self.controller.session.is_active()  # it is another knee all at once
        self._lag_ms = 0

    def temperature(self, sensor: str, mc: int) -> None:
        """Let a sensor's reading go to mc, as fast as skin and pad can, and stay there; at once if no wire is sound
        that shows it.
        """
        self._note(sensor + " mc", mc)
        probe = self._probe(sensor)
        at_mc = temperature_mc(getattr(self._inputs, sensor + "_code"))
        while at_mc != mc and -10_000 <= mc <= 70_000:
            at_mc = max(at_mc - _RAMP_MC, min(mc, at_mc + _RAMP_MC))
            probe.pin(at_mc)
            self._tick(200)
        probe.pin(mc)

    def jump(self, sensor: str, mc: int) -> None:
        """Let a sensor show mc from one sample to the next."""
        self._probe(sensor).pin(mc)
        self.run(10, 20)

    def freeze(self, sensor: str, ticks: int) -> None:
        """Let a sensor's converter give what it last gave, and then be well again."""
        probe = self._probe(sensor)
        probe.hold(getattr(self._inputs, sensor + "_code"))
        self.run(ticks, 200)
        probe.held_code = None

    def spike(self, sensor: str, mc: int, samples: int) -> None:
        """Let a sensor show mc for some samples only."""
        probe = self._probe(sensor)
        before_mc = probe.pinned_mc
        probe.pin(mc)
        self.run(samples, 20)
        probe.pinned_mc = before_mc
        self.run(3, 20)

    def sampling(self, lag_ms: "int | None") -> None:
        """Let samples be so old when they are offered; None: no new ones."""
        self._lag_ms = lag_ms

    def renewing(self, is_on: bool) -> None:
        """Let the host renew its lease every second, or stop doing so."""
        self._is_renewing = is_on

    def wild(self, levels: "tuple[int, int, int] | None") -> None:
        """Let the program ask for everything, or be itself again."""
        self.controller.wild = levels

    def session(
        self, program: str, strength: int, heat: str, heats: int, how: str, ms: int, is_rested: bool = True
    ) -> None:
        """Start a session from good conditions, press HEAT so many times, and let it run. how: confirmed, renewed,
        or neither. is_rested: it is the first one for a day.
        """
        if is_rested:
            self.night()
        self._settle()
        self.buttons(0, 4, 20)
        self.request("start", {"program": program, "strength": strength, "heat": heat}, "right", True)
        self._is_renewing = how == "renewed"
        if how == "confirmed":
            self.press(MODE, 60, 20)
        self.wait()
        for _ in range(heats):
            self.press(HEAT, 60, 20)
        self.endure(ms // 200)

    def night(self) -> None:
        """Let the ledger have a day and a night between two sessions."""
        if not self.controller.session.is_active():
            self.controller.ledger.resume(26 * 3600)
            self.model.night()

    def wait(self) -> None:
        """Let a session that has started wait for what it waits for, on time."""
        for _ in range(100):
            if self.controller.session.is_active() and self.controller.session.waits:
                self._tick(20)

    def stuck(self, sense: str, level: "int | None") -> None:
        """Let a read-back be stuck at a level, or tell the truth again."""
        setattr(self._knee, sense + "_sense", level)

    def rail(self, is_good: bool, ticks: int) -> None:
        """Let the supervisor say so from now on."""
        self._inputs.is_rail_good = is_good
        self.run(ticks, 20)

    def flip(self, name: str, bit: int) -> None:
        """Flip a bit of what is kept twice."""
        c = self.controller
        kept = {"fault": c.guard.latched, "cap": c.session.cap, "began": c.session.began}[name]
        kept.value ^= 1 << bit
        self.model.flipped(name == "fault" or c.session.is_active())
        self.run(1, 20)

    def modes(self, presses: int, wait_ms: int) -> None:
        """Press MODE several times, as one does who looks for a favourite."""
        for _ in range(presses):
            self.press(MODE, 60, 20)
            self.run(wait_ms // 20, 20)

    def pause(self, ms: int, how: str) -> None:
        """Pause by the host, and go on by how: resume, MODE, or not at all."""
        self.request("pause", {}, "right", True)
        self.endure(max(1, ms // 200))
        if how == "resume":
            self.request("resume", {}, "right", True)
        elif how == "MODE":
            self.press(MODE, 60, 20)
        self.run(5, 20)

    def acknowledge(self, ms: int) -> None:
        """Let everything cool down and hold STOP."""
        self._settle()
        self.run(4, 20)
        self.press(STOP, ms, 20)

    def fault_under_press(self, before_ms: int, after_ms: int) -> None:
        """Hold STOP, latch a fault whose cause soon goes, and let go of STOP."""
        self._lag_ms = 0
        self.buttons(STOP, before_ms // 20, 20)
        self.spike("skin", 45_000, 3)
        self.run(after_ms // 20, 20)
        self.buttons(0, 3, 20)

    def request(self, method: str, params: "dict[str, object]", crc: str, has_id: bool) -> None:
        """Send a request; crc is right, wrong or none. The device answers one a tick at most."""
        self._tick(20)
        message: dict[str, object] = {"jsonrpc": "2.0", "method": method, "params": params}
        if has_id:
            self._ids += 1
            message["id"] = self._ids
        line = frame.encode(json.dumps(message).encode())
        line = {"right": line, "wrong": line[:-9] + b"00000000\n", "none": line[:-10] + b"\n"}[crc]
        before = self._snapshot()
        answer = self._exchange(line)
        is_taken = crc == "right" or (crc == "none" and method not in _CHANGING)
        if has_id:
            is_done = answer is not None and "result" in answer
            assert is_taken or not is_done, "the link carries out nothing without its CRC"
        else:
            is_needless = method in ("stop", "renew") and not params
            is_done = is_taken and is_needless and (method == "stop" or before[0] in (1, 2))
        if is_done:
            self.model.answered(method, params, self.controller)
        else:
            assert self._snapshot() == before, "what is refused changes nothing"
            if answer is not None and "Start again in" in answer["error"]["message"]:
                self.model.refused_for_rest()
        if has_id and is_done and method in ("start", "pause", "resume", "set"):
            before = self._snapshot()
            assert self._exchange(line) == answer, "the same id gets the same answer"
            assert self._snapshot() == before, "an id is executed once"

    def ask(self, method: str, params: "dict[str, object]") -> "dict[str, object] | None":
        """Send a request whose answer the model does not need to know."""
        self._ids += 1
        message = {"jsonrpc": "2.0", "id": self._ids, "method": method, "params": params}
        return self._exchange(frame.encode(json.dumps(message).encode()))

    def _exchange(self, line: bytes) -> "dict[str, object] | None":
        ((kind, json_bytes),) = self._deframer.feed(line)
        answer = self.service.handle(kind, json_bytes)
        return None if answer is None else json.loads(answer)

    def _snapshot(self) -> "tuple[object, ...]":
        c = self.controller
        s = c.session
        state = (s.state, c.guard.fault, c.strength, c.heat, s.is_leased, s.cap_ms, s._renewed_ms)
        return (*state, *c.setup.values(), *c.catalogue.user_names)


_DT_MS = st.sampled_from((20, 20, 20, 20, 20, 1, 5, 19, 21, 40, 100, 199, 200))
_MASK = st.sampled_from((STOP, MODE, STRENGTH, HEAT, 0, 0, STOP | MODE, 15))
_MC = st.one_of(
    st.sampled_from((33_000, 36_900, 40_000, 42_400, 42_600, 42_900, 43_000, 43_100, 45_900, 46_100)),
    st.sampled_from((-32_000, -10_100, -9_900, 69_900, 70_100, 128_000)),
    st.integers(25_000, 48_000),
)
_PROGRAM = st.sampled_from(tuple(row[0] for row in BUILT_IN))
_VALUE = st.one_of(st.integers(-1, 7), st.sampled_from(("high", None, True, 1.5, "3", 10**12)))


def _maybe(**values: "st.SearchStrategy") -> "st.SearchStrategy":
    return st.fixed_dictionaries({}, optional=values)


_PARAMS = {
    "start": st.fixed_dictionaries(
        {"program": st.one_of(_PROGRAM, st.just("none"))},
        optional={
            "strength": st.one_of(st.integers(1, 5), _VALUE),
            "heat": st.sampled_from(("off", "low", "medium", "high", 3)),
        },
    ),
    "settings.set": _maybe(
        session_min=st.one_of(st.integers(4, 21), _VALUE),
        unlocked=st.booleans(),
        knee=st.sampled_from(("left", "right", "up")),
        strap=st.sampled_from(("up", "down")),
        sessions_done=st.sampled_from((0, 0, 5)),
    ),
    "set": _maybe(
        strength=st.one_of(st.integers(1, 5), _VALUE),
        heat=st.sampled_from(("off", "low", "medium", "high", 2)),
        left_s=st.one_of(st.integers(0, 1000), _VALUE),
        limit=st.one_of(st.integers(1, 5), _VALUE),
    ),
}
_NONE = st.one_of(st.just({}), st.just({}), st.just({"x": 1}))


def _request(method: str) -> "st.SearchStrategy":
    crc = st.sampled_from(("right", "right", "right", "right", "none", "wrong"))
    has_id = st.sampled_from((True, True, True, False))
    return st.tuples(st.just("request"), st.just(method), _PARAMS.get(method, _NONE), crc, has_id)


# A user's program: short, and stronger than the gentle minute lets it be.
_OWN_STEPS = [[0, 0, 750, 750, 60, 3, 7], [8, 2, 750, 750, 30, 3, 9]]
_FAVOURITE = st.sampled_from(("own", "own", "self", "post-op", "infrared", "none"))
_SENSOR = st.sampled_from(("skin", "pad"))
_LEVEL = st.sampled_from((-2000, -1000, -300, 0, 40, 300, 500, 501, 1000, 2000))
_SESSION = st.tuples(
    st.just("session"),
    _PROGRAM,
    st.integers(1, 5),
    st.sampled_from(("low", "low", "off")),
    st.integers(0, 3),
    st.sampled_from(("confirmed", "renewed", "neither")),
    st.sampled_from((200, 2_000, 62_000, 400_000)),
    st.sampled_from((True, True, True, False)),
)
ACTIONS = st.one_of(
    st.tuples(st.just("run"), st.integers(1, 250), _DT_MS),
    st.tuples(st.just("run"), st.just(1), st.sampled_from((201, 250, 3000, 100_000, -1, -20, -200, -5000, 0))),
    st.tuples(st.just("endure"), st.sampled_from((15, 320, 1500, 4600))),
    st.tuples(st.just("buttons"), _MASK, st.integers(1, 6), _DT_MS),
    st.tuples(st.just("press"), _MASK, st.sampled_from((20, 40, 60, 100, 1000, 1480, 1500, 1520, 1600, 3000)), _DT_MS),
    st.tuples(st.just("flicker"), _MASK, _MASK, st.sampled_from((5, 90))),
    st.tuples(st.just("temperature"), _SENSOR, _MC),
    st.tuples(st.just("temperature"), st.just("pad"), st.integers(41_000, 45_900)),
    st.tuples(st.just("spike"), _SENSOR, _MC, st.integers(1, 3)),
    st.tuples(st.just("jump"), _SENSOR, _MC),
    st.tuples(st.just("freeze"), _SENSOR, st.sampled_from((24, 30, 610))),
    st.tuples(st.just("sampling"), st.sampled_from((0, 0, 19, 180, 200, 201, None))),
    st.tuples(st.just("renewing"), st.booleans()),
    st.tuples(st.just("wild"), st.one_of(st.none(), st.tuples(_LEVEL, _LEVEL, _LEVEL))),
    _SESSION,
    _SESSION,
    _SESSION,
    st.tuples(st.just("pause"), st.sampled_from((200, 3_000, 300_000)), st.sampled_from(("resume", "MODE", "not"))),
    st.deferred(lambda: st.tuples(st.just("request"), st.just("set"), _GOOD_SET, st.just("right"), st.just(True))),
    st.tuples(st.just("fault_under_press"), st.sampled_from((20, 1000, 2000)), st.sampled_from((20, 600, 1400, 2000))),
    st.tuples(st.just("own_program"), st.just(_OWN_STEPS), st.lists(_FAVOURITE, min_size=4, max_size=4)),
    st.tuples(st.just("modes"), st.integers(1, 5), st.sampled_from((40, 200, 3000))),
    st.tuples(st.just("rail"), st.sampled_from((True, True, False)), st.sampled_from((1, 2, 3, 50))),
    st.tuples(st.just("flip"), st.sampled_from(("fault", "cap", "began")), st.integers(0, 28)),
    st.tuples(st.just("stuck"), st.sampled_from(("heater", "lamp")), st.sampled_from((None, None, 0, 1))),
    st.tuples(st.just("acknowledge"), st.sampled_from((1000, 1480, 1520, 1600, 3000))),
    *(
        _request(method)
        for method in ("start", "set", "set", "settings.set", "pause", "resume", "renew", "stop", "status")
    ),
)
_GOOD_SET = st.one_of(
    st.fixed_dictionaries({"limit": st.integers(1, 5)}),
    st.fixed_dictionaries({"strength": st.integers(1, 5)}),
    st.fixed_dictionaries({"heat": st.sampled_from(("off", "medium", "high"))}),
    st.fixed_dictionaries({"left_s": st.sampled_from((0, 1, 10, 300, 899))}),
)
HELD = st.sampled_from((0, 0, 0, 0, MODE, STRENGTH | HEAT, STOP | MODE))  # when the power comes on
START_MS = st.sampled_from((0, (1 << 29) - 60, (1 << 29) - 30_000, (1 << 29) - 400_000))
# Chapters only make stories longer: hypothesis likes its lists short.
STORIES = st.lists(st.lists(ACTIONS, max_size=10), min_size=1, max_size=6).map(lambda all: [*chain(*all)])

_RENEWED = ("session", "shiatsu", 3, "low", 0, "renewed", 200)
_SHIATSU = ("session", "shiatsu", 3, "low", 0, "confirmed", 200)
_HIGH = ("session", "shiatsu", 3, "low", 2, "confirmed", 200)
_START = ("request", "start", {"program": "shiatsu", "heat": "low"}, "right", True)
_WARM = (("temperature", "skin", 41_900), ("temperature", "pad", 41_900))
_ALL = ("wild", (900, 800, 700))
_COLD = ("temperature", "skin", 28_000)
_RESUME = ("request", "resume", {}, "right", True)
# What chance seldom tells, told each time.
KNOWN = (
    [("own_program", _OWN_STEPS, ["own", "self", "own", "own"]), ("modes", 4, 200), ("endure", 460)],
    [("request", "settings.set", {"session_min": 5}, "right", True), _SHIATSU, ("endure", 1600)],
    [_SHIATSU, ("pause", 300_000, "resume"), ("endure", 4600)],
    [_SHIATSU, ("pause", 2_000, "MODE"), ("run", 250, 20)],
    [_SHIATSU, ("temperature", "pad", -32_000), ("run", 10, 20), ("acknowledge", 1600)],
    [_SHIATSU, ("temperature", "pad", 128_000), ("run", 10, 20), ("acknowledge", 1480)],
    [_SHIATSU, ("temperature", "skin", 43_100), ("run", 10, 20), ("acknowledge", 1480)],
    [_SHIATSU, ("temperature", "pad", 46_100), ("run", 10, 20), ("acknowledge", 1480)],
    [_RENEWED, ("request", "set", {"heat": "high"}, "right", True), ("run", 5, 20)],
    [_RENEWED, *(("request", "set", {"limit": limit}, "right", True) for limit in (2, 5)), ("run", 5, 20)],
    [
        _RENEWED,
        ("request", "set", {"limit": 1}, "right", True),
        ("endure", 320),
        ("wild", (900, 800, 700)),
        ("run", 50, 20),
    ],
    [_RENEWED, ("request", "set", {"strength": 5, "left_s": 900}, "right", True), ("run", 5, 20)],
    [("request", "start", {"program": "warm", "heat": "medium"}, "right", True), ("run", 5, 20)],
    [_SHIATSU, ("temperature", "pad", 43_000), ("endure", 320)],
    [(*_SHIATSU[:-1], 100_000), ("request", "stop", {}, "right", True), (*_SHIATSU, False), ("run", 9, 20)],
    [
        (*_SHIATSU[:-1], 30_000),
        ("press", STOP, 60, 20),
        (*_SHIATSU, False),
        ("endure", 4600),
        ("press", MODE, 60, 20),
        ("endure", 100),
    ],
    [(*_SHIATSU[:-1], 100_000), ("run", 1, -20), ("run", 600, 200), ("press", MODE, 60, 20), ("endure", 100)],
    [(*_SHIATSU[:-1], 100_000), ("press", STOP, 60, 20), ("run", 500, 200), ("press", MODE, 60, 20), ("endure", 100)],
    [("session", "shiatsu", 3, "low", 0, "neither", 62_000)],
    [_SHIATSU, ("rail", False, 50), _SHIATSU, ("rail", False, 2), ("rail", True, 50)],
    [_SHIATSU, ("stuck", "heater", 1), ("run", 50, 20), ("acknowledge", 1600), _SHIATSU],
    [_SHIATSU, ("flip", "cap", 20), ("run", 5, 20), ("acknowledge", 1600), ("flip", "cap", 20), _SHIATSU],
    [("forget_owner",), _SHIATSU, ("press", MODE, 60, 20), ("press", HEAT, 1480, 20), _SHIATSU],
    [("forget_owner",), ("press", HEAT, 1600, 20), _SHIATSU],
    *(
        [_SHIATSU, *[("spike", name, -32_000, 1)] * 3, ("run", 5, 20), ("acknowledge", 1600)]
        for name in ("skin", "pad")
    ),
    [_SHIATSU, *[("spike", "skin", -32_000, 1)] * 3, ("acknowledge", 1600), ("endure", 60), ("acknowledge", 1600)],
    *([_SHIATSU, ("endure", 320), ("jump", name, 39_000), ("acknowledge", 1600)] for name in ("skin", "pad")),
    *([_SHIATSU, ("freeze", name, 30), ("acknowledge", 1600)] for name in ("skin", "pad")),
    [_HIGH, ("temperature", "skin", 42_100), _ALL, ("run", 12, 200), ("temperature", "skin", 40_900), ("run", 9, 200)],
    [_SHIATSU, ("temperature", "skin", 28_000), ("freeze", "skin", 610)],  # where the converter's codes are wide
    [_HIGH, *_WARM, _ALL, ("endure", 2900)],
    [_HIGH, *_WARM, ("pause", 300_000, "resume"), ("pause", 300_000, "resume"), _ALL, ("run", 20, 20)],
    [
        ("temperature", "skin", 4_000),
        _START,
        ("press", 2, 60, 20),
        _ALL,
        ("run", 50, 20),
        ("temperature", "skin", 6_000),
    ],
    [("temperature", "pad", 42_100), _START, ("press", 2, 60, 20), ("run", 150, 20)],
    [_HIGH, ("endure", 320), _COLD, ("run", 250, 200), _RESUME, ("press", MODE, 60, 20), ("run", 50, 20)],
    [_HIGH, ("endure", 320), _COLD, ("run", 190, 200)],
    [_HIGH, ("endure", 400), ("temperature", "pad", 28_000), ("run", 80, 200), ("acknowledge", 1600)],
    [_HIGH, ("temperature", "pad", 27_000), ("run", 200, 200), ("acknowledge", 1600)],
    [
        _HIGH,
        ("endure", 400),
        ("press", HEAT, 60, 20),
        ("endure", 230),
        ("temperature", "pad", 45_000),
        ("run", 80, 200),
    ],
    [_HIGH, ("temperature", "skin", 40_500), ("temperature", "pad", 42_400), ("endure", 900), ("run", 250, 20)],
    [_HIGH, ("temperature", "pad", 38_500), ("temperature", "skin", 41_500), ("run", 250, 20)],
    # A tap of STOP beside a bouncing HEAT once counted as a long press, and a button let go in a gap started a session.
    [("spike", "skin", 45_000, 3), ("run", 5, 20), ("buttons", 1, 3, 20), ("flicker", 0, 8, 90)],
    [("buttons", 2, 3, 20), ("buttons", 0, 1, 20), ("run", 1, 250)],
)

seen: "Counter[str]" = Counter()
ranges: "dict[str, list[int]]" = {}


def play(start_ms: int, story: "list[tuple]", held: int) -> None:
    """Play a story on a new device, switched on with buttons held; AssertionError in the words of the requirement that
    was broken.
    """
    drive = Drive(start_ms, held)
    try:
        for name, *values in story:
            getattr(drive, name)(*values)
    finally:
        seen.update(drive.model.seen)
        for name, (least, most) in drive.ranges.items():
            kept = ranges.setdefault(name, [least, most])
            kept[:] = [min(kept[0], least), max(kept[1], most)]
