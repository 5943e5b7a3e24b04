from massager.core import faults, limits, refusals, session, signals, techniques, zones
from massager.core.thermal import Lasting
from rig import Rig


def heated(seconds, level=limits.HEAT_MEDIUM):
    """Return a rig that has heated for so long, without ever coming to the end of its program."""
    rig = Rig()
    rig.keeps_seen = False
    rig.start()
    rig.use_steps((techniques.STROKE, zones.THIGH, 700, 700, 3600, 3, techniques.HOLD))
    rig.controller.heat = level
    rig.run_long(seconds * 1000)
    assert rig.state() == session.RUNNING
    return rig


def until_it_ends(rig, most_s):
    """Run until the session plays no more; return after how many seconds, None if it goes on."""
    for ticks in range(most_s * 10):
        rig.tick(100)
        if rig.state() != session.RUNNING:
            assert rig.is_off()
            return (ticks + 1) / 10
    return None


def slide(rig, probe, from_mc, to_mc):
    """Let a sensor wander at 4 degrees a second, which is not so fast that it counts as a jump, and stay there."""
    step_mc = 80 if to_mc > from_mc else -80
    for mc in range(from_mc, to_mc, step_mc):
        probe.pin(mc)
        rig.tick()
    probe.pin(to_mc)


def slide_skin(rig, to_mc):
    slide(rig, rig.knee.skin, skin_mc(rig), to_mc)


