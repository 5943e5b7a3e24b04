# boot.py of an image that has the firmware in itself (docs/images.md). Every output low before anything else runs
# (SAF-43), as firmware/boot.py does it; but before that, nothing in the files takes the place of what was frozen: there
# may still be a firmware from before among them.
import sys

sys.path[:] = [".frozen"]
is_on_trial = False  # main.py reads it: there is no other image

from board import OUTPUT_PINS  # noqa: E402
from machine import Pin  # noqa: E402

for number in OUTPUT_PINS:
    Pin(number, Pin.OUT, value=0)
