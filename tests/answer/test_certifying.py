"""A certificate for a result found from Python: rezone verify takes it, and what it cannot state is refused."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from toys import EXAMPLE, TOWN, Toy

from optimizer import Contiguity, Moved, Plan, Result, Rule, Size, StudentsMoved, Travel, optimize
from optimizer.errors import InputError
from optimizer.rules import Lock, Share
from scenarios import certify, read_district, read_plan, write_plan
from scenarios.verify import verify

LIMITS = (Travel(increase=0.8), Size(tolerance=0.5), Contiguity())


@dataclass(frozen=True)
class Own(Lock):
    """A rule that only its maker knows."""

    kind = "own"


def solved(base: Path, toy: Toy, rules: tuple[Rule, ...], **how: object) -> tuple[Path, Path, Result]:
    folder, plan = toy.write(base / "district"), base / "plan.csv"
    result = optimize(read_district(folder), None, rules, iterations=500, threads=1, **how)
    write_plan(plan, result.plan)
    return folder, plan, result


@pytest.mark.parametrize("toy", [EXAMPLE, TOWN], ids=["example", "town"])
@pytest.mark.parametrize("more", [(), (Moved(0.5),), (Share(of="poverty", high=0.9), Moved(0.6))], ids=str)
def test_verify_takes_the_certificate(tmp_path: Path, toy: Toy, more: tuple[Rule, ...]) -> None:
    folder, plan, result = solved(tmp_path, toy, (*LIMITS, *more))
    certify(result, folder, plan, tmp_path / "proof.json")
    found = verify(folder, plan, tmp_path / "proof.json")
    assert found.verified, found
    assert found.bound == pytest.approx(result.bound, abs=1e-9)
    assert (read_plan(plan, read_district(folder)).school == result.plan.school).all()


def test_limits_and_rules_are_stated_as_they_were(tmp_path: Path) -> None:
    folder, plan, result = solved(tmp_path, EXAMPLE, (Travel(floor=900.0), Size(strict=True), Lock(blocks=("r0c0",))))
    certify(result, folder, plan, tmp_path / "proof.json")
    text = (tmp_path / "proof.json").read_text(encoding="utf-8")
    assert '"rules":[{"kind":"lock","blocks":["r0c0"]}]' in text
    assert '"travel_floor":900.0' in text
    assert '"contiguity":false,"strict":true' in text


def test_without_a_proof_it_claims_nothing(tmp_path: Path) -> None:
    folder, plan, result = solved(tmp_path, EXAMPLE, LIMITS, proving=0.0)
    certify(result, folder, plan, tmp_path / "proof.json")
    assert verify(folder, plan, tmp_path / "proof.json").bound == 0


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ((Size(),), "are not in the order that results state"),
        ((Travel(), Moved(0.5), Size()), "Give Travel and Size, Contiguity if you want it, each once and first"),
        ((Travel(), Size(), Share(of="poverty", high=0.9, strict=True)), "are strict in part, which no result states"),
        ((Travel(), Size(), Own(blocks=("r0c0",))), "no result states this rule"),
    ],
)
def test_rules_that_no_result_states_are_refused(tmp_path: Path, rules: tuple[Rule, ...], said: str) -> None:
    folder, plan, result = solved(tmp_path, EXAMPLE, rules)
    with pytest.raises(InputError, match=said):
        certify(result, folder, plan, tmp_path / "proof.json")
    assert not (tmp_path / "proof.json").exists()


def test_another_plan_and_no_valid_plan_are_refused(tmp_path: Path) -> None:
    folder, plan, result = solved(tmp_path, EXAMPLE, LIMITS)
    write_plan(plan, Plan(result.plan.district, 1 - result.plan.school))
    with pytest.raises(InputError, match=r"plan.csv: is not the file of the result's plan. Write it with write_plan"):
        certify(result, folder, plan, tmp_path / "proof.json")
    none = Result(Plan(result.plan.district, 1 - result.plan.school), StudentsMoved(), LIMITS, 0, 0, 0.0)
    with pytest.raises(InputError, match="holds no valid plan, so there is nothing to certify"):
        certify(none, folder, plan, tmp_path / "proof.json")
