import json

from knee import OPEN_CODE
from link_host import Host
from massager.core import heat_refusals, limits, refusals, session
from massager.core.programs import BUILT_IN
from massager.link import frame, rpc

METHODS = (
    ("hello", "status", "programs", "subscribe")
    + ("start", "stop", "pause", "resume", "set", "renew")
    + ("program.check", "program.put", "program.get", "program.remove")
    + ("calibration.get", "calibration.begin")
    + ("settings.get", "settings.set", "log.list", "log.read", "clock.set")
)


def test_hello_tells_protocol_and_identity():
    assert Host().ask("hello")["result"] == {"protocol": 1, "firmware": "0", "board": "rig"}


def test_a_whole_session_over_the_link():
    host = Host()
    assert host.ask("status")["result"]["state"] == "idle"
    assert host.ask("start", program="shiatsu", strength=4)["result"] == {"state": "running"}
    host.rig.run(1000)
    status = host.ask("status")["result"]
    assert (status["program"], status["step"], status["steps"], status["left_s"]) == ("shiatsu", 1, 8, 719)
    assert status["leased"]
    assert host.ask("set", heat="medium", strength=5, left_s=600, limit=5)["result"] == {
        "strength": 5,
        "heat": "medium",
        "left_s": 600,
        "limit": 5,
    }
    assert host.ask("pause")["result"] == {"state": "paused"}
    assert "goes on counting" in host.ask("status")["result"]["why"]
    assert host.ask("resume")["result"] == {"state": "running"}
    assert host.ask("renew")["result"] == {"lease_ms": 3000}
    assert host.ask("stop")["result"] == {"state": "idle"}
    assert host.ask("status")["result"]["why"] == "The host stopped the session."


def test_programs_lists_them_in_pages():
    total = len(BUILT_IN)
    answer = Host().ask("programs")["result"]
    assert (answer["total"], answer["first"]) == (total, 0)
    assert {"name": "shiatsu", "length_s": 720, "steps": 8} in answer["programs"]
    assert Host().ask("programs", first=total)["result"]["programs"] == []
    assert Host().error("programs", first=total + 1) == rpc.BAD_PARAMS
    names = []
    while len(names) < total:
        names += [program["name"] for program in Host().ask("programs", first=len(names))["result"]["programs"]]
    assert names == [row[0] for row in BUILT_IN]


def test_unknown_methods_are_answered_with_the_known_ones():
    error = Host().ask("fly")["error"]
    assert error["code"] == rpc.NO_METHOD
    for method in METHODS:
        assert method in error["message"]


def test_bad_params_change_nothing_and_name_what_is_allowed():
    host = Host()
    for params, words in (
        ({}, "shiatsu"),
        ({"program": "nap"}, "shiatsu"),
        ({"program": 0}, "shiatsu"),
        ({"program": "shiatsu", "strength": 0}, "1 to 5"),
        ({"program": "shiatsu", "strength": 6}, "1 to 5"),
        ({"program": "shiatsu", "strength": "3"}, "1 to 5"),
        ({"program": "shiatsu", "strength": True}, "1 to 5"),
        ({"program": "shiatsu", "strength": 2.5}, "1 to 5"),
        ({"program": "shiatsu", "heat": "medium"}, "set"),
        ({"program": "shiatsu", "heat": "high"}, "set"),
        ({"program": "shiatsu", "heat": "hot"}, "off, low"),
        ({"program": "shiatsu", "heat": 1}, "off, low"),
        ({"program": "shiatsu", "heat": []}, "off, low"),
        ({"program": "shiatsu", "force": 2}, "strength"),
    ):
        error = host.ask("start", **params)["error"]
        assert error["code"] == rpc.BAD_PARAMS
        assert words in error["message"], error["message"]
        assert host.rig.state() == session.IDLE


def test_saf_48_and_51_set_reaches_no_further_than_medium_and_only_down():
    host = Host()
    host.ask("start", program="shiatsu", strength=3)
    assert host.error("set", heat="high") == rpc.BAD_PARAMS
    assert host.error("set", left_s=721) == rpc.REFUSED
    assert host.error("set", left_s=-1) == rpc.BAD_PARAMS
    assert host.error("set") == rpc.BAD_PARAMS
    assert host.error("set", limit=0) == rpc.BAD_PARAMS
    assert "result" in host.ask("set", limit=2)
    assert host.error("set", limit=3) == rpc.REFUSED
    assert host.error("set", strength=3) == rpc.BAD_PARAMS
    assert host.rig.controller.heat == limits.HEAT_LOW
    assert host.rig.controller.strength == 2


