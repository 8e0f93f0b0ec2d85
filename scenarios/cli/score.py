"""`rezone score`: anyone's plan beside what it should be held against."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimizer.errors import Fault, InputError
from scenarios.cli.flags import SEARCH, Asked, Draws, asks
from scenarios.cli.progress import ProgressLine, ProgressLines, solves

if TYPE_CHECKING:
    from optimizer.district import District
    from optimizer.objectives import Objective
    from optimizer.plan import Plan
    from scenarios.asking.options import Settings
    from scenarios.score import Best
    from scenarios.score.document import Entry, Found


@solves
@asks(*SEARCH)
def score(
    asked: Asked,
    plans: Annotated[
        list[Path],
        typer.Argument(
            metavar="PLAN...", help="Plan files (.csv), or zones: GeoPackage, shapefile (.shp, .zip), GeoJSON, Parquet."
        ),
    ],
    *,
    out: Annotated[Path, typer.Option(help="The folder to write the scorecard to.")],
    by: Annotated[str, typer.Option(help="Zones take the blocks of which they have most (area), or points.")] = "area",
    school_column: Annotated[str | None, typer.Option(help="The column of the zones that names their schools.")] = None,
    layer: Annotated[str | None, typer.Option(help="The layer, where a file has several.")] = None,
    keep_unmatched: Annotated[
        bool, typer.Option("--keep-unmatched", help="Leave the blocks of unknown schools' zones where they are today.")
    ] = False,
    draws: Draws = None,
) -> None:
    """Set plans, whoever drew them, beside today's zones, the nearest-school plan, and the best that moves no more.

    The time limit is for all plans together. Ctrl-C keeps what there is. Exit status 0, also where plans break limits.
    """
    from scenarios.answer.redraws import redraws_of, seconds_of
    from scenarios.asking.near import objective_for
    from scenarios.cli.job import time_left
    from scenarios.cli.started import STARTED
    from scenarios.cli.tables import several_in_words
    from scenarios.plans.layers import read_any_plan
    from scenarios.score import Scored, document, write_score
    from scenarios.writing.staging import answer_folder, writing

    if by not in ("area", "points"):
        raise InputError(Fault("--by", f"'{by}' is not a way to match zones", "Give area or points"))
    settings = asked.settings()
    read = _ruled(asked.read(), settings)
    objective = objective_for(settings, read)
    given = {
        name: read_any_plan(
            path,
            read,
            by=by,  # type: ignore[arg-type]  # checked above
            school_column=school_column,
            layer=layer,
            keep_unmatched=keep_unmatched,
        )
        for name, path in zip(names_of(plans), plans, strict=True)
    }
    redraws = None if draws is None else redraws_of(asked.district, read, draws, settings.options.seed)
    folder = answer_folder(out, "score", asked.district)
    after = seconds_of(read, draws, len(given) + 1)
    seconds = time_left(settings.options, after + 0.5 + len(given) * read.blocks / 20_000)
    best, stopped = _best([one.plan for one in given.values()], objective, settings, seconds)
    scored = Scored.of(given, best, settings, redraws)
    found = document(scored, objective, settings, seconds=time.monotonic() - STARTED, stopped=stopped)
    with writing(folder, "score") as new:
        write_score(new, found, scored)
    _tell(found)
    if scored.several is not None:
        typer.echo("\n" + several_in_words(scored.several, read.travel.unit))
    typer.echo(f"\nPage: {out / 'score.html'}")


def _ruled(read: District, settings: Settings) -> District:
    """As evaluate has it: the schools and seats that the rules leave, for every plan. Raises InputError where rules
    contradict each other."""
    from optimizer.contradictions import ready
    from optimizer.rules import under
    from scenarios.asking.options import rules_of

    rules = rules_of(settings)
    read = under(read, rules)
    if settings.rules:
        ready(read, rules)
    return read


def _best(
    plans: Sequence[Plan], objective: Objective, settings: Settings, seconds: float | None
) -> tuple[list[Best], bool]:
    """`best_plans`, with a line of progress for each search."""
    from scenarios.score import best_plans

    lines = ProgressLines()

    def watch(k: int, runs: int, seconds: float | None) -> ProgressLine:
        return lines.begin(f"{k + 1} of {runs}: ", objective, seconds)

    found = best_plans(plans, objective, settings, seconds=seconds, watch=watch)
    lines.close()
    return found


def names_of(paths: Sequence[Path]) -> list[str]:
    """A name for each plan: its file's (the folder's of a plan.csv), with its folder's or a number where needed."""
    names = [path.resolve().parent.name if path.stem == "plan" else path.stem for path in paths]
    if len(set(names)) < len(names):
        names = [f"{path.resolve().parent.name}/{path.stem}" for path in paths]
    taken: dict[str, int] = {}
    for k, name in enumerate(names):
        taken[name] = taken.get(name, 0) + 1
        names[k] = name if taken[name] == 1 else f"{name} [{taken[name]}]"
    return names


def _tell(found: Found) -> None:
    from optimizer.gap import NOUGHT
    from scenarios.cli.tables import COUNTED_WORDS, lay_out
    from scenarios.paper.measures import DISPARITY, RACE, TRAVEL, plain
    from scenarios.paper.movers import counts_differ
    from scenarios.score.document import Given
    from scenarios.score.words import rounded_down

    unit, named = found.travel_unit, found.objective in (DISPARITY, TRAVEL)
    told = str(found.objective) if named else ""
    both = counts_differ(plan.measures for plan in (found.nearest_school, *found.plans))

    def line(name: str, one: Entry) -> tuple[str, ...]:
        now, value, bound = one.measures, "", ""
        if isinstance(one, Given):
            best = one.best
            value = "none" if best is None else plain(told, best.objective_value, unit)
            proved = one.bound > 0 or (best is not None and best.objective_value <= NOUGHT)
            bound = plain(told, rounded_down(found, one.bound), unit) if proved else ""
        return (
            name,
            plain("disparity", now["disparity"], unit),
            plain(RACE, now.get(RACE), unit),
            plain("moved_share", now["moved_share"], unit),
            plain("moved_counted", now["moved_counted"], unit) if both else "",
            plain("travel_mean", now["travel_mean"], unit),
            plain("utilisation_max", now["utilisation_max"], unit),
            str(len(one.new)),
            value,
            bound,
        )

    head = (
        *("", "disparity", "by race", "moved", "counted", "mean travel", "fullest", "limits broken", "best found"),
        "none below",
    )
    rows = [line(name[:60] if isinstance(one, Given) else name, one) for name, one in found.entries("today")]
    used = [k for k in range(len(head)) if k == 0 or any(row[k] not in ("", "-") for row in rows)]
    typer.echo(found.district)
    typer.echo(lay_out([tuple(row[k] for k in used) for row in [head, *rows]]))
    what = found.objective if named else "objective"
    typer.echo(f"\nbest found: {what} of the best valid plan found that moves no more students; none below: proved.")
    if both:
        typer.echo(COUNTED_WORDS)
    for plan in found.plans:
        for words in plan.unmatched:
            typer.echo(f"{plan.name}: {words}")
