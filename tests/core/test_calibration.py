from link_host import Host
from massager.core import limits, refusals, self_tests, signals
from massager.store.calibration import Calibration
from rig import MemoryFiles


def in_maintenance(files=None):
    host = Host(files)
    host.rig.controller.take_start(self_tests.MAINTENANCE, self_tests.PASSED)
    return host


def calibrate(host, true_mc=30000, ms=11000):
    """Begin, press HEAT, and return what has come of it."""
    host.result("calibration.begin", true_mc=true_mc)
    host.press(signals.HEAT)
    host.run(ms)
    return host.result("calibration.get")


def read(host, skin_mc, pad_mc):
    host.rig.skin(skin_mc)
    host.rig.pad(pad_mc)
    host.run(100)


def test_saf_49_a_calibration_is_measured_checked_used_and_kept():
    host = in_maintenance()
    read(host, 29600, 30700)
    assert host.result("calibration.get") == {"stage": "idle", "why": "", "skin_mc": 0, "pad_mc": 0}
    assert host.result("calibration.begin", true_mc=30000)["why"] == "Press HEAT at the device."
    host.run(1000)
    assert host.result("calibration.get")["stage"] == "waiting"
    host.press(signals.HEAT)
    assert host.result("calibration.get")["stage"] == "measuring"
    host.run(9000)
    assert host.result("calibration.get")["skin_mc"] == 0  # not before it is checked
    host.run(1500)
    found = host.result("calibration.get")
    assert found["stage"] == "kept"
    assert abs(found["skin_mc"] - 400) <= 5
    assert abs(found["pad_mc"] + 700) <= 5
    sensors = host.rig.controller.sensors
    assert abs(sensors.skin.calibrated_mc - 30000) <= 5
    assert abs(sensors.pad.calibrated_mc - 30000) <= 5
    later = host.restarted()
    assert later.rig.controller.sensors.skin.offset_mc == found["skin_mc"]
    assert later.rig.controller.sensors.pad.offset_mc == found["pad_mc"]


def test_saf_49_only_in_maintenance():
    host = Host()
    assert host.refusal("calibration.begin", true_mc=30000) == refusals.WORDS[refusals.NO_MAINTENANCE]
    host.press(signals.HEAT)
    host.run(11000)
    assert host.result("calibration.get")["stage"] == "idle"


def test_saf_49_only_with_a_press_at_the_device():
    host = in_maintenance()
    host.press(signals.HEAT)  # one from before is none
    host.result("calibration.begin", true_mc=33000)
    for button in (signals.MODE, signals.STRENGTH, signals.STOP):
        host.press(button)
    host.run(55000)
    assert host.result("calibration.get")["stage"] == "waiting"
    host.run(6000)
    found = host.result("calibration.get")
    assert (found["stage"], found["skin_mc"]) == ("failed", 0)
    assert "Nobody pressed" in found["why"]


def test_saf_49_no_offset_above_0_8_degrees():
    for skin_mc, pad_mc, is_fine in (
        (30795, 29205, True),
        (30810, 30000, False),
        (29190, 30000, False),
        (30000, 30810, False),
        (30000, 29190, False),
    ):
        host = in_maintenance()
        read(host, skin_mc, pad_mc)
        found = calibrate(host)
        assert (found["stage"] == "kept") == is_fine, (skin_mc, pad_mc)
        if not is_fine:
            assert "more than 0.8 degrees off" in found["why"]
            assert (found["skin_mc"], found["pad_mc"]) == (0, 0)
            assert host.restarted().rig.controller.sensors.skin.offset_mc == 0


def test_saf_49_readings_must_be_steady_in_both_halves():
    for at_ms in (1000, 8000):
        for sensor in ("skin", "pad"):
            for by_mc, is_fine in ((190, True), (220, False)):
                host = in_maintenance()
                read(host, 30000, 30000)
                host.result("calibration.begin", true_mc=30000)
                host.press(signals.HEAT)
                host.run(at_ms)
                getattr(host.rig, sensor)(30000 + by_mc)
                host.run(11000)
                found = host.result("calibration.get")
                assert (found["stage"] == "kept") == is_fine, (at_ms, sensor, by_mc)
                if not is_fine:
                    assert "not steady" in found["why"]


def test_saf_49_corrected_both_agree_within_0_3_degrees():
    for by_mc, is_fine in ((145, True), (155, False)):
        host = in_maintenance()
        read(host, 30500, 29500)
        host.result("calibration.begin", true_mc=30000)
        host.press(signals.HEAT)
        host.run(7000)
        read(host, 30500 - by_mc, 29500 + by_mc)  # each of them is steady
        host.run(5000)
        found = host.result("calibration.get")
        assert (found["stage"] == "kept") == is_fine, by_mc
        if not is_fine:
            assert "0.3 degrees apart" in found["why"]


def test_saf_49_each_half_takes_5_s():
    host = in_maintenance()
    host.result("calibration.begin", true_mc=33000)
    host.press(signals.HEAT)
    host.run(9500)
    assert host.result("calibration.get")["stage"] == "measuring"
    host.run(1000)
    assert host.result("calibration.get")["stage"] == "kept"
    assert limits.CALIBRATION_MS == 5000


def test_saf_49_a_sensor_that_is_broken_is_told():
    host = in_maintenance()
    host.result("calibration.begin", true_mc=33000)
    host.press(signals.HEAT)
    host.rig.pad_code(65535)
    host.run(200)
    assert "gives no reading" in host.result("calibration.get")["why"]


def test_a_reference_that_cannot_be_is_refused():
    host = in_maintenance()
    for params in ({}, {"true_mc": 14999}, {"true_mc": 42001}, {"true_mc": 30.5}, {"true_mc": None}, {"x": 1}):
        assert host.error("calibration.begin", **params) == -32602
    assert host.result("calibration.get")["stage"] == "idle"


def test_a_memory_that_is_full_keeps_none_and_says_so():
    host = in_maintenance()
    read(host, 30200, 30200)
    host.files.is_full = True
    found = calibrate(host)
    assert (found["stage"], found["skin_mc"]) == ("failed", 0)
    assert "full or damaged" in found["why"]


def test_saf_49_what_is_kept_is_never_more_than_may_be():
    for text in (
        b"[801,0]",
        b"[0,-801]",
        b"[0]",
        b"[0,0,0]",
        b'["1",2]',
        b"[true,0]",
        b"{}",
        b"x",
        b"[1.5,0]",
        b"null",
    ):
        files = MemoryFiles()
        Calibration(files, Host().rig.controller.sensors)._record.write(text)
        host = Host(files)
        assert host.rig.controller.sensors.skin.offset_mc == 0
        assert host.rig.controller.sensors.pad.offset_mc == 0
        assert "Calibrate them again" in host.result("status")["store"]
    files = MemoryFiles()
    Calibration(files, Host().rig.controller.sensors)._record.write(b"[800,-800]")
    assert Host(files).rig.controller.sensors.pad.offset_mc == -800
