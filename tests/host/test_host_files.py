"""Recordings, pictures, the view's text, and numbers in words."""

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from kneectl import display, plot, record, view, words
from kneectl.errors import UsageError
from kneectl.telemetry import FIELDS, Telemetry, elapsed_ms, from_params, kind_of, ms_between

_RING_MS = 1 << 29
_EXAMPLE = """t_ms=1000 state=running program=shiatsu step=3 steps=7 technique=press zone=hollow left_s=312
    strength=3 heat=medium set_mc=39000 skin_mc=37412 pad_mc=40050 duty_pm=340 roller_pm=-450 inner_pm=0
    outer_pm=1000 roller_ma=120 dropped=0 late_ms=2"""
_PAIRS = [pair.split("=") for pair in _EXAMPLE.split()]
_FRAME = from_params({name: text if kind_of(name) is str else int(text) for name, text in _PAIRS} | {"limited": True})
_EMPTY = Telemetry(t_ms=0, state="idle")
_VALUES = {
    int: st.integers(-(2**31), 2**31),
    str: st.sampled_from(["idle", "a,b", 'x"y', "ü"]),
    bool: st.booleans(),
}


def _frames() -> st.SearchStrategy[Telemetry]:
    needed = {"t_ms": st.integers(0, _RING_MS - 1), "state": _VALUES[str]}
    others = {name: st.none() | _VALUES[kind_of(name)] for name in FIELDS if name not in needed}
    return st.fixed_dictionaries({**needed, **others}).map(from_params)


@settings(deadline=None)
@given(st.lists(_frames(), max_size=5))
def test_a_recording_reads_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, frames: list[Telemetry]) -> None:
    path = tmp_path_factory.mktemp("record") / "session.csv"
    with record.Recorder(path) as recorder:
        for frame in frames:
            recorder.write(frame)
    assert record.read(path) == frames


def test_a_recording_is_plain_csv_with_the_documented_columns(tmp_path: Path) -> None:
    path = tmp_path / "session.csv"
    with record.Recorder(path) as recorder:
        recorder.write(_EMPTY)
    assert path.read_bytes() == ",".join(FIELDS).encode() + b"\n0,idle" + b"," * (len(FIELDS) - 2) + b"\n"


