from massager.core import limits
from massager.core.runaway import NOTHING_KNOWN_MC, Runaway

# 1.3 x 8 W in 0.7 x 40 J/K: 371 milli-degrees a second of heat.


def runaway():
    return Runaway(8000, 40000)


def warmed(seconds, mc_each, heater_ms=0, skin_mc=20000, pad_mc=33000):
    """Return a Runaway that saw a pad rise so much each second, and what it said at last."""
    r = runaway()
    said = False
    for second in range(seconds):
        said = r.step(heater_ms, skin_mc, pad_mc + mc_each * second)
    return r, said


def test_saf_10_a_pad_that_warms_without_heat_is_found_by_its_rise_over_20_s():
    assert not warmed(20, 1000)[1]  # where it was 20 s ago is not known yet
    r, said = warmed(21, 100)
    assert r.excess_mc == 2000
    assert said
    r, said = warmed(21, limits.RUNAWAY_MC // 20)
    assert r.excess_mc == limits.RUNAWAY_MC
    assert not said
    assert warmed(21, limits.RUNAWAY_MC // 20 + 1)[1]


def test_saf_10_the_heat_of_the_last_40_s_explains_a_rise_and_no_more():
    r, said = warmed(41, 50, heater_ms=20)  # 0.8 s of heat: 297 milli-degrees
    assert r.excess_mc == 1000 - 40 * 20 * 371 // 1000
    assert not said
    assert not warmed(41, 370, heater_ms=1000)[1]
    # 39 s after it the last second of heat still counts, a second later it does not.
    r = runaway()
    for second in range(60):
        r.step(1000 if second == 20 else 0, 20000, 33000)
    assert r.excess_mc == -371
    r.step(0, 20000, 33000)
    assert r.excess_mc == 0


def test_saf_10_a_pad_that_comes_to_the_skins_temperature_is_no_runaway():
    assert not warmed(40, 500, skin_mc=60000)[1]
    r, said = warmed(40, 500, skin_mc=51000)
    assert r.excess_mc == 33000 + 39 * 500 - 51000
    assert said


def test_saf_10_begins_anew():
    r, said = warmed(30, 500)
    assert said
    r.start()
    assert r.excess_mc == NOTHING_KNOWN_MC
    assert not r.step(0, 20000, 90000)
