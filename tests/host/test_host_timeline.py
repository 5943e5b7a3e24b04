"""What a program does over time is what the device's controller does; and its pictures and its table."""

import runpy
import warnings
from array import array
from functools import cache
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from kneectl import program_plot, program_view, timeline
from kneectl.errors import UsageError
from massager.core import limits, programs, techniques, zones
from massager.core.limits import STRENGTH_PM

_ROOT = Path(__file__).parents[2]
_CALM = (techniques.HOLD, zones.THIGH, 0, 0, 60, 0, techniques.HOLD)  # the gentle first minute, in which nothing moves
_SOFT_MS = 300  # until a soft start has caught up with a technique that does not begin at zero
_STROKE = (techniques.STROKE, zones.THIGH, 1000, 1000, 70, 3, techniques.HOLD)


def _named(name: str) -> tuple[tuple[int, ...], ...]:
    return programs.steps(programs.number_of(name))


@cache
def _play(program: str, **options: object) -> timeline.Timeline:
    return timeline.play(_named(program), name=program, **options)  # type: ignore[arg-type]


@cache
def _play_briefly(program: str, **options: object) -> timeline.Timeline:
    """Play no more than half a minute of each step."""
    steps = [(*step[:4], min(step[4], 30), *step[5:]) for step in _named(program)]
    return timeline.play(steps, name=program, **options)  # type: ignore[arg-type]


def _rises(levels_pm: "array[int]") -> int:
    return max(abs(b) - abs(a) for a, b in pairwise(levels_pm))


@pytest.mark.parametrize("technique", [t for t in range(len(techniques.NAMES)) if t not in techniques.STILL])
def test_each_motor_follows_the_technique(technique: int) -> None:
    step = (technique, zones.THIGH, 800, 1000, 30, 0, technique)
    played = timeline.play([_CALM, step], strength=3, every_ms=20)
    for i in range(3000, len(played.roller_pm)):
        t_ms = (i - 3000) * 20 + 20  # a sample is what goes out at the end of its tick
        peak_pm = techniques.amplitude_pm(step, t_ms) * STRENGTH_PM[3] // 1000
        if _SOFT_MS <= t_ms < 30_000:
            assert played.roller_pm[i] == techniques.roller_pm(technique, peak_pm, t_ms)
            assert played.inner_pm[i] == techniques.inner_pm(technique, peak_pm, t_ms)
            assert played.outer_pm[i] == techniques.outer_pm(technique, peak_pm, t_ms)


def test_steps_begin_when_the_ones_before_them_are_over() -> None:
    played = _play("swedish")
    assert (played.name, played.strength, played.heat) == ("swedish", 3, 3)
    assert played.begins_s == (0, 84, 126, 246, 366, 446, 566, 646)
    assert played.ends_s() == (*played.begins_s[1:], 702)
    assert len(played.roller_pm) == len(played.inner_pm) == len(played.outer_pm) == len(played.set_mc) == 7020
    assert played.times_s()[:2] == [0.0, 0.1]
    for i, step in enumerate(played.steps):
        part = slice(played.begins_s[i] * 10 + 10, played.ends_s()[i] * 10 - 10)
        is_roller = step[0] != techniques.CUE and step[1] != zones.SIDES
        assert any(played.roller_pm[part]) == is_roller
        assert any(played.inner_pm[part]) == any(played.outer_pm[part]) == (step[1] == zones.SIDES)


@pytest.mark.parametrize("name", ["warm", "honey", "joinmax", "eastern"])
def test_soft_starts_gentle_minute_and_caps_are_the_real_ones(name: str) -> None:
    played = _play_briefly(name, strength=5)
    minute = limits.GENTLE_MS // played.every_ms
    for levels_pm, most_pm in ((played.roller_pm, 1000), (played.inner_pm, 800), (played.outer_pm, 800)):
        assert max(map(abs, levels_pm[: minute - 1])) <= limits.GENTLE_PM
        assert max(map(abs, levels_pm)) <= most_pm
        assert _rises(levels_pm) <= limits.SLEW_PM_PER_MS * played.every_ms
    assert len(played.set_mc) == played.length_s * 10


def test_a_minute_later_it_is_as_strong_as_the_program_says() -> None:
    played = timeline.play([_STROKE, _STROKE], strength=5)
    assert max(played.roller_pm[:599]) == limits.GENTLE_PM
    assert max(played.roller_pm) == 1000


def test_caps_are_those_of_the_boards_or_as_told() -> None:
    for board in ("pico", "esp32"):
        facts = runpy.run_path(str(_ROOT / "boards" / board / "board.py"))
        assert (facts["ROLLER_CAP_PM"], facts["INNER_CAP_PM"], facts["OUTER_CAP_PM"]) == timeline.CAPS_PM
        assert tuple(facts["ZONE_ACTUATORS"]) == timeline.BOARD_ZONES
    step = (techniques.VIBRATE, zones.SIDES, 1000, 1000, 30, 0, techniques.HOLD)
    played = timeline.play([_CALM, step], strength=5, caps_pm=(1000, 300, 200))
    assert (max(played.inner_pm), max(played.outer_pm)) == (300, 200)


def test_the_strap_turns_the_roller_and_the_knee_swaps_the_sides() -> None:
    plain, left = _play_briefly("eastern"), _play_briefly("eastern", is_left=True)
    down = _play_briefly("eastern", is_strap_down=True)
    both = _play_briefly("eastern", is_left=True, is_strap_down=True)
    assert plain.inner_pm != plain.outer_pm
    assert (left.inner_pm, left.outer_pm) == (down.inner_pm, down.outer_pm) == (plain.outer_pm, plain.inner_pm)
    assert (both.inner_pm, both.outer_pm) == (plain.inner_pm, plain.outer_pm)
    assert left.roller_pm == plain.roller_pm
    assert list(down.roller_pm) == [-level_pm for level_pm in plain.roller_pm]
    assert (plain.towards_heart, left.towards_heart, down.towards_heart) == (1, 1, -1)


