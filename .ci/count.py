"""Adds up the tiers of build/tests.json, says what was skipped that need not have been, prints the plain count."""

import json
import sys
from pathlib import Path

from kneesim.launch import micropython_path

TIERS = json.loads(Path("build/tests.json").read_text())


def main() -> int:
    """Return 1 if a test failed or a tier was left out."""
    complaints = []
    has_vm = micropython_path() is not None
    for tier, counts in TIERS.items():
        print(f"{tier}: " + ", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
        if not counts["passed"]:
            complaints.append(f"no test of the tier {tier} passed")
        if counts["skipped"] and has_vm:  # nothing but a missing VM may skip a test
            complaints.append(f"the tier {tier} skipped tests that this machine can run")
    if not has_vm and sys.platform == "linux" and sys.version_info[:2] in ((3, 11), (3, 13)):
        complaints.append("the MicroPython VM exists for this machine and is not installed")
    failed = sum(counts["failed"] for counts in TIERS.values()) + len(complaints)
    for complaint in complaints:
        print("failed: " + complaint)
    print(f"{sum(counts['passed'] for counts in TIERS.values())} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