def test_the_columns_are_those_of_the_documentation() -> None:
    link = (Path(__file__).parents[2] / "docs" / "link.md").read_text(encoding="utf-8")
    section = link.split("### telemetry")[1].split("## Errors")[0]
    assert [name for name in FIELDS if f"`{name}`" not in section] == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a,b\n", "not recorded by this kneectl"),
        ("", "not recorded by this kneectl"),
        (",".join(FIELDS) + "\n1,idle\n", "line 2"),
        (",".join(FIELDS) + "\nsoon,idle" + "," * (len(FIELDS) - 2) + "\n", "line 2"),
    ],
)
def test_a_file_that_is_no_recording_is_refused(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "session.csv"
    path.write_text(text)
    with pytest.raises(UsageError, match=says) as caught:
        record.read(path)
    assert caught.value.exit_code == 2


def test_files_that_cannot_be_opened_are_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        record.read(tmp_path / "missing.csv")
    with pytest.raises(UsageError, match="cannot be written"):
        record.Recorder(tmp_path / "missing" / "session.csv")
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\xff\n")
    with pytest.raises(UsageError, match="not a text file"):
        record.read(tmp_path / "picture.csv")


def _session() -> list[Telemetry]:
    frames = [replace(_FRAME, t_ms=i * 500, step=1 + i // 40, skin_mc=33000 + i * 20) for i in range(160)]
    frames[50:60] = [replace(frame, state="paused", set_mc=None) for frame in frames[50:60]]
    return [*frames, replace(_EMPTY, t_ms=80_000)]


def test_a_picture_is_a_png_of_the_promised_size(tmp_path: Path) -> None:
    path = tmp_path / "session.png"
    plot.draw(_session(), path)
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")) == (1200, 900)


@pytest.mark.parametrize("frames", [[_EMPTY], [_FRAME], [replace(_FRAME, fault="skin_hot", state="fault"), _EMPTY]])
def test_little_can_be_drawn_too(tmp_path: Path, frames: list[Telemetry]) -> None:
    plot.draw(frames, tmp_path / "session.png")
    assert (tmp_path / "session.png").stat().st_size > 0


def test_nothing_cannot_be_drawn_nor_can_an_unknown_format(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="empty"):
        plot.draw([], tmp_path / "session.png")
    with pytest.raises(UsageError, match="cannot be written"):
        plot.draw([_FRAME], tmp_path / "session.what")


def test_device_time_goes_on_across_the_wrap() -> None:
    frames = [replace(_EMPTY, t_ms=t_ms) for t_ms in (_RING_MS - 300, 200, 700)]
    assert elapsed_ms(frames) == [0, 500, 1000]
    assert ms_between(frames[0], frames[2]) == 1000


@settings(deadline=None)
@given(_frames(), st.integers(0, 10_000), st.integers(40, 80))
def test_any_frame_fits_its_terminal(frame: Telemetry, length_s: int, width: int) -> None:
    console = Console(file=StringIO(), width=width, force_terminal=False)
    console.print(view.panel(frame, length_s, "", "hints", width))
    assert isinstance(console.file, StringIO)
    assert {len(line) for line in console.file.getvalue().splitlines()} == {width}


def test_the_view_says_what_matters() -> None:
    console = Console(file=StringIO(), width=80)
    console.print(view.panel(_FRAME, 720, "Not now.", "space pause"))
    assert isinstance(console.file, StringIO)
    text = console.file.getvalue()
    parts = [
        "shiatsu",
        "step 3 of 7: press, hollow",
        "5:12 left",
        "37.4 °C",
        "40.0 °C",
        "39.0 °C",
        "heater 34 %",
    ]
    parts += ["120 mA", "tighter strap", "Not now.", "space pause"]
    for part in parts:
        assert part in text


def test_plain_lines_come_every_ten_seconds_of_device_time_or_with_news() -> None:
    out = StringIO()
    plain = display.PlainView(out)
    for i in range(100):
        plain.show(replace(_FRAME, t_ms=(_RING_MS - 5000 + i * 500) % _RING_MS, step=1 if i < 50 else 2))
    assert len(out.getvalue().splitlines()) == 6  # at 0, 10 and 20 s, the new step at 25 s, 35 and 45 s


@pytest.mark.parametrize(("length_s", "text"), [(0, "0 s"), (59, "59 s"), (60, "1 min"), (725, "12 min 5 s")])
def test_durations_in_words(length_s: int, text: str) -> None:
    assert words.duration(length_s) == text


def test_numbers_in_words() -> None:
    assert (words.degrees(None), words.degrees(37449), words.percent(-455)) == (
        "no reading",
        "37.4 °C",
        "46 %",
    )
    assert (words.clock(65), words.clock(None)) == ("1:05", "-:--")


def test_a_full_disk_is_an_error_in_words(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    with pytest.raises(UsageError, match="/dev/full cannot be written"):
        record.Recorder(Path("/dev/full"))


def test_a_recording_that_a_spreadsheet_saved_reads_too(tmp_path: Path) -> None:
    path = tmp_path / "saved.csv"
    with record.Recorder(path) as recorder:
        recorder.write(_FRAME)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes() + b"\n\n")
    assert record.read(path) == [_FRAME]


def test_a_number_no_device_sends_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "damaged.csv"
    with record.Recorder(path) as recorder:
        recorder.write(_FRAME)
    path.write_text(path.read_text().replace(str(_FRAME.t_ms), "9" * 400, 1))
    with pytest.raises(UsageError, match="line 2"):
        record.read(path)
