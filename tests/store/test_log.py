"""A bounded log in two files: what was appended before the power went is there, and damage costs the line it is in."""

from harsh import HarshFiles, PowerCut, written_bytes
from massager.link import frame
from massager.store.log import Log

EACH = 4  # records a file


def opened(files):
    return Log(files, "log", EACH)


def with_records(count, files=None):
    """Return files with the records {"i": 1} to {"i": count}, whose numbers are the same."""
    files = HarshFiles() if files is None else files
    log = opened(files)
    for i in range(1, count + 1):
        assert log.append({"i": i}) == i
    return files


def seqs(log, seq=1, count=1000):
    found = log.read(seq, count)
    for record in found:
        assert record.get("i", record["seq"]) == record["seq"], record
    return [record["seq"] for record in found]


def state(log):
    """Return what an opened log must find again."""
    return log.first, log.next, log.read(1, 1000)


def line_of(record_json):
    return b"\n" + frame.encode(record_json)


def test_a_new_log_is_empty():
    files = HarshFiles()
    log = opened(files)
    assert (log.first, log.next) == (1, 1)
    assert log.read(1, 10) == []
    assert files.changes == 0


def test_records_come_back_with_their_numbers():
    files = HarshFiles()
    log = opened(files)
    assert log.append({"end": "stop", "lasted_s": 61}) == 1
    assert log.append({}) == 2
    assert log.append({"text": "Größe \n \r * {}\0", "nothing": None, "deep": [1, {"a": [2]}]}) == 3
    wanted = [
        {"end": "stop", "lasted_s": 61, "seq": 1},
        {"seq": 2},
        {"text": "Größe \n \r * {}\0", "nothing": None, "deep": [1, {"a": [2]}], "seq": 3},
    ]
    assert log.read(1, 10) == wanted
    assert opened(files).read(1, 10) == wanted
    assert sorted(files.held) == ["log.0"]


def test_each_record_is_one_frame_of_the_link():
    files = with_records(3)
    frames = frame.Deframer().feed(bytes(files.held["log.0"]))
    assert [kind for kind, _ in frames] == [frame.OK_CRC] * 3
    assert frames[0][1] == b'{"seq":1,"i":1}'


def test_append_leaves_the_record_it_was_given_alone():
    record = {"i": 1}
    opened(HarshFiles()).append(record)
    assert record == {"i": 1}


def test_at_least_one_file_and_at_most_two_files_of_records_are_kept_and_numbers_count_on():
    files = HarshFiles()
    log = opened(files)
    for i in range(1, 30):
        log.append({"i": i})
        assert log.next == i + 1
        kept = seqs(log)
        assert kept == list(range(log.first, i + 1))
        assert len(kept) == i if i <= EACH else EACH <= len(kept) <= 2 * EACH
        assert state(opened(files)) == state(log)


def test_reading_begins_where_it_is_told_and_ends_with_the_count():
    log = opened(with_records(11))
    assert (log.first, log.next) == (5, 12)
    for seq in range(-2, 15):
        for count in range(12):
            wanted = [i for i in range(5, 12) if i >= seq][:count]
            assert seqs(log, seq, count) == wanted, (seq, count)


def test_a_reader_that_follows_the_log_sees_every_record_once():
    for page in (1, 2, 3):
        log = opened(HarshFiles())
        seen = []
        at = 1
        for i in range(1, 40):
            log.append({"i": i})
            if i % 2 == 0:
                while at < log.next:
                    records = log.read(at, page)
                    seen += [record["i"] for record in records]
                    at = records[-1]["seq"] + 1
                assert log.read(at, page) == []
                assert seqs(log, at - 1) == [i]
        assert seen == list(range(1, 39))


def test_where_a_read_ended_counts_no_more_when_that_file_has_begun_anew():
    log = opened(HarshFiles())
    for i in range(1, 2 * EACH + 3):
        log.append({"i": i})
        if i == EACH:
            assert len(log.read(1, EACH)) == EACH
    assert seqs(log, 2 * EACH + 2) == [2 * EACH + 2]


def test_a_record_that_fits_no_frame_is_refused_and_changes_nothing():
    files = with_records(2)
    log = opened(files)
    room = frame.MAX_JSON - len('{"text":"","seq":3}')
    changes = files.changes
    try:
        log.append({"text": "x" * (room + 1)})
    except ValueError:
        pass
    else:
        raise AssertionError("appended")
    assert files.changes == changes
    assert log.append({"text": "x" * room}) == 3
    assert seqs(log) == seqs(opened(files)) == [1, 2, 3]


