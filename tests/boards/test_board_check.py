"""`kneectl board check`: a board file with one thing unsafe is refused by the rule against that, and by no other."""

import json
import re
import sys
from pathlib import Path

import pytest

from board_texts import changed, divider, table, text_of
from kneectl import cli
from kneesim.boards import check, reading, shape
from kneesim.inprocess import Device
from kneesim.launch import Simulator

TEXTS = {name: text_of(name) for name in ("pico", "esp32")}
PICO = TEXTS["pico"]

_ALL_BUT_HEATER = (
    "(PIN_INFRARED, PIN_ALIVE, PIN_ROLLER_IN1, PIN_ROLLER_IN2, PIN_INNER, PIN_OUTER, PIN_STRIP, PIN_BUZZER)"
)

# (rule, board, what is changed, a word of the sentence)
UNSAFE = [
    ("file", "pico", {"PAD_MW": "open('/etc/passwd')"}, "Only whole numbers"),
    ("file", "pico", {"PAD_MW": "8000.0"}, "Only whole numbers"),
    ("file", "pico", {"PAD_MW": "PAD_WATTS"}, "PAD_WATTS is not known here"),
    ("file", "pico", {"PAD_MW": "8000\nPAD_MW = 4500"}, "PAD_MW is said twice, first in line"),
    ("name", "pico", {"PAD_MW": ""}, "PAD_MW is missing"),
    ("name", "pico", {"RTC_I2C": "0\nPIN_HAETER = 7"}, "Is it PIN_HEATER?"),
    ("type", "pico", {"PIN_STOP": '"GP10"'}, "PIN_STOP has to be a whole number"),
    ("type", "pico", {"PIN_STOP": "True"}, "PIN_STOP has to be a whole number"),
    ("type", "pico", {"PAD_MM2": "0"}, "above 0"),
    ("type", "pico", {"FEATURES": '("heat")'}, "a comma behind a single one"),
    ("type", "pico", {"ZONE_ACTUATORS": "(1, 6, 1, 0)"}, "5 numbers, not 4"),
    ("type", "pico", {"ADC_READS_UV": "0"}, "True or False"),
    ("type", "pico", {"NAME": '""'}, "a word"),
    ("type", "esp32", {"OUTPUT_PINS": "(18, 16, '19')"}, "a tuple of whole numbers"),
    ("chip", "pico", {"CHIP": '"rp2400"'}, "Known: rp2040"),
    ("chip", "pico", {"ADC_READS_UV": "True"}, "False for an rp2040"),
    ("chip", "esp32", {"ADC_READS_UV": "False"}, "True for an esp32"),
    ("chip", "pico", {"SCRATCH_AT": "0x400D800C"}, "0x4005800c on an rp2040"),
    ("chip", "esp32", {"SCRATCH_AT": "0x4005800C"}, "0x0 on an esp32"),
    ("features", "pico", {"FEATURES": '("heat", "rocket")'}, "'rocket'"),
    ("features", "pico", {"FEATURES": '("heat", "heat")'}, "twice"),
    ("pin", "pico", {"PIN_MODE": "30"}, "pins 0 to 29"),
    ("pin", "pico", {"PIN_RAIL_GOOD": "-1"}, "and no -1"),
    ("pin", "pico", {"PIN_HEATER": "25"}, "is the Pico's LED"),
    ("pin", "pico", {"PIN_RTC_SDA": "-1"}, "and no -1"),
    ("pin", "esp32", {"PIN_HEATER": "0"}, "as a strap"),
    ("pin", "esp32", {"PIN_HEATER": "14"}, "toggles"),
    ("pin", "esp32", {"PIN_MODE": "9"}, "is the flash"),
    ("pin", "esp32", {"PIN_MODE": "1"}, "is the console"),
    ("analog", "pico", {"PIN_SKIN_NTC": "22"}, "26, 27, 28"),
    ("analog", "esp32", {"PIN_ROLLER_CURRENT": "17", "PIN_HEATER_SENSE": "36"}, "no ADC that always works"),
    ("input-only", "esp32", {"PIN_OUTER": "38"}, "nothing to drive an output with"),
    ("input-only", "esp32", {"PIN_STOP": "37"}, "no pull-up"),
    ("low-at-start", "esp32", {"PIN_HEATER": "2", "PIN_INFRARED_SENSE": "18"}, "has to be low when the chip starts"),
    ("twice", "pico", {"PIN_MODE": "10"}, "pin 10 is"),
    ("twice", "esp32", {"PIN_INFRARED_SENSE": "17"}, "is PIN_HEATER_SENSE already"),
    ("outputs", "pico", {"OUTPUT_PINS": _ALL_BUT_HEATER}, "lacks PIN_HEATER"),
    ("outputs", "pico", {"OUTPUT_PINS": f"{_ALL_BUT_HEATER[:-1]}, PIN_HEATER, PIN_STOP)"}, "holds 10"),
    ("outputs", "pico", {"OUTPUT_PINS": f"{_ALL_BUT_HEATER[:-1]}, PIN_HEATER, PIN_HEATER)"}, "twice"),
    ("pwm", "pico", {"PIN_BUZZER": "18"}, "shares PWM slice 1 with PIN_ROLLER_IN1"),
    ("pwm", "pico", {"PIN_INNER": "18"}, "same channel of PWM slice 1"),
    ("pwm", "pico", {"MOTOR_PWM_HZ": "200"}, "SAF-32"),
    ("pwm", "esp32", {"MOTOR_PWM_HZ": "1000000"}, "nothing was reckoned"),
    ("i2c", "pico", {"PIN_RTC_SDA": "18", "PIN_RTC_SCL": "19"}, "cannot be bus 0"),
    ("i2c", "pico", {"RTC_I2C": "2"}, "cannot be bus 2"),
    ("read-back", "pico", {"PIN_HEATER_SENSE": "-1"}, "pad's switch is not read back"),
    ("read-back", "pico", {"PIN_HEATER_SENSE": ""}, "pad's switch is not read back"),
    ("read-back", "esp32", {"PIN_INFRARED_SENSE": "-1"}, "lamp's switch is not read back"),
    ("SAF-19", "pico", {"PAD_MW": "8001"}, "8001 mW need 160 cm2"),
    ("covered", "pico", {"PAD_MW": "4000"}, "4445 to 9090"),
    ("covered", "pico", {"PAD_MW": "7000", "PAD_MM2": "14000"}, "16000 to 32000"),
    ("covered", "pico", {"PAD_MW": "9091", "PAD_MM2": "18182"}, "4445 to 9090"),
    ("covered", "pico", {"PAD_MJ_K": "70000"}, "28572 to 61538"),
    ("covered", "pico", {"ROLLER_STALL_MA": "700"}, "778 to 1272"),
    ("SAF-36", "pico", {"ROLLER_LEVER_MM": "12"}, "68 N, more than the 65"),
    ("SAF-32", "pico", {"ROLLER_STALL_MA": "1030"}, "over-current"),
    ("SAF-32", "pico", {"ROLLER_CURRENT_FULL_MA": "1200"}, "could not be measured"),
    ("small", "pico", {"ROLLER_CURRENT_FULL_MA": "16385"}, "16383 mA is the most"),
    ("SAF-33", "pico", {"INNER_CAP_PM": "1001"}, "1 to 1000"),
    ("SAF-33", "pico", {"ROLLER_CAP_PM": "0"}, "1 to 1000"),
    ("SAF-33", "pico", {"ZONE_ACTUATORS": "(1, 6, 1, 0, 2)"}, "hollow of the knee"),
    ("SAF-33", "pico", {"ZONE_ACTUATORS": "(1, 8, 1, 0, 0)"}, "8 for the sides"),
    ("SAF-33", "pico", {"_ROLLER, _INNER, _OUTER": "1, 4, 2"}, "_INNER: the firmware knows it as 2"),
    ("pull-ups", "pico", divider("PAD", 4700), "too near"),
    ("pull-ups", "esp32", divider("SKIN", 23000), "too near"),
    ("table", "pico", {"SKIN_NTC_PULL_UP_OHM": "4701"}, "ntc_table.py 4701"),
    ("table", "esp32", {"PAD_NTC_MC": table(23999)}, "ntc_table.py 24000"),
    ("steps", "pico", divider("SKIN", 10000), "at code 1536"),
    ("steps", "pico", divider("PAD", 3300), "at code 2560"),
    ("straight", "esp32", divider("SKIN", 10000), "straight from 150 to 2450"),
    ("reference", "esp32", {"ADC_REFERENCE_MV": "3100"}, "within 5 %"),
    ("coarse", "pico", divider("PAD", 1000), "a table of 65 points"),
    ("SAF-05", "esp32", divider("SKIN", 29500), "open or short"),
]


