"""The chip's file system: the `os` and `io` modules the firmware sees, on flash that outlives resets and power cuts.

It is unkinder than the real one, where a write counts when the file is closed or not at all: here opening a file for
writing empties it at once, each byte stays that was written, and `cut_after` lets the power go after any of them. Like
the chip it polices its caller: writing while an actuator is driven (SAF-27) is an error, and so is all that no firmware
needed so far. The firmware's own files can be read there, too. Runs on CPython and inside the MicroPython VM.
"""

import os
import struct
from binascii import crc32

from kneesim.chip import _PWM, POWER_ON, Chip, ChipReset
from kneesim.image_files import FOLDERS, LIST, Sources, list_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_ACTUATORS = ("PIN_HEATER", "PIN_INFRARED", "PIN_ROLLER_IN1", "PIN_ROLLER_IN2", "PIN_INNER", "PIN_OUTER")

# What a change of a file costs, in one go since interrupts are masked: an erased block, and its pages programmed.
_ERASE_US = 45000
_PROGRAM_US = 1000
_PAGE_BYTES = 256

# What a device's owner has told it at least: that nothing forbids its use. Everything else is as on a new one.
_OWNERS_SETTINGS = b'{"acknowledged":true}'

_NO_SUCH_FILE = 2
_EXISTS = 17
_NO_SPACE = 28
_A_FILE = 0x8000


class PowerCut(ChipReset):
    """The power went while the flash was written, and came back."""


class Flash:
    """Files by their whole path, "/folder/name". Tests may read and change them as they like."""

    def __init__(self) -> None:
        self.files: dict[str, bytearray] = {}
        self.folders: list[str] = []
        self.changes = 0  # files written, appended to or removed, and folders made, by the firmware
        self.on_change: "Callable[[str], object] | None" = None  # called after each with the path
        self.os = _Os(self)
        self.io = _Io(self)
        self._chip: Chip | None = None
        self._actuators: list[int] = []
        self.image: Sources | None = None  # the firmware's files
        self.image_folders: tuple[str, ...] = FOLDERS[:1]  # where they lie, the same in each
        self.image_list: "bytes | None" = None  # what they are checked by; None: it is made, and agrees
        self._bytes_left = -1  # until the power goes; negative: it stays
        self.is_full = False  # or worn out: files can be read, and emptied, but take nothing
        self._is_used = False

    @classmethod
    def used(cls) -> "Flash":
        """Return the flash of a device that its owner has set up, as most runs want it; Flash() is one from the
        factory.
        """
        flash = cls()
        flash._is_used = True
        return flash

    def hold_image(self, firmware_folder: str, board: "Any") -> None:
        """Have a firmware for a board in it."""
        self.image = Sources(os.listdir, firmware_folder, board.__file__)
        if self.image_list is None:
            self.image_list = list_of(self.image.all())
        if self._is_used:
            for path, data in used_files(self.image_list, board.ADC_READS_UV).items():
                if path not in self.files:
                    self.files[path] = bytearray(data)

    def connect(self, chip: Chip, board: "Any") -> None:
        """Belong to a chip on a board from now on; the next chip with this flash is the device switched on again."""
        self._chip = chip
        self._actuators = [getattr(board, name) for name in _ACTUATORS if hasattr(board, name)]
        self._bytes_left = -1

    def cut_after(self, count: int) -> None:
        """Let the power go when the firmware has written count more bytes; 0: once it begins to change a file."""
        self._bytes_left = count

    def read_only(self) -> "list[str]":
        """Return the paths of the firmware's own files, which nothing of it writes."""
        return list(self._read_only())

    def _read_only(self) -> "dict[str, str]":
        """Return them by their paths on the device, each with its name in the image."""
        if self.image is None:
            return {}
        found = {}
        for name in self.image.paths() + ([LIST] if self.image_list else []):
            for folder in self.image_folders:
                found[name if name[0] == "/" else folder + "/" + name] = name
        return found

    def firmware_file(self, path: str) -> bytes:
        """Return what is in one of them."""
        assert self.image is not None
        name = self._read_only()[path]
        return self.image_list or b"" if name == LIST else self.image.read(name)

    def has_folder(self, path: str) -> bool:
        """Return True for a folder that was made, or that a file is in."""
        for name in self.files:
            if name.startswith(path + "/"):
                return True
        return path in self.folders

    @property
    def chip(self) -> Chip:
        """The chip it belongs to."""
        assert self._chip is not None
        return self._chip

    def begin_change(self, path: str) -> None:
        """Refuse a change that must not be now."""
        chip = self.chip
        if chip.is_dead:  # the firmware's last words on its way out of a reset that already came
            raise ChipReset()
        for number in self._actuators:
            # A duty of less than 1 per mille is one, too.
            if chip.output_pm(number) or (chip._mode[number] == _PWM and chip.duty_u16[number]):
                chip.refuse("flash: %s is written while an actuator is on, at pin %d (SAF-27)" % (path, number))

    def spend(self, path: str, count: int) -> None:
        """Count bytes that were written, and let the power go if these were the last."""
        if self._bytes_left < 0:
            return
        self._bytes_left -= count
        if self._bytes_left <= 0:
            self._bytes_left = -1
            self._note(path)
            try:
                self.chip.reset(POWER_ON)
            except ChipReset:
                raise PowerCut()

    def end_change(self, path: str, count: int) -> None:
        """Let the time pass that a change of count bytes takes."""
        self._note(path)
        self.chip.clock.advance(_ERASE_US + (count + _PAGE_BYTES - 1) // _PAGE_BYTES * _PROGRAM_US)

    def _note(self, path: str) -> None:
        self.changes += 1
        if self.on_change is not None:
            self.on_change(path)


def used_files(image_list: bytes, is_calibrated: bool = False) -> "dict[str, bytes]":
    """Return what there is in the flash of a used device, by path: all that happens once, and has.

    Settings, that the watchdog was proved for its image (store/starts.py), where a board needs one a calibration, as
    massager/store/record.py keeps them.
    """
    identity = image_list.rstrip(b"\n").split(b"\n")[-1].decode()
    starts = b'{"proved":"%s"}' % identity.encode()
    files = {"/kept/settings.0": _record(_OWNERS_SETTINGS), "/kept/starts.0": _record(starts)}
    if is_calibrated:
        files["/kept/calibration.0"] = _record(b"[0, 0]")
    return files


def _record(data: bytes) -> bytes:
    """Return the first file of a record."""
    numbers = struct.pack("<HH", 1, len(data))
    return numbers + struct.pack("<I", crc32(data, crc32(numbers)) & 0xFFFFFFFF) + data


class _File:
    """An open file, as the firmware sees it."""

    def __init__(self, flash: Flash, path: str, is_writable: bool, data: "bytes | bytearray") -> None:
        self._flash = flash
        self._path = path
        self._data = data
        self._at = 0
        self._is_writable = is_writable
        self._written_bytes = 0

    def __enter__(self) -> "_File":
        return self

    def __exit__(self, kind: "Any", error: "Any", trace: "Any") -> None:
        if self._is_writable and kind is None:
            self._flash.end_change(self._path, self._written_bytes)

    def seek(self, at: int) -> int:
        self._at = at
        return at

    def read(self, most_bytes: int = -1) -> bytes:
        data = self._data
        end = len(data) if most_bytes < 0 else self._at + most_bytes
        found = bytes(data[self._at : end])
        self._at += len(found)
        return found

    def readinto(self, buffer: bytearray) -> int:
        found = self.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)

    def write(self, data: bytes) -> int:
        flash, path = self._flash, self._path
        if not self._is_writable:
            flash.chip.refuse("flash: %s is open for reading, and written to" % path)
        flash.begin_change(path)
        if flash.is_full:
            raise OSError(_NO_SPACE, "there is no room for %s" % path)
        held = flash.files[path]
        for byte in data:
            held.append(byte)
            self._written_bytes += 1
            flash.spend(path, 1)
        return len(data)


