# Ctrl-C is data from here on, not an interrupt (SAF-52): first statement, since each start arms it again.
import micropython

micropython.kbd_intr(-1)

# Collecting often while everything is made keeps what stays together; else a block of a few kilobytes would find no
# place between it. The loop ends this, since there a collection has a time of its own.
import gc  # noqa: E402

gc.threshold(65536)

# The image is looked at before the rest of it is imported (SAF-45). One that cannot even be imported ends here, at the
# REPL, where it can be mended; boot.py has driven everything low.
from massager.device.image import Image  # noqa: E402

image = Image()

from massager.device import app  # noqa: E402

app.main(image)
