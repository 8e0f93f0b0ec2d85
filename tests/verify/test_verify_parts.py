"""The parts of a proof one by one: zones against their values, cuts against plain walks, boxes against sampling."""

from __future__ import annotations

import itertools
import math
import re
from pathlib import Path

import numpy as np
import pytest
from proofs import BestLeaf, random_cuts
from questions import LIMITS, Question, random_question
from test_verify_bound import WORK, case_of, proof_of, small, spoil
from toys import TOWN

from scenarios.verify.bound import cover_all, direction_terms, parts_of, proved_bound, zone_terms
from scenarios.verify.certificate import Cuts
from scenarios.verify.intervals import interval_values
from scenarios.verify.rounding import ExhaustedError, Work, sum_below
from scenarios.verify.separators import cuts_that_hold


def zones_of(q: Question, j: int) -> list[list[int]]:
    """Every set of blocks that can be the zone of school j in a valid plan, as far as that school alone can tell."""
    may, found = q.candidates(), []
    forced = {i for i in may[j] if sum(i in blocks for blocks in may.values()) == 1}
    low, high = q.sizes(j)
    away = q.raw.adrift()
    loose = {i for i, b in enumerate(q.blocks) if b in away and q.today[i] == j}
    rest = [i for i in may[j] if i not in forced]
    for chosen in itertools.product([False, True], repeat=len(rest)):
        zone = sorted(forced | set(itertools.compress(rest, chosen)))
        joined = set(zone) - (q.reach(j, set(range(len(q.blocks))) - set(zone)) | loose)
        if low <= q.students[zone].sum() <= high and not (q.limits["contiguity"] and joined):
            found.append(zone)
    return found


@pytest.mark.parametrize("seed", range(14))
def test_no_zone_costs_less_than_the_value_of_its_interval(seed: int, tmp_path: Path) -> None:
    random = np.random.default_rng(2000 + seed)
    q = random_question(random, tmp_path)
    if not small(q):
        return
    cuts, u = random_cuts(q, random, 10), random.normal(size=q.n.shape[1])
    edges = [0.0, *sorted(random.uniform(0, 1, 4).tolist()), 1.0]
    leaf, zones = BestLeaf(q, u, edges, cuts).leaf, {j: zones_of(q, j) for j in set(q.today.tolist())}
    for content in (leaf, spoil(random, leaf), spoil(random, leaf)):
        case = case_of(q)
        proof = proof_of(q, case, [content], cuts)
        read, good = proof.leaves[0], np.ones(len(cuts), bool)
        curve = q.unit(read.direction)[0] if q.curved() else np.zeros(len(q.blocks))
        for may, entry in zip(case.candidates, read.entries, strict=True):
            terms = zone_terms(case, may, direction_terms(case, read.direction), read)
            values = interval_values(terms, entry, parts_of(terms, entry, {}, None, 0), proof.cuts, good, Work(WORK))
            for zone in zones[may.school]:
                cost = sum(q.cost(i, may.school) - read.prices[i] for i in zone)
                for price, (students, _) in zip(read.budget_prices, q.budgets(), strict=True):
                    cost += price * sum(students[i] for i in zone if q.today[i] != may.school)
                whole = q.whole[zone].sum()
                rate = q.poor[zone].sum() / whole if whole > 0 else 0.5
                cost += curve[zone].sum() * rate if whole > 0 else 0.0
                for k in range(len(values)):
                    if entry.edges[k] <= rate <= entry.edges[k + 1]:
                        assert values[k] <= cost + 1e-12 * max(1.0, abs(cost))


def cuts_of(rows: list[tuple[int, int, list[int]]]) -> Cuts:
    start = np.cumsum([0, *(len(row[2]) for row in rows)])
    return Cuts(
        np.array([row[0] for row in rows], np.int32),
        np.array([row[1] for row in rows], np.int32),
        start,
        np.array([i for row in rows for i in row[2]], np.int32),
    )


