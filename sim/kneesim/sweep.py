"""Plays every built-in program whole, at the most strength and heat, on the corners of the plant's range.

    python -m kneesim.sweep [--program NAME]... [--corners N] [--jobs N] [--json] [--page FILE.md]

A corner is the least or the most of each thing that the safety case names: how well the pad sits, blood flow, ambient,
supply, the pad's heat capacity and its power. Prints the hottest true skin of each program, and whatever tripped.
"""

import argparse
import binascii
import itertools
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.progress import track

from kneesim.heat import HEAT_RANGES, HeatParams
from kneesim.inprocess import Device
from kneesim.plant import PlantParams
from massager.core import programs

_FEATURES = ("roller", "sides", "heat", "infrared", "lamps", "buzzer")
_SUPPLY = 0.1  # of 5 V, either way; the power of a heater goes with its square
_ENDS = ("finished", "cap")
_STEP_MS = 5000
_MORE_S = 30  # after a program should have ended

# What varies, each at its least and at its most; blood flow at rest and at its most go together.
AXES = ("contact_w_k", "perfusion", "ambient_c", "supply", "pad_total_j_k", "pad_w")
Corner = tuple[int, ...]  # 0 or 1 for each of AXES
CORNERS: tuple[Corner, ...] = tuple(itertools.product((0, 1), repeat=len(AXES)))
# Good contact, little blood, a hot room, a high supply, a light and strong pad; and the opposite of each.
HOTTEST: Corner = (1, 0, 1, 1, 0, 1)
COLDEST: Corner = (0, 1, 0, 0, 1, 0)


@dataclass(frozen=True)
class Played:
    """How a session went: end is the log's word, peak_skin_c the true skin, lasted_s and expected_s its length."""

    program: str
    corner: Corner
    end: str
    fault: str
    peak_skin_c: float
    lasted_s: int
    expected_s: int

    @property
    def is_whole(self) -> bool:
        """Whether it ran from begin to end without a trip."""
        return self.end in _ENDS and abs(self.lasted_s - self.expected_s) <= 1


def params_of(corner: Corner) -> PlantParams:
    """Return a corner's plant."""
    params = HeatParams()
    ranges = {name: (low, high) for name, low, high in HEAT_RANGES}
    for axis, end in zip(AXES, corner, strict=True):
        names = ("perfusion_rest_w_k", "perfusion_max_w_k") if axis == "perfusion" else (axis,)
        for name in names:
            if name in ranges:
                setattr(params, name, ranges[name][end])
    found = PlantParams()
    found.heat = params
    # The board file says what pad it has; the corner's is another.
    found.pad_w_times = params.pad_w / HeatParams().pad_w
    found.pad_j_times = params.pad_total_j_k / HeatParams().pad_total_j_k
    found.supply_v *= 1 + (_SUPPLY if corner[AXES.index("supply")] else -_SUPPLY)
    return found


