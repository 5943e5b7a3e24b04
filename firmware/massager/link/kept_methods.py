"""The methods about what the device keeps: settings, the session log, and the date."""

from massager.core import limits
from massager.core.controller import Controller
from massager.link import params, rpc
from massager.link.rpc import RpcError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from massager.store.keeper import Keeper

    Params = dict[str, Any]

_RECORDS_A_FRAME = 2
_SETTINGS = ("favourites", "unlocked", "sessions_done", "knee", "strap", "session_min")
_MINUTE_MS = 60000


class KeptMethods:
    """settings.get and set, log.list and read, clock.set."""

    def __init__(self, controller: Controller, keeper: "Keeper") -> None:
        self._controller = controller
        self._keeper = keeper

    def table(self) -> "dict[str, Callable[[Params], Params]]":
        """Return the methods by name."""
        return {
            "settings.get": self._get,
            "settings.set": self._set,
            "log.list": self._log_list,
            "log.read": self._log_read,
            "clock.set": self._clock_set,
        }

    def _get(self, given: "Params") -> "Params":
        params.known(given, ())
        setup, catalogue = self._controller.setup, self._controller.catalogue
        return {
            "favourites": [catalogue.name(number) for number in setup.favourites],
            "unlocked": setup.is_unlocked,
            "sessions_done": setup.sessions_done,
            "knee": "left" if setup.is_left_knee else "right",
            "strap": "down" if setup.is_strap_down else "up",
            "session_min": setup.cap_ms // _MINUTE_MS,
            "limit": setup.strength_limit,
        }

    def _set(self, given: "Params") -> "Params":
        params.known(given, _SETTINGS)
        if not given:
            raise RpcError(rpc.BAD_PARAMS, "settings.set needs at least one of " + ", ".join(_SETTINGS) + ".")
        params.idle(self._controller)
        setup = self._controller.setup
        favourites = self._favourites(given)
        is_unlocked = params.flag(given, "unlocked", setup.is_unlocked)
        if given.get("sessions_done", 0) != 0 or type(given.get("sessions_done", 0)) is not int:
            raise RpcError(rpc.BAD_PARAMS, "sessions_done can only be set to 0, which starts anew for another person.")
        is_left_knee = params.one_of(given, "knee", ("right", "left"), setup.is_left_knee)
        is_strap_down = params.one_of(given, "strap", ("up", "down"), setup.is_strap_down)
        least, most = limits.SESSION_CAP_LEAST_MS // _MINUTE_MS, limits.SESSION_CAP_MOST_MS // _MINUTE_MS
        cap_ms = params.whole(given, "session_min", least, most, setup.cap_ms // _MINUTE_MS) * _MINUTE_MS
        before = setup.values()
        setup.favourites = favourites
        setup.is_unlocked = is_unlocked
        if "sessions_done" in given:
            setup.sessions_done = 0
        setup.is_left_knee = bool(is_left_knee)
        setup.is_strap_down = bool(is_strap_down)
        setup.cap_ms = cap_ms
        params.save(self._keeper, setup, before)
        return self._get({})

    def _favourites(self, given: "Params") -> "list[int]":
        setup = self._controller.setup
        names = given.get("favourites")
        if names is None:
            return setup.favourites
        most = len(setup.favourites)
        numbers = [self._controller.catalogue.number(name) for name in names] if type(names) is list else []
        if len(numbers) != most or min(numbers) < 0:
            raise RpcError(rpc.BAD_PARAMS, "favourites must be a list of %d names of programs on the device." % most)
        return numbers

    def _log_list(self, given: "Params") -> "Params":
        params.known(given, ())
        log, clock = self._keeper.journal.log, self._keeper.clock
        booted = self._keeper.journal.booted
        return {
            "first": log.first,
            "next": log.next,
            "booted": booted,
            "up_s": clock.up_s,
            "unix_s": clock.unix_s(),
        }

    def _log_read(self, given: "Params") -> "Params":
        params.known(given, ("seq",))
        params.idle(self._controller)
        log = self._keeper.journal.log
        seq = params.whole(given, "seq", 0, 0x3FFFFFFF, log.first)
        records = log.read(seq, _RECORDS_A_FRAME)
        following = records[-1]["seq"] + 1 if records else log.next
        return {"records": records, "next": following}

    def _clock_set(self, given: "Params") -> "Params":
        params.known(given, ("unix_s",))
        unix_s = given.get("unix_s")
        if type(unix_s) is not int or not self._keeper.clock.can_be(unix_s):
            raise RpcError(rpc.BAD_PARAMS, "unix_s must be whole seconds since 1970, of a date from 2020 to 2049.")
        self._keeper.clock.set(unix_s)
        return {"unix_s": unix_s}