def test_refusals_say_why():
    host = Host()
    for method in ("pause", "resume", "renew"):
        error = host.ask(method)["error"]
        assert (error["code"], error["message"]) == (
            rpc.REFUSED,
            refusals.WORDS[refusals.NO_SESSION],
        )
    host.ask("start", program="shiatsu")
    assert host.error("start", program="shiatsu") == rpc.REFUSED


def test_without_a_crc_only_reading_and_stopping_work():
    host = Host()
    for method in ("hello", "status", "programs", "subscribe"):
        assert "result" in host.ask(method, frame.NO_CRC), method
    for method in ("start", "pause", "resume", "set", "renew"):
        assert host.ask(method, frame.NO_CRC, program="shiatsu")["error"]["code"] == rpc.NEEDS_CRC, method
    assert host.rig.state() == session.IDLE
    host.ask("start", program="shiatsu")
    assert host.ask("stop", frame.NO_CRC)["result"] == {"state": "idle"}


def test_unreadable_lines_get_numbered_errors_with_id_null():
    host = Host()
    for kind, line, code in (
        (frame.BAD_CRC, b"{}", rpc.BAD_CRC),
        (frame.TOO_LONG, b"", rpc.TOO_LONG),
        (frame.NO_CRC, b"hello", rpc.PARSE),
        (frame.NO_CRC, b"\x03\x00\x1b", rpc.PARSE),
        (frame.NO_CRC, b'{"id":"\xff\xfe"}', rpc.PARSE),
        (frame.NO_CRC, b"[" * 512, rpc.PARSE),
        (frame.NO_CRC, b"[]", rpc.INVALID),
        (frame.NO_CRC, b"7", rpc.INVALID),
        (frame.NO_CRC, b'{"id":1}', rpc.INVALID),
        (frame.NO_CRC, b'{"id":1.5,"method":"status"}', rpc.INVALID),
        (frame.NO_CRC, b'{"id":{},"method":"status"}', rpc.INVALID),
        (frame.NO_CRC, b'{"id":"' + b"x" * 25 + b'","method":"status"}', rpc.INVALID),
        (frame.NO_CRC, b'{"id":1' + b"0" * 400 + b',"method":"status"}', rpc.INVALID),
        (frame.NO_CRC, b'{"id":"\\ud800","method":"status"}', rpc.INVALID),
        (frame.NO_CRC, b'{"id":"\xc3\xa4","method":"status"}', rpc.INVALID),
        (frame.NO_CRC, b'{"id":1,"method":7}', rpc.INVALID),
        (frame.NO_CRC, b'{"id":1,"method":"status","params":[1]}', rpc.BAD_PARAMS),
    ):
        answer = host.raw(line, kind)
        assert answer["error"]["code"] == code, line
        assert answer["error"]["message"].endswith(".")
        assert answer["id"] == (1 if line.startswith(b'{"id":1,') or line == b'{"id":1}' else None)


def test_saf_52_a_line_may_have_24_brackets_and_no_more():
    # MicroPython's JSON parser takes up to 24 kB for a line of them, five times what the loop reckons with.
    for text, code in (
        (b'{"id":1,"method":"x","params":{"a":[' + b"[]," * 20 + b"[]]}}", rpc.NO_METHOD),
        (b'{"id":1,"method":"x","params":{"a":[' + b"{}," * 20 + b"{}]}}", rpc.NO_METHOD),
        (b'{"id":1,"method":"x","params":{"a":[' + b"[]," * 21 + b"[]]}}", rpc.PARSE),
        (b'{"id":1,"method":"x","params":{"a":[' + b"[]," * 21 + b"{}]}}", rpc.PARSE),
        (b"[" * 510, rpc.PARSE),
    ):
        answer = json.loads(Host().service.handle(frame.NO_CRC, text))
        assert answer["error"]["code"] == code, text
        assert ("Too many" in answer["error"]["message"]) == (code == rpc.PARSE)


def test_a_request_asked_again_is_answered_again_and_done_once():
    host = Host()
    start = b'{"jsonrpc":"2.0","id":"a-1","method":"start","params":{"program":"shiatsu"}}'
    first = host.raw(start)
    assert first["result"] == {"state": "running"}
    assert host.raw(start) == first
    assert host.raw(b'{"jsonrpc":"2.0","id":"a-1","method":"pause"}')["result"] == {"state": "paused"}
    assert host.raw(b'{"jsonrpc":"2.0","id":"a-2","method":"stop"}')["result"] == {"state": "idle"}
    assert host.raw(start) == first
    assert host.rig.state() == session.IDLE


