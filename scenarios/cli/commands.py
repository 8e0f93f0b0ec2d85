"""The commands. Each reads its input, asks the library, and prints: nothing is computed here.

Heavy libraries are imported inside the commands, so that `rezone --help` answers at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optimizer.errors import Fault, InputError
from scenarios.cli.flags import SEARCH, AsJson, Asked, DistrictFolder, Draws, asks
from scenarios.cli.progress import solves
from scenarios.cli.streams import tell_json
from scenarios.paper.wording import counted
from scenarios.reading.most import most


def not_there_yet(name: str, instead: str) -> Fault:
    """What a command of a later version says. instead: what to do until then."""
    return Fault(f"rezone {name}", "is not in this version yet", instead)


def check(district: DistrictFolder, as_json: AsJson = False) -> None:
    """Read a district folder, name everything that is wrong with it, and say what it holds.

    Exit status 0 where the folder can be used, warnings or not; 2 where it cannot.
    """
    from scenarios.check import in_words, known_draws, known_futures, read_plans, summarise
    from scenarios.folder import read_district

    try:
        read = read_district(district)
        plans, draws = read_plans(district, read), known_draws(district, read)
        futures = known_futures(district, read)
    except InputError as error:
        if as_json:
            tell_json({"faults": [vars(fault) for fault in error.faults]})
        raise
    summary = summarise(read, district, plans, draws, futures)
    if as_json:
        tell_json(summary)
    else:
        typer.echo(in_words(summary))
        typer.echo("\nThe folder can be used." + (f" It holds {counted(len(plans), 'plan')}." if plans else ""))


@asks("seed")
def evaluate(
    asked: Asked,
    plan: Annotated[
        Path | None, typer.Argument(metavar="PLAN", help="A plan file: block_id,school_id. Default: today's zones.")
    ] = None,
    *,
    draws: Draws = None,
    as_json: AsJson = False,
) -> None:
    """Measure a plan, whoever drew it, beside today's zones, and say which limits it breaks."""
    from optimizer.plan import Plan
    from optimizer.rules import under
    from scenarios.answer.evaluation import evaluate_plan
    from scenarios.answer.redraws import redraws_of
    from scenarios.asking.options import rules_of
    from scenarios.plans.file import read_plan

    settings = asked.settings()
    read = under(asked.read(), rules_of(settings))
    given = Plan.status_quo(read) if plan is None else read_plan(plan, read)
    redraws = None if draws is None else redraws_of(asked.district, read, draws, settings.options.seed)
    found = evaluate_plan(given, settings, redraws)
    if as_json:
        tell_json(found)
        return
    from scenarios.cli.tables import broken_in_words, comparison, draws_in_words
    from scenarios.reading.uncertainty import Uncertainty

    typer.echo(comparison(found.measures, found.measures_status_quo, read.groups, read.travel.unit))
    if isinstance(found, Uncertainty):
        typer.echo("\n" + draws_in_words(found, read.travel.unit))
    typer.echo("\nThe plan is valid." if found.valid else "\nThe plan is NOT valid.")
    if found.broken_limits:
        typer.echo(broken_in_words(found.broken_limits))


@solves
@asks(*SEARCH, "slack", "gap", "solver", "from")
def optimize(
    asked: Asked,
    *,
    out: Annotated[Path, typer.Option(help="The folder to write the plan, its measures and its report to.")],
    race_neutral: Annotated[
        bool,
        typer.Option(
            "--race-neutral", help="Ask the same with poverty alone besides, in half of the time, for comparison."
        ),
    ] = False,
    draws: Draws = None,
) -> None:
    """Find better zones within the limits, and write the plan, its measures, its map and its report.

    Ctrl-C ends the search and keeps the best plan so far. Exit status 1: no valid plan was found.
    """
    from scenarios.cli.job import run_job

    run_job(asked.district, asked.settings(), out, neutral=race_neutral, draws=draws)


@solves
def demo(
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("rezone-demo"),
    time_limit: Annotated[float, typer.Option(help="Seconds for the whole command.")] = 12.0,
) -> None:
    """Run the main job on the synthetic demo district that comes with the program."""
    from scenarios.asking.settling import settle
    from scenarios.cli.job import run_job
    from scenarios.demo import demo_folder

    run_job(demo_folder(), settle({"time_limit": time_limit, "seed": 1}), out)


def generate(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The folder to write.")],
    blocks: Annotated[int, typer.Option(max=most("blocks"), help="How many blocks.")],
    schools: Annotated[int, typer.Option(max=most("schools"), help="How many schools.")],
    seed: Annotated[int, typer.Option(min=0, help="Seed of all randomness.")] = 0,
    students: Annotated[
        int | None, typer.Option(min=1, max=most("number"), help="About how many students. Default: about 9 a block.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="The district's name. Default: its size and seed.")] = None,
    layer: Annotated[str, typer.Option("--format", help="parquet, gpkg or geojson.")] = "parquet",
    raw: Annotated[
        str | None,
        typer.Option(
            help="No folder, but files to import: office, as a planning office has them; public, as the census and "
            "NCES publish them, with two options of the board."
        ),
    ] = None,
) -> None:
    """Make a synthetic district: settlements, a river, clustered incomes and groups, uneven schools."""
    import numpy as np

    from scenarios.folder import write_district
    from scenarios.folder.tables import Faults, check_names
    from scenarios.generator import generate as make
    from scenarios.generator import usual_name
    from scenarios.generator.raw import RAW
    from scenarios.writing.staging import answer_folder, writing

    if layer not in ("parquet", "gpkg", "geojson"):
        raise InputError(Fault("--format", f"'{layer}' is not a format", "Give parquet, gpkg or geojson"))
    if raw is not None and raw not in RAW:
        raise InputError(Fault("--raw", f"'{raw}' is not known", f"Give {' or '.join(RAW)}"))
    faults = Faults()
    check_names(faults, "--name", [] if name is None else [name])  # what reading would refuse
    if name is not None and not name.strip():
        faults.add("--name", "is empty", "Give the district's name as text")
    faults.stop()
    folder = answer_folder(out, "generate", flag="OUT")
    name, random = name or usual_name(blocks, schools, students, seed), np.random.default_rng(seed)
    made = make(blocks, schools, random, name=name, students=students)
    with writing(folder, "generate", "OUT") as new:
        if raw is None:
            write_district(made, new, blocks=layer)  # type: ignore[arg-type]  # checked above
        else:
            RAW[raw](new, made, random)
    typer.echo(
        f"{made.name}: {made.blocks:,} blocks, {made.schools:,} schools, {made.students.sum():,.0f} students, in {out}"
    )
