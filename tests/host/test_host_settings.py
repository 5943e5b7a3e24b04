"""The commands `kneectl settings ...` against a fake device."""

import io
import json
from typing import Any

import pytest

from fake_device import FakeDevice
from kneectl import cli_settings
from kneectl.client import Client
from kneectl.errors import DeviceError
from massager.core import limits, programs
from run_kneectl import kneectl

_MINUTE_MS = 60_000


def _settings(device: FakeDevice, *arguments: str) -> int:
    return kneectl("settings", *arguments, "--port", device.port)


def _asked(device: FakeDevice) -> list[dict[str, Any]]:
    return [params for method, params in device.executed if method == "settings.set"]


def test_settings_are_shown_in_words_and_as_json(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    device.settings.update(knee="left", strap="down", session_min=20)
    assert _settings(device) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Favourites:     shiatsu, short, swedish, shiatsu",
        "Knee:           left",
        "Strap:          down, upside down",
        "Session:        20 min at most",
        "Strength limit: 5 of 5, set at the device by a long press of STRENGTH",
        "Locked:         post-op, for use by or under a specialist only",
        "Sessions done:  12; post-trauma grows until 30",
    ]
    assert _settings(device, "--json") == 0
    assert json.loads(capsys.readouterr().out) == device.settings


def test_only_what_is_named_is_set_and_all_at_once(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    before = dict(device.settings)
    assert _settings(device, "set", "--knee", "left") == 0
    assert "Knee:           left" in capsys.readouterr().out
    assert _settings(device, "set", "--strap", "down", "--session-min", "5") == 0
    assert _settings(device, "set", "--favourites", "short, swedish,short,shiatsu", "--json") == 0
    favourites = ["short", "swedish", "short", "shiatsu"]
    assert _asked(device) == [{"knee": "left"}, {"strap": "down", "session_min": 5}, {"favourites": favourites}]
    changed = {"knee": "left", "strap": "down", "session_min": 5, "favourites": favourites}
    assert device.settings == {**before, **changed}


def test_a_program_of_ones_own_can_be_a_favourite(device: FakeDevice) -> None:
    device.kept["evening"] = ("", [[0, 0, 700, 700, 70, 0, 7]])
    assert _settings(device, "set", "--favourites", "evening,short,evening,short") == 0
    assert device.settings["favourites"] == ["evening", "short", "evening", "short"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "--knee, --strap, --session-min or --favourites"),
        (["--knee", "both"], "'left', 'right'"),
        (["--strap", "sideways"], "'up', 'down'"),
        (["--session-min", "4"], "5"),
        (["--session-min", "21"], "20"),
        (["--session-min", "ten"], "int"),
        (["--favourites", "short"], "4 names"),
        (["--favourites", "short,short,short,short,short"], "4 names"),
        (["--favourites", "short,short,,short"], "4 names"),
        (["--favourites", "shiatsi,nap,short,short"], "shiatsi (did you mean shiatsu?), nap. There are shiatsu, short"),
        (["--knee", "left", "--favourites", "nap,short,short,short"], "nap"),
    ],
)
def test_what_cannot_be_set_is_said_and_nothing_is(
    device: FakeDevice, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert _settings(device, "set", *arguments) == 2
    err = " ".join(capsys.readouterr().err.replace("│", " ").split())
    assert says in err
    assert _asked(device) == []


def test_the_range_of_a_session_is_the_devices() -> None:
    assert (cli_settings.LEAST_MIN * _MINUTE_MS, cli_settings.MOST_MIN * _MINUTE_MS) == (
        limits.SESSION_CAP_LEAST_MS,
        limits.SESSION_CAP_MOST_MS,
    )


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_nothing_is_unlocked_unless_somebody_says_yes(
    device: FakeDevice, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    assert _settings(device, "unlock") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Has a doctor or physiotherapist advised it" in err
    assert "Nothing was unlocked." in err
    assert _asked(device) == []


def test_unlocking_and_locking(
    device: FakeDevice, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert _settings(device, "unlock") == 0
    assert "Unlocked:       post-op" in capsys.readouterr().out
    assert _settings(device, "unlock", "--json") == 0  # it is already: nothing to ask
    assert json.loads(capsys.readouterr().out)["unlocked"] is True
    assert _settings(device, "lock") == 0
    assert "Locked:         post-op" in capsys.readouterr().out
    assert _settings(device, "unlock", "--yes") == 0
    assert _asked(device) == [{"unlocked": True}, {"unlocked": True}, {"unlocked": False}, {"unlocked": True}]


def test_restart_is_for_another_person(device: FakeDevice, capsys: pytest.CaptureFixture[str]) -> None:
    assert _settings(device, "restart") == 0
    out = capsys.readouterr().out
    assert out.startswith("post-trauma begins anew; 12 sessions were done.\n")
    assert "Sessions done:  0" in out
    assert _asked(device) == [{"sessions_done": 0}]


def test_in_a_session_nothing_is_set(device: FakeDevice) -> None:
    with Client(device.port) as client:
        client.start("shiatsu")
        with pytest.raises(DeviceError, match="Stop it first") as caught:
            client.settings_set(knee="left")
    assert caught.value.exit_code == 1


def test_options_before_the_command_are_not_lost(
    device: FakeDevice, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for options in (["--port", device.port], ["--json"]):
        assert kneectl("settings", *options, "lock") == 2
        assert "behind the command: kneectl settings lock" in capsys.readouterr().err
    assert device.executed == []
    monkeypatch.setenv("KNEECTL_PORT", device.port)
    assert kneectl("settings", "lock") == 0
    assert kneectl("settings") == 0


def test_the_locked_and_the_growing_program_are_those_of_the_firmware() -> None:
    text = "\n".join(cli_settings.lines({**_example(), "unlocked": True}))
    for name, _, flags, _ in programs.BUILT_IN:
        assert (name in text) == bool(flags & (programs.LOCKED | programs.GROWS)), name


def _example() -> dict[str, Any]:
    return {"favourites": ["a"] * 4, "sessions_done": 0, "knee": "right", "strap": "up", "session_min": 15, "limit": 1}
