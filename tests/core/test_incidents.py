# A latched fault outlives a power cut; every fault is logged, the newest with their black boxes.
from knee import OPEN_CODE
from link_host import Host
from massager.core import faults, session, signals
from massager.core.blackbox import ALIVE, HEATER_ON, MOMENTS, NAMES, RAIL_GOOD
from massager.link import frame, rpc

LONG_MS = 1700


def trip(host, mc=44000):
    host.rig.skin(mc)
    host.run(100)
    host.rig.skin(33000)
    assert host.rig.state() == session.FAULT


def acknowledge(host):
    host.press(signals.STOP, LONG_MS)
    assert host.rig.state() == session.IDLE


def cold_start(files):
    host = Host(files)
    host.run(100)
    return host


def records(host):
    listed = host.result("faults.list")
    found, seq = [], listed["first"]
    while seq < listed["next"]:
        page = host.result("faults.read", seq=seq)
        found += page["records"]
        assert page["next"] > seq
        seq = page["next"]
    return found


def box(host, seq):
    """Return a black box as rows by name."""
    found, total = [], 1
    while len(found) < total:
        page = host.result("faults.box", seq=seq, first=len(found))
        total = page["total"]
        assert page["first"] == len(found)
        if not total:
            break
        found += page["moments"]
    return [dict(zip(NAMES, row)) for row in found]


def test_saf_46_a_latched_fault_survives_power_cuts_until_it_is_acknowledged():
    host = Host()
    host.result("start", program="shiatsu", strength=3)
    host.run(2000)
    trip(host)
    told = host.result("status")
    for _ in range(3):
        host = cold_start(host.files)
        assert host.rig.state() == session.FAULT
        again = host.result("status")
        for name in ("fault", "why", "remedy"):
            assert again[name] == told[name]
        assert "latched" in host.refusal("start", program="shiatsu")
        host.press(signals.MODE)
        host.run(2000)
        assert host.rig.state() == session.FAULT
    acknowledge(host)
    host.run(100)
    host = cold_start(host.files)
    assert host.rig.state() == session.IDLE
    host.result("start", program="shiatsu", strength=3)


def test_saf_46_an_acknowledgement_that_was_not_written_down_is_wanted_again():
    host = Host()
    trip(host)
    host.files.is_full = True
    acknowledge(host)
    assert cold_start(host.files).rig.state() == session.FAULT


def test_saf_46_a_fault_whose_cause_is_there_is_not_cleared_after_a_power_cut():
    host = Host()
    host.rig.skin_code(OPEN_CODE)
    host.run(100)
    host = cold_start(host.files)
    host.rig.skin_code(OPEN_CODE)
    host.run(100)
    host.press(signals.STOP, LONG_MS)
    assert host.rig.state() == session.FAULT
    assert host.result("status")["fault"] == "skin_open"


def test_saf_46_a_kept_fault_that_cannot_be_read_is_a_fault():
    host = Host()
    trip(host)
    for name in ("latch.0", "latch.1"):
        host.files.files[name] = b"\xff" * 12
    host = cold_start(host.files)
    assert host.result("status")["fault"] == "corrupt"
    acknowledge(host)
    host.run(100)
    assert cold_start(host.files).rig.state() == session.IDLE


def test_saf_46_a_fault_of_other_firmware_is_a_fault():
    host = Host()
    host.keeper.incidents._latch.write(b"of_the_future")
    assert cold_start(host.files).result("status")["fault"] == "corrupt"


