"""A default never makes the job impossible: an overfull school may always be relieved where no minimum is given."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from proofs import aged, certificate, write
from questions import LIMITS, Question
from toys import Toy

from optimizer import Contiguity, Disparity, Size, Travel, optimize
from optimizer.plan import Plan
from scenarios import read_district
from scenarios.certificate import certificate_text
from scenarios.folder.hashes import folder_hashes
from scenarios.options import DefaultMinimum, Options, limits_in_force
from scenarios.plans import plan_csv, write_plan
from scenarios.verify import verify
from scenarios.verify.reading import load_json

# Of the 57 students at x 28 have seats. Under the older default 48.45 must stay there, so that nobody can go.
OVERFULL = Toy("X x Y", groups={"white": "19 17 5", "black": "9 12 18"}, poverty="21 26 2", seats={"x": 28, "y": 80})
TODAY, RELIEVED = (0, 0, 1), (0, 1, 1)
BEST = 0.0246  # the disparity where B goes to y; today 0.1252


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Path, dict[DefaultMinimum, tuple[Path, dict[str, Any]]]]:
    """The folder, and by the default minimum meant a plan file and what the program's certificate for it holds."""
    folder = OVERFULL.write(tmp_path_factory.mktemp("overfull") / "d")
    return folder, {minimum: proved(folder, minimum) for minimum in ("today_or_seats", "today")}


def proved(folder: Path, minimum: DefaultMinimum) -> tuple[Path, dict[str, Any]]:
    district = read_district(folder)
    rules = (Travel(), Size(default_minimum=minimum), Contiguity())
    found = optimize(district, Disparity(), rules, iterations=2000, threads=1)
    plan = folder.parent / f"{minimum}.csv"
    write_plan(plan, found.plan)
    text = certificate_text(
        found.certificate,
        district=district.name,
        objective="disparity",
        limits=limits_in_force(Options(), "m", minimum),
        rules=[],
        inputs=folder_hashes(folder),
        plan=plan_csv(found.plan).encode(),
    )
    (folder.parent / "c.json").write_text(text)
    content = load_json(folder.parent / "c.json", district.blocks)[0]
    return plan, {key: value for key, value in content.items() if key != "seal"}


def judged(folder: Path, plan: Path, content: dict[str, Any]) -> dict[str, Any]:
    return verify(folder, plan, write(content, plan.parent / "judged.json"))


def test_an_overfull_school_is_relieved_and_the_certificate_says_under_which_default(made) -> None:
    folder, by_minimum = made
    for minimum, value in (("today_or_seats", BEST), ("today", 0.1252)):
        found = judged(folder, *by_minimum[minimum])
        assert found["verified"], found["reasons"]
        assert found["objective_value"] == pytest.approx(value, abs=1e-4)
        assert (found["bound"] > BEST + 1e-3) == (minimum == "today")
        assert found["limits"]["default_minimum"] == minimum
        assert bool(found["notes"]) == (minimum == "today")


@pytest.mark.parametrize("form", [1, 2])
def test_earlier_formats_are_judged_under_the_older_default_and_say_so(form: int, made) -> None:
    folder, by_minimum = made
    plan, content = by_minimum["today"]
    old = aged(content, form)
    for entry in (entry for leaf in old["leaves"] for entry in leaf["schools"] if form == 1):
        (entry["size_price"],) = entry.pop("sum_prices")
    found = judged(folder, plan, old)
    assert found["verified"], found["reasons"]
    assert found["bound"] > BEST + 1e-3
    (note,) = found["notes"]
    assert note.startswith(f"The certificate means the older default minimum, as all certificates of format {form} do")
    # A plan that relieves the school is none under that default.
    relieved = judged(folder, by_minimum["today_or_seats"][0], old)
    assert not relieved["valid"]
    assert [row["limit"] for row in relieved["broken_limits"] if not row["inherited"]] == ["min_students"]


def test_a_claim_under_the_other_default_is_never_proved(made) -> None:
    """Whoever changes the field, or the format, seals anew: what is said to be proved must hold as it then reads."""
    folder, by_minimum = made
    plan, content = by_minimum["today"]
    tighter = copy.deepcopy(content)
    tighter["limits"]["default_minimum"] = "today_or_seats"
    found = judged(folder, plan, tighter)
    assert (found["verified"], found["valid"]) == (False, True)
    assert found["reasons"][0].startswith("It claims a bound of 0.0")
    assert found["bound"] <= BEST + 1e-4
    plan, content = by_minimum["today_or_seats"]
    for other in (aged(content, 2), content | {"limits": content["limits"] | {"default_minimum": "today"}}):
        found = judged(folder, plan, other)
        assert (found["verified"], found["valid"]) == (False, False)
        assert found["reasons"][0] == "The plan breaks limits."


def test_a_linear_program_proves_no_more_than_the_default_allows(made, tmp_path: Path) -> None:
    """By enumeration: the relieved plan is valid, so that no certificate of the new default may prove more than it."""
    folder, _ = made
    q = Question(folder, LIMITS, [], "disparity")
    assert sorted(q.valid_plans()) == [TODAY, RELIEVED]
    plan = tmp_path / "plan.csv"
    write_plan(plan, Plan.status_quo(read_district(folder)))
    assert verify(folder, plan, write(certificate(q, [], [], 0.0, plan), tmp_path / "c.json"))["notes"] == []
