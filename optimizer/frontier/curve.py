"""The curve of an objective against students moved, or against mean travel: best plans under a cap, and their bounds.

Plans are sought from the loosest cap to the tightest. Each is sought freely, and once more among plans that move blocks
only where the next looser plan has them: where that costs nothing, one point leads to the next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Literal

import numpy as np

from optimizer.baselines.contradiction import contradictory
from optimizer.bounds.bound import Bounder
from optimizer.bounds.certificate import Certificate
from optimizer.deadline import Deadline
from optimizer.district import District
from optimizer.frontier.axis import Capped
from optimizer.frontier.carry import Proof, alike
from optimizer.frontier.points import Missing, Point
from optimizer.measures.travel import travel_mean
from optimizer.model import Model
from optimizer.objectives import Objective
from optimizer.plan import Plan
from optimizer.prove import last, steps_of
from optimizer.result import NoPlan
from optimizer.rules import breaches, is_valid
from optimizer.run import REPEATABLE_LANES
from optimizer.solvers.search import search
from optimizer.solvers.threads import cores, in_threads

SHARES = (0.01, 0.02, 0.05, 0.1, 0.2)  # of students moved: the first steps that people ask about
FIRST, FREE, NESTED, BOUND = 3.0, 1.0, 0.4, 1.2  # weights of the time: the best plan; then of each point
NOTHING = 2e-3  # a nested plan may be worse by this share of the free one's gain over today


class Run:
    """One call of `frontier`: its deadline, and what each part may use of it."""

    def __init__(
        self, district: District, objective: Objective, axis: Capped, count: int, deadline: Deadline, seed: int,
        threads: int | None,
    ) -> None:  # fmt: skip
        self.district, self.objective, self.axis, self.count = district, objective, axis, count
        self.deadline, self.seed = deadline, seed
        self.threads = cores(threads)
        self.missing: list[Missing] = []
        self.nearest, self.proposals = Plan.today(district), 0  # of the last search
        self.weight = FIRST + BOUND + (count - 1) * (FREE + NESTED + BOUND)  # of what is not done yet

    def points_of(self, progress: Callable[[int, int, float], None] | None) -> list[Point]:
        """From the tightest cap to the loosest."""
        tell = progress if progress is not None else lambda done, points, value: None
        best = self._search(self._model(self.axis.most), FIRST, self.axis.most, partial(tell, 0, self.count))
        if best is None:
            return []
        found = [best]
        caps = self._caps(self._used(best.plan))
        for cap in reversed(caps):
            tell(len(found), len(caps) + 1, best.value)
            point = None if self.deadline.stopped else self._under(cap, found[-1])
            if point is not None:
                found.append(point)
            else:
                self.missing.append(Missing(cap, self._why_none(cap)))
        return self._bounded(_no_worse(found[::-1]))

    def _model(self, cap: float | None) -> Model:
        return Model.build(self.district, self.axis.rules(cap))

    def ruled_out(self, cap: float | None) -> bool:
        """Whether prices of the limits prove that no plan is valid under a cap."""
        return not self.deadline.stopped and contradictory(self._model(cap))

    def _why_none(self, cap: float) -> NoPlan | Literal["stopped"]:
        return "stopped" if self.deadline.stopped else "proved" if self.ruled_out(cap) else "not found"

    def _share(self, weight: float) -> float | None:
        """Seconds for a part of this weight, of what is left."""
        share = self.deadline.seconds_of(weight / max(self.weight, weight))
        self.weight -= weight
        return share

    def _search(
        self, model: Model, weight: float, cap: float | None, look: Callable[[float], None] | None = None
    ) -> Point | None:
        """The best valid plan found under a cap; None where there is none. look: told the best value on the way."""
        seconds, iterations = self._share(weight), self.deadline.iterations
        if iterations is not None:
            iterations = max(1, int(iterations * min(weight / FREE, 1.0)))
        found = search(
            model,
            self.objective,
            self.deadline.anew(seconds, iterations),
            random=np.random.default_rng(self.seed),
            lanes=self.threads if iterations is None else REPEATABLE_LANES,
            threads=self.threads,
            watch=None if look is None else lambda run: look(run.best[0]),
        )
        plan = self.nearest = Plan(model.district, found.school)
        self.proposals = found.iterations
        valid = is_valid(breaches(plan, self.axis.rules(cap)))
        return Point(cap, plan, self.objective.value(plan)) if valid else None

    def _used(self, plan: Plan) -> float:
        """What a plan uses of the axis."""
        if self.axis.name == "moved":
            return plan.moved_counted
        return float(np.nan_to_num(travel_mean(plan, plan.district.students)))

    def _caps(self, most: float) -> list[float]:
        """Ascending, the best plan's own use not among them: both ends, the shares that people ask about, and between
        them the middles of the widest gaps, measured by their square roots, since the first students count most."""
        least = self._least()
        lowest, highest = min(least, most), max(least, most)
        known = [lowest, highest]
        asked = [share for share in SHARES if lowest < share < highest] if self.axis.name == "moved" else []
        while asked and len(known) < self.count:  # where there is no room for all, those farthest from what is there
            near = np.abs(np.sqrt(np.array(asked) - lowest)[:, None] - np.sqrt(np.array(known) - lowest)).min(axis=1)
            known.append(asked.pop(int(np.argmax(near))))
        known = sorted(set(known))
        while len(known) < self.count and highest > lowest:
            root = np.sqrt(np.array(known) - lowest)
            k = int(np.argmax(np.diff(root)))
            known = sorted([*known, lowest + float((root[k] + root[k + 1]) / 2) ** 2])
        return known[:-1] if known[-1] == most else known[1:]

    def _least(self) -> float:
        """The tightest cap worth asking for: nobody moves; the mean travel of today's zones."""
        return 0.0 if self.axis.name == "moved" else self._used(Plan.today(self.district))

    def _under(self, cap: float, looser: Point) -> Point | None:
        """The best plan under a cap, nested in the looser plan where that costs nothing."""
        model = self._model(cap)
        free, pairs = self._search(model, FREE, cap), model.pairs
        kept = model.keep_pairs(model.stay | (pairs.index == looser.plan.school[pairs.rows]))
        whole = bool((np.diff(kept.pairs.start) > 0).all())
        inner = self._search(kept, NESTED, cap) if whole else None
        if free is None or inner is None:
            return free or inner
        gain = max(self.objective.value(Plan.today(self.district)) - free.value, 0.0)
        return inner if inner.value <= free.value + NOTHING * gain else free

    def _bounded(self, points: list[Point]) -> list[Point]:
        """Every point with its bound: by one run of prices through all caps, from the loosest, where a cap changes
        nothing but a limit. What it proves under one cap it then proves, less the price of the difference, under any
        other."""
        proved: list[Proof] = []
        place = len(Model.build(self.district, self.axis.before).budgets)
        bounder: Bounder | None = None
        for point in reversed(points):
            model = self._model(point.cap)
            if bounder is None or point.cap is None or not alike(proved[-1].model, model, place):
                before = bounder
                bounder = Bounder(model, self.objective, point.plan.school, point.value, threads=self.threads)
                if before is not None:
                    bounder.adopt(before)
            else:
                bounder.retarget(place, model.budgets[place].limit, point.plan.school, point.value)
            certificate = self._prove(bounder)
            if certificate is None:
                break
            proved.append(Proof(certificate, model, point.cap is None))
        out = []
        for point in points:
            model = self._model(point.cap)
            free = point.cap is None
            reached = [found for one in proved if (found := one.under(model, place, free=free)) is not None]
            out.append(replace(point, certificate=max(reached, key=lambda c: c.bound, default=None)))
        return out

    def _prove(self, bounder: Bounder) -> Certificate | None:
        """The certificate of one point's share of the time; None after Ctrl-C."""
        seconds, steps = self._share(BOUND), steps_of(self.deadline.iterations)
        end = None if seconds is None else last(seconds)
        left = None if seconds is None or end is None else seconds - end
        run = self.deadline.anew(left, steps)
        in_threads([partial(bounder.run, run)], 1, run)
        if self.deadline.stopped:
            return None
        finish = self.deadline.anew(end)
        return in_threads([partial(bounder.finish, finish)], 1, finish)[0]


def _no_worse(points: list[Point]) -> list[Point]:
    """A looser cap allows what a tighter one does: no point is worse than the one before it."""
    out: list[Point] = []
    for point in points:
        worse = bool(out) and out[-1].value < point.value
        out.append(replace(point, plan=out[-1].plan, value=out[-1].value) if worse else point)
    return [_nested(point, after) for point, after in zip(out, [*out[1:], None], strict=True)]


def _nested(point: Point, after: Point | None) -> Point:
    """Whether the point's moves are all among those of the next."""
    if after is None:
        return replace(point, nested=False)
    plan, home = point.plan, point.plan.district.home
    return replace(point, nested=bool(((plan.school == home) | (plan.school == after.plan.school)).all()))
