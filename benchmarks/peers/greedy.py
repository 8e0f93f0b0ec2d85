"""Plain greedy: move border blocks, in random order, wherever that is better and allowed, until nothing is."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from benchmarks.peers.question import Answer, Best, Question


@dataclass
class Zones:
    """A plan under change: members and sums of each zone, and whether a single move is allowed."""

    question: Question
    school: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        q = self.question
        self.school = q.today.tolist()
        self.members = [set(np.flatnonzero(q.today == j).tolist()) for j in range(q.district.schools)]
        self.students, self.poverty = q.district.students, q.district.poverty
        self.load = np.bincount(q.today, self.students, q.district.schools)
        self.poor = np.bincount(q.today, self.poverty, q.district.schools).astype(np.float64)
        self.groups = np.array([q.groups[q.today == j].sum(axis=0) for j in range(q.district.schools)])

    def value_after(self, block: int, to: int) -> float:
        """The objective if the block moved."""
        q, home = self.question, self.school[block]
        groups, poor = self.groups.copy(), self.poor.copy()
        groups[home] -= q.groups[block]
        groups[to] += q.groups[block]
        poor[home] -= self.poverty[block]
        poor[to] += self.poverty[block]
        return q.disparity(groups, poor)

    def allows(self, block: int, to: int) -> bool:
        """Whether the move keeps travel, sizes, roots and zones in one piece."""
        q, home, students = self.question, self.school[block], self.students[block]
        if to not in q.may[block] or not q.fits(home, self.load[home] - students):
            return False
        if not q.fits(to, self.load[to] + students):
            return False
        if not q.holds_together(home, self.members[home] - {block}):
            return False
        return q.holds_together(to, self.members[to] | {block})

    def move(self, block: int, to: int) -> None:
        q, home = self.question, self.school[block]
        for zone, sign in ((home, -1), (to, 1)):
            self.load[zone] += sign * self.students[block]
            self.poor[zone] += sign * self.poverty[block]
            self.groups[zone] += sign * q.groups[block]
        self.members[home].discard(block)
        self.members[to].add(block)
        self.school[block] = to


class Greedy:
    name = "greedy"
    cannot: tuple[str, ...] = ()
    setting = "first improving move, blocks in random order, from today's zones"
    package = None

    def solve(self, question: Question, seconds: float, seed: int) -> Answer:
        random, best, zones = np.random.default_rng(seed), Best.of(question), Zones(question)
        better = True
        while better:
            better = False
            for block in random.permutation(question.district.blocks).tolist():
                beside = {zones.school[other] for other in question.neighbours[block]} - {zones.school[block]}
                for to in sorted(beside):
                    if best.seconds() >= seconds:
                        return best.answer()
                    value = zones.value_after(block, to)
                    if value < best.value - 1e-12 and zones.allows(block, to):
                        zones.move(block, to)
                        best.offer(zones.school, value)
                        better = True
        return best.answer()
