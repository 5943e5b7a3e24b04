"""ngspice decks made from the circuit's parts, and what ngspice finds.

A deck has the parts of some blocks many times over, each time with values drawn from their tolerances, so that one run
tries them all. Chips are what their data sheets say at their pins, not their insides.
"""

import random
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kneecircuit.netlist import Circuit, Part

# The transistors at their worst: as high a threshold and as much resistance as their data sheets allow. Where the
# figures of this file were read is in boards/parts.toml.
MODELS = """
.model small_nfet nmos (level=1 vto=2.5 kp=0.133)
.model pfet pmos (level=1 vto=-1.3 kp=5.2)
.model pnp pnp (is=1e-14 bf=100)
.model pump_diode d (is=8e-10 n=1.05 rs=20 cjo=2p)
"""
_KELVIN = 273.15
_T25_K = 298.15
# MCP65R41: its sheet gives 1 % and 3 mV as typical, and no most that we could read: some three times as much.
REFERENCE_V, REFERENCE_SHARE, REFERENCE_OFFSET_V = 1.21, 0.025, 0.010
# MCP6549: 7 mV of offset, 4.4 mV by a common-mode rejection of 55 dB over 2.5 V, and half of 6.5 mV of own hysteresis.
QUAD_OFFSET_V = 0.0147
# A BAS70 leaks at most 100 nA at 50 V and 25 degrees; ten times that, as if warm, at the pump's 2 V.
LEAK_OHM = 2e6
# TL431A: 2470 to 2520 mV, and up to 34 mV of drift; its cathode stays at some 2 V, and its input takes up to 4 uA.
OVER_V, OVER_SHARE, OVER_CATHODE_V, OVER_INPUT_A = 2.495, 0.024, 2.0, 4e-6
GATE_F = {"small_nfet": 50e-12, "pfet": 645e-12}
FUSE_OHM = 0.03  # an estimate
OUT_F = 1e-9  # of a comparator's output, so that it takes a moment


class SpiceError(Exception):
    """ngspice is not there, or did not get through; the message says what to do."""


def find() -> str | None:
    """Return the path of ngspice, None if there is none."""
    return shutil.which("ngspice")


@dataclass(frozen=True)
class Draw:
    """One device: where in its tolerance each value lies, -1 to 1, by name; what is not drawn is nominal."""

    share: Callable[[str], float]
    is_leaky: bool = False

    def of(self, name: str, value: float, tolerance: float) -> float:
        """Return a value as this device has it."""
        return value * (1.0 + tolerance * self.share(name))

    def between(self, name: str, least: float, most: float) -> float:
        """Return where between two ends a name lies."""
        return (least + most) / 2 + (most - least) / 2 * self.share(name)


def draws(count: int, seed: int) -> list[Draw]:
    """Return the nominal device, then as many as asked for: each value at one end of its tolerance, or anywhere."""
    chance = random.Random(seed)
    found = [Draw(lambda _: 0.0)]
    for number in range(count - 1):
        shares: dict[str, float] = {}

        def share(name: str, shares: dict[str, float] = shares, is_corner: bool = number % 2 == 0) -> float:
            if name not in shares:
                shares[name] = chance.choice((-1.0, 1.0)) if is_corner else chance.uniform(-1.0, 1.0)
            return shares[name]

        found.append(Draw(share, is_leaky=number % 4 < 2))
    return found


@dataclass
class Deck:
    """A deck in the making. Nets and elements of each device have its number after them."""

    circuit: Circuit
    lines: list[str] = field(default_factory=list)
    measures: list[str] = field(default_factory=list)

    def add(self, parts: Sequence[Part], number: int, draw: Draw, temperatures: dict[str, str] | None = None) -> None:
        """Add a device. temperatures: the net whose volts are an NTC's degrees, by its reference; others have 25."""
        for part in parts:
            nets = {pin: net(name, number) for pin, name in part.pins.items()}
            self.lines += _element(part, f"{part.ref}_{number}", nets, draw, (temperatures or {}).get(part.ref, "25"))

    def measure(self, name: str, words: str) -> None:
        """Ask for a value of the run by name."""
        self.measures.append(f".meas tran {name} {words}")

    def run(self, length_s: float, step_s: float) -> dict[str, float | None]:
        """Return what was measured, None for what did not happen. Raises SpiceError."""
        return self._found(self._output(length_s, step_s, self.measures))

    def waves(self, length_s: float, step_s: float, net_name: str) -> list[tuple[float, float]]:
        """Return a net's volts over time, in seconds. Raises SpiceError."""
        output = self._output(length_s, step_s, [f".print tran v({net_name})"])
        rows = re.findall(r"^\d+\t(\S+)\t(\S+)", output, re.MULTILINE)
        return [(float(at_s), float(volts)) for at_s, volts in rows]

    def _output(self, length_s: float, step_s: float, wanted: list[str]) -> str:
        ngspice = find()
        if ngspice is None:
            raise SpiceError("ngspice is not installed. On Debian or Ubuntu: sudo apt install ngspice.")
        end = [f".tran {step_s} {length_s} 0 {step_s} uic", ".options method=gear reltol=1e-4", *wanted, ".end"]
        with tempfile.TemporaryDirectory() as folder:
            deck = Path(folder) / "deck.cir"
            deck.write_text("\n".join(["* made by kneecircuit", MODELS, *self.lines, *end]) + "\n")
            done = subprocess.run([ngspice, "-b", str(deck)], capture_output=True, text=True, cwd=folder)
        return done.stdout + done.stderr

    def _found(self, output: str) -> dict[str, float | None]:
        found: dict[str, float | None] = {}
        for line in self.measures:
            name = line.split()[2].lower()
            hit = re.search(rf"^{name}\s*=\s*(\S+)", output, re.MULTILINE)
            if hit is None and not re.search(
                rf"\b{name}\b.*(failed|out of interval)|[Ee]rror: measure\s+{name}", output
            ):
                raise SpiceError(f"ngspice says nothing of {name}: {output[-2000:]}")
            found[name] = float(hit[1]) if hit and hit[1] != "failed" else None
        return found


