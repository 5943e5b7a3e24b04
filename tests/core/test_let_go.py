# What a start waits for, and the dead-man switch that has to let go.
from massager.core import faults, limits, refusals, session, signals
from massager.core.let_go import LetGo
from massager.device.switches import AlivePin
from rig import LATE_MS, SHIATSU, Rig

TICK_MS = 20


def rising():
    """Return a proof in which the pin is being toggled."""
    proof = LetGo()
    proof.begin()
    assert proof.step(TICK_MS, False) == faults.NONE
    assert proof.is_alive
    return proof


def falling():
    """Return a proof in which the pin has just come to rest; its last toggle was a tick before."""
    proof = rising()
    assert proof.step(TICK_MS, True) == faults.NONE
    assert not proof.is_alive
    return proof


def ticks_until_fault(proof, is_conducting):
    """Return the fault, and how many ticks it takes."""
    for ticks in range(1, 1000):
        fault = proof.step(TICK_MS, is_conducting)
        if fault != faults.NONE:
            return fault, ticks
    return faults.NONE, 0


def test_saf_41_the_switch_has_400_ms_from_the_last_toggle_to_let_go():
    proof = falling()
    for _ in range(19):
        assert proof.step(TICK_MS, True) == faults.NONE
    assert proof.step(TICK_MS, True) == faults.ENABLE_STUCK
    proof = falling()
    for _ in range(19):
        proof.step(TICK_MS, True)
        assert not proof.is_proved and not proof.is_alive
    assert proof.step(TICK_MS, False) == faults.NONE
    assert proof.is_proved and not proof.is_alive


def test_saf_41_the_switch_has_a_second_to_conduct():
    assert ticks_until_fault(rising(), False) == (faults.NO_ENABLE, 50)
    proof = rising()
    for _ in range(49):
        assert proof.step(TICK_MS, False) == faults.NONE
        assert proof.is_alive


def test_saf_41_nothing_is_toggled_while_the_switch_conducts_at_rest():
    proof = LetGo()
    for _ in range(20):
        assert proof.step(TICK_MS, True) == faults.NONE
        assert not proof.is_alive
    assert proof.step(TICK_MS, True) == faults.ENABLE_STUCK
    assert not proof.is_alive


def test_saf_41_each_start_proves_the_let_go_with_heater_and_motors_at_zero():
    rig = Rig()
    for _ in range(2):
        rig.seen = []
        rig.start(strength=5)
        assert max([row[5] for row in rig.seen])
        for row in rig.seen:
            assert not (row[1] or row[2] or row[3] or row[4] or row[6])
        assert not rig.seen[-1][5] and rig.inputs.heater_sense == 0
        rig.tick()
        assert rig.controller.session.running_ms == TICK_MS and rig.out.is_alive
        rig.run(5000)
        rig.controller.stop()
        rig.run(1000)


def test_saf_41_a_start_right_after_a_stop_waits_for_the_let_go():
    rig = Rig()
    rig.start()
    rig.run(5000)
    rig.controller.stop()
    rig.run(40)
    assert rig.inputs.heater_sense == 1
    rig.start()
    assert rig.state() == session.RUNNING


def test_saf_41_a_switch_that_never_conducts_or_never_lets_go_is_told_and_nothing_moves():
    for sense, fault, most_ms in ((0, faults.NO_ENABLE, 1100), (1, faults.ENABLE_STUCK, 500)):
        for is_lamp in (False, True):
            rig = Rig()
            rig.seen = []
            assert rig.controller.start(SHIATSU, 5, 1, True) == refusals.OK
            if is_lamp:
                rig.knee.lamp_sense = sense
                rig.knee.heater_sense = 0
            else:
                rig.knee.heater_sense = sense
                rig.knee.lamp_sense = 0
            rig.run(most_ms)
            assert rig.state() == session.FAULT
            assert rig.controller.guard.fault == fault
            assert rig.is_off()
            assert not max([abs(row[1]) + row[2] + row[3] + row[4] + row[6] for row in rig.seen])


def test_saf_41_at_rest_nothing_may_conduct_for_over_600_ms():
    for prepare in ("idle", "paused"):
        rig = Rig()
        if prepare == "paused":
            rig.start()
            rig.run(3000)
            rig.controller.pause()
        rig.run(1000)
        rig.knee.heater_sense = 1
        rig.tick()
        assert rig.controller.guard.fault == faults.ENABLE_STUCK, prepare
    rig = Rig()
    rig.start()
    rig.run(3000)
    rig.controller.stop()
    rig.knee.heater_sense = 1
    rig.run(600)
    assert rig.controller.guard.fault == faults.NONE
    rig.tick()
    assert rig.controller.guard.fault == faults.ENABLE_STUCK


def test_saf_41_a_switch_that_is_still_stuck_cannot_be_acknowledged():
    rig = Rig()
    rig.run(1000)
    rig.knee.heater_sense = 1
    rig.run(100)
    rig.press(signals.STOP, 2000)
    assert rig.state() == session.FAULT
    rig.knee.heater_sense = None
    rig.press(signals.STOP, 2000)
    assert rig.state() == session.IDLE


