"""The bound that a certificate proves never lies above a valid plan, whatever the certificate's numbers are."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from proofs import BestLeaf, Cut, Leaf, random_cuts
from questions import LIMITS, Question, random_question
from toys import EXAMPLE, Toy

from scenarios import read_district
from scenarios.asking.options import Options
from scenarios.verify.bound import leaf_bound, proved_bound
from scenarios.verify.case import Case
from scenarios.verify.certificate import Proof, read_proof
from scenarios.verify.rounding import Work
from scenarios.verify.separators import cuts_that_hold
from scenarios.verify.verdict import shape_of

WORK = 1e12


def case_of(q: Question) -> Case:
    rules = [{"kind": "moved", **rule} for rule in q.rules]
    return Case.of(read_district(q.folder), Options(**q.limits), rules, q.objective, "certificate.json")


def proof_of(q: Question, case: Case, leaves: list[Leaf], cuts: list[Cut]) -> Proof:
    return read_proof({"cuts": cuts, "leaves": leaves}, "certificate.json", shape_of(case))


def worth(q: Question, leaves: list[Leaf], cuts: list[Cut]) -> list[float]:
    """The bound of each leaf, negative ones too. All cuts hold."""
    case = case_of(q)
    proof = proof_of(q, case, leaves, cuts)
    good = cuts_that_hold(case, proof.cuts, Work(WORK))
    assert good.all()
    return [leaf_bound(case, proof.cuts, good, leaf, None, Work(WORK)) for leaf in proof.leaves]


def leaf_of(q: Question, prices: list[float], **schools: dict[str, Any]) -> Leaf:
    """A leaf by hand: one interval a school, all multipliers 0 but those given by school."""
    entries = []
    for j, school in enumerate(q.schools):
        given = {"edges": [0.0, 1.0], "tilt": [0.0], "sum_prices": [[0.0]], "cuts": {}} | schools.get(school, {})
        entries.append({"school": j, **given})
    return {"rates": {}, "direction": [], "prices": prices, "budget_prices": [], "schools": entries}


def small(q: Question, most: int = 400) -> bool:
    return math.prod(sum(q.may(i, j) for j in range(len(q.schools))) for i in range(len(q.blocks))) <= most


# Zones x and y in a row: y holds 12 students at most, so that D must go to x, and C with it.
ROW = Toy("X x y y Y", groups={"white": "10 10 2 10 10"}, poverty="0 0 0 0 0", seats={"x": 99, "y": 12})
MINUTES = {"r0c2": 21.0}  # of the 42 students 2 travel 21 minutes if C goes to x: a mean of 1


def row_question(folder: Path) -> Question:
    ROW.write(folder)
    rows = [f"r0c{c},{s},{MINUTES.get(f'r0c{c}', 0.0) if s == 'x' else 0.0}" for c in range(5) for s in "xy"]
    (folder / "travel.csv").write_text("\n".join(["block_id,school_id,minutes", *rows, ""]))
    limits = LIMITS | {"travel_floor": 30.0, "strict": True, "size_tolerance": 1.0}
    return Question(folder, limits, [], "travel_mean")


def test_a_contiguity_cut_worked_by_hand(tmp_path: Path) -> None:
    """C costs 1 at x and 0 at y, D nothing. At the price m a student of y's 12 seats, D is indifferent, and so is C
    when the cut x_D <= x_C is worth 10 m and C's way to x 1 = 2 m + 10 m. What is left is 1 - 12 m + 10 m = 5/6."""
    q, m = row_question(tmp_path), 1 / 12
    assert min(map(q.value, q.valid_plans())) == pytest.approx(1)
    prices = [0.0, 0.0, 2 * m, 10 * m, 0.0]
    cuts = [{"school": 0, "block": 3, "separator": [2]}]
    with_cut = leaf_of(q, prices, x={"cuts": [[0, 10 * m]]}, y={"sum_prices": [[-m]]})
    without = leaf_of(q, prices, y={"sum_prices": [[-m]]})
    # 12 seats and the allowance of 1e-6 students at the price m.
    assert worth(q, [with_cut], cuts)[0] == pytest.approx(5 / 6 - m * 1e-6, abs=1e-12)
    assert worth(q, [without], cuts)[0] == pytest.approx(0 - m * 1e-6, abs=1e-12)


