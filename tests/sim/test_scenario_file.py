"""Scenario files: what may stand in one, and what is said of every mistake."""

import re
from pathlib import Path

import pytest

from kneesim import scenario
from kneesim.boards import check
from kneesim.play import play

WHOLE = """
title = "Everything that a file may say"
program = "self"
board = "esp32"
seed = 7
start_ms = 1000
start = "leased"
strength = 2
heat = "off"
length_s = 12
features = ["roller", "heat"]

[plant]
supply_v = 4.9
fold_times = 3.0
PAD_MW = 7000

[plant.heat]
contact_w_k = 1.0

[plant.skin_ntc]
r25 = 0.01

[[fault]]
at_s = 5
for_s = 0.5
place = "skin_ntc"
fault = "offset"
c = 2.0

[[do]]
at_s = 3
press = "strength"
for_ms = 200

[[do]]
at_s = 4
host = "set"
params = { strength = 1 }

[[do]]
at_s = 5
event = "contact_w_k 0.4"

[expect]
trip = ""
peak_skin_c_below = 42
cem43_below = 1
resets = 0
refused = false

[[expect.state]]
at_s = 11
is = "running"
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "one.toml"
    path.write_text(text)
    return path


def test_everything_is_read_and_played(tmp_path: Path) -> None:
    found = scenario.read(write(tmp_path, WHOLE))
    assert (found.program, found.board, found.start, found.features) == ("self", "esp32", "leased", ("roller", "heat"))
    assert found.plant == {
        "supply_v": 4.9, "fold_times": 3.0, "PAD_MW": 7000, "heat.contact_w_k": 1.0, "skin_ntc.r25": 0.01,
    }  # fmt: skip
    (fault,) = found.faults
    assert fault == scenario.TimedFault(5, 0.5, "skin_ntc", "offset", {"c": 2.0})
    assert [(act.press, act.host, act.event) for act in found.acts] == [
        ("strength", "", ""), ("", "set", ""), ("", "", "contact_w_k 0.4"),
    ]  # fmt: skip
    assert found.expect.trip == ()
    played = play(found)
    assert played.failures == []
    assert played.heater_off_ms is not None
    assert played.state == "running"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('title = "Everything that a file may say"', "", "title: is missing; write it"),
        ("length_s = 12", "", "length_s: is missing; write it"),
        ("length_s = 12", "length_s = 0", "length_s: must be a number from 0.1 to 100000, not 0"),
        ("seed = 7", "sede = 7", "sede: is not known here. Known: title, length_s, program"),
        ("seed = 7", "seed = 1.5", "seed: must be a whole number"),
        ("seed = 7", "seed = true", "seed: must be a number"),
        ('program = "self"', 'program = "none"', "program: must be self, shiatsu"),
        ('board = "esp32"', 'board = "uno"', f"board: must be {', '.join(check.names())}, not 'uno'"),
        ('start = "leased"', 'start = "now"', "start: must be confirmed, leased, buttons, nothing"),
        ('heat = "off"', 'heat = "hot"', "heat: must be off, low, medium, high"),
        ('features = ["roller", "heat"]', 'features = ["wings"]', "features: must be a list of some of roller"),
        ("supply_v = 4.9", "supply_v = 9", "plant.supply_v: must be a number from 0 to 6.5, not 9"),
        ("supply_v = 4.9", "volts = 4.9", "plant.volts: is not known. Known: PAD_MW"),
        ("r25 = 0.01", "r26 = 0.01", "plant.skin_ntc.r26: is not known"),
        ("r25 = 0.01", "r25 = 0.5", "plant.skin_ntc.r25: must be a number from -0.01 to 0.01"),
        ('place = "skin_ntc"', 'place = "skin"', "fault[1].fault: there is no skin. Faults are put on: skin_ntc"),
        ('fault = "offset"', 'fault = "welded"', "fault[1].fault: skin_ntc cannot be welded"),
        ("c = 2.0", "c = 99", "fault[1].fault: c must be -50 to 50 °C, not 99"),
        ("c = 2.0", "ohm = 99", "fault[1].fault: offset has no ohm; it takes c"),
        ("at_s = 5\nfor_s", "for_s", "fault[1].at_s: is missing"),
        ("at_s = 5\nfor_s", "at_s = 99\nfor_s", "fault[1].at_s: must be a number from -1 to 12, not 99"),
        ('press = "strength"', 'press = "start"', "do[1].press: must be stop, mode, strength, heat"),
        ('press = "strength"', "", "do[1].press: each [[do]] is one of"),
        ('event = "contact_w_k 0.4"', 'event = "skin 3"', "do[3].event: cannot do 'skin 3'"),
        ("params = { strength = 1 }", "params = 3", "do[2].params: must be a table"),
        ('trip = ""', "trip = 3", "expect.trip: must be a fault's name"),
        ("resets = 0", "within_ms = 5", "expect.within_ms: needs a trip"),
        ("refused = false", 'refused = "no"', "expect.refused: must be true or false"),
        ('is = "running"', 'is = "asleep"', "state[1].is: must be idle, running, paused, fault"),
        ("[expect]", "[expect", "is no TOML"),
        ("[[fault]]", "[fault]", "fault: must be rows, each under [[fault]]"),
    ],
)
def test_every_mistake_names_file_key_and_what_to_do(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in WHOLE
    path = write(tmp_path, WHOLE.replace(old, new, 1))
    with pytest.raises(scenario.ScenarioError, match=re.escape(words)) as error:
        scenario.read(path)
    assert str(error.value).startswith(str(path))


def test_a_file_that_is_not_there_and_one_that_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(scenario.ScenarioError, match="cannot be read"):
        scenario.read(tmp_path / "none.toml")
    path = tmp_path / "bytes.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(scenario.ScenarioError, match="cannot be read"):
        scenario.read(path)


def test_what_only_shows_when_played(tmp_path: Path) -> None:
    text = 'title = "x"\nlength_s = 2\nboard = "esp32"\n[[fault]]\nat_s = 1\nplace = "rtc"\nfault = "stopped"\n'
    with pytest.raises(scenario.ScenarioError, match="esp32 has no battery clock"):
        play(scenario.read(write(tmp_path, text)))
    text = 'title = "x"\nlength_s = 2\n[[fault]]\nat_s = 1\nplace = "memory"\nfault = "flip"\nvariable = "nothing"\n'
    with pytest.raises(scenario.ScenarioError, match="nothing is no number of the controller's"):
        play(scenario.read(write(tmp_path, text)))


def test_an_expectation_that_does_not_hold_is_said(tmp_path: Path) -> None:
    text = """
title = "x"
length_s = 12
[[fault]]
at_s = 5
place = "skin_ntc"
fault = "open"
[expect]
trip = "pad_open"
off_within_ms = 1
peak_skin_c_below = 30
cem43_below = 0
resets = 2
refused = true
why = "because"
[[expect.state]]
at_s = 10
is = "running"
"""
    words = play(scenario.read(write(tmp_path, text))).failures
    assert [line.split(":")[0] for line in words] == [
        "trip", "off_within_ms", "peak_skin_c_below", "cem43_below", "resets", "refused", "why", "state",
    ]  # fmt: skip


def test_the_same_scenario_comes_out_the_same(tmp_path: Path) -> None:
    found = scenario.read(write(tmp_path, WHOLE))
    assert play(found) == play(found)


def test_a_session_by_buttons_and_none_at_all(tmp_path: Path) -> None:
    text = 'title = "x"\nprogram = "vibration"\nlength_s = 6\nstart = "buttons"\nheat = "high"\n'
    played = play(scenario.read(write(tmp_path, text)))
    assert (played.state, played.refusals) == ("running", [])
    assert play(scenario.read(write(tmp_path, text.replace("buttons", "nothing")))).state == "idle"
