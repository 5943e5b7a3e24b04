"""One value in two files: whatever the power or the flash does, the old value or the new one is there."""

import struct
from binascii import crc32

from harsh import HarshFiles, PowerCut, written_bytes
from massager.store.record import Record

MOST = 40
HEADER = 8
OLD = b"old value"
NEW = b"the new one, which is longer"


def opened(files):
    return Record(files, "a", MOST)


def value_in(files):
    return opened(files).read()


def kept(*values):
    """Return files with values written one after the other."""
    files = HarshFiles()
    record = opened(files)
    for value in values:
        record.write(value)
    return files


def file_of(sequence, data):
    numbers = struct.pack("<HH", sequence, len(data))
    return bytearray(numbers + struct.pack("<I", crc32(numbers + data) & 0xFFFFFFFF) + data)


def test_nothing_is_there_until_something_was_written():
    record = opened(HarshFiles())
    assert record.read() is None
    assert not record.is_damaged


def test_the_last_value_is_read_back_by_this_record_and_by_the_next():
    files = HarshFiles()
    record = opened(files)
    for i in range(10):
        record.write(b"value %d" % i)
        assert record.read() == b"value %d" % i
        assert value_in(files) == b"value %d" % i
    assert sorted(files.held) == ["a.0", "a.1"]


def test_a_value_may_be_empty_and_as_long_as_was_said():
    for data in (b"", b"x" * MOST, b"\0" * MOST, b"\xff" * MOST):
        assert value_in(kept(b"first", data)) == data
        assert value_in(kept(data)) == data


def test_a_longer_value_is_refused_and_changes_nothing():
    files = kept(OLD)
    changes = files.changes
    record = opened(files)
    try:
        record.write(b"x" * (MOST + 1))
    except ValueError:
        pass
    else:
        raise AssertionError("written")
    assert files.changes == changes
    assert value_in(files) == OLD


def test_a_write_touches_one_file_and_never_the_one_with_the_value():
    files = kept(b"a", OLD)
    for i in range(5):
        before = files.copy()
        holder = [name for name, data in before.held.items() if data.endswith(value_in(files))]
        opened(files).write(b"next %d" % i)
        changed = [name for name in files.held if files.held[name] != before.held[name]]
        assert len(holder) == len(changed) == 1
        assert holder != changed


def test_a_power_cut_at_any_byte_leaves_the_old_value_or_the_new_one():
    for before in (kept(), kept(OLD), kept(b"older", OLD), kept(b"a", b"b", OLD)):
        old = value_in(before)
        count = written_bytes(before, lambda files: opened(files).write(NEW))
        assert count == HEADER + len(NEW)
        found = []
        for cut in range(count + 1):
            files = before.copy()
            files.cut_after(cut)
            try:
                opened(files).write(NEW)
            except PowerCut:
                found.append(value_in(files.copy()))
        assert len(found) == count + 1
        assert found == [old] * count + [NEW]


def test_after_any_power_cut_the_next_write_is_as_safe():
    before = kept(b"older", OLD)
    count = HEADER + len(NEW)
    for first in range(count + 1):
        torn = before.copy()
        torn.cut_after(first)
        try:
            opened(torn).write(NEW)
        except PowerCut:
            torn = torn.copy()
        old = value_in(torn)
        assert old in (OLD, NEW)
        for second in range(count + 1):
            files = torn.copy()
            files.cut_after(second)
            try:
                opened(files).write(b"x" * len(NEW))
            except PowerCut:
                pass
            assert value_in(files) in (old, b"x" * len(NEW)), (first, second)
        opened(torn).write(b"at last")
        assert value_in(torn) == b"at last"


def test_the_same_record_goes_on_after_a_write_that_failed():
    for cut in range(HEADER + len(NEW)):
        files = kept(b"older", OLD)
        record = opened(files)
        files.cut_after(cut)
        try:
            record.write(NEW)
        except PowerCut:  # stands for any error of the flash
            pass
        files.cut_after(-1)
        assert record.read() == OLD
        record.write(b"again")
        assert record.read() == value_in(files) == b"again"


