"""The attached loop against a fake device: keys, endings, the lease, lock-step."""

from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest

from fake_device import FakeDevice
from kneectl import words
from kneectl.client import Client
from kneectl.errors import DeviceError, LostDevice
from kneectl.session import Attachment, Ending
from kneectl.telemetry import Telemetry


class Seat:
    """Somebody in front of a terminal: sees frames, and presses one key for each that is not None."""

    def __init__(self, keys: tuple[str | None, ...] = ()) -> None:
        self.frames: list[Telemetry] = []
        self.sentences: list[str] = []
        self.leaves_after = 10_000
        self._keys: Iterator[str | None] = iter(keys)

    def next_key(self) -> str | None:
        return next(self._keys, None) if self.frames else None

    def is_interrupted(self) -> bool:
        return len(self.frames) >= self.leaves_after

    def attach(self, client: Client, on_frame: Callable[[Telemetry], None] | None = None) -> Attachment:
        keep = on_frame or self.frames.append
        return Attachment(client, keep, self.sentences.append, self.next_key, self.is_interrupted, hz=10)


def _methods(device: FakeDevice) -> list[str]:
    return [method for method, _ in device.executed]


def test_a_session_runs_to_its_end() -> None:
    seat = Seat()
    with FakeDevice(speed=8.0) as device, Client(device.port) as client:
        ending = seat.attach(client).run("short", 2, "low")
    assert seat.frames[0].is_live
    assert [frame.is_live for frame in seat.frames].count(False) == 1
    assert not seat.frames[-1].is_live
    assert (ending.status["why"], ending.was_interrupted, ending.is_fault) == (
        "The program is over.",
        False,
        False,
    )
    assert device.executed[0] == ("start", {"program": "short", "strength": 2, "heat": "low"})
    assert device.executed[-1] == ("subscribe", {"hz": 0})


def test_medium_heat_starts_at_low_and_is_set_then() -> None:
    seat = Seat()
    with FakeDevice(speed=8.0) as device, Client(device.port) as client:
        seat.attach(client).run("short", 1, "medium")
    assert device.executed[:2] == [
        ("start", {"program": "short", "strength": 1, "heat": "low"}),
        ("set", {"heat": "medium"}),
    ]


def test_refused_medium_heat_is_told_and_the_session_goes_on() -> None:
    seat = Seat()
    with FakeDevice(speed=8.0) as device, Client(device.port) as client:
        device.refusals["set"] = (-32010, "The pad is cold.")
        ending = seat.attach(client).run("short", 1, "medium")
    assert seat.sentences == ["The pad is cold."]
    assert ending.status["why"] == "The program is over."


def test_what_a_program_is_played_without_is_told(device: FakeDevice) -> None:
    note = "This device plays it without the roller, which it has not."
    device.results["start"] = {"state": "running", "note": note}
    seat = Seat()
    with Client(device.port) as client:
        seat.attach(client).run("shiatsu", 1, "low")
    assert seat.sentences == [note]


def test_what_could_not_be_kept_is_told_with_the_status_and_the_ending() -> None:
    store = "The device's memory is full or damaged: something could not be kept."
    status = {"state": "idle", "why": "The program is over.", "strength": 1, "limit": 5, "heat": "low"}
    assert store not in words.status_lines(status)
    assert store in words.status_lines({**status, "store": store})
    assert words.ending_lines(Ending({**status, "store": store}, None, None, False))[1:] == [status["why"], store]


def test_a_refused_start_is_an_error(device: FakeDevice) -> None:
    device.refusals["start"] = (-32010, "The device rests.")
    with Client(device.port) as client, pytest.raises(DeviceError, match="rests"):
        Seat().attach(client).run("shiatsu", 1, "low")


def test_keys_change_the_session(device: FakeDevice) -> None:
    seat = Seat(keys=("+", "x"))
    with Client(device.port) as client:
        frames = seat.frames

        def on_frame(frame: Telemetry) -> None:
            frames.append(frame)
            keys = {3: "+", 6: "-", 9: " ", 12: " ", 15: "h", 18: "h", 21: "h", 24: "s"}
            seat._keys = iter((keys.get(len(frames)),))

        seat.attach(client, on_frame).run("shiatsu", 2, "low")
    changes = [(m, p) for m, p in device.executed if m in ("set", "pause", "resume", "stop")]
    assert changes == [
        ("set", {"strength": 3}),
        ("set", {"strength": 2}),
        ("pause", {}),
        ("resume", {}),
        ("set", {"heat": "medium"}),
        ("set", {"heat": "off"}),
        ("set", {"heat": "low"}),
        ("stop", {}),
    ]