def test_a_power_cut_at_any_byte_of_an_append_leaves_what_was_before_and_perhaps_the_new_one():
    for before_count in range(3 * EACH + 2):  # every state of two files, rotations too
        before = with_records(before_count)
        old = seqs(opened(before.copy()))
        new_seq = before_count + 1
        count = written_bytes(before, lambda files, seq=new_seq: opened(files).append({"i": seq}))
        for cut in range(count + 1):
            files = before.copy()
            files.cut_after(cut)
            try:
                opened(files).append({"i": new_seq})
            except PowerCut:
                pass
            else:
                raise AssertionError("not cut")
            files = files.copy()
            log = opened(files)
            found = seqs(log)
            has_new = found[-1:] == [new_seq]
            assert has_new or cut < count
            # A full file that has begun anew has lost its old records, and only those.
            kept = found[:-1] if has_new else found
            assert kept == old[len(old) - len(kept) :]
            assert len(kept) >= min(EACH, before_count)
            assert log.next == new_seq + has_new
            # The log goes on as if nothing had been, with the number of the lost record if it was.
            assert log.append({"i": log.next}) == new_seq + has_new
            went_on = seqs(log)
            assert went_on == list(range(log.first, log.next))
            assert len(went_on) > min(EACH, before_count) and set(went_on) <= set(kept + [new_seq, log.next - 1])
            assert state(opened(files)) == state(log)


def test_power_cuts_at_any_byte_of_two_appends_in_turn():
    before = with_records(EACH + 1)
    count = written_bytes(before, lambda files: opened(files).append({"i": EACH + 2}))
    for first in range(count + 1):
        for second in range(count + 1):
            files = before
            for cut in (first, second):
                files = files.copy()
                files.cut_after(cut)
                log = opened(files)
                try:
                    log.append({"i": log.next})
                except PowerCut:
                    pass
            files = files.copy()
            log = opened(files)
            log.append({"i": log.next})
            found = seqs(log)
            assert found == list(range(1, log.next))
            assert len(found) >= EACH + 2


def test_the_same_log_goes_on_after_an_append_that_failed():
    class Failing(HarshFiles):
        def _spend(self):
            if self._bytes_left == 0:
                self._bytes_left = -1
                raise OSError(28, "full")

    for before_count in (0, 1, EACH, 2 * EACH):
        for cut in range(len(line_of(b'{"i":1,"seq":1}')) + 1):
            files = with_records(before_count, Failing())
            log = opened(files)
            files.cut_after(cut)
            try:
                log.append({"i": log.next})
            except OSError:
                pass
            else:
                raise AssertionError("it did not fail")
            assert before_count + 1 <= log.next <= before_count + 2
            log.append({"i": log.next, "again": True})
            found = seqs(log)
            assert found == list(range(log.first, log.next))
            assert len(found) > min(EACH, before_count)
            assert log.read(log.next - 1, 1)[0]["again"]
            assert state(opened(files)) == state(log)


