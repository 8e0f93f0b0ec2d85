"""From a Model to one without the pairs that no valid plan has: docs/certificate.md says what follows from what."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.arrays import Floats, Ints, Offsets, frozen
from optimizer.model import Model, SchoolSum
from optimizer.striking.kernel.data import COUNTS, TRAIL, UNCUT, Ground, Left
from optimizer.striking.kernel.probe import begin, probe
from optimizer.striking.pairs import Entries

ROUNDS = (8, 64, 64, 64)  # over all pairs, while the last struck any: looks at schools until a supposed pair is left
EFFORT = 60_000_000  # pairs looked at in all: a few seconds


def struck(model: Model) -> Model:
    """The model without pairs that no valid plan has, which its `struck` names; unchanged where there is no plan at
    all, or where that was done before. No use is made of budgets, so that what is struck stays so under any other
    limit of theirs; nor of sums of two columns, and of what holds together."""
    if model.struck is not None:
        return model
    entries = Entries.of(model)
    ground = ground_of(model, entries)
    left = all_left(ground)
    none = replace(model, struck=np.zeros((0, 2), np.int32))
    if not begin(ground, left):
        return none
    for k, patience in enumerate(ROUNDS):
        found = probe(ground, left, patience, EFFORT)
        if found < 0:
            return none
        if found == 0 and k > 0:
            break
    gone = entries.pair[left.trail[: left.count[TRAIL]]]
    return without(model, np.column_stack([model.pairs.rows[gone], model.pairs.index[gone]]).astype(np.int32))


def without(model: Model, pairs: Ints) -> Model:
    """The model without these pairs of block and school (n, 2), as its `struck`."""
    mask = np.ones(len(model.pairs.index), bool)
    mask[model.pairs.places(pairs[:, 0], pairs[:, 1])] = False
    return replace(model.keep_pairs(mask), struck=frozen(pairs))


def ground_of(model: Model, entries: Entries) -> Ground:
    """The candidate pairs as propagation reads them."""
    size, blocks = len(entries.pair), model.district.blocks
    of = np.repeat(np.arange(len(entries.schools), dtype=np.int32), np.diff(entries.first))
    school = entries.schools[of]
    sums = followed(model)
    return Ground(
        school=of,
        block=entries.block,
        first=entries.first,
        own=_starts(np.bincount(entries.block, minlength=blocks)),
        entry=np.argsort(entries.block, kind="stable").astype(np.int32),
        start=entries.start,
        index=entries.index,
        root=np.where(entries.root >= 0, entries.root + entries.first[:-1], -1).astype(np.int32),
        loose=((entries.kind & UNCUT) > 0).astype(np.uint8),
        load=_table([one.load(model.district, school, entries.block) for one in sums], size),
        low=_table([one.hard_low[entries.schools] - one.slack for one in sums], len(entries.schools)),
        high=_table([one.hard_high[entries.schools] + one.slack for one in sums], len(entries.schools)),
    )


def followed(model: Model) -> list[SchoolSum]:
    """The sums that propagation makes use of, in the order of Ground.load: of one column, with parts of at least 0."""
    single = [one for one in model.sums if one.whole == -1]
    return [one for one in single if not (model.district.amount(one.part) < 0).any()]


def all_left(ground: Ground) -> Left:
    """Before anything is struck."""
    size, schools = len(ground.block), len(ground.root)
    ints = [np.zeros(size, np.int32) for _ in range(7)]
    bits = [np.zeros(schools, np.uint8) for _ in range(2)]
    floats = [np.zeros(ground.low.shape) for _ in range(3)]
    return Left(
        count=np.zeros(COUNTS, np.int64),
        alive=np.ones(size, np.uint8),
        choices=np.diff(ground.own).astype(np.int32),
        trail=ints[0],
        queue=np.zeros(schools + 1, np.int32),
        waits=bits[1],
        order=ints[1],
        back=ints[2],
        parent=ints[3],
        at=np.zeros(size, np.int64),
        below=ints[4],
        stack=ints[5],
        found=ints[6],
        apart=np.zeros(size, np.uint8),
        behind=np.zeros(size, np.uint8),
        must=floats[0],
        most=floats[1],
        lump=floats[2],
        stale=np.ones(schools, np.uint8),
        was=bits[0],
    )


def _starts(counts: Offsets) -> Offsets:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _table(rows: list[Floats], width: int) -> Floats:
    return np.array(rows, np.float64).reshape(len(rows), width)