def test_strength_stays_within_its_range(device: FakeDevice) -> None:
    seat = Seat(keys=("-", "-"))
    seat.leaves_after = 4
    with Client(device.port) as client:
        seat.attach(client).run("shiatsu", 1, "low")
    assert "set" not in _methods(device)


def test_a_refused_key_is_told(device: FakeDevice) -> None:
    device.refusals["pause"] = (-32010, "Not now.")
    seat = Seat(keys=(" ",))
    seat.leaves_after = 4
    with Client(device.port) as client:
        seat.attach(client).run("shiatsu", 1, "low")
    assert seat.sentences == ["Not now."]


def test_leaving_stops_the_session(device: FakeDevice) -> None:
    seat = Seat()
    seat.leaves_after = 3
    with Client(device.port) as client:
        ending = seat.attach(client).run("shiatsu", 1, "low")
    assert ending.was_interrupted
    assert ending.status["why"] == "It was stopped over the link."
    assert device.state == "idle"


def test_an_error_in_the_loop_stops_the_session(device: FakeDevice) -> None:
    def on_frame(frame: Telemetry) -> None:
        raise BrokenPipeError

    with Client(device.port) as client, pytest.raises(BrokenPipeError):
        Seat().attach(client, on_frame).run("shiatsu", 1, "low")
    assert device.state == "idle"


def test_a_fault_ends_the_session_and_its_remedy_is_told(device: FakeDevice) -> None:
    seat = Seat()

    def on_frame(frame: Telemetry) -> None:
        seat.frames.append(frame)
        if len(seat.frames) == 2:
            device.fail("skin_hot")

    with Client(device.port) as client:
        ending = seat.attach(client, on_frame).run("shiatsu", 1, "low")
    assert ending.is_fault
    text = "\n".join(words.ending_lines(ending))
    assert "skin_hot" in text
    assert "Let the pad cool down" in text


def test_a_device_that_goes_away_in_a_session_is_lost(device: FakeDevice) -> None:
    with Client(device.port) as client, pytest.raises(LostDevice):
        Seat().attach(client, lambda frame: device.hang_up()).run("shiatsu", 1, "low")


def test_watching_starts_and_renews_nothing(device: FakeDevice) -> None:
    seat = Seat()
    with Client(device.port) as client:
        ending = seat.attach(client).watch(2.0)
    assert seat.frames
    assert not ending.was_interrupted
    assert _methods(device) == ["subscribe", "status", "subscribe"]
    assert all(line["method"] != "renew" for line in device.lines)


def test_in_lockstep_each_frame_is_answered_by_one_renewal() -> None:
    frames: list[Telemetry] = []
    with (
        FakeDevice(speed=None, lockstep=True) as device,
        Client(device.port, timeout_s=20.0, tries=1) as client,
    ):
        attachment = Attachment(client, frames.append, lambda sentence: None, hz=2, lockstep_s=20.0)
        ending = attachment.run("shiatsu", 3, "medium")
    sent = [line["method"] for line in device.lines]
    assert sent[:4] == ["start", "set", "subscribe", "renew"]
    assert sent[-2:] == ["status", "subscribe"]
    assert set(sent[4:-2]) == {"renew"}
    assert len(sent[4:-2]) == len(frames) - 1  # the last frame says that it is over
    assert ending.lasted_s == 720
    assert {later.t_ms - earlier.t_ms for earlier, later in pairwise(frames)} == {500}


def test_an_ending_without_frames_lasted_no_time() -> None:
    assert Ending({"state": "idle"}, None, None, False).lasted_s == 0


def test_keys_that_wait_together_build_on_each_other_and_stop_comes_first(device: FakeDevice) -> None:
    for keys, strength, state in (
        ("+++", 4, "running"),
        ("  ", 1, "running"),
        (" ", 1, "paused"),
        ("+++s++", 1, "idle"),
    ):
        waiting = list(keys)
        frames: list[Telemetry] = []

        def next_key(waiting: list[str] = waiting, frames: list[Telemetry] = frames) -> str | None:
            return waiting.pop(0) if frames and waiting else None

        with Client(device.port) as client:
            leaves = Attachment(client, frames.append, lambda sentence: None, next_key, lambda w=waiting: not w, hz=10)
            client.start("shiatsu", strength=1)
            ending = leaves.watch()
            assert (ending.status["strength"], ending.status["state"]) == (strength, state), keys
            client.stop()
