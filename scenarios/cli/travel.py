"""`rezone travel`: from streets to a district's travel table."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from optimizer.errors import Fault, InputError
from scenarios.cli.flags import DistrictFolder

if TYPE_CHECKING:
    from scenarios.streets.layers import Columns
    from scenarios.streets.speeds import By

ENDINGS, COLUMNS = (".parquet", ".csv"), ("class", "kmh", "mph", "oneway")


def travel(
    district: DistrictFolder,
    *,
    streets: Annotated[Path, typer.Option(help="OpenStreetMap extract (.osm.pbf), or a layer of lines.")],
    out: Annotated[Path, typer.Option(help="The table to write: travel.parquet or .csv, in the folder or elsewhere.")],
    by: Annotated[str, typer.Option(help="foot, car, or bus (the school bus).")] = "foot",
    measure: Annotated[
        str | None, typer.Option(help="distance or minutes. Default: of foot distance, else minutes.")
    ] = None,
    speeds: Annotated[
        Path | None, typer.Option(help="A table of speeds in place of the program's.", show_default=False)
    ] = None,
    addresses: Annotated[
        Path | None, typer.Option(help="Where children live: CSV of lon, lat, or points.", show_default=False)
    ] = None,
    barrier: Annotated[Path | None, typer.Option(help="A layer that no way may cross.", show_default=False)] = None,
    columns: Annotated[
        str | None,
        typer.Option(help="Of a layer: class=NAME, kmh=NAME or mph=NAME, oneway=NAME.", show_default=False),
    ] = None,
    snap: Annotated[float, typer.Option(min=1, max=100_000, help="Metres that a street may be away.")] = 1_000.0,
    reach: Annotated[
        float | None, typer.Option(min=0, max=1e9, help="Leave out pairs that are farther.", show_default=False)
    ] = None,
    unreachable: Annotated[
        Path | None, typer.Option(help="List the pairs without a way in this CSV file.", show_default=False)
    ] = None,
) -> None:
    """Work out travel over streets, from several places in each block to each school, on foot, by car or by bus.

    Places are the addresses given, else spread along the block's streets; the table holds their mean, and the least and
    the most. Speeds stand in docs/travel.md, each with its source.
    """
    import math
    import time

    from scenarios.cli.progress import PLAIN_EVERY, Line
    from scenarios.folder import read_district
    from scenarios.streets.travel import Asked, in_words, write_travel, write_unreached
    from scenarios.streets.travel import travel as work_out
    from scenarios.writing.files import output_file
    from scenarios.writing.staging import writing

    _need("--by", by, ("foot", "car", "bus"))
    if measure is not None:
        _need("--measure", measure, ("distance", "minutes"))
    if out.suffix.lower() not in ENDINGS:
        raise InputError(
            Fault("--out", f"'{out.name}' is neither Parquet nor CSV", f"End it in {' or '.join(ENDINGS)}")
        )
    _need_place(out, district)
    if unreachable is not None:
        output_file(unreachable, district, flag="--unreachable")
    asked = Asked(
        streets,
        cast("By", by),
        by != "foot" if measure is None else measure == "minutes",
        _columns(columns),
        speeds,
        addresses,
        barrier,
        snap,
        math.inf if reach is None else reach,
    )
    read = read_district(district)
    line = Line()
    line.next = time.monotonic() + PLAIN_EVERY  # where it is quick, a pipe hears nothing
    found = work_out(read, asked, lambda share: line.show(f"{100 * share:.0f} % of the schools"))
    line.close()
    for path, write in ((out, write_travel), (unreachable, write_unreached)):
        if path is not None:
            with writing(path.parent, None) as new:
                write(found, asked, new / path.name)
    typer.echo(f"{read.name}\n{in_words(found, asked)}\n\nTravel: {out}")


def _columns(text: str | None) -> Columns:
    """What `class=MTFCC,mph=SPEED,oneway=DIR` names."""
    from scenarios.streets.layers import Columns

    parts = [part.partition("=") for part in (text or "").split(",") if part.strip()]
    given = {key.strip(): name.strip() for key, _, name in parts}
    if (
        len(given) < len(parts)
        or not set(given) <= set(COLUMNS)
        or not all(given.values())
        or {"kmh", "mph"} <= set(given)
    ):
        mend = f"Give some of {', '.join(COLUMNS)} with a column each, such as class=MTFCC,mph=SPEED"
        raise InputError(Fault("--columns", f"'{text}' cannot be read", mend))
    return Columns(given.get("class"), given.get("kmh") or given.get("mph"), given.get("oneway"), "mph" in given)


def _need_place(out: Path, district: Path) -> None:
    """Raises InputError where the table cannot stand there: in the district's folder it is travel.parquet or
    travel.csv, and not both."""
    from scenarios.folder.links import TRAVEL
    from scenarios.writing.files import output_file

    # `realpath`, unlike `resolve`, leaves links in a circle as they are.
    inside = os.path.realpath(out.parent) == os.path.realpath(district) and out.name in TRAVEL
    output_file(out, *(() if inside else (district,)))
    other = next(name for name in TRAVEL if name != out.name) if inside else ""
    if inside and (out.parent / other).exists():
        problem = f"'{out.name}' beside {other} would make two of one thing"
        raise InputError(Fault("--out", problem, f"Take {other} away first, or write to {other}"))


def _need(flag: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise InputError(Fault(flag, f"'{value}' is not known", f"Give one of: {', '.join(known)}"))