def test_stop_stops_whatever_id_it_has_and_with_none():
    stop = b'{"jsonrpc":"2.0","id":1,"method":"stop"}'
    for line in (stop, stop, b'{"method":"stop"}'):
        host = Host()
        host.raw(stop)
        host.raw(b'{"jsonrpc":"2.0","id":1,"method":"start","params":{"program":"shiatsu"}}')
        assert host.rig.state() == session.RUNNING
        host.raw(line, frame.NO_CRC)
        assert host.rig.state() == session.IDLE


def test_the_same_id_reads_afresh():
    host = Host()
    ask = b'{"jsonrpc":"2.0","id":1,"method":"status"}'
    assert host.raw(ask)["result"]["state"] == "idle"
    host.ask("start", program="shiatsu")
    assert host.raw(ask)["result"]["state"] == "running"


def test_changes_need_an_id_and_renew_does_not():
    host = Host()
    assert (
        host.raw(b'{"jsonrpc":"2.0","method":"start","params":{"program":"shiatsu"}}')["error"]["code"] == rpc.INVALID
    )
    host.ask("start", program="shiatsu")
    assert host.raw(b'{"jsonrpc":"2.0","method":"renew"}') is None
    assert host.raw(b'{"jsonrpc":"2.0","method":"status"}') is None


def test_status_of_a_fault_says_what_and_what_to_do():
    host = Host()
    host.rig.skin_code(OPEN_CODE)
    host.rig.run(100)
    status = host.ask("status")["result"]
    assert (status["state"], status["fault"], status["skin_mc"]) == ("fault", "skin_open", None)
    assert "wire" in status["why"]
    assert "hold STOP" in status["remedy"]
    assert status["pad_mc"] is not None


def test_the_time_left_can_be_set_as_high_as_a_session_may_be_long():
    host = Host()
    host.result("settings.set", session_min=20)
    host.result("start", program="warm")
    host.rig.run(1000)
    assert host.result("set", left_s=1100)["left_s"] == 1100
    assert host.error("set", left_s=1201) == rpc.BAD_PARAMS


def test_a_set_point_that_was_cut_is_reported():
    host = Host()
    host.ask("start", program="shiatsu")
    host.rig.prove()
    assert host.ask("status")["result"]["why"] == ""
    host.rig.controller.heater.set_point(43000)
    assert "41 is the most" in host.ask("status")["result"]["why"]


def test_saf_16_and_15_and_02_status_says_why_there_is_no_heat():
    host = Host()
    for refusal, words in enumerate(heat_refusals.WORDS):
        host.rig.controller.guard.permit.refusal = refusal
        host.rig.controller.heat = 1
        host.rig.controller.session.state = session.RUNNING
        host.rig.controller.session.waits = session.NOTHING
        if words:
            assert host.ask("status")["result"]["why"] == words
        host.rig.controller.heat = 0
        assert host.ask("status")["result"]["why"] == ""


def test_saf_16_status_tells_of_a_start_on_skin_that_is_too_cold():
    host = Host()
    host.rig.skin(4000)
    host.rig.run(100)
    host.ask("start", program="shiatsu")
    host.rig.prove()
    status = host.ask("status")["result"]
    assert (status["state"], status["heat"]) == ("running", "low")
    assert "too cold" in status["why"]


def test_status_and_telemetry_fit_a_frame_at_their_longest():
    from massager.core import faults, self_tests

    host = Host()
    host.ask("start", program="shiatsu", strength=5)
    host.rig.run(100)
    host.rig.controller.heater.is_limited = True
    host.ask("status")
    for refusal in range(len(heat_refusals.WORDS)):
        host.rig.controller.guard.permit.refusal = refusal
        host.ask("status")
    out = host.rig.out
    out.roller_pm = -1000
    out.inner_pm = out.outer_pm = 1000
    host.rig.controller.now_ms = (1 << 29) - 1
    assert len(host.service.telemetry(out, 2000, 10**6, 10**6)) <= frame.MAX_JSON
    longest = max(range(len(self_tests.WORDS)), key=lambda failed: len(self_tests.WORDS[failed]))
    host.rig.controller.failed_test = longest
    host.ask("status")
    host.rig.controller.session.state = session.FAULT
    for fault in range(1, len(faults.TABLE)):
        host.rig.controller.guard.latched.set(fault)
        host.ask("status")
        assert len(host.service.telemetry(out, 2000, 10**6, 10**6)) <= frame.MAX_JSON
    host.rig.controller.session.state = session.IDLE
    for reason in range(len(session.END_WORDS)):
        host.rig.controller.session.end_reason = reason
        host.ask("status")


def test_subscribe_takes_0_to_10_hz():
    host = Host()
    for hz in (0, 1, 10):
        assert host.ask("subscribe", hz=hz)["result"] == {"hz": hz}
    for hz in (-1, 11, 2.5, "2"):
        assert host.error("subscribe", hz=hz) == rpc.BAD_PARAMS
