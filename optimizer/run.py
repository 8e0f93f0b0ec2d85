"""The parts of `optimize`, each within its share of the time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Ints
from optimizer.baselines.contradiction import contradictory
from optimizer.bounds.certificate import Certificate
from optimizer.deadline import Deadline
from optimizer.model import STUDENT_SLACK, Model
from optimizer.objectives import Objective
from optimizer.prove import Target, prove, steps_of
from optimizer.result import Result
from optimizer.solvers.contract import contract
from optimizer.solvers.exact import Exact, knows, least_excess, solve_exact, way_of
from optimizer.solvers.search import SearchResult, search
from optimizer.solvers.tidy import tidied
from optimizer.watch import Watch

REPEATABLE_LANES = 2  # with iterations, so that the number of cores does not change the plan
SMALL = 200  # blocks up to which an objective that is a plain sum is solved exactly
PRICED = 400_000  # candidate pairs up to which prices of the limits are asked whether there is a valid plan at all
PAIRS = 20_000  # candidate pairs up to which the exact solver looks for a plan where the search has found no valid one
SOON = 0.05  # seconds of search a block, where the exact solver will finish
EXACT = 0.6  # share of the time that is left after the search, for the exact solver
UNITS = 3.0  # and its units of work, about a second each, in a repeatable run
AFTER = 2.0  # seconds for the certificate of a plan that the exact solver has proved to be the best


@dataclass(eq=False)
class Run:
    """One call of `optimize`, and what each part may use of its deadline. start: (blocks,) where the search begins;
    None: at today's zones."""

    model: Model
    objective: Objective
    deadline: Deadline
    threads: int
    seed: int
    solver: str
    watch: Watch
    start: Ints | None = None

    @property
    def _small(self) -> bool:
        """Whether the exact solver is worth its time."""
        if self.solver != "auto":
            return self.solver == "exact"
        compiled = self.objective.compile(self.model)
        if way_of(self.model, compiled) == "linear":
            return self.model.district.blocks <= SMALL
        return knows(self.model, compiled)

    def search(self, share: float) -> SearchResult:
        """Search until this share of the time is used, or all the proposals; not for long on a small district."""
        seconds, iterations = self.deadline.seconds, self.deadline.iterations
        if seconds is not None:
            seconds = max(0.0, share * seconds - self.deadline.spent)
            seconds = min(seconds, SOON * self.model.district.blocks) if self._small else seconds
        return search(
            self.model,
            self.objective,
            self.deadline.anew(seconds, iterations),
            random=np.random.default_rng(self.seed),
            lanes=self.threads if iterations is None else REPEATABLE_LANES,
            threads=self.threads,
            watch=self.watch.search,
            wanted=self.start,
        )

    def exact(self, found: SearchResult) -> Exact | None:
        """The exact solver's answer, where it is wanted: on small districts, and where no valid plan was found."""
        broken = not _keeps_hard_sums(self.model, found.school)
        lost = broken and self.solver == "auto" and len(self.model.pairs.index) <= PAIRS
        if self.deadline.stopped or not (self._small or lost):
            return None
        start, held = found.school, None if broken else found.excess
        if held is not None and held > STUDENT_SLACK:
            least = least_excess(
                self.model, start=start, deadline=self._part(EXACT / 2), threads=self.threads, seed=self.seed
            )
            if least.school is not None and least.value is not None and least.value < held:
                start, held = least.school, least.value
        return solve_exact(
            self.model,
            self.objective,
            start=start,
            held_excess=held,
            deadline=self._part(EXACT),
            threads=self.threads,
            seed=self.seed,
            gap=min(self.deadline.gap or 0.0, 1e-4),
        )

    def ruled_out(self, found: SearchResult, exact: Exact | None) -> bool:
        """Whether it is proved that there is no valid plan, where none was found: by the exact solver, or by prices of
        the limits."""
        if exact is not None and exact.status == "infeasible" and not _keeps_hard_sums(self.model, found.school):
            return True  # whatever the excess
        return len(self.model.pairs.index) <= PRICED and contradictory(self.model)

    def tidied(self, school: Ints) -> Ints:
        """The plan without needless moves of blocks that have no students; a search has done that already."""
        contraction = contract(self.model, self.objective.compile(self.model))
        excess = sum(s.excess(self.model.district, school) for s in self.model.sums)
        tidy = tidied(contraction, school, excess)
        return school if tidy is None else tidy[0]

    def _part(self, share: float) -> Deadline:
        """For the exact solver: this share of the time that is left."""
        return self.deadline.anew(self.deadline.seconds_of(share), None if self.deadline.iterations is None else UNITS)

    def prove(self, result: Result) -> Certificate:
        """The bound, within the time that is left."""
        seconds = self.deadline.left
        if seconds is not None and result.proof is not None:
            seconds = min(seconds, AFTER)
        deadline = self.deadline.anew(seconds, steps_of(self.deadline.iterations))
        target = Target(result.plan.school, result.objective_value)
        return prove(self.model, self.objective, target, deadline, threads=self.threads, watch=self.watch)


def _keeps_hard_sums(model: Model, school: Ints) -> bool:
    """Whether what excess the plan has is inherited from today's zones."""
    return all(s.keeps(s.value(model.district, school)) for s in model.sums)
