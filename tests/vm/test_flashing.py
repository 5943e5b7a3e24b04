"""Flashing onto MicroPython's own littlefs: what is sent, what starts then, and what does when it was cut short."""

import json
import random
from collections.abc import Callable

import pytest
from vm_board import VmBoard, VmPrompt

from kneectl import flasher
from kneectl.errors import KneectlError, LostDevice
from kneesim.engines import ROOT
from kneesim.image_files import LIST, list_of
from kneesim.pico import image
from kneesim.power import load_board

Vm = Callable[[str], list[str]]
Files = dict[str, bytes]
_HEAP = "8M"
CUTS = 30
KILLS = 12
OUTPUTS = len(load_board(str(ROOT / "boards" / "pico"), str(ROOT / "firmware")).OUTPUT_PINS)


def _relisted(files: Files) -> Files:
    inside = {name: data for name, data in files.items() if name != LIST}
    return {**inside, LIST: list_of(inside)}


@pytest.fixture(scope="module")
def old() -> Files:
    """Return an image."""
    return image.image_files("pico")


@pytest.fixture(scope="module")
def new(old: Files) -> Files:
    """Return the next one, with something changed, new, gone, and another boot.py."""
    changed = {**old, "massager/core/zones.mpy": old["massager/core/dose.mpy"], "massager/core/later.mpy": b"later"}
    changed["/boot.py"] = old["/boot.py"] + b"\n# The next one.\n"
    del changed["massager/core/twice.mpy"]
    return _relisted(changed)


class Bench:
    """Boards one after the other, on the VM."""

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self.flash: bytes | None = None

    def write(
        self, files: Files, after: int = -1, is_midst: bool = False, most_pieces: int = -1
    ) -> "flasher.Done | None":
        """Flash an image; after, is_midst: which change of the flash the power goes with; most_pieces: of program that
        the host runs before it is killed. None if it was cut short.
        """
        board = VmBoard(self._command, self.flash)
        board.ask("cut", after=after, midst=is_midst)
        done = None
        try:
            prompt = VmPrompt(board)
            prompt.most_pieces = most_pieces
            found = prompt.crcs()
            done = flasher.write(prompt, files, found, lambda what, done, of: None)
        except LostDevice:
            pass
        self.changes, self.pieces = board.changes, prompt.pieces
        self.flash = board.switch_off()
        return done

    def start(self) -> "dict[str, object] | None":
        """Switch the board on; return which image starts, None for the prompt."""
        board = VmBoard(self._command, self.flash)
        found: dict[str, object] | None = json.loads(board.ask("start")["out"])
        self.flash = board.switch_off()
        return found

    def slot(self) -> bytes:
        """Return what chooses the image."""
        board = VmBoard(self._command, self.flash)
        found = VmPrompt(board).slot()
        board.switch_off()
        return found


@pytest.fixture
def bench(vm: Vm) -> Bench:
    return Bench(vm(_HEAP))


@pytest.fixture(scope="module")
def flashed(old: Files, request: pytest.FixtureRequest) -> bytes:
    """Return the flash of a board that the old image was put on, with a setting kept."""
    bench = Bench(request.getfixturevalue("vm")(_HEAP))
    assert bench.write(old) is not None
    assert bench.flash is not None
    return bench.flash


def test_a_blank_board_gets_every_file_and_starts(bench: Bench, old: Files) -> None:
    done = bench.write(old)
    assert done is not None
    assert (done.folder, done.copied, done.kept) == ("/a", 0, 0)
    assert done.sent == len(old) - 3  # the list and the two that both images start from are not of the folder
    found = bench.start()
    assert found == {"folder": "/a", "is_whole": True, "image": flasher.identity_of(old), "low": OUTPUTS}
    assert bench.slot() == b""


def test_an_update_sends_what_has_changed_and_starts_on_trial(
    bench: Bench, flashed: bytes, old: Files, new: Files
) -> None:
    bench.flash = flashed
    done = bench.write(new)
    assert done is not None
    assert (done.folder, done.sent, done.kept) == ("/b", 2, 0)
    assert done.copied == len(new) - 3 - 2
    assert bench.slot() == b"ba%d" % flasher.TRIAL_STARTS
    for left in range(flasher.TRIAL_STARTS - 1, -1, -1):
        found = bench.start()
        assert found is not None
        assert (found["folder"], found["is_whole"], found["image"]) == ("/b", True, flasher.identity_of(new))
        assert bench.slot() == b"ba%d" % left
    for _ in range(2):  # and back for good
        found = bench.start()
        assert found is not None
        assert (found["folder"], found["is_whole"], found["image"]) == ("/a", True, flasher.identity_of(old))


def test_the_same_again_writes_nothing(bench: Bench, flashed: bytes, old: Files) -> None:
    bench.flash = flashed
    done = bench.write(old)
    assert done is not None
    assert (done.folder, done.was_written, done.sent, done.kept) == ("/a", False, 0, len(old) - 3)
    assert bench.changes == 0


def test_after_falling_back_the_failed_image_is_the_one_that_is_replaced(
    bench: Bench, flashed: bytes, old: Files, new: Files
) -> None:
    bench.flash = flashed
    bench.write(new)
    for _ in range(flasher.TRIAL_STARTS + 1):
        bench.start()
    third = _relisted({**new, "massager/core/later.mpy": b"later still"})
    done = bench.write(third)
    assert done is not None
    assert (done.folder, done.sent, done.copied) == ("/b", 1, 0)
    found = bench.start()
    assert found is not None
    assert (found["image"], found["is_whole"]) == (flasher.identity_of(third), True)


