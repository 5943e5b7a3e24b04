# What a person chose once, and what a board has not, change what a program does.
from massager.core import limits, programs, refusals, session, signals, sounds, techniques, zones
from massager.core.catalogue import NUMBERS
from massager.core.programs import number_of
from rig import Board, Rig

FIRST_USER = len(programs.BUILT_IN)
OWN_STEPS = (
    (techniques.STROKE, zones.THIGH, 700, 700, 84, 3, techniques.HOLD),
    (techniques.KNEAD, zones.CALF, 700, 750, 30, 3, techniques.TAP),
)


def wave(is_left, is_down):
    """Return the motors of a wave in the order in which they join in, and the roller's sign."""
    rig = Rig()
    rig.controller.setup.is_left_knee = is_left
    rig.controller.setup.is_strap_down = is_down
    rig.controller.setup.is_unlocked = True
    assert rig.controller.start(number_of("post-op"), 3, 0, False) == refusals.OK
    rig.seen = []
    rig.run(6000)
    firsts = []
    for place, name in ((1, "roller"), (2, "inner"), (3, "outer")):
        firsts.append((min([row[0] for row in rig.seen if row[place]]), name))
    return [name for _, name in sorted(firsts)], max([abs(row[1]) for row in rig.seen]) == max(
        [row[1] for row in rig.seen]
    )


def test_left_knee_and_strap_direction_mirror_the_sides_and_keep_the_way_to_the_heart():
    # Wired for the right knee: there a wave goes outer, inner, roller, whose positive direction is towards the heart.
    assert wave(False, False) == (["outer", "inner", "roller"], True)
    assert wave(True, False) == (["inner", "outer", "roller"], True)
    assert wave(False, True) == (["inner", "outer", "roller"], False)
    assert wave(True, True) == (["outer", "inner", "roller"], False)


def test_saf_33_a_mirrored_device_keeps_each_motor_under_its_own_cap():
    rig = Rig()
    rig.controller.setup.is_left_knee = True
    rig.start(strength=5)
    rig.run_long(352000)
    rig.seen = []
    rig.run_long(120000)  # presses at the sides
    assert max([row[2] for row in rig.seen]) == Board.INNER_CAP_PM
    assert max([row[3] for row in rig.seen]) == Board.OUTER_CAP_PM


def having(*features):
    class Other(Board):
        FEATURES = features

    return Other


def played(board, name):
    rig = Rig(board=board)
    assert rig.controller.start(number_of(name), 3, 1, False) == refusals.OK
    rig.seen = []
    rig.run_long(400000)
    return rig


def test_what_a_board_has_not_gets_nothing_and_the_rest_goes_on():
    for missing, places in (("roller", (1,)), ("sides", (2, 3)), ("heat", (4,))):
        board = having(*[feature for feature in Board.FEATURES if feature != missing])
        rig = played(board, "joinmax")
        for place in range(1, 5):
            most = max([abs(int(row[place])) for row in rig.seen])
            assert (most == 0) == (place in places), (missing, place)
        assert rig.state() == session.RUNNING


def test_infrared_needs_the_lamp_and_heats_with_it_alone():
    rig = Rig(board=having("roller", "sides", "heat"))
    assert rig.controller.start(number_of("infrared"), 3, 1, False) == refusals.NO_LAMP
    assert rig.state() == session.IDLE
    rig = played(Board, "infrared")
    assert max([row[6] for row in rig.seen])
    assert not max([row[4] for row in rig.seen])
    rig.controller.stop()
    rig.tick()
    assert rig.is_off()
    rig = played(Board, "self")
    assert max([row[4] for row in rig.seen])
    assert not max([row[6] for row in rig.seen])


