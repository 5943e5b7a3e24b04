"""The plant's fold, cut-outs, supply, read-backs, tolerances, sensor places and dose."""

import math

import pytest

from kneesim.chip import Chip
from kneesim.clock import Clock
from kneesim.dose import cem43_rate
from kneesim.engines import ROOT
from kneesim.heat import Heat, HeatParams
from kneesim.inprocess import Device
from kneesim.noise import Noise
from kneesim.ntc import Ntc, NtcParams
from kneesim.plant import Plant, PlantParams
from kneesim.power import load_board
from kneesim.thermistor import Divider

DT_S = 0.02


class Bench:
    """A plant without firmware: outputs are driven, and the alive pin toggled, by hand."""

    def __init__(self, params: PlantParams | None = None, features: tuple[str, ...] | None = None) -> None:
        self.board = load_board(str(ROOT / "boards/pico"), str(ROOT / "firmware"), features)
        self.clock = Clock()
        self.chip = Chip(self.clock)
        self.plant = Plant(self.chip, self.board, 1, params)
        for pin in (self.board.PIN_HEATER, self.board.PIN_INFRARED, self.board.PIN_ALIVE, self.board.PIN_INNER):
            self.chip.make_pin(pin, self.chip.kind.pin_modes[1], -1, 0)

    def run(self, seconds: float, heater: int = 0, lamp: int = 0, is_alive: bool = True) -> None:
        self.chip.set_level(self.board.PIN_HEATER, heater)
        self.chip.set_level(self.board.PIN_INFRARED, lamp)
        for _ in range(int(seconds * 50)):
            if is_alive:
                self.chip.set_level(self.board.PIN_ALIVE, 1 - self.chip.level[self.board.PIN_ALIVE])
            self.clock.advance(20_000)
            self.plant.advance()

    def senses(self) -> tuple[int | None, int | None, int | None]:
        """Return the heater's and the lamp's read-back, and the supervisor's."""
        pins = (self.board.PIN_HEATER_SENSE, self.board.PIN_INFRARED_SENSE, self.board.PIN_RAIL_GOOD)
        return tuple(self.chip.drive[pin]() for pin in pins)  # type: ignore[misc,return-value]


def test_a_flat_pad_has_no_hot_spot_and_a_folded_one_gets_hotter() -> None:
    flat, folded = Heat(HeatParams()), Heat(HeatParams())
    folded.fold(3.0)
    assert folded.hottest_skin_c() == folded.skin_c  # it begins as warm as the rest
    for _ in range(50 * 600):
        flat.step(DT_S, 4.0)
        folded.step(DT_S, 4.0)
    assert (flat.skin_c, flat.pad_c) == (folded.skin_c, folded.pad_c)  # nothing flows sideways
    assert flat.hottest_skin_c() == flat.skin_c
    assert folded.hottest_skin_c() == folded.fold_skin_c > folded.skin_c + 0.3
    assert folded.fold_pad_c > folded.pad_c + 2
    folded.fold(0.0)
    assert folded.hottest_skin_c() == folded.skin_c


@pytest.mark.parametrize("heater_w", [0.0, 2.0, 8.0])
def test_a_folded_pad_ends_where_settle_says_and_conserves_energy(heater_w: float) -> None:
    heat, settled = Heat(HeatParams()), Heat(HeatParams())
    heat.fold(3.0)
    settled.fold(3.0)
    settled.settle(heater_w)
    for _ in range(50 * 3600 * 3):
        heat.step(DT_S, heater_w)
    names = ("element_c", "pad_c", "skin_c", "fold_element_c", "fold_pad_c", "fold_skin_c")
    for name in names:
        assert abs(getattr(heat, name) - getattr(settled, name)) < 0.01, name
    # At rest what comes in leaves again, by the cover and by the skin.
    p = HeatParams()
    out_w = p.cover_w_k / 3 * (settled.fold_pad_c - p.ambient_c) + settled.to_core_w(settled.fold_skin_c)
    assert abs(out_w - heater_w) < 1e-6


def test_the_lamp_shines_into_the_fold_too() -> None:
    heat = Heat(HeatParams())
    heat.fold(3.0)
    before_c = heat.fold_skin_c
    heat.shine(10.0, 1.2)
    assert math.isclose(heat.fold_skin_c - before_c, 12.0 / HeatParams().skin_j_k)


def test_the_dose_is_the_formulas() -> None:
    for skin_c, rate in ((43.0, 1.0), (44.0, 2.0), (46.5, 2**3.5), (42.0, 0.25), (40.0, 0.25**3), (37.5, 0.25**5.5)):
        assert math.isclose(cem43_rate(skin_c), rate, rel_tol=1e-12)


