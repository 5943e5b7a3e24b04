"""Bringing up a device that has just been built: one step after the other, each with what a maker does and sees and
what the device measures. Sans-IO: the device and the maker are handed in.

A step that finds something raises Found and ends it: what comes next would rest on what is wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from kneectl.errors import DeviceError

Figures = dict[str, int | float | str]

# What the maker is asked to do, by the name that a simulated one goes by. The device sees those in SEEN; the others end
# with Enter.
ACTIONS = {
    "maintenance": (
        "Unplug the device, its USB cable too. Hold STOP and MODE, plug both in, and let go after four seconds."
    ),
    "normal": "Unplug the device, its USB cable too, and plug both in again. Touch no button.",
    "rest": "Lay pad and skin sensor side by side on the table, in no draught, and wait until both are as warm as the"
    " room: ten minutes. Lay a thermometer beside them.",
    "rest warm": "Put pad, skin sensor and thermometer into one closed bag, and the bag into water of 38 to 41 °C,"
    " until nothing changes any more.",
    "hold stop": "Press STOP and keep it down.",
    "let stop go": "Let STOP go.",
    "press mode": "Press MODE and let go.",
    "press strength": "Press STRENGTH and let go.",
    "press heat": "Press HEAT and let go.",
    "warm skin": "Take the skin sensor, and nothing else, between two fingers and keep it there.",
    "bridge": "Hold a resistor of 56 kΩ between HOT_A and ground, beside the comparator's NTC RT11, and keep it there.",
    "unbridge": "Take the resistor away.",
    "watch": "Put the device where you see and feel its motors, nobody's knee in it. Each of them will turn for two"
    " seconds.",
    "look again": "Look at the same motor once more.",
    "lights": "Press STOP for a moment; then hold it for two seconds, and let go.",
    "acknowledge": "Hold HEAT for two seconds and let go: you have read who must not use the device.",
    "lay down": "Leave the pad flat on the table, on something that does not burn, and put your hand on STOP.",
    "press stop": "Press STOP.",
}
SEEN = (
    "hold stop",
    "let stop go",
    "press mode",
    "press strength",
    "press heat",
    "warm skin",
    "acknowledge",
    "press stop",
)
# What the maker is asked after looking.
QUESTIONS = {
    "roller": "Did the roller turn, and its upper side move towards the thigh?",
    "roller_back": "Did the roller turn the other way?",
    "inner": "Did the motor at the inner side of the knee hum, and nothing else?",
    "outer": "Did the motor at the outer side of the knee hum, and nothing else?",
    "face": "Did all eight lamps light up, and did the device chirp?",
}
# What the maker is asked to measure, and between which values it can be.
MEASURES = {
    "rail_v": ("What does a multimeter show between RAIL and ground, in volts?", 3.0, 7.0),
    "pad_ohm": ("Unplug the pad. How many ohms has it at its plug? Plug it in again after measuring.", 0.1, 100.0),
    "thermometer_c": ("What does the thermometer beside both sensors show, in °C?", 15.0, 42.0),
}

_WITHIN_S = 60.0
_LOOK_S = 0.1
_TRIAL_S = 4.0
_REST_S = 0.5  # until a motor stands still
_AGREE_MC = 1500  # NTC and pull-up of 1 % each are 0.67 degrees off at most; exchanged pull-ups make 3.6
_ROOM_MC = (10_000, 35_000)
_WARMER_MC = 1500  # what a hand does to a sensor at least, and not to the other
_ZERO_MA = 30
_ESP32_ZERO_MA = 120  # its converter shows no less than 142 mV, which are 86
_TURNS_MA = 60  # more than at rest
_HEAT_S = 25
_AFTER_S = 6  # for the heat on its way from the element into the pad
# Of what the measured power and the board file's heat capacity say. Nobody measures that one: within 30 % it gives 0.71
# to 1.36 over the plants of the tests, and a pad of half the size 1.22 to 2.27, which shows unless it is a heavy one.
_RISE = (0.6, 1.42)
_RAIL_V = (4.5, 5.5)
_PAD_TIMES = (0.85, 1.15)  # a heater is within 10 % of its figure, and a multimeter's leads add to it


class Found(Exception):
    """What is wrong, and what to look at."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what} {remedy}")
        self.what = what
        self.remedy = remedy