def test_the_lamp_stops_at_the_skins_set_point_and_at_the_pads_clamp():
    rig = Rig()
    rig.controller.start(number_of("infrared"), 3, 1, False)
    rig.skin(39000)  # low heat: 37
    rig.run(2000)
    rig.seen = []
    rig.run(5000)
    assert not max([row[6] for row in rig.seen])
    rig.skin(33000)
    rig.pad(42600)
    rig.run(2000)
    rig.seen = []
    rig.run(5000)
    assert not max([row[6] for row in rig.seen])
    # The skin counts as soon as it is the warmer of the two.
    rig.pad(30000)
    rig.skin(37600)
    rig.run(2000)
    rig.seen = []
    rig.run(5000)
    assert not max([row[6] for row in rig.seen])


def test_post_op_is_locked_until_it_is_unlocked():
    rig = Rig()
    number = number_of("post-op")
    assert rig.controller.start(number, 1, 0, False) == refusals.LOCKED
    assert rig.state() == session.IDLE
    rig.controller.setup.is_unlocked = True
    assert rig.controller.start(number, 1, 0, False) == refusals.OK


def strongest_after(done, strength):
    rig = Rig()
    rig.controller.setup.sessions_done = done
    assert rig.controller.start(number_of("post-trauma"), strength, 0, False) == refusals.OK
    rig.prove()
    rig.run_long(600000)
    assert rig.controller.session.end_reason == session.FINISHED
    return max([max(abs(row[1]), row[2], row[3]) for row in rig.seen])


def test_post_trauma_grows_with_the_sessions_done_whatever_strength_is_chosen():
    at_first, later, last = strongest_after(0, 5), strongest_after(15, 5), strongest_after(30, 5)
    assert at_first == 750 * limits.STRENGTH_PM[1] // 1000
    assert at_first < later < last == 750
    assert strongest_after(30, 1) == at_first  # the person's own choice counts below it


def test_post_op_is_low_whatever_strength_is_chosen():
    rig = Rig()
    rig.controller.setup.is_unlocked = True
    assert rig.controller.start(number_of("post-op"), 5, 0, False) == refusals.OK
    rig.run_long(600000)
    most = max([max(abs(row[1]), row[2], row[3]) for row in rig.seen])
    assert most == 700 * limits.STRENGTH_PM[1] // 1000


def test_the_session_cap_is_the_one_that_was_set():
    for minutes in (5, 20):
        rig = Rig()
        rig.controller.setup.cap_ms = minutes * 60000
        rig.controller.start(number_of("warm"), 1, 1, False)
        began_ms = rig.now_ms
        rig.keeps_seen = False
        rig.run(1000)
        while rig.state() == session.RUNNING:
            rig.tick(200)
        assert abs(rig.now_ms - began_ms - minutes * 60000) <= 1000


def test_saf_20_no_cap_that_was_set_stretches_a_session_past_20_minutes():
    for cap_ms, least_ms, most_ms in ((0, 300000, 300000), (90 * 60000, 1200000, 1200000)):
        s = session.Session()
        s.start(0, False, cap_ms)
        assert least_ms <= s.cap_ms <= most_ms
    assert limits.SESSION_CAP_LEAST_MS == 300000
    assert limits.SESSION_CAP_MOST_MS == 1200000


def with_own_program():
    rig = Rig()
    rig.controller.catalogue.user_names[2] = "evening"
    rig.controller.setup.favourites = [FIRST_USER + 2, 0, FIRST_USER + 2, FIRST_USER + 5]
    return rig


def test_a_users_program_is_asked_for_lent_and_played():
    rig = with_own_program()
    c = rig.controller
    rig.press(signals.MODE, 100)
    assert c.wanted == FIRST_USER + 2
    assert rig.state() == session.IDLE
    assert c.start(FIRST_USER + 2, 3, 1, True) == refusals.NOT_LENT
    c.catalogue.lend(c.wanted, OWN_STEPS)
    c.play_wanted()
    rig.run_long(100000)
    assert rig.state() == session.RUNNING
    assert c.catalogue.name(c.session.program) == "evening"
    assert c.session.step_index == 1
    assert rig.out.inner_pm or rig.out.outer_pm
    assert c.wanted < 0


