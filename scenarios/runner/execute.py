"""What a worker does: one run, to one row and one plan. The same code on this machine and on a cluster."""

from __future__ import annotations

import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from optimizer.baselines import nearest_school
from optimizer.district import District
from optimizer.errors import Doubt, Fault, InputError
from optimizer.objectives import Objective
from optimizer.optimize import TIME_LIMIT
from optimizer.plan import Plan
from optimizer.rules import under
from scenarios.answer.evaluation import evaluate_plan
from scenarios.answer.redraws import Redraws
from scenarios.answer.study_rows import Drawn, Measured, Searched, Sought
from scenarios.answer.summary import is_alternative, objective_spec, summarise_run
from scenarios.answer.uncertainty import with_intervals
from scenarios.asking.near import objectives_for
from scenarios.asking.options import limits_in_force, rules_of, size_of
from scenarios.asking.plugins import load_plugins, plugin_fault, plugin_hash
from scenarios.asking.solving import solve_with
from scenarios.folder import read_district
from scenarios.folder.draws import DRAWS, Draws, read_draws
from scenarios.paper.absence import in_a_clause
from scenarios.paper.words import words
from scenarios.plans.file import plan_csv, plan_hash, plan_under, read_plan, start_of
from scenarios.reading.records import Broken
from scenarios.runner.task import Done, Task, failed, objective_text, row_of
from scenarios.version import rezone_version

KEPT = 4  # districts that a worker keeps in memory
AS_IT_IS = "Leave the file as it is during a sweep; then run it again"