def test_saf_46_no_flipped_bit_of_the_flash_clears_a_fault():
    host = Host()
    trip(host)
    acknowledge(host)
    trip(host)
    files = host.files.files
    for name in ("latch.0", "latch.1"):
        whole = files[name]
        for bit in range(8 * len(whole)):
            flipped = bytearray(whole)
            flipped[bit // 8] ^= 1 << bit % 8
            files[name] = bytes(flipped)
            found = faults.TABLE[Host(host.files).rig.controller.guard.fault][0]
            assert found == "skin_hot", (name, bit, found)
        files[name] = whole


def test_saf_46_every_fault_comes_back_as_itself():
    for number in range(1, len(faults.TABLE)):
        host = Host()
        host.rig.controller.guard.latch(number)
        host.run(100)
        assert Host(host.files).rig.controller.guard.fault == number


def test_the_latch_is_written_when_it_changes_and_not_otherwise():
    host = Host()
    host.run(2000)
    assert host.files.files == {}
    trip(host)
    host.run(1000)
    before = dict(host.files.files)
    host.run(5000)
    assert host.files.files == before
    host = cold_start(host.files)
    host.run(5000)
    assert host.files.files == before


def test_a_fault_is_logged_with_what_was_going_on():
    host = Host()
    assert records(host) == []
    host.result("clock.set", unix_s=1800000000)
    host.run(3000)
    host.result("start", program="shiatsu", strength=3)
    host.rig.pad(41000)
    host.run(1000)
    host.rig.pad(39000)
    host.run(1000)
    trip(host)
    host.run(1000)
    (record,) = records(host)
    assert 43900 < record.pop("skin_mc") < 44100
    assert 40900 < record.pop("pad_mc") < 41100
    assert record == {
        "seq": 1,
        "fault": "skin_hot",
        "at_s": 1800000005,
        "up_s": 5,
        "state": "running",
        "program": "shiatsu",
        "step": 1,
        "after_s": 2,
        "strength": 3,
        "heat": "low",
    }
    again = cold_start(host.files)
    assert len(records(again)) == 1  # the same fault, latched again, is no second one
    assert again.result("faults.list")["booted"] == 2


def test_a_fault_outside_of_a_session_is_logged_without_one():
    host = Host()
    host.rig.pad(33000)
    host.rig.skin_code(OPEN_CODE)
    host.run(1000)
    (record,) = records(host)
    assert record["fault"] == "skin_open"
    assert record["state"] == "idle"
    assert [record[name] for name in ("program", "step", "after_s", "skin_mc")] == [None] * 4
    assert 32900 < record["pad_mc"] < 33100


def test_the_black_box_holds_thirty_seconds_before_a_fault_five_times_a_second():
    host = Host()
    host.result("start", program="shiatsu", strength=3)
    host.run(40000)
    host.rig.skin(36000)
    host.run(10000)
    trip(host)
    host.run(1000)
    moments = box(host, 1)
    assert len(moments) == MOMENTS
    assert sum([row["after_ms"] for row in moments[1:]]) >= 30000 - 200
    assert max([row["after_ms"] for row in moments]) <= 200
    last, before = moments[-1], moments[-2]
    assert last["state"] == session.FAULT
    assert last["skin_cc"] > 4300
    assert not last["on"] & (HEATER_ON | ALIVE)
    assert last["roller_pm"] == last["inner_pm"] == last["outer_pm"] == last["duty_pm"] == 0
    assert before["state"] == session.RUNNING
    assert before["step"] == 1
    assert before["on"] & ALIVE
    assert before["on"] & RAIL_GOOD
    assert before["set_cc"] == 3700
    assert [row["skin_cc"] // 100 for row in moments[::30]] == [33, 33, 33, 33, 36, 44]
    assert max([row["roller_pm"] for row in moments]) > 100
    assert max([row["duty_pm"] for row in moments]) > 500
    assert box(cold_start(host.files), 1) == moments


def test_a_tick_that_comes_a_moment_early_holds_no_moment_up():
    host = Host()
    host.rig.pad(33000)
    for _ in range(60):
        host.run(180)
        host.run(19, 19)
    host.rig.pad(47000)
    host.run(200)
    moments = box(host, 1)
    assert len(moments) > 50
    assert max([row["after_ms"] for row in moments]) < 210


def test_the_moments_before_are_right_at_any_number_of_them():
    for ticks in (1, 9, 10, 11, 1499, 1500, 1501, 3013):
        host = Host()
        host.rig.pad(33000)
        host.run(20 * ticks)
        host.rig.pad(47000)
        host.run(200)
        moments = box(host, 1)
        assert len(moments) <= MOMENTS
        assert moments[-1]["pad_cc"] > 4600
        assert all(row["pad_cc"] // 10 == 330 for row in moments[2:-1])
        assert all(row["after_ms"] == 200 for row in moments[1:-1])


def test_a_second_fault_has_a_box_of_its_own():
    host = Host()
    host.run(5000)
    trip(host)
    acknowledge(host)
    host.run(2000)
    trip(host, 44500)
    host.run(1000)
    assert len(box(host, 1)) >= 25
    second = box(host, 2)
    assert 10 <= len(second) <= 13
    assert second[-1]["skin_cc"] > 4440
    assert [record["seq"] for record in records(host)] == [1, 2]


def test_black_boxes_are_kept_of_the_newest_faults_and_the_log_is_bounded():
    host = Host()
    for _ in range(70):
        trip(host)
        acknowledge(host)
    host.run(200)
    listed = host.result("faults.list")
    assert listed["next"] == 71
    assert 32 <= listed["next"] - listed["first"] <= 64
    for seq in range(60, 67):
        assert box(host, seq) == []
    for seq in range(67, 71):
        assert box(host, seq)
    assert len([name for name in host.files.files if name.startswith("box")]) <= 8


def test_a_fault_that_cannot_be_written_down_is_told_and_given_up():
    host = Host()
    host.files.is_full = True
    trip(host)
    host.run(1000)
    assert "could not be kept" in host.result("status")["store"]
    host.files.is_full = False
    host.run(1000)
    assert records(host) == []
    assert host.rig.state() == session.FAULT


def test_the_methods_need_what_others_need():
    host = Host()
    for method in ("faults.list", "faults.read", "faults.box"):
        answer = host.ask(method, frame.NO_CRC)
        assert answer.get("error", {}).get("code") != rpc.NEEDS_CRC, method
    assert "needs seq" in host.refusal("faults.box")
    for given in ({"seq": 0}, {"seq": "1"}, {"seq": 1, "first": -1}, {"seq": 1, "last": 1}):
        assert host.error("faults.box", **given) == rpc.BAD_PARAMS
    assert host.error("faults.read", seq=-1) == rpc.BAD_PARAMS
    assert host.result("faults.read") == {"records": [], "next": 1}
    assert host.result("faults.box", seq=1) == {"total": 0, "first": 0, "moments": []}
    host.result("start", program="warm")
    host.run(100)
    for method in ("faults.read", "faults.box"):
        assert host.ask(method, seq=1)["error"]["code"] == rpc.REFUSED


def test_a_box_of_the_largest_numbers_fits_its_frames():
    host = Host()
    trip(host)
    host.run(1000)
    incidents = host.keeper.incidents
    seq = 67
    incidents._boxes[seq % 4].write(bytes([seq, 0, 0, 0]) + b"\x01\x80" * 13 * MOMENTS)
    assert len(box(host, seq)) == MOMENTS


def test_a_piece_of_a_box_may_be_asked_for_by_itself():
    host = Host()
    host.run(5000)
    trip(host)
    host.run(200)
    page = host.result("faults.box", seq=1, first=10)
    assert page["first"] == 10
    assert len(page["moments"]) == 4
    assert host.result("faults.box", seq=1, first=900)["moments"] == []
