from knee import OPEN_CODE, SHORT_CODE, code_for
from massager.core import faults, limits, session, signals
from massager.core.readings import Readings
from massager.core.sensors import Sensors
from massager.core.signals import STOP
from rig import Board, Rig


class Probe:
    """A skin sensor alone, with its checks: a sample every 20 ms. The last bit of its code is never the same twice."""

    def __init__(self):
        self.sensors = Sensors(Board.SKIN_NTC_MC, Board.PAD_NTC_MC)
        self.readings = Readings(faults.SKIN_LOOSE, faults.SKIN_JUMP, faults.SKIN_FROZEN)
        self.inputs = signals.Inputs()
        self.is_settled = True
        self.is_heating = True
        self._bit = 0
        for _ in range(20):
            self.take(code_for(36000))

    def take(self, code, is_same=False, after_ms=20):
        """Take one sample and return what is found."""
        self._bit ^= 1
        self.inputs.sample_ms += after_ms
        self.inputs.skin_code = code if is_same else code & ~1 | self._bit
        self.sensors.update(self.inputs.sample_ms, self.inputs)
        self.readings.step(self.sensors, self.sensors.skin, self.is_settled, self.is_heating)
        return self.readings.found()

    def take_all(self, codes, is_same=False):
        """Take samples and return everything that was found."""
        return [self.take(code, is_same) for code in codes]


FINE = code_for(36000)
NOTHING = faults.NONE


def test_saf_07_three_implausible_samples_in_10_s_are_a_loose_contact():
    assert (limits.LOOSE_SAMPLES, limits.LOOSE_MS) == (3, 10000)
    for code in (OPEN_CODE, SHORT_CODE, code_for(-10100), code_for(70100)):
        for apart, is_loose in ((2, True), (250, True), (251, False)):
            probe = Probe()
            found = []
            for _ in range(3):
                found.append(probe.take(code))
                probe.take_all([FINE] * (apart - 1))
            assert found == [NOTHING, NOTHING, faults.SKIN_LOOSE if is_loose else NOTHING], (code, apart)


def test_saf_07_plausible_samples_are_no_loose_contact_however_odd():
    probe = Probe()
    probe.is_settled = False
    for _ in range(10):
        assert probe.take_all([FINE, code_for(-9900), FINE, code_for(69900)]) == [NOTHING] * 4


def test_saf_07_a_loose_contact_is_gone_10_s_after_its_oldest_sample():
    probe = Probe()
    probe.take_all([OPEN_CODE, FINE, OPEN_CODE, FINE, OPEN_CODE])
    found = probe.take_all([FINE] * 600)
    assert found.index(NOTHING) == 500 - 4
    assert found[-1] == NOTHING


def test_saf_06_one_wild_sample_is_no_fault_whatever_it_shows():
    for code in (code_for(86000), code_for(-14000), code_for(61000), code_for(11000), OPEN_CODE, SHORT_CODE):
        probe = Probe()
        for _ in range(3):
            assert set(probe.take_all([code] + [FINE] * 520)) == {NOTHING}, code


