"""The most of everything that is read or asked for: work is bounded, whoever wrote the input."""

from __future__ import annotations

from typing import NamedTuple

from optimizer.errors import LINE, LINES, Fault, InputError


class Most(NamedTuple):
    """value: the most, in `unit`. what: what it bounds, as docs/limits.md says it."""

    value: int
    unit: str
    what: str


MOST = {
    "blocks": Most(1_000_000, "blocks", "blocks of a district"),
    "schools": Most(10_000, "schools", "schools of a district"),
    "groups": Most(100, "groups", "groups of a district"),
    "columns": Most(2_000, "columns", "columns of a table or layer"),
    "rows": Most(200_000_000, "rows", "rows of a table, such as pairs of travel"),
    "addresses": Most(5_000_000, "addresses", "addresses of a file, and shapes of a layer"),
    "name": Most(200, "characters", "an id, a name, or the name of a column"),
    "number": Most(10**12, "", "a count, seats, or travel"),
    "nesting": Most(100, "levels", "lists and tables inside each other in JSON and TOML"),
    "toml": Most(10_000_000, "bytes", "a TOML file"),
    "json": Most(500_000_000, "bytes", "a JSON file, GeoJSON too, and what a report's map unpacks to"),
    "table": Most(8_000_000_000, "bytes", "a CSV or Parquet file"),
    "list": Most(20_000_000_000, "bytes", "a national list of schools, read in parts"),
    "layer": Most(8_000_000_000, "bytes", "a GeoPackage, shapefile or zip file"),
    "draws": Most(10_000, "draws", "`--draws`"),
    "points": Most(99, "points", "`frontier --points`"),
    "jobs": Most(4_096, "", "`--threads` and `--jobs`"),
    "rules": Most(1_000, "rules", "rules of a scenario, a file or a call"),
    "scenarios": Most(10_000, "scenarios", "scenarios of a file"),
    "runs": Most(1_000_000, "runs", "runs that one scenario file stands for"),
    "characters": Most(LINE, "characters", "a line of an error or a warning"),
    "lines": Most(LINES, "lines", "the errors of one call"),
}


def need_most(where: str, kind: str, number: int, column: str | None = None) -> None:
    """Raises InputError where there are more of something than the most."""
    if number > most(kind):
        problem = f"{number:,} {MOST[kind].unit} are too many: {most(kind):,} are the most"
        raise InputError(Fault(where, problem, "Take fewer (docs/limits.md has all that is bounded)", column))


def most(name: str) -> int:
    """The most of what `name` stands for."""
    return MOST[name].value
