from knee import Knee
from massager.core import limits
from massager.core.bounds import Bounds, flow_mw

PAD_MW, PAD_MJ_K = 8000, 40000


def bounds(skin_mc=33000, pad_mc=33000):
    b = Bounds(PAD_MW, PAD_MJ_K)
    b.start(skin_mc, pad_mc)
    return b


def rested(skin_mc, pad_mc, heater_ms=0, lamp_ms=0):
    """Return the bounds where they come to rest."""
    b = bounds()
    for _ in range(7200):
        b.step(1000, heater_ms, lamp_ms, skin_mc, pad_mc)
    return b


def near(mc, exact_mc):
    return abs(mc - exact_mc) <= 30


def test_heat_flows_down_the_slope_by_the_way_that_is_said():
    assert flow_mw(40000, 38000, 3000, 500) == 1000
    assert flow_mw(38000, 40000, 3000, 500) == -6000
    assert flow_mw(38000, 38000, 3000, 500) == 0


def test_saf_09_the_pads_bound_rests_where_the_weakest_heater_and_the_largest_losses_leave_it():
    # 0.7 x 8 W, tight contact (3 W/K), the coldest room through the thinnest cover (0.3 W/K to 15 degrees).
    assert near(rested(33000, 20000, 1000).pad_least_mc, (5600 + 3 * 33000 + 0.3 * 15000) / 3.3)
    # Skin that warms it does so by the loosest contact.
    assert near(rested(38000, 20000).pad_least_mc, (0.5 * 38000 + 0.3 * 15000) / 0.8)


def test_saf_09_it_rises_as_slowly_and_falls_as_fast_as_any_pad():
    b = bounds(33000, 33000)
    b.step(1000, 1000, 0, 33000, 33000)
    assert b.pad_least_mc - 33000 == (5600 - 0.3 * 18000) // 52  # 1.3 x 40 J/K
    b = bounds(33000, 43000)
    b.step(1000, 0, 0, 33000, 43000)
    assert b.pad_least_mc - 43000 == -(3 * 10000 + 0.3 * 28000) // 28  # 0.7 x 40 J/K
    b = bounds(33000, 43000)
    b.step(1200, 0, 0, 33000, 43000)
    assert b.pad_least_mc - 43000 == -(3 * 10000 + 0.3 * 28000) * 1.2 // 28


def test_saf_13_the_skins_upper_bound_has_the_warmest_core_and_the_least_blood():
    assert near(rested(0, 42000).skin_most_mc, (3 * 42000 + 0.06 * 37500) / 3.06)
    assert near(rested(0, 20000).skin_most_mc, (0.5 * 20000 + 2.0 * 37500) / 2.5)
    # What the lamp gives, 2 W, goes on top; into the pad it flows by the loosest contact.
    assert near(rested(0, 42000, 0, 1000).skin_most_mc, (0.5 * 42000 + 0.06 * 37500 + 2000) / 0.56)


def test_saf_13_it_rises_as_fast_and_falls_as_slowly_as_any_skin():
    b = bounds()
    b.step(1000, 0, 0, 33000, 43000)
    assert b.skin_most_mc - 33000 == (3 * 10000 + 2 * 4500) // 60
    b = bounds(43000)
    b.step(1000, 0, 0, 43000, 33000)
    assert b.skin_most_mc - 43000 == -(0.5 * 10000 + 0.06 * 5500) // 300


def test_saf_17_the_skins_lower_bound_has_the_coldest_core_and_the_most_blood():
    assert near(rested(0, 42000).skin_least_mc, (0.5 * 42000 + 2.0 * 36000) / 2.5)
    assert near(rested(0, 30000).skin_least_mc, (3 * 30000 + 0.06 * 36000) / 3.06)


def test_saf_17_it_rises_as_slowly_and_falls_as_fast_as_any_skin():
    b = bounds()
    b.step(1000, 0, 0, 33000, 43000)
    assert b.skin_least_mc - 33000 == (0.5 * 10000 + 0.06 * 3000) // 300
    b = bounds(43000)
    b.step(1000, 0, 0, 43000, 33000)
    assert b.skin_least_mc - 43000 == -(3 * 10000 + 2 * 7000) // 60


def test_saf_09_13_and_17_judge_what_is_beyond_a_margin():
    b = bounds(36000, 38000)
    assert not b.is_pad_cold(38000 - limits.PAD_BELOW_MC)
    assert b.is_pad_cold(38000 - limits.PAD_BELOW_MC - 1)
    assert not b.is_skin_warm(36000 + limits.SKIN_ABOVE_MC)
    assert b.is_skin_warm(36000 + limits.SKIN_ABOVE_MC + 1)
    assert not b.is_skin_cold(36000 - limits.SKIN_BELOW_MC)
    assert b.is_skin_cold(36000 - limits.SKIN_BELOW_MC - 1)


def test_no_product_leaves_the_small_integers_whatever_is_read():
    b = Bounds(9090, 61000)
    for skin_mc, pad_mc in ((-60000, 150000), (150000, -60000)):
        b.start(pad_mc, skin_mc)
        b.step(1200, 1200, 1200, skin_mc, pad_mc)
    # Readings of -60 and 150 degrees are as far apart as a table goes.
    assert (210000 * 3000 + 114000 * 2000) // 1000 * 1200 < 1 << 30
    assert (9090 + 210000 * 3 + 135000 * 3 // 10) * 1200 < 1 << 30


def test_the_rigs_knee_stays_within_the_bounds_through_heat_and_rest():
    knee = Knee()
    b = bounds(33000, knee.pad_uc // 1000)

    class Out:
        is_alive = True
        is_heater_on = False
        is_lamp_on = False

    class Inputs:
        pass

    for second in range(900):
        Out.is_heater_on = second % 300 < 150
        for _ in range(50):
            knee.step(20, Out, Inputs)
        skin_mc, pad_mc = knee.skin_uc // 1000, knee.pad_uc // 1000
        b.step(1000, 1000 if Out.is_heater_on else 0, 0, skin_mc, pad_mc)
        assert b.pad_least_mc <= pad_mc + 200, second
        assert b.skin_least_mc <= skin_mc <= b.skin_most_mc, second
