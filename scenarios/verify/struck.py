"""Whether the pairs that a certificate leaves out are in no valid plan: each is supposed, and what follows must end in
a contradiction (docs/certificate.md, "Struck pairs")."""

from __future__ import annotations

from collections.abc import Sequence

from scenarios.verify.case import Case
from scenarios.verify.follow import LOOKS, STEP, TRAIL, all_left, contradicts, pairs_of, take
from scenarios.verify.rounding import Work


def first_that_fails(case: Case, struck: Sequence[tuple[int, int]], work: Work) -> int | None:
    """The place of the first pair (block, school) that does not follow from those before it; None where all do."""
    pairs = pairs_of(case)
    left = all_left(pairs)
    places = {each.school: k for k, each in enumerate(case.candidates)}
    for k, (block, school) in enumerate(struck):
        own = pairs.pair[pairs.own[block] : pairs.own[block + 1]]
        p = own[pairs.school[own] == places.get(school, -1)]
        before = left.counts[LOOKS]
        if len(p) == 0 or not left.alive[p[0]] or not contradicts(pairs, left, p[0]):
            return k
        work.spend(STEP * float(left.counts[LOOKS] - before + 1))
        take(pairs, left, p[0])
        left.waits[:] = False
        left.counts[TRAIL] = 0
        if left.choices[block] == 0:
            return k  # of a district without any valid plan nothing is claimed
    return None
