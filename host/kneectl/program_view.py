"""A program in the terminal: its steps as a table, in which a bar shows when, how long and how strongly each works."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from kneectl.words import clock, duration
from massager.core import limits, techniques, zones
from massager.core.steps import FROM_PM, HEAT, LENGTH_S, SIDES, TECHNIQUE, TO_PM, ZONE, total_s
from massager.link import checks

Step = tuple[int, ...]

WIDTH = 80
_FIXED = 51  # columns that the bar leaves to the others
_BAR_LEAST = 8
_BLOCKS = "▁▂▃▄▅▆▇█"
_LOW_PM = 400  # the lowest block: weaker strokes turn no motor, and all programs would look alike from 0
_HEAT_STYLES = ("dim", "yellow", "dark_orange", "red")
_CUE_STYLE = "bold cyan"


def program(name: str, title: str, steps: tuple[Step, ...], notes: list[str], width: int = WIDTH) -> RenderableType:
    """Return a program that the validator has passed, for a terminal of width columns; notes are sentences."""
    head = Text.assemble((name, "bold"), f": {title}" if title else "")
    rows: list[RenderableType] = [head, Text(), _table(steps, max(min(width, WIDTH) - _FIXED, _BAR_LEAST)), Text()]
    rows += [Text(line) for line in [*totals(steps), *notes]]
    return Group(*rows)


def totals(steps: tuple[Step, ...]) -> list[str]:
    """Return what the steps come to, a sentence each."""
    count = "1 step" if len(steps) == 1 else f"{len(steps)} steps"
    works = [f"{word} {duration(length_s)}" for word, length_s in _works(steps) if length_s]
    lines = [f"{duration(total_s(steps))} in {count}."]
    if works:
        lines.append(f"{', '.join(works).capitalize()}.")
    moving = [step for step in steps if checks.is_moving(step)]
    if moving:
        least, most = min(step[FROM_PM] for step in moving), max(max(step[FROM_PM], step[TO_PM]) for step in moving)
        strength = checks.percent(most) if least == most else f"{checks.percent(least)} to {checks.percent(most)}"
        lines.append(f"Strength {strength} % of what the person chooses.")
    heat = max(step[HEAT] for step in steps)
    if heat == limits.HEAT_OFF:
        lines.append("No heat.")
    else:
        most_c = limits.SKIN_SET_MC[heat] / 1000
        lines.append(f"Heat up to {checks.HEATS[heat]}, {most_c:.0f} °C on the skin, as far as the person chooses it.")
    if total_s(steps) * 1000 > limits.SESSION_CAP_MS:
        cap = duration(limits.SESSION_CAP_MS // 1000)
        lines.append(f"A session ends after {cap}, unless `kneectl settings set --session-min` allows more.")
    return lines


def bar(step: Step, begin_s: int, whole_s: int, width: int) -> Text:
    """Return a row of width columns for the whole program, in which one step stands where and as high as it works."""
    first = min(round(begin_s * width / whole_s), width - 1)
    end = max(first + 1, round((begin_s + step[LENGTH_S]) * width / whole_s))
    cells = []
    for i in range(end - first):
        level_pm = step[FROM_PM]
        if end - first > 1:
            level_pm += (step[TO_PM] - step[FROM_PM]) * i // (end - first - 1)
        height = (level_pm - _LOW_PM) * len(_BLOCKS) // (checks.STRENGTH_MOST_PM + 1 - _LOW_PM)
        cells.append(_BLOCKS[max(height, 0)])
    if step[TECHNIQUE] == techniques.CUE:
        filled = Text("~" * len(cells), _CUE_STYLE)
    elif not checks.is_moving(step):
        filled = Text("─" * len(cells), _HEAT_STYLES[step[HEAT]])
    else:
        filled = Text("".join(cells), "blue" if step[HEAT] == limits.HEAT_OFF else _HEAT_STYLES[step[HEAT]])
    return Text.assemble(("·" * first, "dim"), filled, ("·" * (width - end), "dim"))


def _table(steps: tuple[Step, ...], bar_width: int) -> Table:
    table = Table.grid(padding=(0, 1))
    for name, justify in (("", "right"), ("technique", "left"), ("zone", "left"), ("%", "left"), ("length", "right")):
        table.add_column(Text(name, style="dim"), justify=justify, no_wrap=True)  # type: ignore[arg-type]
    for name in ("heat", "sides"):
        table.add_column(Text(name, style="dim"), no_wrap=True)
    table.add_column(Text("when and how strongly", style="dim"), no_wrap=True, width=bar_width)
    table.show_header = True
    begin_s, whole_s = 0, total_s(steps)
    for number, step in enumerate(steps, 1):
        is_cue = step[TECHNIQUE] == techniques.CUE
        table.add_row(
            str(number),
            Text(techniques.NAMES[step[TECHNIQUE]], _CUE_STYLE if is_cue else "bold"),
            "" if step[TECHNIQUE] in techniques.STILL else zones.NAMES[step[ZONE]],
            _strength(step),
            clock(step[LENGTH_S]),
            Text(checks.HEATS[step[HEAT]], _HEAT_STYLES[step[HEAT]]),
            "" if step[SIDES] == techniques.HOLD else techniques.NAMES[step[SIDES]],
            bar(step, begin_s, whole_s, bar_width),
        )
        begin_s += step[LENGTH_S]
    return table


def _strength(step: Step) -> str:
    if not checks.is_moving(step):
        return ""
    begin, end = checks.percent(step[FROM_PM]), checks.percent(step[TO_PM])
    return begin if begin == end else f"{begin} to {end}"


def _works(steps: tuple[Step, ...]) -> list[tuple[str, int]]:
    """Return how long the roller and the side motors work, and the person."""
    roller_s = sides_s = cue_s = 0
    for step in steps:
        has_sides = step[ZONE] == zones.SIDES
        is_still = step[TECHNIQUE] in techniques.STILL
        roller_s += step[LENGTH_S] if not is_still and not has_sides else 0
        layer = step[TECHNIQUE] if has_sides else step[SIDES]
        sides_s += step[LENGTH_S] if layer not in techniques.STILL else 0
        cue_s += step[LENGTH_S] if step[TECHNIQUE] == techniques.CUE else 0
    return [("roller", roller_s), ("side motors", sides_s), ("your turn", cue_s)]