def test_a_cut_that_does_not_hold_counts_as_not_there(tmp_path: Path) -> None:
    q, m = row_question(tmp_path), 1 / 12
    case, leaf = (
        case_of(q),
        leaf_of(q, [0.0, 0.0, 2 * m, 10 * m, 0.0], x={"cuts": [[0, 10 * m]]}, y={"sum_prices": [[-m]]}),
    )
    for separator, wanted in (([2], 5 / 6), ([1, 2], 0.0), ([], 0.0), ([0, 2], 0.0)):
        found = proved_bound(case, proof_of(q, case, [leaf], [{"school": 0, "block": 3, "separator": separator}]))
        assert found.bound == pytest.approx(wanted, abs=1e-6)
        holds = separator in ([2], [1, 2])
        assert found.reasons == ([] if holds else ["1 cuts do not hold, the first of them cuts[0]."])


def test_zero_prices_prove_nothing_and_no_leaf_is_nothing(tmp_path: Path) -> None:
    q = row_question(tmp_path)
    assert worth(q, [leaf_of(q, [0.0] * 5)], []) == [pytest.approx(0, abs=1e-12)]
    assert proved_bound(case_of(q), proof_of(q, case_of(q), [], [])).bound == 0


def test_the_format_examples_bound(tmp_path: Path) -> None:
    """0.02 without contiguity is the best there is, and is proved; with it 0.06, of which a part is."""
    folder, direction = EXAMPLE.write(tmp_path), np.array([-1.0, 1.0])
    edges = np.linspace(0, 1, 21).tolist()
    for contiguity, best, proved in ((False, 0.02, 0.02), (True, 0.06, 0.0384921)):
        q = Question(folder, LIMITS | {"size_tolerance": 0.5, "contiguity": contiguity}, [], "disparity")
        assert min(map(q.value, q.valid_plans())) == pytest.approx(best)
        cuts = random_cuts(q, np.random.default_rng(0), 10)
        assert worth(q, [BestLeaf(q, direction, edges, cuts).leaf], cuts)[0] == pytest.approx(proved, abs=1e-7)


@pytest.mark.parametrize("seed", range(36))
def test_best_certificates_stay_below_every_valid_plan(seed: int, tmp_path: Path) -> None:
    """The linear program looks for whatever the formulas allow: if they allowed too much, it would find it."""
    random = np.random.default_rng(seed)
    q = random_question(random, tmp_path)
    if not small(q):
        return
    plans = list(q.valid_plans())
    direction = direction_of(q, min(plans, key=q.value)) if plans and seed % 3 else random.normal(size=q.n.shape[1])
    edges = [0.0, *sorted(random.uniform(0, 1, random.integers(0, 6)).tolist()), 1.0]
    cuts = random_cuts(q, random, 12)
    best = BestLeaf(q, direction, edges, cuts)
    value = worth(q, [best.leaf], cuts)[0]
    if plans:  # where there is none, the program's bound has no end
        assert value == pytest.approx(best.bound, rel=1e-6, abs=1e-6)
    lowest = min(map(q.value, plans), default=math.inf)
    assert value <= lowest + 1e-12
    spoilt = spoil(random, best.leaf)
    assert worth(q, [spoilt], cuts)[0] <= lowest + 1e-12


