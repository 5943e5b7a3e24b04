"""Record and Log by way of the device's Files on the simulated flash, the power cut at every byte of every write."""

from flashed import OUT, Bench, Board
from kneesim.chip import ChipReset
from kneesim.flash import PowerCut
from massager.store.log import Log
from massager.store.record import Record

MOST = 40
EACH = 3


def record_of(bench):
    return Record(bench.files(), "a", MOST)


def log_of(bench):
    return Log(bench.files(), "log", EACH)


def seqs(log):
    return [record["seq"] for record in log.read(1, 1000)]


def change_is_cut(bench, count, change):
    """Carry out change(bench) until the power goes after count bytes; return whether it went."""
    bench.flash.cut_after(count)
    try:
        change(bench)
    except PowerCut:
        assert bench.chip.is_dead
        assert bench.chip.reset_cause == 1
        return True
    return False


def all_cuts(before, change):
    """Give a bench with power for every byte after which the power went in change(bench), and how many that were."""
    count = 0
    while True:
        bench = before.copy()
        if not change_is_cut(bench, count, change):
            return
        yield count, bench.copy()
        count += 1


def test_a_record_survives_a_cut_at_every_byte():
    before = Bench()
    values = [b"first", b"the second one", b"", b"the fourth and longest of them"]
    old = None
    for value in values:
        cuts = 0
        news = 0
        for _, bench in all_cuts(before, lambda bench, value=value: record_of(bench).write(value)):
            found = record_of(bench).read()
            assert found in (old, value)
            cuts += 1
            news += found == value
        assert cuts == 8 + len(value) + 1
        assert news == 1
        record_of(before).write(value)
        old = value
        assert record_of(before).read() == value


def test_a_log_survives_a_cut_at_every_byte():
    before = Bench()
    for seq in range(1, 3 * EACH + 2):
        cuts = 0
        for _, bench in all_cuts(before, lambda bench, seq=seq: log_of(bench).append({"i": seq})):
            log = log_of(bench)
            found = seqs(log)
            assert found == list(range(log.first, log.next))
            assert log.next in (seq, seq + 1)
            assert len(found) >= min(EACH, seq - 1)
            log.append({"i": log.next})
            assert seqs(log_of(bench)) == list(range(log.first, log.next))
            cuts += 1
        assert cuts > 20
        log_of(before).append({"i": seq})


def test_removing_is_done_or_not_done():
    before = Bench()
    before.files().write("a", b"data")
    cuts = 0
    for _, bench in all_cuts(before, lambda bench: bench.files().remove("a")):
        assert bench.files().read("a") is None
        cuts += 1
    assert cuts == 1
    bench = before.copy()
    bench.files().remove("a")
    bench.files().remove("a")
    assert bench.files().read("a") is None
    assert before.files().read("a") == b"data"


def test_a_file_is_emptied_when_it_is_opened_for_writing():
    before = Bench()
    before.files().write("a", b"old")
    bench = before.copy()
    assert change_is_cut(bench, 0, lambda bench: bench.files().write("a", b"new"))
    assert bench.copy().files().read("a") == b""
    bench = before.copy()
    assert change_is_cut(bench, 0, lambda bench: bench.files().append("a", b"new"))
    assert bench.copy().files().read("a") == b"old"


def test_files_are_read_in_pieces():
    files = Bench().files()
    assert files.read("a") is None
    files.append("a", b"01234")
    files.append("a", b"56789")
    assert files.read("a") == b"0123456789"
    assert files.read("a", 3) == b"3456789"
    assert files.read("a", 3, 4) == b"3456"
    assert files.read("a", 8, 4) == b"89"
    assert files.read("a", 10, 4) == b""
    assert files.read("a", 11, 4) == b""
    files.write("a", b"new")
    assert files.read("a") == b"new"


def test_the_folder_is_made_with_the_first_file_and_once():
    bench = Bench()
    files = bench.files()
    assert bench.flash.changes == 0
    files.write("a", b"1")
    assert bench.flash.folders == ["/kept"]
    assert bench.flash.changes == 2
    files.write("b", b"1")
    assert bench.flash.changes == 3


def refusal(action):
    """Return what an action is refused with, "" if it is not."""
    try:
        action()
    except (RuntimeError, ValueError, OSError, AttributeError) as e:
        return "%s: %s" % (type(e).__name__, e)
    return ""


def changes_of(files):
    return (
        lambda: files.write("a", b"new"),
        lambda: files.append("a", b"new"),
        lambda: files.remove("a"),
        lambda: files.write("b", b"new"),
    )


def test_saf_27_the_devices_files_refuse_to_write_unless_everything_is_off():
    bench = Bench()
    files = bench.files()
    files.write("a", b"old")
    changes = bench.flash.changes
    bench.is_quiet = False
    for change in changes_of(files):
        assert "SAF-27" in refusal(change)
    assert refusal(lambda: Record(files, "r", 9).write(b"x")).startswith("RuntimeError")
    assert refusal(lambda: Log(files, "log", 9).append({})).startswith("RuntimeError")
    assert files.read("a") == b"old"
    assert bench.flash.changes == changes
    bench.is_quiet = True
    for change in changes_of(files):
        assert refusal(change) == ""


