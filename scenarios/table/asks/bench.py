"""What asks work with: the district and what plans are judged by; of one job, its plan, its locks and its wishes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np

from optimizer.arrays import Bools, Ints
from optimizer.district import District
from optimizer.errors import InputError
from optimizer.plan import Plan
from optimizer.rules import Rule, pinned
from scenarios.asking.options import Settings
from scenarios.asking.rule_tables import make_rule
from scenarios.paper.words import words
from scenarios.reading.values import Table
from scenarios.table.figures import Judge, Teller
from scenarios.table.judging import judge_of


@dataclass(frozen=True, eq=False)
class Ground:
    """What the engine is started with. read: as the folder has it. folder: of the district."""

    read: District
    settings: Settings
    folder: Path | None = None


@dataclass(frozen=True, eq=False)
class Job:
    """school, locked: (blocks,) the plan that it is asked of. wishes: by id, their rules. keys: what else the ask
    names. language: of the answer."""

    number: int
    what: str
    school: Ints
    locked: Bools
    wishes: Mapping[str, Table] = field(default_factory=dict)
    keys: Mapping[str, Any] = field(default_factory=dict)
    language: str = "en"


@dataclass(frozen=True, eq=False)
class Bench:
    """ground: what it stands on. judge: without wishes."""

    ground: Ground
    judge: Judge

    @classmethod
    def warm(cls, ground: Ground) -> Self:
        """With all that a first job would wait for behind it."""
        from optimizer import kernels  # noqa: PLC0415 - in the engine's process alone
        from optimizer.optimize import optimize  # noqa: PLC0415
        from optimizer.warm import tiny, warm  # noqa: PLC0415

        judge = judge_of(ground.read, ground.settings)
        kernels.ensure()
        for part in kernels.PARTS:
            warm(part)
        optimize(tiny(), iterations=500)
        return cls(ground, judge)

    def on(self, job: Job) -> Asked:
        """The job's own: with its wishes among the rules, where it has any. Raises InputError where one cannot be."""
        if not job.wishes:
            return Asked(self, job, self.judge)
        try:
            return Asked(self, job, self.judge_with(job.wishes))
        except InputError as error:
            if job.what != "wish":
                raise
            return Asked(self, job, self.judge, error)  # it says why a wish cannot be

    def judge_with(self, wishes: Mapping[str, Table]) -> Judge:
        """What plans are judged by where these wishes are rules, too."""
        further = tuple(make_rule(rule) for rule in wishes.values())
        return judge_of(self.ground.read, self.ground.settings, further)


@dataclass(frozen=True, eq=False)
class Asked:
    """One job at the bench. problem: what of its wishes cannot be, where that is what it asks."""

    bench: Bench
    job: Job
    judge: Judge
    problem: InputError | None = None

    @cached_property
    def teller(self) -> Teller:
        """In the language of who asks."""
        return Teller(self.judge, words(self.job.language))

    @property
    def plan(self) -> Plan:
        """That it is asked of."""
        return Plan(self.judge.district, self.job.school.copy())

    @property
    def area(self) -> Bools:
        """(blocks,) the blocks that may change: those of the area that was asked for, without locked ones."""
        within = np.ones(len(self.job.school), bool)
        area = self.job.keys.get("area")
        if area is not None:
            within[:] = False
            within[area] = True
        return np.asarray(within & ~self.job.locked)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Those of the table and of its wishes, and that all blocks outside the area stay where the plan has them."""
        return self.rules_with(self.area)

    def rules_with(self, free: Bools) -> tuple[Rule, ...]:
        """The same where these blocks (blocks,) alone may change."""
        return self.judge.rules if free.all() else (*self.judge.rules, pinned(self.plan, ~free))

    @property
    def seconds(self) -> float:
        return float(self.job.keys.get("seconds") or 10.0)
