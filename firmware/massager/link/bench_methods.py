"""The methods for a maker's bench: what every input shows, and trying one part at a time, in maintenance."""

from massager.core import bench, faults, refusals, signals
from massager.core.controller import Controller
from massager.link import params, rpc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from massager.core.sensors import Ntc

    Params = dict[str, Any]

_BUTTONS = (("stop", signals.STOP), ("mode", signals.MODE), ("strength", signals.STRENGTH), ("heat", signals.HEAT))
_ENDS = {bench.WELL: "ok", bench.CUT_SHORT: "cut short", bench.UNFINISHED: ""}


class BenchMethods:
    """bench.read and run."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    def table(self) -> "dict[str, Callable[[Params], Params]]":
        """Return the methods by name."""
        return {"bench.read": self._read, "bench.run": self._run}

    def _read(self, given: "Params") -> "Params":
        params.known(given, ())
        c = self._controller
        rpc.unless_refused(refusals.OK if c.is_in_maintenance else refusals.NO_MAINTENANCE)
        tried, inputs = c.bench, c.bench.inputs
        return {
            "pressed": [name for name, bit in _BUTTONS if inputs.buttons & bit],
            "heater_sense": inputs.heater_sense,
            "lamp_sense": inputs.lamp_sense,
            "rail_good": inputs.is_rail_good,
            "skin_mc": _mc(c.sensors.skin),
            "pad_mc": _mc(c.sensors.pad),
            "roller_ma": inputs.roller_ma,
            "floating": tried.floating,
            "running": bench.NAMES[tried.what],
            "last": bench.NAMES[tried.last],
            "found": _ENDS[tried.result] if tried.result in _ENDS else faults.TABLE[tried.result][0],
            "rise_ms": tried.rise_ms,
            "fall_ms": tried.fall_ms,
            "most_ma": tried.most_ma,
        }

    def _run(self, given: "Params") -> "Params":
        params.known(given, ("what",))
        what = params.one_of(given, "what", bench.NAMES[1:], -1) + 1
        if not what:
            raise rpc.RpcError(rpc.BAD_PARAMS, "what is needed: one of " + ", ".join(bench.NAMES[1:]) + ".")
        rpc.unless_refused(self._controller.try_out(what))
        return {"running": bench.NAMES[what]}


def _mc(sensor: "Ntc") -> "int | None":
    """Return what a sensor shows before calibration, None if it is open or short."""
    return None if sensor.band else sensor.mc
