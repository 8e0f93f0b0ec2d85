"""Every objective in `verify`: its value, and proofs of it that the program writes."""

from __future__ import annotations

import copy
import itertools
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from proofs import BestLeaf, OfCase, certificate, write
from questions import LIMITS, Question
from toys import EXAMPLE, TOWN

from optimizer.bounds.bound import Bounder
from optimizer.deadline import Deadline
from optimizer.errors import InputError
from optimizer.model import Model
from optimizer.objectives import OBJECTIVES, OF_GROUPS, OF_PLAN, make_objective
from optimizer.plan import NamedPlan, Plan
from scenarios import read_district
from scenarios.answer.certificate import certificate_text
from scenarios.asking.options import Options, Settings, rules_of
from scenarios.folder.hashes import folder_hashes
from scenarios.plans.file import plan_csv
from scenarios.verify import verify
from scenarios.verify.bound import proved_bound
from scenarios.verify.case import Case
from scenarios.verify.certificate import read_proof
from scenarios.verify.curve import OF_GROUPS as CURVES_OF_GROUPS
from scenarios.verify.curve import PLAIN
from scenarios.verify.evenness import CUT, OUTSIDE, POVERTY, RACE, THEIL, UNEXPOSED
from scenarios.verify.goal import LINEAR
from scenarios.verify.validity import broken_limits, is_valid
from scenarios.verify.verdict import shape_of, stated

EXPOSURES = ("disparity", "disparity_equal", "gap.black.white", "variance_ratio.black")
SPECS: list[Any] = [*EXPOSURES, *UNEXPOSED, *LINEAR]
MIXTURES: list[Any] = [
    {"disparity": 1.0, "gap.black.white": 0.5, "cut_edges": 0.1},
    {"theil_h.race": 1.0, "variance_ratio.white": 0.3, "travel_mean": 0.2},
    {"disparity_equal": 0.0, "gap.white.black": 1.0, "moved": 0.1},
    {"dissimilarity.race": 1.0, "moved": 0.01},
    {"disparity": 1.0, "changed": 0.1},
]
RELAXED: list[list[str]] = [["gap.black.white"], [], [], [], []]
WORDS = {
    "disparity_equal": "no valid plan of toy has a disparity, groups weighted equally, below 3.",
    "gap.black.white": "no valid plan of toy has a gap of black and white below 6.",
    "variance_ratio.black": "no valid plan of toy has a variance ratio of black below 0.0",
}
LOOSE = LIMITS | {"size_tolerance": 0.5, "travel_increase": 1.0}
MEANT = {"default_minimum": "today_or_seats"}


def near(folder: Path) -> tuple[NamedPlan, list[dict[str, Any]]]:
    """Every block at one school, which the roots of the others cannot go to: what `changed` is against."""
    plan = dict.fromkeys(read_district(folder).block_ids, "x")
    return NamedPlan.of(plan), [{"kind": "changed", "plan": plan, "share": 1.0}]


def made(
    spec: Any, folder: Path, limits: dict[str, Any] = LOOSE, *, trees: bool = True
) -> tuple[Case, dict[str, Any], np.ndarray]:
    """The checker's case, what the program proves from today's zones, and these."""
    district, options = read_district(folder), Options(**limits)
    plan, tables = near(folder)
    objective = make_objective(spec, district, plan)
    bounder = Bounder(
        Model.build(district, rules_of(Settings(options))),
        objective,
        district.status_quo,
        objective.value(Plan.status_quo(district)),
        trees=trees,
    )
    bounder.run(Deadline(iterations=150))
    document = bounder.finish().document()
    return Case.of(district, options, tables, spec, "c.json"), document, district.status_quo


def test_the_checker_knows_every_objective() -> None:
    assert {*PLAIN, *UNEXPOSED, *LINEAR} == {*OBJECTIVES, *OF_PLAN}
    assert set(CURVES_OF_GROUPS) == set(OF_GROUPS)
    assert {name: wanted for name, (wanted, _) in OF_GROUPS.items()} == CURVES_OF_GROUPS


@pytest.mark.parametrize("spec", [*SPECS, *MIXTURES], ids=str)
def test_values_are_those_of_the_program(spec: Any, tmp_path: Path) -> None:
    district, random = TOWN.district(tmp_path), np.random.default_rng(2)
    plan, tables = near(tmp_path)
    objective, case = make_objective(spec, district, plan), Case.of(district, Options(**LOOSE), tables, spec, "c.json")
    for _ in range(10):
        zone = random.integers(0, district.schools, district.blocks).astype(np.int32)
        assert case.goal.value(zone) == pytest.approx(objective.value(Plan(district, zone)), rel=1e-12, abs=1e-14)
    assert case.goal.value(np.zeros(district.blocks, np.int32)) == pytest.approx(
        objective.value(Plan(district, np.zeros(district.blocks, np.int32))), rel=1e-12, abs=1e-14
    )


