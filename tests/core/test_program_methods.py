# Users' programs over the link: put, checked, listed, played, fetched, removed; damaged ones refused at their start.
import json

from link_host import Host
from massager.core import limits, programs, session, signals, sounds, techniques, zones
from massager.core.programs import number_of
from massager.core.steps import HEAT, LENGTH_S
from massager.link import checks, rpc
from rig import Board, MemoryFiles

FIRST_USER = len(programs.BUILT_IN)
EVENING = [
    [techniques.STROKE, zones.THIGH, 700, 700, 63, 1, techniques.HOLD],
    [techniques.KNEAD, zones.CALF, 725, 750, 30, 0, techniques.TAP],
]
# As long as steps can be, in characters and in number.
LONG = [[techniques.STROKE, zones.THIGH, 700, 700, 100, 3, techniques.HOLD]] + (
    [[techniques.WAVE, zones.CALF, 750, 750, 25, 3, techniques.WAVE]] * 31
)


def put(host, name, steps, title="", method="program.put"):
    """Send a program in pages; return the last answer."""
    for first in range(0, len(steps), 8):
        params = {"name": name, "first": first, "total": len(steps), "steps": steps[first : first + 8]}
        if first == 0:
            params["title"] = title
        answer = host.ask(method, **params)
        if "error" in answer:
            return answer
    return answer


def get(host, name):
    title, steps = None, []
    while True:
        page = host.result("program.get", name=name, first=len(steps))
        title = page["title"]
        steps += page["steps"]
        if len(steps) == page["total"]:
            return title, steps


def rows(host):
    found = []
    while True:
        page = host.result("programs", first=len(found))
        found += page["programs"]
        if len(found) >= page["total"]:
            return found


def test_a_program_is_put_listed_and_comes_back_as_it_was():
    host = Host()
    assert put(host, "evening", EVENING, "Slow evening \u00e9")["result"] == {"kept": "evening"}
    assert put(host, "long", LONG)["result"] == {"kept": "long"}
    for device in (host, host.restarted()):
        assert get(device, "evening") == ("Slow evening \u00e9", EVENING)
        assert get(device, "long") == ("", LONG)
        assert rows(device)[FIRST_USER:] == [
            {"name": "evening", "user": True, "length_s": 93, "steps": 2},
            {"name": "long", "user": True, "length_s": 875, "steps": 32},
        ]


def test_putting_one_of_the_same_name_replaces_it():
    host = Host()
    put(host, "evening", EVENING)
    put(host, "evening", LONG)
    assert [row["name"] for row in rows(host)[FIRST_USER:]] == ["evening"]
    assert get(host.restarted(), "evening") == ("", LONG)


def test_checking_keeps_nothing():
    host = Host()
    assert put(host, "evening", EVENING, method="program.check")["result"] == {"ok": True}
    assert len(rows(host)) == FIRST_USER
    assert host.files.files == {}


def test_it_is_played_from_the_link_and_from_a_button():
    host = Host()
    put(host, "evening", EVENING)
    host = host.restarted()
    assert host.result("start", program="evening", strength=3) == {"state": "running"}
    host.run(70000)
    status = host.result("status")
    assert (status["program"], status["step"], status["steps"]) == ("evening", 2, 2)
    host.result("stop")
    host.run(100)
    host.result("settings.set", favourites=["evening", "self", "warm", "evening"])
    host = host.restarted()
    host.press(signals.MODE)
    assert host.result("status")["program"] == "evening"
    host.press(signals.MODE)
    assert host.result("status")["program"] == "self"
    for name in ("warm", "evening"):
        host.press(signals.MODE)
        assert host.result("status")["program"] == name


