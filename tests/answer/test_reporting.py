"""The report of a result found from Python is the one that `rezone optimize` writes of the same question."""

from __future__ import annotations

from pathlib import Path

import pytest
from toys import EXAMPLE, TOWN, Toy

from optimizer import Contiguity, Lock, Moved, Plan, Result, Rule, Share, Size, Travel, TravelMean, optimize
from optimizer.errors import InputError
from scenarios import Answer, read_district, write_report
from scenarios.asking.options import rules_of
from scenarios.asking.question import settings_of

LIMITS = (Travel(increase=0.8), Size(tolerance=0.5), Contiguity())
FLAGS = ("--travel-increase", 0.8, "--size-tolerance", 0.5)
POOR, FEW = Share(of="poverty", high=0.9), Moved(0.6)
CASES = {
    "limits": (EXAMPLE, LIMITS, FLAGS),
    "moved": (TOWN, (*LIMITS, FEW), (*FLAGS, "--max-moved", 0.6)),
    "rules": (TOWN, (*LIMITS, POOR, FEW), (*FLAGS, "--rule", "share high=0.9 of=poverty", "--max-moved", 0.6)),
    "apart": (EXAMPLE, (Travel(floor=900.0), Size()), ("--travel-floor", 900, "--no-contiguity")),
}


@pytest.mark.parametrize("case", CASES)
def test_the_report_is_that_of_the_command(case: str, rezone, tmp_path: Path) -> None:
    toy, rules, flags = CASES[case]
    folder, run = toy.write(tmp_path / "d"), tmp_path / "run"
    assert rezone("optimize", folder, "--out", run, "--iterations", 500, "--seed", 3, "--threads", 1, *flags)[0] == 0
    result = optimize(read_district(folder), None, rules, iterations=500, seed=3, threads=1)
    write_report(Answer.of(result), str(tmp_path / "own" / "page.html"))
    assert (tmp_path / "own" / "page.html").read_bytes() == (run / "report.html").read_bytes()


def found(toy: Toy, folder: Path, rules: tuple[Rule, ...], **how: object) -> Result:
    return optimize(read_district(toy.write(folder)), TravelMean(), rules, threads=1, **how)


@pytest.mark.parametrize(
    "rules",
    [LIMITS, (*LIMITS, FEW), (*LIMITS, FEW, Lock(blocks=("r0c0",))), (*LIMITS, Moved(0.5, of="poverty"))],
    ids=["limits", "moved last", "moved first", "moved of poverty"],
)
def test_a_result_carries_its_question(rules: tuple[Rule, ...], tmp_path: Path) -> None:
    result = found(EXAMPLE, tmp_path / "d", rules, time_limit=0.2, iterations=300, seed=7)
    settings = settings_of(result)
    assert rules_of(settings) == rules
    assert (settings.options.seed, settings.options.iterations, settings.options.time_limit) == (7, 300, 0.2)
    assert result.district is result.plan.district.original


def test_an_older_minimum_stays_what_it_was(tmp_path: Path) -> None:
    rules = (Travel(), Size(default_minimum="today"))
    assert rules_of(settings_of(found(EXAMPLE, tmp_path / "d", rules, iterations=300))) == rules


def test_what_no_report_can_say_is_refused(tmp_path: Path) -> None:
    result = found(EXAMPLE, tmp_path / "d", LIMITS, iterations=300)
    none = Result(Plan(result.plan.district, 1 - result.plan.school), TravelMean(), LIMITS, 0, 0, 0.0)
    page = tmp_path / "page.html"
    with pytest.raises(InputError, match=r"result: holds no valid plan, so there is nothing to report. Relax a limit"):
        write_report(Answer.of(none), page)
    with pytest.raises(InputError, match=r"rules: are not in the order that results state. Give Travel and Size"):
        write_report(Answer.of(found(EXAMPLE, tmp_path / "e", (Size(), Contiguity()), iterations=300)), page)
    with pytest.raises(InputError, match="en, es"):
        write_report(Answer.of(result), page, language="xx")
    assert not page.exists()
