"""Pairs that no valid plan has: against every plan of small districts, and as the checker follows them."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from enumeration import candidates
from ruled import MOST, Ruled

from optimizer.errors import InputError
from optimizer.striking import contradiction, struck
from optimizer.striking.pairs import Entries
from scenarios.verify.rounding import Work
from scenarios.verify.struck import first_that_fails

KINDS = [[], ["utilisation"], ["seats"], ["share"], ["forbid"], ["close"], ["open"], ["pair"], ["barrier"], ["moved"]]


def cases(kinds: list[str], seeds: range) -> list[Ruled]:
    found = []
    for seed in seeds:
        try:
            a = Ruled(seed, kinds)
        except InputError:
            continue
        if math.prod(map(len, candidates(a.model))) <= 4 * MOST:
            found.append(a)
    return found


def used(a: Ruled) -> set[tuple[int, int]]:
    """The pairs of all valid plans."""
    found = set()
    for plan in product(*candidates(a.model)):
        zone = np.array(plan, np.int32)
        if not set(enumerate(plan)) <= found and a.valid(zone):
            found |= set(enumerate(plan))
    return found


@pytest.mark.parametrize("kinds", KINDS, ids="-".join)
def test_a_struck_pair_is_in_no_valid_plan_and_the_checker_says_so(kinds: list[str]) -> None:
    count = 0
    for a in cases(kinds, range(40)):
        model, had = struck(a.model), used(a)
        assert model.struck is not None
        gone = [tuple(pair) for pair in model.struck.tolist()]
        left = set(zip(model.pairs.rows.tolist(), model.pairs.index.tolist(), strict=True))
        before = set(zip(a.model.pairs.rows.tolist(), a.model.pairs.index.tolist(), strict=True))
        assert left == before - set(gone)
        assert struck(model) is model
        if not had:
            continue
        count += len(gone)
        assert not had & set(gone)
        assert first_that_fails(a.case, gone, Work(1e9)) is None
        for pair in sorted(had & before)[:6]:  # and nothing that a plan has is taken for struck
            assert first_that_fails(a.case, [*gone, pair], Work(1e9)) == len(gone)
    assert count > 0, kinds


@pytest.mark.parametrize("kinds", KINDS[:4], ids="-".join)
def test_every_struck_pair_has_a_reason_and_no_other_pair(kinds: list[str]) -> None:
    seen = set()
    for a in cases(kinds, range(25)):
        had, gone = used(a), struck(a.model).struck
        assert gone is not None
        for k, (block, school) in enumerate(gone.tolist()):
            found = contradiction(a.model, block, school, gone[:k])
            assert found is not None
            seen.add(found.kind)
            assert (found.block, found.school) == (block, school)
            assert (found.amount > found.limit) == (found.kind == "most")
            assert (found.amount < found.limit) == (found.kind == "least")
            assert (found.other >= 0) == (found.kind in ("cut", "full"))
        for block, school in sorted(had)[:20]:
            assert contradiction(a.model, block, school) is None
            assert contradiction(a.model, block, school, gone) is None
    assert {"cut", "least", "most"} <= seen


def test_budgets_are_left_aside_so_that_what_is_struck_holds_under_any_of_their_limits() -> None:
    for a in cases(["moved"], range(20)):
        free = struck(replace(a.model, budgets=()))
        assert np.array_equal(struck(a.model).struck, free.struck)  # type: ignore[arg-type]


def test_a_block_without_another_school_is_forced() -> None:
    for a in cases(["forbid"], range(20)):
        entries = Entries.of(a.model)
        choices = np.bincount(a.model.pairs.rows)[entries.block]
        home = np.full(a.district.schools, -1) if a.model.contiguity is None else a.model.contiguity.root
        school = np.repeat(entries.schools, np.diff(entries.first))
        assert np.array_equal(Entries.forced(entries.kind), (choices == 1) | (entries.block == home[school]))


def reach(beside: list[list[int]], root: int, inside: set[int]) -> set[int]:
    seen, ahead = {root}, [root]
    while ahead:
        for other in beside[ahead.pop()]:
            if other in inside and other not in seen:
                seen.add(other)
                ahead.append(other)
    return seen