class Device(Protocol):
    """What is brought up."""

    def request(self, method: str, **params: Any) -> dict[str, Any]:
        """Return a request's result; raises DeviceError."""

    def frames(self) -> list[dict[str, Any]]:
        """Return the telemetry since the last call."""

    def wait(self, seconds: float) -> None:
        """Let time pass."""

    def restarted(self) -> None:
        """Wait until the device is there again; raises LinkError if it does not come."""


class Maker(Protocol):
    """Who builds it."""

    def please(self, action: str) -> None:
        """Do one of ACTIONS; returns at once for those that the device sees."""

    def ask(self, question: str) -> bool:
        """Answer one of QUESTIONS."""

    def measure(self, what: str) -> float:
        """Measure one of MEASURES."""


@dataclass
class Bringup:
    """A bring-up under way, and what it has found so far."""

    device: Device
    maker: Maker
    identity: dict[str, Any] = field(default_factory=dict)
    rail_v: float = 5.0
    pad_w: float = 0.0  # at 5.0 V, as measured

    def read(self) -> dict[str, Any]:
        """Return what every input shows."""
        return self.device.request("bench.read")

    def until(self, is_so: Callable[[dict[str, Any]], bool], otherwise: Found, within_s: float = _WITHIN_S) -> None:
        """Wait until the inputs are so; raise `otherwise` if that does not come."""
        for _ in range(round(within_s / _LOOK_S)):
            if is_so(self.read()):
                return
            self.device.wait(_LOOK_S)
        raise otherwise

    def tried(self, what: str) -> dict[str, Any]:
        """Have the device try something, and return what it found."""
        self.device.request("bench.run", what=what)
        for _ in range(round(_TRIAL_S / _LOOK_S)):
            self.device.wait(_LOOK_S)
            found = self.read()
            if not found["running"]:
                self.device.wait(_REST_S)
                return found
        raise Found(f"The device did not end its trial of {what}.", "Start again; if it stays, flash it anew.")


def _identity(b: Bringup) -> Figures:
    b.maker.please("maintenance")
    b.device.restarted()
    b.identity = b.device.request("hello")
    try:
        b.read()
    except DeviceError as error:
        raise Found(
            "The device did not start for maintenance: it did not see STOP and MODE held.",
            "Look at the plugs of both buttons. STOP has to be normally closed: shut while nobody presses it.",
        ) from error
    status = b.device.request("status")
    if "fault" in status:
        raise Found(f"The device has a fault: {status['why']}", status["remedy"])
    return {"board": b.identity["board"], "firmware": b.identity["firmware"], "id": b.identity["id"]}


def _supply(b: Bringup) -> Figures:
    if not b.read()["rail_good"]:
        raise Found(
            "The supervisor says that the rail is not between 4.5 and 5.5 V.",
            "Measure RAIL; if it is 5 V, look at U1 and its divider R1 to R3, and at R4.",
        )
    b.rail_v = b.maker.measure("rail_v")
    if not _RAIL_V[0] <= b.rail_v <= _RAIL_V[1]:
        raise Found(
            f"RAIL is {b.rail_v:g} V, and the supervisor says that this is good.",
            "Look at the supply, and at the divider of U1 (R1 to R3).",
        )
    return {"rail_v": b.rail_v}


def _pad(b: Bringup) -> Figures:
    ohm = b.maker.measure("pad_ohm")
    b.pad_w = 25 / ohm
    times = b.pad_w / (b.identity["pad_mw"] / 1000)
    if not _PAD_TIMES[0] <= times <= _PAD_TIMES[1]:
        raise Found(
            f"A pad of {ohm:g} ohms has {b.pad_w:.1f} W at 5 V, and board.py says {b.identity['pad_mw'] / 1000:g} W.",
            "Fit the pad that board.py describes; or mend PAD_MW there, if the pad is large enough for its power"
            " (`kneectl board check`).",
        )
    return {"pad_ohm": ohm, "pad_mw": round(b.pad_w * 1000)}


def _stop(b: Bringup) -> Figures:
    wire = "Look at STOP's wires: the chip's contact S1A is the one that is shut while nobody presses STOP."
    if "stop" in b.read()["pressed"]:
        raise Found("The chip sees STOP pressed, and nobody presses it.", wire)
    b.maker.please("hold stop")
    b.until(lambda now: "stop" in now["pressed"], Found("The chip does not see STOP.", wire))
    b.maker.please("let stop go")
    b.until(lambda now: "stop" not in now["pressed"], Found("The chip goes on seeing STOP pressed.", wire))
    return {}