def test_saf_41_the_pin_is_still_when_a_session_ends_in_its_proof():
    for how in ("stop", "button", "pause", "fault", "gap", "stale"):
        rig = Rig()
        assert rig.controller.start(SHIATSU, 3, 1, True) == refusals.OK
        while not rig.out.is_alive:
            rig.tick()
        if how == "stop":
            rig.controller.stop()
        elif how == "button":
            rig.inputs.buttons = signals.STOP
        elif how == "pause":
            rig.controller.pause()
        elif how == "fault":
            rig.skin(44000)
            rig.tick()  # the median wants a second sample
        elif how == "gap":
            rig.tick(300)
        else:
            rig.is_sampling = False
            rig.run(200)
        rig.seen = []
        rig.run(2000)
        assert not max([row[5] for row in rig.seen]), how


def test_saf_41_a_proof_that_was_broken_off_begins_anew():
    rig = Rig()
    assert rig.controller.start(SHIATSU, 3, 1, True) == refusals.OK
    while not rig.inputs.heater_sense:
        rig.tick()
    rig.controller.pause()
    rig.run(1000)
    rig.controller.resume()
    rig.seen = []
    rig.prove()
    assert rig.state() == session.RUNNING
    assert len([row for row in rig.seen if row[5]]) >= 15


def test_saf_41_another_program_in_the_same_session_is_not_proved_again():
    rig = Rig()
    rig.start()
    rig.run(3000)
    assert rig.controller.change_program(0) == refusals.OK
    rig.seen = []
    rig.run(3000)
    assert min([row[5] for row in rig.seen])


def test_saf_20_what_a_start_waits_for_counts_towards_the_cap():
    rig = Rig()
    rig.keeps_seen = False
    rig.controller.setup.cap_ms = limits.SESSION_CAP_LEAST_MS
    began_ms = rig.now_ms
    rig.start()
    assert 0 < rig.controller.session.elapsed_ms == rig.now_ms - began_ms
    assert rig.controller.session.running_ms == 0
    left_ms = limits.SESSION_CAP_LEAST_MS - (rig.now_ms - began_ms) - TICK_MS
    rig.run_long(left_ms // 1000 * 1000)
    rig.run(left_ms % 1000)
    assert rig.state() == session.RUNNING
    rig.tick()
    assert (rig.state(), rig.controller.session.end_reason) == (session.IDLE, session.CAP)


def test_a_session_that_nobody_pays_for_stays_off_until_its_cap():
    rig = Rig()
    rig.controller.setup.cap_ms = limits.SESSION_CAP_LEAST_MS
    c = rig.controller
    c.paid(limits.SESSION_CAP_MOST_MS)  # for none
    assert c.start(SHIATSU, 3, 1, False) == refusals.OK
    for _ in range(limits.SESSION_CAP_LEAST_MS // LATE_MS + 1):
        rig.inputs.sample_ms = rig.now_ms = rig.now_ms + LATE_MS
        c.step(rig.now_ms, rig.inputs, rig.out)
        assert rig.is_off() and not rig.out.grant_ms
    assert (rig.state(), c.session.end_reason) == (session.IDLE, session.CAP)


def test_a_session_lasts_no_longer_than_it_was_paid_for():
    rig = Rig()
    assert rig.controller.start(SHIATSU, 3, 1, False) == refusals.OK
    rig.controller.paid(60000)
    rig.tick()
    assert rig.out.grant_ms == 60000
    rig.run(59960)
    assert rig.state() == session.RUNNING
    rig.tick()
    assert (rig.state(), rig.controller.session.end_reason) == (session.IDLE, session.CAP)


def test_saf_21_each_session_grants_the_alive_pin_its_length_once():
    rig = Rig()
    for minutes in (5, 20):
        rig.controller.setup.cap_ms = minutes * 60000
        granted = []
        assert rig.controller.start(SHIATSU, 3, 1, False) == refusals.OK
        for _ in range(500):
            assert granted or not rig.out.is_alive
            rig.tick()
            if rig.out.grant_ms:
                granted.append(rig.out.grant_ms)
        assert granted == [minutes * 60000]
        rig.controller.stop()
        rig.run(1000)


class Pin:
    def __init__(self):
        self.edges = 0
        self.level = 0

    def value(self, level):
        self.edges += level != self.level
        self.level = level


def test_saf_21_the_alive_pin_counts_its_toggles_and_refuses_past_the_cap_and_2_s():
    pin = Pin()
    alive = AlivePin(pin)
    for cap_ms in (limits.SESSION_CAP_LEAST_MS, limits.SESSION_CAP_MOST_MS, 2 * limits.SESSION_CAP_MOST_MS):
        alive.grant(cap_ms)
        pin.edges = 0
        for _ in range(limits.SESSION_CAP_MOST_MS // 20 + 1000):
            alive.toggle()
        assert pin.edges == (min(cap_ms, 1200000) + 2000) // 20


def test_saf_21_without_a_grant_the_alive_pin_stands_still():
    pin = Pin()
    alive = AlivePin(pin)
    alive.toggle()
    assert pin.edges == 0
    alive.grant(300000)
    alive.grant(300000)  # takes the place of the first
    for _ in range(40000):
        alive.toggle()
    assert pin.edges == 302000 // 20