def test_the_plant_keeps_dose_and_peak_of_the_hottest_skin() -> None:
    bench = Bench()
    bench.plant.heat.fold(3.0)
    for _ in range(600):
        bench.plant.heat.skin_c, bench.plant.heat.fold_skin_c = 40.0, 43.0
        bench.run(0.1)
    assert abs(bench.plant.cem43_min - 1.0) < 0.02
    assert abs(bench.plant.peak_skin_c - 43.0) < 0.1


@pytest.mark.parametrize(("volts", "is_good"), [(4.25, 0), (4.3, 1), (5.0, 1), (5.55, 1), (5.65, 0)])
def test_power_goes_with_the_square_of_the_supply_and_the_supervisor_sees_it(volts: float, is_good: int) -> None:
    params = PlantParams()
    params.supply_v = volts
    bench, nominal = Bench(params), Bench()
    for one in (bench, nominal):
        one.plant.heat.contact_w_k = 0.0
        one.run(1.0)
        one.run(2.0, heater=1)
    # In two seconds hardly anything has left the element.
    rises = [one.plant.heat.element_c - Heat(HeatParams()).element_c for one in (bench, nominal)]
    assert abs(rises[0] / rises[1] - (volts / 5.0) ** 2) < 0.02
    assert bench.senses()[2] == is_good


def test_read_backs_are_high_while_the_enable_conducts_and_the_switch_is_off() -> None:
    bench = Bench(features=("heat", "infrared"))
    assert bench.senses() == (0, 0, 1)  # the enable is down
    bench.run(1.0)
    assert bench.senses() == (1, 1, 1)
    bench.run(0.1, heater=1)
    assert bench.senses() == (0, 1, 1)
    bench.run(0.1, lamp=1)
    assert bench.senses() == (1, 0, 1)
    bench.run(0.5, is_alive=False)
    assert bench.senses() == (0, 0, 1)


def test_without_a_lamp_its_read_back_is_low() -> None:
    bench = Bench()
    bench.run(1.0)
    assert bench.senses() == (1, 0, 1)


def test_saf_18_the_comparator_discharges_the_enable_and_lets_it_come_back_1_9_below() -> None:
    bench = Bench()
    bench.run(1.0)
    assert bench.plant.is_enabled(bench.clock.now_us)
    bench.plant.heat.pad_c = 44.9
    bench.run(0.1)
    assert bench.plant.is_enabled(bench.clock.now_us)
    bench.plant.heat.pad_c = 45.1
    bench.run(0.1)
    assert bench.plant.is_cut_out
    assert not bench.plant.is_enabled(bench.clock.now_us)
    bench.plant.heat.pad_c = 43.4
    bench.run(0.1)
    assert bench.plant.is_cut_out
    bench.plant.heat.pad_c = 42.9
    bench.run(1.0)
    assert bench.plant.is_enabled(bench.clock.now_us)


def test_saf_18_the_comparator_opens_the_heater_also_while_the_enable_is_shorted() -> None:
    bench = Bench()
    bench.plant.enable = "shorted"
    bench.plant.heater_switch = "welded"
    bench.run(1.0)
    assert bench.plant.is_heater_on()
    bench.plant.heat.pad_c = 45.1
    bench.run(0.1)
    assert not bench.plant.is_heater_on()
    bench.run(900.0)
    assert 40.0 < bench.plant.peak_skin_c < 46.0


@pytest.mark.parametrize("ambient_c", [15.0, 35.0])
def test_saf_18_the_comparator_sees_the_fold_of_a_weak_pad(ambient_c: float) -> None:
    params = PlantParams()
    params.supply_v = 5.5
    params.pad_w_times = 0.5  # 4 W
    params.fold_times = 3.0
    params.cut_out_c = 46.0
    params.heat.contact_w_k = 3.0
    params.heat.perfusion_rest_w_k = 0.01
    params.heat.perfusion_max_w_k = 0.2
    params.heat.ambient_c = ambient_c
    bench = Bench(params)
    bench.plant.enable = "shorted"
    bench.plant.heater_switch = "welded"
    bench.run(1500.0)
    assert bench.plant.heat.pad_c < 43.0  # where it lies flat nothing would have tripped
    assert 42.0 < bench.plant.peak_skin_c < 45.0


