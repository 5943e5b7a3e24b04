# Before its first session a device wants somebody at it to say that nothing forbids its use.
from link_host import Host
from massager.core import session, signals, sounds
from massager.link import rpc
from massager.store.settings import Settings
from rig import Rig


def fresh():
    """Return a host of a device from the factory."""
    host = Host()
    host.rig.controller.setup.is_acknowledged = False
    host.keeper.save_settings()
    return host


def test_saf_55_a_new_device_starts_nothing_and_says_what_to_press():
    host = fresh()
    words = host.refusal("start", program="warm", strength=1)
    assert "hold HEAT" in words
    assert "contraindications" in words
    assert host.result("status")["why"] == words
    host.press(signals.MODE)
    assert host.rig.state() == session.IDLE
    assert host.rig.controller.face.player.sound == sounds.REFUSED
    host.press(signals.MODE, 1700)  # walking through the programs is no use
    host.run(500)
    host.press(signals.MODE, 1700)
    assert host.rig.state() == session.IDLE


def test_saf_55_holding_heat_acknowledges_and_is_kept():
    host = fresh()
    host.rig.inputs.buttons = signals.HEAT
    host.run(1700)
    host.rig.inputs.buttons = 0
    host.run(40)
    assert host.rig.controller.face.player.sound == sounds.READY
    assert "Just switched on" in host.result("status")["why"]
    host.run(1100)
    for _ in range(2):
        host = host.restarted()
        host.rig.controller.setup.is_acknowledged = False
        Settings(host.files, host.rig.controller.setup, host.rig.controller.catalogue)
        host.result("start", program="warm", strength=1)


def test_saf_55_nothing_else_at_the_device_acknowledges():
    for button, ms in (
        (signals.HEAT, 100),
        (signals.HEAT, 1400),
        (signals.STOP, 1700),
        (signals.MODE, 1700),
        (signals.STRENGTH, 1700),
        (0, 1700),
    ):
        host = fresh()
        host.press(button, ms)
        assert not host.rig.controller.setup.is_acknowledged, (button, ms)
    host = fresh()
    host.rig.inputs.buttons = signals.HEAT  # held on, or stuck
    host.run(20000)
    assert not host.rig.controller.setup.is_acknowledged


def test_saf_55_no_acknowledgement_in_a_fault():
    host = fresh()
    host.rig.skin(44000)
    host.run(100)
    host.rig.skin(33000)
    host.press(signals.HEAT, 1700)
    assert not host.rig.controller.setup.is_acknowledged


def test_saf_55_and_51_no_host_can_acknowledge():
    host = fresh()
    for name in ("acknowledged", "is_acknowledged"):
        assert host.error("settings.set", **{name: True}) == rpc.BAD_PARAMS
    host.result("settings.set", knee="left", unlocked=True)
    assert not host.rig.controller.setup.is_acknowledged
    assert host.error("start", program="warm") == rpc.REFUSED


def test_saf_55_an_acknowledgement_that_the_power_cuts_off_is_wanted_again():
    host = fresh()
    host.press(signals.HEAT, 1700)
    setup = Rig().controller.setup
    setup.is_acknowledged = False
    Settings(host.files, setup, host.rig.controller.catalogue)
    assert not setup.is_acknowledged


def test_saf_55_damaged_settings_are_those_of_a_new_device():
    host = fresh()
    host.press(signals.HEAT, 1700)
    host.run(1100)
    for name in ("settings.0", "settings.1"):
        host.files.files[name] = b"\xff" * 30
    setup = Rig().controller.setup
    setup.is_acknowledged = False
    settings = Settings(host.files, setup, host.rig.controller.catalogue)
    assert settings.is_damaged
    assert not setup.is_acknowledged


def test_holding_heat_later_means_nothing():
    host = Host()
    host.run(2000)
    host.press(signals.HEAT, 1700)
    host.run(2000)
    assert host.files.files == {}
