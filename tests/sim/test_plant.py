"""The plant models: heat balance, steady states, parts' numbers, and the same bits on both Pythons."""

import itertools
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kneesim.heat import HEAT_RANGES, Heat, HeatParams
from kneesim.motors import ROLLER_RANGES, SIDE_RANGES, Roller, RollerParams, SideMotor, SideParams
from kneesim.noise import Noise
from kneesim.pump import PUMP_RANGES, REST_OF_HYSTERESIS, ChargePump, PumpParams
from kneesim.thermistor import Adc12, Divider, exp

ROOT = Path(__file__).resolve().parents[2]
DT_S = 0.02
TICK_US = 20_000
PARAMS = (
    (HeatParams, HEAT_RANGES),
    (RollerParams, ROLLER_RANGES),
    (SideParams, SIDE_RANGES),
    (PumpParams, PUMP_RANGES),
)
# Those of the safety case and the ones that make a plant fast, each at both ends.
CORNER_NAMES = (
    "pad_total_j_k",
    "element_j_k",
    "element_pad_w_k",
    "contact_w_k",
    "cover_w_k",
    "skin_j_k",
    "perfusion_max_w_k",
    "ambient_c",
)


def plant(**changes):
    params = HeatParams()
    for name, value in changes.items():
        assert hasattr(params, name)
        setattr(params, name, value)
    return Heat(params), params


def corners():
    ends = {name: (low, high) for name, low, high in HEAT_RANGES}
    for values in itertools.product(*(ends[name] for name in CORNER_NAMES)):
        yield dict(zip(CORNER_NAMES, values, strict=True))


def perfusion_w_k(p, skin_c):
    share = (skin_c - p.dilation_start_c) / (p.dilation_full_c - p.dilation_start_c)
    return p.perfusion_rest_w_k + (p.perfusion_max_w_k - p.perfusion_rest_w_k) * min(max(share, 0.0), 1.0)


def stored_j(heat, p):
    pad_j_k = p.pad_total_j_k - p.element_j_k
    return p.element_j_k * heat.element_c + pad_j_k * heat.pad_c + p.skin_j_k * heat.skin_c


# --- parameters


@pytest.mark.parametrize(("params", "ranges"), PARAMS)
def test_each_parameter_has_a_range_around_its_default(params, ranges):
    values = vars(params())
    assert list(values) == [name for name, _, _ in ranges]
    for name, low, high in ranges:
        assert low <= values[name] <= high


def test_the_table_in_the_docs_is_the_code():
    rows = {}
    for line in (ROOT / "docs" / "plant.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `"):
            rows[cells[0].strip("`")] = cells[1:]
    expected = {}
    for params, ranges in PARAMS:
        prefix = params.__name__.removesuffix("Params").lower()
        for name, low, high in ranges:
            value = getattr(params(), name)
            expected[f"{prefix}.{name}"] = (f"{value:g}", f"{low:g} to {high:g}")
    assert {name: (cells[0], cells[2]) for name, cells in rows.items()} == expected
    assert all(len(cells) == 4 and cells[1] and cells[3] for cells in rows.values())


# --- heat


def test_worn_and_unheated_the_skin_rests_at_32_to_34():
    heat, _ = plant()
    assert 32.0 <= heat.skin_c <= 34.0
    before = (heat.element_c, heat.pad_c, heat.skin_c)
    for _ in range(50 * 600):
        heat.step(DT_S, 0.0)
    assert (heat.element_c, heat.pad_c, heat.skin_c) == pytest.approx(before, abs=1e-9)


def test_the_unheated_steady_state_has_a_closed_form_while_vessels_are_at_rest():
    heat, p = plant()
    outward = 1.0 / (1.0 / p.contact_w_k + 1.0 / p.cover_w_k)
    inward = p.tissue_w_k + p.perfusion_rest_w_k
    skin_c = (inward * p.core_c + outward * p.ambient_c) / (inward + outward)
    assert heat.skin_c == pytest.approx(skin_c, abs=1e-9)
    assert heat.pad_c == pytest.approx(skin_c - outward * (skin_c - p.ambient_c) / p.contact_w_k, abs=1e-9)


