"""The methods about programs: what there is, and users' own, which come and go in pages of a few steps a frame."""

from massager.core import programs, refusals
from massager.core.controller import Controller
from massager.core.steps import total_s
from massager.link import checks, params, rpc
from massager.link.rpc import RpcError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from massager.store.keeper import Keeper
    from massager.store.library import Library

    Params = dict[str, Any]

_ROWS_A_FRAME = 3
STEPS_A_FRAME = 8
_PUT = ("name", "title", "first", "total", "steps")
_NO_ROOM = "There is no room for another program: %d fit. Remove one first." % programs.USER_SLOTS

# What a program may use, the feature of a board that it is, and its words.
_USES = (
    (programs.USES_ROLLER, "roller", "the roller"),
    (programs.USES_SIDES, "sides", "the side motors"),
    (programs.USES_HEAT, "heat", "heat"),
)


def note_on(number: int, controller: Controller, library: "Library") -> str:
    """Return what a person should know before playing a program on this device: why it cannot be played, or what it
    has to do without; "" if there is nothing.
    """
    catalogue = controller.catalogue
    refusal = catalogue.cannot_play(number)
    if refusal == refusals.LOCKED or refusal == refusals.NO_LAMP:
        return refusals.WORDS[refusal]
    if catalogue.is_user(number):
        length_s, _, uses = library.size(number)
        if not length_s:
            return "It is damaged; remove it and put it on the device again."
    else:
        uses = library.uses(programs.steps(number))
        if catalogue.has_flag(number, programs.INFRARED):
            uses &= ~programs.USES_HEAT  # not the pad's
    missing = [words for bit, feature, words in _USES if uses & bit and feature not in controller.features]
    if missing:
        return "This device plays it without " + " and ".join(missing) + ", which it has not."
    if catalogue.has_flag(number, programs.GROWS):
        done = min(controller.setup.sessions_done, programs.GROWS_SESSIONS)
        return "Its strength grows with the sessions: %d of %d done." % (done, programs.GROWS_SESSIONS)
    return ""


