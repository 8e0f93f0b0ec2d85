"""The first steps that matter: single areas that could change school by themselves, by gain for each student moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Bools, Ints, frozen
from optimizer.contradictions import ready
from optimizer.district import District
from optimizer.model import Model
from optimizer.objectives import Objective, make_objective
from optimizer.plan import Plan
from optimizer.rules import DEFAULT_RULES, Rule, breaches, is_valid
from optimizer.single import border_moves

SEEDS = 40  # blocks from which areas are grown: those of the greatest gain a student
LARGEST = 15  # blocks of an area at the most


@dataclass(frozen=True, eq=False)
class Step:
    """One area that moves from its school to another, all else as today: a valid plan.

    blocks: ascending. students: who move. gain: by how much the objective falls. each: gain a student, in the
    objective's unit."""

    blocks: Ints
    school: int
    students: float
    gain: float

    @property
    def each(self) -> float:
        return self.gain / self.students


def single_moves(
    district: District, objective: Objective | None = None, rules: Sequence[Rule] = DEFAULT_RULES, *, most: int = 20
) -> tuple[Step, ...]:
    """Up to `most` moves of single areas, by gain for each student moved, the greatest first; no two areas share a
    block. An area is a block at a border, or a connected set of blocks grown from one while that brings more. Empty
    where today's zones are not valid under the rules, or nothing gains. Raises InputError where a rule does not fit."""
    rules = tuple(rules)
    question = ready(district, rules)
    model = question.model
    objective = make_objective(None, model.district) if objective is None else objective
    today = Plan.status_quo(model.district)
    if len(question.nowhere) or not is_valid(breaches(today, rules)):
        return ()
    return _Moves(model, objective, rules).ranked(most)


class _Moves:
    def __init__(self, model: Model, objective: Objective, rules: tuple[Rule, ...]) -> None:
        self.model, self.objective, self.rules = model, objective, rules
        self.district = model.district
        self.compiled = objective.compile(model)
        self.today = self.compiled.value(model, Plan.status_quo(self.district))

    def ranked(self, most: int) -> tuple[Step, ...]:
        seeds = sorted((step for block, school in self._borders() if (step := self._step([block], school))), key=_order)
        areas = [self._grown(step) for step in seeds[:SEEDS]]
        options = sorted([*areas, *seeds], key=_order)
        chosen: list[Step] = []
        taken: Bools = np.zeros(self.district.blocks, bool)
        for step in options:
            if len(chosen) == most:
                break
            if not taken[step.blocks].any() and self._valid(step):
                chosen.append(step)
                taken[step.blocks] = True
        return tuple(chosen)

    def _borders(self) -> list[tuple[int, int]]:
        """Blocks with students, and the schools of their neighbours that they may go to."""
        block, school = border_moves(self.model, self.district.status_quo, self.district.students > 0)
        return list(zip(block.tolist(), school.tolist(), strict=True))

    def _step(self, blocks: list[int], school: int) -> Step | None:
        """The move with its gain; None where it gains nothing."""
        zone = self.district.status_quo.copy()
        zone[blocks] = school
        gain = self.today - self.compiled.value(self.model, Plan(self.district, zone))
        students = float(self.district.students[blocks].sum())
        if gain <= 1e-12 or students <= 0:
            return None
        return Step(frozen(np.array(sorted(blocks), np.int32)), school, students, gain)

    def _grown(self, step: Step) -> Step:
        """The area with its neighbours, one after the other, while each makes the gain greater and the area valid."""
        best = step
        while len(best.blocks) < LARGEST:
            inside = set(map(int, best.blocks))
            near = {int(o) for b in inside for o in self.district.adjacency.row(b)} - inside
            zone = self.district.status_quo[best.blocks[0]]
            may = [
                o
                for o in sorted(near)
                if self.district.status_quo[o] == zone and best.school in self.model.pairs.row(o)
            ]
            tried = [grown for o in may if (grown := self._step([*inside, o], best.school)) and grown.gain > best.gain]
            tried = [grown for grown in sorted(tried, key=_order)[:3] if self._valid(grown)]
            if not tried:
                return best
            best = tried[0]
        return best

    def _valid(self, step: Step) -> bool:
        zone = self.district.status_quo.copy()
        zone[step.blocks] = step.school
        return is_valid(breaches(Plan(self.district, zone), self.rules))


def _order(step: Step) -> tuple[float, int, int]:
    return (-step.each, int(step.blocks[0]), step.school)
