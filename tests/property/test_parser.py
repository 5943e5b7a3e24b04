"""Random bytes into deframer and service: however they are cut, the same answers, and every good frame is answered."""

import json
from itertools import pairwise

import drive
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_model import STORIES as EXAMPLES

from knee import code_for
from massager.core import signals
from massager.core.controller import Controller
from massager.link import frame
from massager.link.service import Service
from massager.store.slot import Slot

_METHODS = tuple(drive.Drive(0).service.methods)
_settings = settings(
    max_examples=EXAMPLES or 200,
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(("low", "shiatsu")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_NAMES = st.sampled_from(
    ("program", "strength", "heat", "left_s", "limit", "hz", "first", "x", "name", "title", "total", "steps")
    + ("knee", "strap", "favourites", "unlocked", "sessions_done", "session_min", "seq", "unix_s")
)
_MESSAGES = st.fixed_dictionaries(
    {"jsonrpc": st.just("2.0")},
    optional={
        "method": st.sampled_from(_METHODS) | _VALUES,
        "id": st.integers(-5, 5) | st.sampled_from(("a", "\x7f", "x" * 25, "é", 10**9)) | _VALUES,
        "params": st.dictionaries(_NAMES, st.integers(-1, 12) | _VALUES, max_size=3) | _VALUES,
    },
)
_JSON = (_MESSAGES | _VALUES).map(lambda value: json.dumps(value, separators=(",", ":")).encode())
_DEEP = st.sampled_from((b"[" * 500, b'{"id":' * 80, b"-", b"1e999", b"NaN", b'"\\ud800"', b"1" * 500, b"\xff", b""))
_LINES = st.one_of(
    _JSON,
    _JSON.map(lambda line: frame.encode(line)[:-1]),
    _JSON.map(lambda line: frame.encode(line)[:-2] + b"_\r"),
    _DEEP,
    _DEEP.map(lambda line: frame.encode(line)[:-1]),
    st.integers(500, 530).map(lambda size: b"x" * size),
    st.binary(max_size=40),
)
_STREAMS = st.lists(_LINES, max_size=12).map(b"\n".join)


def _service() -> Service:
    """Return the service of a device that is warm and ready."""
    controller = Controller(drive.Board)
    inputs, out = signals.Inputs(), signals.Outputs()
    inputs.skin_code = inputs.pad_code = code_for(33_000)
    for now_ms in range(20, 120, 20):
        inputs.sample_ms = now_ms
        controller.step(now_ms, inputs, out)
    return Service(controller, drive.keeper_of(controller), Slot(drive.MemoryFiles(), "/a"), {"board": "test"})


def _answers(pieces: "list[bytes]") -> "list[bytes | None]":
    deframer, service = frame.Deframer(), _service()
    return [service.handle(kind, line) for piece in pieces for kind, line in deframer.feed(piece)]


def _cut(stream: bytes, cuts: "list[int]") -> "list[bytes]":
    places = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    return [stream[a:b] for a, b in pairwise(places)]


@_settings
@given(stream=_STREAMS, cuts=st.lists(st.integers(0, 1 << 16), max_size=20))
def test_however_a_stream_is_cut_its_answers_are_the_same(stream, cuts):
    stream += b"\n"
    whole = _answers([stream])
    assert whole == _answers([bytes([byte]) for byte in stream])
    assert whole == _answers(_cut(stream, cuts))


@_settings
@given(stream=_STREAMS)
def test_every_answer_is_one_short_valid_json_rpc_object(stream):
    for answer in _answers([stream + b"\n"]):
        if answer is None:
            continue
        assert len(answer) <= frame.MAX_JSON, answer
        assert b"\n" not in answer
        message = json.loads(answer)
        assert message["jsonrpc"] == "2.0"
        assert ("result" in message) != ("error" in message)
        assert frame.Deframer().feed(frame.encode(answer)) == [(frame.OK_CRC, answer)]
        if "error" in message:
            assert type(message["error"]["code"]) is int
            assert message["error"]["message"]


@_settings
@given(
    garbage=st.lists(st.one_of(_STREAMS, st.binary(max_size=700)), min_size=1, max_size=4),
    requests=st.lists(st.sampled_from(_METHODS), min_size=1, max_size=4),
)
def test_every_valid_frame_between_lines_of_garbage_is_answered(garbage, requests):
    stream, wanted = b"", []
    for number, method in enumerate(requests):
        wanted.append(f"mine-{number}")
        line = json.dumps({"jsonrpc": "2.0", "id": wanted[-1], "method": method}).encode()
        stream += garbage[number % len(garbage)] + b"\n" + frame.encode(line)
    ids = [json.loads(answer)["id"] for answer in _answers([stream]) if answer is not None]
    assert [found for found in ids if type(found) is str and found.startswith("mine-")] == wanted
