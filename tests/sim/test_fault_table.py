"""Every fault of the table really changes what its sentence says, and is over when it is lifted."""

import re

import pytest

from kneesim import faults
from kneesim.engines import ROOT
from kneesim.inprocess import Device
from kneesim.machine_faults import FLIPS, SITES, flip, variables
from massager.core import limits

C40 = 40.0


@pytest.fixture
def warm(device: Device) -> Device:
    """Return a device with pad and skin at 40 degrees, ten seconds into a session."""
    device.start_confirmed(strength=5)
    device.run_ms(10_000)
    device.plant.heat.skin_c = device.plant.heat.pad_c = C40
    return device


def shown_c(device: Device, sensor: str) -> float:
    """Return what the firmware would take a sensor's next reading for."""
    board, chip = device.board, device.chip
    sensors = device.watch.module("massager.core.sensors")
    heat = device.plant.heat
    heat.skin_c = heat.pad_c = C40
    table, pin = {"skin": (board.SKIN_NTC_MC, board.PIN_SKIN_NTC), "pad": (board.PAD_NTC_MC, board.PIN_PAD_NTC)}[sensor]
    read = chip.adc[pin]
    assert read is not None
    return float(sensors.table_mc(table, read())) / 1000


def test_names_are_said_once_at_each_place() -> None:
    pairs = [(place, row.name) for place, row in faults.pairs()]
    assert len(set(pairs)) == len(pairs)
    assert len(faults.TABLE) == len({(row.places, row.name) for row in faults.TABLE})


_ENDS_THE_RUN = ("loop", "power", "code", "memory")  # these have tests of their own
_PAIRS = [pair for pair in faults.pairs() if pair[0] not in _ENDS_THE_RUN]


@pytest.mark.parametrize(("place", "row"), _PAIRS, ids=lambda x: getattr(x, "name", x))
def test_every_fault_can_be_put_on_at_both_ends_of_its_parameters_and_lifted(place: str, row: faults.Fault) -> None:
    with Device() as device:
        device.start_confirmed(strength=5)
        device.run_ms(500)
        for end in ("default", "least", "most"):
            params = {p.name: p.default if p.choices or end == "default" else getattr(p, end) for p in row.params}
            injected = faults.apply(device, place, row.name, **params)
            device.run_ms(40)
            assert injected.at_us is not None
            injected.lift()
            device.run_ms(40)
        assert not device.plant.faults or row.name in ("spike",)


@pytest.mark.parametrize("sensor", ["skin", "pad"])
@pytest.mark.parametrize(
    ("name", "params", "least_c", "most_c"),
    [
        ("open", {}, -60, -30),
        ("short", {}, 130, 150),
        ("offset", {"c": 3.0}, 42.9, 43.2),
        ("offset", {"c": -3.0}, 36.8, 37.2),
        ("spike", {"c": 20.0}, 59.5, 60.5),
        ("bridged", {"ohm": 10000.0}, 49, 52),
        ("chafed", {"ohm": 1000.0}, 35.5, 36.5),
        ("intermittent", {"open_pm": 1000}, -60, -30),
    ],
)
def test_a_sensor_shows_what_the_fault_says(
    warm: Device, sensor: str, name: str, params: dict[str, float], least_c: float, most_c: float
) -> None:
    injected = faults.apply(warm, f"{sensor}_ntc", name, **params)
    assert least_c <= shown_c(warm, sensor) <= most_c
    other = "pad" if sensor == "skin" else "skin"
    assert abs(shown_c(warm, other) - C40) < 0.3
    if name == "spike":
        assert abs(shown_c(warm, sensor) - C40) < 0.3  # it is over by itself
    injected.lift()
    assert abs(shown_c(warm, sensor) - C40) < 0.3


def test_both_sensors_at_once(warm: Device) -> None:
    injected = faults.apply(warm, "both_ntcs", "offset", c=5.0)
    assert min(shown_c(warm, "skin"), shown_c(warm, "pad")) > 44.5
    injected.lift()
    assert max(shown_c(warm, "skin"), shown_c(warm, "pad")) < 40.5


def test_a_stuck_sensor_repeats_its_code_to_the_last_bit(warm: Device) -> None:
    read = warm.chip.adc[warm.board.PIN_SKIN_NTC]
    assert read is not None
    last = read()
    injected = faults.apply(warm, "skin_ntc", "stuck")
    warm.plant.heat.skin_c = 45.0
    assert [read() for _ in range(20)] == [last] * 20
    injected.lift()
    assert len({read() for _ in range(20)}) > 1