def test_steady_states_with_open_vessels_solve_the_linear_system():
    for heater_w, contact_w_k, max_w_k in itertools.product((4.0, 8.0, 10.0), (0.5, 1.5, 3.0), (0.2, 0.6)):
        heat, p = plant(contact_w_k=contact_w_k, perfusion_max_w_k=max_w_k)
        heat.settle(heater_w)
        if heat.skin_c < p.dilation_full_c:
            continue
        # Cramer's rule for pad and skin: the two balances with constant perfusion.
        core_w_k = p.tissue_w_k + max_w_k
        a, b, c = contact_w_k + p.cover_w_k, -contact_w_k, contact_w_k + core_w_k
        pad_w, skin_w = heater_w + p.cover_w_k * p.ambient_c, core_w_k * p.core_c
        det = a * c - b * b
        assert heat.pad_c == pytest.approx((pad_w * c - b * skin_w) / det, abs=1e-9)
        assert heat.skin_c == pytest.approx((a * skin_w - b * pad_w) / det, abs=1e-9)
        assert heat.element_c == pytest.approx(heat.pad_c + heater_w / p.element_pad_w_k, abs=1e-9)


def test_stepping_ends_where_settle_says():
    for contact_w_k in (0.0, 0.5, 1.5, 3.0):
        heat, _ = plant(contact_w_k=contact_w_k)
        for _ in range(int(4 * 3600 / DT_S)):
            heat.step(DT_S, 3.0)
        stepped = (heat.element_c, heat.pad_c, heat.skin_c)
        heat.settle(3.0)
        assert stepped == pytest.approx((heat.element_c, heat.pad_c, heat.skin_c), abs=1e-3)


def test_energy_is_conserved():
    heat, p = plant()
    before_j = stored_j(heat, p)
    flows_j = []
    for tick in range(50 * 900):
        heater_w = 8.0 if tick % 700 < 400 else 0.0
        if tick == 20000:
            heat.contact_w_k = 0.5
        flows_j.append(DT_S * heater_w)
        flows_j.append(-DT_S * p.cover_w_k * (heat.pad_c - p.ambient_c))
        core_w_k = p.tissue_w_k + perfusion_w_k(p, heat.skin_c)
        flows_j.append(-DT_S * core_w_k * (heat.skin_c - p.core_c))
        heat.step(DT_S, heater_w)
    assert sum(flows_j[::3]) > 4000.0
    assert stored_j(heat, p) - before_j == pytest.approx(math.fsum(flows_j), abs=1e-6)


@pytest.mark.parametrize("dt_s", [0.02, 0.2])
def test_every_corner_heats_without_overshoot(dt_s):
    for corner in corners():
        heat, p = plant(**corner)
        goal = Heat(p)
        goal.settle(10.0)
        last = (heat.element_c, heat.pad_c, heat.skin_c)
        for _ in range(1000):
            heat.step(dt_s, 10.0)
            now = (heat.element_c, heat.pad_c, heat.skin_c)
            assert all(b >= a - 1e-9 for a, b in zip(last, now, strict=True)), corner
            last = now
        assert heat.element_c <= goal.element_c + 1e-6, corner
        assert heat.pad_c <= goal.pad_c + 1e-6, corner
        assert heat.skin_c <= goal.skin_c + 1e-6, corner


def test_more_watts_warmth_and_contact_never_cool_the_skin():
    def skin_c(heater_w=4.0, **changes):
        heat, _ = plant(**changes)
        heat.settle(heater_w)
        return heat.skin_c

    rising = (
        [skin_c(heater_w=w / 2.0) for w in range(21)],
        [skin_c(ambient_c=15.0 + i) for i in range(21)],
        [skin_c(contact_w_k=0.5 + i / 8.0) for i in range(21)],
        [skin_c(perfusion_max_w_k=1.7 - i * 0.075) for i in range(21)],
    )
    for temps_c in rising:
        assert temps_c == sorted(temps_c)
        assert temps_c[-1] > temps_c[0]


def test_perfusion_rises_between_its_bounds():
    heat, p = plant()
    flows = [heat.perfusion_w_k(20.0 + 0.25 * i) for i in range(121)]
    assert flows == sorted(flows)
    assert flows[0] == p.perfusion_rest_w_k
    assert flows[-1] == p.perfusion_max_w_k