@pytest.mark.parametrize("spec", [*SPECS, *MIXTURES], ids=str)
def test_what_the_program_claims_is_proved_from_the_files(spec: Any, tmp_path: Path) -> None:
    folder = TOWN.write(tmp_path / "d")
    case, document, zone = made(spec, folder)
    text = plan_csv(Plan(read_district(folder), zone))
    (tmp_path / "plan.csv").write_text(text)
    about = {
        "district": "toy",
        "objective": spec,
        "limits": LOOSE | MEANT,
        "rules": near(folder)[1],
        "inputs": folder_hashes(folder),
    }
    content = json.loads(certificate_text(None, plan=text.encode(), **about)) | document
    del content["seal"]
    found = verify(folder, tmp_path / "plan.csv", write(content, tmp_path / "c.json"))
    assert found.verified, found.reasons
    assert (found.bound > 0) == (spec != "moved")
    assert document["bound"] - 1e-9 <= found.bound <= found.objective_value
    assert set(case.relaxes) <= set(content["relaxes"])
    if isinstance(spec, str) and spec in WORDS:
        assert WORDS[spec] in found.sentence
    higher = write(content | {"bound": found.bound + 2e-9 * max(1, found.bound)}, tmp_path / "c.json")
    assert not verify(folder, tmp_path / "plan.csv", higher).verified


@pytest.mark.parametrize(("spec", "relaxed"), list(zip(MIXTURES, RELAXED, strict=True)), ids=str)
def test_parts_without_a_bound_must_be_named(spec: Any, relaxed: list[str], tmp_path: Path) -> None:
    folder, plan = TOWN.write(tmp_path / "d"), tmp_path / "plan.csv"
    case, document, zone = made(spec, folder)
    assert case.relaxes == relaxed
    plan.write_text(plan_csv(Plan(read_district(folder), zone)))
    content = certificate(
        Question(folder, LOOSE, near(folder)[1], spec), document["leaves"], document["cuts"], 0.0, plan
    )
    reasons = verify(folder, plan, write(content, tmp_path / "c.json")).reasons
    silent = [f"It does not say that its proof makes no use of {', '.join(relaxed)}."] if relaxed else []
    assert reasons == silent


@pytest.mark.parametrize("contiguity", [True, False])
@pytest.mark.parametrize("spec", [*EXPOSURES, POVERTY, RACE, THEIL, OUTSIDE, *MIXTURES], ids=str)
def test_no_proof_lies_above_a_valid_plan(spec: Any, contiguity: bool, tmp_path: Path) -> None:
    """The program's proof, and the best ones of a linear program."""
    random, folder = np.random.default_rng(5), EXAMPLE.write(tmp_path)
    limits = LIMITS | {"size_tolerance": 0.5, "contiguity": contiguity}
    case, document, _ = made(spec, folder, limits)
    plans = [np.array(plan, np.int32) for plan in itertools.product(range(2), repeat=4)]
    lowest = min(case.goal.value(zone) for zone in plans if is_valid(broken_limits(case, zone)))
    found = [proved_bound(*stated(case, document, "c.json")).bound]
    for direction in np.vstack(
        [random.normal(size=(4, max(1, case.goal.kinds))), np.ones((1, max(1, case.goal.kinds)))]
    ):
        best = BestLeaf(OfCase(case), direction, np.linspace(0, 1, 9).tolist(), [])
        found.append(
            proved_bound(case, read_proof({"cuts": [], "leaves": [best.leaf]}, "c.json", shape_of(case))).bound
        )
        assert found[-1] == pytest.approx(max(0.0, best.bound), abs=1e-6)
    assert document["bound"] - 1e-9 <= max(found) <= lowest + 1e-12
    assert max(found) > 0 or spec in (OUTSIDE, MIXTURES[3])


@pytest.mark.parametrize("spec", [POVERTY, RACE, THEIL, {RACE: 1.0, THEIL: 0.5, POVERTY: 2.0}], ids=str)
def test_no_price_of_a_soft_sum_lifts_the_bound_above_a_valid_plan(spec: Any, tmp_path: Path) -> None:
    """Prices that are beyond their limits prove no more than those at them."""
    random, folder = np.random.default_rng(6), EXAMPLE.write(tmp_path)
    case, document, _ = made(spec, folder, LIMITS | {"size_tolerance": 0.5}, trees=False)
    plans = [np.array(plan, np.int32) for plan in itertools.product(range(2), repeat=4)]
    lowest = min(case.goal.value(zone) for zone in plans if is_valid(broken_limits(case, zone)))
    for _ in range(60):
        content, size = copy.deepcopy(document), 10.0 ** random.uniform(-4, 4)
        for entry in content["leaves"][0]["schools"]:
            soft = entry["sum_prices"][len(case.sums) :]
            assert len(soft) == len(case.goal.soft.most)
            for prices in soft:
                prices[:] = [price + size * random.normal() for price in prices]
        assert 0 <= proved_bound(*stated(case, content, "c.json")).bound <= lowest + 1e-12


