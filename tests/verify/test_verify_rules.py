"""Every rule in `verify`, against the program's own rules, against all plans of tiny districts, and in certificates
that the program writes."""

from __future__ import annotations

import numpy as np
import pytest
from proofs import BestLeaf, OfCase
from ruled import Table, furnished, ruled
from test_verify_bound import spoil

from optimizer.errors import InputError
from optimizer.model import STUDENT_SLACK
from optimizer.plan import Plan
from optimizer.rules import breaches
from optimizer.striking.pairs import Entries
from scenarios.reading.records import Broken
from scenarios.verify.bound import proved_bound
from scenarios.verify.certificate import read_proof
from scenarios.verify.ground import Ground
from scenarios.verify.rules import KINDS, read_rules
from scenarios.verify.validity import broken_limits
from scenarios.verify.verdict import shape_of, stated
from scenarios.writing.records import table

# What limits moves and travel added, beside what closes and pairs schools: where "today" has two meanings.
MOVERS = [[kind, "moved", "burden"] for kind in ("close", "pair", "open")]
OPENED = [["open", "utilisation"], ["open", "share"]]  # a new school inherits nothing


@pytest.mark.parametrize("kinds", [*([kind] for kind in KINDS), *MOVERS, *OPENED], ids="-".join)
def test_breaches_are_those_of_the_rules(kinds: list[str]) -> None:
    seen, kind = set(), kinds[0]
    for a in ruled(kinds, 4 * len(kinds)):
        for _ in range(25):
            zone = np.maximum(a.district.home, a.case.ground.takes[0])
            for i in a.random.integers(0, len(zone), a.random.integers(0, 4)):
                zone[i] = a.random.integers(0, a.district.schools)
            rows = [table(row) for row in broken_limits(a.case, zone)]
            wanted = [table(row) for row in Broken.of(breaches(Plan(a.district, zone), a.rules))]
            assert len(rows) == len(wanted), (rows, wanted)
            assert a.case.goal.value(zone) == pytest.approx(a.objective.value(Plan(a.district, zone)), abs=1e-12)
            for row, other in zip(sorted(rows, key=order), sorted(wanted, key=order), strict=True):
                assert row == pytest.approx(other)
            seen |= {row["limit"].split(".")[0] for row in rows}
    names = {"moved": {"moved", "max_moved"}, "seats": {"capacity"}, "open": {"capacity"}, "barrier": {"contiguity"}}
    names["changed"] = {"max_changed"}
    assert seen & names.get(kind, {kind}), seen
    assert set(kinds[1:]) <= seen | {"moved"}


def order(row: Table) -> tuple[object, ...]:
    return row["limit"], row.get("school", ""), row.get("block", ""), round(row["amount"], 6)


@pytest.mark.parametrize("kind", KINDS)
def test_candidates_sums_and_budgets_are_those_of_the_model(kind: str) -> None:
    for a in ruled([kind], 3, feasible=True):
        entries = Entries.of(a.model)
        own = {may.school: set(may.block.tolist()) for may in a.case.candidates}
        for at, j in enumerate(entries.schools.tolist()):
            pairs = set(a.model.pairs.rows[a.model.pairs.index == j].tolist())
            assert set(entries.block[entries.of_school(at)].tolist()) <= own[j] <= pairs
        rows = [row for row in a.model.sums if np.isfinite([row.hard_low, row.hard_high]).any()]
        for j, mine in own.items():
            blocks = np.array(sorted(mine), np.int32)
            for each, row in zip(a.case.sums, rows, strict=True):
                assert each.load(j, blocks) == pytest.approx(row.load(a.district, j, blocks), abs=1e-9)
                ends = row.hard_low[j] - STUDENT_SLACK, row.hard_high[j] + STUDENT_SLACK
                assert (each.low[j], each.high[j]) == pytest.approx(ends, abs=1e-9)
            here = a.model.pairs.index == j
            for each, budget in zip(a.case.budgets, a.model.budgets, strict=True):
                assert each.cost(j)[a.model.pairs.rows[here]] == pytest.approx(budget.cost[here], abs=1e-9)
                assert (np.abs(each.cost(j)) <= each.size(j) + 1e-12).all()
                assert each.limit == pytest.approx(budget.limit)
                assert each.limit < each.roomy(a.case.ground) == pytest.approx(each.limit, rel=1e-9, abs=1e-9)


def combinations() -> list[list[str]]:
    """Every kind by itself, and some together."""
    random = np.random.default_rng(7)
    together = [random.choice(sorted(KINDS), 3, replace=False).tolist() for _ in range(14)]
    return [[kind] for kind in KINDS] + MOVERS + together


@pytest.mark.parametrize("kinds", combinations(), ids="-".join)
def test_no_proof_lies_above_a_valid_plan(kinds: list[str]) -> None:
    """The program's certificate proves what it claims; nothing that the checker takes for proved is above any plan,
    whatever the multipliers: the best that a linear program finds, and spoilt ones."""
    tried = list(ruled(kinds, 2, feasible=True))
    for a in tried:
        document, shape = a.certificate(), shape_of(a.case)
        proved = proved_bound(*stated(a.case, document, "c.json"))
        assert proved.reasons == []
        assert proved.bound >= document["bound"] - 1e-9 * max(1, document["bound"])
        assert set(a.case.relaxes) <= set(document["relaxes"])
        found = [proved.bound]
        spoilt = [document | {"leaves": [spoil(a.random, document["leaves"][0])]} for _ in range(3)]
        found += [proved_bound(*stated(a.case, one, "c.json")).bound for one in spoilt]
        leaves = []
        for direction in a.random.normal(size=(2, max(a.case.goal.kinds, 1))):
            edges = [0.0, *sorted(a.random.uniform(0, 1, 3).tolist()), 1.0]
            best = BestLeaf(OfCase(a.case), direction, edges, [])
            whole = proved_bound(a.case, read_proof({"cuts": [], "leaves": [best.leaf]}, "c.json", shape))
            assert whole.bound == pytest.approx(max(0.0, best.bound), rel=1e-6, abs=1e-6)
            leaves += [best.leaf, spoil(a.random, best.leaf)]
        proofs = [read_proof({"cuts": [], "leaves": [leaf]}, "c.json", shape) for leaf in leaves]
        found += [proved_bound(a.case, proof).bound for proof in proofs]
        assert max(found) <= a.lowest + 1e-12
    assert tried or len(kinds) > 1


@pytest.mark.parametrize(("measure", "most"), [("polsby_popper", 1.0), ("cut_edges", np.inf)])
def test_a_shapes_limit_ends_where_its_measure_does(measure: str, most: float) -> None:
    _, district = furnished(0)
    ground = Ground.of(district, [], [])
    for limit in (0.0, 0.4, 1.0, 1.5, 2.5):
        asked = {"kind": "shape", "measure": measure, "limit": limit}
        if limit <= most:
            assert read_rules([asked], ground, "c.json")[0]
        else:
            with pytest.raises(InputError, match="limit"):
                read_rules([asked], ground, "c.json")
