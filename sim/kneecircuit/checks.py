"""What must hold for every device that can be built from the circuit's parts, found by ngspice.

Each check returns its figures, worst device first; `failures` says in words what does not hold.
"""

from dataclasses import dataclass

from kneecircuit import netlist, spice
from kneecircuit.spice import Deck, Draw
from massager.core import limits

# What the firmware reckons with (SAF-11 and 41 in docs/safety.md): toggled, the enable is up before the read-backs
# count; it holds through a gap of 60 ms, and has let go 400 ms after the last toggle, however the pin stands.
HOLD_MS, LET_GO_MS = float(limits.ENABLE_HOLD_MS), float(limits.LET_GO_MS)
RISE_MS = float(limits.SWITCH_ARMED_TICKS * limits.TICK_MS)
TRIP_C, TRIP_WITHIN_C = 45.0, 1.0  # SAF-18
HYSTERESIS_C = (1.2, 3.0)
STOP_MS = 60.0  # SAF-34

_TICK_S = 0.020
_BEGIN_S = 0.1
NEVER = float("inf")
_BLOCKS = ("enable", "stop", "comparator")
# What the window detector can take for good, and the pins' high.
RAIL_ENDS_V = (4.29, 5.6)
PIN_ENDS_V = (3.2, 3.4)
PUMP_TOGGLES = (50, 51)  # before it is let alone; after an odd count the pin stands high
# A laptop's plug, plugged in; the right one, at its most; one that rises slowly; the laptop's again. Seconds and volts.
_PLUGS = (
    (0, 0),
    (0.001, 0),
    (0.001001, 20),
    (0.005, 20),
    (0.0051, 5.5),
    (0.02, 5.5),
    (0.06, 7),
    (0.06001, 20),
)
_SUPPLY = ("F1", "Q10", "Q11", "Q12", "R5", "R6", "R7", "R8", "R9", "U9", "C10")
_PIN_OHM = 50
# At which end of its tolerance each value makes the enable let go soonest: of all corners, by the model of the plant.
_SOONEST = {"C1": -1, "C2": -1, "R10": -1, "R11": -1, "R12": 1, "pin": -1, "reference": 1, "offset": -1, "rail": -1}
_A_RUN = 12  # devices in one run of ngspice


@dataclass(frozen=True)
class Figure:
    """The least and the most of something over all devices, and between what it has to lie."""

    name: str
    unit: str
    least: float
    most: float
    allowed: tuple[float, float]
    by: str = "ngspice"

    @property
    def is_well(self) -> bool:
        """Whether every device keeps to it."""
        return self.allowed[0] <= self.least and self.most <= self.allowed[1]


def all_figures(count: int = 60) -> list[Figure]:
    """Run every check on so many devices. Raises SpiceError."""
    return [*pump(count), *still(count), *stop(count), *comparator(count), *overvoltage(count)]


def deck(some: list[tuple[int, Draw]], pin: str, temperature: str = "25") -> Deck:
    """Return a deck with devices on their rails; pin: what drives the alive pin, {high} is the pin's high level."""
    made = Deck(netlist.read())
    parts = made.circuit.of_block(*_BLOCKS)
    # STOP is a switch that a test closes, and the rail a source that needs no capacitors.
    wanted = [part for part in parts if not (part.kind == "contact" or part.ref in ("R21", "C12", "C13"))]
    made.lines.append(f"Vtemperature temperature 0 {temperature}")
    for number, draw in some:
        made.add(wanted, number, draw, {"RT11": "v(temperature)"})
        rail, alive = spice.net("RAIL", number), spice.net("PIN_ALIVE", number)
        made.lines += [
            f"Vrail_{number} {rail} 0 {draw.between('rail', *RAIL_ENDS_V):.6g}",
            f"Vpin_{number} pin_{number} 0 {pin.format(high=draw.between('pin', *PIN_ENDS_V))}",
            f"Rpin_{number} pin_{number} {alive} {_PIN_OHM}",
            # The load: drivers at rest. The contact of STOP is a switch that a test closes.
            f"Rload_{number} {spice.net('ENABLED', number)} 0 1k",
            f"Rheat_{number} {spice.net('HEAT', number)} 0 1k",
            f"Sstop_{number} {spice.net('EMPTY', number)} 0 pressed 0 contact",
        ]
    made.lines += [".model contact sw (vt=0.5 ron=1 roff=1e9)", "Vpressed pressed 0 0"]
    return made


