# A cue step: everything stands still, and beeps and a light pace the person's own bending and straightening.
from massager.core import refusals, sounds
from massager.core.programs import number_of
from massager.core.techniques import BEND_MS
from rig import Rig

CUE_AT_MS = 366000  # in swedish
CUE_MS = 80000


def in_cue():
    rig = Rig()
    rig.keeps_seen = False
    assert rig.controller.start(number_of("swedish"), 4, 1, False) == refusals.OK
    rig.prove()
    rig.run_long(CUE_AT_MS - 2000)
    rig.run(1980)
    assert not rig.out.are_off()
    rig.keeps_seen = True
    return rig


def lit(rig):
    """Return which of the five lamps of the bar are lit."""
    return [lamp for lamp in range(5) if any(rig.out.lamps[3 * lamp : 3 * lamp + 3])]


def test_all_motors_stand_still_and_the_heat_goes_on():
    rig = in_cue()
    rig.run(CUE_MS)
    assert not [row for row in rig.seen[2:] if row[1] or row[2] or row[3]]
    assert [row for row in rig.seen if row[4]]
    rig.seen = []
    rig.run(3000)
    assert [row for row in rig.seen if row[1]]


def test_a_beep_for_each_bend_and_each_straightening():
    rig = in_cue()
    told = []
    for _ in range(CUE_MS // 20):
        rig.tick()
        player = rig.controller.face.player
        if player.sound in (sounds.BEND, sounds.STRAIGHTEN) and (not told or told[-1][1] != player.sound):
            told.append((rig.now_ms, player.sound))
    assert [sound for _, sound in told] == [sounds.BEND, sounds.STRAIGHTEN] * (CUE_MS // BEND_MS // 2)
    gaps = [told[i + 1][0] - told[i][0] for i in range(len(told) - 1)]
    assert max(gaps) - min(gaps) <= 20
    assert abs(gaps[0] - BEND_MS) <= 20


def test_the_light_goes_up_while_the_leg_bends_and_down_while_it_straightens():
    rig = in_cue()
    seen = []
    for _ in range(2 * BEND_MS // 20):
        rig.tick()
        now = lit(rig)
        if not seen or seen[-1] != now:
            seen.append(now)
    assert seen[0] == [0, 1, 2, 3] or seen[0] == [0]  # the bar of strength 4 may stand for one more refresh
    steps = [lamps[0] for lamps in seen if len(lamps) == 1]
    assert steps == [0, 1, 2, 3, 4, 3, 2, 1, 0]


def test_the_bar_shows_the_strength_again_afterwards_and_in_a_pause():
    rig = in_cue()
    rig.run(3000)
    rig.controller.pause()
    rig.run(300)
    assert lit(rig) == [0, 1, 2, 3]
    rig.controller.resume()
    rig.run(CUE_MS)
    assert lit(rig) == [0, 1, 2, 3]
