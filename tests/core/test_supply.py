# The supply supervisor.
from massager.core import refusals, session
from massager.core.supply import Supply
from rig import SHIATSU, Rig


def test_saf_47_three_bad_ticks_count_and_one_good_one_is_enough():
    supply = Supply()
    for is_good, is_bad in (
        (False, False),
        (False, False),
        (True, False),
        (False, False),
        (False, False),
        (False, True),
    ):
        supply.step(is_good)
        assert supply.is_bad == is_bad
    supply.step(False)
    assert supply.is_bad
    supply.step(True)
    assert not supply.is_bad


def test_saf_47_a_bad_supply_ends_a_session_and_lets_none_begin():
    for prepare in ("running", "paused", "proving"):
        rig = Rig()
        rig.start()
        rig.run(3000)
        if prepare == "paused":
            rig.controller.pause()
        if prepare == "proving":
            rig.controller.stop()
            rig.run(1000)
            assert rig.controller.start(SHIATSU, 3, 1, True) == refusals.OK
            rig.run(100)
        rig.inputs.is_rail_good = False
        rig.run(40)
        assert rig.controller.session.is_active()
        rig.tick()
        assert rig.is_off()
        assert (rig.state(), rig.controller.session.end_reason) == (session.IDLE, session.SUPPLY), prepare
        rig.run(1000)
        assert rig.controller.start(SHIATSU, 3, 1, True) == refusals.SUPPLY
        rig.inputs.is_rail_good = True
        rig.run(1000)
        assert rig.state() == session.IDLE
        rig.start()