@pytest.mark.parametrize(("rule", "board", "facts", "words"), UNSAFE)
def test_what_is_unsafe_is_refused_by_its_rule_and_by_no_other(
    rule: str, board: str, facts: dict[str, str], words: str
) -> None:
    findings, _ = check.check(changed(TEXTS[board], **facts))
    assert {found.rule for found in findings} == {rule}, findings
    assert any(words in found.words for found in findings), findings


def test_every_rule_has_been_broken() -> None:
    folder = Path(check.__file__).parent
    rules = set(re.findall(r'Finding\(\s*"([\w-]+)"', "".join(path.read_text() for path in folder.glob("*.py"))))
    assert len(rules) > 20
    assert rules == {row[0] for row in UNSAFE}


def test_a_finding_says_where() -> None:
    findings, _ = check.check(changed(PICO, PIN_HEATER="25"))
    lines = changed(PICO, PIN_HEATER="25").splitlines()
    assert [lines[found.line - 1] for found in findings] == ["PIN_HEATER = 25"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("import os", "Only facts may stand here"),
        ("def f():\n    pass", "Only facts may stand here"),
        ("A: int = 1", "Only facts may stand here"),
        ("A = B = 1", "Only facts may stand here"),
        ("A[0] = 1", "has to be a name"),
        ("A, B[0] = 1, 2", "has to be a name"),
        ("A, B = 1, 2, 3", "as many as on the right"),
        ("A = 1 // 0", "divides by zero"),
        ("A = 2 ** 99999999", "Only whole numbers"),
        ("A = 9 << 99999999", "Only whole numbers"),
        ("A = 'x' * 99999999", "has to be a whole number"),
        ("A = (1,) * 99999999", "has to be a whole number"),
        ("A = 9999999999 * 9999999999 * 9999999999", "out of all reason"),
        ("A = [1]", "Only whole numbers"),
        ("A = (lambda: 1)()", "Only whole numbers"),
        ("A = ''.__class__", "Only whole numbers"),
        ("A = f'{1}'", "Only whole numbers"),
        ("A = b'1'", "Only whole numbers"),
        ("A = ", "It is no Python"),
        ("A = '\0'", "It "),
        ("A = " + "(" * 5000, "It "),
        ("A = " + "-" * 20000 + "1", "It "),
        ("A = " + "1+" * 20000 + "1", "It "),
        ("A = 1\n" * 20000, "It is longer than"),
    ],
)
def test_nothing_but_plain_facts_is_read(text: str, words: str) -> None:
    with pytest.raises(reading.BoardError, match=re.escape(words)):
        reading.read(text)


