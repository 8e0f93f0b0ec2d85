"""From publications to a district folder: read, joined, fitted to the schools' enrolment, and drawn anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from optimizer.arrays import Floats, Ints
from optimizer.district import District
from scenarios.census.enrolments import Enrolments
from scenarios.census.fit import Estimate, Known, by_number, estimate
from scenarios.census.mapping import CensusMapping
from scenarios.census.read import enrolled_by, read_people, read_rates, read_schools
from scenarios.census.redraw import redraw
from scenarios.census.sabs import read_zones
from scenarios.census.unzoned import unzoned
from scenarios.folder.draws import write_draws
from scenarios.importing.gis import Imported, write_folder
from scenarios.importing.mapping import Asked
from scenarios.importing.problems import Notes, Total
from scenarios.importing.schools import Schools, kept
from scenarios.importing.sources import Source, read_source
from scenarios.importing.zones import need_zoned, zones_over
from scenarios.writing.files import write_text


@dataclass(frozen=True, eq=False)
class Census(Imported):
    """known: what was fitted; found: the estimate; draws: (draws, blocks, groups) children and (draws, blocks) poor."""

    known: Known
    found: Estimate
    draws: tuple[Floats, Floats]
    kind: ClassVar[str] = "census"


def import_census(mapping: CensusMapping) -> Census:
    """Read, join, fit and draw what the mapping names. Raises InputError; nothing is written."""
    notes = Notes()
    rows, people = read_people(mapping, notes)
    area, rate, error = read_rates(mapping, rows, people, notes)
    own, schools = read_schools(mapping, rows, notes)
    zones, names = _zones(mapping, notes)
    school = zones_over(rows, schools, zones, names, None, mapping, notes)
    row = np.arange(len(rows.ids), dtype=np.float64)
    rows = replace(rows, counts={"students": people.sum(axis=1), "row": row})
    rows, school = need_zoned(rows, school, mapping, notes, "people")
    schools, school = kept(rows, school, schools, own.where, notes, told=False)
    _left_out(mapping, own, schools, notes)
    stay = rows.counts["row"].astype(np.int64)
    used, number = np.unique(area[stay], return_inverse=True)
    seen = people[stay], number.astype(np.int32), rate[used], error[used]
    known = _known(mapping, own, schools, school, seen, notes)
    found = estimate(known)
    _tell(mapping, known, found, schools, own, notes)
    random = np.random.default_rng(mapping.seed)
    drawn = [redraw(known, found, random) for _ in range(mapping.draws)]
    draws = np.array([one for one, _ in drawn]), np.array([poor for _, poor in drawn])
    counts = counts_of(mapping, found.children, found.poor)
    return Census(mapping, replace(rows, counts=counts), schools, school, notes, known, found, draws)


def _zones(mapping: CensusMapping, notes: Notes) -> tuple[Source, list[str]]:
    """The layer of today's zones, and what names each one's school."""
    asked, path = mapping.zones, mapping.path(mapping.zones.file)
    if asked.grade is None:
        assert asked.school is not None
        source = read_source(path, asked.layer, asked.crs)
        return source, source.column(asked.school, "[zones] school").str.strip().tolist()
    survey = read_zones(path, lea=mapping.schools.lea, grade=asked.grade, layer=asked.layer)
    notes.lines += survey.notes
    return Source(survey.where, pd.DataFrame({"id": survey.ids}), survey.shapes, survey.crs), list(survey.ids)


def _left_out(mapping: CensusMapping, own: Enrolments, schools: Schools, notes: Notes) -> None:
    """Charter, magnet and other schools without a zone: which, and how many children that leaves out."""
    here = [name for name in own.ids if name.startswith(mapping.schools.lea)]
    gone = unzoned(own, [*schools.ids, *(name for name in own.ids if name not in here)], grade=mapping.zones.grade)
    notes.estimates += gone.lines()


def _known(
    mapping: CensusMapping,
    own: Enrolments,
    schools: Schools,
    school: Any,
    seen: tuple[Floats, Ints, Floats, Floats],
    notes: Notes,
) -> Known:
    people, area, rate, error = seen
    living = np.bincount(school, people.sum(axis=1), minlength=len(schools.ids))
    poor = np.bincount(school, people.sum(axis=1) * rate[area], minlength=len(schools.ids))
    expected = np.divide(poor, living, out=np.full(len(living), float(rate.mean())), where=living > 0)
    enrolled, in_poverty = enrolled_by(mapping, own, schools.ids, expected, notes)
    notes.estimates.append(f"counts of people are taken to carry noise of {mapping.noise:g} people a block and group")
    return Known(people, area, rate, error, np.asarray(school, np.int32), enrolled, in_poverty, mapping.noise)


def _tell(
    mapping: CensusMapping, known: Known, found: Estimate, schools: Schools, own: Enrolments, notes: Notes
) -> None:
    """What is estimated and how sure; and the totals that the estimate adds up to."""
    children, poor = by_number(known.zone, found.children, known.zones), np.bincount(known.zone, found.poor)
    for g, group in enumerate(mapping.counted):
        before, after = float(known.enrolled[:, g].sum()), float(children[:, g].sum())
        notes.totals.append(Total(own.where, f"{group} children", before, after))
    agency = np.array([name.startswith(mapping.schools.lea) for name in own.ids], bool)
    every = float(np.nansum(own.total[agency]))
    notes.totals.append(Total(own.where, "children of all schools of the agency", every, float(known.enrolled.sum())))
    for name, after in (("people", float(known.people.sum())), ("blocks", float(len(known.zone)))):
        where, before = notes.held[name]
        notes.totals.append(Total(where, name, before, after))
    notes.totals.append(Total(own.where, "children in poverty", float(known.poor.sum()), float(poor.sum())))
    notes.estimates[:0] = [
        "every count of a block is an estimate: where in its zone a school's children live is not published. Children "
        "are laid out as people of their group are, and poverty as it is in their area; each school's are its own",
        "attendance is taken as if every child lived in the zone of the school that it attends",
        f"shares of children at public schools differ between blocks by about {100 * found.apart.within():.0f} %, "
        f"and odds of poverty from those of their area by {100 * found.astray.within():.0f} %, by how zones differ",
    ]
    put = [f"{schools.ids[zone]} ({mapping.counted[group]})" for zone, group in found.filled]
    notes.found("zones have children of groups of whom nobody lives there", put, "", done="laid out as all people are")


def counts_of(mapping: Asked, children: Floats, poor: Floats) -> dict[str, Floats]:
    """Columns of blocks, (blocks,), or of draws, (draws, blocks)."""
    groups = {f"students_{group}": children[..., g] for g, group in enumerate(mapping.counted)}
    return {"students": children.sum(axis=-1), **groups, "students_poverty": poor}


def write_census(found: Census, folder: Path) -> District:
    """The folder of every import, and `draws.parquet` and `capture.csv` beside it."""
    district = write_folder(found, folder)
    assert isinstance(found.mapping, CensusMapping)
    write_text(folder / "capture.csv", _capture(found))
    if len(found.draws[0]):
        order = np.argsort(np.array(found.rows.ids, object), kind="stable")
        counts = counts_of(found.mapping, *found.draws)
        write_draws(folder, district.block_ids, {name: value[:, order] for name, value in counts.items()})
    return district


def _capture(found: Census) -> str:
    """capture.csv: of each school's zone and group, who is enrolled, who lives there, and the quotient."""
    groups = found.mapping.counted
    living = by_number(found.known.zone, found.known.people, found.known.zones)
    table = pd.DataFrame(
        {
            "school_id": np.repeat(found.schools.ids, len(groups)),
            "group": np.tile(groups, len(found.schools.ids)),
            "enrolled": found.known.enrolled.ravel(),
            "living": living.ravel(),
            "capture": found.found.capture.ravel(),
        }
    )
    return str(table.to_csv(index=False, lineterminator="\n"))
