"""Writes docs/programs.md and its pictures from the firmware's tables and program_texts.toml.

    python -m kneectl.manual DOCS        DOCS: the folder of the documentation

A picture carries the digest of what it was drawn from, so that a test can tell a stale one without drawing it anew.
"""

import hashlib
import sys
import tomllib
from pathlib import Path
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from kneectl import program_plot, timeline
from kneectl.timeline import Timeline
from kneectl.words import duration
from massager.core import limits, programs, techniques, zones
from massager.core.steps import FROM_PM, HEAT, LENGTH_S, SIDES, TECHNIQUE, TO_PM, ZONE, total_s
from massager.link import checks

PAGE = "programs.md"
PICTURES = "pictures/programs"
_STAMP = "drawn-from"
_STRENGTH = 3  # of the pictures
_COLOURS = 128  # enough for lines and letters, and a third of the bytes
_FAMILIES = ("stroking", "pressing", "shaking", "warming", "careful")

_HEAD = """# Programs

What each built-in program does, what it follows, and where the device cannot follow. This page and its pictures are
made by `make docs` from the firmware's own tables; a test keeps them fresh. How to write a program of your own is in
[own-programs.md](own-programs.md), how to keep to a plan of sessions in [courses.md](courses.md).

All programs keep the same rules, and so do users' own: only slow movements in the first {slow_s} seconds, and at most
half strength; strength grows gradually, by at most {growth} % a second within a step and {jump} % from one to the next;
nothing goes past your own limit; the last movement is easy; nothing presses on the kneecap or in the hollow of the
knee. Stop at any pain, with STOP or by taking the leg out. Lie down for about 20 minutes afterwards. About four
sessions of 15 minutes a day are the most.

The pictures show strength {strength}, or 1 where a program is always gentle, with heat up to high. Strength sets how
far the motors go, heat how warm the skin may get.
"""

_TECHNIQUES_HEAD = """## Techniques

What programs are made of. The roller has speed and direction, no force and no position; so a press is a slow creep
under the leg's weight, and kneading, rubbing and stroking differ in rhythm, in whether the roller turns back, and in
whether it lets go between two cycles. The side motors vibrate, one way only: a stroke, a rub, a press or a knead at the
sides is that rhythm of vibration.

| technique | what it is | a cycle | a minute | between two cycles | the roller | sides |
|---|---|---|---|---|---|---|
"""


def texts() -> "dict[str, Any]":
    """Return what program_texts.toml says: programs by name, techniques by name."""
    return tomllib.loads((Path(__file__).parent / "program_texts.toml").read_text())


def page() -> str:
    """Return the whole page."""
    words = texts()
    growth = checks.percent(checks.GROWTH_PM_PER_S)
    jump = checks.percent(checks.JUMP_MOST_PM)
    parts = [_HEAD.format(slow_s=checks.SLOW_FIRST_S, growth=growth, jump=jump, strength=_STRENGTH), _overview()]
    parts += [_program(number, words["programs"][programs.name(number)]) for number in range(len(programs.BUILT_IN))]
    parts.append(_TECHNIQUES_HEAD + "".join(_technique(number, words) for number in range(len(techniques.NAMES))))
    parts += [f"![{name}]({PICTURES}/technique-{name}.png)\n" for name in _drawn_techniques()]
    return "\n".join(parts)


