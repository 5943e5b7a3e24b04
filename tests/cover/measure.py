"""`make coverage`: which lines of firmware/massager the tests run, on CPython and on the MicroPython VM, in one table.

    measure.py [--json]

On CPython these are the tiers core and sim, whose devices run the whole firmware; on the VM it is core, without what
only a device runs. A line counts as missed if no engine ran it. Exit status 1 if a test failed.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import coverage
from instrument import hits, instrument

from kneesim.engines import ROOT, EngineMissing, engine_command

PACKAGE = ROOT / "firmware/massager"
CORE = ROOT / "tests/core"
OUT = ROOT / "build/coverage"
_HEAP = "64M"
_NEVER_RUNS = r"if TYPE_CHECKING:"


def run_cpython(data_file: Path) -> bool:
    """Run the tests under coverage.py, True if all passed. It follows the thread that a simulated device runs in."""
    command = [sys.executable, "-m", "coverage", "run", "--rcfile=", f"--data-file={data_file}", f"--source={PACKAGE}"]
    # Not the counts of tests/conftest.py: this is no run of all tiers.
    command += ["-m", "pytest", f"--confcutdir={ROOT / 'tests/sim'}", str(CORE), str(ROOT / "tests/sim")]
    return subprocess.run(command, cwd=ROOT, stdout=sys.stderr).returncode == 0


def run_vm(data_file: Path) -> bool:
    """Run the core's tests on the VM against a marked copy, True if all passed. Raises EngineMissing."""
    vm = engine_command("vm", _HEAP)
    copy = OUT / "marked"
    instrument(PACKAGE, copy)
    lines: dict[str, set[int]] = {}
    is_good = True
    for path in sorted(CORE.glob("test_*.py")):
        command = [*vm, str(ROOT / "tests/vm/run_tests.py"), path.stem, str(copy), str(CORE)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode or "FAIL " in done.stdout:
            print(f"{path.name} failed on the VM:\n{done.stdout}{done.stderr}", file=sys.stderr)
            is_good = False
        for name, numbers in hits(done.stdout).items():
            lines.setdefault(str(PACKAGE.parent / name), set()).update(numbers)
    data = coverage.CoverageData(str(data_file))
    data.add_lines(lines)
    data.write()
    return is_good


def _analyse(data_file: Path) -> dict[str, tuple[set[int], set[int]]]:
    """Return the statements and the missed ones of each file that has any."""
    measured = coverage.Coverage(data_file=str(data_file), config_file=False, source=[str(PACKAGE)])
    measured.exclude(_NEVER_RUNS)
    measured.load()
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        _, statements, _, missed, _ = measured.analysis2(str(path))
        if statements:
            found[path.relative_to(PACKAGE).as_posix()] = (set(statements), set(missed))
    return found


def report(data_files: dict[str, Path]) -> dict[str, Any]:
    """Return {"engines": [...], "files": {name: {"lines", "missed": {engine: count}, "missed_by_all": [lines]}}}."""
    by_engine = {engine: _analyse(data_file) for engine, data_file in data_files.items()}
    files = {}
    for name, (statements, _) in by_engine["cpython"].items():
        missed = {engine: analysed[name][1] for engine, analysed in by_engine.items()}
        files[name] = {
            "lines": len(statements),
            "missed": {engine: len(lines) for engine, lines in missed.items()},
            "missed_by_all": sorted(set.intersection(*missed.values())),
        }
    return {"engines": list(data_files), "files": files}


def _ranges(numbers: list[int]) -> str:
    """Return ascending numbers in words, runs of them as FIRST-LAST."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ", ".join("-".join(str(number) for number in run) for run in runs)


def _row(name: str, lines: int, missed: list[int], rest: str = "") -> str:
    shares = "".join(f"{100 * (lines - count) / lines:8.1f}%" for count in missed)
    return f"{name:24}{lines:6}{shares}  {rest}".rstrip()


def show(found: dict[str, Any]) -> None:
    """Print the table."""
    engines, files = found["engines"], found["files"]
    print(f"{'firmware/massager/':24}{'lines':>6}" + "".join(f"{name:>9}" for name in [*engines, "any"]) + "  missed")
    for name, row in files.items():
        missed = [row["missed"][engine] for engine in engines]
        missed_by_all = row["missed_by_all"]
        print(_row(name, row["lines"], [*missed, len(missed_by_all)], _ranges(missed_by_all)))
    totals = [sum(row["missed"][engine] for row in files.values()) for engine in engines]
    totals.append(sum(len(row["missed_by_all"]) for row in files.values()))
    print(_row("total", sum(row["lines"] for row in files.values()), totals))


def main() -> int:
    """Measure and report; return the exit status."""
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    data_files = {"cpython": OUT / "cpython.data"}
    is_good = run_cpython(data_files["cpython"])
    try:
        is_good = run_vm(OUT / "vm.data") and is_good
        data_files["vm"] = OUT / "vm.data"
    except EngineMissing as e:
        print(f"vm: not measured: {e}", file=sys.stderr)
    found = report(data_files)
    print(json.dumps(found, indent=2)) if "--json" in sys.argv[1:] else show(found)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
