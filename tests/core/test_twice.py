# What is kept twice, and what a bit that flips in it does.
from massager.core import faults, refusals, ring, session
from massager.core.twice import Twice
from rig import SHIATSU, Rig


def test_saf_46_any_bit_of_either_copy_shows():
    for value in (0, 1, 22, 900000, ring.MASK):
        for bit in range(29):
            kept = Twice(value)
            assert kept.is_sound()
            kept.value ^= 1 << bit
            assert not kept.is_sound()
            kept.set(value)
            assert kept.is_sound() and kept.value == value
            kept._inverse ^= 1 << bit
            assert not kept.is_sound()


def test_saf_46_a_flipped_bit_of_a_deadline_is_off_in_the_same_tick_and_latched():
    for name in ("cap", "began"):
        for bit in (0, 7, 21, 28):
            rig = Rig()
            rig.start()
            rig.run(3000)
            getattr(rig.controller.session, name).value ^= 1 << bit
            rig.tick()
            assert rig.is_off()
            assert (rig.state(), rig.controller.guard.fault) == (session.FAULT, faults.CORRUPT), (name, bit)
            assert rig.controller.start(0, 1, 1, False) == refusals.FAULT


def test_saf_46_a_flipped_bit_of_the_latched_fault_is_off_in_the_same_tick_and_latched():
    for is_latched in (False, True):
        for bit in (0, 2, 28):
            rig = Rig()
            rig.start()
            rig.run(3000)
            if is_latched:
                rig.skin(44000)
                rig.run(100)
                rig.release()
                rig.run(100)
            guard = rig.controller.guard
            guard.latched.value ^= 1 << bit
            rig.tick()
            assert rig.is_off()
            assert (rig.state(), guard.fault) == (session.FAULT, faults.CORRUPT)
            assert guard.latched.is_sound()


def test_saf_46_a_latched_fault_that_flips_to_none_stays_one():
    rig = Rig()
    rig.skin(44000)
    rig.run(100)
    rig.release()
    rig.controller.guard.latched.value = faults.NONE
    rig.tick()
    assert (rig.state(), rig.controller.guard.fault) == (session.FAULT, faults.CORRUPT)


def test_saf_46_between_sessions_there_is_no_deadline_to_flip():
    rig = Rig()
    rig.controller.session.cap.value ^= 4
    rig.run(1000)
    assert rig.state() == session.IDLE
    rig.start()
    assert rig.state() == session.RUNNING


def test_saf_46_no_flipped_bit_of_the_state_makes_a_session():
    for prepare in ("new", "stopped", "acknowledged"):
        rig = Rig()
        if prepare != "new":
            rig.start()
            rig.run(3000)
        if prepare == "stopped":
            rig.controller.stop()
        if prepare == "acknowledged":
            rig.skin(44000)
            rig.run(100)
            rig.release()
            rig.press(1, 2000)
        rig.run(100)
        assert rig.state() == session.IDLE
        rig.controller.session.state = session.RUNNING
        rig.seen = []
        rig.run(5000)
        assert not [row for row in rig.seen if any(row[1:])], prepare
        rig.controller.stop()
        assert rig.controller.start(SHIATSU, 3, 1, True) == refusals.OK
