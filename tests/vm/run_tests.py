"""Runs the test functions of one file without pytest, on MicroPython: prints PASS or FAIL and the name, a line each."""

import sys

for folder in sys.argv[2:]:
    sys.path.insert(0, folder)
module = __import__(sys.argv[1])
for name in sorted(dir(module)):
    if name.startswith("test_"):
        try:
            getattr(module, name)()
        except Exception as e:
            print("FAIL", name)
            sys.print_exception(e)
        else:
            print("PASS", name)
