"""The store on the chip's own kind of file system, littlefs, which the VM has."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from kneesim.engines import ROOT

HEAP = "8M"
HERE = Path(__file__).parent


def test_the_store_on_littlefs_survives_a_cut_at_each_block_write(vm: Callable[[str], list[str]]) -> None:
    command = [*vm(HEAP), str(HERE / "littlefs_cuts.py"), str(ROOT / "firmware")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    cuts = {line.split()[0]: [int(number) for number in line.split()[1:]] for line in done.stdout.splitlines()}
    assert set(cuts) == {"record", "log"}
    for name, (count, olds, news) in cuts.items():
        assert count > 100, name
        assert olds and news, name
        assert olds + news == count, name