def net(name: str, number: int) -> str:
    """Return a device's net as ngspice calls it."""
    return "0" if name == "GND" else f"{name}_{number}".lower()


def _element(part: Part, name: str, nets: dict[str, str], draw: Draw, degrees: str) -> list[str]:
    value = part.value if isinstance(part.value, float | int) else 1.0
    value = draw.of(part.ref, value, part.tolerance)
    if part.kind == "resistor":
        return [f"R{name} {nets['a']} {nets['b']} {value:.6g}"]
    if part.kind == "capacitor":
        return [f"C{name} {nets['a']} {nets['b']} {value:.6g} ic=0"]
    if part.kind == "ntc":
        beta = draw.of(part.ref + " beta", part.beta, part.beta_tolerance)
        kelvin = f"({degrees}+{_KELVIN})"
        return [f"R{name} {nets['a']} {nets['b']} R='{value:.6g}*exp({beta:.6g}*(1/{kelvin}-1/{_T25_K}))'"]
    if part.kind == "fuse":
        return [f"R{name} {nets['a']} {nets['b']} {FUSE_OHM:g}"]
    if part.kind == "contact":
        return [f"R{name} {nets['a']} {nets['b']} {1.0 if part.is_closed else 1e9:g}"]
    if part.kind == "pair":
        lines = [
            f"D{name}a {nets['anode']} {nets['middle']} pump_diode",
            f"D{name}b {nets['middle']} {nets['cathode']} pump_diode",
        ]
        if draw.is_leaky:
            lines += [
                f"R{name}a {nets['anode']} {nets['middle']} {LEAK_OHM:g}",
                f"R{name}b {nets['middle']} {nets['cathode']} {LEAK_OHM:g}",
            ]
        return lines
    if part.kind in ("nfet", "pfet"):
        source = nets["source"]
        return [
            f"M{name} {nets['drain']} {nets['gate']} {source} {source} {part.bom}",
            f"C{name} {nets['gate']} {source} {GATE_F[part.bom]:g}",
        ]
    return _chip(part, name, nets, draw)


def _chip(part: Part, name: str, nets: dict[str, str], draw: Draw) -> list[str]:
    if part.bom == "reference_comparator":
        reference_v = draw.of("reference", REFERENCE_V, REFERENCE_SHARE)
        offset_v = draw.between("offset", -REFERENCE_OFFSET_V, REFERENCE_OFFSET_V)
        level = f"v({nets['IN+']})-v({nets['IN-']})+{offset_v:.6g}"
        return [
            f"V{name}ref {nets['REF']} 0 {reference_v:.6g}",
            f"B{name} {name}x 0 V=v({nets['VDD']})*0.5*(1+tanh(2000*({level})))",
            f"R{name} {name}x {nets['OUT']} 200",
            f"C{name} {nets['OUT']} 0 {OUT_F:g}",
        ]
    if part.bom == "quad_comparator":
        lines = [f"C{name} {nets['AO']} 0 {OUT_F:g}"]
        for letter in "ABCD":
            offset_v = draw.between("offset " + letter, -QUAD_OFFSET_V, QUAD_OFFSET_V)
            level = f"v({nets[letter + '-']})-v({nets[letter + '+']})+{offset_v:.6g}"
            # Open drain: conducts, 100 ohm, while + is below -.
            out = nets[letter + "O"]
            lines.append(f"B{name}{letter} {out} 0 I=v({out})*0.01*0.5*(1+tanh(2000*({level})))")
        return lines
    if part.bom == "pnp":
        return [f"Q{name} {nets['C']} {nets['B']} {nets['E']} pnp"]
    if part.bom == "over_reference":
        reference_v = draw.of("over reference", OVER_V, OVER_SHARE)
        is_over = f"0.5*(1+tanh(2000*(v({nets['REF']})-{reference_v:.6g})))"
        return [
            f"B{name} {nets['K']} 0 I=max(v({nets['K']})-{OVER_CATHODE_V},0)/20*{is_over}",
            f"I{name} {nets['REF']} 0 {draw.between('over input', 0, OVER_INPUT_A):.6g}",
        ]
    raise SpiceError(f"{part.ref}: there is no model for a {part.bom}.")