@pytest.mark.parametrize("spec", [CUT, {CUT: 0.5, RACE: 1.0}], ids=str)
def test_no_price_of_a_border_lifts_the_bound_above_a_valid_plan(spec: Any, tmp_path: Path) -> None:
    """Whatever pairs have prices, and how often."""
    random, folder = np.random.default_rng(7), EXAMPLE.write(tmp_path)
    case, document, _ = made(spec, folder, LIMITS | {"size_tolerance": 0.5}, trees=False)
    plans = [np.array(plan, np.int32) for plan in itertools.product(range(2), repeat=4)]
    lowest = min(case.goal.value(zone) for zone in plans if is_valid(broken_limits(case, zone)))
    for _ in range(60):
        content, size = copy.deepcopy(document), 10.0 ** random.uniform(-2, 4)
        for entry in content["leaves"][0]["schools"]:
            for _ in range(random.integers(1, 9)):
                entry["borders"] += [*random.integers(0, 4, 2).tolist(), size * random.normal()]
        assert 0 <= proved_bound(*stated(case, content, "c.json")).bound <= lowest + 1e-12


@pytest.mark.parametrize("spec", [POVERTY, RACE, THEIL, OUTSIDE, CUT], ids=str)
def test_formats_before_soft_sums_count_their_parts_as_nothing(spec: str, tmp_path: Path) -> None:
    case, document, _ = made(spec, EXAMPLE.write(tmp_path), LIMITS | {"size_tolerance": 0.5}, trees=False)
    for entry in document["leaves"][0]["schools"]:
        entry["sum_prices"] = entry["sum_prices"][: len(case.sums)]
        entry.pop("borders", None)
    older, proof = stated(case, document, "c.json", 4)
    assert case.relaxes == []
    assert older.relaxes == [spec]
    assert proved_bound(older, proof).bound == 0


def test_a_gap_and_a_ratio_by_hand(tmp_path: Path) -> None:
    """FORMAT.md's example: exposures 0.32 and 0.48 today; 0.02 of disparity, and so of half the gap, is the least."""
    folder = EXAMPLE.write(tmp_path)
    today = np.array([0, 0, 1, 1], np.int32)
    limits = LIMITS | {"size_tolerance": 0.5, "contiguity": False}
    values = {}
    for spec in (*EXPOSURES, "outside_band", "segregation_poverty", "cut_edges"):
        values[spec] = Case.of(read_district(folder), Options(**limits), [], spec, "c.json").goal.value(today)
    # White students are 14 of 20 at x, 6 of 20 at y, and half of all: isolation 0.58.
    assert values == pytest.approx(
        {
            "disparity": 0.08,
            "disparity_equal": 0.08,
            "gap.black.white": 0.16,
            "variance_ratio.black": 0.16,
            "outside_band": 1.0,
            "segregation_poverty": 0.416667,
            "cut_edges": 1.0,
        },
        abs=1e-6,
    )
    case, document, _ = made("gap.black.white", folder, limits)
    proved = proved_bound(*stated(case, document, "c.json")).bound
    assert proved == pytest.approx(0.04, rel=0.02)
    assert proved <= 0.04


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("gap", "needs 2 groups of the district after its name: white, black"),
        ("gap.white.white", "gap names one group twice"),
        ("variance_ratio.grey", "needs 1 groups of the district after its name"),
        ("disparity_equally", "cannot be verified (did you mean 'disparity_equal'?)"),
    ],
)
def test_objectives_that_fit_no_district(spec: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        Case.of(TOWN.district(tmp_path), Options(**LIMITS), [], spec, "c.json")
    assert words in str(error.value)
    assert str(error.value).startswith("c.json, column 'objective'")


def test_objectives_need_their_data(tmp_path: Path) -> None:
    poor = TOWN.but(groups={}, students=TOWN.groups["white"], poverty=None)
    district = poor.district(tmp_path)
    for spec in ("disparity", "outside_band", "segregation_poverty", "dissimilarity.race", "theil_h.race"):
        with pytest.raises(InputError, match="needs"):
            Case.of(district, Options(**LIMITS), [], spec, "c.json")
    assert math.isfinite(
        Case.of(district, Options(**LIMITS), [], "cut_edges", "c.json").goal.value(district.status_quo)
    )