def test_noise_and_loose_contacts_come_and_go(warm: Device) -> None:
    noise = faults.apply(warm, "skin_ntc", "noise", c=2.0)
    shown = [shown_c(warm, "skin") for _ in range(200)]
    assert 37.8 < min(shown) < 39 < 41 < max(shown) < 42.2
    noise.lift()
    faults.apply(warm, "skin_ntc", "intermittent", open_pm=300)
    lost = sum(shown_c(warm, "skin") < 0 for _ in range(1000))
    assert 200 < lost < 400


def test_drift_and_delay_take_their_time(device: Device) -> None:
    device.run_ms(500)
    faults.apply(device, "pad_ntc", "drift", c_min=-2.0)
    device.run_ms(60_000)
    assert -2.1 < device.watch.controller.sensors.pad.mc / 1000 - device.plant.heat.pad_c < -1.9
    injected = faults.apply(device, "skin_ntc", "delayed", ms=2000)
    device.run_ms(3000)
    before_c = device.plant.heat.skin_c
    device.plant.heat.skin_c = 40.0
    device.run_ms(1900)
    assert abs(device.watch.controller.sensors.skin.mc / 1000 - before_c) < 0.3
    device.run_ms(200)
    assert device.watch.controller.sensors.skin.mc > 39_000
    injected.lift()


def test_swapped_and_stuck_multiplexer(device: Device) -> None:
    heat, board, chip = device.plant.heat, device.board, device.chip
    heat.skin_c, heat.pad_c = 30.0, 45.0
    read_skin, read_pad = chip.adc[board.PIN_SKIN_NTC], chip.adc[board.PIN_PAD_NTC]
    assert read_skin is not None
    assert read_pad is not None
    cold, hot = read_skin(), read_pad()
    swapped = faults.apply(device, "both_ntcs", "swapped")
    assert read_skin() < cold - 5000
    assert read_pad() > hot + 5000
    swapped.lift()
    stuck = faults.apply(device, "skin_ntc", "mux_stuck")
    assert abs(read_pad() - cold) < 200
    stuck.lift()
    faults.apply(device, "pad_ntc", "mux_stuck")
    assert abs(read_skin() - hot) < 200


def test_switches_enable_and_read_backs(warm: Device) -> None:
    plant, board, chip = warm.plant, warm.board, warm.chip
    warm.press("stop")
    warm.run_ms(1000)
    assert not plant.is_heater_on()
    shorted = faults.apply(warm, "enable", "shorted")
    assert not plant.is_heater_on()
    welded = faults.apply(warm, "heater_switch", "welded")
    assert plant.is_heater_on()
    broken = faults.apply(warm, "heater_wire", "broken")
    assert not plant.is_heater_on()
    broken.lift()
    welded.lift()
    read = chip.drive[board.PIN_HEATER_SENSE]
    assert read is not None
    assert read() == 1
    stuck = faults.apply(warm, "heater_sense", "stuck_low")
    assert read() == 0
    stuck.lift()
    shorted.lift()
    stuck = faults.apply(warm, "heater_sense", "stuck_high")
    assert read() == 1
    stuck.lift()
    plant.heat.skin_c = plant.heat.pad_c = 33.0
    warm.start_confirmed(strength=5)
    warm.run_ms(3000)
    assert plant.is_heater_on()
    assert plant.are_motors_on()
    dead = faults.apply(warm, "enable", "dead")
    assert not plant.is_heater_on()
    assert not plant.are_motors_on()
    dead.lift()
    faults.apply(warm, "heater_switch", "dead")
    assert not plant.is_heater_on()