def _overview() -> str:
    rows = ["| | beeps | program | length | steps | family | |", "|---|---|---|---|---|---|---|"]
    for number in range(len(programs.BUILT_IN)):
        beeps = "▬ " * ((number + 1) // 5) + "▪ " * ((number + 1) % 5)
        name, steps = programs.name(number), programs.steps(number)
        note = ", ".join(_notes(number))
        cells = (number + 1, beeps.strip(), f"[{name}](#{name})", _length(steps), len(steps))
        rows.append("| " + " | ".join(str(cell) for cell in (*cells, _FAMILIES[programs.family(number)], note)) + " |")
    return (
        "\n".join(rows) + "\n\nBeeps are how a long press of MODE tells them: long for five, short for one. The program"
        " lamp has a colour for each family.\n"
    )


def _notes(number: int) -> list[str]:
    flags = programs.flags(number)
    named = (
        (programs.LOCKED, "locked"),
        (programs.GROWS, "grows with the sessions"),
        (programs.INFRARED, "needs the lamp"),
        (programs.GENTLE, "always gentle"),
    )
    return [note for flag, note in named if flags & flag]


def _length(steps: "tuple[tuple[int, ...], ...]") -> str:
    most_s = limits.SESSION_CAP_MS // 1000
    length_s = total_s(steps)
    if length_s <= most_s:
        return duration(length_s)
    return f"{duration(most_s)}; up to {duration(length_s)} if the session's limit is set so"


def _program(number: int, text: "dict[str, Any]") -> str:
    name, steps = programs.name(number), programs.steps(number)
    lines = [f"## {name}", "", text["is_like"], "", f"![{name} over time]({PICTURES}/{name}.png)", ""]
    for title, items in (
        ("What it follows:", text["follows"]),
        ("Where it cannot, and what it does:", text["instead"]),
    ):
        lines += [title, "", *[f"- {item}" for item in items], ""]
    lines += [
        "| step | technique | where | strength | length | repeats | heat | sides |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [_step(i, step) for i, step in enumerate(steps)]
    return "\n".join(lines) + "\n"


def _step(i: int, step: "tuple[int, ...]") -> str:
    technique = step[TECHNIQUE]
    is_still = technique in techniques.STILL
    strength = f"{checks.percent(step[FROM_PM])} to {checks.percent(step[TO_PM])} %"
    if step[FROM_PM] == step[TO_PM]:
        strength = f"{checks.percent(step[TO_PM])} %"
    repeats = step[LENGTH_S] * 1000 // techniques.cycle_ms(technique)
    cells = (
        i + 1,
        techniques.NAMES[technique],
        "" if is_still else zones.NAMES[step[ZONE]],
        "" if is_still else strength,
        duration(step[LENGTH_S]),
        "" if technique == techniques.HOLD else repeats,
        checks.HEATS[step[HEAT]],
        "" if step[SIDES] == techniques.HOLD else techniques.NAMES[step[SIDES]],
    )
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _technique(number: int, words: "dict[str, Any]") -> str:
    name, cycle_ms = techniques.NAMES[number], techniques.cycle_ms(number)
    if number in techniques.STILL:
        cells = (name, words["techniques"][name], *([f"{cycle_ms / 1000:g} s"] if number == techniques.CUE else [""]))
        return "| " + " | ".join(cells) + " | | | rests | rest |\n"
    span_ms = range(0, 8 * cycle_ms, limits.TICK_MS)
    floor_pm = techniques.envelope_pm(number, cycle_ms - 1)
    turns_back = any(techniques.roller_pm(number, 1000, t_ms) < 0 for t_ms in span_ms)
    cells = (
        name,
        words["techniques"][name],
        f"{cycle_ms / 1000:g} s",
        f"{60000 / cycle_ms:.3g}",
        "lets go" if floor_pm < 100 else f"keeps {floor_pm // 10} %",
        "turns back" if turns_back else "one way",
        _order(number),
    )
    return "| " + " | ".join(cells) + " |\n"


def _order(technique: int) -> str:
    """Return in which order the motors join in."""
    onsets = {}
    for motor in ("inner", "outer", "roller"):
        level_pm = getattr(techniques, f"{motor}_pm")
        onsets[motor] = next(t_ms for t_ms in range(0, 10000, 10) if level_pm(technique, 1000, t_ms + 10))
    if len(set(onsets.values())) == 1:
        return "together"
    return ", ".join(f"{motor} after {at_ms / 1000:g} s" for motor, at_ms in sorted(onsets.items(), key=lambda x: x[1]))


def _drawn_techniques() -> list[str]:
    return [name for number, name in enumerate(techniques.NAMES) if number != techniques.HOLD]


def digest(played: Timeline) -> str:
    """Return a digest of what a picture shows."""
    found = hashlib.sha256(repr((played.name, played.steps, played.strength, played.heat)).encode())
    for levels in (played.roller_pm, played.inner_pm, played.outer_pm, played.set_mc):
        found.update(levels.tobytes())
    return found.hexdigest()[:16]


def play(number: int) -> Timeline:
    """Return the timeline that a built-in program's picture shows: what the session's usual limit lets be of it."""
    steps = programs.steps(number)
    if total_s(steps) * 1000 > limits.SESSION_CAP_MS:
        (only,) = steps
        steps = ((*only[:LENGTH_S], limits.SESSION_CAP_MS // 1000, *only[LENGTH_S + 1 :]),)
    # One that is always gentle is on the device what strength 1 is.
    strength = 1 if programs.flags(number) & programs.GENTLE else _STRENGTH
    return timeline.play(steps, name=programs.name(number), strength=strength)


def stamp_of(picture: Path) -> str:
    """Return the digest that a picture carries, "" if it has none or is not there."""
    if not picture.exists():
        return ""
    with Image.open(picture) as image:
        return str(image.info.get(_STAMP, ""))


def technique_digest(technique: int) -> str:
    """Return the digest of what a technique's picture shows."""
    cycles = range(0, program_plot.TECHNIQUE_S * 1000, limits.TICK_MS)
    shown = [getattr(techniques, f"{m}_pm")(technique, 1000, t) for m in ("roller", "inner", "outer") for t in cycles]
    return hashlib.sha256(repr((techniques.NAMES[technique], shown)).encode()).hexdigest()[:16]


def _stamp(picture: Path, text: str) -> None:
    with Image.open(picture) as drawn:
        info = PngInfo()
        info.add_text(_STAMP, text)
        drawn.convert("RGB").quantize(_COLOURS).save(picture, pnginfo=info, optimize=True)


def write(docs: Path) -> None:
    """Write the page, and each picture that is not what it should be, into the folder of the documentation."""
    (docs / PAGE).write_text(page())
    (docs / PICTURES).mkdir(parents=True, exist_ok=True)
    for number in range(len(programs.BUILT_IN)):
        played = play(number)
        picture = docs / PICTURES / f"{played.name}.png"
        if stamp_of(picture) != digest(played):
            program_plot.draw(played, picture)
            _stamp(picture, digest(played))
            print(picture)
    for name in _drawn_techniques():
        technique = techniques.NAMES.index(name)
        picture = docs / PICTURES / f"technique-{name}.png"
        if stamp_of(picture) != technique_digest(technique):
            program_plot.draw_technique(technique, picture)
            _stamp(picture, technique_digest(technique))
            print(picture)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
