"""Looks at what heater and motors get, and at what the device says of itself meanwhile. CPython only."""

from kneesim.inprocess import Device

_LOOK_US = 2000  # how often the meter looks at current, shortly after a fault; else a tick
_TICK_US = 20_000
_CLOSE_US = 2_000_000
_OFF_FOR_US = 1_000_000  # off is what stays off so long
_ONLOOK_US = 100_000
_LETS_GO_US = 500_000  # what says that it is off has no current after so long: the dead-man's 400 ms, and a look


class Meter:
    """Measures when heater and motors lose their current for good, from a moment on."""

    def __init__(self, device: Device) -> None:
        self.from_us: int | None = None
        self.state = ""  # of the session, then
        self.close_until_us = 0
        self._device = device
        self._last_us = {"heater": 0, "motors": 0}

    def begin(self) -> None:
        """Start measuring, unless it has started."""
        if self.from_us is None:
            self.from_us = self._device.clock.now_us
            self.state = self._device.watch.state()
            self._last_us = {"heater": self.from_us, "motors": self.from_us}
            self.look_closely()
            self._look()

    def look_closely(self) -> None:
        """Look at every other millisecond for a while."""
        self.close_until_us = self._device.clock.now_us + _CLOSE_US

    def _look(self) -> None:
        plant, now_us = self._device.plant, self._device.clock.now_us
        step_us = _LOOK_US if now_us < self.close_until_us else _TICK_US
        if plant.is_heater_on():
            self._last_us["heater"] = now_us + step_us
        if plant.are_motors_on():
            self._last_us["motors"] = now_us + step_us
        self._device.clock.at(now_us + step_us, self._look)

    def off_ms(self, what: str) -> float | None:
        """Return how long after the beginning "heater" or "motors" were off for good; None if they are not yet."""
        last_us = self._last_us[what]
        if self.from_us is None or self._device.clock.now_us - last_us < _OFF_FOR_US:
            return None
        return (last_us - self.from_us) / 1000


class Onlooker:
    """Notes how long sessions last, pauses included, and whether anything has current though the device says that it
    is off.
    """

    def __init__(self, device: Device) -> None:
        self.active_us = 0
        self.on_when_off_us: int | None = None
        self._device = device
        self._running_us = 0  # when a session was last seen to run

    def begin(self) -> None:
        """Look from now on."""
        self._device.clock.at(self._device.clock.now_us, self._look)

    def _look(self) -> None:
        device, now_us = self._device, self._device.clock.now_us
        state = device.watch.state()
        if state == "running":
            self._running_us = device.watch.stepped_us  # what hangs says nothing, and nothing may have current
        if state in ("running", "paused"):
            self.active_us += _ONLOOK_US
        if now_us - self._running_us > _LETS_GO_US and self.on_when_off_us is None:
            plant = device.plant
            if plant.is_heater_on() or plant.are_motors_on():
                self.on_when_off_us = now_us
        device.clock.at(now_us + _ONLOOK_US, self._look)