def test_a_page_that_is_no_page_is_refused_and_nothing_is_kept():
    host = Host()
    good = {"name": "evening", "first": 0, "total": 2, "steps": EVENING}
    for change, words in (
        ({"name": "Evening"}, "a-z"),
        ({"name": ""}, "a-z"),
        ({"name": 7}, "a-z"),
        ({"name": "self"}, "built-in"),
        ({"name": "damaged-2"}, "damaged-"),
        ({"name": "x" * 17}, "16"),
        ({"title": "x" * 61}, "60 bytes"),
        ({"title": "a\nb"}, "printable"),
        ({"title": 7}, "printable"),
        ({"total": 0}, "1 to 32"),
        ({"total": 33}, "1 to 32"),
        ({"total": 1}, "more steps"),
        ({"steps": []}, "one step"),
        ({"steps": 7}, "one step"),
        ({"first": 2}, "Begin again"),
        ({"first": -1}, "0 to 32"),
        ({"speed": 1}, "Unknown"),
        ({"steps": [EVENING[0], [11, 0, 0]]}, "7 whole numbers"),
    ):
        params = dict(good)
        params.update(change)
        assert words in host.refusal("program.put", **params), change
        assert len(rows(host)) == FIRST_USER
    assert "total must say" in host.refusal("program.put", name="a", first=0, steps=EVENING)


def test_all_that_is_wrong_with_a_step_is_told_with_its_range():
    good = EVENING[1]
    for place, value, words in (
        (0, 12, "technique must be stroke"),
        (1, zones.KNEECAP, "kneecap"),
        (1, zones.HOLLOW, "hollow of the knee"),
        (2, 1001, "from 0 to 100 %"),
        (3, -1, "from 0 to 100 %"),
        (4, 4, "5 to 1200"),
        (4, 1201, "5 to 1200"),
        (5, 4, "off, low, medium or high"),
        (6, techniques.CUE, "sides must be"),
        (2, 901, "90 % at most"),
    ):
        host = Host()
        step = list(good)
        step[place] = value
        error = put(host, "evening", [EVENING[0], step])["error"]
        assert error["code"] == rpc.BAD_PARAMS
        assert words in error["message"], error["message"]
        assert "Step 2" in error["message"]
        assert len(rows(host)) == FIRST_USER


def test_saf_52_a_page_keeps_nothing_but_whole_numbers():
    host = Host()
    for step in ([], EVENING[0][:6], EVENING[0] + [1], EVENING[0][:6] + [[1]], EVENING[0][:6] + ["x" * 90], 7, {}):
        assert "whole numbers" in host.refusal("program.put", name="a", first=0, total=32, steps=[step])
    assert host.result("program.put", name="a", first=0, total=32, steps=LONG[:8]) == {"have": 8}
    assert "whole numbers" in host.refusal("program.put", name="a", first=8, total=32, steps=[["x"] * 7])
    assert "Begin again" in host.refusal("program.put", name="a", first=8, total=32, steps=LONG[8:16])


def test_a_page_of_another_program_does_not_slip_in():
    host = Host()
    assert host.result("program.put", name="a", title="", first=0, total=32, steps=LONG[:8]) == {"have": 8}
    assert "Begin again" in host.refusal("program.put", name="b", first=8, total=32, steps=LONG[8:16])
    assert "Begin again" in host.refusal("program.put", name="a", first=16, total=32, steps=LONG[8:16])
    assert put(host, "a", LONG)["result"] == {"kept": "a"}


def test_eight_of_the_longest_fit_and_a_ninth_is_refused_until_one_is_removed():
    host = Host()
    title = "\u00e9" * 30
    for number in range(8):
        assert "result" in put(host, "a-very-long-nam%d" % number, LONG, title)
    error = put(host, "one-more", EVENING)["error"]
    assert error["code"] == rpc.REFUSED
    assert "8 fit" in error["message"]
    assert get(host, "a-very-long-nam7") == (title, LONG)
    assert host.result("program.remove", name="a-very-long-nam3") == {"removed": "a-very-long-nam3"}
    assert "result" in put(host, "one-more", EVENING)
    assert get(host.restarted(), "one-more") == ("", EVENING)


def test_what_was_removed_does_not_come_back_and_its_favourites_are_the_first_ones_again():
    host = Host()
    put(host, "evening", LONG)
    put(host, "evening", EVENING)
    host.result("settings.set", favourites=["warm", "evening", "warm", "evening"])
    host.result("program.remove", name="evening")
    for device in (host, host.restarted()):
        assert len(rows(device)) == FIRST_USER
        assert device.result("settings.get")["favourites"] == ["warm", "shiatsu", "warm", "warm"]
        assert "none" in device.refusal("program.get", name="evening")
    assert "own programs" in host.refusal("program.remove", name="self")
    assert "own programs" in host.refusal("program.get")


