"""The firmware as shipped on an emulated Pico with the simulated knee on its pins, spoken to over its USB console."""

import json
from typing import Any, cast

from kneesim import plant as plant_module
from kneesim.engines import ROOT
from kneesim.pico import image
from kneesim.pico.rig import Rig
from kneesim.pico.wiring import Wiring
from kneesim.power import load_board
from massager.link import frame

_READY_WITHIN_MS = 3000  # of virtual time


class PicoDevice:
    """One device, switched on. seed: of the sensors' noise; flash: what is in it, else this firmware, set up by its
    owner; features: what is fitted to the board, instead of what its file says; start_ms: what its timer shows at
    power-up.

    Raises ImageMissing. Its methods are those of kneesim.inprocess.Device.
    """

    def __init__(
        self,
        seed: int = 1,
        flash: bytes | None = None,
        features: tuple[str, ...] | None = None,
        start_ms: int = 0,
    ) -> None:
        self.board: Any = load_board(str(ROOT / "boards" / "pico"), str(ROOT / "firmware"), features)
        self.rig = Rig(flash or image.flash(image.find_uf2(), image.used_device_files(features)), start_ms)
        self.wiring = Wiring(self.rig, self.board)
        # The wiring has of Chip what Plant uses.
        self.plant = plant_module.Plant(cast(Any, self.wiring), self.board, seed)
        self.wiring.connect()
        self.received: list[dict[str, Any]] = []  # every frame the device sent, oldest first
        self.other_lines: list[bytes] = []  # what was no frame: a traceback, what MicroPython itself prints
        self._deframer = frame.Deframer()
        self._last_id = 0

    def run_ms(self, ms: float) -> None:
        """Let the device run for ms of virtual time."""
        self.rig.run_us(ms * 1000)
        self._read()

    def _read(self) -> None:
        data, self.rig.usb.received[:] = bytes(self.rig.usb.received), b""
        for kind, json_bytes in self._deframer.feed(data):
            if kind == frame.OK_CRC:
                self.received.append(json.loads(json_bytes))
            else:
                self.other_lines.append(json_bytes)

    def boot(self) -> None:
        """Run until the loop feeds the watchdog and the console answers; AssertionError if that does not come."""
        fed = self.rig.feeds
        for _ in range(_READY_WITHIN_MS // 10):
            self.run_ms(10)
            if self.rig.feeds >= fed + 5 and self.rig.usb.is_connected:
                return
        raise AssertionError(f"the firmware does not start; it said: {self.other_lines}")

    def await_prompt(self) -> None:
        """Run until a host could talk to MicroPython's own prompt; AssertionError if that does not come."""
        for _ in range(_READY_WITHIN_MS // 10):
            self.run_ms(10)
            if self.rig.usb.is_connected:
                return
        raise AssertionError("MicroPython does not start")

    def send(self, data: bytes) -> None:
        """Put raw bytes on the wire."""
        self.rig.usb.send(data)

    def notify(self, method: str, **params: Any) -> None:
        """Send a request that wants no answer."""
        self.send(frame.encode(json.dumps({"jsonrpc": "2.0", "method": method, "params": params}).encode()))

    def request(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a request, let the device run until it answers, and return the whole answer (result or error)."""
        self._last_id += 1
        message = {"jsonrpc": "2.0", "id": self._last_id, "method": method, "params": params}
        self.send(frame.encode(json.dumps(message).encode()))
        for _ in range(100):
            self.run_ms(10)
            for answer in self.received:
                if answer.get("id") == self._last_id:
                    self.received.remove(answer)
                    return answer
        raise AssertionError(f"no answer to {method}; other lines: {self.other_lines}")

    def result(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a request and return its result; AssertionError for an error."""
        answer = self.request(method, **params)
        assert "result" in answer, answer
        return cast("dict[str, Any]", answer["result"])

    def status(self) -> dict[str, Any]:
        """Return the device's status."""
        return self.result("status")

    def telemetry(self) -> list[dict[str, Any]]:
        """Return the params of all telemetry received since the last call, oldest first."""
        found = [message["params"] for message in self.received if message.get("method") == "telemetry"]
        self.received = [message for message in self.received if message.get("method") != "telemetry"]
        return found

    def do(self, words: str) -> None:
        """Carry out the words of an event on the plant, for instance "press stop"."""
        self.plant.do(words)
        self.wiring.drive_inputs()

    def press(self, button: str, ms: float = 100) -> None:
        """Press a button for ms and let it go."""
        self.do(f"press {button}")
        self.run_ms(ms)
        self.do(f"release {button}")
        self.run_ms(100)

    def start_confirmed(self, **params: Any) -> None:
        """Start a session and confirm it at the device, so that it needs no lease."""
        self.result("start", **{"program": "shiatsu", **params})
        self.press("mode")

    def levels(self) -> dict[str, int]:
        """Return what the chip drives right now: heater (0 or 1), the motors in per mille, the roller signed."""
        board, wiring = self.board, self.wiring
        return {
            "heater": wiring.level[board.PIN_HEATER],
            "lamp": wiring.level[board.PIN_INFRARED],
            "roller": wiring.output_pm(board.PIN_ROLLER_IN1) - wiring.output_pm(board.PIN_ROLLER_IN2),
            "inner": wiring.output_pm(board.PIN_INNER),
            "outer": wiring.output_pm(board.PIN_OUTER),
        }

    def is_off(self) -> bool:
        """Return True if heater and motors are at zero."""
        return not any(self.levels().values())