class _Module:
    """A module whose missing parts are errors that nobody can hide."""

    def __init__(self, flash: Flash, name: str) -> None:
        self._flash = flash
        self._name = name

    def __getattr__(self, name: str) -> "Any":
        # What imports look for must just be missing.
        if not name.startswith("_"):
            self._flash.chip.refuse("%s.%s is not in the simulated chip" % (self._name, name))
        raise AttributeError(name)


class _Os(_Module):
    def __init__(self, flash: Flash) -> None:
        super().__init__(flash, "os")

    def mkdir(self, path: str) -> None:
        flash = self._flash
        if path in flash.files or flash.has_folder(path):
            raise OSError(_EXISTS, "there is a %s" % path)
        flash.begin_change(path)
        flash.folders.append(path)
        flash.spend(path, 0)
        flash.end_change(path, 0)

    def ilistdir(self, path: str) -> "list[tuple[str, int, int]]":
        folder = path if path.endswith("/") else path + "/"
        names = self._flash.read_only() + list(self._flash.files)
        here = [name[len(folder) :] for name in names if name.startswith(folder)]
        return [(name, _A_FILE, 0) for name in here if "/" not in name]

    def remove(self, path: str) -> None:
        flash = self._flash
        if path not in flash.files:
            raise OSError(_NO_SUCH_FILE, "no such file: %s" % path)
        flash.begin_change(path)
        del flash.files[path]
        flash.spend(path, 0)
        flash.end_change(path, 0)


class _Io(_Module):
    def __init__(self, flash: Flash) -> None:
        super().__init__(flash, "io")

    def open(self, path: str, mode: str) -> _File:
        flash = self._flash
        if mode not in ("rb", "wb", "ab") or path[:1] != "/":
            flash.chip.refuse(
                "flash: open(%s, %s): paths begin with /, and rb, wb and ab are all there is" % (path, mode)
            )
        is_writable = mode != "rb"
        if not is_writable and path in flash.read_only():
            return _File(flash, path, False, flash.firmware_file(path))  # OSError if it has gone since
        if is_writable:
            flash.begin_change(path)
        folder = path.rsplit("/", 1)[0]
        if (folder and not flash.has_folder(folder)) or (path not in flash.files and not is_writable):
            raise OSError(_NO_SUCH_FILE, "no such file: %s" % path)
        if mode == "wb" or path not in flash.files:
            flash.files[path] = bytearray()
        if is_writable:
            flash.spend(path, 0)
        return _File(flash, path, is_writable, flash.files[path])
