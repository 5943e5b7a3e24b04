"""docs/hardware.md: the machine on one page; every number from the data."""

from pathlib import Path
from types import ModuleType

from kneecircuit import values
from kneecircuit.checks import Figure
from kneecircuit.drawing import value_words
from kneecircuit.netlist import Circuit
from kneecircuit.parts import Order
from kneesim.motors import Roller, RollerParams, SideParams
from kneesim.thermistor import Divider
from massager.core import limits, zones

TEMPLATE = Path(__file__).with_name("hardware.md.in")

# RP2040 data sheet, erratum E11: the 12-bit codes where its converter jumps.
RP2040_BITS, RP2040_STEPS = 12, (512, 1536, 2560, 3584)
# ESP32 data sheet: where its converter is straight at this attenuation.
ESP32_STRAIGHT_DB, ESP32_STRAIGHT_MV = 11, (150, 2450)
CALM_C = (35, 45)  # where skin and pad are held and switched off
_REACHED_C = (5, 70)  # by a pad in a room
_AT_C = 41.0
_SENSORS = (("skin", "RT21", "SKIN_NTC_PULL_UP_OHM"), ("pad", "RT31", "PAD_NTC_PULL_UP_OHM"))
_ACTUATORS = ((zones.ROLLER, "roller"), (zones.INNER, "inner side motor"), (zones.OUTER, "outer side motor"))


def text(circuit: Circuit, orders: dict[str, Order], boards: list[ModuleType], figures: list[Figure]) -> str:
    """Return the page."""
    found = {figure.name: figure for figure in figures}
    board = boards[0]
    value = values.nominal(circuit, board)
    up, let_go = found["enable up after toggling began"], found["enable let go after the last toggle"]
    trip, hysteresis = found["comparator trips"], found["comparator's hysteresis"]
    over = found["rail while the plug gives up to 20 V"]
    rail_least_v, rail_most_v = values.rail_ends_v(value)
    order = {ref: orders[circuit.parts[ref].bom] for ref in ("J1", "D1", "F2", "M1", "LA1")}
    pico, esp32 = boards
    return TEMPLATE.read_text(encoding="utf-8").format(
        enable=_named(circuit, "enable"),
        J1=order["J1"].part,
        J1_else=order["J1"].alternative,
        D1=order["D1"].part,
        F1=value_words(circuit.parts["F1"]),
        R15=value_words(circuit.parts["R15"]),
        rail=f"{values.RAIL_V:g}",
        over=values.over_v(value),
        over_most=over.most,
        rail_least=rail_least_v,
        rail_most=rail_most_v,
        up_least=up.least,
        up_most=up.most,
        let_go_least=let_go.least,
        let_go_most=let_go.most,
        trip_least=trip.least,
        trip_most=trip.most,
        hysteresis=hysteresis.least,
        fuse_c=values.number_in(order["F2"].part, "°C"),
        rpm=values.number_in(order["M1"].part, "rpm"),
        roller_limit=board.ROLLER_LIMIT_MA,
        force=_force_n(board),
        pinch=limits.PINCH_MN / 1000,
        side_least=SideParams().min_hz,
        side_most=SideParams().max_hz,
        pad_w=board.PAD_MW / 1000,
        pad_cm2=board.PAD_MM2 / 100,
        surface=board.PAD_MW / board.PAD_MM2 / 10,
        allowed=limits.SURFACE_UW_SQ_MM / 10000,
        lamp_w=values.number_in(order["LA1"].part, "W"),
        zones=_zones(board),
        caps=", ".join(f"{name} {_cap(board, name)} %" for _, name in _ACTUATORS),
        numbers=_numbers(circuit, orders, board, figures),
        boards=_boards(circuit, boards),
        bits=RP2040_BITS,
        steps=", ".join(map(str, RP2040_STEPS)),
        steps_skin=_steps(circuit, pico, "skin"),
        steps_pad=_steps(circuit, pico, "pad"),
        calm_least=CALM_C[0],
        calm_most=CALM_C[1],
        straight_least=ESP32_STRAIGHT_MV[0],
        straight_most=ESP32_STRAIGHT_MV[1],
        straight_db=ESP32_STRAIGHT_DB,
        straight_skin=_straight(circuit, esp32, "skin"),
        straight_pad=_straight(circuit, esp32, "pad"),
        loads=_loads(board),
    )


