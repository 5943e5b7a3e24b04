"""`python -m kneecircuit --docs DOCS`: check the circuit in ngspice, draw it, write its page. Exit status 1: something
does not hold; 2: a tool is missing.
"""

import argparse
import sys
from pathlib import Path

from kneecircuit import netlist, page, parts
from kneecircuit.netlist import CircuitError
from kneecircuit.spice import SpiceError
from kneesim.engines import ROOT
from kneesim.power import load_board

BOARDS = ("pico", "esp32")


def main() -> int:
    """Do it, and say what was found."""
    parser = argparse.ArgumentParser(prog="kneecircuit", description="Check and draw the circuit.")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs", help="where the page and its pictures belong")
    docs = parser.parse_args().docs
    boards = [load_board(str(ROOT / "boards" / name), str(ROOT / "firmware")) for name in BOARDS]
    try:
        figures = page.write(docs, netlist.read(), parts.read(), boards)
    except (SpiceError, CircuitError) as e:
        print(e, file=sys.stderr)
        return 2
    for figure in figures:
        words = "ok    " if figure.is_well else "FAILED"
        between = f"has to be {figure.allowed[0]:g} to {figure.allowed[1]:g}"
        print(f"{words} {figure.name}: {figure.least:.2f} to {figure.most:.2f} {figure.unit}, {between}")
    return 0 if all(figure.is_well for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