def test_everything_is_off_while_a_users_program_is_awaited():
    rig = with_own_program()
    c = rig.controller
    rig.press(signals.MODE, 100)
    c.catalogue.lend(c.wanted, OWN_STEPS)
    c.play_wanted()
    rig.press(signals.MODE, 100)  # the next favourite, a built-in one
    assert c.catalogue.name(c.session.program) == "self"
    rig.run(2000)
    assert not rig.is_off()
    rig.inputs.buttons = signals.MODE
    rig.run(100)
    rig.inputs.buttons = 0
    rig.run(60)
    assert c.wanted == FIRST_USER + 2
    assert rig.is_off()
    c.catalogue.lend(c.wanted, OWN_STEPS)
    c.play_wanted()
    rig.run(3000)
    assert not rig.is_off()
    assert c.catalogue.name(c.session.program) == "evening"


def test_saf_34_stop_gives_up_what_was_asked_for():
    for how in ("button", "host"):
        rig = with_own_program()
        rig.press(signals.MODE, 100)
        assert rig.controller.wanted >= 0
        if how == "button":
            rig.press(signals.STOP, 100)
        else:
            rig.controller.stop()
        assert rig.controller.wanted < 0


def test_saf_20_a_session_that_ends_while_a_program_is_awaited_does_not_begin_anew():
    for how in ("lent", "damaged"):
        rig = with_own_program()
        rig.controller.setup.favourites = [0, FIRST_USER + 2, 0, 0]
        rig.press(signals.MODE, 100)
        rig.run(1000)
        rig.inputs.buttons = signals.MODE
        rig.run(100)
        rig.inputs.buttons = 0
        rig.tick()
        rig.controller.adjust(-1, -1, 0, -1)  # the session ends in the very tick in which MODE counts as let go
        rig.tick()
        c = rig.controller
        assert rig.state() == session.IDLE
        if c.wanted >= 0:
            c.catalogue.lend(c.wanted, OWN_STEPS)
            if how == "lent":
                c.play_wanted()
            else:
                c.refuse_wanted()
        rig.run(1000)
        assert rig.state() == session.IDLE
        assert c.session.starts == 1
        assert c.session.end_reason == session.SHORTENED


def test_what_was_lent_is_given_back_when_it_is_not_played():
    rig = with_own_program()
    c = rig.controller
    number = FIRST_USER + 2
    c.catalogue.lend(number, OWN_STEPS)
    rig.inputs.buttons = signals.STOP
    rig.run(100)
    assert c.start(number, 3, 1, True) == refusals.STOP_DOWN
    rig.inputs.buttons = 0
    rig.run(200)
    assert c.start(number, 3, 1, True) == refusals.NOT_LENT
    c.start(0, 3, 1, False)
    c.catalogue.lend(number, OWN_STEPS)
    assert c.change_program(FIRST_USER + 5) == refusals.NO_PROGRAM
    assert c.change_program(number) == refusals.NOT_LENT


def test_two_buttons_give_up_what_was_asked_for():
    rig = with_own_program()
    rig.controller.setup.favourites = [0, FIRST_USER + 2, 0, 0]
    rig.press(signals.MODE, 100)
    rig.press(signals.MODE, 100)
    assert rig.controller.wanted >= 0
    rig.press(signals.HEAT | signals.STRENGTH, 200)
    assert rig.controller.wanted < 0
    assert rig.controller.session.end_reason == session.TWO_BUTTONS


def test_a_wanted_program_that_cannot_be_played_after_all_is_heard():
    rig = with_own_program()
    rig.press(signals.MODE, 100)
    rig.controller.play_wanted()  # nobody has lent it
    assert rig.controller.face.player.sound == sounds.REFUSED
    assert rig.state() == session.IDLE


def test_walking_goes_on_after_a_refusal_and_its_end_is_heard():
    rig = Rig()
    rig.press(signals.MODE, 1700)
    for _ in range(number_of("post-op")):
        rig.press(signals.MODE, 100)
    rig.press(signals.MODE, 1700)
    assert rig.state() == session.IDLE
    rig.press(signals.MODE, 100)  # not the chosen favourite: the next one
    assert rig.state() == session.IDLE
    assert rig.controller.panel.walk_at == number_of("honey")
    heard = set()
    for _ in range(600):
        rig.tick()
        heard.add(rig.controller.face.player.sound)
    assert rig.controller.panel.walk_at < 0
    assert sounds.STOP in heard


