"""Plays a scenario on the device inside this process, and says what came of it. Times are virtual."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from kneesim import faults, plants
from kneesim.flash import Flash
from kneesim.inprocess import Device
from kneesim.meter import Meter, Onlooker
from kneesim.scenario import BEFORE_START_S, Act, Scenario, ScenarioError, TimedFault
from massager.link import frame

TURN_MS = 5000  # of virtual time between two looks at whether it is over
_SAMPLE_US = 250_000
_RENEW_S = 1.0
_CONFIRM_S = 0.1
_HEAT_S = 0.5
_PRESS_US = 100_000
_FAVOURITES = 4


@dataclass
class Sample:
    """A moment for the picture, seconds since the start."""

    at_s: float
    skin_c: float
    hottest_c: float
    pad_c: float
    skin_read_c: float
    pad_read_c: float
    duty_pm: int
    roller_pm: int
    inner_pm: int
    outer_pm: int


@dataclass
class Played:
    """What came of a scenario. Times in seconds since the session's start, or in ms since the first fault; None: never.

    kept: the bytes of each file in the flash at the end; failures: the expectations that did not hold.
    """

    file: str
    title: str
    trips: list[tuple[str, float]]
    trip_ms: float | None
    heater_off_ms: float | None
    motors_off_ms: float | None
    state_then: str  # at the first fault
    peak_skin_c: float
    cem43_min: float
    resets: list[float]
    refusals: list[str]
    state: str
    why: str
    kept: dict[str, int]
    misuse: list[str]
    lasted_s: float  # of the sessions, pauses included
    on_when_off_s: float | None  # when heater or motors had current though the device had said that it is off
    failures: list[str] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list, repr=False)

    @property
    def off_ms(self) -> float | None:
        """When both heater and motors were off for good."""
        both = (self.heater_off_ms, self.motors_off_ms)
        return None if None in both else max(ms for ms in both if ms is not None)


class Player:
    """A scenario on its way on a device; keeps_samples: for a picture."""

    def __init__(self, scenario: Scenario, device: Device, keeps_samples: bool = True) -> None:
        self.scenario = scenario
        self.device = device
        self.meter = Meter(device)
        self.onlooker = Onlooker(device)
        self._keeps_samples = keeps_samples
        self.samples: list[Sample] = []
        self.states: list[tuple[float, str, str]] = []  # when, expected, found
        self.injected: list[faults.Injected] = []
        self.start_us = int(BEFORE_START_S * 1_000_000)
        self._id = 1000
        self._names: dict[int, str] = {}

    def at(self, at_s: float, action: Callable[[], object]) -> None:
        self.device.clock.at(self.start_us + int(at_s * 1_000_000), action)

    def seconds(self, at_us: int) -> float:
        return round((at_us - self.start_us) / 1_000_000, 3)

    def plan(self) -> None:
        """Put everything that is to happen on the device's clock."""
        scenario = self.scenario
        self.plan_start()
        self.plan_faults(scenario.faults)
        if not scenario.faults:
            for act in scenario.acts:
                self.at(act.at_s, self.meter.begin)
        self.plan_acts(scenario.acts)
        for at_s, expected in scenario.expect.states:
            self.at(at_s, lambda at_s=at_s, is_=expected: self._note_state(at_s, is_))  # type: ignore[misc]
        self.onlooker.begin()
        if self._keeps_samples:
            self.device.clock.at(0, self._sample)

    def plan_faults(self, timed: Sequence[TimedFault]) -> None:
        """Put faults on the clock; the first begins the measuring. Raises ValueError for one that cannot be."""
        for fault in timed:
            when_us = self.start_us + int(fault.at_s * 1_000_000)
            for_us = None if fault.for_s is None else int(fault.for_s * 1_000_000)
            self.device.clock.at(when_us, self.meter.begin)
            self.injected.append(faults.at(self.device, when_us, for_us, fault.place, fault.name, **fault.params))

    def plan_acts(self, acts: Sequence[Act]) -> None:
        """Put what people, hosts and the world do on the clock."""
        for act in acts:
            if act.press:
                self._press(act.at_s, act.press, act.for_ms * 1000)
            elif act.host:
                self._ask(act.at_s, act.host, act.params)
            else:
                self.at(act.at_s, lambda words=act.event: self.device.plant.do(words))  # type: ignore[misc]

    def plan_start(self) -> None:
        """Put the start of the session on the clock."""
        scenario = self.scenario
        if scenario.start == "nothing":
            return
        is_by_buttons = scenario.start == "buttons"
        settings: dict[str, Any] = {"unlocked": True}
        if is_by_buttons:
            settings["favourites"] = [scenario.program] * _FAVOURITES
        self._ask(-0.5, "settings.set", settings)
        if is_by_buttons:
            self._press(0, "mode", _PRESS_US)
        else:
            heat = "off" if scenario.heat == "off" else "low"
            self._ask(0, "start", {"program": scenario.program, "strength": scenario.strength, "heat": heat})
        if scenario.start == "confirmed":
            self._press(_CONFIRM_S, "mode", _PRESS_US)
        if scenario.start == "leased":
            for number in range(int(scenario.length_s / _RENEW_S)):
                self._ask((number + 1) * _RENEW_S, "renew", {})
        presses = {"off": 0, "low": 0, "medium": 1, "high": 2}[scenario.heat]
        if is_by_buttons and scenario.heat == "off":
            presses = 3
        for number in range(presses):
            self._press((number + 1) * _HEAT_S, "heat", _PRESS_US)
        if is_by_buttons:
            for number in range(scenario.strength - 1):
                self._press((number + 1.5) * _HEAT_S, "strength", _PRESS_US)

    def _press(self, at_s: float, button: str, for_us: int) -> None:
        plant = self.device.plant
        self.at(at_s, lambda: plant.button(button, True))
        self.at(at_s + for_us / 1_000_000, lambda: plant.button(button, False))

    def _ask(self, at_s: float, method: str, params: dict[str, Any]) -> None:
        self._id += 1
        self._names[self._id] = method
        message = {"jsonrpc": "2.0", "id": self._id, "method": method, "params": params}
        line = frame.encode(json.dumps(message).encode())
        self.at(at_s, lambda: self.device.port.host_writes(line))

    def _note_state(self, at_s: float, expected: str) -> None:
        self.states.append((at_s, expected, self.device.watch.state()))

    def _sample(self) -> None:
        device = self.device
        heat, controller = device.plant.heat, device.watch.controller
        if controller is not None:
            levels = device.levels()
            self.samples.append(
                Sample(
                    self.seconds(device.clock.now_us),
                    round(heat.skin_c, 3),
                    round(heat.hottest_skin_c(), 3),
                    round(heat.pad_c, 3),
                    controller.sensors.skin.mc / 1000,
                    controller.sensors.pad.mc / 1000,
                    controller.heater.duty_pm,
                    levels["roller"],
                    levels["inner"],
                    levels["outer"],
                )
            )
        device.clock.at(device.clock.now_us + _SAMPLE_US, self._sample)

    def refusals(self) -> list[str]:
        """Return what the device refused, in its words."""
        found = []
        for message in self.device.received:
            if "error" in message and message.get("id") in self._names:
                found.append(f"{self._names[message['id']]}: {message['error'].get('message')}")
        return found

    def why(self) -> str:
        """Ask the device why it is not running, and let it run until it answers."""
        try:
            return str(self.device.request("status")["result"]["why"])
        except (AssertionError, KeyError):
            return ""  # nobody answers, as after a fault of the link

    def played(self) -> Played:
        """Return what has come of it so far."""
        device, watch = self.device, self.device.watch
        trips = [(trip.name, self.seconds(trip.at_us)) for trip in watch.trips]
        from_us = self.meter.from_us
        first_ms = None
        if from_us is not None:
            after = [trip.at_us for trip in watch.trips if trip.at_us >= from_us]
            first_ms = (after[0] - from_us) / 1000 if after else None
        on_us = self.onlooker.on_when_off_us
        return Played(
            file=str(self.scenario.path),
            title=self.scenario.title,
            trips=trips,
            trip_ms=first_ms,
            heater_off_ms=self.meter.off_ms("heater"),
            motors_off_ms=self.meter.off_ms("motors"),
            state_then=self.meter.state,
            peak_skin_c=round(device.plant.peak_skin_c, 3),
            cem43_min=round(device.plant.cem43_min, 4),
            resets=[self.seconds(at_us) for at_us in watch.resets_us],
            refusals=self.refusals(),
            state=watch.state(),
            why="",  # the device is to be asked
            kept={path: len(data) for path, data in sorted(device.flash.files.items())},
            misuse=list(device.chip.violations),
            lasted_s=self.onlooker.active_us / 1_000_000,
            on_when_off_s=None if on_us is None else self.seconds(on_us),
            samples=self.samples,
        )


