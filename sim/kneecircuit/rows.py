"""The rows of NTCs for skin and pad, the hottest of which counts: which parts they are, and how far a reading may be
off that one's warmth. By arithmetic: nothing here takes time.
"""

from dataclasses import dataclass, replace
from itertools import product
from types import ModuleType

from kneecircuit import values
from kneecircuit.checks import Figure
from kneecircuit.netlist import Circuit, Part, value_of

# The row of each sensor: its NTCs, and each one's own pull-up.
ROWS = {
    "skin": (("RT21", "R121"), ("RT22", "R122"), ("RT23", "R123"), ("RT24", "R124")),
    "pad": (("RT31", "R131"), ("RT32", "R132"), ("RT33", "R133"), ("RT34", "R134")),
}
# MCP6024: 0.5 mV of offset at most while its input is near ground, 0.1 mV for 30 degrees of drift, and what a
# common-mode rejection of 65 dB makes of the input's volts (an estimate, low).
OFFSET_V, REJECTION = 0.0006, 10.0 ** (65 / 20)
# The four of a row are chosen to have the same ohms within this share (docs/assembly.md): to calibrate makes the one
# that reads hottest right, and the others must not read much less.
ALIKE = 0.005
# SAF-49: so far off are an NTC and a pull-up of 1 % each at most, as the plant draws them.
ALLOWED_K = 0.67
_HELD_C = (30.0, 37.5, 45.0)
_ROOM_C = (15.0, 30.0)  # where it is calibrated
_ENDS = (-1, 1)


@dataclass(frozen=True)
class _Ntc:
    """One NTC of a row; its shares say how much more than nominal it has, the ends which end of a tolerance."""

    part: Part
    pull_up_ohm: float
    pull_up_tolerance: float
    r25: float = 0.0
    beta_end: int = 0
    pull_up_end: int = 0
    offset_end: int = 0

    def reads_c(self, degrees: float) -> float:
        """Return what is read while it is the hottest of its row, in degrees by the nominal NTC's table."""
        mine = replace(self.part, beta=self.part.beta * (1.0 + self.beta_end * self.part.beta_tolerance))
        ohm = values.ntc_ohm(mine, degrees) * (1.0 + self.r25)
        share = ohm / (ohm + self.pull_up_ohm * (1.0 + self.pull_up_end * self.pull_up_tolerance))
        share += self.offset_end * (OFFSET_V / values.PIN_V + share / REJECTION)
        return values.ntc_c(self.part, self.pull_up_ohm * share / (1.0 - share))


def figures(circuit: Circuit, boards: list[ModuleType]) -> list[Figure]:
    """Return what choosing the hottest adds to a reading, and how far it is off, before and after calibrating."""
    adds, before, after = [], [], []
    for board, row in product(boards, ROWS.values()):
        ref, pull_up = row[0]
        resistor = circuit.parts[pull_up]
        ntc = _Ntc(circuit.parts[ref], value_of(resistor, board), resistor.tolerance)
        adds += [replace(ntc, offset_end=end).reads_c(c) - c for end in _ENDS for c in _HELD_C]
        tolerance = ntc.part.tolerance
        before += [one.reads_c(c) - c for r25 in (-tolerance, tolerance) for one in _ends(ntc, r25) for c in _HELD_C]
        after += _calibrated(ntc)
    return [
        Figure(name, "K", min(found), max(found), (-allowed_k, allowed_k), "arithmetic")
        for name, found, allowed_k in (
            ("what choosing the hottest of a row adds", adds, 0.1),
            ("a row's reading less its hottest NTC's warmth", before, ALLOWED_K),
            ("the same once the row was calibrated", after, ALLOWED_K),
        )
    ]


def _ends(ntc: _Ntc, r25: float) -> list[_Ntc]:
    return [
        replace(ntc, r25=r25, beta_end=beta, pull_up_end=pull_up, offset_end=offset)
        for beta, pull_up, offset in product(_ENDS, repeat=3)
    ]


def _calibrated(ntc: _Ntc) -> list[float]:
    """Return how far off an NTC is that is the hottest later, after another, or it, was made right in a room."""
    found = []
    for least in (-ntc.part.tolerance, ntc.part.tolerance - ALIKE):
        for other, more in product(_ends(ntc, least), (0.0, ALIKE)):
            for one, room_c in product(_ends(ntc, least + more), _ROOM_C):
                added_k = room_c - max(other.reads_c(room_c), one.reads_c(room_c))
                found += [one.reads_c(c) + added_k - c for c in _HELD_C]
    return found