def test_saf_18_the_fuse_opens_for_good() -> None:
    bench = Bench()
    bench.run(1.0)
    bench.plant.heat.element_c = 72.5
    bench.run(0.02)
    assert bench.plant.is_fuse_open
    bench.plant.heat.settle(0.0)
    before_c = bench.plant.heat.element_c
    bench.run(10.0, heater=1)
    assert bench.plant.heat.element_c < before_c + 0.1
    assert bench.senses()[0] == 0


def test_the_fuse_stays_whole_at_the_worst_of_healthy_use() -> None:
    params = PlantParams()
    params.supply_v = 5.5
    params.pad_w_times = 1.25
    params.heat.element_pad_w_k = 0.8
    params.cut_out_c = 44.0
    bench = Bench(params)
    bench.run(1.0)
    for _ in range(200):
        is_cold = bench.plant.heat.pad_c < 42.5
        bench.run(1.0, heater=int(is_cold))
    assert not bench.plant.is_fuse_open
    assert not bench.plant.is_cut_out


@pytest.mark.parametrize(("field", "sign"), [("r25", -1), ("pull_up", 1)])
def test_an_ntc_that_is_off_by_a_percent_shows_a_quarter_of_a_degree(field: str, sign: int) -> None:
    # 1 % of the resistance is 1 / (B / T^2) = 0.25 degrees at 40.
    params = NtcParams()
    setattr(params, field, 0.01)
    ntc = Ntc(4700, params, int, 1)
    code = ntc.read(40.0, 0)
    nominal = Divider(4700)
    shown_c = next(c / 1000 for c in range(38_000, 42_000, 5) if nominal.exact_code(c / 1000) <= code)
    assert abs((shown_c - 40.0) - sign * 0.25) < 0.03


def test_true_figures_are_the_boards_times_a_tolerance() -> None:
    params = PlantParams()
    params.pad_w_times, params.pad_j_times = 1.1, 0.7
    bench = Bench(params)
    assert math.isclose(bench.plant.pad_w, bench.board.PAD_MW / 1000 * 1.1)
    assert math.isclose(bench.plant.heat.pad_j_k, bench.board.PAD_MJ_K / 1000 * 0.7 - HeatParams().element_j_k)


def test_a_sensor_off_the_skin_goes_to_the_air_near_the_pad_and_back() -> None:
    bench = Bench()
    plant = bench.plant
    skin_c = plant.skin_ntc_c()
    assert skin_c == plant.heat.skin_c
    plant.take_skin_ntc_off(True)
    bench.run(1.0)
    assert skin_c - 2 < plant.skin_ntc_c() < skin_c
    bench.run(120.0)
    assert abs(plant.skin_ntc_c() - (plant.heat.pad_c + plant.heat.ambient_c) / 2) < 0.2
    plant.take_skin_ntc_off(False)
    bench.run(30.0)
    assert plant.skin_ntc_c() == plant.heat.skin_c


def test_taken_off_and_put_on_again_it_sits_as_before() -> None:
    bench = Bench()
    bench.plant.heat.contact_w_k = 1.1
    bench.plant.take_off(True)
    bench.plant.take_off(True)
    assert bench.plant.heat.contact_w_k == 0.0
    assert bench.plant.is_skin_ntc_off
    bench.plant.take_off(False)
    assert bench.plant.heat.contact_w_k == 1.1
    assert not bench.plant.is_skin_ntc_off


def test_the_firmware_reads_the_new_inputs() -> None:
    with Device() as device:
        device.start_confirmed(strength=5)
        device.run_ms(6000)
        inputs = device.watch.inputs
        device.plant.do("skin_c 42")  # the heater goes off
        device.run_ms(3000)
        assert inputs.heater_sense == 1
        assert inputs.is_rail_good is True
        assert inputs.lamp_sense == 0
        device.plant.do("supply volts v=4")
        device.run_ms(40)
        assert inputs.is_rail_good is False
        device.plant.do("supply ok")
        device.run_ms(40)
        assert inputs.is_rail_good is True


def test_noise_of_a_fault_is_not_the_converters() -> None:
    readings = []
    for is_disturbed in (False, True):
        noise = Noise(1)
        ntc = Ntc(4700, NtcParams(), lambda code, noise=noise: int(code) + noise.spread(2), 5)
        if is_disturbed:
            ntc.disturb("noise_c", 2.0)
            ntc.read(40.0, 0)
            ntc.disturb("noise_c")
        else:
            ntc.read(40.0, 0)
        readings.append([ntc.read(40.0, 0) for _ in range(20)])
    assert readings[0] == readings[1]