def ramp(mc_per_s, ticks, from_mc=36000):
    return [code_for(from_mc + mc_per_s * (tick + 1) // 50) for tick in range(ticks)]


def test_saf_08_more_than_5_degrees_a_second_is_a_jump():
    for mc_per_s, is_jump in ((4800, False), (5300, True), (-4800, False), (-5300, True), (20000, True)):
        probe = Probe()
        assert (faults.SKIN_JUMP in probe.take_all(ramp(mc_per_s, 60))) == is_jump, mc_per_s


def test_saf_08_a_step_is_a_jump_from_its_third_sample_seen():
    for step_mc, is_jump in ((900, False), (1100, True), (-900, False), (-1100, True), (20000, True)):
        probe = Probe()
        found = probe.take_all([code_for(36000 + step_mc)] * 30)
        assert (faults.SKIN_JUMP in found) == is_jump, step_mc
        if is_jump:
            assert found.index(faults.SKIN_JUMP) == 3  # the median takes one sample: 60 ms


def test_saf_08_what_comes_back_within_two_samples_is_no_jump():
    probe = Probe()
    for count, is_jump in ((2, False), (3, True)):
        assert (faults.SKIN_JUMP in probe.take_all([code_for(46000)] * count + [FINE] * 30)) == is_jump, count


def test_saf_08_late_samples_may_show_as_much_more():
    for after_ms, step_mc, is_jump in ((40, 1900, False), (40, 2100, True), (200, 9900, False), (200, 10100, True)):
        probe = Probe()
        for _ in range(12):
            probe.take(FINE, after_ms=after_ms)
        found = [probe.take(code_for(36000 + step_mc), after_ms=after_ms) for _ in range(8)]
        assert (faults.SKIN_JUMP in found) == is_jump, (after_ms, step_mc)


def test_saf_08_is_not_armed_while_the_device_may_just_have_been_put_on():
    probe = Probe()
    probe.is_settled = False
    assert set(probe.take_all([code_for(22000)] * 30)) == {NOTHING}
    probe.take_all([FINE] * 30)
    probe.is_settled = True
    assert set(probe.take_all([FINE] * 30)) == {NOTHING}
    assert faults.SKIN_JUMP in probe.take_all([code_for(22000)] * 30)


def test_saf_08_a_clock_that_runs_back_is_no_jump():
    probe = Probe()
    probe.inputs.sample_ms -= 5000
    assert set(probe.take_all([code_for(41000)] * 9)) == {NOTHING}


def test_saf_12_the_same_code_for_5_s_of_heating_is_frozen():
    assert limits.FROZEN_MS == 5000
    for is_heating in (True, False):
        probe = Probe()
        probe.is_heating = is_heating
        found = probe.take_all([FINE] * 251, is_same=True)
        assert found[:250] == [NOTHING] * 250
        assert found[250] == (faults.SKIN_FROZEN if is_heating else NOTHING)


def test_saf_12_one_other_code_in_5_s_is_life():
    probe = Probe()
    for _ in range(20):
        assert set(probe.take_all([FINE] * 240, is_same=True)) == {NOTHING}
        assert probe.take(FINE + 16, is_same=True) == NOTHING


def test_saf_12_time_without_heat_does_not_count():
    probe = Probe()
    for _ in range(5):
        assert set(probe.take_all([FINE] * 200, is_same=True)) == {NOTHING}
        probe.is_heating = False
        assert probe.take(FINE, is_same=True) == NOTHING
        probe.is_heating = True


def test_saf_12_a_frozen_reading_stays_a_fault_without_heat_until_it_changes():
    probe = Probe()
    probe.take_all([FINE] * 251, is_same=True)
    probe.is_heating = False
    assert set(probe.take_all([FINE] * 100, is_same=True)) == {faults.SKIN_FROZEN}
    assert probe.take(FINE + 16, is_same=True) == NOTHING


def test_saf_12_the_codes_that_a_rp2040_makes_wide_may_stay_for_three_minutes():
    assert limits.FROZEN_WIDE_MS == 190000
    for number in [odd * 512 + near for odd in (1, 3, 5, 7) for near in range(-3, 4)]:
        probe = Probe()
        code = number << 4 | number >> 8
        probe.take_all([code] * 252, is_same=True)
        assert probe.readings.is_frozen() == (number % 1024 not in (511, 512)), number
    probe = Probe()
    code = 2560 << 4 | 2560 >> 8
    probe.take_all([code] * 9500, is_same=True)
    assert not probe.readings.is_frozen()
    probe.take(code, is_same=True)
    assert probe.readings.is_frozen()


def running(heat=1):
    """Return a rig a little more than a minute into a session, when everything is armed."""
    rig = Rig()
    rig.keeps_seen = False
    rig.start(heat=heat)
    rig.run(61000)
    assert rig.state() == session.RUNNING
    return rig


def freeze(rig, name):
    probe = getattr(rig.knee, name)
    probe.hold(getattr(rig.inputs, name + "_code"))


def ticks_to_fault(rig, most):
    """Run until a fault, most ticks at most, and return how many ticks that took."""
    for tick in range(1, most + 1):
        rig.tick()
        if rig.state() == session.FAULT:
            assert rig.is_off()
            return tick
    return None


def test_saf_07_a_loose_contact_of_either_sensor_turns_off_and_latches():
    for name, fault in (("skin", faults.SKIN_LOOSE), ("pad", faults.PAD_LOOSE)):
        rig = running()
        for number in range(3):
            getattr(rig, name + "_code")(OPEN_CODE)
            rig.tick()
            assert (rig.state() == session.FAULT) == (number == 2)
            rig.release()
            rig.run(1000)
        assert rig.controller.guard.fault == fault
        rig.press(STOP, 1600)
        assert rig.state() == session.FAULT  # the contact was loose a moment ago
        rig.run(10000)
        rig.press(STOP, 1600)
        assert rig.state() == session.IDLE


def test_saf_08_a_jump_of_either_sensor_is_off_within_100_ms_and_latched():
    for name, mc, fault in (("skin", 31000, faults.SKIN_JUMP), ("pad", 32000, faults.PAD_JUMP)):
        rig = running()
        getattr(rig, name)(mc)
        ticks = ticks_to_fault(rig, 10)
        assert ticks and ticks * 20 <= 100
        assert rig.controller.guard.fault == fault
        rig.release()
        rig.run(2000)
        assert rig.state() == session.FAULT


def test_saf_08_a_minute_after_the_start_and_after_each_pause_may_bring_jumps():
    assert limits.JUMP_ARMED_MS == 60000
    rig = Rig()
    rig.keeps_seen = False
    rig.start()
    rig.run_long(59000)
    rig.skin(31000)
    rig.run(500)
    assert rig.state() == session.RUNNING
    rig.run(2000)
    rig.controller.pause()
    rig.run(3000)
    rig.controller.resume()
    rig.skin(34000)
    rig.run_long(59000)
    rig.skin(31000)
    rig.run(500)
    assert rig.state() == session.RUNNING
    rig.run(1000)
    rig.skin(34000)
    assert ticks_to_fault(rig, 10)


def test_saf_08_who_takes_the_device_off_after_a_session_trips_nothing():
    rig = running()
    rig.controller.stop()
    rig.skin(22000)
    rig.pad(22000)
    rig.run(1000)
    assert rig.state() == session.IDLE


def test_saf_12_a_frozen_sensor_is_off_within_5_1_s_of_heating_and_latched():
    for name, fault in (("skin", faults.SKIN_FROZEN), ("pad", faults.PAD_FROZEN)):
        rig = running()
        freeze(rig, name)
        ticks = ticks_to_fault(rig, 300)
        assert ticks and 4900 <= ticks * 20 <= 5100
        assert rig.controller.guard.fault == fault
        rig.press(STOP, 1600)
        assert rig.state() == session.FAULT
        rig.release()
        rig.press(STOP, 1600)
        assert rig.state() == session.IDLE


def test_saf_12_without_heat_nothing_is_frozen():
    rig = running(heat=0)
    freeze(rig, "skin")
    freeze(rig, "pad")
    rig.run(8000)
    assert rig.state() == session.RUNNING
