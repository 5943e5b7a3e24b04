"""`make bench`: wall time of fifteen simulated minutes, firmware and plant together, on each engine this machine has.

    python -m kneesim.bench [--json]

Timings vary with the machine and what else it does; the ratios between engines, measured in turn in one run, vary
least.
"""

import json
import statistics
import subprocess
import sys
from typing import Any

from kneesim.engines import ENGINES, ROOT, EngineMissing, engine_command

_SIMULATED_S = 900
_ROUNDS = 3
_LIMIT_S = 600  # firmware that cannot start resets for ever


def _wall_s(engine: str) -> float:
    script = ROOT / "sim/kneesim/bench_run.py"
    command = [*engine_command(engine), str(script), str(ROOT)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=_LIMIT_S)
    wall_us, ticks, resets = (int(word) for word in done.stdout.split())
    if resets or ticks != _SIMULATED_S * 50:
        raise RuntimeError(f"{engine}: {ticks} ticks and {resets} resets: this run measured something else")
    return wall_us / 1e6


def measure() -> dict[str, Any]:
    """Return {"simulated_s", "engines": {engine: wall seconds of each round, or why there are none}}."""
    walls: dict[str, list[float] | str] = {engine: [] for engine in ENGINES}
    for _ in range(_ROUNDS):
        for engine in ENGINES:
            found = walls[engine]
            if isinstance(found, list):
                try:
                    found.append(_wall_s(engine))
                except EngineMissing as e:
                    walls[engine] = str(e)
    return {"simulated_s": _SIMULATED_S, "engines": walls}


def main() -> None:
    """Measure and print, one line an engine."""
    found = measure()
    if "--json" in sys.argv[1:]:
        print(json.dumps(found))
        return
    print(f"{_SIMULATED_S // 60} simulated minutes of massage with heat, median of {_ROUNDS} rounds:")
    base = statistics.median(found["engines"]["cpython"])
    for engine, walls in found["engines"].items():
        if isinstance(walls, str):
            print(f"  {engine:8} not measured: {walls}")
            continue
        wall_s = statistics.median(walls)
        print(
            f"  {engine:8} {wall_s:5.2f} s ({min(walls):.2f} to {max(walls):.2f}), "
            f"{_SIMULATED_S / wall_s:4.0f} times real time, {wall_s / base:.2f} times CPython's"
        )


if __name__ == "__main__":
    main()
