# Which image starts, and every output low before anything of it does (SAF-43). Two images lie side by side, in /a and
# /b, so that flashing never touches the one that runs (SAF-54). The file /slot says which starts: b"b"; or b"ba3" while
# b is on trial: three more starts, then a again, unless the firmware in b has been confirmed by then (store/slot.py).
import io
import sys

import machine


def read(path: str) -> bytes:
    try:
        with io.open(path, "rb") as file:  # noqa: UP020  a simulated chip has its own io, and not its own open
            return file.read()
    except OSError:
        return b""


slot = read("/slot")
left = slot[2:3]
for name in (slot[1:2] if left == b"0" else slot[:1], b"a", b"b"):
    # One whose list is missing is half flashed, and the last to be tried.
    if name in (b"a", b"b") and read("/" + name.decode() + "/image.crc"):
        break
else:
    name = b"a"
# Nothing but the image, so that no file that lies elsewhere is imported in place of one of its own.
sys.path[:] = ["/" + name.decode(), ".frozen"]
is_on_trial = len(slot) == 3 and slot[:1] == name  # main.py reads it, too

# A soft reset or a crash may have left a pin or a PWM slice as it was; making the pin a plain low output takes it away
# from the slice. board.py imports nothing, so that no damage to the rest of the firmware can keep this from happening.
is_low = False
try:
    from board import OUTPUT_PINS

    for number in OUTPUT_PINS:
        machine.Pin(number, machine.Pin.OUT, value=0)
    is_low = True
finally:
    if b"0" < left <= b"9":
        try:
            with io.open("/slot", "wb") as file:  # noqa: UP020
                file.write(slot[:2] + b"%d" % (left[0] - 49))
        except OSError:  # flash that takes nothing any more: a trial that does not end is better than no start
            pass
        # MicroPython runs no main.py after a boot.py that failed.
        if is_on_trial and not is_low:
            machine.reset()