def _or_never(value: float | None) -> float:
    """Return a measured value; what could not be measured is no good one."""
    return NEVER if value is None else value


def in_runs(count: int, seed: int) -> list[list[tuple[int, Draw]]]:
    """Return so many devices and their numbers, as many together as one run of ngspice takes."""
    numbered = list(enumerate(spice.draws(count, seed)))
    return [numbered[at : at + _A_RUN] for at in range(0, count, _A_RUN)]


def toggled(count: int) -> str:
    """Return a source that toggles so often from _BEGIN_S on, and then stands still: high if the count is odd."""
    points = ["0 0"]
    for toggle in range(count):
        at_s = _BEGIN_S + toggle * _TICK_S
        before, after = ("0", "{high}") if toggle % 2 == 0 else ("{high}", "0")
        points += [f"{at_s:.4f} {before}", f"{at_s + 1e-5:.5f} {after}"]
    return f"pwl({' '.join(points)})"


def pump(count: int) -> list[Figure]:
    """Return how soon the enable is up to stay, and for how long it outlasts the last toggle, up or down."""
    rises_ms, lasts_ms = [], []
    for toggles in PUMP_TOGGLES:
        for some in [*in_runs(count, toggles), pump_ends()]:
            rise_ms, last_ms = pump_times_ms(some, toggles)
            rises_ms += rise_ms
            lasts_ms += last_ms
    return [
        Figure("enable up after toggling began", "ms", min(rises_ms), max(rises_ms), (0.0, RISE_MS)),
        Figure("enable let go after the last toggle", "ms", min(lasts_ms), max(lasts_ms), (HOLD_MS, LET_GO_MS)),
    ]


def pump_ends() -> list[tuple[int, Draw]]:
    """Return the two devices whose parts all work together: to let go soonest, with diodes that leak, and latest. Of a
    thousand that are drawn about one would be like them.
    """
    return [
        (0, Draw(lambda name: float(_SOONEST.get(name, 0)), is_leaky=True)),
        (1, Draw(lambda name: float(-_SOONEST.get(name, 0)))),
    ]


def pump_times_ms(some: list[tuple[int, Draw]], toggles: int) -> tuple[list[float], list[float]]:
    """Return how soon each device's enable is up to stay, and for how long it outlasts the last of so many toggles.

    On its way up it may let go once more, since the store may lose more between two toggles than the comparator's
    hysteresis; the firmware does not count on it before RISE_MS.
    """
    last_s = _BEGIN_S + (toggles - 1) * _TICK_S
    made = deck(some, toggled(toggles))
    for number, _ in some:
        alive = spice.net("ALIVE", number)
        made.measure(f"on_{number}", f"when v({alive})=2 rise=last")
        made.measure(f"falls_{number}", f"when v({alive})=2 td={_BEGIN_S + RISE_MS / 1000} fall=1")
        made.measure(f"off_{number}", f"when v({alive})=2 fall=last")
    found = made.run(last_s + 0.6, 2e-4)
    rises_ms, lasts_ms = [], []
    for number, _ in some:
        on_s, falls_s, off_s = (found[f"{name}_{number}"] for name in ("on", "falls", "off"))
        rises_ms.append((on_s - _BEGIN_S) * 1000 if on_s is not None else NEVER)
        # Once it is up it has to fall once, and for good.
        lasts_ms.append((off_s - last_s) * 1000 if off_s is not None and off_s == falls_s else NEVER)
    return rises_ms, lasts_ms


def still(count: int) -> list[Figure]:
    """Return how far up the gate of the enable gets by a pin that is high from the begin."""
    highest_v = []
    for some in in_runs(count, 2):
        made = deck(some, "pwl(0 0 0.01 {high})")
        for number, _ in some:
            made.measure(f"most_{number}", f"max v({spice.net('ENABLED', number)})")
        found = made.run(1.0, 5e-4)
        highest_v += [_or_never(found[f"most_{number}"]) for number, _ in some]
    return [Figure("enable while the pin stands high", "V", min(highest_v), max(highest_v), (-0.1, 0.5))]


