# The ledger by itself: rest, the day's total, the day's heat dose, and that nothing but time makes it laxer.
from massager.core import limits, refusals
from massager.core.ledger import HOURS, VALUES, Ledger

MINUTE = 60000
HOUR = 60 * MINUTE
DAY_S = 24 * 3600
TICK_MS = 20


def pass_ms(ledger, ms):
    """Let powered time pass, in steps as long as a tick may be."""
    while ms > 0:
        step = min(ms, 200)
        ledger.step(step)
        ms -= step


def use(ledger, ms, cap_ms=15 * MINUTE, dose_ms=0):
    """Have a session of ms."""
    assert ledger.refusal() == refusals.OK
    ledger.debit(ledger.cap_ms(cap_ms), min(limits.DOSE_SESSION_MS, ledger.dose_left_ms()))
    pass_ms(ledger, ms)
    ledger.settle(ms, dose_ms)


def off(ledger, seconds):
    """Return the ledger after a power cut and a time off that a battery clock has counted."""
    again = Ledger()
    assert again.restore(tuple(ledger.values()))
    again.resume(seconds)
    return again


def test_saf_22_rest_is_twenty_minutes_for_fifteen_of_use():
    for used, rest in ((15 * MINUTE, 20 * MINUTE), (3 * MINUTE, 4 * MINUTE), (MINUTE, 80000), (0, 0)):
        ledger = Ledger()
        use(ledger, used)
        assert ledger.rest_ms == rest


def test_saf_22_no_session_begins_until_all_but_a_minutes_use_is_rested():
    ledger = Ledger()
    use(ledger, 15 * MINUTE)
    assert ledger.refusal() == refusals.RESTING
    pass_ms(ledger, 20 * MINUTE - 80000 - TICK_MS)
    assert ledger.refusal() == refusals.RESTING
    pass_ms(ledger, TICK_MS)
    assert ledger.refusal() == refusals.OK
    assert ledger.cap_ms(15 * MINUTE) == 14 * MINUTE
    pass_ms(ledger, 80000)
    assert ledger.cap_ms(15 * MINUTE) == 15 * MINUTE
    assert ledger.rest_ms == 0


def test_saf_22_a_session_that_was_stopped_at_once_goes_on_after_a_new_start_and_gets_no_longer():
    ledger = Ledger()
    used = 0
    for ms in (10000, 20000, 29000):
        assert -1 <= ledger.cap_ms(15 * MINUTE) - (15 * MINUTE - used) <= 0
        use(ledger, ms)
        used += ms
    use(ledger, 2000)
    assert ledger.refusal() == refusals.RESTING


def test_saf_22_no_rest_passes_while_a_session_is_open():
    ledger = Ledger()
    ledger.debit(15 * MINUTE, 0)
    pass_ms(ledger, 15 * MINUTE)
    assert ledger.rest_ms == 20 * MINUTE
    ledger.settle(15 * MINUTE, 0)
    assert ledger.rest_ms == 20 * MINUTE


