"""The shipped firmware on MicroPython's own image, in an emulated RP2040 with the simulated plant on its pins."""
