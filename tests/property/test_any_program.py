"""Programs that nobody thought of: whatever comes in, it is refused whole or plays within every limit."""

import json

import drive
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_model import STORIES as EXAMPLES

from massager.core import limits, techniques
from massager.core.programs import BUILT_IN
from massager.core.session import FINISHED
from massager.core.steps import total_s
from massager.core.zones import CALF, HOLLOW, KNEECAP, SIDES, THIGH
from massager.link import checks, frame
from massager.store import library

_settings = settings(
    max_examples=EXAMPLES or 80,
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
_NUMBER = len(BUILT_IN)
_TECHNIQUES = st.integers(0, len(techniques.NAMES) - 1)
_LONGEST_S = 90  # more of a step only takes longer to test


@st.composite
def valid_programs(draw: st.DrawFn) -> "list[list[int]]":
    """Draw a program that obeys every rule, close to its bounds as often as not."""
    steps: list[list[int]] = []
    begin_s, strongest_pm = 0, -1
    count = draw(st.integers(1, 8) | st.just(checks.STEPS_MOST))
    for number in range(count):
        is_slow = begin_s < checks.SLOW_FIRST_S
        technique = draw(st.sampled_from(techniques.SLOW) if is_slow else _TECHNIQUES)
        zone = draw(st.sampled_from(checks.ZONES))
        layers = checks.SLOW_LAYERS if is_slow else checks.LAYERS
        has_layer = zone in checks.LAYERED_ZONES and technique != techniques.CUE
        sides = draw(st.sampled_from(layers)) if has_layer else techniques.HOLD
        length_s = draw(st.integers(checks.LENGTH_LEAST_S, min(_LONGEST_S, 1200 // count)))
        if count == 1:
            length_s = draw(st.sampled_from((60, 900, 1200)))
        most_from = checks.BEGIN_MOST_PM if strongest_pm < 0 else min(1000, strongest_pm + checks.JUMP_MOST_PM)
        from_pm = draw(st.integers(0, most_from) | st.just(most_from))
        most_to = min(1000, from_pm + checks.GROWTH_PM_PER_S * length_s)
        if number == count - 1:
            most_to = min(most_to, checks.END_MOST_PM)
        to_pm = draw(st.integers(0, most_to) | st.just(most_to))
        step = [technique, zone, from_pm, to_pm, length_s, draw(st.integers(0, 3)), sides]
        if checks.is_moving(step):
            strongest_pm = max(strongest_pm, to_pm)
        steps.append(step)
        begin_s += length_s
    if begin_s < checks.TOTAL_LEAST_S:
        steps[0][4] += checks.TOTAL_LEAST_S - begin_s
    # The last step that moves may not be the last of all.
    moving = [step for step in steps if checks.is_moving(step)]
    if moving and moving[-1][3] > checks.END_MOST_PM:
        moving[-1][3] = checks.END_MOST_PM
    return steps


_BROKEN = st.tuples(
    st.integers(0, 40), st.integers(0, 6), st.sampled_from((-1, 3, 4, 12, 1001, 1201, 10**12, 1.5, "x"))
)
_ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=30,
)
_START_MS = st.sampled_from((0, (1 << 29) - 30_000))
_STRENGTH = st.integers(1, 5)


def _ask(device: drive.Drive, method: str, **params: object) -> "dict[str, object]":
    answer = device.ask(method, params)
    assert answer is not None
    assert len(json.dumps(answer, separators=(",", ":"))) <= frame.MAX_JSON
    return answer


def _put(device: drive.Drive, steps: "list[object]") -> "dict[str, object]":
    for first in range(0, len(steps), 8):
        page = {"name": "drawn", "first": first, "total": len(steps), "steps": steps[first : first + 8]}
        answer = _ask(device, "program.put", **page)
        if "error" in answer:
            return answer
    return answer


def _play(device: drive.Drive, strength: int, heats: int) -> None:
    """Play the drawn program to its end in the latest ticks that are no gap; the model judges each."""
    device.session("drawn", strength, "low", heats, "confirmed", 1_300_000)
    session = device.controller.session
    assert not session.is_active()
    assert session.elapsed_ms <= limits.SESSION_CAP_MS + 1000


@_settings
@given(_START_MS, valid_programs(), _STRENGTH, st.integers(0, 3))
def test_a_valid_program_is_kept_and_plays_whole_within_every_limit(
    start_ms: int, steps: "list[list[int]]", strength: int, heats: int
) -> None:
    assert checks.check(steps) == []
    device = drive.Drive(start_ms)
    assert _put(device, steps)["result"] == {"kept": "drawn"}
    _play(device, strength, heats)
    session = device.controller.session
    if total_s(steps) < limits.SESSION_CAP_MS // 1000:
        assert session.end_reason == FINISHED


@_settings
@given(_START_MS, valid_programs(), st.lists(_BROKEN, min_size=1, max_size=3))
def test_a_program_with_something_wrong_in_it_is_refused_in_a_sentence_or_plays_within_every_limit(
    start_ms: int, steps: "list[list[object]]", broken: "list[tuple[int, int, object]]"
) -> None:
    for step, place, value in broken:
        steps[step % len(steps)][place] = value
    device = drive.Drive(start_ms)
    answer = _put(device, steps)
    found = checks.check(steps)
    if found:
        assert answer["error"]["message"].endswith(".")
        assert "error" in _ask(device, "start", program="drawn")
        assert "error" in _ask(device, "program.get", name="drawn")
    else:
        _play(device, 5, 3)


@_settings
@given(st.dictionaries(st.sampled_from(("name", "title", "first", "total", "steps", "x")), _ANY_JSON, max_size=5))
def test_whatever_is_put_the_device_answers_and_keeps_nothing_that_is_no_program(params: "dict[str, object]") -> None:
    device = drive.Drive(0)
    for method in ("program.put", "program.check", "program.get", "program.remove"):
        line = frame.encode(json.dumps({"id": 1, "method": method, "params": params}).encode())
        for kind, json_bytes in frame.Deframer().feed(line):
            answer = device.service.handle(kind, json_bytes)
            assert answer is not None and b'"error"' in answer
    assert set(device.controller.catalogue.user_names) == {""}


@_settings
@given(st.binary(max_size=60) | _ANY_JSON.map(lambda value: json.dumps(value).encode()), st.booleans())
def test_whatever_is_in_its_file_a_program_is_refused_at_its_start_and_not_at_boot(data: bytes, has_head: bool) -> None:
    files = drive.MemoryFiles()
    device = drive.Drive(0)
    record = library.Record(files, "program3", library.MOST_BYTES)
    record.write((b"drawn 60 1 7\n" if has_head else b"") + data)
    kept = library.Library(files, device.controller.catalogue, drive.Board.ZONE_ACTUATORS)
    if device.controller.catalogue.has(_NUMBER + 3):
        assert kept.lend(_NUMBER + 3).endswith(".")


_WILD_STEP = st.tuples(
    _TECHNIQUES,
    st.sampled_from((THIGH, SIDES, CALF, KNEECAP, HOLLOW)),
    st.integers(-5000, 5000),
    st.integers(-5000, 5000),
    st.integers(1, 60),
    st.integers(0, 3),
    _TECHNIQUES,
)


@_settings
@given(_START_MS, st.lists(_WILD_STEP, min_size=1, max_size=12), st.integers(0, 3))
def test_even_past_the_validator_the_guard_holds_every_limit(
    start_ms: int, steps: "list[tuple[int, ...]]", heats: int
) -> None:
    device = drive.Drive(start_ms)
    device.controller.catalogue.user_names[0] = "drawn"
    device.controller.catalogue.lend(_NUMBER, tuple(steps))
    device.keeper.library.lend = lambda number: ""
    _play(device, 5, heats)
