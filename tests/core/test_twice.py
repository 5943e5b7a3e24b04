# What is kept twice, and what a bit that flips in it does.
from massager.core import faults, refusals, ring, session, signals
from massager.core.ledger import Ledger
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


def test_saf_46_a_flipped_bit_of_its_begin_gives_nothing_of_a_session_back():
    for copy in ("value", "_inverse"):
        for bit in range(29):
            rig = Rig()
            rig.rests = False
            rig.start()
            rig.run(1000)
            debited = rig.controller.ledger.used_ms
            assert debited == rig.controller.session.cap_ms
            began = rig.controller.session.began
            setattr(began, copy, getattr(began, copy) ^ 1 << bit)
            rig.run(100)
            assert rig.state() == session.FAULT
            assert rig.controller.ledger.used_ms == debited, (copy, bit)
            assert rig.controller.ledger.rest_ms > 19 * 60000, (copy, bit)


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


LEDGER = ("rest_ms", "_hour_ms", "open_ms", "open_dose_ms", "_hour", "_open_hour", "used_ms", "dose_ms", "_inverse")
FLIPS = tuple((name, bit) for name in LEDGER + ("_used", "_dose") for bit in (0, 3, 12, 28))


def flip(ledger, name, bit):
    kept = getattr(ledger, name)
    if isinstance(kept, list):
        kept[bit % len(kept)] ^= 1 << bit
    else:
        setattr(ledger, name, kept ^ 1 << bit)


def test_saf_46_a_flipped_bit_of_the_ledger_is_off_in_the_same_tick_and_until_the_next_start():
    for name, bit in FLIPS:
        rig = Rig()
        rig.rests = False
        rig.start()
        rig.run(200)
        flip(rig.controller.ledger, name, bit)
        rig.tick()
        assert rig.is_off(), (name, bit)
        assert (rig.state(), rig.controller.guard.fault) == (session.FAULT, faults.CORRUPT), (name, bit)
        before = rig.controller.ledger.values()
        rig.press(signals.STOP, 2100)
        rig.run(100)
        assert rig.controller.guard.fault == faults.CORRUPT, (name, bit)
        assert rig.controller.ledger.values() == before, (name, bit)


def test_saf_46_nothing_that_is_done_to_a_ledger_makes_a_flipped_bit_good():
    done = (
        lambda ledger: ledger.debit(1000, 0),
        lambda ledger: ledger.settle(0, 0),
        lambda ledger: ledger.lose(),
    )
    for change in done:
        for is_open in (False, True):
            for name, bit in FLIPS:
                ledger = Ledger()
                ledger.debit(60_000, 500)
                ledger.step(20)
                if not is_open:
                    ledger.settle(20_000, 20)
                flip(ledger, name, bit)
                change(ledger)
                assert not ledger.check(), (name, bit)