def test_off_the_skin_the_pad_knows_only_the_room():
    heat, p = plant()
    heat.contact_w_k = 0.0
    heat.settle(0.0)
    assert heat.pad_c == pytest.approx(p.ambient_c, abs=1e-9)


# --- thermistor and converter


def test_exp_agrees_with_the_library():
    for i in range(-14000, 14001):
        x = i * 0.05 + 0.0137
        if -700.0 <= x <= 700.0:
            assert exp(x) == pytest.approx(math.exp(x), rel=1e-15, abs=0.0)
    assert exp(0.0) == 1.0
    assert exp(-701.0) == 0.0
    with pytest.raises(ValueError, match="above 700"):
        exp(701.0)


def test_an_ntc_at_25_has_its_nominal_resistance():
    assert Divider(10000.0).code(25.0) == pytest.approx(65535.0 / 2.0, abs=1e-6)
    assert Divider(4700.0).code(25.0) == pytest.approx(65535.0 * 10000.0 / 14700.0, abs=1e-6)


@pytest.mark.parametrize("pullup_ohm", [4700.0, 5100.0, 22000.0, 24000.0])
def test_the_table_is_within_a_thousandth_of_a_degree(pullup_ohm):
    divider = Divider(pullup_ohm)
    for i in range(3800):
        temp_c = -40.0 + 0.05 * i + 0.007
        slope = (divider.exact_code(temp_c + 0.01) - divider.exact_code(temp_c - 0.01)) / 0.02
        assert abs((divider.code(temp_c) - divider.exact_code(temp_c)) / slope) < 0.001


def test_codes_fall_with_temperature_and_clamp():
    divider = Divider(4700.0)
    codes = [divider.code(-45.0 + 0.1 * i) for i in range(2001)]
    assert codes == sorted(codes, reverse=True)
    assert divider.code(-300.0) == divider.code(-40.0) == divider.exact_code(-40.0)
    assert divider.code(1000.0) == divider.code(150.0) == divider.exact_code(150.0)


@pytest.mark.parametrize("pullup_ohm", [4700.0, 5100.0])
def test_the_adc_steps_lie_outside_35_to_45(pullup_ohm):
    # Also with a part 1 % off and with noise: 30 codes of margin are at least 0.7 °C.
    for pull, r25 in itertools.product((0.99, 1.0, 1.01), repeat=2):
        divider = Divider(pullup_ohm * pull, 10000.0 * r25)
        warm, cool = divider.code(45.0) / 16.0, divider.code(35.0) / 16.0
        assert not any(warm - 30.0 <= step <= cool + 30.0 for step in (512, 1536, 2560, 3584))


def test_read_u16_spreads_12_bits_over_16():
    quiet = Adc12(Noise(1), noise_lsb=0)
    assert quiet.read_u16(0.0) == 0
    assert quiet.read_u16(65535.0) == 65535
    for raw in range(4096):
        assert quiet.read_u16(raw * 16.0 + 7.9) == (raw << 4) | (raw >> 8)


def test_adc_noise_stays_within_two_steps_and_never_freezes():
    adc = Adc12(Noise(7))
    raws = [adc.read_u16(30008.0) >> 4 for _ in range(2000)]
    assert set(raws) == {1875 + d for d in (-2, -1, 0, 1, 2)}
    assert max(len(list(run)) for _, run in itertools.groupby(raws)) < 25
    assert {adc.read_u16(0.0) for _ in range(200)} == {0, 16, 32}
    assert max(adc.read_u16(65535.0) for _ in range(200)) == 65535


# --- noise


def test_the_generator_is_the_published_xorshift():
    noise = Noise(1)
    noise._state = 2463534242  # the seed of the paper, and its first output
    assert noise.below(1 << 32) == 723471715


def test_noise_repeats_by_seed_only():
    def draws(seed):
        noise = Noise(seed)
        return [noise.below(1000) for _ in range(100)]

    assert draws(5) == draws(5)
    assert len({tuple(draws(seed)) for seed in range(100)}) == 100
    assert len({draws(seed)[0] for seed in range(100)}) > 50
    assert set(draws(0)) != {0}