def test_any_flipped_bit_costs_at_most_the_line_it_is_in():
    files = with_records(EACH + 2)
    for name in ("log.0", "log.1"):
        held = files.held[name]
        newlines = 0
        for bit in range(8 * len(held)):
            newlines += bit % 8 == 0 and held[bit // 8] == 10
            line = (EACH if name == "log.1" else 0) + (newlines + 1) // 2
            flipped = files.copy()
            flipped.held[name][bit // 8] ^= 1 << bit % 8
            log = opened(flipped)
            found = seqs(log)
            assert set(range(1, EACH + 3)) - set(found) <= {line}, (name, bit)
            assert log.append({"i": log.next}) == log.next - 1
            assert seqs(log)[-1] == log.next - 1
            assert set(range(1, EACH + 3)) - set(seqs(opened(flipped))) <= {line}, (name, bit)


def test_a_line_that_lacks_its_newline_alone_counts_once():
    files = with_records(2)
    files.held["log.0"] = files.held["log.0"][:-1]
    log = opened(files)
    assert (log.next, seqs(log)) == (3, [1, 2])
    log.append({"i": 3})
    assert seqs(log) == seqs(opened(files)) == [1, 2, 3]


def test_numbers_go_on_when_the_newest_file_is_lost():
    files = with_records(2 * EACH + 1)
    files.remove("log.0")
    log = opened(files)
    assert (log.first, log.next) == (EACH + 1, 2 * EACH + 1)
    assert log.append({"i": 2 * EACH + 1}) == 2 * EACH + 1
    assert seqs(opened(files)) == list(range(EACH + 1, 2 * EACH + 2))


GARBAGE = (
    b"",
    b"\n" * 3000,
    b"\0" * 3000,
    b"\xff" * 5000,
    b"x" * 5000 + b"\n",
    line_of(b"[]") + line_of(b"7") + line_of(b"null") + line_of(b"not json") + line_of(b"\xff\xfe"),
    line_of(b"{}") + line_of(b'{"seq":null}') + line_of(b'{"seq":"3"}') + line_of(b'{"seq":1.5}'),
    line_of(b'{"seq":true}') + line_of(b'{"seq":0}') + line_of(b'{"seq":-7}'),
    line_of(b"[" * 400),
    line_of(b'{"seq":3,not json') + line_of(b'{"seq":3,"a":\xff}') + line_of(b'{"seq":3,"a":' + b"[" * 400),
    b'{"seq":3}\n',  # no CRC
    b'{"seq":3}*00000000\n',
    b"*" * 3000,
    bytes(range(256)) * 10,
)


def test_garbage_of_any_kind_is_passed_over_and_the_next_append_is_safe():
    for garbage in GARBAGE:
        for place in range(3):
            held = {"log.0": bytearray(garbage), "log.1": bytearray(garbage)}
            if place:
                whole = with_records(2).held["log.0"]
                held["log.0"] = bytearray(garbage) + whole if place == 1 else whole + bytearray(garbage)
            files = HarshFiles(held)
            log = opened(files)
            before = seqs(log)
            assert before == ([1, 2] if place else [])
            assert log.first >= 1
            for _ in range(3):
                log.append({"i": log.next})
            wanted = list(range(1, log.next))
            assert seqs(log)[-3:] == wanted[-3:]
            assert state(opened(files)) == state(log)


def test_numbers_in_no_order_give_some_of_the_records_in_order():
    held = b"".join([line_of(b'{"seq":%d}' % seq) for seq in (7, 3, 3, 9, 1, 1000, 12, 2)]) * 20
    files = HarshFiles({"log.0": bytearray(held), "log.1": bytearray(held)})
    log = opened(files)
    assert log.next == 1001
    for seq in (1, 3, 10, 1001):
        found = seqs(log, seq)
        assert found == sorted(set(found))
        assert all(number >= seq for number in found)
    log.append({"i": 1001})
    assert seqs(log, 1001) == [1001]


def test_a_file_blown_up_by_torn_lines_begins_anew():
    files = HarshFiles()
    opened(files).append({"i": 1})
    cuts = 0
    while len(files.held) == 1:
        files = files.copy()
        files.cut_after(500)
        try:
            opened(files).append({"text": "x" * 480})
        except PowerCut:
            pass
        cuts += 1
        assert cuts < 10
    assert len(files.held["log.0"]) < (EACH + 1) * 523
    files = files.copy()
    log = opened(files)
    assert seqs(log) == [1]
    log.append({"i": 2})
    assert seqs(opened(files)) == [1, 2]


def test_a_file_of_any_size_is_opened_in_little_memory():
    class Endless:
        def read(self, name, at, most_bytes):
            return b"x" * min(most_bytes, max(0, 6000000 - at)) if name == "log.0" else None

    assert opened(Endless()).next == 1


def long_log(count, each):
    files = HarshFiles()
    log = Log(files, "log", each)
    for i in range(1, count + 1):
        log.append({"i": i, "text": "x" * (i * 37 % 200)})
    return files, log


def test_reading_a_long_log_reads_little_of_it():
    files, log = long_log(200, 100)
    size = len(files.held["log.0"]) + len(files.held["log.1"])
    assert size > 20000
    assert files.most_read_bytes <= 1024
    read = files.read
    taken = [0]

    def count_bytes(name, at=0, most_bytes=-1):
        found = read(name, at, most_bytes)
        taken[0] += len(found or b"")
        return found

    files.read = count_bytes
    for seq in range(1, 201):
        taken[0] = 0
        assert seqs(log, seq, 3) == list(range(seq, min(seq + 3, 201)))
        assert taken[0] < size // 3, seq


def test_a_long_log_with_a_damaged_stretch_gives_all_that_is_left():
    files, _ = long_log(150, 100)
    held = files.held["log.0"]
    for at in range(4000, 8000):
        held[at] = 0
    log = Log(files, "log", 100)
    found = seqs(log)
    lost = [i for i in range(1, 151) if i not in found]
    assert 10 < len(lost) < 60
    assert lost == list(range(lost[0], lost[-1] + 1))
    for seq in range(1, 151):
        assert seqs(log, seq, 5) == [i for i in found if i >= seq][:5], seq


def test_worn_out_flash_costs_what_is_on_it():
    files, _ = long_log(150, 100)

    class Worn(HarshFiles):
        def read(self, name, at=0, most_bytes=-1):
            if name == "log.0" and at > 3000:
                raise OSError(5, "worn out")
            return HarshFiles.read(self, name, at, most_bytes)

    log = Log(Worn(files.held), "log", 100)
    found = seqs(log)
    assert found[0] == 1
    assert found[-50:] == list(range(101, 151))
    assert 60 < len(found) < 150
    assert log.append({"i": 151}) == 151
