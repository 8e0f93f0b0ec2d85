"""Year by year: who attends which school on the way to a plan.

Enrolment is held constant, block by block and grade by grade: each year every cohort moves up a grade, and what moves
with it is the share of it that is still at today's school. Within a block, groups, poverty and every other count are
taken to be spread over grades as all of the block's students are, for lack of counts by both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from optimizer.arrays import Bools, Csr, Floats, frozen
from optimizer.district import District
from optimizer.plan import Plan
from optimizer.transition.grades import Grades
from optimizer.transition.policy import Policy
from optimizer.travel import TravelTable


@dataclass(frozen=True, eq=False)
class Year:
    """One year. index: 0 is today.

    plan: the plan that is phased in. away: (blocks, columns) the share of each count at the plan's school, 0 to 1; 0
    for blocks that keep their school. changed: (blocks,) students who leave the school that they attended the year
    before.
    """

    index: int
    plan: Plan
    away: Floats
    changed: Floats

    def attendance(self) -> Plan:
        """Who attends where, as a plan of parcels: every block's students at today's school, then the changing blocks'
        students at the new one. So every measure, and every rule about a school's sums, serves for a year too. Year 0
        is today as it is, before any rule. Shape means nothing here: parcels have no neighbours."""
        district, moved = self.plan.district, np.flatnonzero(self.plan.moved)
        rows = np.concatenate([np.arange(district.blocks), moved])
        school = np.concatenate([district.status_quo, self.plan.school[moved]])
        counts = np.concatenate([district.counts * (1 - self.away), district.counts[moved] * self.away[moved]])
        attended = district.today if self.index == 0 else district
        return Plan(_parcels(attended, self.plan, rows, counts), school)

    def moves(self, students: Floats) -> tuple[Floats, Floats]:
        """(schools,) twice: `students` (blocks,) of changing blocks added up by the school they come to, and by today's
        school."""
        district, moved = self.plan.district, self.plan.moved
        there, gone = (
            np.bincount(school[moved], students[moved], district.schools).astype(np.float64)
            for school in (self.plan.school, district.status_quo)
        )
        return there, gone

    @property
    def moved(self) -> Floats:
        """(blocks,) students at another school than their block's today."""
        at = self.plan.district.column_index("students")
        return self.plan.district.counts[:, at] * self.away[:, at]


def transition(plan: Plan, grades: Grades, policy: Policy) -> Iterator[Year]:
    """The years from today, year 0, to the first in which every student attends the plan's school.

    A school that a rule has closed or joined to another (`District.successor`) keeps nobody: its students all leave in
    the first year. At most twice as many years as there are grades. Raises InputError where the policy names a grade
    that is not there.
    """
    staying, district = policy.staying(grades.names), plan.district
    shut = district.home != district.status_quo
    for t, now in enumerate(staying):
        away = _away(plan, grades, now, shut & (t > 0))
        yield Year(t, plan, away, _changed(plan, grades, staying[max(t - 1, 0) : t + 1], t, shut))
        if not (district.counts * (1 - away))[plan.moved].any():
            return


def _away(plan: Plan, grades: Grades, staying: Floats, shut: Bools) -> Floats:
    """(blocks, columns) the shares at the plan's school; a grade's own column goes by that grade."""
    leaving = 1 - staying
    # Shares add up to 1 but for rounding: divided by their sum, all is exactly 1 and nothing exactly 0.
    share = np.where(shut, 1.0, (grades.share * leaving).sum(axis=1) / grades.share.sum(axis=1))
    away = np.repeat(share[:, None], len(plan.district.columns), axis=1)
    for column, left in zip(grades.columns, leaving, strict=False):
        away[:, column] = np.where(shut, 1.0, left)
    return frozen(np.where(plan.moved[:, None], away, 0.0))


def _changed(plan: Plan, grades: Grades, staying: Floats, t: int, shut: Bools) -> Floats:
    """(blocks,) students who were at today's school a year and a grade ago, and are not now."""
    before, now = staying[0], staying[-1]
    left = grades.share[:, 1:] @ np.maximum(before[:-1] - now[1:], 0.0)
    sent = grades.share[:, 1:].sum(axis=1) * (t == 1)
    share = np.where(shut, sent, left) if t > 0 else np.zeros(len(shut))
    return frozen(np.where(plan.moved, share * plan.district.students, 0.0))


def _parcels(district: District, plan: Plan, rows: Floats, counts: Floats) -> District:
    """The district cut into parcels: each row of `counts` is a part of the block in `rows`."""
    moved = plan.moved
    school = np.concatenate([district.status_quo, plan.school[moved]])
    travel = np.concatenate([district.travel_today, plan.travel[moved]])
    return replace(
        district,
        block_ids=tuple(district.block_ids[i] for i in rows),
        counts=counts,
        status_quo=district.status_quo[rows],
        adjacency=Csr(np.zeros(len(rows) + 1, np.int64), np.zeros(0, np.int32)),
        travel=TravelTable(Csr(np.arange(len(rows) + 1), school), travel, district.travel.unit),
        attributes={name: values[rows] for name, values in district.attributes.items()},
        geography=None,
        parts=None,
        amended_from=None,
    )