def test_below_is_even_and_spread_is_heaped():
    noise = Noise(3)
    counts = [0] * 10
    for _ in range(50_000):
        counts[noise.below(10)] += 1
    assert all(4700 < count < 5300 for count in counts)
    draws = [noise.spread(6) for _ in range(50_000)]
    assert min(draws) == -6
    assert max(draws) == 6
    assert abs(sum(draws) / len(draws)) < 0.05
    assert sum(d * d for d in draws) / len(draws) == pytest.approx(6 * 8 / 6, rel=0.03)
    assert draws.count(0) > draws.count(3) > draws.count(6)
    assert noise.spread(0) == 0


# --- motors


def run_motor(motor, drive_pm, seconds=2.0):
    for _ in range(int(seconds / DT_S)):
        motor.step(DT_S, drive_pm)


def test_roller_free_loaded_and_jammed():
    roller = Roller(RollerParams())
    roller.load = 0.0
    run_motor(roller, 1000)
    assert roller.rpm == pytest.approx(60.0)
    assert roller.current_ma == pytest.approx(150.0)
    roller.load = 1.0
    run_motor(roller, 1000)
    assert 45.0 < roller.rpm < 50.0
    assert 300.0 < roller.current_ma < 350.0
    roller.is_jammed = True
    roller.step(DT_S, 1000)
    assert roller.rpm == 0.0
    assert roller.current_ma == pytest.approx(1000.0)


def test_roller_is_the_same_both_ways():
    there, back = Roller(RollerParams()), Roller(RollerParams())
    for drive_pm in (1000, 400, 100, -300, 0, 700):
        for _ in range(7):
            there.step(DT_S, drive_pm)
            back.step(DT_S, -drive_pm)
            assert there.rpm == -back.rpm
            assert there.current_ma == back.current_ma


def test_roller_dead_zone_lag_and_stop():
    roller = Roller(RollerParams())
    run_motor(roller, 150)
    assert roller.rpm == 0.0
    assert roller.current_ma == pytest.approx(150.0)
    run_motor(roller, 200)
    assert roller.rpm > 1.0
    roller = Roller(RollerParams())
    final = Roller(RollerParams())
    run_motor(final, 1000)
    for _ in range(4):  # one lag of 80 ms
        roller.step(DT_S, 1000)
    assert roller.rpm / final.rpm == pytest.approx(1.0 - math.exp(-1.0), abs=0.005)
    final.step(DT_S, 0)
    assert final.current_ma == 0.0
    run_motor(final, 0, 1.0)
    assert abs(final.rpm) < 0.01


def test_roller_current_is_bounded_by_the_driver():
    roller = Roller(RollerParams())
    run_motor(roller, 1000)
    roller.step(DT_S, -1000)
    assert roller.current_ma == 1200.0


def test_roller_speed_and_steady_current_grow_with_drive():
    speeds, currents = [], []
    for drive_pm in range(200, 1001, 50):
        roller = Roller(RollerParams())
        run_motor(roller, drive_pm)
        speeds.append(roller.rpm)
        currents.append(roller.current_ma)
    assert speeds == sorted(speeds)
    assert currents == sorted(currents)


def test_side_motor_frequency_and_current():
    side = SideMotor(SideParams())
    run_motor(side, 1000)
    assert side.hz == pytest.approx(100.0)
    assert side.current_ma == pytest.approx(100.0)
    run_motor(side, 251)
    assert side.hz == pytest.approx(20.0, abs=0.2)
    run_motor(side, 250)
    assert side.hz < 0.01


@pytest.mark.parametrize("dt_s", [0.001, 0.02, 0.1, 0.5])
def test_motors_never_overshoot_at_any_step(dt_s):
    roller, side = Roller(RollerParams()), SideMotor(SideParams())
    roller.load = 0.0
    for _ in range(50):
        roller.step(dt_s, 1000)
        side.step(dt_s, 1000)
        assert roller.rpm <= 60.0 + 1e-9
        assert side.hz <= 100.0 + 1e-9


# --- charge pump


def toggled(edges, params=None):
    """A pump after `edges` toggles 20 ms apart, and the time of the last."""
    pump = ChargePump(params or PumpParams())
    for i in range(edges):
        pump.edge(i * TICK_US)
    return pump, (edges - 1) * TICK_US


def release_ms(pump, last_us):
    """Milliseconds from the last edge until the pump is first seen off."""
    return next(ms for ms in range(2000) if not pump.is_on(last_us + ms * 1000))