def slide_pad(rig, to_mc):
    slide(rig, rig.knee.pad, rig.knee.pad_uc // 1000, to_mc)


def back(rig):
    """Let the sensors come back to the truth, as fast."""
    for probe, uc in ((rig.knee.skin, rig.knee.skin_uc), (rig.knee.pad, rig.knee.pad_uc)):
        if probe.pinned_mc is not None:
            slide(rig, probe, probe.pinned_mc, uc // 1000)
    rig.release()


def skin_mc(rig):
    return rig.knee.skin_uc // 1000


def test_what_lasts_is_so_without_a_break():
    lasting = Lasting(3000)
    found = [lasting.step(1000, is_so) for is_so in (True, True, False, True, True, True, True, False)]
    assert found == 5 * [False] + [True, True, False]


def test_saf_09_10_13_and_17_nothing_trips_a_healthy_device():
    for contact_mw_k in (500, 3000):
        for level in (limits.HEAT_OFF, limits.HEAT_HIGH):
            rig = heated(1, level)
            rig.knee.contact_mw_k = contact_mw_k
            for _ in range(2):
                rig.run_long(70000)
                rig.controller.pause()
                rig.run_long(20000)
                rig.controller.resume()
                rig.controller.heat = (rig.controller.heat + 1) % 4
            rig.run_long(60000)
            assert rig.state() == session.RUNNING, (contact_mw_k, level)


def test_saf_09_a_pad_that_reads_colder_than_it_can_be_is_found_in_30_s():
    rig = heated(5)
    rig.pad(28000)
    after_s = until_it_ends(rig, 40)
    assert rig.controller.guard.fault == faults.NO_RISE
    assert 29 <= after_s <= 33
    rig = heated(5)
    rig.pad(28000)
    rig.run_long(29000)
    rig.release()
    assert until_it_ends(rig, 60) is None


def test_saf_10_a_pad_that_rises_without_heat_is_found_in_20_s():
    rig = heated(120, limits.HEAT_OFF)
    rig.knee.pad.pin(skin_mc(rig))
    rig.run_long(21000)
    second = 0
    while rig.state() == session.RUNNING and second < 30:
        rig.knee.pad.pinned_mc += 100
        rig.run(1000)
        second += 1
    assert rig.controller.guard.fault == faults.RUNAWAY
    assert rig.is_off()
    assert 10 < second <= 20


def test_saf_10_a_pad_that_has_just_been_put_on_is_given_a_minute():
    rig = heated(1, limits.HEAT_OFF)
    rig.knee.pad.pin(skin_mc(rig))
    second = 0
    while rig.state() == session.RUNNING and second < 80:
        rig.knee.pad.pinned_mc += 80
        rig.run(1000)
        second += 1
    assert rig.controller.guard.fault == faults.RUNAWAY
    assert 58 <= second <= 61


def test_saf_13_skin_that_reads_warmer_than_its_pad_can_make_it_is_found_in_10_s():
    rig = heated(100)
    slide_skin(rig, rig.controller.thermal.bounds.skin_most_mc + 2500)
    after_s = until_it_ends(rig, 20)
    assert rig.controller.guard.fault == faults.DISAGREE
    assert 9 <= after_s <= 12
    rig = heated(100)
    slide_skin(rig, rig.controller.thermal.bounds.skin_most_mc + 2500)
    rig.run(7000)
    back(rig)
    assert until_it_ends(rig, 30) is None


def test_saf_13_a_pad_that_reads_colder_than_it_can_be_contradicts_the_skin_too():
    rig = heated(100)
    slide_pad(rig, rig.controller.thermal.bounds.pad_least_mc - 1500)
    after_s = until_it_ends(rig, 20)
    assert rig.controller.guard.fault == faults.DISAGREE
    assert 9 <= after_s <= 12


def test_saf_13_is_armed_after_a_minute_of_heating():
    rig = heated(1)
    rig.knee.skin.pin(41500)
    rig.run(4000)
    bounds = rig.controller.thermal.bounds
    began_s = 5
    while rig.state() == session.RUNNING:
        # From the beginning as warm as nothing can be, however the bound follows it.
        rig.knee.skin.pin(min(bounds.skin_most_mc + 2500, 41900))
        rig.run(1000)
        began_s += 1
        assert began_s < 100
    assert rig.controller.guard.fault == faults.DISAGREE
    assert 70 <= began_s <= 73
    rig = heated(65, limits.HEAT_OFF)
    rig.controller.heat = limits.HEAT_LOW
    slide_skin(rig, min(rig.controller.thermal.bounds.skin_most_mc + 2500, 41900))
    rig.run_long(55000)
    assert rig.state() == session.RUNNING


def taken_off():
    rig = heated(120)
    rig.knee.contact_mw_k = 0
    slide_skin(rig, 30000)
    return rig


def test_saf_17_a_device_that_is_not_worn_pauses_after_45_s_and_says_so():
    rig = taken_off()
    after_s = until_it_ends(rig, 60)
    assert rig.state() == session.PAUSED
    assert 43 <= after_s <= 47
    assert rig.controller.session.is_unworn
    assert rig.controller.guard.fault == faults.NONE
    rig.run_long(10000)
    assert rig.is_off()
    rig = taken_off()
    rig.run_long(42000)
    rig.knee.contact_mw_k = 1500
    back(rig)
    assert until_it_ends(rig, 60) is None


def test_saf_17_skin_has_to_be_two_degrees_too_cold():
    for off_mc, is_noticed in ((2300, True), (1800, False)):
        rig = heated(300)
        for _ in range(60):
            slide(
                rig, rig.knee.skin, rig.controller.sensors.skin.mc, rig.controller.thermal.bounds.skin_least_mc - off_mc
            )
            rig.run(1000)
        assert (rig.state() == session.PAUSED) == is_noticed


def test_saf_17_only_a_press_at_the_device_goes_on():
    for is_leased in (True, False):
        rig = taken_off()
        rig.controller.session.is_leased = is_leased
        rig.run_long(50000)
        assert rig.controller.resume() == refusals.UNWORN
        assert rig.controller.pause() == refusals.OK
        assert rig.controller.resume() == refusals.UNWORN
        for button in (signals.HEAT, signals.STRENGTH):
            rig.press(button, 100)
            assert rig.state() == session.PAUSED
        rig.knee.contact_mw_k = 1500
        rig.release()
        rig.press(signals.MODE, 100)
        assert rig.state() == session.RUNNING
        assert not rig.controller.session.is_leased
        assert until_it_ends(rig, 60) is None
        assert rig.controller.pause() == refusals.OK
        assert rig.controller.resume() == refusals.OK


def test_saf_17_a_device_that_stays_off_the_skin_ends_with_the_session():
    rig = taken_off()
    rig.run_long(800000)
    assert rig.state() == session.IDLE
    assert rig.controller.session.end_reason == session.UNWORN
    rig.release()
    rig.start()
    assert not rig.controller.session.is_unworn


def test_saf_17_a_device_pressed_on_again_without_a_knee_pauses_again():
    rig = taken_off()
    rig.run_long(50000)
    for _ in range(3):
        rig.press(signals.MODE, 100)
        assert rig.state() == session.RUNNING
        assert until_it_ends(rig, 300) is not None
        assert rig.controller.session.is_unworn


def test_nothing_is_judged_without_fresh_samples_and_then_from_the_beginning():
    rig = taken_off()
    rig.run_long(30000)
    rig.is_sampling = False
    rig.run(1000)
    rig.is_sampling = True
    rig.run_long(30000)
    assert rig.state() == session.RUNNING
