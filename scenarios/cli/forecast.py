"""`rezone forecast`: from years of grade counts to futures of a district."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optimizer.errors import Fault, InputError
from scenarios.cli.flags import DistrictFolder


def forecast(
    district: DistrictFolder,
    mapping: Annotated[Path, typer.Argument(metavar="MAPPING", help="What holds the past, births and housing (TOML).")],
    *,
    out: Annotated[Path, typer.Option(help="The table to write: futures.parquet, in the folder or elsewhere.")],
    years: Annotated[int, typer.Option(min=1, max=20, help="How many years to forecast.")] = 5,
    futures: Annotated[int, typer.Option(min=1, max=1_000, help="How many futures, of each scenario of housing.")] = 20,
    seed: Annotated[int, typer.Option(min=0, help="For the draws: the same seed gives the same futures.")] = 0,
) -> None:
    """Forecast students by block and grade, as several futures, by cohort survival; and score the way on the past.

    Groups, poverty and other counts of a block go with its students: an assumption. docs/forecast.md has the method.
    """
    import os

    from scenarios.folder import read_district
    from scenarios.folder.futures import FUTURES
    from scenarios.forecast.futures import Asked, in_words, write_forecast
    from scenarios.forecast.futures import forecast as work_out
    from scenarios.writing.files import output_file
    from scenarios.writing.staging import writing

    if out.suffix.lower() != ".parquet":
        raise InputError(Fault("--out", f"'{out.name}' is not Parquet", f"End it in .parquet, as in {FUTURES}"))
    inside = os.path.realpath(out.parent) == os.path.realpath(district) and out.name == FUTURES
    output_file(out, *(() if inside else (district,)))
    read = read_district(district)
    found = work_out(read, Asked(mapping, years, futures, seed))
    with writing(out.parent, None) as new:
        totals = write_forecast(found, new / out.name)
    typer.echo(f"{read.name}\n{in_words(found, totals)}\n\nFutures: {out}")
