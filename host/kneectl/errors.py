"""Everything that can go wrong, as exceptions whose text a person can act on, each with its exit code."""

EXIT_OK = 0
EXIT_REFUSED = 1  # the device refused, or a fault ended the session
EXIT_USAGE = 2
EXIT_PORT = 3  # no device, two devices, or its port cannot be opened
EXIT_LOST = 4  # the device was lost or does not answer
EXIT_INTERRUPTED = 130  # Ctrl-C or SIGTERM, as shells count it


class KneectlError(Exception):
    """Something went wrong; the text is one or two sentences for a person."""

    exit_code = EXIT_REFUSED


class DeviceError(KneectlError):
    """The device answered with an error: `code` as in docs/link.md, `message` its own sentence."""

    exit_code = EXIT_REFUSED

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class UsageError(KneectlError):
    """What was asked for cannot be done: a file that cannot be read, a program that is not installed."""

    exit_code = EXIT_USAGE


class PortError(KneectlError):
    """There is no device to talk to, or its port cannot be opened."""

    exit_code = EXIT_PORT


class PortBusy(PortError):
    """The port has another owner."""


class LinkError(KneectlError):
    """The device can no longer be talked to."""

    exit_code = EXIT_LOST


class LinkTimeout(LinkError):
    """The device did not answer in time."""


class LostDevice(LinkError):
    """The port is gone: unplugged, switched off or reset."""


class DeviceCrash(LinkError):
    """The device reported that its program failed and that it resets."""