def test_saf_27_nothing_is_kept_while_a_session_runs_or_is_paused():
    host = Host()
    put(host, "evening", EVENING)
    before = dict(host.files.files)
    host.result("start", program="shiatsu")
    for change in ("", "pause"):
        if change:
            host.result(change)
        assert put(host, "other", EVENING)["error"]["code"] == rpc.REFUSED
        assert "Stop it first" in host.refusal("program.remove", name="evening")
        assert "Stop it first" in host.refusal("settings.set", knee="left")
        assert "Stop it first" in host.refusal("program.get", name="evening")
        assert "Stop it first" in host.refusal("log.read")
        assert put(host, "other", EVENING, method="program.check")["error"]["code"] == rpc.REFUSED
        host.run(3000)
    assert host.files.files == before


def test_a_full_store_is_told_and_nothing_is_lost():
    host = Host()
    put(host, "evening", EVENING)
    host.files.is_full = True
    error = put(host, "evening", LONG)["error"]
    assert error["code"] == rpc.REFUSED
    assert "full" in error["message"]
    host.files.is_full = False
    assert get(host, "evening") == ("", EVENING)
    assert get(host.restarted(), "evening") == ("", EVENING)


def damaged(how):
    """Return a device that has just been switched on with a program whose file is not as it should be."""
    host = Host()
    put(host, "evening", EVENING)
    host.result("settings.set", favourites=["evening", "self", "warm", "shiatsu"])
    slot = host.keeper.library._records[0]
    if how == "flipped bit":
        data = bytearray(host.files.files["program0.0"])
        data[30] ^= 4
        host.files.files["program0.0"] = bytes(data)
    elif how == "no JSON":
        slot.write(b"evening 93 2 7\nnothing")
    elif how == "no head":
        slot.write(b"\xff\xfe")
    elif how == "no name":
        slot.write(b"self 93 2 7\n{}")
    elif how == "long name":
        slot.write(b"x" * 900 + b" 93 2 7\n{}")
    elif how == "long size":
        slot.write(b"evening " + b"9" * 700 + b" 2 7\n{}")
    else:
        steps = [list(step) for step in EVENING]
        if how == "too long":
            steps[1][LENGTH_S] = 5000
        elif how == "too hot":
            steps[1][HEAT] = 4
        slot.write(
            b"evening 93 2 7\n" + json.dumps({"title": "", "steps": steps * (20 if how == "many" else 1)}).encode()
        )
    return host.restarted()


def test_a_damaged_or_over_limit_file_is_refused_at_its_start_and_not_at_boot():
    nameless = ("flipped bit", "no head", "no name", "long name", "long size")
    for how in nameless + ("no JSON", "too long", "too hot", "many"):
        host = damaged(how)
        row = rows(host)[FIRST_USER]
        assert row["name"] == ("damaged-1" if how in nameless else "evening"), how
        error = host.ask("start", program=row["name"])["error"]
        assert error["code"] == rpc.REFUSED
        assert "damaged" in error["message"] or "breaks a limit" in error["message"], error
        assert host.rig.state() == session.IDLE
        host.press(signals.MODE)  # it is still the first favourite
        assert host.rig.state() == session.IDLE
        assert host.rig.is_off()
        assert host.rig.controller.face.player.sound == sounds.REFUSED
        assert "was not played" in host.result("status")["why"]
        assert "result" in host.ask("start", program="self")
        host.result("stop")
        host.run(100)
        assert host.result("program.remove", name=row["name"]) == {"removed": row["name"]}
        assert len(rows(host)) == FIRST_USER


def test_a_program_takes_the_place_of_a_damaged_one_only_when_there_is_no_other():
    host = damaged("flipped bit")
    for number in range(7):
        put(host, "own-%d" % number, EVENING)
    assert "damaged-1" in [row["name"] for row in rows(host)]
    assert put(host, "evening", EVENING)["result"] == {"kept": "evening"}
    assert "damaged-1" not in [row["name"] for row in rows(host)]
    assert put(host, "one-more", EVENING)["error"]["code"] == rpc.REFUSED


