# Every output low before anything else runs (SAF-43). A soft reset or a crash may have left a pin or a PWM slice as
# it was; making the pin a plain low output takes it away from the slice. board.py imports nothing, so that no
# damage to the rest of the firmware can keep this from happening.
from board import OUTPUT_PINS
from machine import Pin

for number in OUTPUT_PINS:
    Pin(number, Pin.OUT, value=0)