def _named(circuit: Circuit, block: str) -> str:
    return ", ".join(part.ref for part in circuit.of_block(block) if part.kind not in ("resistor", "capacitor"))


def _force_n(board: ModuleType) -> float:
    return float(board.ROLLER_LIMIT_MA * board.ROLLER_NMM_A / board.ROLLER_LEVER_MM) / 1000


def _cap(board: ModuleType, name: str) -> str:
    return f"{getattr(board, name.split(' ')[0].upper() + '_CAP_PM') / 10:g}"


def _zones(board: ModuleType) -> str:
    rows = ["| zone | who reaches it |\n|---|---|\n"]
    for name, bits in zip(zones.NAMES, board.ZONE_ACTUATORS, strict=True):
        who = " and ".join(words for bit, words in _ACTUATORS if bits & bit) or "nobody"
        rows.append(f"| {name} | {who} |\n")
    return "".join(rows)


def _numbers(circuit: Circuit, orders: dict[str, Order], board: ModuleType, figures: list[Figure]) -> str:
    value = values.nominal(circuit, board)
    enable = values.enable(value)
    rail_least_v, rail_most_v = values.rail_ends_v(value)
    trips_c, closes_k = values.trip_c(circuit, value)
    rows = [
        ("rail that is good", f"{rail_least_v:.2f} to {rail_most_v:.2f} V", "R1 to R3, U1"),
        ("supply that is cut off", f"from {values.over_v(value):.1f} V on", "R8, R9, U9"),
        ("store at which the enable comes up", f"{enable.on_v:.2f} V", "R10 to R12, U3"),
        ("and lets go", f"{enable.off_v:.2f} V", "R10 to R12, U3"),
        ("comparator, nominal", f"{trips_c:.1f} °C, closes {closes_k:.1f} K lower", "R31 to R37, RT11 to RT14, U4"),
        *(
            (figure.name, f"{figure.least:.3g} to {figure.most:.3g} {figure.unit}", figure.by)
            for figure in figures
            if figure.unit != "V" or figure.name.startswith("rail")
        ),
        ("pad", f"{board.PAD_MW / 1000:g} W, {board.PAD_MM2 / 100:g} cm², {board.PAD_MJ_K / 1000:g} J/K", "board file"),
        ("pad's current", f"{board.PAD_MW / values.RAIL_V:.0f} mA", "board file"),
        ("read-back while all is well", f"{values.RAIL_V * _share(value, 'R42', 'R43'):.1f} V", "R42, R43"),
        ("roller, held", f"{board.ROLLER_STALL_MA} mA", "board file"),
        ("roller, limited", f"{values.roller_limit_ma(value):.0f} mA", "R60 to R62, U5"),
        ("roller's current that fills the converter", f"{board.ROLLER_CURRENT_FULL_MA} mA", "R60, U5"),
        ("force at a node at that limit", f"{_force_n(board):.0f} N", "board file"),
        ("motors' PWM", f"{board.MOTOR_PWM_HZ / 1000:g} kHz", "board file"),
        ("fuse", f"{value_words(circuit.parts['F1'])}", "F1"),
        ("thermal fuse", orders[circuit.parts["F2"].bom].part, "F2"),
    ]
    return "| what | number | from |\n|---|---|---|\n" + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _share(value: values.Values, top: str, low: str) -> float:
    return value(low) / (value(top) + value(low))


def _boards(circuit: Circuit, boards: list[ModuleType]) -> str:
    def row(what: str, *cells: str) -> str:
        return f"| {what} | {' | '.join(cells)} |\n"

    pull_ups = [" and ".join(f"{getattr(board, name) / 1000:g} kΩ" for _, _, name in _SENSORS) for board in boards]
    fine = [_kelvin_a_code(board) for board in boards]
    return "".join(
        [
            row("", *(board.NAME for board in boards)),
            "|---|" + "---|" * len(boards) + "\n",
            row("fitted as it comes", *(", ".join(board.FEATURES) for board in boards)),
            row("pull-ups of skin and pad", *pull_ups),
            row("converter reads", *("whole millivolts" if board.ADC_READS_UV else "codes" for board in boards)),
            row(f"the least step at {_AT_C:g} °C", *(f"{kelvin * 1000:.0f} mK" for kelvin in fine)),
            row("battery clock", *("I²C" if board.PIN_RTC_SDA >= 0 else "no pins left" for board in boards)),
        ]
    )