def _buttons(b: Bringup) -> Figures:
    for name in ("mode", "strength", "heat"):
        remedy = f"Look at the wires of {name.upper()}: it joins its pin to ground while it is pressed."
        if b.read()["pressed"]:
            raise Found(f"The chip sees {_upper(b.read()['pressed'])} pressed, and nobody presses it.", remedy)
        b.maker.please(f"press {name}")
        seen: list[str] = []

        def is_pressed(now: dict[str, Any], seen: list[str] = seen) -> bool:
            seen[:] = now["pressed"]
            return bool(seen)

        b.until(is_pressed, Found(f"The chip does not see {name.upper()}.", remedy))
        if seen != [name]:
            raise Found(f"{name.upper()} was to be pressed, and the chip sees {_upper(seen)}.", remedy)
        b.until(lambda now: not now["pressed"], Found(f"{name.upper()} stays pressed.", remedy))
    return {}


def _upper(names: list[str]) -> str:
    return " and ".join(name.upper() for name in names)


def _pull_downs(b: Bringup) -> Figures:
    floating = b.read()["floating"]
    if floating:
        raise Found(
            f"Nothing holds {' and '.join(f'PIN_{name}' for name in floating)} low while the chip does not drive it.",
            "Look at the pull-down of 10 kΩ there: without it the switch may be on while the chip starts.",
        )
    return {}


def _sensors(b: Bringup) -> Figures:
    b.maker.please("rest")
    now = b.read()
    for name in ("skin", "pad"):
        mc = now[f"{name}_mc"]
        if mc is None or not _ROOM_MC[0] <= mc <= _ROOM_MC[1]:
            shown = "no temperature" if mc is None else f"{mc / 1000:.1f} °C"
            raise Found(
                f"The {name} sensor shows {shown}, in a room.",
                f"Look at its plug, at its pull-up, and whether it is an NTC of 10 kΩ and B 3950 ({_REFS[name]}).",
            )
    apart_mc = abs(now["skin_mc"] - now["pad_mc"])
    if apart_mc > _AGREE_MC:
        raise Found(
            f"At rest side by side the sensors are {apart_mc / 1000:.1f} degrees apart.",
            "Look whether the pull-ups R121 to R124 and R131 to R134 are exchanged, and whether all NTCs are of the"
            " kind ordered.",
        )
    return {"skin_mc": now["skin_mc"], "pad_mc": now["pad_mc"]}


_REFS = {"skin": "RT21 to RT24, R121 to R124", "pad": "RT31 to RT34, R131 to R134"}


def _which_sensor(b: Bringup) -> Figures:
    before = b.read()
    b.maker.please("warm skin")
    rises = {"skin": 0, "pad": 0}

    def is_clear(now: dict[str, Any]) -> bool:
        for name in rises:
            rises[name] = (now[f"{name}_mc"] or 0) - before[f"{name}_mc"]
        return abs(rises["skin"] - rises["pad"]) >= _WARMER_MC

    b.until(is_clear, Found("Neither sensor got warmer.", "Look whether the sensors are where the chip reads them."))
    if rises["pad"] > rises["skin"]:
        raise Found(
            "What got warm in your fingers is what the chip takes for the pad.",
            "The plugs of skin and pad sensor are exchanged.",
        )
    return {"warmer_mc": rises["skin"]}


_ENABLES = {
    "no_enable": (
        "The enable does not conduct while the pin toggles, or is not read back.",
        "Look at the charge pump (C1, D3, C2, R10 to R12), at U3 and Q2, and at the read-back R42 and R43. The pad has"
        " to be plugged in, its fuse whole.",
    ),
    "enable_stuck": (
        "The enable holds on while the pin stands still.",
        "Look at C2 (2.2 µF, no more), at R12, and for a bridge across Q2. Do not go on before it lets go.",
    ),
}


