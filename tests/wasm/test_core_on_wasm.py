"""The core's tests once more on the 32-bit MicroPython, one process a file."""

from test_core_on_vm import test_on_engine  # noqa: F401