def stop(count: int) -> list[Figure]:
    """Return how soon STOP's own contact takes the enable down, and whether it stays down while pressed."""
    took_ms, highest_v = [], []
    pressed_s = _BEGIN_S + 0.4
    for some in in_runs(count, 3):
        made = deck(some, toggled(50))
        made.lines[made.lines.index("Vpressed pressed 0 0")] = (
            f"Vpressed pressed 0 pwl(0 0 {pressed_s} 0 {pressed_s + 1e-4} 1)"
        )
        for number, _ in some:
            alive = spice.net("ALIVE", number)
            made.measure(f"off_{number}", f"when v({alive})=2 td={pressed_s} fall=1")
            made.measure(f"most_{number}", f"max v({alive}) from={pressed_s + 0.06} to=1.0")
        found = made.run(1.0, 2e-4)
        for number, _ in some:
            off_s = found[f"off_{number}"]
            took_ms.append((off_s - pressed_s) * 1000 if off_s is not None else NEVER)
            highest_v.append(_or_never(found[f"most_{number}"]))
    return [
        Figure("enable down after STOP", "ms", min(took_ms), max(took_ms), (0.0, STOP_MS)),
        Figure("enable's gate while STOP is held", "V", min(highest_v), max(highest_v), (-0.1, 0.5)),
    ]


def comparator(count: int) -> list[Figure]:
    """Return at which temperature of one of its NTCs the comparator opens its switch, and how much cooler it has to be
    to close it again; and whether it empties the pump meanwhile.
    """
    trips_c, falls_c, highest_v = [], [], []
    ramp = "pwl(0 40 0.4 40 1.4 50 2.4 40)"
    for some in in_runs(count, 4):
        made = deck(some, toggled(110), ramp)
        for number, _ in some:
            hot, alive = spice.net("HOT", number), spice.net("ALIVE", number)
            made.measure(f"trip_{number}", f"find v(temperature) when v({hot})=2.25 rise=last")
            made.measure(f"close_{number}", f"find v(temperature) when v({hot})=2.25 fall=last")
            made.measure(f"most_{number}", f"max v({alive}) from=1.2 to=1.5")
        found = made.run(2.3, 2e-4)
        for number, _ in some:
            trip_c, close_c = found[f"trip_{number}"], found[f"close_{number}"]
            trips_c.append(trip_c if trip_c is not None else NEVER)
            falls_c.append(trip_c - close_c if trip_c is not None and close_c is not None else NEVER)
            highest_v.append(_or_never(found[f"most_{number}"]))
    return [
        Figure("comparator trips", "°C", min(trips_c), max(trips_c), (TRIP_C - TRIP_WITHIN_C, TRIP_C + TRIP_WITHIN_C)),
        Figure("comparator's hysteresis", "K", min(falls_c), max(falls_c), HYSTERESIS_C),
        Figure("enable's gate while it is tripped", "V", min(highest_v), max(highest_v), (-0.1, 0.5)),
    ]


def overvoltage(count: int) -> list[Figure]:
    """Return what a good supply at its most leaves the rail under load, and how far a wrong one gets it."""
    kept_v, highest_v = [], []
    for some in in_runs(count, 6):
        made = Deck(netlist.read())
        for number, draw in some:
            made.add([made.circuit.parts[ref] for ref in _SUPPLY], number, draw)
            inlet, rail = spice.net("INLET", number), spice.net("RAIL", number)
            made.lines += [
                f"Vinlet_{number} {inlet} 0 pwl({' '.join(f'{at_s} {volts}' for at_s, volts in _PLUGS)})",
                f"Rload_{number} {rail} 0 2",
            ]
            made.measure(f"kept_{number}", f"find v({rail}) at=0.019")
            made.measure(f"most_{number}", f"max v({rail})")
        found = made.run(0.07, 2e-5)
        for number, _ in some:
            kept_v.append(_or_never(found[f"kept_{number}"]))
            highest_v.append(_or_never(found[f"most_{number}"]))
    return [
        Figure("rail under 2.7 A while the plug gives 5.5 V", "V", min(kept_v), max(kept_v), (5.2, 5.5)),
        Figure("rail while the plug gives up to 20 V", "V", min(highest_v), max(highest_v), (5.6, 6.4)),
    ]


def pump_waves(count: int) -> list[list[tuple[float, float]]]:
    """Return the volts of the pump's store over time on some devices, toggled for half a second and then still."""
    found = []
    for number, draw in list(enumerate(spice.draws(count, 5))):
        made = deck([(number, draw)], toggled(26))
        found.append(made.waves(1.1, 1e-3, spice.net("STORE", number)))
    return found