def device_of(scenario: Scenario) -> Device:
    """Return the device of a scenario, not yet powered."""
    return Device(
        seed=scenario.seed,
        start_ms=scenario.start_ms,
        board=scenario.board,
        flash=Flash() if scenario.is_new else None,
        features=scenario.features,
        plant=plants.params_of(scenario.plant),
        facts=plants.facts_of(scenario.plant),
    )


def play(
    scenario: Scenario,
    on_progress: Callable[[float], object] | None = None,
    is_over: Callable[[Player], bool] | None = None,
    keeps_samples: bool = True,
) -> Played:
    """Play a scenario; on_progress gets the share that is done, and is_over may say that nothing more can come of it.
    Raises ScenarioError for a fault that cannot be.
    """
    with device_of(scenario) as device:
        player = Player(scenario, device, keeps_samples)
        try:
            player.plan()
        except ValueError as e:
            raise ScenarioError(f"{scenario.path}: fault: {e}") from e
        whole_ms = (BEFORE_START_S + scenario.length_s) * 1000
        gone_ms = 0.0
        while gone_ms < whole_ms and not (is_over is not None and is_over(player)):
            turn_ms = min(TURN_MS, whole_ms - gone_ms)
            device.run_ms(turn_ms)
            gone_ms += turn_ms
            if on_progress is not None:
                on_progress(gone_ms / whole_ms)
        if device.watch.errors:
            raise ScenarioError(f"{scenario.path}: fault: {device.watch.errors[0]}")
        found = player.played()
        found.why = player.why()
        device.chip.violations.clear()  # told in `misuse`
    found.failures = failures(scenario, found, player.states)
    return found


