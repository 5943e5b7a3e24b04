"""The commands `kneectl program ...`, in files and against a fake device; and the client's methods beneath them."""

import json
from pathlib import Path
from typing import Any

import pytest

from fake_device import PROGRAMS, FakeDevice
from fake_programs import DAMAGED, DAMAGED_NOTE
from kneectl import program_file, program_schema, program_text
from kneectl.client import Client
from kneectl.errors import DeviceError
from kneectl.program_file import Program
from massager.core import programs, techniques, zones
from massager.link import checks, frame
from run_kneectl import kneectl

_HOLD = techniques.HOLD
_EVENING = Program(
    "evening",
    "Slow é strokes",
    (
        (techniques.STROKE, zones.THIGH, 700, 725, 63, 1, _HOLD),
        (techniques.KNEAD, zones.CALF, 700, 750, 30, 0, techniques.TAP),
    ),
)
# As long as a program can be, in steps and in characters.
_LONG = Program(
    "x" * checks.NAME_MOST,
    '"' * checks.TITLE_MOST_BYTES,
    (
        (techniques.WAVE, zones.CALF, 750, 750, 100, 3, techniques.WAVE),
        *[(techniques.WAVE, zones.CALF, 750, 750, 25, 3, techniques.WAVE)] * 31,
    ),
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "work"
    path.mkdir()
    monkeypatch.chdir(path)
    return path


def _write(program: Program = _EVENING, name: str = "evening.toml") -> str:
    Path(name).write_text(program_text.compose(program), encoding="utf-8")
    return name


def _keep(device: FakeDevice, program: Program = _EVENING) -> None:
    device.kept[program.name] = (program.title, [list(step) for step in program.steps])


def _json(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


# new


def test_a_new_program_is_in_order_at_once_and_never_replaces_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("program", "new", "evening") == 0
    assert "kneectl program check evening.toml" in capsys.readouterr().out
    text = Path("evening.toml").read_text(encoding="utf-8")
    assert "#:schema" not in text  # there is none that an editor would find
    for words in ("# ", *techniques.NAMES, "0.5 % a second", 'heat = "low"'):
        assert words in text
    assert kneectl("program", "check", "evening.toml") == 0
    Path("evening.toml").write_text("mine")
    assert kneectl("program", "new", "evening") == 2
    assert "--force" in capsys.readouterr().err
    assert Path("evening.toml").read_text() == "mine"
    assert kneectl("program", "new", "evening", "--force") == 0
    assert kneectl("program", "new", "other", "sub.toml") == 0
    assert program_file.read(Path("sub.toml")).name == "other"


@pytest.mark.parametrize("source", [row[0] for row in programs.BUILT_IN if not row[2] & programs.LOCKED])
def test_a_copy_of_a_built_in_program_has_its_steps(source: str) -> None:
    assert kneectl("program", "new", "mine", "--from", source) == 0
    copy = program_file.read(Path("mine.toml"))
    assert copy == Program("mine", f"After {source}", programs.steps(programs.number_of(source)))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["Evening"], "a-z, 0-9 and -"),
        (["self"], "built-in"),
        (["damaged-1"], "must not begin with damaged-"),
        (["a", "--from", "nap"], "There are self, shiatsu"),
        (["a", "--from", "post-op"], "cannot be copied"),
        (["a", "missing/a.toml"], "cannot be written"),
    ],
)
def test_what_cannot_be_made_is_said(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("program", "new", *arguments) == 2
    assert says in capsys.readouterr().err
    assert list(Path().iterdir()) == []


def test_a_copy_says_what_is_different_about_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("program", "new", "mine", "--from", "post-trauma") == 0
    assert "this copy's does not" in capsys.readouterr().out
    assert Path("mine.toml").read_text(encoding="utf-8").startswith("# The strength of post-trauma grows")


def test_the_schema_lies_beside_the_file_that_names_it() -> None:
    assert kneectl("program", "new", "evening", "--schema") == 0
    assert Path("program.schema.json").read_text(encoding="utf-8") == program_schema.text()
    for name in ("evening", "another"):
        if name == "another":
            assert kneectl("program", "new", name) == 0
        assert Path(name + ".toml").read_text(encoding="utf-8").startswith("#:schema ./program.schema.json\n")


def test_a_command_that_fails_leaves_the_schema_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    Path("evening.toml").write_text("mine")
    assert kneectl("program", "new", "evening", "--schema") == 2
    assert "evening.toml is there already" in capsys.readouterr().err
    assert not Path("program.schema.json").exists()


def test_another_schema_is_replaced_by_force_only(capsys: pytest.CaptureFixture[str]) -> None:
    schema = Path("program.schema.json")
    schema.write_text("mine")
    assert kneectl("program", "new", "evening", "--schema") == 0
    assert "program.schema.json is another schema than this kneectl's, and stays" in capsys.readouterr().out
    assert schema.read_text() == "mine"
    assert kneectl("program", "new", "evening", "--schema", "--force") == 0
    assert schema.read_text(encoding="utf-8") == program_schema.text()
    capsys.readouterr()
    assert kneectl("program", "new", "another", "--schema") == 0  # it is the same: nothing to say
    assert "program.schema.json" not in capsys.readouterr().out


# check


def test_check_names_every_error_of_every_file(capsys: pytest.CaptureFixture[str]) -> None:
    good = _write()
    bad = Path("bad.toml")
    bad.write_text("name = 'a'\n[[step]]\ntechnique = 'hold'\nzone = 'hollow'\nlength = 3\n")
    assert kneectl("program", "check", good, "bad.toml", "none.toml") == 2
    out, err = capsys.readouterr()
    assert out == "evening.toml is in order: evening, 1 min 33 s.\n"
    lines = err.splitlines()
    assert [line.split(": ")[0] for line in lines[:2]] == ["bad.toml:4", "bad.toml:5"]
    assert lines[2].startswith("none.toml cannot be read")
    assert len(lines) == 3
    assert kneectl("program", "check", good, "bad.toml", "none.toml", "--json") == 2
    found = _json(capsys)
    assert [(row["file"], row["ok"]) for row in found] == [(good, True), ("bad.toml", False), ("none.toml", False)]
    assert [(error["line"], error["step"], error["field"]) for error in found[1]["errors"]] == [
        (4, 1, "zone"),
        (5, 1, "length"),
    ]
    assert "cannot be read" in found[2]["errors"][0]["message"]


def test_check_asks_the_device_too(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["program", "check", _write(), "--device", "--port", device.port]
    assert kneectl(*arguments) == 0
    assert "The device would take it." in capsys.readouterr().out
    assert device.kept == {}
    device.refusals["program.check"] = (-32602, "Step 2: too new for me.")
    assert kneectl(*arguments) == 2
    assert capsys.readouterr().err == "evening.toml: the device refuses it: Step 2: too new for me.\n"
    assert kneectl(*arguments, "--json") == 2
    assert _json(capsys)[0]["errors"][0]["message"] == "Step 2: too new for me."


def test_check_asks_the_device_about_good_files_only(device: FakeDevice) -> None:
    Path("bad.toml").write_text("name = 'a'\n")
    assert kneectl("program", "check", "bad.toml", "--device", "--port", device.port) == 2
    assert device.executed == []


# show


def test_show_takes_a_file_a_built_in_program_and_one_on_the_device(
    device: FakeDevice, capsys: pytest.CaptureFixture[str]
) -> None:
    assert kneectl("program", "show", _write()) == 0
    from_file = capsys.readouterr().out
    assert "evening: Slow é strokes" in from_file
    assert "1 min 33 s in 2 steps." in from_file
    assert kneectl("program", "show", "post-op") == 0
    assert "by or under a specialist only" in capsys.readouterr().out
    _keep(device)
    for arguments in (["--device", "--port", device.port], ["--port", device.port]):
        assert kneectl("program", "show", "evening", *arguments) == 0
        assert capsys.readouterr().out == from_file


def test_show_as_json_has_words_and_percent(capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("program", "show", _write(), "--json") == 0
    found = _json(capsys)
    assert (found["name"], found["title"], found["length_s"]) == ("evening", "Slow é strokes", 93)
    step = {"technique": "stroke", "zone": "thigh", "from": 70, "to": 72.5, "length": 63, "heat": "low"}
    assert found["steps"][0] == {**step, "sides": "hold"}


def test_show_draws_a_picture(capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("program", "show", _write(), "--plot", "a.png") == 0
    assert Path("a.png").read_bytes().startswith(b"\x89PNG")
    capsys.readouterr()
    assert kneectl("program", "show", "evening.toml", "--plot", "a.what") == 2
    assert capsys.readouterr().out == ""


def test_show_says_what_it_does_not_find(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("program", "show", "nap") == 2
    assert "--device" in capsys.readouterr().err
    assert kneectl("program", "show", "nap.toml") == 2
    assert "cannot be read" in capsys.readouterr().err
    assert kneectl("program", "show", "nap", "--device", "--port", device.port) == 1
    assert "your own programs on the device: none" in capsys.readouterr().err
    Path("bad.toml").write_text("name = 'a'\n")
    assert kneectl("program", "show", "bad.toml") == 2
    assert "\nbad.toml:1: " in capsys.readouterr().err


# put, get, list, remove


def test_a_file_goes_to_the_device_and_comes_back(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    text = Path(_write()).read_text(encoding="utf-8")
    assert kneectl("program", "put", "evening.toml", "--port", device.port) == 0
    assert "`kneectl start evening` plays it" in capsys.readouterr().out
    assert device.kept["evening"] == (_EVENING.title, [list(step) for step in _EVENING.steps])
    assert kneectl("program", "get", "evening", "--port", device.port) == 0
    assert capsys.readouterr().out == text
    assert kneectl("program", "get", "evening", "back.toml", "--port", device.port) == 0
    assert Path("back.toml").read_text(encoding="utf-8") == text
    capsys.readouterr()
    assert kneectl("program", "get", "evening", "back.toml", "--port", device.port) == 2
    assert "--force" in capsys.readouterr().err
    assert kneectl("program", "get", "evening", "back.toml", "--force", "--port", device.port) == 0
    capsys.readouterr()
    assert kneectl("program", "get", "evening", "--json", "--port", device.port) == 0
    assert _json(capsys) == json.loads(json.dumps(_EVENING.as_json()))


def test_the_longest_program_goes_over_in_pages_that_fit(device: FakeDevice) -> None:
    assert kneectl("program", "put", _write(_LONG), "--port", device.port) == 0
    pages = [line for line in device.lines if line["method"] == "program.put"]
    assert [page["params"]["first"] for page in pages] == [0, 8, 16, 24]
    sizes = [len(json.dumps(page, separators=(",", ":"), ensure_ascii=False).encode()) for page in pages]
    assert max(sizes) <= frame.MAX_JSON
    with Client(device.port) as client:
        told: list[int] = []
        client.program_put(_LONG.name, _LONG.title, _LONG.steps, told.append)
        assert told == [8, 16, 24]
        found = client.program_get(_LONG.name)
    assert (found["title"], [tuple(step) for step in found["steps"]]) == (_LONG.title, list(_LONG.steps))


def test_a_title_goes_over_as_utf_8(device: FakeDevice) -> None:
    wide = Program("wide", "é" * (checks.TITLE_MOST_BYTES // 2), _LONG.steps)
    assert kneectl("program", "put", _write(wide), "--port", device.port) == 0
    assert device.kept["wide"][0] == wide.title


def test_another_program_of_the_name_is_replaced_only_if_one_says_so(
    device: FakeDevice, capsys: pytest.CaptureFixture[str]
) -> None:
    _keep(device)
    arguments = ["program", "put", _write(), "--port", device.port]
    assert kneectl(*arguments) == 0
    assert "already" in capsys.readouterr().out
    other = Program("evening", "Other", _EVENING.steps)
    _write(other)
    assert kneectl(*arguments) == 2
    assert "--replace" in capsys.readouterr().err
    assert device.kept["evening"][0] == _EVENING.title
    assert kneectl(*arguments, "--replace") == 0
    assert device.kept["evening"][0] == "Other"


def test_a_program_that_breaks_a_limit_is_replaced_without_asking(device: FakeDevice) -> None:
    _keep(device, Program("evening", "Old", _EVENING.steps))
    device.refusals["program.get"] = (-32010, "The program evening on the device breaks a limit and is not played.")
    assert kneectl("program", "put", _write(), "--port", device.port) == 0
    assert device.kept["evening"][0] == _EVENING.title


def test_a_damaged_program_is_removed_by_the_name_that_the_device_gives_it(
    device: FakeDevice, capsys: pytest.CaptureFixture[str]
) -> None:
    _keep(device)
    name = device.damage("evening")
    assert name == "damaged-1"
    assert kneectl("program", "get", name, "--port", device.port) == 1
    assert capsys.readouterr().err == f"kneectl: {DAMAGED.format(name)}\n"
    assert kneectl("program", "put", _write(), "--port", device.port) == 0  # there is room for both
    assert list(device.kept) == ["damaged-1", "evening"]
    assert kneectl("program", "remove", name, "--port", device.port) == 0
    assert list(device.kept) == ["evening"]


def test_a_damaged_program_makes_room_when_there_is_no_other(device: FakeDevice) -> None:
    for number in range(programs.USER_SLOTS):
        _keep(device, Program(f"a{number}", "", _EVENING.steps))
    name = device.damage("a3")
    assert kneectl("program", "put", _write(), "--port", device.port) == 0
    assert name not in device.kept
    assert len(device.kept) == programs.USER_SLOTS


def test_a_bad_file_does_not_reach_the_device(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    Path("bad.toml").write_text("name = 'a'\n[[step]]\ntechnique = 'tap'\nzone = 'calf'\nlength = 90\nfrom = 70\n")
    assert kneectl("program", "put", "bad.toml", "--port", device.port) == 2
    assert "bad.toml:3: step 1: technique must be stroke, hold or wave" in capsys.readouterr().err
    assert device.executed == []


def test_the_devices_refusals_are_passed_on(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(programs.USER_SLOTS):
        _keep(device, Program(f"a{number}", "", _EVENING.steps))
    assert kneectl("program", "put", _write(), "--port", device.port) == 1
    assert "Remove one first." in capsys.readouterr().err
    assert kneectl("program", "get", "nap", "--port", device.port) == 1
    assert "a0, a1" in capsys.readouterr().err
    assert kneectl("program", "remove", "nap", "--port", device.port) == 1
    assert kneectl("program", "get", "self", "--port", device.port) == 2
    assert "--from self" in capsys.readouterr().err
    with Client(device.port) as client:
        client.start("shiatsu")
        with pytest.raises(DeviceError, match="Stop it first"):
            client.program_put(_EVENING.name, _EVENING.title, _EVENING.steps)
        with pytest.raises(DeviceError, match="Stop it first"):
            client.program_remove("a0")


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": [[99, 0, 700, 700, 63, 1, 7]], "total": 1},
        {"steps": [], "total": 3},
        {"steps": [7], "total": 1},
        {"steps": [[1, 2]], "total": 1},
        {"name": 7, "steps": [[0, 0, 700, 700, 63, 1, 7]], "total": 1},
        {"title": None, "steps": [[0, 0, 700, 700, 63, 1, 7]], "total": 1},
        {"steps": None, "total": 1},
        {"total": 1},
        {"steps": [[0, 0, 700, 700, 63, 1, 7]], "total": "many"},
    ],
)
def test_a_program_that_this_kneectl_does_not_know_is_told(
    device: FakeDevice, capsys: pytest.CaptureFixture[str], wrong: dict[str, Any]
) -> None:
    device.results["program.get"] = {"name": "evening", "title": "", "first": 0, **wrong}
    assert kneectl("program", "get", "evening", "--port", device.port) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "kneectl" in err
    assert "Traceback" not in err


def test_programs_are_listed_with_their_notes(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    _keep(device)
    _keep(device, _LONG)
    device.damage(_LONG.name)
    for command in (["programs"], ["program", "list"]):
        assert kneectl(*command, "--port", device.port) == 0
        lines = [line.split() for line in capsys.readouterr().out.splitlines()]
        assert lines[0] == ["shiatsu", "12", "min", "6", "steps"]
        assert lines[3] == ["evening", "1", "min", "33", "s", "2", "steps", "your", "own"]
        assert " ".join(" ".join(line) for line in lines[4:]) == (f"damaged-2 0 s 0 steps your own. {DAMAGED_NOTE}")
        assert kneectl(*command, "--json", "--port", device.port) == 0
        found = _json(capsys)
        assert found[:3] == PROGRAMS
        assert found[3] == {"name": "evening", "user": True, "length_s": 93, "steps": 2}


def test_removing_says_which_favourites_are_left(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    _keep(device)
    _keep(device, _LONG)
    device.settings["favourites"] = ["evening", "short", "swedish", "short"]
    assert kneectl("program", "remove", _LONG.name, "--port", device.port) == 0
    assert capsys.readouterr().out == f"{_LONG.name} is no longer on the device.\n"
    assert kneectl("program", "remove", "evening", "--port", device.port) == 0
    assert "now offers shiatsu, short, swedish, short" in capsys.readouterr().out
    assert device.kept == {}


def test_a_note_on_what_was_put_is_told(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    note = "This device plays it without the side motors, which it has not."
    row = {"name": "evening", "user": True, "length_s": 93, "steps": 2, "note": note}
    _keep(device)
    device.results["programs"] = {"total": 1, "first": 0, "programs": [row]}
    _write(Program("evening", "Other", _EVENING.steps))
    assert kneectl("program", "put", "evening.toml", "--replace", "--port", device.port) == 0
    assert note in capsys.readouterr().out


def test_an_answer_that_is_no_answer_is_told(device: FakeDevice) -> None:
    with Client(device.port) as client:
        device.results["program.put"] = {}
        with pytest.raises(DeviceError, match="cannot be understood"):
            client.program_put(_EVENING.name, _EVENING.title, _EVENING.steps)
        device.results["program.check"] = {"have": 2}
        with pytest.raises(DeviceError, match="cannot be understood"):
            client.program_check(_EVENING.name, _EVENING.title, _EVENING.steps)
