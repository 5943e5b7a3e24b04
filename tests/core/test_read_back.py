# The switches of heater and lamp, read back.
from massager.core import faults, limits, refusals, session, signals
from massager.core.programs import number_of
from massager.core.read_back import ReadBack, Switch
from rig import Rig

TICK_MS = 20
ARMED_TICKS = 25


class Wire:
    """What a read-back is told and shown, a tick at a time."""

    def __init__(self, has_lamp=True):
        self.read_back = ReadBack(has_lamp)
        self.inputs = signals.Inputs()
        self.out = signals.Outputs()
        self.out.is_alive = True
        self.told()

    def told(self):
        self.read_back.told(True, self.out)

    def tick(self, heater=1, lamp=1, dt_ms=TICK_MS):
        self.inputs.heater_sense = heater
        self.inputs.lamp_sense = lamp
        fault = self.read_back.step(dt_ms, self.inputs)
        self.told()
        return fault

    def arm(self):
        for _ in range(ARMED_TICKS):
            assert self.tick() == faults.NONE


def test_saf_11_a_low_side_that_stays_down_while_its_switch_is_off_shows_in_three_ticks():
    for dead in ("heater", "lamp"):
        wire = Wire()
        wire.arm()
        wire.tick(**{dead: 0})
        wire.tick(**{dead: 0})
        wire.tick()  # a wild one or two are none
        assert wire.tick(**{dead: 0}) == faults.NONE
        assert wire.tick(**{dead: 0}) == faults.NONE
        assert wire.tick(**{dead: 0}) == faults.HEATER_SWITCH


def test_saf_11_a_low_side_that_stays_up_while_its_switch_is_on_shows_in_three_ticks():
    for dead in ("heater", "lamp"):
        wire = Wire()
        wire.arm()
        wire.out.is_heater_on = dead == "heater"
        wire.out.is_lamp_on = dead == "lamp"
        wire.told()
        right = {dead: 0}
        assert wire.tick() == faults.NONE
        assert wire.tick() == faults.NONE
        assert wire.tick(**right) == faults.NONE
        assert wire.tick() == faults.NONE
        assert wire.tick() == faults.NONE
        assert wire.tick() == faults.HEATER_SWITCH


def test_saf_11_at_a_duty_of_one_tick_a_second_three_such_ticks_will_do():
    wire = Wire()
    wire.arm()
    found = []
    for _ in range(3):
        wire.out.is_heater_on = True
        wire.told()
        wire.out.is_heater_on = False
        found.append(wire.tick())
        for _ in range(49):
            found.append(wire.tick())
    assert found.index(faults.HEATER_SWITCH) == 100


def test_saf_11_and_34_at_full_duty_a_switch_in_doubt_stays_off_until_it_is_told():
    for source in ("is_heater_on", "is_lamp_on"):
        wire = Wire()
        wire.arm()
        found = []
        for ticks in range(50):  # as when STOP has taken the enable down, and the chip has not seen it
            setattr(wire.out, source, ticks > 0)
            wire.read_back.look_twice(wire.out)
            wire.told()
            found.append(wire.tick(heater=0, lamp=0) if source == "is_heater_on" else wire.tick(heater=1, lamp=0))
        assert found.index(faults.HEATER_SWITCH) == 2
        wire = Wire()
        wire.arm()
        wire.tick(**{"heater" if source == "is_heater_on" else "lamp": 0})
        wire.tick()
        setattr(wire.out, source, True)
        wire.read_back.look_twice(wire.out)
        assert getattr(wire.out, source)  # a wild reading was all


def test_saf_11_a_switch_that_is_off_is_judged_once_the_enable_conducts_for_sure():
    wire = Wire()
    for _ in range(ARMED_TICKS - 1):
        assert wire.tick(heater=0) == faults.NONE
    assert wire.tick(heater=0) == faults.NONE
    assert wire.tick(heater=0) == faults.NONE
    assert wire.tick(heater=0) == faults.HEATER_SWITCH


def test_saf_11_and_41_after_a_late_tick_the_enable_may_come_up_again():
    for dt_ms, is_told in ((60, True), (80, False), (100, False), (200, False)):
        wire = Wire()
        wire.arm()
        wire.tick(dt_ms=dt_ms, heater=0)
        wire.tick(heater=0)
        assert (wire.tick(heater=0) == faults.HEATER_SWITCH) == is_told, dt_ms


def test_saf_11_a_bad_rail_says_nothing_of_the_switches():
    wire = Wire()
    wire.arm()
    wire.inputs.is_rail_good = False
    for _ in range(10):
        assert wire.tick(heater=0) == faults.NONE


def test_saf_11_a_board_without_lamp_has_none_to_judge():
    wire = Wire(has_lamp=False)
    for _ in range(100):
        assert wire.tick(lamp=0) == faults.NONE


def test_saf_11_a_heater_that_does_not_follow_is_off_within_100_ms_and_latched():
    for name in ("welded", "wire broken", "stuck high", "stuck low"):
        rig = Rig()
        # What is stuck high shows while the heater is on, the rest while it is off.
        rig.start(heat=int(name == "stuck high"))
        rig.run(5200)
        if name == "welded":
            rig.knee.is_welded = True
        elif name == "wire broken":
            rig.knee.pad_mw = 0
        else:
            rig.knee.heater_sense = int(name == "stuck high")
        rig.run(40)
        assert rig.state() == session.RUNNING, name
        rig.tick()
        assert rig.is_off()
        assert (rig.state(), rig.controller.guard.fault) == (session.FAULT, faults.HEATER_SWITCH), name
        rig.knee.is_welded = False
        rig.run(1000)
        assert rig.is_off()
        assert rig.controller.start(0, 1, 1, False) == refusals.FAULT


def test_saf_11_the_lamp_is_judged_like_the_heater():
    rig = Rig()
    assert rig.controller.start(number_of("infrared"), 3, 1, False) == refusals.OK
    rig.prove()
    rig.controller.heat = limits.HEAT_OFF
    rig.run(5000)
    rig.knee.lamp_sense = 0
    rig.run(100)
    assert rig.controller.guard.fault == faults.HEATER_SWITCH


def test_saf_11_an_acknowledged_switch_is_judged_anew():
    rig = Rig()
    rig.start(heat=0)
    rig.run(5000)
    rig.knee.heater_sense = 0
    rig.run(100)
    assert rig.controller.guard.fault == faults.HEATER_SWITCH
    rig.knee.heater_sense = None
    rig.press(signals.STOP, 2000)
    assert rig.state() == session.IDLE
    rig.start()
    rig.run(5000)
    assert rig.state() == session.RUNNING


def test_saf_11_a_switch_counts_for_itself():
    switch = Switch()
    switch.told(True)
    for _ in range(limits.SWITCH_TICKS - 1):
        assert not switch.is_wrong(True, True)
    switch.told(False)
    assert not switch.is_wrong(False, False)  # says nothing before the enable conducts
    assert not switch.is_wrong(True, True)
    switch.told(True)
    assert switch.is_wrong(True, True)
