"""`make device`: the simulated device on the desk, by its buttons, lamps and sounds alone. CPython, in a terminal.

python -m kneesim.desk [--speed X] [--seed N]
"""

import argparse
import sys
import time
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from kneectl.keys import Keys
from kneesim.inprocess import Device
from massager.core import face, session, sounds, techniques, zones
from massager.core.steps import TECHNIQUE, ZONE

_TURN_MS = 50
_SHORT_MS = 120
_LONG_MS = 1700
_FLASH_S = 1.5  # how long the name of a sound stays
_KEYS = {" ": "stop", "m": "mode", "s": "strength", "h": "heat"}
_BRIGHTER = 5  # lamps are dim on purpose; a terminal's black is not a dark bedroom
_HINTS = "space STOP  m MODE  s STRENGTH  h HEAT  x, M, S, H: long press  q leave"


class Desk:
    """A device and somebody's fingers. A press lasts its time in the device's own clock."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._let_go_us: dict[str, int] = {}
        self._sound = ""
        self._sound_until_s = 0.0
        self._starts = -1  # not yet looked
        self._controller: Any = None

    def _watch(self) -> None:
        """Find the firmware's controller, anew after each reset: it is whose step runs."""
        self._starts = self._device.power.starts
        controller_class = self._device.power.firmware_module("massager.core.controller").Controller
        step = controller_class.step

        def watched(controller: Any, now_ms: int, inputs: Any, out: Any) -> None:
            self._controller = controller
            step(controller, now_ms, inputs, out)

        controller_class.step = watched

    def press(self, key: str) -> None:
        """Press the button of a key; capitals, and x for STOP, press long."""
        is_long = key.isupper() or key == "x"
        button = "stop" if key == "x" else _KEYS.get(key.lower())
        if button is not None and button not in self._let_go_us:
            self._device.plant.button(button, True)
            held_ms = _LONG_MS if is_long else _SHORT_MS
            self._let_go_us[button] = self._device.clock.now_us + held_ms * 1000

    def run_ms(self, ms: int) -> None:
        """Let the device run, and fingers go up when it is time."""
        if self._device.power.starts != self._starts:
            self._device.run_ms(0)
            self._watch()
        self._device.run_ms(ms)
        for button in [name for name, when_us in self._let_go_us.items() if when_us <= self._device.clock.now_us]:
            self._device.plant.button(button, False)
            del self._let_go_us[button]
        playing = self._controller.face.player.sound
        if playing != sounds.SILENCE:
            self._sound = sounds.NAMES[playing]
            self._sound_until_s = time.monotonic() + _FLASH_S

    def picture(self) -> RenderableType:
        """Return what a person at the device sees, and below it what only a simulator can tell."""
        rows: list[RenderableType] = [self._strip(), Text(), self._told(), Text(), Text(_HINTS, style="dim")]
        return Panel(Group(*rows), title="device", width=80)

    def _strip(self) -> Text:
        wire = self._device.chip.lamps or bytes(face.LAMPS * 3)
        lamps = [_lamp(wire[i + 1], wire[i], wire[i + 2]) for i in range(0, len(wire), 3)]
        bar = Text("  ").join(lamps[:5])
        return Text.assemble("strength ", bar, "    heat ", lamps[5], "    program ", lamps[6], "    state ", lamps[7])

    def _told(self) -> Table:
        controller = self._controller
        heat = self._device.plant.heat
        heard = self._sound if time.monotonic() < self._sound_until_s else ""
        pressed = ", ".join(name.upper() for name in self._let_go_us)
        seconds = controller.session.left_ms() // 1000
        table = Table.grid(padding=(0, 2))
        table.add_row("sound", f"♪ {heard}" if heard else "")
        table.add_row("pressed", pressed)
        table.add_row("state", session.STATE_NAMES[controller.session.state])
        table.add_row("program", controller.catalogue.name(controller.shown_program()))
        if controller.session.is_active():
            step = controller.session.current()
            where = f"{controller.session.step_index + 1} of {controller.session.steps_total()}"
            left = f"{seconds // 60}:{seconds % 60:02} left"
            table.add_row("step", f"{where}, {techniques.NAMES[step[TECHNIQUE]]}, {zones.NAMES[step[ZONE]]}, {left}")
        table.add_row("true skin", f"{heat.skin_c:.1f} °C, pad {heat.pad_c:.1f} °C")
        return table


def _lamp(red: int, green: int, blue: int) -> Text:
    lit = [min(255, part * _BRIGHTER) for part in (red, green, blue)]
    return Text("●", style=f"rgb({lit[0]},{lit[1]},{lit[2]})") if any(lit) else Text("○", style="dim")


def main() -> int:
    """Run until q or Ctrl-C."""
    parser = argparse.ArgumentParser(description="The simulated device by its buttons, lamps and sounds.")
    parser.add_argument("--speed", type=float, default=1.0, help="device seconds a second, 0.1 to 100")
    parser.add_argument("--seed", type=int, default=1, help="chooses the noise of the sensors")
    options = parser.parse_args()
    if not 0.1 <= options.speed <= 100:
        parser.error("--speed must be from 0.1 to 100")
    if not sys.stdin.isatty():
        parser.error("this needs a terminal; for scripts there is kneectl sim")
    try:
        with Device(seed=options.seed) as device, Keys() as keys, Live(console=Console(), auto_refresh=False) as live:
            desk = Desk(device)
            due_s = time.monotonic()
            while True:
                key = keys.read()
                if key == "q":
                    return 0
                if key is not None:
                    desk.press(key)
                desk.run_ms(_TURN_MS)
                live.update(desk.picture(), refresh=True)
                due_s = max(due_s + _TURN_MS / 1000 / options.speed, time.monotonic() - 1)
                time.sleep(max(0.0, due_s - time.monotonic()))
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
