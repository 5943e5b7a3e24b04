"""The device's Files with Record and Log on littlefs, on a block device in memory whose power goes at every block that
is erased or programmed: before it, or in the midst of it. Runs on MicroPython.

littlefs_cuts.py FIRMWARE      prints "record" and "log", each with the cuts, those that left the old, and the new
"""

import sys

import vfs

sys.path.insert(0, sys.argv[1])

from ram_flash import BLOCK_BYTES, RamFlash

from massager.device.files import Files
from massager.store.log import Log
from massager.store.record import Record

BLOCKS = 16
MOST = 1400
EACH = 5
RECORDS = 30
LOGGED = 22


class Chip:
    """The flash, mounted, and files on it."""

    def __init__(self, data):
        self.flash = RamFlash(bytearray(data))
        vfs.mount(vfs.VfsLfs2(self.flash, progsize=256), "/flash")
        self.files = Files("/flash/kept", lambda: True)

    def switch_off(self):
        vfs.umount("/flash")
        return self.flash.data


def new_flash():
    flash = RamFlash(bytearray(BLOCKS * BLOCK_BYTES))
    vfs.VfsLfs2.mkfs(flash, progsize=256)
    return flash.data


def after(data, change):
    """Return what is in the flash after change(files)."""
    chip = Chip(data)
    change(chip.files)
    return chip.switch_off()


def after_each_cut(data, change):
    """Give what is in the flash after each place where the power may go in change(files)."""
    for is_midst in (False, True):
        count = 1
        while True:
            chip = Chip(data)
            chip.flash.is_midst = is_midst
            chip.flash.left = count
            try:
                change(chip.files)
            except OSError:
                pass
            is_cut = chip.flash.left == 0
            left = chip.switch_off()
            if not is_cut:
                break
            yield left
            count += 1


def look(data, see):
    chip = Chip(data)
    found = see(chip.files)
    chip.switch_off()
    return found


def record_of(files):
    return Record(files, "a", MOST)


def log_of(files):
    return Log(files, "log", EACH)


def cut_records():
    data = new_flash()
    cuts = olds = news = 0
    old = None
    for number in range(RECORDS):
        value = (b"%d" % number) * (number * 97 % MOST // 2)  # littlefs keeps what is short elsewhere than what is long
        for left in after_each_cut(data, lambda files, value=value: record_of(files).write(value)):
            found = look(left, lambda files: record_of(files).read())
            assert found in (old, value), (found, old, value)
            cuts += 1
            olds += found == old
            news += found == value
            # And it can go on.
            left = after(left, lambda files: record_of(files).write(b"again"))
            assert look(left, lambda files: record_of(files).read()) == b"again"
        data = after(data, lambda files, value=value: record_of(files).write(value))
        old = value
    print("record", cuts, olds, news)


def cut_logs():
    data = new_flash()
    cuts = olds = news = 0
    text = "x" * 300
    for seq in range(1, LOGGED + 1):
        for left in after_each_cut(data, lambda files: log_of(files).append({"text": text})):
            first, nxt, found = look(left, lambda files: seqs_of(log_of(files)))
            assert found == list(range(first, nxt))
            assert nxt in (seq, seq + 1)
            assert len(found) >= min(EACH, seq - 1)
            cuts += 1
            olds += nxt == seq
            news += nxt == seq + 1
            left = after(left, lambda files: log_of(files).append({"text": "again"}))
            assert look(left, lambda files: seqs_of(log_of(files)))[1] == nxt + 1
        data = after(data, lambda files: log_of(files).append({"text": text}))
    print("log", cuts, olds, news)


def seqs_of(log):
    return log.first, log.next, [record["seq"] for record in log.read(1, 100)]


cut_records()
cut_logs()
