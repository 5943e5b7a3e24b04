"""Which port the device is on. A simulator is never chosen unless it is named."""

from dataclasses import dataclass

from serial.tools import list_ports

from kneectl import simulators
from kneectl.errors import PortError
from kneectl.simulators import RunningSimulator

_PICO = 0x2E8A
_ESPRESSIF = 0x303A
_BOARDS = {
    _PICO: "Raspberry Pi Pico",
    _ESPRESSIF: "ESP32",
    0x10C4: "CP210x bridge, perhaps an ESP32",
    0x1A86: "CH340 bridge, perhaps an ESP32",
}


@dataclass(frozen=True)
class DevicePort:
    """A serial port that looks like one of our boards."""

    port: str
    board: str
    serial_number: str | None

    def __str__(self) -> str:
        return self.board + (f", serial number {self.serial_number}" if self.serial_number else "")


def devices() -> list[DevicePort]:
    """Return the USB serial ports that may be a knee massager, sorted by name."""
    return sorted(
        (
            DevicePort(info.device, _BOARDS[info.vid], info.serial_number)
            for info in list_ports.comports()
            if info.vid in _BOARDS
        ),
        key=lambda found: found.port,
    )


def find(named: str | None) -> str:
    """Return the port to use: the named one (`sim` is the one running simulator), else the only device.

    Raises PortError when there is none, or more than one to choose from.
    """
    if named == "sim":
        return choose_simulator(simulators.running())
    return named or choose_device(devices())


def choose_device(found: list[DevicePort]) -> str:
    """Return the only device's port; raises PortError for none or several."""
    if not found:
        raise PortError(
            "No device found. Plug it in, or name its port with --port;"
            " to try without a device run `kneectl sim` and use --port sim."
        )
    if len(found) > 1:
        ports = ", ".join(device.port for device in found)
        raise PortError(f"There is more than one device: {ports}. Choose one with --port.")
    return found[0].port


def choose_simulator(found: list[RunningSimulator]) -> str:
    """Return the only running simulator's port; raises PortError for none or several."""
    if not found:
        raise PortError("No simulator is running. Start one in another terminal: `kneectl sim`.")
    if len(found) > 1:
        ports = ", ".join(simulator.port for simulator in found)
        raise PortError(f"There is more than one simulator: {ports}. Choose one with --port.")
    return found[0].port
