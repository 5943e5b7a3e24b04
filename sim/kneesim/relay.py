"""Serves a simulated device's standard input and output on a TCP port of this machine, to one client at a time.

Two threads with blocking calls, because Windows cannot wait for pipes and sockets together.
"""

import select
import socket
import sys
import threading
from typing import IO

_HOST = "127.0.0.1"  # never the network: whoever connects may start a session
_READ_AT_ONCE = 4096
_BUFFER_BYTES = 4096  # a little, as in a serial driver: who does not read soon stops the device's telemetry
_LOOK_S = 0.2  # how soon a stopped relay's threads end


class Relay:
    """A listening port in front of a device's two pipes, unbuffered; port 0 takes any that is free.

    Raises OSError when the port cannot be had. What the device says while nobody is connected is dropped; a second
    client is closed at once.
    """

    def __init__(self, port: int = 0) -> None:
        self._listener = socket.socket()
        try:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER_BYTES)  # its clients inherit it
            if sys.platform != "win32":  # a port just left is free again; on Windows this would mean shared
                self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._listener.bind((_HOST, port))
            self._listener.listen()
        except OSError:
            self._listener.close()
            raise
        self.url = f"socket://{_HOST}:{self._listener.getsockname()[1]}"
        self._client: socket.socket | None = None
        self._is_stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, to_device: IO[bytes], from_device: IO[bytes]) -> None:
        """Serve clients until stop(), or until the device closes its end."""
        for target, pipe in ((self._listen, to_device), (self._say, from_device)):
            thread = threading.Thread(target=target, args=(pipe,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Close the port, the client's connection and the device's standard input, which ends the device."""
        self._is_stopping.set()
        client = self._client
        if client is not None:
            _hang_up(client)  # or the device's last words might wait for a client who does not read

    def join(self) -> None:
        """Wait for the threads; they end when the device has."""
        for thread in self._threads:
            thread.join()

    def _listen(self, to_device: IO[bytes]) -> None:
        """Accept clients and hand the device what the one says."""
        try:
            while not self._is_stopping.is_set():
                watched = [self._listener] if self._client is None else [self._listener, self._client]
                ready = select.select(watched, [], [], _LOOK_S)[0]
                # The client first: it may have left to make room for the one who knocks.
                if self._client is not None and ready:
                    self._hear(self._client, to_device)
                if self._listener in ready:
                    self._admit(self._listener.accept()[0])
        except OSError:
            pass  # the device has ended
        finally:
            self._listener.close()
            if self._client is not None:
                _hang_up(self._client)
                self._client.close()
            to_device.close()

    def _admit(self, newcomer: socket.socket) -> None:
        if self._client is not None:
            newcomer.close()
            return
        newcomer.setblocking(True)
        newcomer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # a frame is sent when it is there
        self._client = newcomer

    def _hear(self, client: socket.socket, to_device: IO[bytes]) -> None:
        """Pass on all that the client has said by now; let it go if it has hung up."""
        while select.select([client], [], [], 0)[0]:
            try:
                data = client.recv(_READ_AT_ONCE)
            except OSError:
                data = b""
            if not data:
                self._client = None
                _hang_up(client)  # a closed socket would not wake _say
                client.close()
                return
            rest = memoryview(data)
            while rest:
                rest = rest[to_device.write(rest) :]

    def _say(self, from_device: IO[bytes]) -> None:
        """Hand the client what the device says."""
        while data := from_device.read(_READ_AT_ONCE):
            client = self._client
            if client is None:
                continue
            try:
                client.sendall(data)
            except OSError:
                pass  # it has left; _listen sees that too
        from_device.close()
        self.stop()  # the device is gone: its client shall know, and nobody else come


def _hang_up(client: socket.socket) -> None:
    try:
        client.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it has left already
