"""The methods about past faults: their log, and the black boxes of the newest ones."""

from massager.core.blackbox import MOMENT_BYTES
from massager.core.controller import Controller
from massager.link import params, rpc
from massager.link.rpc import RpcError
from massager.store.incidents import moment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from massager.store.keeper import Keeper

    Params = dict[str, Any]

_SEQ_MOST = 0x3FFFFFFF
_MOMENTS_A_FRAME = 4  # thirteen numbers of at most six characters each


class FaultMethods:
    """faults.list, faults.read and faults.box. None of them clears anything (SAF-51)."""

    def __init__(self, controller: Controller, keeper: "Keeper") -> None:
        self._controller = controller
        self._keeper = keeper
        self._box_seq = 0
        self._box = b""  # of the fault asked for last: a box is read from flash once, not with every piece

    def table(self) -> "dict[str, Callable[[Params], Params]]":
        """Return the methods by name."""
        return {"faults.list": self._list, "faults.read": self._read, "faults.box": self._moments}

    def _list(self, given: "Params") -> "Params":
        params.known(given, ())
        incidents, clock = self._keeper.incidents, self._keeper.clock
        log = incidents.log
        return {
            "first": log.first,
            "next": log.next,
            "booted": incidents.booted,
            "up_s": clock.up_s,
            "unix_s": clock.unix_s(),
        }

    def _read(self, given: "Params") -> "Params":
        params.known(given, ("seq",))
        params.idle(self._controller)
        log = self._keeper.incidents.log
        seq = params.whole(given, "seq", 0, _SEQ_MOST, log.first)
        records = log.read(seq, 1)
        return {"records": records, "next": records[-1]["seq"] + 1 if records else log.next}

    def _moments(self, given: "Params") -> "Params":
        params.known(given, ("seq", "first"))
        params.idle(self._controller)
        if "seq" not in given:
            raise RpcError(rpc.BAD_PARAMS, "faults.box needs seq, the number of a fault. faults.list tells them.")
        seq = params.whole(given, "seq", 1, _SEQ_MOST, 1)
        first = params.whole(given, "first", 0, 999, 0)
        if first == 0 or seq != self._box_seq:
            self._box = self._keeper.incidents.box(seq) or b""
            self._box_seq = seq
        total = len(self._box) // MOMENT_BYTES
        until = min(first + _MOMENTS_A_FRAME, total)
        moments = [list(moment(self._box, number)) for number in range(first, until)]
        if until == total:
            self._box = b""  # its kilobytes are wanted elsewhere
            self._box_seq = 0
        return {"total": total, "first": first, "moments": moments}
