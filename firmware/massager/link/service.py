"""From a frame to an answer: which method it asks for, whether it may, and whether it has been answered before.

Sans-IO; runs between ticks and may allocate. The methods of docs/link.md are in session_methods.py, program_methods.py,
kept_methods.py, fault_methods.py, calibration_methods.py, bench_methods.py and image_methods.py.
"""

from massager.core.controller import Controller
from massager.link import frame, rpc
from massager.link.bench_methods import BenchMethods
from massager.link.calibration_methods import CalibrationMethods
from massager.link.fault_methods import FaultMethods
from massager.link.image_methods import ImageMethods
from massager.link.kept_methods import KeptMethods
from massager.link.program_methods import ProgramMethods
from massager.link.rpc import RpcError
from massager.link.session_methods import SessionMethods

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from massager.core.signals import Outputs
    from massager.store.keeper import Keeper
    from massager.store.slot import Slot

_ANSWERS_KEPT = 4  # how many answers to changing requests are kept for a host that asks again
_READING = (
    "hello",
    "calibration.get",
    "bench.read",
    "status",
    "programs",
    "program.get",
    "settings.get",
    "log.list",
    "log.read",
    "faults.list",
    "faults.read",
    "faults.box",
)
_WITHOUT_CRC = _READING + ("subscribe", "stop")
_REPEATABLE = _READING + ("subscribe", "stop", "renew")  # done again each time they are asked


class Service:
    """Answers frames about one device. identity is what `hello` tells besides the protocol version, a dict."""

    def __init__(self, controller: Controller, keeper: "Keeper", slot: "Slot", identity: "dict[str, Any]") -> None:
        self._session = SessionMethods(controller, keeper, slot, identity)
        self._answers: list[tuple[int | str | None, str, bytes]] = []
        self.methods = self._session.table()
        self.methods.update(ProgramMethods(controller, keeper).table())
        self.methods.update(KeptMethods(controller, keeper).table())
        self.methods.update(FaultMethods(controller, keeper).table())
        self.methods.update(CalibrationMethods(controller).table())
        self.methods.update(BenchMethods(controller).table())
        self.methods.update(ImageMethods(controller, slot).table())

    @property
    def telemetry_hz(self) -> int:
        """Frames a second that the host wants."""
        return self._session.telemetry_hz

    def telemetry(self, out: "Outputs", roller_ma: int, dropped: int, late_ms: int) -> bytes:
        """Return the JSON of a telemetry notification; out is the last tick's outputs."""
        return self._session.telemetry(out, roller_ma, dropped, late_ms)

    def handle(self, kind: int, json_bytes: bytes) -> "bytes | None":
        """Return the JSON of the answer to a deframed line, or None if it wants none."""
        request_id = None
        try:
            if kind == frame.TOO_LONG:
                raise RpcError(rpc.TOO_LONG, "The line is too long: at most 512 bytes of JSON.")
            if kind == frame.BAD_CRC:
                raise RpcError(rpc.BAD_CRC, "The CRC is wrong. Send the line again.")
            message = rpc.load(json_bytes)
            request_id = rpc.id_of(message)
            return self._answer(rpc.method_of(message), rpc.params_of(message), request_id, kind == frame.OK_CRC)
        except RpcError as e:
            return rpc.error(request_id, e.code, e.message)

    def _answer(
        self, name: str, given: "dict[str, Any]", request_id: "int | str | None", has_crc: bool
    ) -> "bytes | None":
        method = self.methods.get(name)
        if method is None:
            raise RpcError(rpc.NO_METHOD, "No such method. Known: " + ", ".join(sorted(self.methods)) + ".")
        if not has_crc and name not in _WITHOUT_CRC:
            raise RpcError(rpc.NEEDS_CRC, name + " needs a CRC. Use kneectl, or see docs/link.md.")
        is_once = name not in _REPEATABLE
        if is_once:
            if request_id is None:
                raise RpcError(rpc.INVALID, name + " needs an id.")
            for kept_id, kept_name, answer in self._answers:
                if kept_id == request_id and kept_name == name:
                    return answer
        try:
            answer = rpc.result(request_id, method(given))
        except RpcError as e:
            answer = rpc.error(request_id, e.code, e.message)
        if is_once:
            self._answers.append((request_id, name, answer))
            if len(self._answers) > _ANSWERS_KEPT:
                self._answers.pop(0)
        return answer if request_id is not None else None
