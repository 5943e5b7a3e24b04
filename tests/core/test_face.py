from knee import OPEN_CODE
from massager.core import face, faults, limits, session, signals, sounds
from massager.core.programs import BUILT_IN, OWN, name
from massager.core.sounds import NAMES, TUNES, Player
from rig import SHIATSU, Rig

HEAT_LAMP = 5
PROGRAM_LAMP = 6
STATE_LAMP = 7


def lit(rig, lamp):
    return any(rig.out.lamps[lamp * 3 : lamp * 3 + 3])


def blinks(rig, lamp, ms):
    """Return how often a lamp goes on within ms."""
    count = 0
    before = lit(rig, lamp)
    for _ in range(ms // 20):
        rig.tick()
        now = lit(rig, lamp)
        count += now and not before
        before = now
    return count


def heard(rig, ms):
    """Return the names of the sounds that play within ms, in order."""
    names = []
    before = sounds.SILENCE
    for _ in range(ms // 20):
        rig.tick()
        now = rig.controller.face.player.sound
        if now not in (before, sounds.SILENCE):
            names.append(NAMES[now])
        before = now
    return names


def tones(player):
    """Return the Hz of every 10 ms until the player is silent."""
    found = []
    while player.sound != sounds.SILENCE:
        found.append(player.tone_hz)
        player.step(10)
    return found


def test_every_sound_has_a_name_and_whole_pairs():
    assert len(NAMES) == len(TUNES)
    for tune in TUNES[1:]:
        assert len(tune) % 2 == 0
        assert len(tune) > 0


def test_a_tune_plays_its_tones_for_their_time_and_ends():
    player = Player()
    player.play(sounds.START)
    assert tones(player) == [523] * 12 + [659] * 12 + [784] * 18
    assert player.tone_hz == 0


def test_counting_is_long_for_five_and_short_for_one():
    player = Player()
    for number, longs, shorts in ((1, 0, 1), (4, 0, 4), (5, 1, 0), (7, 1, 2), (14, 2, 4)):
        player.count(number)
        beeps = [len(beep) * 10 for beep in "".join("x" if hz else " " for hz in tones(player)).split()]
        assert sorted(beeps) == [150] * shorts + [600] * longs, number


def test_the_strength_bar():
    rig = Rig()
    for strength in (2, 3, 4, 5, 1):
        rig.press(signals.STRENGTH, 100)
        rig.run(100)
        assert rig.controller.strength == strength
        assert [lit(rig, lamp) for lamp in range(5)] == [lamp < strength for lamp in range(5)]


def test_the_heat_lamp_blinks_while_warming_and_then_stays():
    rig = Rig()
    rig.run(100)
    assert not lit(rig, HEAT_LAMP)
    rig.start()
    rig.run(100)
    assert blinks(rig, HEAT_LAMP, 8000) == 10
    rig.skin(36900)
    rig.run(100)
    assert blinks(rig, HEAT_LAMP, 4000) == 0
    assert lit(rig, HEAT_LAMP)


def test_each_state_has_its_own_rhythm():
    rig = Rig()
    assert blinks(rig, STATE_LAMP, 12000) == 3  # breathing
    rig.start()
    rig.run(100)
    assert blinks(rig, STATE_LAMP, 5000) == 0
    assert lit(rig, STATE_LAMP)
    rig.controller.pause()
    assert blinks(rig, STATE_LAMP, 10000) == 10
    rig.pad_code(OPEN_CODE)
    rig.run(100)
    cycle_ms = faults.GROUPS[faults.PAD_OPEN] * 300 + 1200
    while not blinks(rig, STATE_LAMP, 20):  # to the begin of a blink
        pass
    assert blinks(rig, STATE_LAMP, cycle_ms * 4) == faults.GROUPS[faults.PAD_OPEN] * 4


def test_every_fault_has_a_group():
    assert len(faults.GROUPS) == len(faults.TABLE)
    assert 0 not in faults.GROUPS[1:]


def test_a_session_is_heard():
    rig = Rig()
    rig.controller.start(SHIATSU, 3, 1, True)
    assert heard(rig, 1000) == ["start"]
    assert heard(rig, 60000) == ["step"]
    rig.controller.pause()
    assert heard(rig, 1000) == ["stop"]
    rig.controller.resume()
    assert heard(rig, 1000) == ["start"]
    rig.controller.adjust(-1, -1, 62, -1)
    assert heard(rig, 5000) == ["one minute left"]


def test_a_fault_is_told_again_until_it_is_acknowledged():
    rig = Rig()
    rig.skin(44000)
    assert heard(rig, 35000) == ["fault"] * 4
    rig.skin(33000)
    rig.run(1000)
    rig.press(signals.STOP, 2000)
    assert rig.state() == session.IDLE
    assert "fault" not in heard(rig, 20000)


def test_mode_starts_the_chosen_favourite_and_pauses_and_resumes_it():
    rig = Rig()
    rig.press(signals.MODE, 100)
    assert rig.state() == session.RUNNING
    assert name(rig.controller.session.program) == "self"
    assert not rig.controller.session.is_leased
    rig.run(5000)
    rig.press(signals.MODE, 100)
    assert rig.state() == session.PAUSED
    rig.press(signals.MODE, 100)
    assert rig.state() == session.RUNNING


def test_mode_again_within_3_s_is_the_next_favourite():
    rig = Rig()
    names = []
    for _ in range(5):
        rig.press(signals.MODE, 100)
        names.append(name(rig.controller.session.program))
        rig.run(1500)
    assert names == ["self", "shiatsu", "vibration", "warm", "self"]
    rig.controller.stop()
    rig.run(5000)
    rig.press(signals.MODE, 100)
    assert name(rig.controller.session.program) == "self"


def test_saf_20_choosing_among_favourites_does_not_stretch_the_session():
    rig = Rig()
    rig.press(signals.MODE, 100)
    began_ms = rig.now_ms
    while rig.controller.session.is_active() and rig.now_ms - began_ms < 1200000:
        rig.press(signals.MODE, 100)
        rig.run_long(8000)
    assert rig.controller.session.end_reason == session.CAP
    alive_ms = [row[0] for row in rig.seen if row[5]]
    assert alive_ms[-1] - alive_ms[0] <= limits.SESSION_CAP_MS


def test_saf_31_choosing_among_favourites_does_not_renew_or_skip_the_gentle_minute():
    rig = Rig()
    rig.controller.strength = 5
    rig.press(signals.MODE, 100)
    rig.run(2000)
    rig.press(signals.MODE, 100)
    rig.run_long(56000)
    assert max([abs(row[1]) for row in rig.seen]) <= 500
    rig.run_long(60000)
    assert max([abs(row[1]) for row in rig.seen]) > 500


def test_a_long_press_of_mode_walks_through_all_programs():
    rig = Rig()
    rig.press(signals.MODE, 1700)
    assert rig.state() == session.IDLE
    seen = [rig.controller.panel.walk_at]
    for _ in range(len(BUILT_IN)):
        rig.press(signals.MODE, 100)
        seen.append(rig.controller.panel.walk_at)
    assert seen == list(range(len(BUILT_IN))) + [0]
    rig.press(signals.MODE, 100)
    rig.press(signals.MODE, 1700)
    assert rig.state() == session.RUNNING
    assert rig.controller.session.program == 1


def test_walking_ends_by_itself_and_by_stop():
    for how in ("wait", "stop"):
        rig = Rig()
        rig.press(signals.MODE, 1700)
        if how == "wait":
            rig.run(11000)
        else:
            rig.press(signals.STOP, 100)
        assert rig.controller.panel.walk_at < 0
        rig.press(signals.MODE, 100)
        assert rig.state() == session.RUNNING


def test_saf_48_heat_is_refused_when_nothing_runs():
    rig = Rig()
    rig.press(signals.HEAT, 100)
    assert rig.controller.heat == limits.HEAT_OFF
    assert rig.controller.face.player.sound == sounds.REFUSED


def test_a_start_that_is_refused_is_heard():
    rig = Rig()
    rig.is_sampling = False
    rig.run(400)
    rig.press(signals.MODE, 100)
    assert rig.state() == session.IDLE
    assert rig.controller.face.player.sound == sounds.REFUSED


def test_saf_33_a_long_press_of_strength_sets_and_lifts_the_personal_limit():
    rig = Rig()
    rig.press(signals.STRENGTH, 100)
    rig.press(signals.STRENGTH, 1700)
    assert rig.controller.setup.strength_limit == 2
    rig.press(signals.STRENGTH, 100)
    assert rig.controller.strength == 1
    rig.press(signals.STRENGTH, 100)
    rig.press(signals.STRENGTH, 1700)
    assert rig.controller.setup.strength_limit == 5


def test_saf_35_two_buttons_at_once_stop_a_session_and_nothing_else_comes_of_them():
    rig = Rig()
    rig.start()
    rig.run(5000)
    rig.inputs.buttons = signals.STRENGTH | signals.HEAT
    rig.run(60)
    assert rig.is_off()
    assert rig.controller.session.end_reason == session.TWO_BUTTONS
    strength = rig.controller.strength
    rig.inputs.buttons = 0
    rig.run(200)
    assert (rig.controller.strength, rig.state()) == (strength, session.IDLE)


def test_a_long_press_of_stop_when_idle_lights_everything():
    rig = Rig()
    rig.press(signals.STOP, 1700)
    rig.run(100)
    assert all(rig.out.lamps)
    rig.run(2100)
    assert not all(rig.out.lamps)


def test_acknowledging_a_fault_is_only_that():
    rig = Rig()
    rig.skin(44000)
    rig.run(100)
    rig.skin(33000)
    rig.run(1000)
    rig.press(signals.STOP, 2000)
    assert rig.state() == session.IDLE
    assert not all(rig.out.lamps)


def test_the_program_lamp_shows_running_walked_to_and_chosen():
    rig = Rig()
    colours = []
    rig.press(signals.MODE, 1700)
    for _ in range(len(BUILT_IN)):
        rig.run(100)
        colours.append(bytes(rig.out.lamps[PROGRAM_LAMP * 3 : PROGRAM_LAMP * 3 + 3]))
        rig.press(signals.MODE, 100)
    assert len(set(colours)) == OWN  # a colour a family; the last one is for users' programs
    assert len(rig.out.lamps) == face.LAMPS * 3
