"""Adds up the tiers of build/tests.json, says what was skipped that need not have been, prints the plain count."""

import json
import platform
import sys
from pathlib import Path

from kneesim.launch import micropython_path

REPORT = Path("build/tests.json")


def main() -> int:
    """Return 1 if a test failed, none ran, or a tier was left out."""
    if not REPORT.exists():
        print("failed: the tests did not get as far as a report")
        print("0 passed, 1 failed")
        return 1
    tiers = json.loads(REPORT.read_text())
    complaints = []
    has_vm = micropython_path() is not None
    could_have_vm = (
        platform.system() == "Linux" and platform.machine() == "x86_64" and sys.version_info[:2] in ((3, 11), (3, 13))
    )
    for tier, counts in tiers.items():
        print(f"{tier}: " + ", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
        if not counts["passed"]:
            complaints.append(f"no test of the tier {tier} passed")
        if counts["skipped"] and has_vm:  # nothing but a missing VM may skip a test
            complaints.append(f"the tier {tier} skipped tests that this machine can run")
    if could_have_vm and not has_vm:
        complaints.append("the MicroPython VM exists for this machine and is not installed")
    for complaint in complaints:
        print("failed: " + complaint)
    failed = sum(counts["failed"] for counts in tiers.values()) + len(complaints)
    print(f"{sum(counts['passed'] for counts in tiers.values())} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
