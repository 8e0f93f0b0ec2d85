"""The recipe: is there a valid plan, and if not, why not, and what would help?"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from optimizer import kernels
from optimizer.contradictions import ready
from optimizer.district import District
from optimizer.explain.conflict import Conflict, reason, smallest
from optimizer.explain.limits import Case, Limit
from optimizer.explain.oracle import Oracle
from optimizer.explain.relieve import Relief, relieve, search_plan
from optimizer.explain.ways import WayOut, ways_out
from optimizer.explain.work import Work
from optimizer.model import Model
from optimizer.plan import Plan
from optimizer.rules import DEFAULT_RULES, Require, Rule
from optimizer.solvers.threads import cores
from optimizer.striking import Contradiction, contradiction

FURTHER = 4  # conflicts besides the first
WISHES = 20  # required pairs that are looked at


@dataclass(frozen=True, eq=False)
class Explanation:
    """feasible: whether there is a valid plan; None where none was found and none is proved impossible. plan: a valid
    one, or else the nearest known. conflict: where there is none or none was found. also: further conflicts, in other
    schools. ways: for each kind of limit in the conflicts. relief: of limits that today's zones break. method: what was
    put to work. struck: of the pairs that rules require, those that no valid plan of the other rules has."""

    case: Case
    feasible: bool | None
    plan: Plan
    conflict: Conflict | None
    also: tuple[Conflict, ...]
    ways: tuple[WayOut, ...]
    relief: Relief
    seconds: float
    stopped: bool
    method: tuple[str, ...]
    struck: tuple[Contradiction, ...] = ()


def explain(
    district: District,
    rules: Sequence[Rule] = DEFAULT_RULES,
    *,
    time_limit: float | None = 60.0,
    seed: int = 0,
    threads: int | None = None,
    stop: threading.Event | None = None,
    known: Callable[[], None] = lambda: None,
) -> Explanation:
    """Why there is no valid plan, or that there is one.

    time_limit: seconds from this call; None for no limit. stop: ends it early when set, with what is known by then;
    Ctrl-C sets it while a solver runs. known: called once it is known whether there is a valid plan. Raises InputError
    where rules contradict each other. Where rules close, open or pair schools, that is taken as given: ways out are
    sought among the other limits.
    """
    kernels.ensure()
    work = Work(time_limit, stop=stop or threading.Event(), threads=cores(threads), seed=seed)
    district = ready(district, rules).model.district
    oracle = Oracle(Case(district, tuple(rules)), work)
    every = frozenset(oracle.case.limits)
    oracle.work = work.part(0.5)
    feasible = _settle(oracle)
    if feasible is not None:
        known()
    oracle.work = work.part(0.4)
    conflict = None if feasible else _conflict(oracle, every, feasible)
    also = _further(oracle, conflict) if conflict is not None and conflict.proved else ()
    relief = relieve(district, tuple(rules), work.part(0.9 if feasible else 0.5))
    oracle.work = work
    every_one = () if conflict is None else (conflict, *also)
    names = tuple(dict.fromkeys(limit.name for one in every_one for limit in one.limits))
    for plan in relief.plans:
        oracle.know(plan.school)
    ways = () if oracle.plan(every) else ways_out(oracle, names, 0.9)
    valid = oracle.plan(every)
    if valid is not None:
        feasible, conflict, also, ways = True, None, (), ()
    return Explanation(
        oracle.case,
        feasible,
        valid or oracle.nearest(every),
        conflict,
        also,
        ways,
        relief,
        work.spent,
        work.stopped,
        tuple(sorted(work.used)),
        () if feasible else _struck(district, tuple(rules)),
    )


def _struck(district: District, rules: tuple[Rule, ...]) -> tuple[Contradiction, ...]:
    """Of the pairs that rules require, those that no valid plan of the other rules has, the first few."""
    wished = [pair for rule in rules if isinstance(rule, Require) for pair in rule.pairs][:WISHES]
    if not wished:
        return ()
    model = Model.build(district, tuple(rule for rule in rules if not isinstance(rule, Require)))
    places = [(district.block_ids.index(block), district.school_ids.index(school)) for block, school in wished]
    found = [contradiction(model, block, school) for block, school in places]
    return tuple(one for one in found if one is not None)


def conflict_in(oracle: Oracle) -> Conflict | None:
    """The smallest conflict of all limits; None where none is proved."""
    every = frozenset(oracle.case.limits)
    return _conflict(oracle, every, feasible=False) if oracle.keeps(every, 0.5) is False else None


def _conflict(oracle: Oracle, every: frozenset[Limit], feasible: bool | None) -> Conflict:
    """The smallest conflict; or, where there is no proof of any, what the nearest plan found breaks."""
    if feasible is False:
        return smallest(oracle, min((core for core in oracle.refuted if core <= every), key=len))
    broken = every - oracle.case.kept_by(oracle.nearest(every))
    return Conflict(tuple(sorted(broken)), False, False, reason(oracle.case, broken))


def _further(oracle: Oracle, first: Conflict) -> tuple[Conflict, ...]:
    """Conflicts that are left when the schools' limits of the first are set aside, as far as the linear relaxation
    shows them."""
    found: list[Conflict] = []
    rest = frozenset(oracle.case.limits)
    while len(found) < FURTHER and not oracle.work.over:
        rest -= {limit for limit in (found[-1] if found else first).limits if limit.school >= 0}
        core = oracle.clash(rest)
        if core is None or not any(limit.school >= 0 for limit in core):
            break
        oracle.refuted.append(core)
        found.append(smallest(oracle, core))
    return tuple(found)


def _settle(oracle: Oracle) -> bool | None:
    """Whether some plan keeps every limit."""
    every = frozenset(oracle.case.limits)
    if oracle.plan(every) is not None:
        return True
    if oracle.clash(every) is None:
        search_plan(oracle, oracle.case.rules, 0.15)
    return oracle.keeps(every, 0.5)
