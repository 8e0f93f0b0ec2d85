"""A district's futures: from the files to the table that stands in its folder, and what is said of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from optimizer.arrays import Floats
from optimizer.district import District
from optimizer.transition.grades import PREFIX, grades_of
from scenarios.folder.futures import write_futures
from scenarios.forecast.history import Homes, Past, read_births, read_housing, read_past
from scenarios.forecast.mapping import read_mapping
from scenarios.forecast.score import LEVEL, Score, scores
from scenarios.forecast.survival import Cells, Ratios, future, ratios
from scenarios.writing.staging import sha256_of

MIDDLE = "students of the district, in the middle 90 % of the futures"


@dataclass(frozen=True)
class Asked:
    """years: to come. futures: of each scenario of housing, and of none."""

    mapping: Path
    years: int = 5
    futures: int = 20
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Forecast:
    """cells: the blocks today, by grade. homes: by scenario, who moves in; '' is without any that has a name. columns:
    by grade its count column. births: whether they are known. notes: what was put in, left out or assumed."""

    district: District
    asked: Asked
    past: Past
    by: Ratios
    cells: Cells
    homes: Mapping[str, Floats | None]
    columns: tuple[str, ...]
    scores: list[Score]
    notes: tuple[str, ...]
    files: Mapping[str, str]

    @property
    def years(self) -> list[int]:
        """Those to come."""
        return [self.past.years[-1] + 1 + k for k in range(self.asked.years)]

    def each(self) -> Iterator[tuple[str, Floats]]:
        """Every future by its name, (years, blocks, grades)."""
        digits = len(str(self.asked.futures))
        for name, added in self.homes.items():
            cells = Cells(self.cells.counts, self.cells.unit, self.cells.zone, added)
            for k in range(self.asked.futures):
                yield f"{name} {k + 1:0{digits}}".strip(), future(cells, self.by, [self.asked.seed, k])


def forecast(district: District, asked: Asked) -> Forecast:
    """Raises InputError."""
    mapping = read_mapping(asked.mapping)
    past = read_past(mapping, district)
    coming = [past.years[-1] + 1 + k for k in range(asked.years)]
    births = read_births(mapping, [*past.years[1:], *coming])
    homes, notes = read_housing(mapping, district, coming)
    columns, counts, split = _today(district, past)
    unit = {"district": np.zeros_like(district.status_quo), "school": district.status_quo}
    cells = Cells(counts, unit.get(past.by, np.arange(district.blocks, dtype=np.int32)), district.status_quo)
    return Forecast(
        district,
        asked,
        past,
        ratios(past, births, asked.years),
        cells,
        _added(homes, counts),
        columns,
        scores(past, births, asked.seed, asked.years),
        (*past.notes, *notes, *split),
        {path.name: sha256_of(path) for path in (asked.mapping, *mapping.files)},
    )


def _today(district: District, past: Past) -> tuple[tuple[str, ...], Floats, list[str]]:
    """The column of each grade, (blocks, grades) children of the last year, and what was assumed for them."""
    grades = grades_of(district, past.grades)
    if not grades.assumed:
        columns = tuple(district.columns[k] for k in grades.columns)
        return columns, district.students[:, None] * grades.share, []
    last, units = past.counts[-1], past.counts[-1].sum(axis=1, keepdims=True)
    of_all = last.sum(axis=0) / last.sum()
    own = np.divide(last, units, out=np.tile(of_all, (len(last), 1)), where=units > 0)
    at = {"district": np.zeros_like(district.status_quo), "school": district.status_quo}.get(past.by, slice(None))
    note = f"the blocks have no columns {PREFIX}<g>: the students of each are split as those of its {past.by} are"
    return tuple(PREFIX + grade.lower() for grade in past.grades), district.students[:, None] * own[at], [note]


def _added(homes: list[Homes], counts: Floats) -> dict[str, Floats | None]:
    """By scenario, (years, blocks, grades) who move in: over the grades as the district's children are. What has no
    name is in every scenario."""
    by_grade = counts.sum(axis=0) / max(counts.sum(), 1e-12)
    named = {home.name: home.students[:, :, None] * by_grade for home in homes}
    always = named.pop("", None)
    return {"": always} | {name: added if always is None else added + always for name, added in named.items()}


def counts_of(found: Forecast, drawn: Floats) -> dict[str, Floats]:
    """By count column, (years, blocks): groups, poverty and all else go with a block's students, and groups make up all
    of them. A block without students today has the rates of its zone."""
    district, students = found.district, drawn.sum(axis=2)
    counts = {"students": students}
    of_groups = [*(f"students_{group}" for group in district.groups), "students_poverty"]
    for name in district.columns:
        if name not in ("students", *found.columns):
            base = district.exposed if name in of_groups else district.students
            counts[name] = students * _rate(district, district.column(name), base)
    return counts | {name: drawn[:, :, k] for k, name in enumerate(found.columns)}


def _rate(district: District, part: Floats, base: Floats) -> Floats:
    zone = district.status_quo
    rate = np.full(district.blocks, part.sum() / max(base.sum(), 1e-12))
    all_of, part_of = np.bincount(zone, base)[zone], np.bincount(zone, part)[zone]
    np.divide(part_of, all_of, out=rate, where=all_of > 0)
    np.divide(part, base, out=rate, where=base > 0)
    return rate


def write_forecast(found: Forecast, out: Path) -> Mapping[str, Floats]:
    """The table. Gives the students of all the district by future, (years,)."""
    totals: dict[str, Floats] = {}

    def each() -> Iterator[tuple[str, Mapping[str, Floats]]]:
        for name, drawn in found.each():
            totals[name] = drawn.sum(axis=(1, 2))
            yield name, counts_of(found, drawn)

    write_futures(out, found.district.block_ids, found.years, each(), json.dumps(made_of(found)))
    return totals


def made_of(found: Forecast) -> dict[str, object]:
    """How it was made, what was assumed, and how such forecasts did on the past."""
    by = found.by
    return {
        "years_of_history": list(found.past.years),
        "by": found.past.by,
        "futures": found.asked.futures,
        "seed": found.asked.seed,
        "entry": "trend" if by.walks else "births",
        "grades": list(found.past.grades),
        "ratios": by.district.tolist(),
        "spread": by.spread.tolist(),
        "own": by.own.tolist(),
        "scores": [asdict(score) for score in found.scores],
        "notes": list(found.notes),
        "files": dict(found.files),
    }


def in_words(found: Forecast, totals: Mapping[str, Floats]) -> str:
    """What the screen says."""
    past, by, first, last = found.past, found.by, found.past.years[0], found.past.years[-1]
    history, blocks = past.counts[-1].sum(), found.district.students.sum()
    lines = [
        f"Past: {first} to {last}, by {past.by}, {history:,.0f} children in {last}; the blocks have {blocks:,.0f}",
        f"Entry: {'its trend, which fades: no births are given' if by.walks else 'births times a ratio'}",
        "",
        "grade  from           ratio  varies  own",
    ]
    before = ["last year's" if by.walks else "births", *past.grades[:-1]]
    rows = zip(past.grades, before, by.district, by.spread, by.own, strict=True)
    lines += [f"{g:<5}  {f:<13} {r:>6.3f}  {s:>6.3f}  {100 * o:>3.0f} %" for g, f, r, s, o in rows]
    for name in found.homes:
        mine = np.array([total for key, total in totals.items() if key.rpartition(" ")[0] == name])
        bands = np.quantile(mine, [(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2], axis=0).T
        lines += ["", f"year   low      middle   high     {name or MIDDLE}"]
        for year, (low, middle, high) in zip(found.years, bands, strict=True):
            lines.append(f"{year}   {low:<7,.0f}  {middle:<7,.0f}  {high:<7,.0f}")
    lines += ["", *_scored(found.scores)]
    lines += ["", *(f"- {note}" for note in found.notes)]
    return "\n".join(lines).rstrip()


def _scored(found: list[Score]) -> list[str]:
    if not found:
        return ["Not scored on the past: that takes 4 years of it or more"]
    lines = ["Scored on the past: years held out, forecast from those before"]
    for one in found:
        text = f"  {one.ahead} ahead: {100 * one.error:.1f} % off ({100 * one.as_today:.1f} % if all stayed), "
        text += f"in the band {100 * one.inside:.0f} % of {one.tried}"
        if one.school_error is not None and one.schools_inside is not None:
            text += f"; a school {one.school_error:.1f} children off, in its band {100 * one.schools_inside:.0f} %"
        lines.append(text)
    return lines