def test_pad_motors_supply_and_buttons(warm: Device) -> None:
    plant = warm.plant
    contact_w_k, pad_j_k = plant.heat.contact_w_k, plant.heat.pad_j_k
    wet = faults.apply(warm, "pad", "wet", water_g=30.0)
    assert plant.heat.pad_j_k > pad_j_k + 100
    wet.lift()
    loose = faults.apply(warm, "pad", "loose", w_k=0.2)
    assert plant.heat.contact_w_k == 0.2
    loose.lift()
    assert (plant.heat.contact_w_k, plant.heat.pad_j_k) == (contact_w_k, pad_j_k)
    faults.apply(warm, "pad", "folded")
    assert plant.heat.fold_times == 3.0
    warm.run_ms(15_000)
    assert plant.roller.current_ma > 100
    broken = faults.apply(warm, "roller", "broken")
    for _ in range(300):
        warm.run_ms(20)
        assert plant.roller.current_ma == 0
    broken.lift()
    faults.apply(warm, "roller", "jammed")
    currents, speeds = [], []
    for _ in range(200):
        warm.run_ms(20)
        currents.append(plant.roller.current_ma)
        speeds.append(plant.roller.rpm)
    assert max(currents) > 300
    assert min(speeds) == 0 or max(speeds) == 0  # held one way
    faults.apply(warm, "supply", "volts", v=4.0)
    assert plant.supply_v == 4.0
    faults.apply(warm, "stop", "broken_wire")
    warm.run_ms(60)
    assert warm.is_off()
    assert not plant._is_down["stop"]


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("kind", ["MemoryError", "KeyboardInterrupt"])
def test_saf_42_an_exception_at_any_site_is_off_within_50_ms_and_one_reset(
    running: Device, site: str, kind: str
) -> None:
    if site == "service.telemetry":
        running.result("subscribe", hz=10)
    injected = faults.apply(running, "code", "raise", site=site, kind=kind)
    running.run_ms(0)
    if site == "service.handle":
        running.send(b'{"jsonrpc":"2.0","id":5,"method":"status"}\n')
    seen_on_ms = 0
    for ms in range(0, 400, 2):
        running.run_ms(2)
        if running.watch.resets_us:
            break
        if not running.is_off():
            seen_on_ms = ms
    assert injected.at_us is not None
    assert seen_on_ms <= 200  # the site is called within a telemetry's time, and then it is off at once
    running.run_ms(1000)
    assert running.is_off()
    assert running.power.starts == 2


def test_hangs_end_by_the_watchdog_and_a_masked_one_hears_nothing(running: Device) -> None:
    faults.apply(running, "loop", "hang_masked")
    running.run_ms(100)
    running.send(b"x")
    assert not running.port.has_rx()
    running.run_ms(3000)
    assert running.power.starts == 2
    assert running.result("hello")["reset"] == "watchdog"


def test_a_power_cut_lets_go_at_once_even_where_a_reset_does_not() -> None:
    with Device(board="esp32") as device:
        device.start_confirmed(strength=5)
        device.run_ms(10_000)
        faults.apply(device, "power", "cut", off_ms=300)
        device.run_ms(2)
        assert device.is_off()
        assert device.plant.supply_v == 0.0
        device.run_ms(1000)
        assert device.plant.supply_v == 5.0
        assert device.power.starts == 2
        assert device.result("hello")["reset"] == "power"


def test_a_clock_that_is_too_fast_makes_ticks_too_short(device: Device) -> None:
    device.run_ms(1000)
    feeds = device.chip.feeds
    injected = faults.apply(device, "clock", "rate", ppm=100_000)
    device.run_ms(10_000)
    assert 545 <= device.chip.feeds - feeds <= 555
    injected.lift()
    feeds = device.chip.feeds
    device.run_ms(10_000)
    assert 495 <= device.chip.feeds - feeds <= 505


def test_the_named_variables_are_the_controllers_and_a_bit_of_each_flips(running: Device) -> None:
    names = variables(running.watch.controller)
    assert set(FLIPS) <= set(names)
    before = running.watch.controller.session.cap_ms
    faults.apply(running, "memory", "flip", variable="session.cap.value", bit=3)
    running.run_ms(40)
    assert running.watch.controller.session.cap_ms == before ^ 8
    flip(running.watch.controller, "sensors.is_fresh", 0)
    assert running.watch.controller.sensors.is_fresh is False


def test_a_variable_that_is_not_there_is_an_error_that_names_those_that_are(running: Device) -> None:
    faults.apply(running, "memory", "flip", variable="session.nothing", bit=3)
    running.run_ms(40)
    assert running.power.starts == 1
    (error,) = running.watch.errors
    assert "session.nothing is no number" in error
    assert "session.cap.value" in error


