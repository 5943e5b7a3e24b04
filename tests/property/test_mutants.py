"""The model notices: firmware with one safety measure broken fails, in the words of that measure."""

import mutants
import pytest


@pytest.mark.parametrize("name", ["slew doubled", "no cap", "guard does not check", "a short press clears a fault"])
def test_a_broken_measure_is_noticed(name):
    said = mutants.run(name)
    assert mutants.is_caught(name, said), said
