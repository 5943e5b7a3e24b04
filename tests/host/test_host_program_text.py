"""Program files that are written: what is written reads back, and replaces nothing that it must not."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_device import FakeDevice
from kneectl import program_file, program_text
from kneectl.client import Client
from kneectl.errors import UsageError
from kneectl.program_file import Program
from massager.core import limits, programs, techniques
from massager.link import checks


@st.composite
def _programs(draw: st.DrawFn) -> Program:
    """Any program that the validator passes."""
    steps: list[tuple[int, ...]] = []
    strongest, begin_s = -1, 0
    for _ in range(draw(st.integers(1, checks.STEPS_MOST))):
        is_slow = begin_s < checks.SLOW_FIRST_S
        technique = draw(st.sampled_from(techniques.SLOW if is_slow else range(len(techniques.NAMES))))
        zone = draw(st.sampled_from(checks.ZONES))
        sides = techniques.HOLD
        if zone in checks.LAYERED_ZONES and technique != techniques.CUE:
            sides = draw(st.sampled_from(checks.SLOW_LAYERS if is_slow else checks.LAYERS))
        length_s = draw(st.integers(60 if not steps else checks.LENGTH_LEAST_S, 60 if steps else 200))
        most = checks.BEGIN_MOST_PM if strongest < 0 else min(checks.STRENGTH_MOST_PM, strongest + checks.JUMP_MOST_PM)
        from_pm = draw(st.integers(0, most))
        to_pm = draw(st.integers(0, min(checks.STRENGTH_MOST_PM, from_pm + checks.GROWTH_PM_PER_S * length_s)))
        steps.append((technique, zone, from_pm, to_pm, length_s, draw(st.integers(0, limits.HEAT_HIGH)), sides))
        if checks.is_moving(steps[-1]):
            strongest = max(strongest, to_pm)
        begin_s += length_s
    # The end is easy, and all of it short enough.
    while sum(step[4] for step in steps) > checks.TOTAL_MOST_S:
        steps.pop()
    for i in reversed(range(len(steps))):
        if checks.is_moving(steps[i]):
            step = steps[i]
            easy = min(step[3], checks.END_MOST_PM)
            steps[i] = (*step[:3], easy, *step[4:])
            break
    name = draw(st.from_regex(rf"[a-z][a-z0-9-]{{0,{checks.NAME_MOST - 1}}}", fullmatch=True))
    title = draw(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=checks.TITLE_MOST_BYTES))
    while len(title.encode()) > checks.TITLE_MOST_BYTES:
        title = title[:-1]
    return Program(name if programs.number_of(name) < 0 else "evening", title, tuple(steps))


@settings(deadline=None, max_examples=200)
@given(_programs(), st.booleans())
def test_what_is_written_reads_back_as_it_was(program: Program, has_schema: bool) -> None:
    assert program_file.check(program) == []
    text = program_text.compose(program, has_schema=has_schema, notes=["A note."] if has_schema else [])
    assert text.startswith("#:schema ./program.schema.json\n# A note.\n") or not has_schema
    assert program_file.parse(text, "evening.toml") == program


def test_a_program_goes_to_the_device_and_comes_back_as_the_same_file() -> None:
    with FakeDevice(speed=None) as device, Client(device.port) as client:

        @settings(deadline=None, max_examples=60)
        @given(_programs())
        def there_and_back(program: Program) -> None:
            device.kept.clear()
            assert client.program_put(program.name, program.title, program.steps) == {"kept": program.name}
            got = client.program_get(program.name)
            back = Program(got["name"], got["title"], tuple(tuple(step) for step in got["steps"]))
            assert back == program
            assert program_text.compose(back) == program_text.compose(program)

        there_and_back()


def test_a_file_is_replaced_by_force_only_and_whole_or_not_at_all(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    (folder / "folder").mkdir(parents=True)
    path = folder / "evening.toml"
    program_text.save(path, "one\n", is_forced=False)
    with pytest.raises(UsageError, match="--force"):
        program_text.save(path, "two\n", is_forced=False)
    assert path.read_bytes() == b"one\n"
    program_text.save(path, "two\n", is_forced=True)
    assert path.read_bytes() == b"two\n"
    with pytest.raises(UsageError, match="cannot be written"):
        program_text.save(folder / "folder", "three\n", is_forced=True)
    assert sorted(folder.iterdir()) == [path, folder / "folder"]  # and nothing else


def test_no_other_file_of_the_folder_is_touched(tmp_path: Path) -> None:
    theirs = tmp_path / "evening.toml.part"
    theirs.write_text("mine")
    program_text.save(tmp_path / "evening.toml", "one\n", is_forced=False)
    assert theirs.read_text() == "mine"