def test_pump_stays_on_while_toggled():
    pump, _ = toggled(10)
    for i in range(10, 2000):
        assert pump.is_on(i * TICK_US - 1)
        pump.edge(i * TICK_US)
        assert pump.is_on(i * TICK_US)


# After a last edge that rises, the pump's capacitor empties together with the store.
@pytest.mark.parametrize(("edges", "least_ms", "most_ms"), [(100, 135, 145), (101, 215, 230)])
def test_pump_lets_go_later_when_its_last_edge_rises(edges, least_ms, most_ms):
    pump, last_us = toggled(edges)
    assert least_ms <= release_ms(pump, last_us) <= most_ms


def test_pump_holds_60_and_lets_go_by_400_over_all_tolerances():
    for values in itertools.product(*((low, high) for _, low, high in PUMP_RANGES)):
        params = PumpParams()
        for (name, _, _), value in zip(PUMP_RANGES, values, strict=True):
            setattr(params, name, value)
        for edges in (100, 101):
            pump, last_us = toggled(edges, params)
            assert pump.is_on(last_us), values
            assert 60 <= release_ms(pump, last_us) <= 400, values


def test_pump_needs_several_edges():
    for edges in (1, 2, 3, 4):
        pump, last_us = toggled(edges)
        assert not pump.is_on(last_us)
    pump, last_us = toggled(5)
    assert pump.is_on(last_us)


def test_no_level_holds_the_pump():
    for edges in (0, 1, 2, 100, 101):
        pump, last_us = toggled(edges)
        assert not pump.is_on(max(last_us, 0) + 400_000)
        assert not pump.is_on(max(last_us, 0) + 900_000_000)


def test_toggling_too_slowly_does_not_turn_the_pump_on():
    pump = ChargePump(PumpParams())
    for i in range(1000):
        pump.edge(i * 150_000)
        assert not pump.is_on(i * 150_000)


def test_the_pump_never_turns_itself_on():
    pump, last_us = toggled(100)
    seen = [pump.is_on(last_us + ms * 1000) for ms in range(600)]
    assert seen == sorted(seen, reverse=True)
    assert pump.is_on(last_us)  # looking changes nothing


def test_stop_discharges_the_pump_and_holds_it_down():
    pump, last_us = toggled(100)
    assert pump.is_on(last_us)
    for i in range(100, 200):  # the firmware goes on toggling while the contact is open
        pump.discharge(i * TICK_US - 10_000)
        assert not pump.is_on(i * TICK_US - 10_000)
        pump.edge(i * TICK_US)
        assert not pump.is_on(i * TICK_US)


@pytest.mark.parametrize(("edges", "decay_us"), [(1, 88_470 * 3.2), (2, 88_470 * 2.2)])
def test_pump_voltage_decays_by_its_time_constant(edges, decay_us):
    pump, last_us = toggled(edges)
    ratio = pump.volts(last_us + 500_000) / pump.volts(last_us)
    assert ratio == pytest.approx(math.exp(-500_000 / decay_us), rel=1e-12)


def test_pump_falls_towards_its_rest_while_it_is_on_and_to_nothing_after():
    pump, last_us = toggled(100)
    params = PumpParams()
    off_v = params.on_v - params.hysteresis_v
    rest_v = REST_OF_HYSTERESIS * params.hysteresis_v
    left = math.exp(-100_000 / (88_470 * 2.2))
    assert pump.volts(last_us + 100_000) == pytest.approx(rest_v + (pump.volts(last_us) - rest_v) * left, rel=1e-12)
    gone_us = next(us for us in range(100_000, 200_000, 10) if not pump.is_on(last_us + us))
    assert pump.volts(last_us + gone_us) == pytest.approx(off_v, abs=1e-3)
    left = math.exp(-300_000 / (88_470 * 2.2))
    assert pump.volts(last_us + gone_us + 300_000) == pytest.approx(off_v * left, rel=1e-3)


def test_a_pump_that_let_go_needs_more_than_one_edge_again():
    pump, last_us = toggled(100)
    gone_us = last_us + release_ms(pump, last_us) * 1000
    pump.edge(gone_us + 200_000)
    assert not pump.is_on(gone_us + 200_000)
    assert pump.volts(gone_us + 200_000) < PumpParams().on_v


# --- the same bits everywhere