def _enable(b: Bringup) -> Figures:
    if b.read()["heater_sense"]:
        raise Found(*_ENABLES["enable_stuck"])
    found = b.tried("enable")
    if found["found"] in _ENABLES:
        raise Found(*_ENABLES[found["found"]])
    _must_be_ok(b, found)
    return {"rise_ms": found["rise_ms"], "fall_ms": found["fall_ms"]}


def _must_be_ok(b: Bringup, found: dict[str, Any]) -> None:
    if found["found"] == "ok":
        return
    status = b.device.request("status")
    if "fault" in status:
        raise Found(f"The device has a fault: {status['why']}", status["remedy"])
    raise Found(f"The trial of {found['last']} was {found['found']}.", "Touch no button meanwhile, and begin again.")


def _stop_contact(b: Bringup) -> Figures:
    remedy = "Look at S1B, STOP's second contact, and at R20: it has to empty the pump's store, by wires of its own."
    b.maker.please("hold stop")
    b.until(lambda now: "stop" in now["pressed"], Found("The chip does not see STOP.", "Press it and keep it down."))
    found = b.tried("stop")
    b.maker.please("let stop go")
    b.until(lambda now: "stop" not in now["pressed"], Found("STOP stays pressed.", "Let it go."))
    if found["found"] == "ok" or found["rise_ms"]:
        raise Found("With STOP held down the enable comes all the same.", remedy)
    if found["found"] != "no_enable":
        raise Found(f"The trial was {found['found']}.", "Keep STOP down for three seconds, and begin again.")
    return {}


def _comparator(b: Bringup) -> Figures:
    b.maker.please("bridge")
    found = b.tried("enable")
    b.maker.please("unbridge")
    if found["found"] == "ok" or found["rise_ms"]:
        raise Found(
            "With an NTC of the comparator as good as hot the enable comes all the same.",
            "Look at U4, its reference and dividers (R31 to R37), and at Q3 and Q5. Do not go on without it.",
        )
    return {}


def _roller(b: Bringup) -> Figures:
    zero_ma = b.read()["roller_ma"]
    if zero_ma > (_ESP32_ZERO_MA if _is_esp32(b) else _ZERO_MA):
        raise Found(f"The roller stands still and takes {zero_ma} mA.", "Look at U5's current output and at R60.")
    b.maker.please("watch")
    figures: Figures = {"zero_ma": zero_ma}
    for what in ("roller", "roller_back"):
        found = b.tried(what)
        _must_be_ok(b, found)
        if not b.maker.ask(what):
            raise Found(
                "The roller did not turn the way that it was told.",
                "If it turned the other way, exchange its two wires at the driver; if not at all, look at U5.",
            )
        if found["most_ma"] < zero_ma + _TURNS_MA:
            raise Found(
                f"The roller turned, and the chip saw {found['most_ma']} mA.",
                "Look at R60 and at the wire from U5's current output to the chip: a held roller would not be found.",
            )
        figures[f"{what}_ma"] = found["most_ma"]
    return figures


def _sides(b: Bringup) -> Figures:
    for what in ("inner", "outer"):
        b.maker.please("look again")
        _must_be_ok(b, b.tried(what))
        if not b.maker.ask(what):
            raise Found(
                f"It was not the motor at the {what} side that hummed, alone.",
                "If it was the other one, exchange their plugs; if none, look at Q8, Q9 and the plugs.",
            )
    return {}


def _face(b: Bringup) -> Figures:
    b.maker.please("lights")
    if not b.maker.ask("face"):
        raise Found("Lamps or buzzer are not as they should be.", "Look at U7 and its data wire, and at LS1.")
    return {}


def _is_esp32(b: Bringup) -> bool:
    return str(b.identity["board"]).startswith("esp32")


def _calibration(b: Bringup) -> Figures:
    # An ESP32's converter is off by another amount at each voltage: there it has to be where the heat will be.
    b.maker.please("rest warm" if _is_esp32(b) else "rest")
    found = b.device.request("calibration.begin", true_mc=round(b.maker.measure("thermometer_c") * 1000))
    b.maker.please("press heat")
    for _ in range(round(2 * _WITHIN_S / _LOOK_S)):
        if found["stage"] not in ("waiting", "measuring"):
            break
        b.device.wait(_LOOK_S)
        found = b.device.request("calibration.get")
    if found["stage"] != "kept":
        raise Found("The calibration was not kept.", found["why"] or "Begin again.")
    return {"skin_offset_mc": found["skin_mc"], "pad_offset_mc": found["pad_mc"]}


