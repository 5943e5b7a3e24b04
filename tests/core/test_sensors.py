from knee import OPEN_CODE, SHORT_CODE, code_for
from massager.core import sensors, signals
from rig import Board


def ntc():
    return sensors.Ntc(Board.SKIN_NTC_MC)


def test_table_interpolates_between_its_points():
    table = Board.SKIN_NTC_MC
    assert sensors.table_mc(table, 0) == 128000
    assert sensors.table_mc(table, 1024) == 125500
    assert sensors.table_mc(table, 512) == 126750
    assert sensors.table_mc(table, 65535) < -31900
    for mc in range(-20000, 100000, 777):
        assert 0 <= sensors.table_mc(table, code_for(mc)) - mc <= 3


def test_first_sample_counts_at_once():
    probe = ntc()
    probe.update(code_for(36000))
    assert abs(probe.mc - 36000) <= 3


def test_saf_06_one_wild_sample_changes_nothing():
    probe = ntc()
    for _ in range(3):
        probe.update(code_for(36000))
    for wild in (code_for(86000), code_for(-14000), OPEN_CODE, SHORT_CODE):
        probe.update(wild)
        assert abs(probe.mc - 36000) <= 3
        assert probe.band == sensors.IN_BAND
        for _ in range(2):
            probe.update(code_for(36000))
            assert abs(probe.mc - 36000) <= 3


def test_saf_03_a_step_shows_after_two_samples():
    probe = ntc()
    for _ in range(3):
        probe.update(code_for(36000))
    probe.update(code_for(44000))
    assert probe.mc < 36010
    probe.update(code_for(44000))
    assert probe.mc > 43990


def test_saf_03_the_larger_of_raw_and_calibrated_is_what_protects():
    for offset_mc, hotter_mc in ((0, 36000), (800, 36800), (-800, 36000)):
        probe = ntc()
        probe.offset_mc = offset_mc
        probe.update(code_for(36000))
        assert abs(probe.mc - 36000) <= 3
        assert probe.calibrated_mc == probe.mc + offset_mc
        assert abs(probe.hotter_mc - hotter_mc) <= 3


def test_median_of_three_in_every_order():
    for order in ((1, 2, 3), (1, 3, 2), (2, 1, 3), (2, 3, 1), (3, 1, 2), (3, 2, 1)):
        probe = ntc()
        for degrees in order:
            probe.update(code_for(degrees * 10000))
        assert abs(probe.mc - 20000) <= 3


def test_saf_05_band():
    for mc, band in (
        (-10100, sensors.OPEN),
        (-9900, sensors.IN_BAND),
        (69900, sensors.IN_BAND),
        (70100, sensors.SHORT),
    ):
        probe = ntc()
        probe.update(code_for(mc))
        assert probe.band == band, mc


def test_saf_14_a_sample_is_fresh_for_200_ms():
    both = sensors.Sensors(Board.SKIN_NTC_MC, Board.PAD_NTC_MC)
    inputs = signals.Inputs()
    inputs.skin_code = inputs.pad_code = code_for(33000)
    for sample_ms in (960, 980, 1000):
        inputs.sample_ms = sample_ms
        both.update(sample_ms, inputs)
    for age_ms, is_fresh in ((0, True), (200, True), (201, False), (5000, False), (-20, False)):
        both.update(1000 + age_ms, inputs)
        assert both.is_fresh == is_fresh, age_ms


def test_saf_06_and_14_an_old_sample_offered_again_does_not_enter_the_median_twice():
    both = sensors.Sensors(Board.SKIN_NTC_MC, Board.PAD_NTC_MC)
    inputs = signals.Inputs()
    inputs.skin_code = inputs.pad_code = code_for(33000)
    for now_ms in (0, 20, 40):
        inputs.sample_ms = now_ms
        both.update(now_ms, inputs)
    inputs.sample_ms = 60
    inputs.skin_code = code_for(90000)
    for now_ms in (60, 80, 100):
        both.update(now_ms, inputs)
    assert both.skin.mc < 34000


def test_saf_06_nothing_is_fresh_or_decided_before_three_samples():
    both = sensors.Sensors(Board.SKIN_NTC_MC, Board.PAD_NTC_MC)
    inputs = signals.Inputs()
    inputs.skin_code = OPEN_CODE  # one wild sample, the very first
    inputs.pad_code = code_for(33000)
    for now_ms, has_median in ((0, False), (20, False), (40, True)):
        inputs.sample_ms = now_ms
        both.update(now_ms, inputs)
        assert both.has_median == has_median
        assert both.is_fresh == has_median
        inputs.skin_code = code_for(33000)
    assert both.skin.band == sensors.IN_BAND
