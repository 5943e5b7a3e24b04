"""Record and Log on the littlefs of MicroPython's own image; the power goes while flash is erased or programmed."""

import random
from pathlib import Path

from kneesim.pico import image
from kneesim.pico.rig import Rig

EACH = 4
WITHIN_MS = 3000  # of virtual time
MAIN = b"""import rounds
"""
# A round is a value written to what stands for settings and for the ledger, and one record appended to the log; each is
# long enough for blocks of its own.
ROUNDS = f"""
import sys
from massager.device.files import Files
from massager.store.log import Log
from massager.store.record import Record

files = Files("/kept", lambda: True)
settings = Record(files, "settings", 700)
ledger = Record(files, "ledger", 700)
log = Log(files, "log", {EACH})
value = int(settings.read() or b"0")
is_whole = [found["seq"] for found in log.read(1, 100)] == list(range(log.first, log.next))
while True:
    if sys.stdin.read(1) == "w":
        value += 1
        settings.write(b"%600d" % value)
        ledger.write(b"%600d" % value)
        log.append({{"value": value, "text": "x" * 300}})
    print("has", value, int(ledger.read() or b"0"), log.first, log.next, is_whole, "end")
"""
ERASE, PROGRAM = 0x20, 0x02
# How many erased blocks and programmed pages each cut lets pass after the one before; every second cut is in the midst.
CUTS = (70, 1, 2, 3, 5, 8, 13, 21, 4, 55, 7, 9, *(random.Random(60).randrange(1, 60) for _ in range(46)))
STAYS = -1


class Cut:
    """Lets the power of a rig go after so many changes of its flash; `left` is what is in it then."""

    def __init__(self, rig: Rig, passes: int, is_midst: bool) -> None:
        self.left: bytes | None = None
        self._rig = rig
        self._passes = passes
        self._is_midst = is_midst
        self._ssi = rig.mcu.ssi
        self._apply = self._ssi._apply_command
        self._ssi._apply_command = self._on_command

    def _on_command(self) -> None:
        sent = self._ssi._tx_buffer
        is_change = len(sent) > 3 and sent[0] in (ERASE, PROGRAM)
        if is_change and not self._passes:
            if self.left is None:
                self._go()
            del sent[:]  # the core runs on until somebody stops it, and changes nothing
        self._passes -= is_change and self._passes > 0
        self._apply()

    def _go(self) -> None:
        sent = self._ssi._tx_buffer
        if self._is_midst and sent[0] == PROGRAM:
            sent[:] = sent[: 4 + (len(sent) - 4) // 2]
            self._apply()
        elif self._is_midst:
            at = int.from_bytes(sent[1:4], "big")
            self._rig.mcu.flash[at : at + 2048] = b"\xff" * 2048
        self.left = self._rig.snapshot()


def _ask(rig: Rig, cut: Cut, key: bytes) -> list[bytes]:
    """Send a key and run until the device has answered; return the answer's words, none if the power is gone."""
    rig.usb.send(key)
    for _ in range(WITHIN_MS // 2):
        rig.run_us(2000)
        if cut.left is not None:
            return []
        said = bytes(rig.usb.received)
        if said.endswith(b"end\r\n"):
            rig.usb.received.clear()
            return said.split()
    raise AssertionError(f"the device says only {bytes(rig.usb.received)!r}")


def _switch_on(flash: bytes) -> Rig:
    rig = Rig(flash)
    while not rig.usb.is_connected:
        rig.run_us(2000)
        assert rig.now_us < WITHIN_MS * 1000
    return rig


def test_a_power_cut_at_any_change_of_the_flash_leaves_the_old_or_the_new(uf2: Path, tmp_path: Path) -> None:
    source = tmp_path / "rounds.py"
    source.write_text(ROUNDS)
    files = {**image.firmware_files(), "main.py": MAIN, "a/rounds.mpy": image.compile_mpy("rounds.py", source)}
    flash = image.flash(uf2, files)
    may_be = [{0}, {0}, {1}]  # settings, ledger and the log's next number, which are written in this order
    rounds, olds, betweens = 0, 0, 0
    for number, passes in enumerate((*CUTS, STAYS)):
        rig = _switch_on(flash)
        cut = Cut(rig, passes, number % 2 == 1)
        words = _ask(rig, cut, b"?")
        assert words[0] == b"has" and words[5] == b"True", words
        settings, ledger, first, following = (int(word) for word in words[1:5])
        found = [settings, ledger, following]
        assert all(value in values for value, values in zip(found, may_be, strict=True)), (number, found, may_be)
        are_new = [value == max(values) > min(values) for value, values in zip(found, may_be, strict=True)]
        assert are_new == sorted(are_new, reverse=True), (number, found, may_be)
        assert following - first >= min(EACH, following - 1), words
        olds += number > 0 and not any(are_new)
        betweens += any(are_new) and not all(are_new)
        may_be = [{settings}, {ledger}, {following}]
        while cut.left is None and passes != STAYS:
            may_be = [{settings, settings + 1}, {ledger, settings + 1}, {following, following + 1}]
            if _ask(rig, cut, b"w"):
                settings, following, rounds = settings + 1, following + 1, rounds + 1
                ledger = settings
        flash = cut.left or flash
    assert rounds > 2 * EACH and olds and betweens, (rounds, olds, betweens)
