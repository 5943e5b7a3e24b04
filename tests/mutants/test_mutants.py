"""Every protection has something that breaks it, and broken ones are noticed: here a handful, `make mutants` all."""

import ast

import checks
import laxer
import pytest
import run_mutants
import safety_table
from harness import Change, Copies, MutantError
from run_mutants import Mutant

from kneesim.engines import ROOT

IDS = sorted(safety_table.rows())
# What is quick: tests of the core.
FEW = (
    (3, "SKIN_CUTOFF_MC doubled"),
    (3, "no cut-off at the skin"),
    (26, "gaps will do"),
    (30, "REVERSAL_ZERO_MS halved"),
    (33, "STRENGTH_PM[1] doubled"),
    (50, "no lease"),
)


def test_every_requirement_has_a_check_that_can_do_nothing() -> None:
    assert not set(IDS) - {number for check in checks.table() for number in check.of}


def test_every_check_is_of_a_requirement_that_is_done() -> None:
    assert not {number for check in checks.table() for number in check.of} - set(IDS)


@pytest.mark.parametrize("check", [pytest.param(check, id=check.words) for check in checks.table()])
def test_a_check_stands_in_its_file_exactly_once(check: checks.Check) -> None:
    ast.parse(check.change.text())


@pytest.mark.parametrize("name", run_mutants.model.MUTANTS)
def test_what_the_model_judges_stands_in_its_file_exactly_once(name: str) -> None:
    ast.parse(run_mutants.of_model(name).change.text())


def test_no_two_checks_of_a_requirement_have_the_same_name() -> None:
    names = [(number, check.words) for check in checks.table() for number in check.of]
    assert len(names) == len(set(names))


def test_every_limit_can_be_made_laxer() -> None:
    limits = {name for number in IDS for name in safety_table.limits_of(number)}
    assert set(laxer.LESS) <= limits
    for name in limits:
        assert laxer.changes(name), name
        for _, change in laxer.changes(name):
            ast.parse(change.text())


def test_a_limit_is_doubled_or_halved_and_a_tuple_one_element_at_a_time() -> None:
    (change,) = laxer.changes("SKIN_CUTOFF_MC")
    assert (change[0], change[1].new) == ("SKIN_CUTOFF_MC doubled", "SKIN_CUTOFF_MC = const(86000)")
    (change,) = laxer.changes("REVERSAL_ZERO_MS")
    assert (change[0], change[1].new) == ("REVERSAL_ZERO_MS halved", "REVERSAL_ZERO_MS = const(100)")
    assert [name for name, _ in laxer.changes("SKIN_SET_MC")] == [f"SKIN_SET_MC[{i}] doubled" for i in (1, 2, 3)]


def test_code_that_is_not_there_or_twice_is_told() -> None:
    with pytest.raises(MutantError, match="0 times"):
        Change("boot.py", "no such code", "").text()
    with pytest.raises(MutantError, match="times, not once"):
        Change("massager/core/guard.py", "limits", "").text()


def test_the_tests_of_a_requirement_are_those_with_its_id_the_quick_ones_first() -> None:
    tests = run_mutants.tests_of(4)
    assert "tests/core/test_guard.py::test_saf_03_and_04_cutoffs" in tests
    assert tests[0].startswith("tests/core/")
    assert tests[-1].startswith("tests/sim/")


def test_a_handful_is_noticed_and_what_breaks_nothing_is_not() -> None:
    found = [mutant for number, name in FEW for mutant in run_mutants.of_requirement(number) if mutant.name == name]
    assert len(found) == len(FEW)
    found.append(Mutant("SAF-03", "nothing", Change("boot.py", "Which image starts", "Which image begins")))
    core = {f"SAF-{n:02}": [test for test in run_mutants.tests_of(n) if "/core/" in test] for n in IDS}
    verdicts = {verdict.name: verdict for verdict in run_mutants.judge(found, run_mutants.by_tests(core), jobs=2)}
    assert not verdicts.pop("nothing").is_killed
    for verdict in verdicts.values():
        assert verdict.by.startswith("tests/core/"), verdict


@pytest.mark.parametrize("name", ["slew doubled", "no cap", "guard does not check", "a short press clears a fault"])
def test_the_model_notices_a_broken_measure(name: str) -> None:
    (verdict,) = run_mutants.judge([run_mutants.of_model(name)], run_mutants.by_model, jobs=1)
    assert verdict.is_killed, verdict


def test_the_copy_is_what_is_judged() -> None:
    with Copies(1) as copies, copies.borrow() as copy:
        done = copy.run(["-c", "import massager, kneesim.engines; print(massager.__file__, kneesim.engines.ROOT)"])
        assert done.stdout.count(str(copy.folder)) == 2
        assert str(ROOT) not in done.stdout.replace(str(copy.folder), "")