def play(program: str, corner: Corner, seed: int = 1) -> Played:
    """Play a program whole; the person presses HEAT up to high as soon as it runs."""
    with Device(seed=seed, features=_FEATURES, plant=params_of(corner)) as device:
        device.run_ms(500)
        device.result("settings.set", unlocked=True)
        expected_s = next(row["length_s"] for row in _rows(device) if row["name"] == program)
        device.start_confirmed(program=program, strength=5)
        for _ in range(2):
            device.press("heat")
        for _ in range((expected_s + _MORE_S) * 1000 // _STEP_MS):
            device.run_ms(_STEP_MS)
            if device.status()["state"] not in ("running", "paused"):
                break
        device.run_ms(200)
        (record,) = device.result("log.read")["records"]
        peak_c = device.plant.peak_skin_c
    fault = record.get("fault", "")
    return Played(program, corner, record["end"], fault, round(peak_c, 2), record["lasted_s"], expected_s)


def _rows(device: Device) -> "Iterator[dict[str, Any]]":
    first, total = 0, 1
    while first < total:
        page = device.result("programs", first=first)
        yield from page["programs"]
        first, total = first + len(page["programs"]), page["total"]


def _play(case: tuple[str, Corner]) -> Played:
    return play(*case)


def sweep(names: Iterable[str], corners: Iterable[Corner], jobs: int) -> Iterator[Played]:
    """Play each program on each corner in processes of their own."""
    cases = [(name, corner) for name in names for corner in corners]
    with ProcessPoolExecutor(jobs) as pool:
        yield from track(pool.map(_play, cases), "playing", total=len(cases), disable=not sys.stderr.isatty())


def _describe(corner: Corner) -> str:
    return " ".join(f"{axis}{'+' if end else '-'}" for axis, end in zip(AXES, corner, strict=True))


def digest(program: str) -> str:
    """Return a digest of a program's steps, by which a page that is out of date is known."""
    return f"{binascii.crc32(repr(programs.steps(programs.number_of(program))).encode()):08x}"


_PAGE = """# Every program on every corner

What `make sweep` found: each program played whole by the shipped firmware, at strength 5 with heat turned up to high,
on each of the {corners} corners of the simulated knee: {axes}, each at its least and at its most
([plant.md](plant.md) has the ranges; the supply is 5 V ±10 %). A session counts as whole if nothing tripped and it
lasted as long as it should. The tests play every program on the hottest corner; steps is a digest by which they know a
row that is out of date.

| program | whole | hottest true skin | at | coldest highest | steps |
|---|---|---|---|---|---|
"""


def page(found: Sequence[Played]) -> str:
    """Return a page of the documentation on what was found."""
    text = _PAGE.format(corners=len(CORNERS), axes=", ".join(AXES))
    for name in dict.fromkeys(played.program for played in found):
        of_name = [played for played in found if played.program == name]
        hottest = max(of_name, key=lambda played: played.peak_skin_c)
        coldest = min(of_name, key=lambda played: played.peak_skin_c)
        whole = f"{sum(played.is_whole for played in of_name)} of {len(of_name)}"
        peak, low = f"{hottest.peak_skin_c:.2f} °C", f"{coldest.peak_skin_c:.2f} °C"
        text += f"| {name} | {whole} | {peak} | {_describe(hottest.corner)} | {low} | {digest(name)} |\n"
    return text


def main() -> int:
    """Sweep and print; 1 if any session tripped or was not whole."""
    names = [row[0] for row in programs.BUILT_IN]
    parser = argparse.ArgumentParser(prog="python -m kneesim.sweep", description=__doc__.split("\n")[0])
    parser.add_argument("--program", choices=names, action="append", help="may be repeated (default: all)")
    parser.add_argument("--corners", type=int, default=len(CORNERS), help="only so many, spread over all of them")
    parser.add_argument("--jobs", type=int, default=2, help="processes at once")
    parser.add_argument("--page", type=Path, help="also write a page of the documentation")
    parser.add_argument("--json", action="store_true", help="print one line of JSON for each session")
    options = parser.parse_args()
    if not 1 <= options.corners <= len(CORNERS):
        parser.error(f"--corners must be from 1 to {len(CORNERS)}")
    chosen = options.program or names
    found = list(sweep(chosen, CORNERS[:: len(CORNERS) // options.corners], options.jobs))
    if options.page:
        options.page.write_text(page(found))
    if options.json:
        for played in found:
            print(json.dumps(asdict(played)))
    else:
        for name in chosen:
            hottest = max((played for played in found if played.program == name), key=lambda played: played.peak_skin_c)
            at = f"{hottest.peak_skin_c:.2f} °C at {_describe(hottest.corner)}"
            print(f"{name:12} {hottest.expected_s:5} s, hottest skin {at}")
    broken = [played for played in found if not played.is_whole]
    for played in broken:
        how = f"{played.end} {played.fault} after {played.lasted_s} s"
        print(f"NOT WHOLE: {played.program} on {_describe(played.corner)}: {how}")
    print(f"{len(found) - len(broken)} of {len(found)} sessions whole")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
