"""Faults of the plant: of sensors, pad, switches, wires, buttons, motors, supply and battery clock.

One half of the table in faults.py; the other is machine_faults.py. Runs on CPython and inside the MicroPython VM.
"""

from kneesim.fault import Fault, Param
from kneesim.ntc import MOST_DELAY_MS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from kneesim.ntc import Ntc

    Put = Callable[[Any, str, dict[str, Any]], "Callable[[], object] | None"]

_NTCS = ("skin_ntc", "pad_ntc", "both_ntcs")
_WATER_J_GK = 4.18
_WET_TIMES = 2.0  # water fills the air that fabric and fleece hold: our estimate for both ways out of the pad


def _ntcs(plant: "Any", place: str) -> "list[Ntc]":
    if place == "both_ntcs":
        return [plant.skin_ntc, plant.pad_ntc]
    return [plant.skin_ntc if place == "skin_ntc" else plant.pad_ntc]


def _sensor(field: str, param: str) -> "Put":
    """Return what disturbs a sensor's field by a parameter; "=WORD" for param is that word."""

    def put(plant: "Any", place: str, params: "dict[str, Any]") -> "Callable[[], object]":
        value = param[1:] if param[:1] == "=" else params[param]
        for ntc in _ntcs(plant, place):
            ntc.disturb(field, value)

        def lift() -> None:
            for ntc in _ntcs(plant, place):
                ntc.disturb(field)

        return lift

    return put


def _attribute(name: str, value: "Any", sound: "Any") -> "Put":
    """Return what sets an attribute of the plant; PLACE in the name stands for the place."""

    def put(plant: "Any", place: str, params: "dict[str, Any]") -> "Callable[[], object]":
        plant.advance()
        attribute = name.replace("PLACE", place)
        setattr(plant, attribute, value)

        def lift() -> None:
            plant.advance()
            setattr(plant, attribute, sound)

        return lift

    return put


def _motor(attribute: str) -> "Put":
    def put(plant: "Any", place: str, params: "dict[str, Any]") -> "Callable[[], object]":
        plant.advance()
        motor = getattr(plant, place)
        setattr(motor, attribute, True)
        return lambda: setattr(motor, attribute, False)

    return put


def _mux_stuck(plant: "Any", place: str, params: "dict[str, Any]") -> "Callable[[], object]":
    plant.mux = place
    return lambda: setattr(plant, "mux", "")


def _detach(plant: "Any", place: str, params: "dict[str, Any]") -> "Callable[[], object]":
    plant.take_skin_ntc_off(True)
    return lambda: plant.take_skin_ntc_off(False)


def _take_off(plant: "Any", place: str, params: "dict[str, Any]") -> "Callable[[], object]":
    plant.take_off(True)
    return lambda: plant.take_off(False)


def _fold(plant: "Any", place: str, params: "dict[str, Any]") -> "Callable[[], object]":
    plant.advance()
    plant.heat.fold(params["times"])
    return lambda: plant.heat.fold(0.0)


def _loosen(plant: "Any", place: str, params: "dict[str, Any]") -> "Callable[[], object]":
    plant.advance()
    before = plant.heat.contact_w_k
    plant.heat.contact_w_k = params["w_k"]
    return lambda: setattr(plant.heat, "contact_w_k", before)


def _wet(plant: "Any", place: str, params: "dict[str, Any]") -> "Callable[[], object]":
    plant.advance()
    heat = plant.heat
    water_j_k = params["water_g"] * _WATER_J_GK
    before = (heat.pad_j_k, heat.contact_w_k, heat.cover_w_k)
    heat.pad_j_k += water_j_k
    heat.contact_w_k *= _WET_TIMES
    heat.cover_w_k *= _WET_TIMES

    def dry() -> None:
        plant.advance()
        heat.pad_j_k, heat.contact_w_k, heat.cover_w_k = before

    return dry


def _hold_button(plant: "Any", place: str, params: "dict[str, Any]") -> "Callable[[], object]":
    plant.button(place, True)
    return lambda: plant.button(place, False)


def _set_volts(plant: "Any", place: str, params: "dict[str, Any]") -> "Callable[[], object]":
    plant.advance()
    before = plant.supply_v
    plant.supply_v = params["v"]

    def lift() -> None:
        plant.advance()
        plant.supply_v = before

    return lift


def _rtc(plant: "Any") -> "Any":
    if plant.rtc is None:
        raise ValueError("this board has no battery clock.")
    return plant.rtc


def _stop_rtc(plant: "Any", place: str, params: "dict[str, Any]") -> "Callable[[], object]":
    _rtc(plant).stop(True)
    return lambda: plant.rtc.stop(False)


def _drift_rtc(plant: "Any", place: str, params: "dict[str, Any]") -> "Callable[[], object]":
    _rtc(plant).set_drift(params["ppm"])
    return lambda: plant.rtc.set_drift(0)


def _jump_rtc(plant: "Any", place: str, params: "dict[str, Any]") -> None:
    _rtc(plant).pass_s(params["s"])


def _empty_rtc(plant: "Any", place: str, params: "dict[str, Any]") -> None:
    _rtc(plant).lose_power()


def _unplug_rtc(plant: "Any", place: str, params: "dict[str, Any]") -> "Callable[[], object]":
    _rtc(plant).is_absent = True
    return lambda: setattr(plant.rtc, "is_absent", False)