SAME_BITS = """
import binascii, struct
from kneesim.heat import HEAT_RANGES, Heat, HeatParams
from kneesim.motors import ROLLER_RANGES, SIDE_RANGES, Roller, RollerParams, SideMotor, SideParams
from kneesim.dose import cem43_rate
from kneesim.noise import Noise
from kneesim.ntc import Ntc, NtcParams
from kneesim.pump import PUMP_RANGES, ChargePump, PumpParams
from kneesim.thermistor import Adc12, Divider, exp

def show(name, *values):
    print(name, *[binascii.hexlify(struct.pack(">d", v)).decode() for v in values])

for params, ranges in ((HeatParams(), HEAT_RANGES), (RollerParams(), ROLLER_RANGES),
                       (SideParams(), SIDE_RANGES), (PumpParams(), PUMP_RANGES)):
    for name, low, high in ranges:
        show(name, getattr(params, name), low, high)
for i in range(-700, 701, 7):
    show("exp", exp(i / 1.0), exp(i / 70.0))
noise = Noise(2024)
skin, pad, adc = Divider(4700.0), Divider(5100.0, 10100.0, 3911.0), Adc12(noise)
for contact_w_k, ambient_c in ((1.5, 22.0), (0.5, 15.0), (3.0, 35.0), (0.0, 25.0)):
    params = HeatParams()
    params.contact_w_k = contact_w_k
    params.ambient_c = ambient_c
    heat, roller = Heat(params), Roller(RollerParams())
    heat.fold(3.0)
    ntc = Ntc(4700, NtcParams(), adc.read_u16, 7)
    ntc.disturb("noise_c", 1.0)
    ntc.disturb("drift_c_min", -0.7)
    ntc.disturb("parallel_ohm", 90000.0)
    ntc.disturb("delay_ms", 300)
    side, pump = SideMotor(SideParams()), ChargePump(PumpParams())
    for tick in range(3000):
        now_us = tick * 20000 + noise.below(3000)
        if tick % 97 < 60:
            pump.edge(now_us)
        if tick % 500 == 499:
            pump.discharge(now_us)
        is_on = pump.is_on(now_us + noise.below(300000))
        heat.step(0.02, params.pad_w if noise.below(10) < 6 else 0.0)
        roller.is_jammed = tick % 301 > 290
        roller.load = noise.below(20) / 10.0
        roller.step(0.02, noise.spread(1000))
        side.step(0.02, noise.below(1001))
        codes = adc.read_u16(skin.code(heat.skin_c)), adc.read_u16(pad.code(heat.pad_c))
        if tick % 10 == 0:
            print(tick, is_on, codes)
            show("heat", heat.element_c, heat.pad_c, heat.skin_c)
            show("fold", heat.fold_element_c, heat.fold_pad_c, heat.fold_skin_c, cem43_rate(heat.fold_skin_c))
            print(ntc.read(heat.skin_c, now_us))
            show("codes", skin.code(heat.skin_c), pad.code(heat.pad_c))
            show("motors", roller.rpm, roller.current_ma, side.hz, side.current_ma, pump.volts(now_us))
    heat.settle(5.0)
    show("settled", heat.element_c, heat.pad_c, heat.skin_c, heat.fold_skin_c)
print("end", noise.below(65536))
"""


def micropython():
    beside = Path(sys.executable).parent / "micropython"
    return shutil.which("micropython") or (str(beside) if beside.exists() else None)


def test_both_pythons_give_the_same_bits(tmp_path):
    vm = micropython()
    if vm is None:
        pytest.skip("no MicroPython VM: install requirements-vm.txt")
    script = tmp_path / "same_bits.py"
    script.write_text(SAME_BITS, encoding="utf-8")
    folders = [str(ROOT / "sim"), str(ROOT / "firmware")]
    outputs = []
    for program, env in (
        (sys.executable, {"PYTHONPATH": os.pathsep.join([*folders, str(ROOT / "sim" / "shims")])}),
        (vm, {"MICROPYPATH": ":".join([*folders, ".frozen"])}),
    ):
        done = subprocess.run(
            [program, str(script)], env={**os.environ, **env}, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stdout[-500:] + done.stderr[-2000:]
        outputs.append(done.stdout.splitlines())
    assert outputs[0][-1].startswith("end ")
    assert len(outputs[0]) > 3000
    assert outputs[0] == outputs[1]
