"""No function of the core outgrows the words that MicroPython keeps a frame on the C stack for; a larger one takes
its frame from the heap at each call, which a locked heap hides (it then falls back to the stack) and a full heap
answers with a collection in the middle of a tick.
"""

import re
import subprocess
from collections.abc import Callable

import pytest

from kneesim.engines import ROOT

STACK_WORDS = 11  # VM_MAX_STATE_ON_STACK of MicroPython's py/vm.c, on the VM and on the chips
CORE = ROOT / "firmware/massager/core"
NOT_IN_THE_TICK = {"<module>"}


def frames(vm: Callable[[str], list[str]], source: str) -> dict[str, int]:
    """Return the words that each function of a source needs."""
    script = f"compile(open({source!r}).read(), 'source', 'exec')"
    done = subprocess.run([*vm("1M"), "-v", "-v", "-c", script], capture_output=True, text=True, check=True)
    found = re.findall(r"File source, code block '(.*?)'.*?\(N_STATE (\d+)\)", done.stdout, re.DOTALL)
    return {name: int(words) for name, words in found if name not in NOT_IN_THE_TICK}


@pytest.mark.parametrize("name", sorted(path.name for path in CORE.glob("*.py") if path.stat().st_size > 1))
def test_frames_fit_the_stack(vm: Callable[[str], list[str]], name: str) -> None:
    for function, words in frames(vm, str(CORE / name)).items():
        assert words <= STACK_WORDS, f"{function} needs {words} words: split it or use fewer locals"


def test_a_large_frame_would_be_seen(vm: Callable[[str], list[str]], tmp_path) -> None:
    source = tmp_path / "large.py"
    source.write_text("def large(a, b, c, d, e, f, g):\n    return max(a, b, c, d, e, f, g)\n")
    assert frames(vm, str(source))["large"] > STACK_WORDS
