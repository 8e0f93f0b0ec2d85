"""How far limits that today's zones break must stay broken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimizer.district import District
from optimizer.explain.cpsat import WHOLE, least_over, over
from optimizer.explain.limits import Case, Limit
from optimizer.explain.oracle import Oracle
from optimizer.explain.relaxed import relax
from optimizer.explain.work import UNKNOWN, Verdict, Work
from optimizer.objectives import StudentsMoved
from optimizer.optimize import optimize
from optimizer.plan import Plan
from optimizer.rules import Rule, Size

EXACT = 1e-4  # students: nearer than this, an amount and what bounds it are the same
NEAR = 0.5  # students: not worth more time in a large model
SEARCH = 6.0  # seconds for the search, where they can be had
MANY_PAIRS = 1000  # from here on the compiled search is given time: it is ahead of CP-SAT in finding plans
QUICK = 20_000  # proposals in smaller models, which take no time: CP-SAT may find nothing that holds together


@dataclass(frozen=True, eq=False)
class Inherited:
    """A limit that today's zones break, by `today`. least: the least by which a plan that is valid otherwise breaks it,
    as far as found; 0: some plan keeps it. at_least: no such plan breaks it by less."""

    limit: Limit
    today: float
    least: float | None
    at_least: float

    @property
    def proved(self) -> bool:
        """Whether `least` is the least."""
        return self.least is not None and self.least <= self.at_least + EXACT


@dataclass(frozen=True, eq=False)
class Relief:
    """rows: one for each limit broken today. together: whether one plan keeps all of them; None: not known.
    plans: those found on the way."""

    rows: tuple[Inherited, ...]
    together: bool | None
    plans: tuple[Plan, ...] = ()


def search_plan(oracle: Oracle, rules: tuple[Rule, ...], share: float) -> None:
    """Let the search look for a plan of least excess, at length where the model is large, and make it known."""
    case, work = oracle.case, oracle.work
    if work.over:
        return
    quick = len(case.whole.pairs.index) < MANY_PAIRS
    seconds = None if work.left is None else max(share * work.left, min(SEARCH, 0.7 * work.left))
    result = optimize(
        case.district,
        StudentsMoved(),
        rules,
        time_limit=seconds,
        iterations=QUICK if quick else None if work.seconds is not None else 1_000_000,
        seed=work.seed,
        threads=work.threads,
        proving=0,
        stop=work.stop,
    )
    work.used.add("search")
    oracle.know(result.plan.school)


def relieve(district: District, rules: tuple[Rule, ...], work: Work) -> Relief:
    """For each limit of a school that today's zones break: how near to it any valid plan comes. Limits count as the
    default has them: no excess may grow."""
    rules = tuple(replace(rule, strict=False) if isinstance(rule, Size) else rule for rule in rules)
    case, strict = Case(district, rules), Case(district, rules, strict=True)
    soft = [limit for limit in strict.limits if limit.school >= 0]
    today = strict.amounts(soft, strict.today)
    broken = tuple(limit for limit, amount in zip(soft, today, strict=True) if amount > 0)
    if not broken:
        return Relief((), None)
    oracle = Oracle(case, work)
    search_plan(oracle, rules, 0.3)
    question = _Question(oracle, strict, broken)
    joint = question.least(broken, 0.3)
    rows = []
    for k, limit in enumerate(broken):
        one = question.least([limit], 1 / (len(broken) - k))
        least = one.value if one.school is not None else None
        rows.append(Inherited(limit, float(strict.amounts([limit], strict.today)[0]), least, one.bound))
    together = True if joint.value <= WHOLE else False if joint.bound > EXACT or joint.none else None
    return Relief(tuple(rows), together, tuple(plan for plan, _ in oracle.plans))


@dataclass(frozen=True, eq=False)
class _Question:
    """strict: the same limits, those broken today as they are written."""

    oracle: Oracle
    strict: Case
    broken: tuple[Limit, ...]

    def least(self, soft: Sequence[Limit], share: float) -> Verdict:
        """The least total by which valid plans go beyond the soft ones."""
        every, work = frozenset(self.oracle.case.limits), self.oracle.work
        now = best_known(self.oracle, self.strict, every, soft, whole=False)
        if now.value == 0:
            return now
        # The floor leaves out the other limits that are broken today: it only gets lower by that.
        others = frozenset(self.strict.limits) - frozenset(self.broken)
        floor = relax(self.strict, others | frozenset(soft), soft, work.seconds_of(0.6)).broken
        model = self.oracle.case.model(every)
        enough = NEAR if len(model.pairs.index) > MANY_PAIRS else EXACT
        if now.school is not None and now.value <= floor + enough:
            return replace(now, bound=floor)
        start = self.oracle.nearest(every).school if now.school is None else now.school
        return better(self.oracle, now, least_over(self.strict, model, soft, start, work, share, whole=False), floor)


def best_known(oracle: Oracle, case: Case, rest: frozenset[Limit], soft: Sequence[Limit], *, whole: bool) -> Verdict:
    """Of the plans known to keep `rest`, the one that goes least beyond the soft limits."""
    known = [plan.school for plan, kept in oracle.plans if rest <= kept]
    worth = [over(case, soft, school, whole=whole) for school in known]
    return Verdict(known[int(np.argmin(worth))], min(worth), 0.0) if known else UNKNOWN


def better(oracle: Oracle, now: Verdict, found: Verdict, floor: float) -> Verdict:
    """The better of two answers, with the higher of the bounds."""
    if found.school is not None:
        oracle.know(found.school)
    if found.none:
        return found
    best = found if found.value <= now.value else now
    return replace(best, bound=max(floor, found.bound))
