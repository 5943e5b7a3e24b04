"""Programs, whole, through the shipped firmware on simulated knees: what the page of all corners says, and the timeline
that docs/programs.md shows.
"""

import re
from collections.abc import Iterator

import pytest

from kneectl import manual, timeline
from kneesim import sweep
from kneesim.engines import ROOT
from kneesim.inprocess import Device
from massager.core import limits, programs

NAMES = [row[0] for row in programs.BUILT_IN]
FEATURES = ("roller", "sides", "heat", "infrared", "lamps", "buzzer")
PAGE = (ROOT / "docs/corners.md").read_text()
NORMAL_USE_C = 42.0  # the goal of docs/safety.md; 41 is the highest set point


def test_the_page_of_all_corners_is_of_these_programs_and_says_what_comes_out() -> None:
    rows = re.findall(
        r"^\| ([\w-]+) \| (\d+) of (\d+) \| ([\d.]+) °C \| (.*?) \| .* \| (\w{8}) \|$", PAGE, re.MULTILINE
    )
    assert [row[0] for row in rows] == NAMES
    for name, whole, of, peak_c, _, digest in rows:
        assert (int(whole), int(of)) == (64, 64)
        assert float(peak_c) < NORMAL_USE_C
        assert digest == sweep.digest(name), "make sweep"
    name, _, _, peak_c, at, _ = rows[-1]
    corner = tuple(int(word.endswith("+")) for word in at.split())
    # The page takes an hour to make: a change of control that moves the skin by less is no reason for it.
    assert abs(sweep.play(name, corner).peak_skin_c - float(peak_c)) < 0.05


class Watch:
    """What a device does from the first tick of its program on, a row each 100 ms."""

    def __init__(self, device: Device) -> None:
        self.rows: list[tuple[int, int, int, int]] = []
        self.begins_s: list[int] = []
        self._ticks = 0
        controller_class = device.power.firmware_module("massager.core.controller").Controller
        step = controller_class.step

        def watched(controller, now_ms: int, inputs, out) -> None:
            controller.setup.sessions_done = programs.GROWS_SESSIONS  # the pictures show what a program grows to
            step(controller, now_ms, inputs, out)
            session = controller.session
            if not session.is_active() or not session.running_ms:
                return
            if session.step_index == len(self.begins_s):
                self.begins_s.append(round((session.running_ms - session.step_ms) / 1000))
            if self._ticks % (timeline.EVERY_MS // limits.TICK_MS) == 0:
                self.rows.append((out.roller_pm, out.inner_pm, out.outer_pm, controller.heater.set_mc))
            self._ticks += 1

        controller_class.step = watched


@pytest.fixture
def device() -> Iterator[Device]:
    with Device(features=FEATURES, plant=sweep.params_of(sweep.HOTTEST)) as made:
        made.run_ms(500)
        made.result("settings.set", unlocked=True)
        yield made


def _assert_whole(device: Device, length_s: int) -> None:
    """Say that the only session ran from begin to end without a trip, and that the skin stayed cool enough."""
    (record,) = device.result("log.read")["records"]
    assert (record["end"] in ("finished", "cap"), record["lasted_s"]) == (True, length_s), record
    assert device.plant.peak_skin_c < NORMAL_USE_C


# The others' timelines come from the same controller, and tests/core/test_golden.py holds each tick of them; healthy
# sessions play them all on many plants (test_fifty_healthy.py), and `make sweep` on all corners.
@pytest.mark.parametrize("name", ["shiatsu", "infrared"])
def test_plays_whole_where_it_is_hottest_and_has_the_timeline_that_the_documentation_shows(
    device: Device, name: str
) -> None:
    documented = manual.play(programs.number_of(name))
    watch = Watch(device)
    device.result("start", program=name, strength=documented.strength)
    device.press("mode")
    for _ in range(2):
        device.press("heat")
    device.run_ms(documented.length_s * 1000 + 2000)
    assert watch.begins_s == list(documented.begins_s)
    rows = watch.rows[10:-10]  # once heat is chosen
    assert len(rows) > len(documented.roller_pm) - 30
    for place, levels in enumerate((documented.roller_pm, documented.inner_pm, documented.outer_pm, documented.set_mc)):
        shown = levels[10 : 10 + len(rows)]
        # A tick may come a millisecond late, in which a motor rises by 2 per mille.
        far = [i for i, (row, level) in enumerate(zip(rows, shown, strict=False)) if abs(row[place] - level) > 25]
        assert not far, (place, far[:5], [rows[i] for i in far[:5]], [shown[i] for i in far[:5]])
    _assert_whole(device, documented.length_s)


def test_a_program_plays_whole_where_it_is_coldest() -> None:
    played = sweep.play("warm", sweep.COLDEST)
    assert played.is_whole, played
