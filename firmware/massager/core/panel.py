"""What MODE, STRENGTH and HEAT do, and STOP when nothing runs. Stopping and acknowledging are the controller's own."""

from micropython import const

from massager.core import limits, refusals, session, signals, sounds
from massager.core.catalogue import NUMBERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from massager.core.controller import Controller

CHOOSE_MS = const(3000)  # MODE again within this time starts the next favourite instead
WALK_MS = const(10000)  # walking through the programs ends after this long without a press

_NOT_WALKING = const(-1)


class Panel:
    """Turns presses into commands. chosen is the place among the favourites of the program that MODE starts."""

    def __init__(self) -> None:
        self.chosen = 0
        self.walk_at = _NOT_WALKING  # the program that walking through all of them has come to
        self._since_ms = 0  # since the press that chose or walked

    def step(self, dt_ms: int, controller: "Controller") -> None:
        """Obey the buttons that were let go this tick."""
        self._since_ms = min(self._since_ms + dt_ms, WALK_MS)
        if self._since_ms >= WALK_MS and self.walk_at != _NOT_WALKING:
            self.walk_at = _NOT_WALKING
            controller.face.player.play(sounds.STOP)
        buttons = controller.buttons
        if buttons.short & signals.STRENGTH:
            controller.strength = controller.strength % controller.setup.strength_limit + 1
            controller.face.player.play(sounds.STRENGTH_1 + controller.strength - 1)
        if buttons.long & signals.STRENGTH:
            self._set_limit(controller)
        if buttons.short & signals.HEAT:
            self._next_heat(controller)
        if controller.session.is_active():
            self.walk_at = _NOT_WALKING
            if buttons.short & signals.MODE:
                self._mode_in_session(controller)
        else:
            self._idle(controller)

    def _mode_in_session(self, controller: "Controller") -> None:
        s = controller.session
        if s.is_unworn:
            s.is_leased = False
            controller.resume_here()
        elif s.is_leased:
            s.is_leased = False  # someone at the device confirms the host's start (SAF-50)
            controller.face.player.play(sounds.READY)
        elif s.is_from_button and self._since_ms < CHOOSE_MS and s.state == session.RUNNING:
            self._since_ms = 0
            self._next_favourite(controller)
        elif s.state == session.RUNNING:
            controller.pause()
        else:
            controller.resume()

    def _idle(self, controller: "Controller") -> None:
        buttons = controller.buttons
        if controller.session.state == session.FAULT:
            return
        if buttons.long & signals.MODE:
            self._walk_or_start(controller)
        elif buttons.short & signals.MODE and self.walk_at != _NOT_WALKING:
            self._walk_to(_next_program(self.walk_at, controller), controller)
        elif buttons.short & signals.MODE:
            self._start(controller.setup.favourites[self.chosen], controller)
        elif buttons.short & signals.STOP:
            self.walk_at = _NOT_WALKING
            controller.face.player.play(sounds.READY)
        elif buttons.long & signals.STOP:
            controller.face.test_lights()
        elif buttons.long & signals.HEAT and not controller.setup.is_acknowledged:
            controller.setup.is_acknowledged = True  # who must not use it was read, and none of it applies (SAF-55)
            controller.face.player.play(sounds.READY)

    def _walk_or_start(self, controller: "Controller") -> None:
        """A long press of MODE begins to walk through all programs; another starts the one that was told last."""
        if self.walk_at == _NOT_WALKING:
            self._walk_to(0, controller)
        else:
            self._start(self.walk_at, controller)

    def _walk_to(self, program: int, controller: "Controller") -> None:
        self.walk_at = program
        self._since_ms = 0
        controller.face.player.count(program + 1)

    def _start(self, program: int, controller: "Controller") -> None:
        self._since_ms = 0
        refusal = controller.start(program, controller.strength, limits.HEAT_LOW, False)
        if refusal == refusals.NOT_LENT:
            controller.want(program)
        elif refusal != refusals.OK:
            controller.face.player.play(sounds.REFUSED)
            return  # walking goes on: the next press is not one that starts something
        self.walk_at = _NOT_WALKING

    def _next_favourite(self, controller: "Controller") -> None:
        """Play the next favourite instead; one that cannot be played is told as refused, and the old one goes on."""
        favourites = controller.setup.favourites
        self.chosen = (self.chosen + 1) % len(favourites)
        refusal = controller.change_program(favourites[self.chosen])
        if refusal == refusals.NOT_LENT:
            controller.want(favourites[self.chosen])
        if refusal == refusals.OK or refusal == refusals.NOT_LENT:
            controller.face.player.count(self.chosen + 1)
        else:
            controller.face.player.play(sounds.REFUSED)

    def _next_heat(self, controller: "Controller") -> None:
        if not controller.session.is_active() or controller.failed_test:
            controller.face.player.play(sounds.REFUSED)  # every session starts at low heat (SAF-48)
            return
        controller.heat = (controller.heat + 1) % len(limits.SKIN_SET_MC)
        controller.face.player.play(sounds.HEAT_OFF + controller.heat)

    def _set_limit(self, controller: "Controller") -> None:
        """Make the present strength the personal limit; where it is already, lift the limit."""
        setup = controller.setup
        is_lifted = setup.strength_limit == controller.strength
        setup.strength_limit = limits.STRENGTH_MAX if is_lifted else controller.strength
        controller.face.player.play(sounds.LIMIT)


def _next_program(number: int, controller: "Controller") -> int:
    """Return the number of the next program that there is; after the last one comes the first."""
    number += 1
    while number < NUMBERS and not controller.catalogue.has(number):
        number += 1
    return number if number < NUMBERS else 0