class ProgramMethods:
    """programs, and program.check, put, get and remove."""

    def __init__(self, controller: Controller, keeper: "Keeper") -> None:
        self._controller = controller
        self._keeper = keeper
        self._name = ""  # of the program that is coming in
        self._title = ""
        self._steps: list[Any] = []
        self._total = 0

    def table(self) -> "dict[str, Callable[[Params], Params]]":
        """Return the methods by name."""
        return {
            "programs": self._programs,
            "program.check": self._check,
            "program.put": self._put,
            "program.get": self._get,
            "program.remove": self._remove,
        }

    def _programs(self, given: "Params") -> "Params":
        params.known(given, ("first",))
        catalogue = self._controller.catalogue
        numbers = list(range(len(programs.BUILT_IN)))
        for slot in range(programs.USER_SLOTS):
            if catalogue.user_names[slot]:
                numbers.append(len(programs.BUILT_IN) + slot)
        first = params.whole(given, "first", 0, len(numbers), 0)
        rows = [self._row(number) for number in numbers[first : first + _ROWS_A_FRAME]]
        return {"total": len(numbers), "first": first, "programs": rows}

    def _row(self, number: int) -> "Params":
        catalogue, library = self._controller.catalogue, self._keeper.library
        row: Params = {"name": catalogue.name(number)}
        if catalogue.is_user(number):
            length_s, steps, _ = library.size(number)
            row["user"] = True
        else:
            length_s, steps = total_s(programs.steps(number)), len(programs.steps(number))
        row["length_s"] = min(length_s, self._controller.setup.cap_ms // 1000)
        row["steps"] = steps
        note = note_on(number, self._controller, library)
        if note:
            row["note"] = note
        return row

    def _check(self, given: "Params") -> "Params":
        params.idle(self._controller)
        return {"ok": True} if self._take_page(given) else {"have": len(self._steps)}

    def _put(self, given: "Params") -> "Params":
        params.idle(self._controller)
        if not self._take_page(given):
            return {"have": len(self._steps)}
        steps, self._steps = self._steps, []
        if not params.kept(lambda: self._keeper.library.put(self._name, self._title, steps)):
            raise RpcError(rpc.REFUSED, _NO_ROOM)
        return {"kept": self._name}

    def _take_page(self, given: "Params") -> bool:
        """Take some steps; return True if they were the last ones and the whole is in order."""
        params.known(given, _PUT)
        first = params.whole(given, "first", 0, checks.STEPS_MOST, 0)
        name, page = given.get("name"), given.get("steps")
        if type(page) is not list or not page:
            raise RpcError(rpc.BAD_PARAMS, "steps must be a list of one step or more.")
        if first == 0:
            self._begin(name, given)
        elif name != self._name or first != len(self._steps):
            raise RpcError(rpc.BAD_PARAMS, "This page does not follow the one before. Begin again with first 0.")
        if not all(_is_step(step) for step in page):
            self._steps = []
            raise RpcError(rpc.BAD_PARAMS, "Each of steps must be a list of %d whole numbers." % len(checks.FIELDS))
        self._steps.extend(page)
        if len(self._steps) < self._total:
            return False
        found = checks.check(self._steps)
        if len(self._steps) > self._total:
            found.insert(0, (-1, "steps", "more steps came than total says"))
        if found:
            self._steps = []
            raise RpcError(rpc.BAD_PARAMS, _sentence(found))
        return True

    def _begin(self, name: "Any", given: "Params") -> None:
        title = given.get("title", "")
        why_not = checks.name_fault(name) or checks.title_fault(title)
        if why_not:
            raise RpcError(rpc.BAD_PARAMS, why_not + ".")
        self._total = params.whole(given, "total", 1, checks.STEPS_MOST, 0)
        if not self._total:
            raise RpcError(rpc.BAD_PARAMS, "total must say how many steps there are.")
        self._name = name
        self._title = title
        self._steps = []

    def _get(self, given: "Params") -> "Params":
        params.known(given, ("name", "first"))
        params.idle(self._controller)
        number = self._number(given)
        title, steps, why_not = self._keeper.library.load(number)
        if steps is None:
            raise RpcError(rpc.REFUSED, why_not)
        first = params.whole(given, "first", 0, len(steps), 0)
        name = self._controller.catalogue.name(number)
        page = steps[first : first + STEPS_A_FRAME]
        return {"name": name, "title": title, "total": len(steps), "first": first, "steps": page}

    def _remove(self, given: "Params") -> "Params":
        params.known(given, ("name",))
        params.idle(self._controller)
        number = self._number(given)
        setup = self._controller.setup
        if number in setup.favourites:
            # First, so that a power cut between the two leaves no favourite empty, and MODE without an answer.
            before = setup.values()
            setup.favourites = [n if n != number else place for place, n in enumerate(setup.favourites)]
            params.save(self._keeper, setup, before)
        params.kept(lambda: self._keeper.library.remove(number))
        return {"removed": given["name"]}

    def _number(self, given: "Params") -> int:
        """Return the number of the user's program that is named."""
        number = self._controller.catalogue.number(given.get("name"))
        if not self._controller.catalogue.is_user(number):
            own = ", ".join([name for name in self._controller.catalogue.user_names if name])
            raise RpcError(rpc.BAD_PARAMS, "name must be one of your own programs on the device: %s." % (own or "none"))
        return number


def _is_step(step: "Any") -> bool:
    """Return True for what may be kept until the whole program has come, which is not for ever."""
    return type(step) is list and len(step) == len(checks.FIELDS) and all(type(value) is int for value in step)


def _sentence(found: "list[checks.Finding]") -> str:
    more = len(found) - 1
    return checks.words(found[0]) + (" And %d more." % more if more else "")
