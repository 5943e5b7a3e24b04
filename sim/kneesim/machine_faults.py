"""Faults of the machine: power, flash, clock, loop, code, memory and link. For the device inside this process.

One half of the table in faults.py; the other is plant_faults.py. Each put runs as an event of the device's clock, in
the firmware's own thread and in the middle of whatever it is doing.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from kneesim.fault import Fault, Param
from massager.link import frame

if TYPE_CHECKING:
    from kneesim.inprocess import Device

Lift = Callable[[], object] | None

# Functions of the firmware that an exception can be thrown from: (module, class, method) of the dotted name.
SITES = {
    "controller.step": ("massager.core.controller", "Controller", "step"),
    "guard.check": ("massager.core.guard", "Guard", "check"),
    "guard.limit": ("massager.core.guard", "Guard", "limit"),
    "sensors.update": ("massager.core.sensors", "Sensors", "update"),
    "hardware.read": ("massager.device.hardware", "Hardware", "read"),
    "hardware.apply": ("massager.device.hardware", "Hardware", "apply"),
    "keeper.watch": ("massager.store.keeper", "Keeper", "watch"),
    "keeper.serve": ("massager.store.keeper", "Keeper", "serve"),
    "service.handle": ("massager.link.service", "Service", "handle"),
    "service.telemetry": ("massager.link.service", "Service", "telemetry"),
    "console.flush": ("massager.device.console", "Console", "flush"),
}
KINDS = {kind.__name__: kind for kind in (RuntimeError, ValueError, OSError, MemoryError, KeyboardInterrupt)}

# What a flipped bit would do most harm to. `variables` finds every other one of the running controller, too.
FLIPS = (
    "guard.latched.value",
    "session.state",
    "session.cap.value",
    "session.elapsed_ms",
    "session.running_ms",
    "session.began.value",
    "session._renewed_ms",
    "session.is_leased",
    "ledger.rest_ms",
    "ledger.used_ms",
    "ledger.dose_ms",
    "ledger.open_ms",
    "ledger._hour_ms",
    "heat",
    "strength",
    "setup.cap_ms",
    "setup.strength_limit",
    "heater.set_mc",
    "heater.duty_pm",
    "heater._on_ticks",
    "sensors.skin.mc",
    "sensors.pad.mc",
    "sensors.is_fresh",
)
_RECORDS = ("ledger", "settings", "starts", "latch", "log", "faults", "calibration")
KEPT = tuple(f"/kept/{name}.{copy}" for name in _RECORDS for copy in (0, 1))
_PIECE_US = 1000
_FLOOD_MS = 20
_GARBAGE = bytes(range(256))


def variables(controller: Any, prefix: str = "", depth: int = 3) -> list[str]:
    """Return the dotted names of all whole numbers and truths that a controller and its parts keep."""
    found = []
    for name, value in vars(controller).items():
        if isinstance(value, int):
            found.append(prefix + name)
        elif depth and type(value).__module__.startswith("massager."):
            found += variables(value, f"{prefix}{name}.", depth - 1)
    return found


def flip(controller: Any, name: str, bit: int) -> None:
    """Flip a bit of a variable by its dotted name. Raises ValueError for one that is not there or no number."""
    owner = controller
    *way, last = name.split(".")
    for part in way:
        owner = getattr(owner, part, None)
    value = getattr(owner, last, None)
    if not isinstance(value, int):
        raise ValueError(f"{name} is no number of the controller's. There are: {', '.join(variables(controller))}.")
    setattr(owner, last, not value if isinstance(value, bool) else value ^ (1 << bit))


def _cut_power(device: "Device", place: str, params: dict[str, Any]) -> Lift:
    plant = device.plant
    volts, plant.supply_v = plant.supply_v, 0.0
    try:
        device.chip.lose_power(params["off_ms"] * 1000)
    finally:
        plant.advance()
        plant.supply_v = volts
    return None


def _cut_write(device: "Device", place: str, params: dict[str, Any]) -> Lift:
    device.flash.cut_after(params["bytes"])
    return lambda: device.flash.cut_after(-1)


def _fill(device: "Device", place: str, params: dict[str, Any]) -> Lift:
    device.flash.is_full = True

    def empty() -> None:
        device.flash.is_full = False

    return empty


def _set_rate(device: "Device", place: str, params: dict[str, Any]) -> Lift:
    device.clock.set_rate(params["ppm"])
    return lambda: device.clock.set_rate(0)


def _gap(device: "Device", place: str, params: dict[str, Any]) -> Lift:
    device.clock.advance(params["ms"] * 1000)
    return None


def _hang(device: "Device", place: str, params: dict[str, Any]) -> NoReturn:
    while True:
        device.clock.advance(_PIECE_US)


def _hang_masked(device: "Device", place: str, params: dict[str, Any]) -> NoReturn:
    device.port.is_deaf = True
    _hang(device, place, params)


def _raise(device: "Device", place: str, params: dict[str, Any]) -> Lift:
    module, class_name, method = SITES[params["site"]]
    owner = getattr(device.watch.module(module), class_name)
    sound = getattr(owner, method)
    error = KINDS[params["kind"]]

    def broken(*_: Any) -> NoReturn:
        setattr(owner, method, sound)
        raise error("injected")

    setattr(owner, method, broken)
    return lambda: setattr(owner, method, sound)


def _flip(device: "Device", place: str, params: dict[str, Any]) -> Lift:
    device.watch.before_next_tick(lambda controller: flip(controller, params["variable"], params["bit"]))
    return None


def _flip_kept(device: "Device", place: str, params: dict[str, Any]) -> Lift:
    data = device.flash.files.get(params["file"])
    if data:
        bit = params["bit"] % (8 * len(data))
        data[bit // 8] ^= 1 << bit % 8
    return None


def _repeat(device: "Device", data: bytes) -> Lift:
    is_over: list[bool] = []

    def again() -> None:
        if not is_over:
            device.port.host_writes(data)
            device.clock.at(device.clock.now_us + _FLOOD_MS * 1000, again)

    again()
    return lambda: is_over.append(True)


def _flood(device: "Device", place: str, params: dict[str, Any]) -> Lift:
    request = frame.encode(b'{"jsonrpc":"2.0","id":0,"method":"status"}')
    return _repeat(device, request * max(1, params["bytes_s"] * _FLOOD_MS // 1000 // len(request)))


def _garbage(device: "Device", place: str, params: dict[str, Any]) -> Lift:
    count = max(1, params["bytes_s"] * _FLOOD_MS // 1000)
    return _repeat(device, (_GARBAGE * (count // len(_GARBAGE) + 1))[:count])


def _silence(device: "Device", place: str, params: dict[str, Any]) -> Lift:
    device.is_host_reading = False
    device.port.is_deaf = True

    def end() -> None:
        device.is_host_reading = True
        device.port.is_deaf = False

    return end


def _open_port(device: "Device", place: str, params: dict[str, Any]) -> Lift:
    device.chip.open_port()
    return None


def _touch(device: "Device", place: str, params: dict[str, Any]) -> Lift:
    if device.chip.kind.has_touch:
        device.chip.enter_bootloader()
    return None


def _machine(name: str, place: str, params: tuple[Param, ...], sentence: str, put: Any) -> Fault:
    return Fault(name, (place,), params, sentence, put, is_of_machine=True)


_BYTES_S = Param("bytes_s", "bytes/s", 20000, 1, 200000)

# fmt: off
ROWS = (
    _machine("cut", "power", (Param("off_ms", "ms", 100, 0, 100000),),
             "The supply is gone for so long, then everything starts again.", _cut_power),
    _machine("cut_in_write", "flash", (Param("bytes", "bytes", 10, 0, 4096),),
             "The power goes in the middle of a write: when so many more bytes are in the flash.", _cut_write),
    _machine("full", "flash", (), "The flash takes no more bytes, as when it is full or worn out.", _fill),
    _machine("flip", "flash", (
        Param("file", "name", KEPT[0], choices=KEPT), Param("bit", "bit", 20, 0, 65535),
    ), "A bit of a kept file flips, counted from its begin and round its end; none without that file.", _flip_kept),
    _machine("rate", "clock", (Param("ppm", "ppm", 20000, -500000, 500000),),
             "The chip's clock runs so much too fast, its counters and its sleeps.", _set_rate),
    _machine("gap", "loop", (Param("ms", "ms", 250, 1, 1900),), "Nothing runs for so long, then all goes on.", _gap),
    _machine("hang", "loop", (), "The program hangs; the watchdog alone can end that.", _hang),
    _machine("hang_masked", "loop", (), "The program hangs with interrupts off: the USB is dead, too.", _hang_masked),
    _machine("raise", "code", (
        Param("site", "name", "controller.step", choices=tuple(SITES)),
        Param("kind", "name", "RuntimeError", choices=tuple(KINDS)),
    ), "The next call of a function throws an exception.", _raise),
    _machine("flip", "memory", (
        Param("variable", "name", "session.cap.value"), Param("bit", "bit", 4, 0, 28),
    ), "A bit of one of the controller's variables flips; a truth turns over.", _flip),
    _machine("flood", "link", (_BYTES_S,), "The host asks without pause.", _flood),
    _machine("garbage", "link", (_BYTES_S,), "Bytes without sense come in, control bytes among them.", _garbage),
    _machine("silence", "link", (), "The host neither reads nor writes any more.", _silence),
    _machine("open", "link", (), "A host opens the port; on an ESP32 that resets the chip.", _open_port),
    _machine("touch_1200", "link", (), "A host opens the port at 1200 baud: a Pico goes into its bootloader.", _touch),
)
# fmt: on
