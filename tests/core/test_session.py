from massager.core import limits, ring, session
from massager.core.session import FAULT, IDLE, PAUSED, RUNNING, Session

STEPS = ((0, 0, 700, 700, 100, 3), (1, 0, 700, 1000, 200, 3))
LONG = ((0, 0, 700, 700, 3600, 3),)


def started(now_ms=0, steps=STEPS, is_leased=False):
    s = Session()
    s.start(now_ms, is_leased, limits.SESSION_CAP_MS)
    s.waits = session.NOTHING
    s.play(0, steps)
    return s


def pass_time(s, now_ms, ms, renew=False):
    for _ in range(ms // 20):
        now_ms = (now_ms + 20) & ring.MASK
        if renew:
            s.renew(now_ms)
        s.step(now_ms, 20)
    return now_ms


def test_a_program_runs_through_its_steps_and_finishes():
    s = started()
    now_ms = pass_time(s, 0, 99980)
    assert (s.state, s.step_index) == (RUNNING, 0)
    now_ms = pass_time(s, now_ms, 20)
    assert (s.step_index, s.step_ms) == (1, 0)
    now_ms = pass_time(s, now_ms, 199980)
    assert s.state == RUNNING
    pass_time(s, now_ms, 20)
    assert (s.state, s.end_reason) == (IDLE, session.FINISHED)


def test_saf_20_the_cap_ends_a_session_within_a_second():
    s = started(steps=LONG)
    pass_time(s, 0, limits.SESSION_CAP_MS - 1000)
    assert s.state == RUNNING
    pass_time(s, limits.SESSION_CAP_MS - 1000, 1000)
    assert (s.state, s.end_reason) == (IDLE, session.CAP)
    assert limits.SESSION_CAP_MS == 15 * 60 * 1000


def test_saf_20_pauses_count_towards_the_cap():
    s = started(steps=LONG)
    now_ms = pass_time(s, 0, 60000)
    s.state = PAUSED
    now_ms = pass_time(s, now_ms, limits.SESSION_CAP_MS - 60000 - 20)
    assert s.state == PAUSED
    pass_time(s, now_ms, 20)
    assert (s.state, s.end_reason) == (IDLE, session.CAP)


def test_time_since_it_was_put_on_begins_anew_after_each_pause():
    s = started(steps=LONG)
    assert s.on_ms == 0
    now_ms = pass_time(s, 0, 50000)
    assert s.on_ms == 50000
    s.state = PAUSED
    now_ms = pass_time(s, now_ms, 20)
    s.state = RUNNING
    pass_time(s, now_ms, 3000)
    assert s.on_ms == 3000
    assert s.running_ms == 53000
    s.end(session.BY_HOST)
    assert s.on_ms == 0


def test_a_pause_holds_the_program():
    s = started()
    now_ms = pass_time(s, 0, 50000)
    s.state = PAUSED
    now_ms = pass_time(s, now_ms, 30000)
    assert s.step_ms == 50000
    s.state = RUNNING
    pass_time(s, now_ms, 50000)
    assert s.step_index == 1


def test_saf_20_and_26_the_cap_holds_across_the_ring_wrap():
    for before_ms in (20, 10000, limits.SESSION_CAP_MS - 20, limits.SESSION_CAP_MS + 20):
        now_ms = (ring.MASK + 1 - before_ms) & ring.MASK
        s = started(now_ms, steps=LONG)
        now_ms = pass_time(s, now_ms, limits.SESSION_CAP_MS - 20)
        assert s.state == RUNNING, before_ms
        pass_time(s, now_ms, 20)
        assert s.end_reason == session.CAP, before_ms


def test_saf_20_time_left_only_gets_shorter():
    s = started(steps=LONG)
    s.shorten(2000000)
    assert s.cap_ms == limits.SESSION_CAP_MS
    s.shorten(60000)
    assert s.left_ms() == 60000
    s.shorten(120000)
    assert s.left_ms() == 60000
    now_ms = pass_time(s, 0, 59980)
    assert s.state == RUNNING
    pass_time(s, now_ms, 20)
    assert s.end_reason == session.SHORTENED


def test_saf_20_a_clock_that_runs_backwards_ends_the_session():
    s = started(1000)
    s.step(900, 0)
    assert s.state == IDLE


def test_saf_50_a_leased_session_ends_3_s_after_the_last_renewal():
    s = started(is_leased=True)
    now_ms = pass_time(s, 0, 60000, renew=True)
    assert s.state == RUNNING
    now_ms = pass_time(s, now_ms, limits.LEASE_MS - 20)
    assert s.state == RUNNING
    pass_time(s, now_ms, 20)
    assert (s.state, s.end_reason) == (IDLE, session.LEASE)
    assert limits.LEASE_MS == 3000


def test_saf_50_the_lease_runs_in_a_pause_too():
    s = started(is_leased=True)
    s.state = PAUSED
    pass_time(s, 0, limits.LEASE_MS)
    assert s.end_reason == session.LEASE


def test_saf_50_a_confirmed_session_needs_no_lease():
    s = started(is_leased=True)
    s.is_leased = False
    pass_time(s, 0, 60000)
    assert s.state == RUNNING


def test_ending_twice_keeps_the_first_reason():
    s = started()
    s.end(session.BY_HOST)
    s.end(session.BY_BUTTON)
    assert s.end_reason == session.BY_HOST


def test_time_left_is_the_nearer_of_program_and_cap():
    s = started()
    assert s.left_ms() == 300000
    s.state = PAUSED
    pass_time(s, 0, 700000)
    assert s.left_ms() == 200000
    s.end(session.BY_HOST)
    assert s.left_ms() == 0


def test_words_for_every_state_and_reason():
    assert len(session.STATE_NAMES) == FAULT + 1
    assert len(session.END_WORDS) == len(session.END_NAMES) == session.UNWORN + 1
