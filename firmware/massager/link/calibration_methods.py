"""The methods about calibrating the sensors."""

from massager.core import calibration, refusals
from massager.core.controller import Controller
from massager.link import params, rpc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Params = dict[str, Any]


class CalibrationMethods:
    """calibration.get and begin."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    def table(self) -> "dict[str, Callable[[Params], Params]]":
        """Return the methods by name."""
        return {"calibration.get": self._get, "calibration.begin": self._begin}

    def _get(self, given: "Params") -> "Params":
        params.known(given, ())
        c = self._controller
        stage = c.calibrator.stage
        return {
            "stage": calibration.STAGES[stage],
            "why": calibration.WORDS[stage],
            "skin_mc": c.sensors.skin.offset_mc,
            "pad_mc": c.sensors.pad.offset_mc,
        }

    def _begin(self, given: "Params") -> "Params":
        params.known(given, ("true_mc",))
        true_mc = params.whole(given, "true_mc", calibration.TRUE_LEAST_MC, calibration.TRUE_MOST_MC, -1)
        if true_mc < 0:
            raise rpc.RpcError(rpc.BAD_PARAMS, "true_mc is needed: what a thermometer beside both sensors shows.")
        c = self._controller
        rpc.unless_refused(refusals.OK if c.is_in_maintenance else refusals.NO_MAINTENANCE)
        c.calibrator.begin(true_mc)
        return self._get({})
