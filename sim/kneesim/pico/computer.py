"""A computer that an emulated Pico is plugged into: its console as a serial port, and programs that use that."""

import os
import pty
import select
import subprocess
import sys
import time
import tty

from kneesim.pico.device import PicoDevice

_READ_AT_ONCE = 512
_SLICE_MS = 5


class Terminal:
    """A pty whose master end is ours. One slave end stays open, so that hosts may come and go."""

    def __init__(self) -> None:
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)  # or the terminal would echo the device's own words back to it
        os.set_blocking(self._master, False)
        self.port = os.ttyname(self._slave)
        self._unsent = b""

    def exchange(self, device: PicoDevice, wait_s: float) -> None:
        """Hand bytes over both ways; wait up to wait_s for the host to say something."""
        usb = device.rig.usb
        if not self._unsent:
            self._unsent, usb.received[:] = bytes(usb.received), b""
        if self._unsent:
            try:
                self._unsent = self._unsent[os.write(self._master, self._unsent) :]
            except BlockingIOError:
                pass
        usb.is_reading = not self._unsent  # a host that does not read holds the device's packets up
        if select.select([self._master], [], [], wait_s)[0] and usb.unsent < _READ_AT_ONCE:
            device.send(os.read(self._master, _READ_AT_ONCE))


class Computer:
    """Runs commands as processes of their own. Meanwhile the board's time passes, never faster than theirs."""

    def __init__(self, device: PicoDevice) -> None:
        self.device = device
        self._terminal = Terminal()
        self.port = self._terminal.port

    def start(self, module: str, *arguments: str) -> "subprocess.Popen[str]":
        """Start a Python program by its module's name; `run` lets the board answer it."""
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        pipe = subprocess.PIPE
        command = [sys.executable, "-m", module, *arguments]
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environment)

    def run(self, process: "subprocess.Popen[str]", most_ms: int) -> bool:
        """Let the board run until a process has ended, for most_ms of its time; return whether it has."""
        rig = self.device.rig
        until_us = rig.now_us + most_ms * 1000
        begun_s, begun_us = time.monotonic(), rig.now_us
        while process.poll() is None and rig.now_us < until_us:
            rig.run_us(_SLICE_MS * 1000)
            # A board that sleeps would be years ahead of what its computer thinks.
            ahead_s = (rig.now_us - begun_us) / 1e6 - (time.monotonic() - begun_s)
            self._terminal.exchange(self.device, max(0.0, ahead_s))
        return process.poll() is not None
