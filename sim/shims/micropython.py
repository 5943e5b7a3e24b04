"""CPython's stand-in for MicroPython's `micropython` module: just what the firmware imports, doing nothing."""


def const(value: int) -> int:
    """Return value unchanged; on MicroPython the compiler folds it."""
    return value


def kbd_intr(_char: int) -> None:
    """Accept the character that would interrupt; a desktop process has no such console."""
