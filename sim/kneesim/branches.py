"""Plays scenarios that begin alike: what they share is played once, and where one goes its own way the process is
forked. CPython only, and not on Windows, which has no fork.
"""

import os
import pickle
import traceback
import warnings
from collections.abc import Callable, Sequence
from typing import NoReturn

from kneesim.play import TURN_MS, Played, Player, device_of
from kneesim.scenario import BEFORE_START_S, Scenario

IsOver = Callable[[Player], bool]


class BranchError(Exception):
    """A scenario could not be played to its end; the text is its traceback."""


def play_branches(shared: Scenario, branches: Sequence[Scenario], is_over: IsOver) -> list[Played]:
    """Play each branch, which is what is shared with faults and acts added, until its end, or until is_over says that
    nothing more can come of it. Returns them in the order given. Raises BranchError.
    """
    trunk = _Trunk(shared, branches, is_over)
    trunk.play()
    return [trunk.found[branch.title] for branch in branches]


def _leaves_at_s(shared: Scenario, branch: Scenario) -> float:
    """Return when a branch first differs from what is shared."""
    added = branch.acts[len(shared.acts) :]
    return min([fault.at_s for fault in branch.faults] + [act.at_s for act in added])


class _Trunk:
    """What is shared; and after a fork, in the process that is the copy, one branch.

    The firmware runs in this thread, since a fork takes no other one along.
    """

    def __init__(self, shared: Scenario, branches: Sequence[Scenario], is_over: IsOver) -> None:
        self.found: dict[str, Played] = {}  # by the branch's title
        self._shared = shared
        self._left = len(branches)
        self._error: BranchError | None = None
        self._is_over = is_over
        self._tell_fd: int | None = None  # where a copy tells its result
        self._device = device_of(shared)
        self._player = Player(shared, self._device, keeps_samples=False)
        self._player.plan_start()
        self._player.plan_acts(shared.acts)
        self._player.onlooker.begin()
        for branch in sorted(branches, key=lambda branch: _leaves_at_s(shared, branch)):
            self._player.at(_leaves_at_s(shared, branch), lambda branch=branch: self._fork(branch))  # type: ignore[misc]

    def play(self) -> None:
        try:
            self._device.run_here()
        except BaseException:
            if self._tell_fd is None:
                raise
            self._tell(traceback.format_exc())
        if self._error:  # not raised where it was found: the firmware would take it for one of its own
            raise self._error

    def _fork(self, branch: Scenario) -> None:
        if self._tell_fd is not None:
            return  # a copy goes one way only
        read_fd, write_fd = os.pipe()
        with warnings.catch_warnings():
            # CPython 3.12 warns where there are other threads; the copy needs nothing that one of them could hold.
            warnings.simplefilter("ignore", DeprecationWarning)
            copy = os.fork()
        if not copy:
            os.close(read_fd)
            self._tell_fd = write_fd
            self._go_on(branch)
            return
        os.close(write_fd)
        with open(read_fd, "rb") as pipe:
            told = pipe.read()
        os.waitpid(copy, 0)
        played = pickle.loads(told) if told else "it ended without a word"
        if isinstance(played, Played):
            self.found[branch.title] = played
        else:
            self._error = BranchError(f"{branch.title}: {played}")
        self._left -= 1
        if self._error or not self._left:
            self._device.power.end()

    def _go_on(self, branch: Scenario) -> None:
        try:
            self._player.scenario = branch
            self._player.plan_faults(branch.faults)
            self._player.plan_acts(branch.acts[len(self._shared.acts) :])
            self._look_later()
        except Exception:  # the firmware would take it for one of its own
            self._tell(traceback.format_exc())

    def _look_later(self) -> None:
        clock = self._device.clock
        whole_us = int((BEFORE_START_S + self._player.scenario.length_s) * 1_000_000)
        turn_us = TURN_MS * 1000
        clock.at(min((clock.now_us // turn_us + 1) * turn_us, whole_us), lambda: self._look(whole_us))

    def _look(self, whole_us: int) -> None:
        try:
            if self._device.watch.errors:
                self._tell(self._device.watch.errors[0])
            if self._device.clock.now_us >= whole_us or self._is_over(self._player):
                self._tell(self._player.played())
            self._look_later()
        except Exception:
            self._tell(traceback.format_exc())

    def _tell(self, result: Played | str) -> NoReturn:
        assert self._tell_fd is not None
        with open(self._tell_fd, "wb") as pipe:
            pickle.dump(result, pipe)
        os._exit(0)  # what the forked process has open belongs to the other one
