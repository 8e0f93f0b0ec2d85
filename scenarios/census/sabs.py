"""School zones of the national School Attendance Boundary Survey, 2013-14 and 2015-16 (NCES), or of a cut of it."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyogrio.errors
import shapely
from numpy.typing import NDArray

from optimizer.errors import Fault, InputError, listed
from scenarios.census.enrolments import GRADES
from scenarios.census.school_columns import grade_of
from scenarios.census.school_ids import Wanted
from scenarios.reading.archives import opened_zip
from scenarios.reading.files import need_file
from scenarios.reading.layers import INSIDE

FIELDS = ("ncessch", "schnam", "leaid", "gslo", "gshi")
SAID = {  # what NCES says of a zone by '1'
    "defacto": "are the district's one zone of their grades, made by NCES and not reported (defacto)",
    "openenroll": "are open to the whole district, whose shape they have (openEnroll)",
    "multibdy": "have several boundaries (MultiBdy)",
}
SLIVER = 0.01  # of the smaller of two zones: less than this on each other is how they were drawn


@dataclass(frozen=True, eq=False)
class Zones:
    """ids: (zones,) NCESSCH, each once. shapes: polygons in crs. notes: what the survey says of them, in words."""

    where: str
    ids: tuple[str, ...]
    names: tuple[str, ...]
    shapes: NDArray[Any]
    crs: Any
    notes: tuple[str, ...] = ()


def read_zones(path: Path, *, lea: str, grade: str, layer: str | None = None) -> Zones:
    """The zones of one agency (its LEAID of 7 digits) for one grade, `KG` or `03`, in the file's CRS.

    layer: such as `Primary`, a part of its name; else all layers, since one grade may stand in two. Zones lie on each
    other by grade (PK-02 on 03-05), so that only those of one grade part the land. Raises InputError where they do
    not, with the pairs."""
    if grade not in GRADES:
        raise InputError(Fault("grade", f"'{grade}' is no grade", f"Give one of {', '.join(GRADES)}"))
    Wanted(lea)  # raises on what is no code of an agency
    frame = _agency(path, lea, layer)
    low, high = ([_rank(cell) for cell in frame[name]] for name in ("gslo", "gshi"))
    at = GRADES.index(grade)
    offered = np.array([start <= at <= end for start, end in zip(low, high, strict=True)], bool)
    if not offered.any():
        spans = ", ".join(sorted({f"{a}-{b}" for a, b in zip(frame["gslo"], frame["gshi"], strict=True)}))
        raise InputError(Fault(path.name, f"no zone of {lea} has grade {grade}", f"There are {spans}"))
    chosen = frame[offered].reset_index(drop=True)
    notes = _said(path.name, chosen)
    chosen = _one_each(path.name, chosen, notes)
    ids, shapes = tuple(chosen["ncessch"]), np.asarray(shapely.make_valid(chosen.geometry.to_numpy()))
    pairs = overlaps(ids, shapes)
    if pairs:
        mend = "Choose one layer, or take away the zones that are a choice beside another"
        raise InputError(Fault(path.name, f"zones of grade {grade} lie on each other", mend, ids=tuple(pairs)))
    return Zones(path.name, ids, tuple(chosen["schnam"]), shapes, frame.crs, tuple(notes))


def overlaps(ids: Sequence[str], shapes: NDArray[Any]) -> list[str]:
    """Pairs of zones that share more than SLIVER of the smaller one, and how much of it. Areas are compared within a
    pair alone, so that any CRS will do; those in the columns are Mercator's and are never used."""
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    left, right = left[left < right], right[left < right]
    area: Any = shapely.area(shapes)
    share = shapely.area(shapely.intersection(shapes[left], shapes[right])) / np.minimum(area[left], area[right])
    found = zip(left.tolist(), right.tolist(), share.tolist(), strict=True)
    return [f"{ids[a]} on {ids[b]} ({part:.0%})" for a, b, part in found if part > SLIVER]


def _rank(cell: str) -> int:
    grade = grade_of(cell)
    return GRADES.index(grade) if grade else 99


def _agency(path: Path, lea: str, layer: str | None) -> gpd.GeoDataFrame:
    """The rows of one agency, of all layers or of one: the survey is national, and no more of it is read."""
    found, names = [], []
    for source, name in _layers(path):
        names.append(name)
        if layer is not None and layer.casefold() not in name.casefold():
            continue
        columns = {str(field).casefold(): str(field) for field in pyogrio.read_info(source, layer=name)["fields"]}
        if all(field in columns for field in FIELDS):
            where = f"\"{columns['leaid']}\" = '{lea}'"
            part = pyogrio.read_dataframe(source, layer=name, where=where, on_invalid="ignore")
            found.append(part.rename(columns={field: one for one, field in columns.items()}))
    rows = [part for part in found if len(part)]
    if not found or not rows:
        problem = f"has no zone of agency {lea}" if found else "has no such layer of zones"
        raise InputError(Fault(path.name, problem, f"Its layers: {', '.join(names)}; LEAID has 7 digits"))
    frame = pd.concat([part.to_crs(rows[0].crs) for part in rows], ignore_index=True)
    for field in FIELDS:
        frame[field] = frame[field].fillna("").astype(str).str.strip()
    return frame


def _layers(path: Path) -> list[tuple[str, str]]:
    """Where each layer lies, as GDAL calls it, and its name."""
    need_file(path, "layer")
    try:
        if not zipfile.is_zipfile(path):
            return [(str(path), str(name)) for name, kind in pyogrio.list_layers(path) if kind is not None]
        with opened_zip(path, "layer") as archive:
            entries = archive.infolist()
        names = [entry.filename for entry in entries if entry.filename.lower().endswith(INSIDE)]
        inside = [name for name in names if not Path(name).name.startswith(".") and "__MACOSX" not in name]
        sources = [f"/vsizip/{path.resolve().as_posix()}/{name}" for name in inside]
        return [(source, str(name)) for source in sources for name, _ in pyogrio.list_layers(source)]
    except (zipfile.BadZipFile, pyogrio.errors.DataSourceError):
        raise InputError(Fault(path.name, "cannot be read as zones", "Name a file that GIS programs read")) from None


def _said(where: str, frame: gpd.GeoDataFrame) -> list[str]:
    notes = []
    for field, words in SAID.items():
        ids = list(frame["ncessch"][frame[field].astype(str).str.strip() == "1"]) if field in frame else []
        if ids:
            notes.append(f"{where}: {len(ids):,} zones {words}: {listed(ids)}")
    return notes


def _one_each(where: str, frame: gpd.GeoDataFrame, notes: list[str]) -> gpd.GeoDataFrame:
    """One zone a school: of several rows their union; rows without a shape are told."""
    empty = (frame.geometry.isna() | frame.geometry.is_empty).to_numpy(bool)
    if empty.any():
        notes.append(f"{where}: zones without a shape are left out: {listed(list(frame['ncessch'][empty]))}")
    twice = frame["ncessch"].duplicated()
    if twice.any():
        notes.append(f"{where}: rows of one school are joined: {listed(list(frame['ncessch'][twice]))}")
    return frame[~empty].dissolve("ncessch", as_index=False) if twice.any() else frame[~empty].reset_index(drop=True)