def flips(data):
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        yield bit, flipped


def test_any_flipped_bit_of_the_newest_file_gives_the_value_before():
    files = kept(OLD, NEW)
    for bit, flipped in flips(files.held["a.1"]):
        record = opened(HarshFiles({"a.0": files.held["a.0"], "a.1": flipped}))
        assert record.read() == OLD, bit
        assert not record.is_damaged


def test_any_flipped_bit_of_the_older_file_changes_nothing():
    files = kept(OLD, NEW)
    for bit, flipped in flips(files.held["a.0"]):
        assert value_in(HarshFiles({"a.0": flipped, "a.1": files.held["a.1"]})) == NEW, bit


def test_any_flipped_bit_of_the_only_file_is_damage_and_no_value():
    files = kept(NEW)
    for bit, flipped in flips(files.held["a.0"]):
        record = opened(HarshFiles({"a.0": flipped}))
        assert record.read() is None, bit
        assert record.is_damaged
        record.write(OLD)
        assert not record.is_damaged
        assert record.read() == OLD
        assert not record.is_damaged


def test_files_cut_short_or_too_long_are_damaged():
    whole = kept(NEW).held["a.0"]
    for length in range(1, len(whole)):
        record = opened(HarshFiles({"a.0": whole[:length]}))
        assert record.read() is None
        assert record.is_damaged
    for more in (b"\0", b"\xff" * 1000):
        assert value_in(HarshFiles({"a.0": whole + more})) is None
    # Files made but not written are what the first write may leave.
    record = opened(HarshFiles({"a.0": bytearray()}))
    assert record.read() is None
    assert not record.is_damaged


def test_a_value_longer_than_was_said_is_damaged_whatever_its_crc():
    assert value_in(HarshFiles({"a.0": file_of(1, b"x" * MOST)})) == b"x" * MOST
    record = opened(HarshFiles({"a.0": file_of(1, b"x" * (MOST + 1))}))
    assert record.read() is None
    assert record.is_damaged


def test_a_length_that_is_not_the_datas_is_damage_whatever_the_crc():
    for length in (0, 2, 4, 0xFFFF):
        numbers = struct.pack("<HH", 1, length)
        held = numbers + struct.pack("<I", crc32(numbers + b"xyz") & 0xFFFFFFFF) + b"xyz"
        assert value_in(HarshFiles({"a.0": bytearray(held)})) is None


def test_a_file_that_has_grown_is_not_read_whole():
    files = HarshFiles({"a.0": bytearray(100000), "a.1": bytearray(100000)})
    record = opened(files)
    assert record.read() is None
    assert record.is_damaged
    assert files.most_read_bytes == HEADER + MOST + 1


def test_flash_worn_out_under_one_file_leaves_the_other():
    class Worn(HarshFiles):
        def read(self, name, at=0, most_bytes=-1):
            if name == "a.0":
                raise OSError(5, "worn out")
            return HarshFiles.read(self, name, at, most_bytes)

    record = opened(Worn(kept(OLD, NEW).held))
    assert record.read() == NEW
    record = opened(Worn(kept(OLD).held))
    assert record.read() is None
    assert record.is_damaged
    record.write(NEW)


def test_the_sequence_number_may_wrap():
    for sequence in (0xFFFD, 0xFFFE, 0xFFFF, 0, 0x7FFE, 0x7FFF, 0x8000):
        files = HarshFiles({"a.0": file_of(sequence, b"a"), "a.1": file_of((sequence + 1) & 0xFFFF, b"b")})
        assert value_in(files) == b"b"
        files = HarshFiles({"a.1": file_of(sequence, b"a"), "a.0": file_of((sequence + 1) & 0xFFFF, b"b")})
        assert value_in(files) == b"b"
        for i in range(6):
            opened(files).write(b"%d" % i)
            assert value_in(files) == b"%d" % i