def test_what_is_not_fitted_does_nothing() -> None:
    played = _play_briefly("joinmax", features=("roller",))
    assert any(played.roller_pm)
    assert not any(played.inner_pm) and not any(played.outer_pm) and not any(played.set_mc)
    assert not any(_play_briefly("joinmax", features=("sides", "heat")).roller_pm)


def test_heat_is_what_the_step_and_the_person_both_let_be() -> None:
    steps = [(*_CALM[:5], heat, techniques.HOLD) for heat in range(4)]
    for chosen in range(4):
        played = timeline.play(steps, heat=chosen)
        wanted = [limits.SKIN_SET_MC[min(chosen, heat)] for heat in range(4)]
        assert [played.set_mc[i * 600] for i in range(4)] == [played.set_mc[i * 600 + 599] for i in range(4)] == wanted


@pytest.mark.parametrize(
    ("steps", "options"),
    [
        ([], {}),
        ([(*_CALM[:4], 1201, 0, 7)], {}),
        ([_CALM], {"strength": 0}),
        ([_CALM], {"strength": 6}),
        ([_CALM], {"heat": 4}),
        ([_CALM], {"every_ms": 30}),
        ([_CALM], {"every_ms": 0}),
    ],
)
def test_what_cannot_be_played_is_refused(steps: list[tuple[int, ...]], options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must"):
        timeline.play(steps, **options)  # type: ignore[arg-type]


def _size(path: Path) -> tuple[int, int]:
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")


@pytest.mark.parametrize("name", ["classic", "warm", "post-op"])
def test_a_program_has_a_picture(tmp_path: Path, name: str) -> None:
    program_plot.draw(_play(name), tmp_path / "program.png", "A title")
    assert _size(tmp_path / "program.png") == (1200, 900)
    with pytest.raises(UsageError, match="cannot be written"):
        program_plot.draw(_play(name), tmp_path / "program.what")


@pytest.mark.parametrize("title", ["$x^", "日本", "x" * 60])
def test_a_title_may_be_anything(tmp_path: Path, title: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        program_plot.draw(timeline.play([_STROKE]), tmp_path / "program.png", title)
    assert _size(tmp_path / "program.png") == (1200, 900)


def test_a_picture_says_which_way_is_towards_the_heart_and_whose_turn_it_is(tmp_path: Path) -> None:
    for is_strap_down in (False, True):
        path = tmp_path / "swedish.svg"
        program_plot.draw(_play("swedish", is_strap_down=is_strap_down), path)
        words = path.read_text(encoding="utf-8")
        for part in ("swedish", "towards", "the heart", "your turn:", "straighten", "circle", "calf", "11 min 42 s"):
            assert f"<!-- {part}" in words or part in words, part


@pytest.mark.parametrize("technique", range(len(techniques.NAMES)))
def test_each_technique_has_a_picture(tmp_path: Path, technique: int) -> None:
    program_plot.draw_technique(technique, tmp_path / "technique.png")
    assert _size(tmp_path / "technique.png") == (800, 400)


# The table in the terminal.


def _shown(name: str, width: int = 80) -> list[str]:
    out = StringIO()
    Console(file=out, width=width).print(program_view.program(name, "A title", _named(name), ["A note."], width))
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_the_table_has_a_row_a_step_and_totals() -> None:
    lines = _shown("swedish")
    assert lines[0] == "swedish: A title"
    assert lines[5] == "3 rub       thigh 70 to 85   2:00 high       ·····▄▅▅▆▆···················"
    assert [line.split()[:2] for line in lines[3:11]] == [
        [str(i + 1), techniques.NAMES[step[0]]] for i, step in enumerate(_named("swedish"))
    ]
    assert lines[12:] == [
        "11 min 42 s in 8 steps.",
        "Roller 6 min 20 s, side motors 2 min 42 s, your turn 2 min 40 s.",
        "Strength 70 to 85 % of what the person chooses.",
        "Heat up to high, 41 °C on the skin, as far as the person chooses it.",
        "A note.",
    ]


@pytest.mark.parametrize("name", [row[0] for row in programs.BUILT_IN])
def test_the_table_fits_its_terminal(name: str) -> None:
    for width in (60, 80, 200):
        assert max(map(len, _shown(name, width))) <= min(width, 120)


_STEPS = st.tuples(
    st.integers(0, len(techniques.NAMES) - 1),
    st.integers(0, 2),
    st.integers(0, 1000),
    st.integers(0, 1000),
    st.integers(5, 1200),
    st.integers(0, 3),
    st.just(techniques.HOLD),
)


@given(st.lists(_STEPS, min_size=1, max_size=32), st.integers(1, 40))
def test_each_bar_fills_its_row_and_stands_after_the_one_before_it(steps: list[tuple[int, ...]], width: int) -> None:
    whole_s = sum(step[4] for step in steps)
    begin_s = 0
    firsts = []
    for step in steps:
        cells = program_view.bar(step, begin_s, whole_s, width).plain
        assert len(cells) == width
        filled = cells.strip("·")
        assert filled
        assert "·" not in filled
        firsts.append(cells.index(filled[0]))
        begin_s += step[4]
    assert firsts == sorted(firsts)
    assert firsts[0] == 0