@pytest.mark.parametrize("seed", range(6))
def test_cuts_hold_where_a_plain_walk_says_so(seed: int, tmp_path: Path) -> None:
    random = np.random.default_rng(seed)
    q = Question(TOWN.write(tmp_path), LIMITS | {"travel_increase": [0.1, 0.5, 3.0][seed % 3]}, [], "disparity")
    case, index = case_of(q), {b: i for i, b in enumerate(q.blocks)}
    rows, wanted = [], []
    for _ in range(300):
        j, t = int(random.integers(3)), int(random.integers(20))
        around = [i for i in range(20) if random.random() < random.choice([0.0, 0.2, 0.6])]
        root, loose = index[q.raw.root[q.schools[j]]], q.blocks[t] == "r0c4" and j == q.schools.index("z")
        rows.append((j, t, around))
        held = not (t == root or loose or t in around or root in around)
        wanted.append(held and t not in q.reach(j, set(around)))
    good = cuts_that_hold(case, cuts_of(rows), Work(WORK))
    assert good.tolist() == wanted
    assert 20 < sum(wanted) < 280
    case = case_of(Question(q.folder, q.limits | {"contiguity": False}, [], "disparity"))
    assert not cuts_that_hold(case, cuts_of(rows), Work(WORK)).any()


@pytest.mark.parametrize("seed", range(40))
def test_boxes_cover_where_sampling_says_so(seed: int) -> None:
    """Boxes of split proofs cover; with one taken out, moved or at random, every cell between their ends tells."""
    random = np.random.default_rng(seed)
    boxes = [{}]
    for _ in range(int(random.integers(1, 9))):
        box = boxes.pop(int(random.integers(len(boxes))))
        j = int(random.integers(3))
        low, high = box.get(j, (0.0, 1.0))
        at = float(random.uniform(low, high))
        boxes += [box | {j: (low, at)}, box | {j: (at, high)}]
    assert cover_all(boxes, Work(WORK))
    less = [box for k, box in enumerate(boxes) if k != seed % len(boxes)]
    assert not cover_all(less, Work(WORK))
    ends = [
        sorted({0.0, 1.0, *(e for box in boxes for k, pair in box.items() if k == j for e in pair)}) for j in range(3)
    ]
    mixed = [
        {j: tuple(sorted(random.choice(ends[j], 2).tolist())) for j in range(3) if random.random() < 0.7}
        for _ in range(12)
    ]
    cells = itertools.product(*[[(a + b) / 2 for a, b in itertools.pairwise(row)] for row in ends])
    wanted = all(any(all(low <= cell[j] <= high for j, (low, high) in box.items()) for box in mixed) for cell in cells)
    assert cover_all(mixed, Work(WORK)) == wanted


def test_no_boxes_and_endless_boxes() -> None:
    assert not cover_all([], Work(WORK))
    assert cover_all([{}], Work(WORK))
    assert cover_all([{0: (0.0, 0.5)}, {0: (0.5, 1.0)}], Work(WORK))
    assert not cover_all([{0: (0.0, 0.5)}, {0: (math.nextafter(0.5, 1), 1.0)}], Work(WORK))
    random = np.random.default_rng(0)
    tangle = [{j: tuple(sorted(random.uniform(0, 1, 2).tolist())) for j in range(30)} for _ in range(400)]
    with pytest.raises(ExhaustedError):
        cover_all(tangle + [{0: (0.0, 0.5)}, {0: (0.5, 0.9)}, {0: (0.8, 1.0), 1: (0.0, 1.0)}] * 3, Work(1e5))


def test_the_checker_shares_nothing_with_what_it_checks() -> None:
    """Of the optimizer it may know the district and how to word errors; measures and plans serve what is shown."""
    from scenarios.verify import verdict

    allowed = {"arrays", "district", "errors", "listing", "measures", "plan", "travel"}
    for file in Path(verdict.__file__).parent.rglob("*.py"):
        used = re.findall(r"^\s*(?:from|import) optimizer(\S*)", file.read_text(encoding="utf-8"), re.MULTILINE)
        assert {name.split(".")[1] for name in used} <= allowed, file.name


def test_sums_err_downwards() -> None:
    assert sum_below([0.1] * 10) < 1
    assert sum_below([1e308, 1e308]) == -math.inf
    assert sum_below([math.nan, 1.0]) == -math.inf
    assert sum_below([math.inf, 1.0]) == -math.inf


@pytest.mark.parametrize("size", [1e200, 1.7e308])
def test_numbers_too_large_to_be_added_up_prove_nothing(size: float, tmp_path: Path) -> None:
    q = Question(TOWN.write(tmp_path), LIMITS, [], "disparity")
    case = case_of(q)
    entry = {"edges": [0.0, 1.0], "tilt": [size], "sum_prices": [[-size]], "cuts": {}}
    leaf = {"rates": {}, "direction": [size, -size], "prices": [size] * 20, "budget_prices": []}
    leaf["schools"] = [{"school": j, **entry} for j in range(3)]
    assert proved_bound(case, proof_of(q, case, [leaf], [])).bound == 0
