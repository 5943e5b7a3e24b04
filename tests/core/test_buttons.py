from massager.core import signals
from massager.core.buttons import Buttons


def switched_on():
    """Return buttons that nobody touched when the power came on."""
    buttons = Buttons()
    buttons.step(20, 0)
    return buttons


def play(buttons, raw, ticks):
    events = []
    for _ in range(ticks):
        buttons.step(20, raw)
        if buttons.short or buttons.long:
            events.append((buttons.short, buttons.long))
    return events


def test_a_press_counts_once_when_let_go():
    buttons = switched_on()
    assert play(buttons, signals.MODE, 20) == []
    assert play(buttons, 0, 20) == [(signals.MODE, 0)]


def test_a_long_press():
    buttons = switched_on()
    assert play(buttons, signals.HEAT, 80) == []
    assert play(buttons, 0, 5) == [(0, signals.HEAT)]


def test_just_under_a_long_press_is_short():
    buttons = switched_on()
    play(buttons, signals.HEAT, 72)
    assert play(buttons, 0, 5) == [(signals.HEAT, 0)]


def test_a_bounce_of_one_sample_is_nothing():
    buttons = switched_on()
    assert play(buttons, signals.MODE, 1) + play(buttons, 0, 10) == []


def test_bouncing_contacts_give_one_press():
    buttons = switched_on()
    events = []
    for raw in (2, 0, 2, 2, 2, 2, 0, 2, 0, 0, 0, 0):
        events += play(buttons, raw, 1)
    assert events == [(signals.MODE, 0)]


def test_saf_34_stop_is_seen_at_its_first_sample():
    buttons = switched_on()
    buttons.step(20, signals.STOP)
    assert buttons.is_stop_down
    buttons.step(20, 0)
    assert not buttons.is_stop_down


def test_a_second_press_is_timed_by_itself():
    buttons = switched_on()
    play(buttons, signals.STOP, 90)
    play(buttons, 0, 10)
    play(buttons, signals.STOP, 10)
    assert play(buttons, 0, 10) == [(signals.STOP, 0)]


def test_each_button_is_timed_by_itself():
    buttons = switched_on()
    play(buttons, signals.MODE, 100)
    assert play(buttons, signals.MODE | signals.STOP, 5) == []
    assert play(buttons, signals.MODE, 5) == [(signals.STOP, 0)]
    assert play(buttons, 0, 5) == [(0, signals.MODE)]


def test_forgetting_times_a_press_from_then_on():
    buttons = switched_on()
    play(buttons, signals.STOP, 100)
    buttons.forget()
    play(buttons, signals.STOP, 70)
    assert play(buttons, 0, 5) == [(signals.STOP, 0)]


def test_a_contact_that_never_opens_counts_no_further_than_a_long_press():
    buttons = switched_on()
    play(buttons, signals.STOP, 1000)
    assert max(buttons._held_ms) == 1500


def test_an_ignored_press_gives_nothing_and_the_next_one_does():
    buttons = switched_on()
    play(buttons, signals.STOP, 1)
    buttons.ignore()
    play(buttons, signals.STOP, 100)
    assert play(buttons, 0, 10) == []
    play(buttons, signals.STOP, 10)
    assert play(buttons, 0, 10) == [(signals.STOP, 0)]


def test_a_bounce_that_was_ignored_does_not_cost_the_next_press():
    buttons = switched_on()
    play(buttons, signals.STOP, 1)
    buttons.ignore()
    play(buttons, 0, 10)
    play(buttons, signals.STOP, 100)
    assert play(buttons, 0, 10) == [(0, signals.STOP)]


def test_saf_35_a_button_down_at_power_up_is_stuck_until_it_is_let_go():
    for button in (signals.MODE, signals.STRENGTH, signals.HEAT):
        buttons = Buttons()
        assert play(buttons, button, 300) == []
        assert buttons.stuck == button
        play(buttons, 0, 1)
        play(buttons, button, 5)  # a contact that bounces is not let go
        assert buttons.stuck == button
        assert play(buttons, 0, 2) == []
        assert buttons.stuck == 0
        assert play(buttons, button, 5) + play(buttons, 0, 5) == [(button, 0)]
        assert buttons.stuck == 0


def test_saf_35_what_is_pressed_later_is_not_stuck_and_stop_is_a_press_by_itself():
    buttons = Buttons()
    play(buttons, 0, 1)
    play(buttons, 15, 300)
    assert buttons.stuck == 0
    buttons = Buttons()
    play(buttons, signals.STOP, 300)
    assert (buttons.stuck, buttons.is_stop_down) == (0, True)


def test_saf_35_of_two_stuck_buttons_each_has_to_be_let_go():
    buttons = Buttons()
    play(buttons, signals.MODE | signals.HEAT, 5)
    play(buttons, signals.HEAT, 5)
    assert buttons.stuck == signals.HEAT
    play(buttons, 0, 5)
    assert buttons.stuck == 0


def test_saf_35_two_at_once():
    buttons = switched_on()
    for raw, are_two in ((0, False), (1, False), (8, False), (3, True), (10, True), (15, True)):
        play(buttons, raw, 3)
        assert buttons.are_two_down() == are_two


def test_a_bouncing_button_keeps_no_other_from_settling():
    buttons = switched_on()
    events = play(buttons, signals.STOP, 3)
    for _ in range(100):
        events += play(buttons, signals.HEAT, 1) + play(buttons, 0, 1)
    assert events == [(signals.STOP, 0)]
