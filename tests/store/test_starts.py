"""Small records, with each bit flipped: the value from before, or the one that is on the safe side."""

from harsh import HarshFiles
from massager.core import sensors
from massager.store.calibration import Calibration
from massager.store.starts import Starts

TABLE = tuple([128000 - 2500 * i for i in range(65)])


def flips(files, name):
    """Give the files with each bit of one of them flipped."""
    for bit in range(8 * len(files.held[name])):
        flipped = files.copy()
        flipped.held[name][bit // 8] ^= 1 << bit % 8
        yield flipped


def kept_starts(values):
    """Return files into which one start after the other was kept: is_rescue, proved."""
    files = HarshFiles()
    starts = Starts(files)
    for starts.is_rescue, starts.proved in values:
        starts.save()
    return files


def test_saf_44_no_flipped_bit_ends_a_rescue():
    files = kept_starts(((False, "a"), (True, "a"), (True, "a")))
    for name in ("starts.0", "starts.1"):
        for flipped in flips(files, name):
            assert Starts(flipped).is_rescue


def test_saf_44_what_cannot_be_read_at_all_is_a_rescue():
    files = kept_starts(((False, "a"),))
    for flipped in flips(files, "starts.0"):
        starts = Starts(flipped)
        assert starts.is_rescue
        assert starts.proved == ""
    for text in (b"x", b"[]", b"1", b"null"):
        files = HarshFiles()
        Starts(files)._record.write(text)
        assert Starts(files).is_rescue
    assert not Starts(HarshFiles()).is_rescue


def test_saf_45_no_flipped_bit_proves_a_watchdog():
    files = kept_starts(((False, "a"), (False, "b")))
    for name in ("starts.0", "starts.1"):
        for flipped in flips(files, name):
            assert Starts(flipped).proved in ("a", "b")
    odd = HarshFiles()
    Starts(odd)._record.write(b'{"proved":1,"proving":[],"tries":"x"}')
    starts = Starts(odd)
    assert (starts.proved, starts.proving, starts.tries) == ("", "", 0)


def test_saf_49_a_flipped_bit_leaves_the_calibration_from_before_or_none():
    files = HarshFiles()
    calibration = Calibration(files, sensors.Sensors(TABLE, TABLE))
    calibration.save(300, -200)
    for flipped in flips(files, "calibration.0"):
        found = sensors.Sensors(TABLE, TABLE)
        assert Calibration(flipped, found).is_damaged
        assert (found.skin.offset_mc, found.pad.offset_mc) == (0, 0)
    calibration.save(100, 50)
    for name, left in (("calibration.0", (100, 50)), ("calibration.1", (300, -200))):
        for flipped in flips(files, name):
            found = sensors.Sensors(TABLE, TABLE)
            Calibration(flipped, found)
            assert (found.skin.offset_mc, found.pad.offset_mc) == left
