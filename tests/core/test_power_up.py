"""What the controller does with how it was switched on."""

from link_host import Host
from massager.core import refusals, session, signals
from rig import SHIATSU, Rig


def test_saf_35_nothing_starts_while_a_button_is_stuck():
    for button, refusal in (
        (signals.MODE, refusals.STUCK_MODE),
        (signals.STRENGTH, refusals.STUCK_STRENGTH),
        (signals.HEAT, refusals.STUCK_HEAT),
        (signals.MODE | signals.HEAT, refusals.STUCK_MODE),
    ):
        rig = Rig(buttons=button)
        rig.run(60000)
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
