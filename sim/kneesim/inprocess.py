"""A simulated device inside this Python process, in steps of virtual time: what most tests use. CPython only.

The firmware runs in a thread of its own, but never at the same time as the caller: `run_ms` hands over and comes back.
"""

import json
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

from kneesim import plant as plant_module
from kneesim.boards import check
from kneesim.chip import Chip
from kneesim.clock import Clock
from kneesim.engines import ROOT
from kneesim.flash import Flash
from kneesim.port import Port
from kneesim.power import Power, load_board
from kneesim.rtc import Ds3231
from kneesim.watch import Watch
from massager.link import frame

_NIGHT_S = 26 * 3600


class Device:
    """One device, powered while the `with` block runs. Leaving the block raises AssertionError if the chip was misused.

    seed: of the noise; start_ms: what the millisecond counter shows at power-up; flash: an earlier device's, to be that
    device switched on again, None for one that its owner has set up; features: what is fitted to the board, instead of
    what its file says; rtc: an earlier device's battery clock, which has stood still since (its pass_s moves it on);
    plant: what the knee and the parts are like; facts: facts of the board, instead of what its file says; firmware: a
    folder with another one than this project's, which may be damaged: its errors end at the prompt.
    """

    def __init__(
        self,
        seed: int = 1,
        start_ms: int = 0,
        board: str = "pico",
        flash: Flash | None = None,
        features: tuple[str, ...] | None = None,
        rtc: Ds3231 | None = None,
        plant: plant_module.PlantParams | None = None,
        facts: dict[str, int] | None = None,
        firmware: Path | None = None,
    ) -> None:
        folder = str(firmware or ROOT / "firmware")
        self.clock = Clock(start_ms)
        self.port = Port(self.clock)
        self.chip = Chip(self.clock)
        self.board = load_board(str(check.safe_folder(board)), folder, features)
        for name, value in (facts or {}).items():
            assert hasattr(self.board, name), name
            setattr(self.board, name, value)
        self.plant = plant_module.Plant(self.chip, self.board, seed, plant)
        if rtc is not None:
            self.plant.fit_rtc(rtc)
        self.flash = Flash.used() if flash is None else flash
        self.power = Power(self.chip, self.port, folder, self.board, self.flash)
        self.power.has_repl = firmware is not None
        self.watch = Watch(self)
        self.is_host_reading = True
        self.received: list[dict[str, Any]] = []  # every frame the device sent, oldest first
        self._deframer = frame.Deframer()
        self._last_id = 0
        self._error: BaseException | None = None
        self._has_ended = False
        self._device_turn = threading.Semaphore(0)
        self._host_turn = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Device":
        self.clock.on_sleep = self._read_port
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._has_ended:
            self.clock.at(self.clock.now_us, self.power.end)
            self._hand_over()
            self._thread.join()
        if kind is None:
            assert not self.chip.violations, self.chip.violations

    def _run(self) -> None:
        self._device_turn.acquire()
        try:
            self.power.run()
        except BaseException as e:
            self._error = e
        self._has_ended = True
        self._host_turn.release()

    def _park(self) -> None:
        self.power.restore()
        self._host_turn.release()
        self._device_turn.acquire()
        self.power.install()

    def _hand_over(self) -> None:
        if self._has_ended:
            raise RuntimeError("the firmware has ended; there is nothing left to run")
        self._device_turn.release()
        self._host_turn.acquire()
        if self._error is not None:
            error, self._error = self._error, None
            raise error

    def run_here(self) -> None:
        """Let the device run in the caller's thread, without a `with` block, until an event calls power.end()."""
        self.clock.on_sleep = self._read_port
        self.power.run()

    def run_ms(self, ms: float) -> None:
        """Let the device run for ms of virtual time."""
        self.clock.at(self.clock.now_us + int(ms * 1000), self._park)
        self._hand_over()
        self._read_port()

    def _read_port(self) -> None:
        if self.is_host_reading:
            for kind, json_bytes in self._deframer.feed(self.port.host_reads()):
                assert kind == frame.OK_CRC, (kind, json_bytes)
                self.received.append(json.loads(json_bytes))

    def send(self, data: bytes) -> None:
        """Put raw bytes on the wire."""
        self.port.host_writes(data)

    def request(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a request, let the device run until it answers, and return the whole answer (result or error)."""
        self._last_id += 1
        message = {"jsonrpc": "2.0", "id": self._last_id, "method": method, "params": params}
        self.send(frame.encode(json.dumps(message).encode()))
        return self.answer_to(self._last_id)

    def answer_to(self, request_id: int | None) -> dict[str, Any]:
        """Run until an answer with this id comes and return it; AssertionError if none comes within a second."""
        for _ in range(50):
            self.run_ms(20)
            for message in self.received:
                if "id" in message and message["id"] == request_id:
                    self.received.remove(message)
                    return message
        raise AssertionError(f"no answer to {request_id}")

    def result(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a request and return its result; AssertionError for an error."""
        answer = self.request(method, **params)
        assert "result" in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    def status(self) -> dict[str, Any]:
        """Return the device's status."""
        return self.result("status")

    def press(self, button: str, ms: float = 100) -> None:
        """Press a button for ms and let it go."""
        self.plant.button(button, True)
        self.run_ms(ms)
        self.plant.button(button, False)
        self.run_ms(100)

    def start_confirmed(self, **params: Any) -> None:
        """Start a session and confirm it at the device, so that it needs no lease."""
        self.result("start", **{"program": "shiatsu", **params})
        self.press("mode")

    def night(self) -> None:
        """Let a day and a night pass for the ledger alone: the next session is the first one again."""
        self.watch.controller.ledger.resume(_NIGHT_S)

    def levels(self) -> dict[str, int]:
        """Return what the chip drives right now: heater and infrared lamp (0 or 1), the motors in per mille, the roller
        signed.
        """
        board, chip = self.board, self.chip
        return {
            "heater": chip.level[board.PIN_HEATER],
            "lamp": chip.level[board.PIN_INFRARED],
            "roller": chip.output_pm(board.PIN_ROLLER_IN1) - chip.output_pm(board.PIN_ROLLER_IN2),
            "inner": chip.output_pm(board.PIN_INNER),
            "outer": chip.output_pm(board.PIN_OUTER),
        }

    def is_off(self) -> bool:
        """Return True if heater and motors are at zero."""
        return not any(self.levels().values())
