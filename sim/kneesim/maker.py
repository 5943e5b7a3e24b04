"""Somebody who builds a simulated device and brings it up: hands, eyes and a thermometer. CPython only."""

from typing import Any

from kneesim.flash import Flash
from kneesim.inprocess import Device
from kneesim.mistakes import Mistake
from kneesim.plant import RAIL_V, PlantParams
from massager.core import face

_HELD_MS = 4000
_PRESS_MS = 200
_STEP_MS = 20  # a chirp is short
_ROOM_C = 22.0
_HAND_C = 34.0
_BATH_C = 40.0
_TURNS_RPM = 3.0
_HUMS_HZ = 5.0


class Refused(Exception):
    """The device answered with an error: its number and its sentence."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class Bench:
    """A device that has just been built, perhaps with a mistake, and its maker. A context manager.

    What kneectl.bringup wants of a device and of a maker is here in one, since a hand moves in the device's time.
    """

    def __init__(
        self,
        mistake: Mistake | None = None,
        seed: int = 1,
        plant: PlantParams | None = None,
        features: tuple[str, ...] = ("roller", "sides", "heat", "lamps", "buzzer"),
        board: str = "pico",
    ) -> None:
        self._mistake = mistake
        self._board = board
        self._features = features
        self._seed = seed
        self._params = plant
        self._flash = Flash()
        self._held: tuple[str, ...] = ()
        self._pressed = ""
        self._let_go_ms = 0
        self._now_ms = 0
        self._device: Device | None = None
        self._most_rpm = self._least_rpm = self._inner_hz = self._outer_hz = 0.0
        self._are_lit = self._has_chirped = False

    def __enter__(self) -> "Bench":
        self._switch_on()
        return self

    def __exit__(self, *_: object) -> None:
        self._switch_off()

    @property
    def device(self) -> Device:
        """The device, while it is switched on."""
        assert self._device is not None
        return self._device

    def _switch_on(self) -> None:
        device = Device(self._seed, board=self._board, flash=self._flash, features=self._features, plant=self._params)
        plant = device.plant
        if self._mistake is not None:
            self._mistake.make(plant)
        plant.take_off(True)
        plant.heat.fold(0.0)
        self._rest(plant)
        for button in self._held:
            plant.button(button, True)
        device.__enter__()
        self._device = device

    def _switch_off(self) -> None:
        if self._device is not None:
            self._flash = self._device.flash
            self._device.__exit__(None, None, None)
            self._device = None

    def _rest(self, plant: Any, degrees: float = _ROOM_C) -> None:
        heat = plant.heat
        heat.element_c = heat.pad_c = heat.ambient_c = degrees
        plant.skin_ntc_held_c = degrees

    # The device.

    def request(self, method: str, **params: Any) -> dict[str, Any]:
        """Return a request's result; raises Refused."""
        answer = self.device.request(method, **params)
        if "error" in answer:
            raise Refused(answer["error"]["code"], answer["error"]["message"])
        result: dict[str, Any] = answer["result"]
        return result

    def frames(self) -> list[dict[str, Any]]:
        """Return the telemetry since the last call."""
        found = [message["params"] for message in self.device.received if message.get("method") == "telemetry"]
        self.device.received.clear()
        return found

    def wait(self, seconds: float) -> None:
        """Let time pass, and look meanwhile."""
        left_ms = round(seconds * 1000)
        while left_ms > 0:
            step_ms = min(left_ms, _STEP_MS)
            self.device.run_ms(step_ms)
            left_ms -= step_ms
            self._now_ms += step_ms
            if self._pressed and self._now_ms >= self._let_go_ms:
                self.device.plant.button(self._pressed, False)
                self._pressed = ""
            self._look()

    def restarted(self) -> None:
        """The device is there again as soon as it is switched on."""

    # The maker.

    def please(self, action: str) -> None:
        """Do one of kneectl.bringup.ACTIONS."""
        plant = self.device.plant
        if action in ("maintenance", "normal"):
            self._restart(("stop", "mode") if action == "maintenance" else ())
        elif action in ("rest", "rest warm"):
            self._rest(plant, _ROOM_C if action == "rest" else _BATH_C)
            self.wait(1)
        elif action == "hold stop":
            plant.button("stop", True)
            self.wait(0.2)
        elif action == "let stop go":
            plant.button("stop", False)
            self.wait(0.2)
        elif action.startswith("press "):
            self._press(action.removeprefix("press "), _PRESS_MS)
        elif action == "acknowledge":
            self._press("heat", 2000)
        elif action == "lights":
            self._forget()
            for ms in (_PRESS_MS, 2000):
                self._press("stop", ms)
                self.wait(3)
        elif action == "warm skin":
            plant.skin_ntc_held_c = _HAND_C
        elif action in ("bridge", "unbridge"):
            plant.is_row_bridged = action == "bridge"
            self.wait(0.2)
        elif action in ("watch", "look again"):
            self._forget()
        elif action == "lay down":
            self.device.plant.skin_ntc_held_c = None  # it hangs in the air, near the pad
        else:
            raise AssertionError(action)

    def ask(self, question: str) -> bool:
        """Answer one of kneectl.bringup.QUESTIONS."""
        answers = {
            "roller": self._most_rpm > _TURNS_RPM and self._least_rpm > -_TURNS_RPM,
            "roller_back": self._least_rpm < -_TURNS_RPM,
            "inner": self._inner_hz > _HUMS_HZ > self._outer_hz,
            "outer": self._outer_hz > _HUMS_HZ > self._inner_hz,
            "face": self._are_lit and self._has_chirped,
        }
        answer = answers[question]
        self._forget()
        return answer

    def measure(self, what: str) -> float:
        """Measure one of kneectl.bringup.MEASURES, with instruments that are right."""
        plant = self.device.plant
        shown: dict[str, float] = {
            "rail_v": plant.supply_v,
            "pad_ohm": RAIL_V**2 / plant.pad_w,
            "thermometer_c": plant.heat.pad_c,
        }
        return shown[what]

    def _restart(self, held: tuple[str, ...]) -> None:
        self._switch_off()
        self._held = held
        self._switch_on()
        self.device.run_ms(_HELD_MS)
        for button in held:
            self.device.plant.button(button, False)
        self._held = ()
        self.device.run_ms(3000)

    def _press(self, button: str, ms: int) -> None:
        self.device.plant.button(button, True)
        self._pressed = button
        self._let_go_ms = self._now_ms + ms

    def _forget(self) -> None:
        self._most_rpm = self._least_rpm = self._inner_hz = self._outer_hz = 0.0
        self._are_lit = self._has_chirped = False

    def _look(self) -> None:
        plant, chip = self.device.plant, self.device.chip
        self._most_rpm = max(self._most_rpm, plant.roller.rpm)
        self._least_rpm = min(self._least_rpm, plant.roller.rpm)
        self._inner_hz = max(self._inner_hz, plant.inner.hz)
        self._outer_hz = max(self._outer_hz, plant.outer.hz)
        if plant.are_lamps_wired and chip.lamps and len(chip.lamps) == 3 * face.LAMPS:
            self._are_lit = self._are_lit or all(chip.lamps)
        self._has_chirped = self._has_chirped or chip.duty_u16[self.device.board.PIN_BUZZER] > 0
