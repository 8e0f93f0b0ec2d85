"""Whether the pairs that a certificate leaves out are in no valid plan: each is supposed, and what follows must end in
a contradiction (docs/certificate.md, "Struck pairs")."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scenarios.verify.case import Case
from scenarios.verify.rounding import SPARE, UNIT, Work

Pair = tuple[int, int]  # block, school


class ContradictionError(Exception):
    """No valid plan is left."""


def first_that_fails(case: Case, pairs: Sequence[Pair], work: Work) -> int | None:
    """The place of the first pair that does not follow from those before it; None where all do."""
    left = Left.of(case)
    for k, (block, school) in enumerate(pairs):
        if school not in left.may[block] or not left.contradicts(block, school, work):
            return k
        left.strike(block, school)
        left.trail.clear()
        if not left.may[block]:
            return k  # of a district without any valid plan nothing is claimed
    return None


@dataclass
class Left:
    """The schools left for each block, and the blocks for each school. limits: by school, (load of each block, low,
    high) for each sum of one column. trail: pairs taken away, so that they can be put back."""

    case: Case
    may: list[set[int]]
    zone: dict[int, set[int]]
    limits: dict[int, list[tuple[dict[int, float], float, float]]]
    trail: list[Pair]

    @classmethod
    def of(cls, case: Case) -> Left:
        may: list[set[int]] = [set() for _ in range(case.ground.blocks)]
        zone: dict[int, set[int]] = {}
        limits: dict[int, list[tuple[dict[int, float], float, float]]] = {}
        for each in case.candidates:
            zone[each.school] = set(each.block.tolist())
            limits[each.school] = []
            for block in each.block.tolist():
                may[block].add(each.school)
            for one in case.sums:
                loads = one.part[each.block]
                if one.whole is None and (loads >= 0).all():  # loads without any rounding of their own
                    known = dict(zip(each.block.tolist(), loads.tolist(), strict=True))
                    limits[each.school].append((known, float(one.low[each.school]), float(one.high[each.school])))
        return cls(case, may, zone, limits, [])

    def contradicts(self, block: int, school: int, work: Work) -> bool:
        """Whether no valid plan has the pair. All is as before afterwards."""
        try:
            self._settle(self._keep(block, school) | {school}, work)
        except ContradictionError:
            return True
        finally:
            while self.trail:
                b, j = self.trail.pop()
                self.may[b].add(j)
                self.zone[j].add(b)
        return False

    def strike(self, block: int, school: int) -> set[int]:
        """Take a pair away. The schools for which that may mean something."""
        self.may[block].discard(school)
        self.zone[school].discard(block)
        self.trail.append((block, school))
        return {school} | (self.may[block] if len(self.may[block]) == 1 else set())

    def _keep(self, block: int, school: int) -> set[int]:
        """Take all other schools of a block away."""
        touched = set[int]()
        for other in sorted(self.may[block] - {school}):
            touched |= self.strike(block, other)
        return touched

    def _settle(self, waiting: set[int], work: Work) -> None:
        """All that follows. Raises ContradictionError."""
        while waiting:
            school = min(waiting)
            waiting.discard(school)
            work.spend(200 * (1 + len(self.zone[school])))
            for look in (self._reach, self._loads):
                for block, stays in look(school):
                    if school not in self.may[block]:
                        continue
                    waiting |= self._keep(block, school) if stays else self.strike(block, school)
                    if not self.may[block]:
                        raise ContradictionError

    def _must(self, school: int) -> set[int]:
        """The blocks that have no other school."""
        return {block for block in self.zone[school] if len(self.may[block]) == 1}

    def _reach(self, school: int) -> list[tuple[int, bool]]:
        """Blocks that no walk joins to the root: not in the zone; and those without which a block that must be in the
        zone is cut off: in it."""
        ground, inside = self.case.ground, self.zone[school]
        root = ground.root.get(school)
        if not self.case.options.contiguity or root is None:
            return []
        if root not in inside:
            raise ContradictionError
        loose = {block for block in inside if ground.detached[block] and ground.home[block] == school}
        reached = set(ground.graph.walk(root, inside.__contains__))
        must = self._must(school) - loose
        if must - reached:
            raise ContradictionError
        cut = cutting(ground.graph.beside, root, reached, must)
        return [(block, False) for block in sorted(inside - reached - loose)] + [(block, True) for block in sorted(cut)]

    def _loads(self, school: int) -> list[tuple[int, bool]]:
        """Blocks that are too much beside those that must be in the zone: not in it; and those without which too little
        is left: in it."""
        found: list[tuple[int, bool]] = []
        must = self._must(school)
        for load, low, high in self.limits[school]:
            least, most = (math.fsum(load[block] for block in blocks) for blocks in (must, self.zone[school]))
            hair = (most + 1) * 8 * UNIT * SPARE
            if least > high + hair or most < low - hair:
                raise ContradictionError
            for block in sorted(self.zone[school] - must):
                if least + load[block] > high + hair:
                    found.append((block, False))
                elif most - load[block] < low - hair:
                    found.append((block, True))
        return found


def cutting(beside: Sequence[Sequence[int]], root: int, inside: set[int], must: set[int]) -> set[int]:
    """The blocks, but for the root and those of `must`, without which no walk inside leads from the root to all of
    `must`: one walk in depth, with the earliest block that each branch of it borders on (Tarjan 1972)."""
    met, back, count, found = {root: 0}, {root: 0}, {root: int(root in must)}, set[int]()
    path = [(root, iter(beside[root]))]
    while path:
        block, rest = path[-1]
        for other in rest:
            if other not in inside:
                continue
            if other in met:
                back[block] = min(back[block], met[other])
                continue
            met[other] = back[other] = len(met)
            count[other] = int(other in must)
            path.append((other, iter(beside[other])))
            break
        else:
            path.pop()
            if path:
                up = path[-1][0]
                back[up] = min(back[up], back[block])
                count[up] += count[block]
                if up != root and count[block] and back[block] >= met[up]:
                    found.add(up)
    return found - must
