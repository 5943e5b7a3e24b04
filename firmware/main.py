# Ctrl-C is data from here on, not an interrupt (SAF-52): first statement, since each start arms it again.
import micropython

micropython.kbd_intr(-1)

from massager.device.app import App  # noqa: E402

App().run()
