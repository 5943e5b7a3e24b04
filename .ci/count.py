"""Adds up the tiers of build/tests.json, says what was skipped that need not have been, prints the plain count."""

import json
import platform
import sys
from collections.abc import Callable
from pathlib import Path

from kneecircuit import spice
from kneesim.engines import micropython_path, node_path
from kneesim.pico import frozen_image, image

REPORT = Path("build/tests.json")


def _is_there(find: Callable[[], Path]) -> bool:
    try:
        find()
    except image.ImageMissing:
        return False
    return True


def main() -> int:
    """Return 1 if a test failed, none ran, or a tier that this machine can provide was left out."""
    if not REPORT.exists():
        print("failed: the tests did not get as far as a report")
        print("0 passed, 1 failed")
        return 1
    tiers = json.loads(REPORT.read_text())
    complaints = []
    machine = (platform.system(), platform.machine())
    could_have_vm = machine == ("Linux", "x86_64") and sys.version_info[:2] in ((3, 11), (3, 13))
    has_vm = micropython_path() is not None
    if could_have_vm and not has_vm:
        complaints.append("the MicroPython VM exists for this machine and is not installed")
    provided = {
        "vm": has_vm,
        "wasm": node_path() is not None,
        "pico": _is_there(image.find_uf2),
        "frozen": _is_there(frozen_image.find_uf2),  # it takes a source tree of MicroPython to build one
        "boards": has_vm and spice.find() is not None,  # whose tests of the circuit need ngspice
    }
    for tier, counts in tiers.items():
        print(f"{tier}: " + ", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
        if provided.get(tier, True) and not counts["passed"]:
            complaints.append(f"no test of the tier {tier} passed")
        if provided.get(tier, has_vm) and counts["skipped"]:  # tests of other tiers that use the VM need it too
            complaints.append(f"the tier {tier} skipped tests that this machine can run")
    for complaint in complaints:
        print("failed: " + complaint)
    failed = sum(counts["failed"] for counts in tiers.values()) + len(complaints)
    print(f"{sum(counts['passed'] for counts in tiers.values())} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