def test_saf_27_the_flash_itself_polices_a_write_while_any_actuator_is_driven():
    bench = Bench()
    files = bench.files()
    chip = bench.chip
    files.write("a", b"old")
    changes = bench.flash.changes

    def duty(number, value):
        chip.make_pwm(number, 20000, value)

    def level(number, value):
        chip.make_pin(number, OUT, -1, value)

    count = 0
    for number in (2, 3, 4, 5, 6, 16):
        for switch, on in ((level, 1), (duty, 1), (duty, 65535)):
            switch(number, on)
            for change in changes_of(files):
                words = refusal(change)
                assert "an actuator is on, at pin %d (SAF-27)" % number in words, words
                count += 1
            assert files.read("a") == b"old"
            switch(number, 0)
    assert len(chip.violations) == count
    assert bench.flash.changes == changes
    level(8, 1)  # lamps and sounds are no actuators
    assert refusal(lambda: files.write("a", b"new")) == ""
    assert len(chip.violations) == count


def test_a_board_without_an_infrared_lamp_has_one_actuator_less():
    class Plain:
        PIN_HEATER = 6
        PIN_ROLLER_IN1 = 2
        PIN_ROLLER_IN2 = 3
        PIN_INNER = 4
        PIN_OUTER = 5

    bench = Bench(board=Plain)
    bench.chip.make_pin(Board.PIN_INFRARED, OUT, -1, 1)
    bench.files().write("a", b"x")
    assert not bench.chip.violations


def test_writing_takes_time_and_reading_takes_none():
    bench = Bench()
    files = bench.files()
    files.write("a", b"")
    for count, us in ((0, 45000), (1, 46000), (256, 46000), (257, 47000), (2560, 55000)):
        began_us = bench.clock.now_us
        files.append("a", b"x" * count)
        assert bench.clock.now_us - began_us == us
    began_us = bench.clock.now_us
    files.remove("a")
    assert bench.clock.now_us - began_us == 45000
    files.remove("a")
    files.read("a")
    assert bench.clock.now_us - began_us == 45000


def test_nothing_else_of_os_and_io_is_there_and_who_asks_is_noted():
    bench = Bench()
    bench.files().write("a", b"x")
    asked = (
        lambda: bench.flash.os.rename("/kept/a", "/kept/b"),
        lambda: bench.flash.os.listdir("/"),
        lambda: bench.flash.io.BytesIO(),
        lambda: bench.flash.io.open("/kept/a", "r"),
        lambda: bench.flash.io.open("/kept/a", "r+b"),
        lambda: bench.flash.io.open("kept/a", "rb"),
        lambda: bench.flash.io.open("/kept/a", "rb").write(b"x"),
    )
    for number, ask in enumerate(asked):
        assert refusal(ask) != "", number
        assert len(bench.chip.violations) == number + 1
    assert refusal(lambda: bench.flash.os.__spec__).startswith("AttributeError")  # what an import looks for
    assert len(bench.chip.violations) == len(asked)
    assert bench.flash.files == {"/kept/a": bytearray(b"x")}


def test_a_firmware_without_power_writes_nothing_more():
    bench = Bench()
    files = bench.files()
    files.write("a", b"old")
    bench.flash.cut_after(2)
    for change in ((lambda: files.write("a", b"12345")),) + changes_of(files):
        try:
            change()
        except ChipReset:
            pass
        else:
            raise AssertionError("it went on")
    assert bench.copy().files().read("a") == b"12"
    assert bench.copy().files().read("b") is None


def test_a_cut_lets_the_outputs_go():
    bench = Bench()
    files = bench.files()
    files.write("a", b"")
    bench.chip.make_pin(8, OUT, -1, 1)
    seen = []
    bench.chip.before_reset = lambda: seen.append(bench.chip.output_pm(8))
    assert change_is_cut(bench, 1, lambda bench: files.append("a", b"123"))
    assert seen == [1000]
    assert bench.chip.output_pm(8) == 0


def test_a_change_is_told_with_its_path():
    bench = Bench()
    told = []
    bench.flash.on_change = lambda path: told.append((path, bytes(bench.flash.files.get(path, b"none"))))
    files = bench.files()
    files.write("a", b"1")
    files.append("a", b"2")
    bench.flash.cut_after(1)
    try:
        files.append("a", b"34")
    except PowerCut:
        pass
    bench = Bench(bench.flash)
    bench.files().remove("a")
    assert told == [
        ("/kept", b"none"),
        ("/kept/a", b"1"),
        ("/kept/a", b"12"),
        ("/kept/a", b"123"),
        ("/kept/a", b"none"),
    ]
