"""From a mapping to a district folder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from optimizer.arrays import Csr
from optimizer.district import District
from optimizer.errors import Fault, InputError
from scenarios.folder import read_district
from scenarios.folder.write import adjacency_csv, head, schools_csv
from scenarios.importing.blocks import Rows, read_blocks
from scenarios.importing.context import write_context
from scenarios.importing.islands import tell_apart
from scenarios.importing.mapping import Asked, Mapping
from scenarios.importing.problems import Notes, Total
from scenarios.importing.schools import Schools, kept, read_schools, schools_in_zones
from scenarios.importing.students import count_students
from scenarios.importing.zones import need_zoned, zone_of
from scenarios.writing.files import write_text


@dataclass(frozen=True, eq=False)
class Imported:
    """rows, schools; school: (blocks,) today's. notes: of all that was read, found and mended."""

    mapping: Asked
    rows: Rows
    schools: Schools
    school: Any
    notes: Notes
    kind: ClassVar[str] = "gis"


def import_gis(mapping: Mapping) -> Imported:
    """Read, count, mend and join what the mapping names. Raises InputError; nothing is written."""
    notes = Notes()
    rows, homes = read_blocks(mapping, notes), None
    if mapping.students is not None:
        counts, homes = count_students(rows, mapping, notes)
        twice = sorted(set(counts) & set(rows.counts))
        if twice:
            problem = "are given by [blocks] and by [students]"
            raise InputError(Fault("mapping", problem, "Name each in one of them", ids=tuple(twice)))
        rows = replace(rows, counts=rows.counts | counts)
    if mapping.schools is None:
        schools, where, every = schools_in_zones(rows, mapping, notes), mapping.name, False
    else:
        schools = read_schools(rows, mapping, mapping.schools, notes)
        where, every = Path(mapping.schools.file).name, mapping.schools.keep == "all"
    school = zone_of(rows, schools, homes, mapping, notes)
    rows, school = need_zoned(rows, school, mapping, notes)
    listed = schools
    schools, school = kept(rows, school, schools, where, notes, every=every)
    notes.total({"blocks": np.ones(len(rows.ids)), **rows.counts})
    notes.totals.append(Total(where, "schools", len(listed.ids), len(schools.ids)))
    notes.totals += [
        Total(where, name, float(np.nansum(value)), float(np.nansum(schools.limits[name])))
        for name, value in listed.limits.items()
    ]
    return Imported(mapping, rows, schools, school, notes)


def write_folder(found: Imported, folder: Path) -> District:
    """district.toml, blocks.parquet, schools.csv, and adjacency.csv where blocks are joined by hand; read back by the
    door that every command uses. Raises InputError with what that finds."""
    rows, schools, mapping = found.rows, found.schools, found.mapping
    write_text(folder / "district.toml", head(mapping.name, rows.crs, mapping.counted, mapping.limits))
    back = pyproj.Transformer.from_crs(rows.crs, 4326, always_xy=True)
    lon, lat = back.transform(shapely.get_x(schools.point), shapely.get_y(schools.point))
    nothing = np.full(len(schools.ids), np.nan)
    limits = [schools.limits.get(name, nothing) for name in ("capacity", "min_students", "other_students")]
    write_text(folder / "schools.csv", schools_csv(schools.ids, schools.names, lon, lat, limits))
    _frame(found).to_parquet(folder / "blocks.parquet", index=False)
    write_context(mapping, rows, folder)
    district = read_district(folder)
    if mapping.mend.joins:
        write_text(folder / "adjacency.csv", adjacency_csv(district.block_ids, _joined(district, mapping, found.notes)))
        district = read_district(folder)
    tell_apart(district, found.notes)
    return district


def _frame(found: Imported) -> gpd.GeoDataFrame:
    rows = found.rows
    missing = [f"students_{group}" for group in found.mapping.counted if f"students_{group}" not in rows.counts]
    if missing:
        raise InputError(Fault("mapping", "no column counts them", "Name one for each group", ids=tuple(missing)))
    columns = {
        "block_id": np.array(rows.ids, object),
        "school_id": np.array(found.schools.ids, object)[found.school],
        **rows.counts,
        **rows.kept,
    }
    order = np.argsort(columns["block_id"], kind="stable")
    frame = pd.DataFrame({name: value[order] for name, value in columns.items()})
    return gpd.GeoDataFrame(frame, geometry=rows.shape[order], crs=rows.crs)


def _joined(district: District, mapping: Asked, notes: Notes) -> Csr:
    """The neighbours, with those that the mapping joins."""
    number = {text: b for b, text in enumerate(district.block_ids)}
    strange = [text for pair in mapping.mend.joins for text in pair if text not in number]
    if strange:
        raise InputError(Fault("[mend] joins", "are no blocks", "Write ids of blocks", ids=tuple(strange)))
    pairs = np.array([[number[text] for text in pair] for pair in mapping.mend.joins])
    notes.found(
        "blocks apart are neighbours",
        [f"{a} and {b}" for a, b in mapping.mend.joins],
        "",
        done="joined, as the mapping says",
    )
    own = district.adjacency
    one = np.concatenate([own.rows, pairs[:, 0], pairs[:, 1]])
    other = np.concatenate([own.index, pairs[:, 1], pairs[:, 0]])
    both = np.unique(np.column_stack([one, other]), axis=0)
    return Csr.of_pairs(both[:, 0], both[:, 1], district.blocks)
