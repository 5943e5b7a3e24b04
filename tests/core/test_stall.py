# A roller that is held, by its current, and one that could press too hard.
from massager.core import faults, limits, self_tests, session, signals
from massager.core.slew import Slew
from massager.core.stall import Stall
from rig import Board, Rig

TICK_MS = 20
STALL_MA = 1000
LIMIT_MA = 1200


class Roller:
    """A Stall that is told and shown, a tick at a time."""

    def __init__(self):
        self.stall = Stall(STALL_MA, LIMIT_MA)
        self.fault = faults.NONE

    def tick(self, level_pm, ma):
        self.stall.told(level_pm)
        fault = self.stall.step(TICK_MS, ma)
        if self.fault == faults.NONE:
            self.fault = fault
        return fault

    def run(self, ms, level_pm, ma):
        """Return after how many ms it shall turn back, -1 if it shall not."""
        for i in range(ms // TICK_MS):
            self.tick(level_pm, ma)
            if self.stall.back_pm:
                return (i + 1) * TICK_MS
        return -1


def held_ma(level_pm, percent):
    """Return what a held motor takes whose current is so much of what the board says."""
    return STALL_MA * abs(level_pm) // 1000 * percent // 100


def test_saf_32_a_held_roller_turns_back_then_is_a_fault_within_500_ms():
    for percent in (81, 97, 119):
        for level_pm in (400, 450, 600, 700, 800, 1000, -1000):
            if held_ma(level_pm, percent) >= LIMIT_MA * 9 // 10:
                continue  # the limit's fault
            if percent == 81 and level_pm <= 600:
                continue  # at little drive the current of a weak motor tells nothing
            roller = Roller()
            assert roller.run(2000, level_pm, STALL_MA * abs(level_pm) // 3000) == -1
            ms = roller.run(500, level_pm, held_ma(level_pm, percent))
            assert 0 < ms <= 320
            assert roller.stall.back_pm * level_pm < 0
            assert abs(roller.stall.back_pm) == 300
            while roller.fault == faults.NONE:
                ms += TICK_MS
                roller.tick(roller.stall.back_pm, held_ma(300, percent))
            assert roller.fault == faults.STALL
            assert ms <= 480  # one more tick to read it, and it is 500
            assert roller.stall.back_pm == 0


def test_saf_32_a_roller_held_from_the_start_of_a_ramp_is_found_while_it_rises():
    roller = Roller()
    ms = 0
    while not roller.stall.back_pm:
        ms += TICK_MS
        level_pm = min(2 * ms, 1000)
        roller.tick(level_pm, held_ma(level_pm, 100))
        assert ms < 900


def test_saf_32_a_turning_roller_is_no_held_one():
    roller = Roller()
    assert roller.run(10000, 1000, 640) == -1
    assert roller.run(10000, 1000, 789) == -1
    assert roller.run(10000, 700, 559) == -1
    assert roller.run(10000, 400, 379) == -1


def test_saf_32_a_start_takes_its_current_for_less_than_it_takes_to_be_held():
    roller = Roller()
    for _ in range(20):
        assert roller.run(300, 1000, 1000) == -1
        assert roller.run(20, 1000, 700) == -1


def test_saf_32_little_drive_is_not_judged():
    roller = Roller()
    assert roller.run(5000, 390, 650) == -1
    assert roller.run(5000, -390, 650) == -1
    assert roller.fault == faults.NONE


def test_saf_32_a_current_that_no_drive_explains_is_not_being_measured():
    for level_pm, most_ma in ((0, 150), (200, 410), (-390, 657)):
        roller = Roller()
        roller.run(1000, level_pm, 0)
        for _ in range(10):  # for a moment it may, while the speed follows
            roller.run(480, level_pm, most_ma + 1)
            roller.run(20, level_pm, most_ma)
        roller.run(5000, level_pm, most_ma)
        assert roller.fault == faults.NONE
        roller.run(480, level_pm, most_ma + 1)
        assert roller.fault == faults.NONE
        assert roller.tick(level_pm, most_ma + 1) == faults.ROLLER_SENSE


def test_saf_32_a_roller_that_is_switched_off_may_take_its_current_a_little_longer():
    roller = Roller()
    roller.run(2000, 400, 400)
    roller.run(140, 0, 400)
    roller.run(5000, 0, 0)
    assert roller.fault == faults.NONE


def test_saf_32_drive_that_has_just_come_is_not_judged():
    roller = Roller()
    roller.run(2000, 0, 0)
    ms = roller.run(2000, 600, held_ma(600, 100))
    assert 320 + 100 < ms < 620  # the lagged drive has to come up first
    roller = Roller()
    assert roller.run(2000, 400, held_ma(400, 97)) > 0  # it comes up to the drive, and no less


def test_saf_32_over_current_is_a_fault_at_once():
    roller = Roller()
    assert roller.tick(400, 1080) == faults.NONE  # one wild sample is none
    assert roller.tick(400, 1079) == faults.NONE
    assert roller.tick(400, 1080) == faults.NONE
    assert roller.tick(400, 1080) == faults.OVER_CURRENT
    assert roller.stall.back_pm == 0


def test_saf_32_over_current_ends_turning_back():
    roller = Roller()
    roller.run(2000, 1000, 1000)
    assert roller.stall.back_pm
    roller.tick(-40, 1200)
    assert roller.tick(-80, 1200) == faults.OVER_CURRENT
    assert roller.stall.back_pm == 0


def test_saf_32_a_motor_that_is_held_turns_back_at_once():
    slew = Slew(-1000, 1000)
    for _ in range(30):
        slew.step(TICK_MS, 1000, 1000)
    assert slew.turn_back(-300) == -300
    assert slew.step(TICK_MS, -300, 1000) == -300
    assert slew.step(TICK_MS, 0, 1000) == 0
    assert slew.step(TICK_MS, 1000, 1000) == 0  # the next turn waits again
    assert Slew(-200, 200).turn_back(-300) == -200


class Kneading(Rig):
    """A session whose roller asks for full drive and takes a current in proportion to what goes out."""

    def __init__(self):
        super().__init__()
        self.per_mille = 300
        self.start(5, 1)
        self.run(70_000)
        self.controller._move = self._move

    def _move(self, step, t_ms, out):
        out.roller_pm = 1000
        out.inner_pm = 800

    def tick(self, after_ms=TICK_MS):
        self.inputs.roller_ma = abs(self.out.roller_pm) * getattr(self, "per_mille", 300) // 1000
        super().tick(after_ms)


def test_saf_32_everything_else_stands_still_while_the_roller_turns_back_and_the_fault_is_latched():
    rig = Kneading()
    rig.run(2000)
    assert rig.out.roller_pm == 1000
    assert rig.out.inner_pm == 800
    rig.per_mille = 1000
    rig.seen.clear()
    rig.run(500)
    back = [seen for seen in rig.seen if seen[1] < 0]
    assert 100 <= len(back) * TICK_MS <= 140
    assert min(seen[1] for seen in back) == -300
    assert [seen[2] for seen in back] == [0] * len(back)
    assert not any(seen[4] or seen[6] for seen in back)
    assert all(seen[5] for seen in back)  # the motors need the dead-man switch
    assert rig.controller.guard.fault == faults.STALL
    assert rig.controller.session.state == session.FAULT
    assert rig.out.are_off()


def test_saf_32_stop_ends_turning_back_in_the_same_tick_and_the_fault_is_told():
    rig = Kneading()
    rig.run(2000)
    rig.per_mille = 1000
    while rig.out.roller_pm >= 0:
        rig.tick()
    rig.inputs.buttons = signals.STOP
    rig.tick()
    assert rig.out.are_off()
    rig.run(400)
    assert rig.controller.guard.fault == faults.STALL


def test_saf_32_an_acknowledged_stall_is_found_again():
    rig = Kneading()
    rig.run(2000)
    rig.per_mille = 1000
    rig.run(600)
    rig.press(signals.STOP, 2100)
    assert rig.controller.guard.fault == faults.NONE
    rig.per_mille = 300
    rig.start(5, 1)
    rig.run_long(70_000)
    assert rig.controller.guard.fault == faults.NONE
    rig.per_mille = 1000
    rig.run(600)
    assert rig.controller.guard.fault == faults.STALL


class Strong(Board):
    ROLLER_LIMIT_MA = 1000
    ROLLER_NMM_A = 650
    ROLLER_LEVER_MM = 10


class Stronger(Strong):
    ROLLER_LIMIT_MA = 1001


def test_saf_36_a_roller_that_could_press_with_more_than_65_n_never_turns():
    for board, is_fine in ((Strong, True), (Stronger, False)):
        assert (
            self_tests.is_roller_too_strong(board.ROLLER_LIMIT_MA, board.ROLLER_NMM_A, board.ROLLER_LEVER_MM) != is_fine
        )
        rig = Rig(board=board)
        rig.start(5, 0)
        rig.run_long(70_000)
        assert (max(abs(seen[1]) for seen in rig.seen) > 0) == is_fine
        assert any(seen[2] or seen[3] for seen in rig.seen)


def test_saf_32_the_numbers():
    assert (limits.STALL_MS + limits.BACK_OFF_MS + 2 * TICK_MS) <= 500
    assert limits.BACK_OFF_MS <= 300
    assert limits.BACK_OFF_PM <= 300