def failures(scenario: Scenario, found: Played, states: list[tuple[float, str, str]]) -> list[str]:
    """Return which expectations did not hold, in words."""
    expect = scenario.expect
    words = [f"the firmware misused the chip: {misuse}" for misuse in found.misuse]
    names = [name for name, _ in found.trips]
    if expect.trip is not None:
        words += _trip_failures(expect.trip, expect.within_ms, names, found)
    if expect.off_within_ms is not None and (found.off_ms is None or found.off_ms > expect.off_within_ms):
        heater, motors = _ms(found.heater_off_ms), _ms(found.motors_off_ms)
        words.append(f"off_within_ms: heater off {heater}, motors off {motors}, not within {expect.off_within_ms:g} ms")
    if expect.peak_skin_c_below is not None and found.peak_skin_c >= expect.peak_skin_c_below:
        words.append(f"peak_skin_c_below: skin reached {found.peak_skin_c} °C, not below {expect.peak_skin_c_below} °C")
    if expect.cem43_below is not None and found.cem43_min >= expect.cem43_below:
        words.append(f"cem43_below: the dose was {found.cem43_min} min, not below {expect.cem43_below} min")
    if expect.resets is not None and len(found.resets) != expect.resets:
        words.append(f"resets: {len(found.resets)}, not {expect.resets}")
    if expect.is_refused is not None and expect.is_refused != any(text.startswith("start:") for text in found.refusals):
        words.append(f"refused: {found.refusals or 'nothing was refused'}")
    if expect.why is not None and expect.why not in found.why:
        words.append(f"why: the device says {found.why!r}, not {expect.why!r}")
    for at_s, expected, state in states:
        if state != expected:
            words.append(f"state: {state} at {at_s:g} s, not {expected}")
    if len(states) < len(expect.states):
        words.append("state: the device did not run at the time of every expected state")
    return words


def _trip_failures(wanted: tuple[str, ...], within_ms: float | None, names: list[str], found: Played) -> list[str]:
    words = []
    if wanted and not names:
        words.append(f"trip: nothing tripped; {' or '.join(wanted)} should have")
    for name in dict.fromkeys(names):
        if name not in wanted:
            words.append(f"trip: {name} tripped, and {' or '.join(wanted) or 'nothing'} should have")
    if not words and within_ms is not None and (found.trip_ms is None or found.trip_ms > within_ms):
        words.append(f"within_ms: it tripped {_ms(found.trip_ms)}, not within {within_ms:g} ms")
    return words


def _ms(ms: float | None) -> str:
    return "never" if ms is None else f"after {ms:g} ms"
