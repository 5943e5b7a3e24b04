# Ctrl-C is data from here on, not an interrupt (SAF-52): first statement, since each start arms it again.
import micropython

micropython.kbd_intr(-1)

# Collecting often while everything is made keeps what stays together; else a block of a few kilobytes would find no
# place between it. The loop ends this, since there a collection has a time of its own.
import gc  # noqa: E402

gc.threshold(65536)

import os  # noqa: E402
import sys  # noqa: E402

import machine  # noqa: E402

is_on_trial: bool  # boot.py has found out, whose names are here, too


def start() -> None:
    """Run the firmware. The image is looked at before the rest of it is imported (SAF-45). One that cannot even be
    imported ends at the REPL, where it can be mended; boot.py has driven everything low. But one on trial starts again
    at once, until boot.py has counted down to the image before it (SAF-54).
    """
    try:
        from massager.device.image import Image

        image = Image(sys.path[0])
        if image.is_whole or not is_on_trial:  # noqa: F821
            from massager.device import app

            app.main(image)
    finally:
        if is_on_trial:  # noqa: F821
            machine.reset()


try:
    os.remove("/kept/prompt")  # a host asked for MicroPython's own prompt, for this one start
    is_prompt = machine.reset_cause() != machine.PWRON_RESET  # one that a power cut has left is none
except OSError:
    is_prompt = False
if not is_prompt:
    start()