@pytest.mark.parametrize("seed", range(24))
def test_candidates_and_limits_are_those_of_the_page(seed: int, tmp_path: Path) -> None:
    q = random_question(np.random.default_rng(3000 + seed), tmp_path)
    case, wanted = case_of(q), q.candidates()
    for may in case.candidates:
        assert may.block.tolist() == wanted[may.school]
        single = [sum(i in blocks for blocks in wanted.values()) == 1 for i in may.block.tolist()]
        assert may.forced.tolist() == single
        assert may.travel == pytest.approx([q.far(i, may.school) for i in may.block.tolist()])
        size, j = case.sums[0], may.school
        assert (size.low[j], size.high[j]) == pytest.approx(q.sizes(j), abs=1e-9)
    assert [may.school for may in case.candidates] == list(wanted)
    for budget, (students, limit) in zip(case.budgets, q.budgets(), strict=True):
        for j in wanted:
            assert budget.cost(j) == pytest.approx(np.where(q.today == j, 0.0, students))
        assert budget.limit == pytest.approx(limit)
    plan = tuple(
        int(np.random.default_rng(seed).choice([j for j in wanted if i in wanted[j]])) for i in range(len(q.blocks))
    )
    assert case.goal.value(np.array(plan)) == pytest.approx(q.value(plan))


def direction_of(q: Question, plan: tuple[int, ...]) -> np.ndarray:
    """Where the plan's exposures lie from the district's rate; anywhere, where they are at it."""
    zone, size = np.array(plan), np.maximum(q.n.sum(axis=0), 1e-300)
    zones = [(q.n[zone == j].sum(axis=0), q.poor[zone == j].sum(), q.whole[zone == j].sum()) for j in set(plan)]
    met = sum(n * poor / whole for n, poor, whole in zones if whole > 0) / size
    away = np.where(q.n.sum(axis=0) > 0, met - q.poor.sum() / q.whole.sum(), 0.0)
    return away if np.abs(away).max() > 1e-9 else np.ones(len(away))


def spoil(random: np.random.Generator, leaf: Leaf) -> Leaf:
    """Every multiplier moved a little, some of them a lot."""

    def moved(values: list[float], low: float = -math.inf) -> list[float]:
        size = np.abs(values).max(initial=1e-3)
        noise = random.normal(size=len(values)) * size * 10.0 ** random.uniform(-6, 0.5, len(values))
        return np.maximum(np.array(values) + noise, low).tolist()

    schools = []
    for entry in leaf["schools"]:
        cuts = entry["cuts"]
        rows = cuts if isinstance(cuts, dict) else dict(enumerate(cuts))
        cuts = {
            str(at): [x for k, y in zip(row[::2], row[1::2], strict=True) for x in (k, moved([y], 0)[0])]
            for at, row in rows.items()
        }
        schools.append(
            entry
            | {"tilt": moved(entry["tilt"]), "sum_prices": [moved(row) for row in entry["sum_prices"]], "cuts": cuts}
        )
    prices, budgets = moved(leaf["prices"]), moved(leaf["budget_prices"], 0)
    return leaf | {
        "prices": prices,
        "budget_prices": budgets,
        "schools": schools,
        "direction": moved(leaf["direction"]),
    }


@pytest.mark.parametrize("seed", range(12))
def test_a_split_proof_is_the_least_of_its_leaves(seed: int, tmp_path: Path) -> None:
    random = np.random.default_rng(1000 + seed)
    q = random_question(random, tmp_path)
    if not small(q) or not q.curved():
        return
    lowest, case = min(map(q.value, q.valid_plans()), default=math.inf), case_of(q)
    cuts, direction = random_cuts(q, random, 6), random.normal(size=q.n.shape[1])
    at, far = random.uniform(0.1, 0.9, 2).tolist()
    boxes = [{0: (0.0, at)}, {0: (at, 1.0), 1: (0.0, far)}, {0: (at, 1.0), 1: (far, 1.0)}]
    leaves = [BestLeaf(q, direction, [0.0, 0.5, 1.0], cuts, box) for box in boxes]
    proof = proof_of(q, case, [best.leaf for best in leaves], cuts)
    found = proved_bound(case, proof)
    assert (found.reasons, found.bound <= lowest + 1e-12) == ([], True)
    if lowest < math.inf:
        assert found.bound == pytest.approx(max(0.0, min(best.bound for best in leaves)), rel=1e-6, abs=1e-6)
    for missing in range(3):
        less = Proof(proof.cuts, tuple(leaf for k, leaf in enumerate(proof.leaves) if k != missing))
        assert proved_bound(case, less).reasons == ["The boxes of the leaves leave rates out."]
        assert proved_bound(case, less).bound == 0
