"""An exception in each function that a tick calls, found by watching which ones it does (SAF-42)."""

import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from kneesim import faults
from kneesim.engines import ROOT
from kneesim.inprocess import Device
from massager.link import frame

FIRMWARE = str(ROOT / "firmware/massager") + "/"
KINDS = (MemoryError, KeyboardInterrupt, RuntimeError)
OFF_WITHIN_US = 50_000
Site = tuple[str, int, str]


def _site(code: CodeType) -> Site:
    return code.co_filename.removeprefix(FIRMWARE), code.co_firstlineno, code.co_name


def _profile(device: Device, on_call: Callable[[Site], None]) -> None:
    """Have on_call told of every function of the firmware that is called, from the next event of the clock on."""

    def profile(called: FrameType, event: str, _: Any) -> None:
        if event == "call" and called.f_code.co_filename.startswith(FIRMWARE):
            on_call(_site(called.f_code))

    device.clock.at(device.clock.now_us, lambda: sys.setprofile(profile))


def _stop(device: Device) -> None:
    device.clock.at(device.clock.now_us, lambda: sys.setprofile(None))
    device.run_ms(1)


def _restart(device: Device, files: dict[str, bytes]) -> None:
    """Cut the power, so that the restarts do not add up to a rescue, and forget what was half said and what was kept:
    after a session comes a rest.
    """
    device.is_host_reading = False
    device.flash.files = {path: bytearray(data) for path, data in files.items()}
    faults.apply(device, "power", "cut", off_ms=10)
    device.run_ms(50)
    device.port.host_reads()
    device._deframer = frame.Deframer()
    device.received.clear()
    device.is_host_reading = True


def _into_session(device: Device) -> None:
    device.run_ms(1000)
    device.start_confirmed(strength=5, heat="low")
    device.result("subscribe", hz=10)
    for _ in range(500):
        device.run_ms(20)
        levels = device.levels()
        if levels["heater"] and levels["roller"]:
            return
    raise AssertionError(levels)


def _busy(device: Device, is_over: Callable[[], object] = lambda: False) -> None:
    """Let pass what makes a tick do everything: telemetry, a request, a button, a second of time; or less."""
    device.send(b'{"jsonrpc":"2.0","id":5,"method":"status"}\n')
    device.plant.button("strength", True)
    device.is_host_reading = False  # a line that an exception tears is no frame
    device.run_ms(100)
    device.plant.button("strength", False)
    for _ in range(11):
        if not is_over():
            device.run_ms(100)


def _sites(device: Device) -> list[Site]:
    found: dict[Site, None] = {}
    _into_session(device)
    _profile(device, lambda site: found.setdefault(site))
    _busy(device)
    _stop(device)
    return list(found)


def _time_to_off(device: Device, site: Site, kind: type[BaseException]) -> int | None:
    """Throw kind from the next call of a function; return after how many us heater and motors were off and stayed so
    until the reset, None if there was none or something was on by then.
    """
    thrown_us: list[int] = []
    on_us: list[int] = []
    resets: list[int] = []
    was_off: list[bool] = []

    def throw(called: Site) -> None:
        if called == site and not thrown_us:
            thrown_us.append(device.clock.now_us)
            sys.setprofile(None)
            raise kind("injected")

    def look() -> None:
        if not resets:
            if not device.is_off():
                on_us.append(device.clock.now_us)
            device.clock.at(device.clock.now_us + 1000, look)

    before = device.chip.before_reset

    def reset() -> None:
        resets.append(device.clock.now_us)
        was_off.append(device.is_off())  # before the reset, which on some chips leaves outputs as they are
        before()

    device.chip.before_reset = reset
    _profile(device, throw)
    device.clock.at(device.clock.now_us, look)
    _busy(device, lambda: resets)
    device.chip.before_reset = before
    assert thrown_us, site
    if was_off != [True]:
        return None
    return max(0, max(on_us) - thrown_us[0])


def test_saf_42_an_exception_in_any_function_of_the_tick_is_off_within_50_ms_then_a_reset() -> None:
    with Device() as device:
        files = {path: bytes(data) for path, data in device.flash.files.items()}
        sites = _sites(device)
        names = {name for _, _, name in sites}
        assert len(sites) > 100
        assert {"step", "check", "limit", "read", "apply", "toggle", "feed", "handle", "telemetry", "watch"} <= names
        worst_us = 0
        for number, site in enumerate(sites):
            _restart(device, files)
            _into_session(device)
            off_us = _time_to_off(device, site, KINDS[number % len(KINDS)])
            assert off_us is not None, f"{site}: no reset"
            assert off_us <= OFF_WITHIN_US, site
            worst_us = max(worst_us, off_us)
        print(f"{len(sites)} functions, off within {worst_us / 1000:g} ms")
