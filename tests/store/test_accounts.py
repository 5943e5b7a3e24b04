"""The ledger in flash, and time off by the battery clock: whatever the power, the flash or the clock does, it gets
stricter or as it should be.
"""

from harsh import HarshFiles, PowerCut, written_bytes
from massager.core import limits, refusals
from massager.core.ledger import Ledger
from massager.store.accounts import Accounts
from massager.store.clock import WallClock
from massager.store.off_time import NO_TIME, OffTime

MINUTE = 60000
DAY_S = 24 * 3600
BEGIN_S = 820000000


class Rtc:
    """A battery clock. step_s is what it gains in a second."""

    def __init__(self, now_s=BEGIN_S):
        self.now_s = now_s
        self.is_there = True
        self.restarts = 0

    def read_s(self):
        return int(self.now_s) if self.is_there else NO_TIME

    def restart(self):
        self.restarts += 1
        if self.is_there or self.now_s == NO_TIME:
            self.now_s = 0


class Owner:
    """A device's ledger and its record."""

    def __init__(self, files=None, rtc=None):
        self.files = HarshFiles() if files is None else files
        self.rtc = rtc
        self.now_ms = 0
        self.clock = WallClock(0)
        self.ledger = Ledger()
        self.accounts = Accounts(self.files, self.ledger, rtc, self.clock, 0)

    def run(self, ms, rate=1):
        """Let powered time pass, the battery clock rate times as fast."""
        while ms > 0:
            step = min(ms, 200)
            self.now_ms += step
            self.clock.step(self.now_ms & 0x1FFFFFFF)
            self.ledger.step(step)
            if self.rtc is not None:
                self.rtc.now_s += step / 1000 * rate
            self.accounts.write(self.now_ms & 0x1FFFFFFF)
            ms -= step

    def begin(self, cap_ms=15 * MINUTE):
        assert self.ledger.refusal() == refusals.OK
        self.ledger.debit(self.ledger.cap_ms(cap_ms), limits.DOSE_SESSION_MS)
        while self.accounts.pay():
            pass

    def use(self, ms, dose_ms=0):
        self.begin()
        for _ in range(ms // 200):
            self.ledger.step(200)
            self.now_ms += 200
            self.clock.step(self.now_ms & 0x1FFFFFFF)
            if self.rtc is not None:
                self.rtc.now_s += 0.2
        self.ledger.settle(ms, dose_ms)
        self.accounts.write(self.now_ms & 0x1FFFFFFF)

    def after_cut(self, off_s=0):
        """Return the device switched on again, off_s later."""
        if self.rtc is not None:
            self.rtc.now_s += off_s
        return Owner(HarshFiles(self.files.copy().held), self.rtc)


def is_stricter(one, other):
    """Return True if one ledger allows nothing that another does not."""
    a, b = one.ledger, other.ledger
    return a.rest_ms >= b.rest_ms and a.used_ms >= b.used_ms and a.dose_ms >= b.dose_ms


def test_a_new_device_owes_nothing_and_writes_nothing():
    owner = Owner(rtc=Rtc())
    owner.run(2 * 600000)
    assert owner.files.held == {}
    assert owner.ledger.is_empty()
    assert not owner.accounts.was_damaged


def test_saf_24_the_debit_is_in_both_files_before_the_session_and_the_rest_of_it_is_given_back_after():
    owner = Owner()
    owner.begin()
    assert owner.files.changes == 2
    assert not owner.accounts.pay()
    cut = owner.after_cut()
    assert cut.ledger.rest_ms == 20 * MINUTE
    assert cut.ledger.day_left_ms() == 45 * MINUTE
    owner.ledger.settle(3 * MINUTE, 0)
    owner.accounts.write(0)
    settled = owner.after_cut()
    assert settled.ledger.rest_ms == 4 * MINUTE
    assert settled.ledger.day_left_ms() == 57 * MINUTE


def test_saf_24_a_power_cut_at_any_byte_of_any_write_only_loses_minutes():
    files = HarshFiles()
    for used_ms in (15 * MINUTE, 0, 5 * MINUTE):
        before = Owner(files)
        before.ledger.resume(DAY_S)  # rested: only the writes matter here
        count = written_bytes(files, lambda copy: Owner(copy).accounts.pay() or _debit(Owner(copy)))
        assert count > 400
        for cut in range(count + 1):
            owner = Owner(files.copy())
            owner.ledger.resume(DAY_S)
            least = owner.ledger.rest_ms
            owner.files.cut_after(cut)
            try:
                _debit(owner)
                is_paid = True
            except PowerCut:
                is_paid = False
            found = Owner(owner.files.copy()).ledger
            assert found.rest_ms >= least
            assert not is_paid or found.rest_ms == least + 20 * MINUTE
        owner = Owner(files)
        owner.ledger.resume(DAY_S)
        _debit(owner)
        debited = owner.after_cut()
        owner.ledger.settle(used_ms, 0)
        for cut in range(240):
            copy = files.copy()
            copy.cut_after(cut)
            again = Owner(copy)
            again.ledger = owner.ledger
            again.accounts._ledger = owner.ledger
            try:
                again.accounts.write(0)
            except PowerCut:
                pass
            found = Owner(copy.copy())
            assert is_stricter(found, owner)
            assert is_stricter(debited, found)
        owner.accounts.write(0)


def _debit(owner):
    owner.ledger.debit(15 * MINUTE, 0)
    while owner.accounts.pay():
        pass


def test_saf_46_a_ledger_in_which_a_bit_flipped_is_not_written_down():
    owner = Owner()
    owner.use(4 * MINUTE, 5000)
    kept = dict(owner.files.held)
    owner.ledger.used_ms ^= 1 << 16
    assert not owner.ledger.check()
    owner.ledger.version += 1
    assert not owner.accounts.pay()
    owner.run(1200000)
    assert owner.files.held == kept


def test_saf_24_no_flipped_bit_makes_the_ledger_laxer():
    owner = Owner()
    owner.use(4 * MINUTE, 5000)
    owner.run(6 * MINUTE)
    owner.use(3 * MINUTE)
    owner.run(5 * MINUTE)
    for step in ("debit", "settled", "later"):
        if step == "debit":
            owner.begin()
        elif step == "settled":
            owner.ledger.settle(2 * MINUTE, 0)
            owner.accounts.write(owner.now_ms)
        else:
            owner.run(600000)
        whole = owner.after_cut()
        for name, data in owner.files.held.items():
            for bit in range(8 * len(data)):
                files = owner.files.copy()
                files.held[name][bit // 8] ^= 1 << bit % 8
                found = Owner(files)
                assert is_stricter(found, whole), (step, name, bit)
                assert not found.accounts.was_damaged


def test_saf_24_a_ledger_that_cannot_be_read_is_the_longest_session_just_over():
    for data in (b"\xff" * 30, b"x"):
        owner = Owner(HarshFiles({"ledger.0": bytearray(data)}))
        assert owner.accounts.was_damaged
        assert owner.ledger.refusal() == refusals.RESTING
        assert owner.ledger.rest_ms == 1600000
        owner.run(1000)
        again = owner.after_cut()
        assert not again.accounts.was_damaged
        assert again.ledger.rest_ms >= 1599000


def test_saf_24_a_ledger_of_another_form_is_not_taken_for_one():
    owner = Owner()
    owner.accounts._record.write(b"\x00" * 40)
    again = owner.after_cut()
    assert again.accounts.was_damaged
    assert again.ledger.refusal() == refusals.RESTING


def test_saf_25_without_a_battery_clock_only_powered_time_counts():
    owner = Owner()
    owner.use(15 * MINUTE)
    owner.run(10 * MINUTE)
    again = owner.after_cut(DAY_S * 30)
    assert 9 * MINUTE <= again.ledger.rest_ms <= 20 * MINUTE
    assert again.ledger.used_ms == 15 * MINUTE
    again.run(20 * MINUTE)
    assert again.ledger.rest_ms == 0
    assert again.ledger.refusal() == refusals.OK


def test_saf_25_powered_time_is_written_down_every_ten_minutes_as_long_as_it_matters():
    owner = Owner()
    owner.use(15 * MINUTE)
    written = owner.files.changes
    owner.run(65 * MINUTE)
    assert 6 <= owner.files.changes - written <= 7
    assert owner.after_cut().ledger.rest_ms == 0
    owner.run(26 * 60 * MINUTE)
    assert owner.ledger.is_empty()
    assert owner.after_cut().ledger.is_empty()
    written = owner.files.changes
    owner.run(60 * MINUTE)
    assert owner.files.changes == written


def test_saf_25_time_off_counts_by_a_battery_clock():
    owner = Owner(rtc=Rtc())
    owner.use(15 * MINUTE)
    again = owner.after_cut(600)
    assert abs(again.ledger.rest_ms - 10 * MINUTE) <= 1000
    third = again.after_cut(601)
    assert third.ledger.rest_ms == 0
    assert third.ledger.used_ms == 15 * MINUTE
    assert third.after_cut(26 * 3600).ledger.is_empty()


def test_saf_25_a_session_that_a_power_cut_ended_is_no_rest():
    owner = Owner(rtc=Rtc())
    owner.begin()
    again = owner.after_cut(15 * 60)  # all of it may have been the session
    assert again.ledger.rest_ms == 20 * MINUTE
    assert owner.after_cut(0).after_cut(10 * 60).ledger.rest_ms == 10 * MINUTE


def test_saf_25_a_clock_that_went_back_counts_nothing_and_begins_anew():
    owner = Owner(rtc=Rtc())
    owner.use(15 * MINUTE)
    again = owner.after_cut(-2000)
    assert again.ledger.rest_ms == 20 * MINUTE
    assert again.rtc.restarts == 1
    again.run(1000)
    assert abs(again.after_cut(600).ledger.rest_ms - 10 * MINUTE) <= 2000


def test_saf_25_a_clock_that_jumped_further_than_a_battery_lasts_counts_nothing():
    for years, is_counted in ((9.9, True), (10.1, False), (19, False), (60, False)):
        owner = Owner(rtc=Rtc())
        owner.use(15 * MINUTE)
        again = owner.after_cut(int(years * 365 * DAY_S))
        assert again.ledger.is_empty() == is_counted, years
        assert again.rtc.restarts == (not is_counted)


def test_saf_25_an_empty_clock_counts_nothing_and_begins_anew():
    owner = Owner(rtc=Rtc())
    owner.use(15 * MINUTE)
    owner.rtc.now_s = NO_TIME
    again = owner.after_cut()
    assert again.ledger.rest_ms == 20 * MINUTE
    assert again.rtc.restarts == 1
    # Whatever was noted before the clock began anew lies ahead of it, also before that is noted.
    assert again.after_cut(300).ledger.rest_ms == 20 * MINUTE
    again.run(1000)
    assert abs(again.after_cut(600).ledger.rest_ms - 10 * MINUTE) <= 2000


def test_saf_25_a_clock_that_begins_anew_again_and_again_never_adds_time():
    owner = Owner(rtc=Rtc(0))
    owner.use(15 * MINUTE)
    gone_s = 0
    for off_s in (100, 200, 300, 400):
        owner.rtc.now_s = NO_TIME
        owner = Owner(owner.files, owner.rtc)
        gone_s += off_s
        owner.rtc.now_s += off_s
        owner = Owner(owner.files, owner.rtc)
        assert owner.ledger.rest_ms >= 20 * MINUTE - gone_s * 1000


def test_saf_25_a_clock_that_does_not_answer_counts_nothing():
    owner = Owner(rtc=Rtc())
    owner.use(15 * MINUTE)
    owner.rtc.is_there = False
    assert owner.after_cut(600).ledger.rest_ms == 20 * MINUTE


def test_saf_25_a_clock_out_of_step_is_not_believed_until_the_power_goes():
    for rate in (0, 0.9, 1.1, 5):
        owner = Owner(rtc=Rtc())
        owner.use(15 * MINUTE)
        owner.run(11 * MINUTE, rate)
        rest_ms = owner.ledger.rest_ms
        again = owner.after_cut(500)
        assert rest_ms <= again.ledger.rest_ms <= rest_ms + 10 * MINUTE, rate
    owner = Owner(rtc=Rtc())
    owner.use(15 * MINUTE)
    owner.run(11 * MINUTE)
    assert owner.after_cut(500).ledger.rest_ms < MINUTE


def test_saf_25_a_clock_may_be_as_far_off_as_crystals_are_and_no_further():
    for gone_s, drift_s, is_well in (
        (10, 3, True),
        (10, 4, False),
        (10, -4, False),
        (6400, 100, True),
        (6400, 104, False),
    ):
        rtc = Rtc()
        off_time = OffTime(rtc, 0)
        rtc.now_s += gone_s + drift_s
        assert (off_time.now_s(gone_s) == rtc.now_s) == is_well, (gone_s, drift_s)
        rtc.now_s -= drift_s
        assert (off_time.now_s(gone_s) == NO_TIME) == (not is_well)


def test_saf_25_a_clock_that_jumped_while_the_device_was_on_is_found_out():
    owner = Owner(rtc=Rtc())
    owner.use(15 * MINUTE)
    owner.rtc.now_s += DAY_S
    owner.run(11 * MINUTE)
    assert owner.after_cut().ledger.used_ms == 15 * MINUTE