def _after_a_cut(bench: Bench, old: Files, new: Files, words: object) -> None:
    """What starts is the old image or the new one, whole; and flashing goes on from there."""
    whole = {flasher.identity_of(old), flasher.identity_of(new)}
    for _ in range(2):
        found = bench.start()
        assert found is not None, words
        assert found["is_whole"], (words, found)
        assert found["image"] in whole, (words, found)
        assert found["low"] == OUTPUTS
    assert bench.write(new) is not None
    found = bench.start()
    assert found is not None
    assert (found["image"], found["is_whole"]) == (flasher.identity_of(new), True), words


def test_saf_54_the_power_may_go_anywhere_while_an_update_is_flashed(
    bench: Bench, flashed: bytes, old: Files, new: Files, tell: Callable[[str], None]
) -> None:
    bench.flash = flashed
    bench.write(new)
    changes = bench.changes
    noise = random.Random(54)
    # The last ones are where images are switched over.
    cuts = sorted(noise.sample(range(1, changes), CUTS - 8)) + list(range(changes - 7, changes + 1))
    for number, after in enumerate(cuts):
        bench.flash = flashed
        assert bench.write(new, after, number % 2 == 1) is None
        _after_a_cut(bench, old, new, (after, changes))
    tell(f"an update was cut short at {len(cuts)} of its {changes} changes of the flash")


def test_saf_54_the_host_may_be_killed_anywhere(bench: Bench, flashed: bytes, old: Files, new: Files) -> None:
    bench.flash = flashed
    bench.write(new)
    noise = random.Random(55)
    for pieces in sorted(noise.sample(range(bench.pieces), KILLS)):
        bench.flash = flashed
        assert bench.write(new, most_pieces=pieces) is None
        _after_a_cut(bench, old, new, pieces)


def test_saf_54_a_first_flash_that_is_cut_short_leaves_a_board_that_does_nothing(bench: Bench, old: Files) -> None:
    bench.write(old)
    changes = bench.changes
    noise = random.Random(56)
    for after in sorted(noise.sample(range(1, changes), 8)):
        bench.flash = None
        assert bench.write(old, after) is None
        found = bench.start()
        assert found is None or not found["is_whole"] or found["image"] == flasher.identity_of(old)
        assert bench.write(old) is not None
        found = bench.start()
        assert found is not None
        assert found["is_whole"]


def test_saf_54_an_image_that_fell_back_runs_while_a_third_one_is_cut_short(
    bench: Bench, flashed: bytes, old: Files, new: Files
) -> None:
    """It starts from the boot.py of the second image then."""
    bench.flash = flashed
    bench.write(new)
    for _ in range(flasher.TRIAL_STARTS):
        bench.start()
    fallen = bench.flash
    third = _relisted({**new, "/boot.py": new["/boot.py"] + b"# And the third.\n", "massager/core/later.mpy": b"more"})
    assert bench.write(third) is not None
    whole = {flasher.identity_of(old), flasher.identity_of(third)}
    for after in range(1, bench.changes + 1):
        bench.flash = fallen
        assert bench.write(third, after, after % 2 == 1) is None
        found = bench.start()
        assert found is not None, after
        assert (found["is_whole"], found["image"] in whole) == (True, True), (after, found)


def test_saf_54_a_host_may_go_on_at_the_same_prompt_where_another_was_killed(
    vm: Vm, bench: Bench, flashed: bytes, new: Files
) -> None:
    noise = random.Random(57)
    for pieces in noise.sample(range(20, 90), 4):
        board = VmBoard(vm(_HEAP), flashed)
        first = VmPrompt(board)
        first.most_pieces = pieces
        with pytest.raises(LostDevice):
            flasher.write(first, new, first.crcs(), lambda what, done, of: None)
        board.ask("run", b"left = open('/b/late', 'wb'); left.write(b'part'); f = left; del left")
        second = VmPrompt(board)
        flasher.write(second, new, second.crcs(), lambda what, done, of: None)
        second.run("gc.collect()")
        bench.flash = board.switch_off()
        found = bench.start()
        assert found is not None
        assert (found["image"], found["is_whole"]) == (flasher.identity_of(new), True)


def test_a_damaged_image_is_mended_by_flashing_the_same_again(bench: Bench, flashed: bytes, vm: Vm, old: Files) -> None:
    for damage in (
        b"z = open('/a/massager/core/zones.mpy', 'ab'); z.write(b'x'); z.close()",
        b"open('/a/json.py', 'w').close()",
    ):
        board = VmBoard(vm(_HEAP), flashed)
        board.ask("run", damage)
        bench.flash = board.switch_off()
        found = bench.start()
        assert found is not None
        assert (found["is_whole"], found["image"]) == (False, "")
        done = bench.write(old)
        assert done is not None
        assert done.was_written
        found = bench.start()
        assert found is not None
        assert (found["is_whole"], found["image"]) == (True, flasher.identity_of(old))


def test_what_arrived_wrong_is_not_switched_over(bench: Bench, flashed: bytes, new: Files) -> None:
    bench.flash = flashed
    wrong = {**new, "massager/core/later.mpy": b"not what the list says"}
    with pytest.raises(KneectlError, match="Nothing was switched over"):
        bench.write(wrong)
