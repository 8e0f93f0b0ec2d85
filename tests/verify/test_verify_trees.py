"""Trees of zones in certificates: what follows is followed, and a tree that somebody changed proves nothing false."""

from __future__ import annotations

import copy
import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from questions import LIMITS
from toys import Toy

from optimizer.bounds.bound import Bounder
from optimizer.deadline import Deadline
from optimizer.errors import InputError
from optimizer.model import Model
from optimizer.objectives import make_objective
from optimizer.plan import Plan
from scenarios import read_district
from scenarios.asking.options import Options, Settings, rules_of
from scenarios.verify import trees
from scenarios.verify.bound import proved_bound
from scenarios.verify.case import Case
from scenarios.verify.validity import broken_limits, is_valid
from scenarios.verify.verdict import stated

SQUARE = Toy(
    """
    X x y
    x x y
    z z Y
    Z z y
    """,
    groups={"white": "9 8 7  6 2 9  7 5 2  1 6 5", "black": "1 5 2  4 9 3  6 2 8  9 3 4"},
    poverty="9 9 4  9 8 2  0 1 0  0 2 0",
)
OPTIONS = LIMITS | {"size_tolerance": 0.2, "travel_floor": 1500.0}


@pytest.fixture(scope="module")
def proved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Case, dict[str, Any], float]:
    """The case, what the program proves from today's zones, and the value of the best plan of all."""
    folder: Path = SQUARE.write(tmp_path_factory.mktemp("square"))
    district, options = read_district(folder), Options(**OPTIONS)
    objective, today = make_objective("disparity", district), Plan.status_quo(district)
    model = Model.build(district, rules_of(Settings(options)))
    bounder = Bounder(model, objective, today.school, objective.value(today))
    bounder.run(Deadline(iterations=200))
    case = Case.of(district, options, [], "disparity", "c.json")
    choices = [model.pairs.row(i).tolist() for i in range(district.blocks)]
    plans = (np.array(plan, np.int32) for plan in itertools.product(*choices))
    least = min(case.goal.value(plan) for plan in plans if is_valid(broken_limits(case, plan)))
    return case, bounder.finish().document(), least


def test_the_whole_proof_is_followed(proved: tuple[Case, dict[str, Any], float]) -> None:
    case, document, least = proved
    assert any("tree" in entry for entry in document["leaves"][0]["schools"])
    found = proved_bound(*stated(case, document, "c.json"))
    assert found.reasons == []
    assert document["bound"] - 1e-9 <= found.bound <= least + 1e-12
    assert found.bound > 0.9 * least


def without_leaf(entry: dict[str, Any], k: int) -> None:
    """The k-th leaf, in their order, is said to be dead."""
    at = [n for n, node in enumerate(entry["tree"]) if node == -1][k]
    entry["tree"][at] = -2
    del entry["tilt"][k]
    for row in entry["sum_prices"]:
        del row[k]
    cuts = {int(key): row for key, row in entry["cuts"].items()}
    entry["cuts"] = {str(n - (n > k)): row for n, row in cuts.items() if n != k}


@pytest.mark.parametrize("seed", range(120))
def test_a_tree_that_was_changed_proves_nothing_false(seed: int, proved: tuple[Case, dict[str, Any], float]) -> None:
    case, document, least = proved
    random, content = np.random.default_rng(seed), copy.deepcopy(document)
    treed = [entry for entry in content["leaves"][0]["schools"] if "tree" in entry]
    entry = treed[random.integers(len(treed))]
    tree = entry["tree"]
    inner = [n for n, node in enumerate(tree) if node not in (-1, -2)]
    if seed % 3 == 0:
        without_leaf(entry, int(random.integers(len(entry["tilt"]))))
    elif seed % 3 == 1:
        other = [0.1, 0.5, 0.9][random.integers(3)]
        tree[inner[random.integers(len(inner))]] = [[other], int(random.integers(12))][random.integers(2)]
    else:
        tree[random.integers(len(tree))] = [-1, -2, [0.4], int(random.integers(12)), 0.5, None, [], [2.5], 12][seed % 9]
    try:
        found = proved_bound(*stated(case, content, "c.json"))
    except InputError:
        return
    assert found.bound <= least + 1e-12


@pytest.mark.parametrize(
    ("tree", "told"),
    [
        ([], "is no whole tree"),
        ([-1, -1], "is no whole tree"),
        ([3, -1], "is no whole tree"),
        ([[0.5], -1, -1, -2], "is no whole tree"),
        ([12, -1, -1], "is neither -1, -2, a block's place nor a list of one rate"),
        ([True, -1, -1], "is neither"),
        ([-3], "is neither"),
        ([[0.5, 0.6], -1, -1], "has 2 entries where there must be 1"),
        ([[2.5], -1, -1], "is split at more than any rate"),
        ("none", "is not a list"),
    ],
)
def test_what_is_no_tree_is_refused(tree: Any, told: str, proved: tuple[Case, dict[str, Any], float]) -> None:
    case, document, _ = proved
    content = copy.deepcopy(document)
    entry = next(entry for entry in content["leaves"][0]["schools"] if "tree" in entry)
    entry["tree"] = tree
    with pytest.raises(InputError, match=told):
        stated(case, content, "c.json")


def test_a_dead_leaf_that_some_plan_may_have_is_named(proved: tuple[Case, dict[str, Any], float]) -> None:
    case, document, _ = proved
    content = copy.deepcopy(document)
    entry = next(entry for entry in content["leaves"][0]["schools"] if "tree" in entry)
    for _ in range(len(entry["tilt"])):
        without_leaf(entry, 0)
    found = proved_bound(*stated(case, content, "c.json"))
    assert found.bound == 0
    assert "some valid plan may have such a zone" in found.reasons[0]
    assert f"of the tree of school {entry['school']}" in found.reasons[0]


def test_a_tree_without_any_leaf_proves_nothing(proved: tuple[Case, dict[str, Any], float], monkeypatch: Any) -> None:
    """Where all of a school leads to contradictions there is no valid plan, of which nothing is claimed."""
    case, document, _ = proved
    content = copy.deepcopy(document)
    entry = next(entry for entry in content["leaves"][0]["schools"] if "tree" in entry)
    for _ in range(len(entry["tilt"])):
        without_leaf(entry, 0)
    monkeypatch.setattr(trees, "walk", lambda *_: -1)
    found = proved_bound(*stated(case, content, "c.json"))
    assert found.bound == 0
    assert len(found.reasons) == 1
