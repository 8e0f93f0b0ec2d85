"""`rezone repair`: the nearest valid plan to a drawn one, left as `rezone optimize` leaves its own."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimizer.errors import InputError
from scenarios.cli.flags import SEARCH, Asked, asks
from scenarios.cli.progress import solves

if TYPE_CHECKING:
    from optimizer.district import District
    from optimizer.plan import Plan
    from optimizer.result import Result
    from scenarios.asking.options import Settings
    from scenarios.reading.records import Summary

HAIR = 1e-6  # students: less is rounding


@solves
@asks(*(name for name in SEARCH if name != "objective"))
def repair(
    asked: Asked,
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="The drawn plan's file: block_id,school_id.")],
    *,
    out: Annotated[Path, typer.Option(help="The folder to write the mended plan, its measures and its report to.")],
) -> None:
    """Mend a drawn plan: the valid plan in which the fewest students have another school than drawn.

    Says which limits the drawing breaks, and proves how few students any valid plan could change. Ctrl-C ends the
    search and keeps the best plan so far. Exit status 1: no valid plan was found.
    """
    from scenarios.answer.baselines import baselines
    from scenarios.asking.solving import mend_with
    from scenarios.cli.job import need_plan, tell_none, time_to_search, written
    from scenarios.cli.progress import ProgressLine
    from scenarios.writing.staging import answer_folder

    settings, read = asked.settings(), asked.read()
    drawn, settings = _drawn(plan, read, settings)
    folder = answer_folder(out, "optimize", asked.district)
    beside = baselines(read, settings)
    seconds = time_to_search(settings.options, read)
    line = ProgressLine("changed", "", seconds)
    result = mend_with(settings, drawn, seconds=seconds, progress=line)
    line.close()
    need_plan(result)
    summary = written(result, settings, folder, (beside, None, None))
    if not summary.valid:
        tell_none(summary)
    _tell(result, drawn, summary)
    typer.echo(f"Report: {out / 'report.html'}")


def _drawn(path: Path, read: District, settings: Settings) -> tuple[Plan, Settings]:
    """The drawn plan under the rules, and the settings that hold it as what the objective is against. Raises InputError
    where it is a plan of another district."""
    from optimizer.plan import NamedPlan, Plan
    from optimizer.rules import under
    from scenarios.asking.near import CHANGED
    from scenarios.asking.options import rules_of
    from scenarios.plans.file import need_file
    from scenarios.reading.plans import plan_rows

    need_file(path)
    rows = plan_rows(path)
    district, named = under(read, rules_of(settings)), NamedPlan.of(rows)
    if faults := named.faults(district, path.name):
        raise InputError(replace(fault, column=None) for fault in faults)
    options = settings.options.model_copy(update={"objective": CHANGED})
    rules = (*settings.rules, {"kind": CHANGED, "plan": rows, "share": 1.0})
    return Plan(district, named.on(district)), replace(settings, options=options, rules=rules)


def _tell(result: Result, drawn: Plan, summary: Summary) -> None:
    """What was changed and why, and what is proved of it; then what the mended plan does."""
    from optimizer.rules import breaches
    from scenarios.cli.tables import broken_in_words, comparison
    from scenarios.reading.records import Broken

    district = result.plan.district
    typer.echo(f"{district.name}: {_changed(result, drawn)}")
    wrong = [row for row in breaches(drawn, result.rules) if not row.inherited]
    if wrong:
        typer.echo("The drawing breaks:")
        names = dict(zip(district.school_ids, district.school_names, strict=True))
        typer.echo(broken_in_words(Broken.of(sorted(wrong, key=lambda row: row.block is not None)), names))
    typer.echo(_proved(summary, result))
    assert summary.measures is not None
    typer.echo(comparison(summary.measures, summary.measures_status_quo, district.groups, district.travel.unit))


def _changed(result: Result, drawn: Plan) -> str:
    from scenarios.paper.plain import students_told
    from scenarios.paper.wording import counted

    other = result.plan.school != drawn.school
    if not other.any():
        return "the drawing keeps every limit, and nothing is changed."
    students = students_told(float(drawn.district.students[other].sum()))
    blocks = counted(int(other.sum()), "block")
    return f"{students} students in {blocks} have another school than drawn, and every limit holds."


def _proved(summary: Summary, result: Result) -> str:
    """What no valid plan is below, in students, rounded down; where students come whole, up to the next."""
    from scenarios.answer.summary import standing
    from scenarios.paper.plain import students_told

    students, stands = result.plan.district.students, standing(summary)
    least = math.floor(100 * (summary.bound or 0.0) * float(students.sum())) / 100
    if not (students % 1).any():
        least = math.ceil(least)
    if least > 0 and least >= (summary.objective_value or 0.0) * float(students.sum()) - HAIR:
        stands = "best"
    certified = f" The certificate proves {students_told(least)} students." if least > 0 else ""
    return {
        "best": "Proved: no valid plan changes fewer students.",
        "near": "Proved: no valid plan changes fewer students, but for a thousandth of them.",
        "solver": f"The exact solver has proved that no valid plan changes fewer.{certified}",
        "bound": f"Proved: no valid plan changes fewer than {students_told(least)} students.",
        "unknown": "How few students a valid plan could change has not been proved.",
    }[stands]
