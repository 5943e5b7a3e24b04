"""The tests of core and store once more on the 32-bit MicroPython, one process a file."""

from test_on_vm import test_on_engine  # noqa: F401
