"""Why no valid plan has a pair of block and school: where supposing it ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from optimizer.arrays import Ints, Offsets
from optimizer.model import Model
from optimizer.striking.kernel.data import TAIL, TRAIL, Ground, Left
from optimizer.striking.kernel.probe import begin, suppose
from optimizer.striking.pairs import Entries
from optimizer.striking.strike import all_left, followed, ground_of

Kind = Literal["least", "most", "cut", "full"]


@dataclass(frozen=True)
class Contradiction:
    """What would follow from a pair, and cannot be. kind: `least` (a school could have at most `amount` of what a limit
    asks `limit` of), `most` (it must have `amount`, and may have `limit`), `cut` (`other`, a block, is cut off from the
    last school that it could go to), `full` (there is no room for it there).

    block, school: the pair, by places in the district. at: the school where it shows. name: of the limit.
    """

    block: int
    school: int
    kind: Kind
    at: int
    other: int = -1
    name: str = ""
    amount: float = np.nan
    limit: float = np.nan


def contradiction(model: Model, block: int, school: int, before: Ints | None = None) -> Contradiction | None:
    """Why no valid plan has a pair of the model; None where that does not follow, or there is no valid plan at all.

    before: (n, 2) pairs struck before this one, as they stand in `struck(model).struck`. Without them the pair is
    supposed first of all, which is quick, and may not be enough for one that is struck late.
    """
    entries = Entries.of(model)
    ground = ground_of(model, entries)
    pairs = np.zeros((0, 2), np.int32) if before is None else before
    gone = np.flatnonzero(np.isin(entries.pair, model.pairs.places(pairs[:, 0], pairs[:, 1]))).astype(np.int64)
    here = np.flatnonzero((entries.block == block) & (entries.schools[ground.school] == school))
    if not len(here) or here[0] in gone or not begin(ground, _after(ground, gone)):
        return None
    left = _after(ground, gone)
    if suppose(ground, left, int(here[0]), -1):
        return None
    if not left.choices.all():
        last = left.trail[left.count[TRAIL] - 1]
        at = ground.school[last]
        cut = ground.root[at] >= 0 and left.order[last] == 0
        kind: Kind = "cut" if cut else "full"
        return Contradiction(block, school, kind, int(entries.schools[at]), other=int(entries.block[last]))
    return _sum_that_fails(model, entries, ground, left, (block, school))


def _after(ground: Ground, gone: Offsets) -> Left:
    """Without these entries, and with every school to be looked at."""
    left, schools = all_left(ground), len(ground.root)
    left.alive[gone] = 0
    left.choices[:] -= np.bincount(ground.block[gone], minlength=len(left.choices)).astype(np.int32)
    left.queue[:schools], left.waits[:], left.count[TAIL] = np.arange(schools), 1, schools
    return left


def _sum_that_fails(
    model: Model, entries: Entries, ground: Ground, left: Left, pair: tuple[int, int]
) -> Contradiction | None:
    """The first limit that what the schools must have, or may have, breaks."""
    alive, must = left.alive == 1, (left.alive == 1) & (left.choices[ground.block] == 1)
    for s, one in enumerate(followed(model)):
        load = ground.load[s]
        has = np.bincount(ground.school[must], load[must], len(ground.root))
        most = np.bincount(ground.school[alive], load[alive], len(ground.root))
        over, under = has > ground.high[s], most < ground.low[s]
        kind: Kind = "most" if over.any() else "least"
        amount, limit, fails = (has, ground.high[s], over) if over.any() else (most, ground.low[s], under)
        if fails.any():
            at = int(np.argmax(fails))
            where = int(entries.schools[at])
            return Contradiction(*pair, kind, where, name=one.name, amount=float(amount[at]), limit=float(limit[at]))
    return None
