"""Random lives of a record and of a log, with power cuts and damage, against models that are a few lines each: what was
confirmed before a cut is there, and what was being written is there or is not.

test_model.py says how to play more of them.
"""

import json
import sys

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from test_model import STORIES as EXAMPLES

from kneesim.engines import ROOT
from massager.link import frame
from massager.store.log import Log
from massager.store.record import Record

sys.path.append(str(ROOT / "tests/store"))
from harsh import HarshFiles, PowerCut, written_bytes

_MOST = 30
_EACH = 5
_settings = settings(
    max_examples=EXAMPLES or 300,
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)

_CUTS = st.none() | st.integers(0, 1 << 16)  # at which byte, modulo those there are
_VALUES = st.binary(max_size=_MOST) | st.sampled_from((b"", b"\0" * 8, b"\xff" * _MOST))
_RECORD_LIVES = st.lists(
    st.one_of(
        st.tuples(st.just("write"), _VALUES, _CUTS),
        st.tuples(st.just("open"), st.none(), st.none()),
        st.tuples(st.just("damage"), st.binary(min_size=1, max_size=3), st.integers(0, _MOST + 8)),
    ),
    max_size=25,
)
_TEXTS = st.text(max_size=30) | st.integers(400, 540).map(lambda size: "x" * size)
_ENTRIES = st.dictionaries(st.sampled_from(("a", "b", "end", "at_s")), st.none() | st.integers() | _TEXTS, max_size=3)
_LOG_LIVES = st.lists(
    st.one_of(
        st.tuples(st.just("append"), _ENTRIES, _CUTS),
        st.tuples(st.just("open"), st.none(), st.none()),
        st.tuples(st.just("read"), st.integers(-3, 40), st.integers(0, 12)),
    ),
    max_size=40,
)


def _cut_change(files: HarshFiles, cut: "int | None", change) -> "int | None":
    """Carry out change(files), and let the power go in it; return after how many bytes, None if it stays."""
    if cut is None:
        change(files)
        return None
    cut %= written_bytes(files, change) + 1
    files.cut_after(cut)
    try:
        change(files)
    except PowerCut:
        files.cut_after(-1)
        return cut
    raise AssertionError("not cut")


@_settings
@given(life=_RECORD_LIVES)
def test_a_record_has_what_was_confirmed_or_what_was_being_written(life):
    files = HarshFiles()
    record = Record(files, "a", _MOST)
    value = None
    for what, data, number in life:
        if what == "write":
            cut = _cut_change(files, number, lambda files, data=data: Record(files, "a", _MOST).write(data))
            if cut is not None:
                found = record.read()
                assert found in (value, data)
                event("cut: new" if found == data else "cut: old")
                value = found
            else:
                value = data
        elif what == "open":
            record = Record(files, "a", _MOST)
        else:
            # The file that does not hold the value may be anything.
            names = [name for name in ("a.0", "a.1") if Record(_without(files, name), "a", _MOST).read() == value]
            if value is None or not names:
                continue
            held = files.held.setdefault(names[0], bytearray())
            held[number : number + len(data)] = data
            if Record(files, "a", _MOST).read() != value:
                return  # damage that happens to be a newer record
        assert record.read() == value
        assert Record(files, "a", _MOST).read() == value
        if value is not None:
            assert not record.is_damaged


def _without(files: HarshFiles, name: str) -> HarshFiles:
    return HarshFiles({other: data for other, data in files.held.items() if other != name})


@_settings
@given(data=st.lists(st.binary(max_size=60), min_size=2, max_size=2), value=_VALUES)
def test_a_record_reads_any_bytes_and_is_whole_after_a_write(data, value):
    files = HarshFiles({"a.0": bytearray(data[0]), "a.1": bytearray(data[1])})
    record = Record(files, "a", _MOST)
    assert record.read() is None
    assert record.is_damaged == any(data)
    record.write(value)
    assert Record(files, "a", _MOST).read() == value


def _check_log(log: Log, model: "list[dict]", least: int) -> None:
    """Compare a log with all records that were ever confirmed, oldest first, of which so many have to be there."""
    found = log.read(1, 1000)
    assert len(found) <= 2 * _EACH
    assert len(found) >= min(least, len(model))
    assert found == model[len(model) - len(found) :]
    assert log.next == len(model) + 1
    assert log.first == (found[0]["seq"] if found else log.next)


@_settings
@given(life=_LOG_LIVES)
def test_a_log_has_what_was_confirmed_and_perhaps_what_was_being_written(life):
    files = HarshFiles()
    log = Log(files, "log", _EACH)
    model = []
    torn_bytes = 0
    for what, data, number in life:
        if what == "append":
            wanted = {**data, "seq": len(model) + 1}
            if len(json.dumps(wanted, separators=(",", ":"))) > frame.MAX_JSON:
                _expect_refusal(log, data)
                continue
            if number is None:
                log.append(data)
                model.append(wanted)
            else:
                torn_bytes += _cut_change(files, number, lambda files, data=data: Log(files, "log", _EACH).append(data))
                log = Log(files, "log", _EACH)
                if log.next == len(model) + 2:
                    model.append(wanted)
                    event("cut: new")
                else:
                    event("cut: old")
        elif what == "open":
            log = Log(files, "log", _EACH)
        else:
            kept = [record for record in model if record["seq"] >= max(log.first, data)]
            assert log.read(data, number) == kept[:number]
        # Torn lines have a right to room, too: a file may begin anew before it is full of whole ones.
        least = _EACH if torn_bytes < 523 else 1
        _check_log(log, model, least)
        _check_log(Log(files, "log", _EACH), model, least)


def _expect_refusal(log: Log, data: "dict") -> None:
    try:
        log.append(data)
    except ValueError:
        event("too long")
    else:
        raise AssertionError("a record that fits no frame was appended")


_LINES = st.one_of(
    st.binary(max_size=40),
    st.integers(500, 3000).map(lambda size: b"x" * size),
    st.integers(-2, 30).map(lambda seq: frame.encode(b'{"seq":%d}' % seq)),
    st.integers(1, 30).map(lambda seq: frame.encode(b'{"seq":%d}' % seq)[:-3]),
    st.sampled_from((b"[1]", b"{}", b'{"seq":[]}', b"[" * 500, b"\xff", b'{"seq":1e999}', b"null")).map(frame.encode),
)
_FILES = st.lists(_LINES, max_size=30).map(b"\n".join)


@_settings
@given(data=st.lists(_FILES, min_size=2, max_size=2), seq=st.integers(-2, 40), count=st.integers(0, 20))
def test_a_log_reads_any_bytes_in_order_and_keeps_what_is_appended(data, seq, count):
    files = HarshFiles({"log.0": bytearray(data[0]), "log.1": bytearray(data[1])})
    log = Log(files, "log", _EACH)
    found = [record["seq"] for record in log.read(seq, count)]
    assert len(found) <= count
    assert found == sorted(set(found))
    assert all(max(seq, 1) <= number < log.next for number in found)
    for _ in range(3):
        number = log.append({"new": True})
        assert log.next == number + 1
        assert log.read(number, 1) == [{"new": True, "seq": number}]
    assert Log(files, "log", _EACH).read(number, 9) == [{"new": True, "seq": number}]