def _kelvin_a_code(board: ModuleType) -> float:
    """Return how much warmer the skin's sensor is when its reading goes one step down."""
    divider = Divider(board.SKIN_NTC_PULL_UP_OHM)
    share_a_kelvin = (divider.exact_code(_AT_C - 0.5) - divider.exact_code(_AT_C + 0.5)) / 65535.0
    return 1.0 / (share_a_kelvin * (board.ADC_REFERENCE_MV if board.ADC_READS_UV else 1 << RP2040_BITS))


def _degrees(circuit: Circuit, board: ModuleType, sensor: str, share: float) -> float:
    ref, pull_up = next((ref, pull_up) for name, ref, pull_up in _SENSORS if name == sensor)
    return values.ntc_c(circuit.parts[ref], getattr(board, pull_up) * share / (1.0 - share))


def _steps(circuit: Circuit, board: ModuleType, sensor: str) -> str:
    found = [_degrees(circuit, board, sensor, code / (1 << RP2040_BITS)) for code in RP2040_STEPS]
    return " and ".join(f"{degrees:.0f}" for degrees in sorted(found) if _REACHED_C[0] < degrees < _REACHED_C[1])


def _straight(circuit: Circuit, board: ModuleType, sensor: str) -> str:
    hot, cold = (_degrees(circuit, board, sensor, mv / board.ADC_REFERENCE_MV) for mv in ESP32_STRAIGHT_MV)
    return f"{cold:.0f} to {hot:.0f}"


def _loads(board: ModuleType) -> str:
    roller = Roller(RollerParams())
    for _ in range(100):
        roller.step(0.02, 1000.0)
    sides_ma = 2 * SideParams().run_ma
    pad_ma = board.PAD_MW / values.RAIL_V
    rows = [
        ("pad", pad_ma, pad_ma),
        ("roller, worn and at its limit", roller.current_ma, float(board.ROLLER_LIMIT_MA)),
        ("both side motors", sides_ma, sides_ma),
    ]
    rows.append(("together", sum(row[1] for row in rows), sum(row[2] for row in rows)))
    return "| at full drive | usual | at most |\n|---|---|---|\n" + "".join(
        f"| {what} | {usual:.0f} mA | {most:.0f} mA |\n" for what, usual, most in rows
    )


def facts(
    circuit: Circuit, orders: dict[str, Order], board: ModuleType, figures: list[Figure]
) -> dict[str, tuple[str, str]]:
    """Return what the picture of the blocks says of each: a figure, and its parts but for resistors and capacitors."""
    found = {figure.name: figure for figure in figures}
    let_go, trip = found["enable let go after the last toggle"], found["comparator trips"]
    rail_least_v, rail_most_v = values.rail_ends_v(values.nominal(circuit, board))
    fuse_c = values.number_in(orders[circuit.parts["F2"].bom].part, "°C")
    lamp_w = values.number_in(orders[circuit.parts["LA1"].bom].part, "W")
    pull_ups = " and ".join(f"{getattr(board, name) / 1000:g} kΩ" for _, _, name in _SENSORS)
    said = {
        "supply": f"good from {rail_least_v:.2f} to {rail_most_v:.2f} V",
        "enable": f"lets go {let_go.least:.0f} to {let_go.most:.0f} ms after the last toggle",
        "comparator": f"opens the heaters at {trip.least:.1f} to {trip.most:.1f} °C of the pad",
        "stop": "STOP: two contacts",
        "roller": f"{board.ROLLER_LIMIT_MA} mA at most, {_force_n(board):.0f} N",
        "sides": f"{SideParams().min_hz:g} to {SideParams().max_hz:g} Hz",
        "heater": f"{board.PAD_MW / 1000:g} W, fuse at {fuse_c:g} °C",
        "infrared": f"{lamp_w:g} W of light, if fitted",
        "board": f"reads, decides and drives every {limits.TICK_MS} ms; toggles ALIVE only while all it reads is well",
        "sensors": f"NTCs behind pull-ups of {pull_ups}",
        "face": circuit.blocks["face"][1].rstrip("."),
    }
    return {block: (said[block], _named(circuit, block).replace(",", "")) for block in circuit.blocks}
