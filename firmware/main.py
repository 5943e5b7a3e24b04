# Ctrl-C is data from here on, not an interrupt (SAF-52): first statement, since each start arms it again.
import micropython

micropython.kbd_intr(-1)

# An image that cannot even be imported ends here, at the REPL, where it can be mended; boot.py has driven
# everything low.
from massager.device import app  # noqa: E402

app.main()