def test_arithmetic_gives_what_python_gives() -> None:
    text = '"""Words."""\nA, B = -3 * 4 + 10 // 3 - 1, 6 | 1 & 3\nC = (A, B, "x", True)\n'
    found = reading.read(text)
    there: dict[str, object] = {}
    exec(text, there)
    assert found.facts == {name: there[name] for name in "ABC"}
    assert found.lines == {"A": 2, "B": 2, "C": 3}


def test_the_safe_reading_of_a_board_is_what_python_makes_of_it() -> None:
    for name in check.names():
        text = check.find(name).read_text()
        there: dict[str, object] = {}
        exec(text, there)
        assert reading.read(text).facts == {key: value for key, value in there.items() if not key.startswith("__")}


def kneectl(*arguments: str) -> int:
    """Run kneectl in this process; return its exit code."""
    with pytest.raises(SystemExit) as ended:
        cli.main(list(arguments))
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.fixture
def unsafe(tmp_path: Path) -> Path:
    """Return a folder with a board file that is not safe."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "board.py").write_text(changed(PICO, PAD_MW="9000"))
    return folder


def test_the_command_says_so_and_its_exit_code_too(
    unsafe: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert kneectl("board", "check", "pico") == 0
    assert "is safe: pico (rp2040), pad 8 W and 0.050 W/cm2, roller 54 N at most." in capsys.readouterr().out
    for what in (unsafe, unsafe / "board.py"):
        assert kneectl("board", "check", "pico", str(what)) == 1
        out, err = capsys.readouterr()
        assert "pico" in out
        assert re.search(r"mine/board\.py:\d+: PAD_MW, PAD_MM2: 0\.056 W/cm2 .* \[SAF-19\]", err.replace("\\", "/"))
    assert kneectl("board", "check", "uno") == 2
    assert "no board file uno" in capsys.readouterr().err
    assert kneectl("board", "check") == 0
    assert len(re.findall("is safe", capsys.readouterr().out)) == len(check.names())
    monkeypatch.chdir(unsafe)
    assert kneectl("board", "check") == 1


def test_the_command_speaks_json(unsafe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("board", "check", "--json", "pico", str(unsafe)) == 1
    good, bad = json.loads(capsys.readouterr().out)
    assert {**good, "file": ""} == {
        "file": "",
        "ok": True,
        "board": "pico",
        "chip": "rp2040",
        "notes": [],
        "errors": [],
    }
    assert bad["ok"] is False
    (error,) = bad["errors"]
    assert (error["rule"], error["name"]) == ("SAF-19", "PAD_MW")
    assert (unsafe / "board.py").read_text().splitlines()[error["line"] - 1] == "PAD_MW = 9000"


@pytest.mark.parametrize(
    ("board", "words"), [("pico", ""), ("pico2", ""), ("esp32", "2.9 degrees at 40"), ("esp32s3", "2.4 degrees at 40")]
)
def test_a_converter_that_may_be_off_is_no_secret(board: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert kneectl("board", "check", board) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == (2 if words else 1)
    assert words in lines[-1]


def test_a_file_that_cannot_be_read_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "board.py").write_bytes(b"NAME = '\xff'")
    assert kneectl("board", "check", str(tmp_path)) == 2
    assert "is no text" in capsys.readouterr().err


def test_an_unsafe_board_is_not_simulated(unsafe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for start in (Device, Simulator):
        with pytest.raises(check.UnsafeBoard, match="SAF-19"):
            start(board=str(unsafe))
    assert kneectl("sim", "--board", str(unsafe)) == 2
    assert "SAF-19" in capsys.readouterr().err
    assert kneectl("sim", "--board", "uno") == 2
    (unsafe / "other.py").write_text(PICO)
    with pytest.raises(check.UnreadableBoard, match=r"called board\.py"):
        Device(board=str(unsafe / "other.py"))


def test_a_board_of_ones_own_is_simulated(unsafe: Path) -> None:
    (unsafe / "board.py").write_text(changed(PICO, NAME='"mine"', PAD_MW="7000"))
    assert "board" not in sys.modules
    with Device(board=str(unsafe)) as device:
        assert device.result("hello")["board"] == "mine"


def test_every_fact_that_is_checked_is_one_of_the_boards() -> None:
    for text in TEXTS.values():
        facts = reading.read(text).facts
        assert {name for name in facts if not name.startswith("_")} == set(shape.NAMES)
