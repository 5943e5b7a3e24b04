"""`python tests/mutants`: see run_mutants.py."""

import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]

if __name__ == "__main__":
    sys.path[:0] = [str(TESTS), str(TESTS / "property")]
    from run_mutants import main

    sys.exit(main())
