"""An exception in each function that a tick calls, found by watching which ones it does (SAF-42)."""

import json
import os
import pickle
import sys
import traceback
from collections.abc import Callable
from itertools import product
from types import CodeType, FrameType
from typing import Any, NoReturn

from kneesim.engines import ROOT
from kneesim.inprocess import Device
from massager.link import frame

FIRMWARE = str(ROOT / "firmware/massager") + "/"
KINDS = (MemoryError, KeyboardInterrupt, RuntimeError)
OFF_WITHIN_US = 50_000
# In the next second and a bit a tick does everything it can: telemetry, a request, a button, a second of time.
BUSY_US = 1_200_000
Site = tuple[str, int, str]


def _site(code: CodeType) -> Site:
    return code.co_filename.removeprefix(FIRMWARE), code.co_firstlineno, code.co_name


def _profile(on_call: Callable[[Site], None]) -> None:
    """Have on_call told of every function of the firmware that is called."""

    def profile(called: FrameType, event: str, _: Any) -> None:
        if event == "call" and called.f_code.co_filename.startswith(FIRMWARE):
            on_call(_site(called.f_code))

    sys.setprofile(profile)


class _Session:
    """A session with heat and motors on, and copies of its process in which something else happens each time.

    Everything is an event of the clock: the firmware runs in this thread, since a fork takes no other one along. What
    an event raises the firmware would take for its own, so that is kept.
    """

    def __init__(self, then: Callable[["_Session"], None]) -> None:
        self.device = Device()
        self._then = then
        self._error: BaseException | None = None
        self._fd = -1  # a copy's, to tell its result

    def play(self) -> None:
        """Run until there is heat and motion, then do what was given, and end."""
        clock, plant = self.device.clock, self.device.plant
        clock.at(1_000_000, lambda: self._request("start", program="shiatsu", strength=5, heat="low"))
        clock.at(1_100_000, lambda: plant.button("mode", True))
        clock.at(1_200_000, lambda: plant.button("mode", False))
        clock.at(1_300_000, lambda: self._request("subscribe", hz=10))
        clock.at(1_400_000, self._look)
        self.device.run_here()
        if self._error:
            raise self._error

    def _request(self, method: str, **params: Any) -> None:
        request = {"jsonrpc": "2.0", "id": method, "method": method, "params": params}
        self.device.send(frame.encode(json.dumps(request).encode()))

    def _look(self) -> None:
        levels = self.device.levels()
        if not (levels["heater"] and levels["roller"]):
            self.device.clock.at(self.device.clock.now_us + 20_000, self._look)
            return
        try:
            self._then(self)
        except _IsCopy:
            return
        except BaseException as e:
            self._error = e
        self.device.power.end()

    def copy(self, begin: Callable[[], None], end: Callable[[], object]) -> Any:
        """Return what end() returns in a copy of this process in which, after begin(), the device had BUSY_US more.
        A copy may end itself sooner, by `tell`. AssertionError for an error in the copy.
        """
        read_fd, write_fd = os.pipe()
        child = os.fork()
        if not child:
            os.close(read_fd)
            self._fd = write_fd
            clock = self.device.clock
            clock.at(clock.now_us + BUSY_US, lambda: self.tell(end))
            self._be_busy()
            begin()
            raise _IsCopy
        os.close(write_fd)
        with open(read_fd, "rb") as pipe:
            told = pipe.read()
        os.waitpid(child, 0)
        is_well, result = pickle.loads(told) if told else (False, "it ended without a word")
        assert is_well, result
        return result

    def _be_busy(self) -> None:
        clock, plant = self.device.clock, self.device.plant
        self.device.is_host_reading = False  # a line that an exception tears is no frame
        self.device.send(b'{"jsonrpc":"2.0","id":5,"method":"status"}\n')
        plant.button("strength", True)
        clock.at(clock.now_us + 100_000, lambda: plant.button("strength", False))

    def tell(self, end: Callable[[], object]) -> NoReturn:
        """End a copy with what end() returns."""
        sys.setprofile(None)
        try:
            told: tuple[bool, object] = (True, end())
        except BaseException:
            told = (False, traceback.format_exc())
        with open(self._fd, "wb") as pipe:
            pickle.dump(told, pipe)
        os._exit(0)  # what the forked process has open belongs to the other one


class _IsCopy(Exception):
    """Ends what a copy has no part in: it goes on with the device."""


def _sites(session: _Session) -> list[Site]:
    """Return the functions of the firmware that are called."""
    found: dict[Site, None] = {}
    sites: list[Site] = session.copy(lambda: _profile(lambda site: found.setdefault(site)), lambda: list(found))
    return sites


def _time_to_off(session: _Session, site: Site, kind: type[BaseException]) -> int | None:
    """Throw kind from the next call of a function; return after how many us heater and motors were off and stayed so
    until the reset, None if something was on by then. AssertionError if there is no throw or no reset.
    """
    device = session.device
    clock, chip = device.clock, device.chip
    thrown_us: list[int] = []
    on_us: list[int] = []

    def throw(called: Site) -> None:
        if called == site and not thrown_us:
            thrown_us.append(clock.now_us)
            sys.setprofile(None)
            raise kind("injected")

    def look() -> None:
        if not device.is_off():
            on_us.append(clock.now_us)
        clock.at(clock.now_us + 1000, look)

    def off_us() -> int | None:
        return max(0, max(on_us) - thrown_us[0]) if device.is_off() else None

    def no_reset() -> None:
        raise AssertionError("no reset" if thrown_us else "not called")

    def begin() -> None:
        look()
        chip.before_reset = lambda: session.tell(off_us)  # a reset leaves outputs as they are, on some chips
        _profile(throw)

    found: int | None = session.copy(begin, no_reset)
    return found


def test_saf_42_an_exception_in_any_function_of_the_tick_is_off_within_50_ms_then_a_reset() -> None:
    def then(session: _Session) -> None:
        sites = _sites(session)
        names = {name for _, _, name in sites}
        assert len(sites) > 100
        assert {"step", "check", "limit", "read", "apply", "toggle", "feed", "handle", "telemetry", "watch"} <= names
        for site, kind in product(sites, KINDS):
            off_us = _time_to_off(session, site, kind)
            assert off_us is not None and off_us <= OFF_WITHIN_US, (site, kind, off_us)
        print(f"{len(sites)} functions")
        done.append(True)

    done: list[bool] = []
    _Session(then).play()
    assert done