def test_link_faults_fill_and_starve_the_port(running: Device) -> None:
    for name in ("flood", "garbage"):
        injected = faults.apply(running, "link", name, bytes_s=200000)
        running.run_ms(100)
        assert running.port.has_rx()
        injected.lift()
        running.run_ms(10_000)
        assert not running.port.has_rx()
        running.send(b"\n")  # ends a line that was cut off
    running.result("subscribe", hz=10)
    silent = faults.apply(running, "link", "silence")
    running.run_ms(3000)
    assert not running.port.has_room() or len(running.port.tx) > 100
    silent.lift()
    assert running.status()["state"] == "running"


@pytest.mark.parametrize(
    ("board", "name", "starts"),
    [("pico", "open", 1), ("pico2", "open", 1), ("esp32", "open", 2), ("esp32s3", "open", 2)],
)
def test_opening_a_port_resets_an_esp32(board: str, name: str, starts: int) -> None:
    with Device(board=board) as device:
        device.run_ms(500)
        faults.apply(device, "link", name)
        device.run_ms(1000)
        assert device.power.starts == starts
        assert device.result("hello")["reset"] == "power"


def test_a_touch_at_1200_baud_ends_a_picos_firmware_until_the_power_is_cut(running: Device) -> None:
    faults.apply(running, "link", "touch_1200")
    running.run_ms(5)
    feeds = running.chip.feeds
    assert running.is_off()
    running.run_ms(5000)
    assert running.chip.feeds == feeds
    faults.apply(running, "power", "cut", off_ms=10)
    running.run_ms(500)
    assert running.chip.feeds > feeds


def test_a_touch_at_1200_baud_may_leave_a_pico_2s_outputs_and_the_pump_lets_go() -> None:
    with Device(board="pico2") as device:
        device.start_confirmed(strength=5)
        device.run_ms(30_000)
        before = device.levels()
        assert any(before.values())
        faults.apply(device, "link", "touch_1200")
        device.run_ms(limits.LET_GO_MS)
        assert device.levels() == before
        assert not device.plant.is_heater_on()
        assert not device.plant.are_motors_on()
        faults.apply(device, "power", "cut", off_ms=10)
        device.run_ms(5)
        assert device.is_off()


@pytest.mark.parametrize(
    ("place", "name", "params", "words"),
    [
        ("skin", "open", {}, "there is no skin. Faults are put on: skin_ntc"),
        ("skin_ntc", "welded", {}, "skin_ntc cannot be welded. It can be: open, short"),
        ("skin_ntc", "open", {"c": 3}, "open has no c; it takes nothing"),
        ("skin_ntc", "offset", {"c": 51}, "c must be -50 to 50 °C, not 51"),
        ("skin_ntc", "offset", {"c": "hot"}, "c must be a number, -50 to 50 °C, not hot"),
        ("skin_ntc", "offset", {"c": float("nan")}, "c must be -50 to 50 °C"),
        ("code", "raise", {"site": "main"}, "site must be controller.step"),
        ("memory", "flip", {"variable": ""}, "variable must be a dotted name"),
    ],
)
def test_what_cannot_be_is_said(device: Device, place: str, name: str, params: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        faults.apply(device, place, name, **params)


def test_a_board_without_a_clock_has_no_faults_of_one() -> None:
    with Device(board="esp32") as device, pytest.raises(ValueError, match="esp32 has no battery clock"):
        faults.apply(device, "rtc", "stopped")


def test_every_fault_is_an_event_too_if_it_is_the_plants(device: Device) -> None:
    device.plant.do("pad_ntc offset c=-4")
    assert ("pad_ntc", "offset") in device.plant.faults
    device.plant.do("pad_ntc ok")
    assert not device.plant.faults
    device.plant.do("roller jammed")
    device.plant.do("roller free")
    assert not device.plant.roller.is_jammed
    for words, error in (
        ("loop hang", "cannot do 'loop hang'"),
        ("pad_ntc offset 4", "after the fault come parameters like c=3"),
        ("pad_ntc melted", "pad_ntc cannot be melted"),
        ("press", "Events are"),
    ):
        with pytest.raises(ValueError, match=re.escape(error)):
            device.plant.do(words)


def test_the_table_in_the_docs_has_every_fault() -> None:
    rows = re.findall(r"^\| ([\w, ]+) \| `(\w+)` \|", (ROOT / "docs/simulator.md").read_text(), re.MULTILINE)
    found = {(place, name) for places, name in rows for place in places.split(", ")}
    assert found == {(place, row.name) for place, row in faults.pairs()}