def test_what_was_lent_for_a_refused_start_is_not_played_later():
    host = Host()
    put(host, "evening", EVENING)
    host.rig.inputs.buttons = signals.STOP
    host.run(100)
    assert host.error("start", program="evening") == rpc.REFUSED
    host.rig.inputs.buttons = 0
    host.run(200)
    put(host, "evening", LONG)
    host.result("start", program="evening")
    assert host.result("status")["steps"] == len(LONG)
    host.result("stop")
    host.run(100)
    host.result("program.remove", name="evening")
    put(host, "soft", EVENING)  # into the same slot
    host.result("start", program="soft")
    assert host.result("status")["steps"] == len(EVENING)


def test_removing_a_favourite_is_whole_or_not_at_all():
    host = Host()
    put(host, "evening", EVENING)
    host.result("settings.set", favourites=["evening", "self", "evening", "warm"])
    host.files.is_full = True
    assert host.error("program.remove", name="evening") == rpc.REFUSED
    host.files.is_full = False
    for device in (host, host.restarted()):
        assert device.result("settings.get")["favourites"] == ["evening", "self", "evening", "warm"]
        assert get(device, "evening") == ("", EVENING)
    kept = dict(host.files.files)
    host.result("program.remove", name="evening")
    changed = [name for name in host.files.files if host.files.files[name] != kept.get(name)]
    assert len(changed) == 2
    for name in changed:  # the power goes between the two writes
        between = MemoryFiles()
        between.files = dict(kept)
        between.files[name] = host.files.files[name]
        device = Host(between)
        names = device.result("settings.get")["favourites"]
        assert "" not in names
        assert names in (["self", "self", "vibration", "warm"], ["evening", "self", "evening", "warm"])


def test_choosing_a_damaged_favourite_in_a_session_turns_everything_off():
    host = damaged("too hot")
    host.result("settings.set", favourites=["self", "evening", "warm", "shiatsu"])
    host.press(signals.MODE)
    host.run(1000)
    assert not host.rig.is_off()
    host.press(signals.MODE)
    assert host.rig.is_off()
    assert host.rig.state() == session.IDLE


def having(*features):
    class Other(Board):
        FEATURES = features

    return Other


def test_a_board_says_what_it_plays_without():
    host = Host(board=having("sides"))
    notes = {row["name"]: row.get("note", "") for row in rows(host)}
    assert notes["self"] == "This device plays it without the roller and heat, which it has not."
    assert notes["vibration"] == "This device plays it without heat, which it has not."
    assert "infrared lamp" in notes["infrared"]
    assert "locked" in notes["post-op"]
    lamp_only = Host(board=having("roller", "sides", "infrared"))
    assert "note" not in rows(lamp_only)[number_of("infrared")]
    assert host.result("start", program="self")["note"] == notes["self"]
    assert "down before" in host.result("status")["why"]
    host.run(100)
    assert "dead-man" in host.result("status")["why"]
    host.rig.prove()
    assert host.result("status")["why"] == notes["self"]
    host = Host(board=having("roller", "sides", "heat"))
    put(host, "evening", EVENING)
    notes = {row["name"]: row.get("note", "") for row in rows(host)}
    said = {name for name in notes if notes[name]}
    assert said == {"post-op", "infrared", "post-trauma"}
    assert notes["post-trauma"] == "Its strength grows with the sessions: 0 of 30 done."
    host = Host(files=host.files, board=having("roller", "heat"))
    assert rows(host)[FIRST_USER]["note"] == "This device plays it without the side motors, which it has not."


def test_programs_tell_the_length_that_the_session_cap_leaves():
    host = Host()
    assert rows(host)[number_of("warm")]["length_s"] == limits.SESSION_CAP_MS // 1000
    host.result("settings.set", session_min=20)
    assert rows(host)[number_of("warm")]["length_s"] == 1200
    host.result("settings.set", session_min=5)
    assert rows(host)[0]["length_s"] == 300


def test_the_checks_own_words():
    assert checks.words((0, "to", "it is wrong")) == "Step 1: it is wrong."
    assert checks.words((-1, "steps", "it is wrong")) == "it is wrong."
    assert checks.check("abc") and checks.check([]) and checks.check(None) and checks.check([1] * 40)
    assert checks.check(EVENING) == []
    files = MemoryFiles()
    assert files.read("none", 0, 10) is None
