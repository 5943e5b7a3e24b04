"""What the controller does with how it was switched on."""

from link_host import Host
from massager.core import faults, limits, refusals, self_tests, session, signals
from rig import SHIATSU, Rig


def test_saf_35_nothing_starts_while_a_button_is_stuck():
    for button, refusal in (
        (signals.MODE, refusals.STUCK_MODE),
        (signals.STRENGTH, refusals.STUCK_STRENGTH),
        (signals.HEAT, refusals.STUCK_HEAT),
        (signals.MODE | signals.HEAT, refusals.STUCK_MODE),
    ):
        rig = Rig(buttons=button)
        rig.run_long(60000)
        assert rig.controller.start(SHIATSU, 3, 1, True) == refusal
        rig.inputs.buttons = 0
        rig.run(1000)
        assert rig.state() == session.IDLE  # letting go starts nothing
        assert rig.is_off()
        rig.start()


def test_saf_35_a_stuck_button_is_named_by_its_name_and_mended_by_letting_go():
    host = Host(buttons=signals.STRENGTH)
    words = host.refusal("start", program="shiatsu")
    assert words.startswith("STRENGTH has been down since")
    assert host.result("status")["why"] == words
    host.rig.inputs.buttons = 0
    host.run(100)
    assert "switched on" in host.result("status")["why"]
    assert host.result("start", program="shiatsu") == {"state": "running"}


def test_saf_35_a_press_of_another_button_starts_nothing_either():
    rig = Rig(buttons=signals.HEAT)
    rig.press(signals.MODE, 100)
    rig.run(1000)
    assert rig.state() == session.IDLE
    rig.inputs.buttons = 0
    rig.run(100)
    rig.press(signals.MODE, 100)
    assert rig.state() == session.RUNNING


def test_saf_45_every_failed_test_refuses_heat_or_everything():
    for failed in range(1, len(self_tests.WORDS)):
        rig = Rig()
        rig.controller.take_start(self_tests.NORMAL, failed)
        rig.run(100)
        if self_tests.is_off_for_good(failed):
            assert rig.controller.guard.fault == faults.SELF_TEST
            assert rig.controller.start(SHIATSU, 3, 1, True) == refusals.FAULT
            continue
        rig.start()
        assert rig.controller.adjust(4, limits.HEAT_LOW, -1, -1) == refusals.NO_HEAT
        assert rig.controller.strength == 3
        assert rig.controller.adjust(-1, limits.HEAT_OFF, -1, -1) == refusals.OK
        rig.press(signals.HEAT, 100)
        rig.controller.heat = limits.HEAT_HIGH  # whoever asks
        rig.run(5000)
        assert not any(row[4] or row[6] for row in rig.seen)
        assert any(row[1] for row in rig.seen)


def test_saf_45_status_and_start_say_which_test_failed():
    for failed in range(1, len(self_tests.WORDS)):
        host = Host()
        host.rig.controller.take_start(self_tests.NORMAL, failed)
        host.run(100)
        assert host.result("status")["self_test"] == self_tests.WORDS[failed]
        assert host.result("status")["self_test"].endswith(".")
        if not self_tests.is_off_for_good(failed):
            assert host.result("start", program="shiatsu")["note"] == self_tests.WORDS[failed]
            host.run(1000)
            assert "own test" in host.result("status")["why"]
    assert "self_test" not in Host().result("status")


def test_saf_45_and_54_what_stays_is_not_acknowledged():
    rig = Rig()
    rig.controller.take_start(self_tests.NORMAL, self_tests.IMAGE_DAMAGED)
    rig.run(100)
    rig.press(signals.STOP, 2000)
    assert (rig.state(), rig.controller.guard.fault) == (session.FAULT, faults.SELF_TEST)


def test_saf_45_a_fault_from_before_is_acknowledged_and_what_stays_comes_instead():
    rig = Rig()
    rig.controller.guard.latch(faults.SKIN_HOT)
    rig.controller.take_start(self_tests.NORMAL, self_tests.IMAGE_DAMAGED)
    rig.run(100)
    rig.press(signals.STOP, 2000)
    assert (rig.state(), rig.controller.guard.fault) == (session.FAULT, faults.SELF_TEST)


def test_saf_44_a_rescue_is_a_fault_until_it_is_acknowledged():
    rig = Rig()
    rig.controller.take_start(self_tests.RESCUE, self_tests.PASSED)
    rig.run(100)
    assert rig.controller.guard.fault == faults.RESETS
    assert rig.controller.start(SHIATSU, 3, 1, True) == refusals.FAULT
    rig.press(signals.STOP, 2000)
    assert rig.controller.guard.fault == faults.NONE


def test_saf_44_in_maintenance_nothing_starts():
    host = Host()
    host.rig.controller.take_start(self_tests.MAINTENANCE, self_tests.PASSED)
    assert host.refusal("start", program="shiatsu") == refusals.WORDS[refusals.MAINTENANCE]
    assert host.result("status")["why"] == refusals.WORDS[refusals.MAINTENANCE]
    host.press(signals.MODE)
    host.press(signals.MODE, 2000)
    host.press(signals.MODE, 2000)
    host.run(1000)
    assert host.rig.state() == session.IDLE


def test_saf_19_the_strongest_pad_is_a_20th_of_a_watt_a_square_centimetre():
    assert not self_tests.is_pad_too_strong(8000, 16000)
    assert self_tests.is_pad_too_strong(8001, 16000)
    assert self_tests.is_pad_too_strong(8000, 15999)