def test_saf_23_sixty_minutes_are_the_days_most():
    ledger = Ledger()
    for _ in range(4):
        use(ledger, 15 * MINUTE)
        pass_ms(ledger, 20 * MINUTE)
    assert ledger.refusal() == refusals.DAY_USED
    assert ledger.day_left_ms() == 0
    wait_ms = ledger.day_wait_ms()
    assert wait_ms == HOURS * HOUR - 4 * 35 * MINUTE
    last_ms = wait_ms % HOUR + HOUR
    ledger.resume((wait_ms - last_ms) // 1000)
    pass_ms(ledger, last_ms - TICK_MS)
    assert ledger.refusal() == refusals.DAY_USED
    pass_ms(ledger, TICK_MS)
    assert ledger.refusal() == refusals.OK
    assert ledger.day_wait_ms() == 0


def test_saf_23_the_last_session_of_a_day_gets_what_is_left():
    ledger = Ledger()
    for _ in range(2):
        use(ledger, 20 * MINUTE, 20 * MINUTE)
        pass_ms(ledger, 27 * MINUTE)
    use(ledger, 10 * MINUTE)
    pass_ms(ledger, 14 * MINUTE)
    assert ledger.day_left_ms() == 10 * MINUTE
    assert ledger.cap_ms(15 * MINUTE) == 10 * MINUTE
    use(ledger, 9 * MINUTE + 1000)
    pass_ms(ledger, 14 * MINUTE)
    assert ledger.refusal() == refusals.DAY_USED  # 59 s are no session


def random_numbers(seed):
    """Give numbers of 0 to 32767, the same on every engine."""
    while True:
        seed = (seed * 1103 + 12345) % 65536
        yield seed >> 1


def test_saf_22_23_and_15_any_history_keeps_within_any_day_and_its_rest():
    for seed in range(3):
        numbers = random_numbers(seed * 31 + 7)
        ledger = Ledger()
        now_ms = 0
        sessions = []  # begin, end, dose
        for _ in range(60):
            kind = next(numbers) % 4
            if kind < 2:
                wait_ms = (next(numbers) % 90) * MINUTE + next(numbers) % MINUTE
                pass_ms(ledger, wait_ms)
                now_ms += wait_ms
            elif kind == 2:
                wait_s = (next(numbers) % 20000) if next(numbers) % 4 else 0
                ledger = off(ledger, wait_s)
                now_ms += wait_s * 1000
            if ledger.refusal() != refusals.OK:
                continue
            cap_ms = ledger.cap_ms((5 + next(numbers) % 16) * MINUTE)
            allowed_ms = min(limits.DOSE_SESSION_MS, ledger.dose_left_ms())
            ledger.debit(cap_ms, allowed_ms)
            length_ms = min(cap_ms, (next(numbers) % 25) * MINUTE + next(numbers))
            pass_ms(ledger, length_ms)
            dose_ms = min(allowed_ms, next(numbers) * 8)
            sessions.append((now_ms, now_ms + length_ms, dose_ms))
            now_ms += length_ms
            if next(numbers) % 5:
                ledger.settle(length_ms, dose_ms)
            else:
                ledger = off(ledger, 0)  # the power was cut
            # Sessions count whole in every day that they reach into.
            recent = [(begin, end, dose) for begin, end, dose in sessions if end > now_ms - 24 * HOUR]
            assert sum([end - begin for begin, end, _ in recent]) <= 60 * MINUTE
            assert sum([dose for _, _, dose in recent]) <= 9 * MINUTE
        rest_ms, last_end = 0, 0
        for begin, end, _ in sessions:
            rest_ms = max(0, rest_ms - (begin - last_end))
            assert rest_ms <= 80000 + 3
            rest_ms += (end - begin) * 20 // 15
            last_end = end


def test_saf_15_the_days_heat_dose_is_nine_minutes_at_43_degrees():
    ledger = Ledger()
    for minutes in (2, 2, 2, 2):
        assert ledger.dose_left_ms() >= 2 * MINUTE - MINUTE
        use(ledger, 5 * MINUTE, 5 * MINUTE, minutes * MINUTE)
        pass_ms(ledger, 7 * MINUTE)
    assert ledger.dose_left_ms() == MINUTE
    use(ledger, 5 * MINUTE, 5 * MINUTE, MINUTE)
    assert ledger.dose_left_ms() == 0
    pass_ms(ledger, 7 * MINUTE)
    assert ledger.refusal() == refusals.OK  # massage may go on
    assert off(ledger, 23 * 3600).dose_left_ms() == 0
    assert off(ledger, 26 * 3600).dose_left_ms() == 9 * MINUTE


def test_saf_15_a_sessions_dose_is_debited_whole_and_given_back():
    ledger = Ledger()
    ledger.debit(15 * MINUTE, 2 * MINUTE)
    assert ledger.dose_left_ms() == 7 * MINUTE
    ledger.settle(15 * MINUTE, 1000)
    assert ledger.dose_left_ms() == 9 * MINUTE - 1000


def test_saf_24_a_session_is_debited_whole_and_what_it_did_not_use_is_given_back():
    ledger = Ledger()
    ledger.debit(15 * MINUTE, 2 * MINUTE)
    assert ledger.rest_ms == 20 * MINUTE
    assert ledger.day_left_ms() == 45 * MINUTE
    ledger.settle(6 * MINUTE, 0)
    assert ledger.rest_ms == 8 * MINUTE
    assert ledger.day_left_ms() == 54 * MINUTE


def test_saf_24_a_power_cut_can_only_lose_minutes():
    for seconds in (0, 60, 900, 901):
        ledger = Ledger()
        ledger.debit(15 * MINUTE, 2 * MINUTE)
        pass_ms(ledger, 3 * MINUTE)
        ledger = off(ledger, seconds)
        assert ledger.rest_ms == 20 * MINUTE - max(0, seconds - 900) * 1000
        assert ledger.day_left_ms() == 45 * MINUTE
        assert ledger.dose_left_ms() == 7 * MINUTE
        pass_ms(ledger, 1000)
        ledger.settle(0, 0)  # there is nothing left to settle
        assert ledger.day_left_ms() == 45 * MINUTE


def test_saf_24_what_cannot_be_known_is_the_longest_session():
    ledger = Ledger()
    ledger.fear()
    assert ledger.rest_ms == 1600000
    assert ledger.day_left_ms() == 40 * MINUTE
    assert ledger.dose_left_ms() == 7 * MINUTE
    assert ledger.refusal() == refusals.RESTING


def test_saf_24_settling_gives_back_no_more_than_was_debited():
    for used_ms, dose_ms in ((-5, 0), (MINUTE * 99, MINUTE * 3)):
        ledger = Ledger()
        use(ledger, MINUTE)
        pass_ms(ledger, 2 * MINUTE)
        ledger.debit(5 * MINUTE, MINUTE)
        ledger.settle(used_ms, dose_ms)
        assert ledger.used_ms == MINUTE + (5 * MINUTE if used_ms > 0 else 0)
        assert ledger.dose_ms == dose_ms


def test_values_come_back_and_others_do_not():
    ledger = Ledger()
    pass_ms(ledger, 3 * HOUR + 1234)
    use(ledger, 4 * MINUTE, 5 * MINUTE, 7000)
    pass_ms(ledger, HOUR)
    ledger.debit(5 * MINUTE, 2 * MINUTE)
    values = ledger.values()
    assert len(values) == VALUES
    assert off(ledger, 0).values() == [values[0], 0] + values[2:]
    for i, wrong in (
        (0, 60 * MINUTE + 1),
        (0, -1),
        (1, 21 * MINUTE),
        (2, HOUR),
        (3, 81 * MINUTE),
        (3, -1),
        (40, 1 << 29),
    ):
        changed = list(values)
        changed[i] = wrong
        again = Ledger()
        assert not again.restore(tuple(changed)), (i, wrong)
        assert again.is_empty()
    assert not Ledger().restore(tuple(values[:-1]))


def test_nothing_is_left_of_anything_after_a_day_and_two_hours():
    ledger = Ledger()
    pass_ms(ledger, HOUR - 1000)
    use(ledger, 15 * MINUTE, 15 * MINUTE, 2 * MINUTE)
    pass_ms(ledger, 5 * MINUTE)
    use_up = off(ledger, HOURS * 3600)
    assert use_up.is_empty()
    assert off(ledger, 99999999).is_empty()
    assert not off(ledger, DAY_S).is_empty()