# fmt: off
ROWS = (
    Fault("open", _NTCS, (), "The sensor's wire is broken or unplugged.", _sensor("state", "=open")),
    Fault("short", _NTCS, (), "The sensor's wires touch.", _sensor("state", "=short")),
    Fault("stuck", _NTCS, (), "The reading stays what it last was, noise and all.", _sensor("state", "=stuck")),
    Fault("offset", _NTCS, (Param("c", "°C", 3.0, -50, 50),), "The sensor shows so much too much.",
          _sensor("offset_c", "c")),
    Fault("drift", _NTCS, (Param("c_min", "°C/min", 1.0, -60, 60),), "The sensor wanders off, ever further.",
          _sensor("drift_c_min", "c_min")),
    Fault("noise", _NTCS, (Param("c", "°C", 2.0, 0.1, 20),), "The reading jumps about, by at most so much.",
          _sensor("noise_c", "c")),
    Fault("spike", _NTCS, (Param("c", "°C", 50.0, -50, 50),), "One single reading is off by so much.",
          _sensor("spike_c", "c")),
    Fault("intermittent", _NTCS, (Param("open_pm", "of 1000", 300, 1, 1000),),
          "A loose contact: so many of a thousand readings find an open wire.", _sensor("open_pm", "open_pm")),
    Fault("delayed", _NTCS, (Param("ms", "ms", 2000, 20, MOST_DELAY_MS),), "The sensor shows what was so long ago.",
          _sensor("delay_ms", "ms")),
    Fault("bridged", _NTCS, (Param("ohm", "ohm", 10000.0, 100, 1000000),),
          "Moisture or a strand lies across the sensor: it reads too hot.", _sensor("parallel_ohm", "ohm")),
    Fault("chafed", _NTCS, (Param("ohm", "ohm", 1000.0, 10, 1000000),),
          "The cable is worn through to a few strands: it reads too cold.", _sensor("series_ohm", "ohm")),
    Fault("mux_stuck", ("skin_ntc", "pad_ntc"), (), "The converter reads this sensor for every input.", _mux_stuck),
    Fault("swapped", ("both_ntcs",), (), "The sensors' plugs are exchanged.", _attribute("are_swapped", True, False)),
    Fault("detached", ("skin_ntc",), (), "The skin's sensor has come off and hangs in the air near the pad.", _detach),
    Fault("wet", ("pad",), (Param("water_g", "g", 30.0, 5, 100),), "The pad has soaked up water.", _wet),
    Fault("folded", ("pad",), (Param("times", "times", 3.0, 1, 5),),
          "The pad lies folded: a hot spot, insulated so many times as well.", _fold),
    Fault("loose", ("pad",), (Param("w_k", "W/K", 0.3, 0.02, 3),), "The pad sits badly.", _loosen),
    Fault("off", ("pad",), (), "The device is taken off the knee, skin sensor and all.", _take_off),
    Fault("welded", ("heater_switch", "lamp_switch"), (), "The switch conducts whatever its pin says.",
          _attribute("PLACE", "welded", "ok")),
    Fault("dead", ("heater_switch", "lamp_switch", "enable"), (), "The switch never conducts.",
          _attribute("PLACE", "dead", "ok")),
    Fault("broken", ("heater_wire",), (), "The heater's wire is broken.", _attribute("heater_wire", "broken", "ok")),
    Fault("shorted", ("enable",), (), "Heater and motors have their supply at all times, pump or not.",
          _attribute("enable", "shorted", "ok")),
    Fault("stuck_high", ("heater_sense", "lamp_sense", "rail_sense"), (), "The read-back always says 1.",
          _attribute("PLACE", 1, None)),
    Fault("stuck_low", ("heater_sense", "lamp_sense", "rail_sense"), (), "The read-back always says 0.",
          _attribute("PLACE", 0, None)),
    Fault("dead", ("cut_out",), (), "The 45 °C comparator never trips.", _attribute("is_cut_out_dead", True, False)),
    Fault("bridged", ("fuse",), (), "The thermal fuse never opens.", _attribute("is_fuse_bridged", True, False)),
    Fault("broken_wire", ("stop",), (), "STOP's signal wire is broken: a press for the chip, none for the hardware.",
          _attribute("is_stop_wire_broken", True, False)),
    Fault("dead", ("stop",), (), "STOP's signal contact is stuck: a press for the hardware, none for the chip.",
          _attribute("is_stop_contact_stuck", True, False)),
    Fault("stuck", ("stop", "mode", "strength", "heat"), (), "The button stays down.", _hold_button),
    Fault("jammed", ("roller",), (), "Something holds the roller, the one way.", _motor("is_jammed")),
    Fault("broken", ("roller", "inner", "outer"), (), "The motor's wire is broken.", _motor("is_broken")),
    Fault("welded", ("roller", "inner", "outer"), (), "The motor is driven, forward, whatever its pins say.",
          _motor("is_welded")),
    Fault("dead", ("roller_current",), (), "The roller's current always reads 0.",
          _attribute("PLACE", "dead", "ok")),
    Fault("volts", ("supply",), (Param("v", "V", 4.2, 0, 6.5),), "The supply gives so much, not 5 V.", _set_volts),
    Fault("stopped", ("rtc",), (), "The battery clock shows the same time for ever.", _stop_rtc),
    Fault("drift", ("rtc",), (Param("ppm", "ppm", 1000, -500000, 500000),), "The battery clock runs so much too fast.",
          _drift_rtc),
    Fault("jump", ("rtc",), (Param("s", "s", 86400, -40000000, 40000000),), "The battery clock jumps.", _jump_rtc),
    Fault("empty", ("rtc",), (), "The battery clock's cell is out: its time is gone, and it says so.", _empty_rtc),
    Fault("absent", ("rtc",), (), "The battery clock does not answer on its bus.", _unplug_rtc),
)
# fmt: on