def run_task(task: Task, threads: int = 1) -> Done:
    """Do one run. threads: where its options give none. Whatever goes wrong is a row with its reason."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", Doubt)
        done = _done(task, threads)
    return replace(done, doubts=tuple(str(one.message) for one in caught if isinstance(one.message, Doubt)))


def _done(task: Task, threads: int) -> Done:
    try:
        _plugged(task.plugins, task.codes)
        return _run(task, task.settings.options.threads or threads)
    except (Exception, SystemExit) as error:  # a run that fails must not stop the others
        return failed(task, _in_words(error))


@lru_cache(maxsize=1)
def _plugged(files: tuple[Path, ...], codes: tuple[str, ...]) -> None:
    """Once a process and set of files. Raises InputError where one is not what it was when the runs were named."""
    load_plugins(files)
    for file, code in zip(files, codes, strict=True):
        if plugin_hash(file) != code:
            raise InputError(Fault(file.name, "is not the plugin that it was when its run was named", AS_IT_IS))


def _in_words(error: BaseException) -> str:
    if isinstance(error, InputError):
        return str(error)
    if isinstance(error, MemoryError):
        return "there is not enough memory"
    fault = plugin_fault(error)
    return f"{type(error).__name__}: {error}" if fault is None else str(fault)


def _run(task: Task, threads: int) -> Done:
    if task.version != rezone_version():
        problem = f"version {rezone_version()} where the sweep was started by {task.version}"
        raise InputError(Fault("the worker", f"has {problem}", "Install one version everywhere"))
    district = _district(task.folder, tuple(sorted(task.inputs.items())))
    began = time.monotonic()
    objectives = objectives_for(task.settings, district)
    several = isinstance(objectives, list)
    objective = objectives[-1] if isinstance(objectives, list) else objectives
    ended = _searched(task, district, objectives, threads) if task.searched else _scored(task, district, objective)
    # The objective in force, where none was named too.
    options = limits_in_force(task.settings.options, district.travel.unit) | {
        "objective": objective_text(task.settings.options.objective if several else objective_spec(objective))
    }
    plan, drawn = ended.plan, None
    if task.draws is not None and plan is not None:
        drawn = Drawn.of(with_intervals(plan_under(plan, rules_of(task.settings)), _redraws(task, district)))
    sought = Sought(
        objective_value=ended.value,
        objective_value_status_quo=ended.value_status_quo,
        plan_sha256=None if plan is None else plan_hash(plan),
        drawn=drawn,
    )
    found = replace(ended.found, seconds=round(time.monotonic() - began, 3))
    row = row_of(task, outcome=ended.outcome, reason=ended.reason, options=options, found=found, sought=sought)
    return Done(task.run, row, None if plan is None else plan_csv(plan))


@dataclass(frozen=True, eq=False)
class _Ended:
    """What came of a run. reason: why there is no valid plan, or why a given one is none. value: of the objective."""

    outcome: str | None
    reason: str | None
    plan: Plan | None
    value: float | None
    value_status_quo: float | None
    found: Measured


@lru_cache(maxsize=KEPT)
def _district(folder: Path, inputs: tuple[tuple[str, str], ...]) -> District:
    """The district as it was when the runs were named."""
    district = read_district(folder)
    if dict(district.inputs) != dict(inputs):
        problem = "has other files than when its runs were named"
        raise InputError(Fault(folder.name, problem, "Leave the folder as it is during a sweep; then run it again"))
    return district


def _redraws(task: Task, district: District) -> Redraws:
    """Those that were meant when the runs were named."""
    assert task.draws is not None
    number, digest = task.draws
    read = _read_draws(task.folder, number, digest, district) if digest else None
    return Redraws(number, task.settings.options.seed, read)


@lru_cache(maxsize=1)
def _read_draws(folder: Path, number: int, digest: str, district: District) -> Draws:
    draws = read_draws(folder, district, number)
    if draws.sha256 != digest:
        mend = "Leave the folder as it is during a sweep; then run it again"
        raise InputError(Fault(DRAWS, "is another file than when its runs were named", mend))
    return draws


def _searched(task: Task, district: District, objective: Objective | list[Objective], threads: int) -> _Ended:
    options = task.settings.options
    free = options.time_limit is None and options.iterations is None
    limit = TIME_LIMIT if free else options.time_limit
    start = start_of(task.settings, district)
    if start is not None and plan_hash(start) != task.start_hash:
        raise InputError(Fault("from", "is not the plan that it was when its run was named", AS_IT_IS))
    result = solve_with(task.settings, district, objective=objective, seconds=limit, threads=threads, start=start)
    summary = summarise_run(result, task.settings, result.seconds)
    why = None if result.no_plan is None else f"{in_a_clause(result.no_plan)}: {_broken(summary.broken_limits)}"
    search = Searched(
        bound=summary.bound,
        gap=summary.gap,
        solver_bound=summary.solver_bound,
        seed=summary.seed,
        iterations=summary.iterations,
        threads=threads,
    )
    unit, alternative = district.travel.unit, summary.valid_status_quo
    return _Ended(
        outcome=summary.status,
        reason=why,
        plan=result.plan if result.valid else None,
        value=summary.objective_value,
        value_status_quo=summary.objective_value_status_quo,
        found=Measured.of(summary, unit, valid_status_quo=alternative, search=search, proof=summary.proof),
    )


def _scored(task: Task, district: District, objective: Objective) -> _Ended:
    """A plan as it is, whoever drew it. objective: the last, where there are several."""
    plan = _given(task, district)
    found = evaluate_plan(plan, task.settings)
    alternative = is_alternative(plan.district, rules_of(task.settings))
    return _Ended(
        outcome="valid" if found.valid else "invalid",
        reason=None if found.valid else "the plan is not valid: " + _broken(found.broken_limits),
        plan=plan,
        value=objective.value(plan),
        value_status_quo=objective.value(Plan.today(plan.district)),
        found=Measured.of(found, district.travel.unit, valid_status_quo=alternative),
    )


def _given(task: Task, district: District) -> Plan:
    if task.plan is None:
        today = task.baseline == "status_quo"
        if today:
            return Plan.status_quo(district)
        # A school that the scenario closes takes nobody, one that it opens does.
        return nearest_school(under(district, rules_of(task.settings)), size=size_of(task.settings))
    plan = read_plan(task.plan, under(district, rules_of(task.settings)))
    if plan_hash(plan) != task.plan_hash:
        raise InputError(Fault(task.plan.name, "is not the plan that it was when its run was named", AS_IT_IS))
    return plan


def _broken(rows: Sequence[Broken]) -> str:
    """Broken limits in a line, the inherited ones left out, since they are allowed."""
    new = [row for row in rows if not row.inherited]
    parts = [f"{row.limit}{_where(row)} by {words().excess(row.amount, row.unit)}" for row in new]
    more = f", and {len(parts) - 5} more" if len(parts) > 5 else ""
    return ", ".join(parts[:5]) + more


def _where(row: Broken) -> str:
    place = row.school or row.block
    return "" if place is None else f" at {place}"