def _self_test(b: Bringup) -> Figures:
    b.maker.please("normal")
    b.device.restarted()
    status = b.device.request("status")
    if "self_test" in status:
        raise Found("The device does not pass its own test.", status["self_test"])
    if "fault" in status:
        raise Found(f"The device has a fault: {status['why']}", status["remedy"])
    if "Before first use" in status["why"]:
        b.maker.please("acknowledge")
        for _ in range(round(_WITHIN_S / _LOOK_S)):
            b.device.wait(_LOOK_S)
            status = b.device.request("status")
            if "Before first use" not in status["why"]:
                break
    return {"why": status["why"]}


def _heat(b: Bringup) -> Figures:
    """Heat the pad where nobody is, and see whether it warms as the pad of the board file would."""
    b.maker.please("lay down")
    b.device.request("subscribe", hz=5)
    b.device.request("start", program="warm", strength=1, heat="low")
    b.device.frames()
    seen: list[dict[str, Any]] = []
    for _ in range(_HEAT_S):
        b.device.wait(1)
        b.device.request("renew")
        seen += b.device.frames()
    b.device.request("set", heat="off")
    for _ in range(_AFTER_S):
        b.device.wait(1)
        b.device.request("renew")
        seen += b.device.frames()
    _must_run(b)
    on_s = sum(frame["duty_pm"] or 0 for frame in seen) / 1000 / 5
    power_w = b.pad_w * (b.rail_v / 5) ** 2
    expected_mc = on_s * power_w / (b.identity["pad_mj_k"] / 1000) * 1000
    rise_mc = seen[-1]["pad_mc"] - seen[0]["pad_mc"]
    times = rise_mc / max(expected_mc, 1)
    words = f"The pad got {rise_mc / 1000:.1f} degrees warmer; the board file's would by {expected_mc / 1000:.1f}."
    if not _RISE[0] <= times <= _RISE[1]:
        raise Found(
            words, "Look whether it is the pad whose heat capacity and size are in board.py, and mend those or fit it."
        )
    b.maker.please("press stop")
    for _ in range(round(_WITHIN_S / _LOOK_S)):
        status = b.device.request("status")
        if status["state"] != "running":
            return {"rise_mc": rise_mc, "expected_mc": round(expected_mc), "why": status["why"]}
        b.device.request("renew")
        b.device.wait(_LOOK_S)
    b.device.request("stop")
    raise Found("STOP was not seen in a session.", "Pull the plug. Look at STOP's wires.")


def _must_run(b: Bringup) -> None:
    status = b.device.request("status")
    if "fault" in status:
        raise Found(f"The device has a fault: {status['why']}", status["remedy"])
    if status["state"] != "running":
        raise Found(f"The session did not last: {status['why']}", "Mend that, and begin again.")


@dataclass(frozen=True)
class Step:
    """One step of a bring-up."""

    name: str
    title: str
    run: Callable[[Bringup], Figures]
    needs: str = ""  # the feature without which there is nothing to look at


STEPS = (
    Step("identity", "The device starts for maintenance", _identity),
    Step("supply", "The supply is good", _supply),
    Step("stop", "STOP is seen, pressed and let go", _stop),
    Step("buttons", "MODE, STRENGTH and HEAT are seen, each as itself", _buttons),
    Step("pull_downs", "What the chip does not drive is off", _pull_downs),
    Step("sensors", "Both sensors agree at rest", _sensors),
    Step("which_sensor", "Each sensor is where the chip thinks", _which_sensor),
    Step("pad", "The pad has the power that the board file says", _pad, "heat"),
    Step("enable", "The enable rises, and lets go", _enable),
    Step("stop_contact", "STOP keeps the enable down without the chip", _stop_contact),
    Step("comparator", "The comparator takes the enable down", _comparator),
    Step("roller", "The roller turns both ways and its current is seen", _roller, "roller"),
    Step("sides", "Each side motor is where it should be", _sides, "sides"),
    Step("face", "Lamps and buzzer", _face),
    Step("calibration", "Both sensors are calibrated", _calibration),
    Step("self_test", "The device passes its own test", _self_test),
    Step("heat", "The pad is the one in the board file, and STOP ends a session", _heat, "heat"),
)