def test_a_program_tells_its_last_minute():
    for number in range(0, FIRST_USER, 5):
        rig = Rig()
        rig.keeps_seen = False
        rig.controller.setup.is_unlocked = True
        rig.controller.start(number, 1, 0, False)
        heard = []
        rig.run(1000)
        while rig.state() == session.RUNNING and not heard:
            rig.tick(20 if rig.controller.session.left_ms() < 61000 else 200)
            if rig.controller.face.player.sound == sounds.MINUTE:
                heard.append(sounds.MINUTE)
                assert 58000 <= rig.controller.session.left_ms() <= 60000, programs.name(number)
        assert heard, programs.name(number)


def test_the_pad_heats_again_after_a_session_under_the_lamp():
    rig = Rig()
    rig.controller.start(number_of("infrared"), 3, 1, False)
    rig.run(3000)
    rig.controller.stop()
    rig.run(1000)
    rig.seen = []
    rig.controller.start(0, 3, 1, False)
    rig.run(5000)
    assert [row for row in rig.seen if row[4]]
    assert not [row for row in rig.seen if row[6]]


def test_saf_27_a_lamp_alone_counts_as_an_actuator():
    out = signals.Outputs()
    assert out.are_off()
    for name in ("is_heater_on", "is_lamp_on", "roller_pm", "inner_pm", "outer_pm", "is_alive"):
        out.clear()
        setattr(out, name, 1)
        assert not out.are_off(), name
        out.clear()
        assert out.are_off(), name


def test_a_damaged_program_is_refused_in_sound_and_words_and_ends_what_it_would_have_replaced():
    rig = with_own_program()
    rig.press(signals.MODE, 100)
    rig.controller.refuse_wanted()
    assert rig.controller.face.player.sound == sounds.REFUSED
    assert rig.controller.session.end_reason == session.BAD_PROGRAM
    rig.start()
    rig.run(1000)
    rig.controller.want(FIRST_USER + 2)
    rig.controller.refuse_wanted()
    rig.tick()
    assert rig.state() == session.IDLE
    assert rig.is_off()


def test_a_favourite_that_is_not_there_is_refused_and_the_running_one_goes_on():
    rig = with_own_program()
    rig.controller.setup.favourites = [0, FIRST_USER + 5, number_of("post-op"), 1]
    rig.press(signals.MODE, 100)
    for _ in range(2):  # an empty slot, a locked program
        rig.press(signals.MODE, 100)
        assert rig.controller.face.player.sound == sounds.REFUSED
        assert rig.controller.session.program == 0
    rig.press(signals.MODE, 100)
    assert rig.controller.session.program == 1


def test_walking_reaches_every_program_that_there_is():
    rig = with_own_program()
    rig.press(signals.MODE, 1700)
    seen = [rig.controller.panel.walk_at]
    for _ in range(FIRST_USER + 1):
        rig.press(signals.MODE, 100)
        seen.append(rig.controller.panel.walk_at)
    assert seen == list(range(FIRST_USER)) + [FIRST_USER + 2, 0]


def test_the_catalogue_knows_numbers_names_and_families():
    c = with_own_program().controller.catalogue
    assert [c.has(n) for n in (-1, 0, FIRST_USER - 1, FIRST_USER, FIRST_USER + 2, NUMBERS)] == (
        [False, True, True, False, True, False]
    )
    assert c.name(FIRST_USER + 2) == "evening"
    assert c.name(FIRST_USER) == c.name(-1) == ""
    assert c.number("evening") == FIRST_USER + 2
    assert c.number("self") == 0
    assert c.number("") == c.number("nap") == c.number(None) == -1
    assert c.family(FIRST_USER + 2) == programs.OWN
    assert c.cannot_play(FIRST_USER) == refusals.NO_PROGRAM
