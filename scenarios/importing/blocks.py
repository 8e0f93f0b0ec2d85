"""The blocks: their shapes and counts, from a layer and the tables that belong to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from optimizer.arrays import Bools, Floats
from optimizer.errors import Fault, InputError
from optimizer.places import Source as Place
from optimizer.places import box_of, need_near, need_right_way, projected
from scenarios.importing.mapping import Asked, Mapping, Table
from scenarios.importing.problems import Notes
from scenarios.importing.sources import Fill, Source

LOST = 0.005  # of blocks or students: a join that leaves more unmatched is an error
AREA = 1.0  # square metres that blocks may lie over each other without a word
POLYGONS = (3, 6)


@dataclass(frozen=True, eq=False)
class Rows:
    """ids: (rows,). shape: (rows,) polygons in crs. counts: by name, (rows,). kept: further columns. zone: (rows,) what
    each block's zone is called, None where a layer says it."""

    ids: list[str]
    shape: Any
    crs: str
    counts: dict[str, Floats]
    kept: dict[str, Any]
    zone: list[str] | None

    def placed(self, source: Place, *, every: bool = False) -> Any:
        """The shapes of another file in the blocks' CRS. Raises InputError where all of them lie elsewhere, or some do
        (`every`) and would lie among the blocks with their axes swapped or in feet."""
        near = replace(source, around=box_of(self.shape, self.crs))
        need_right_way(near, every=every)
        shapes = projected(near, self.crs)
        need_near(near)
        return shapes

    def take(self, rows: Any) -> Rows:
        """These rows, by number or mask."""
        at = np.arange(len(self.ids))[rows]
        return replace(
            self,
            ids=[self.ids[k] for k in at],
            shape=self.shape[at],
            counts={name: value[at] for name, value in self.counts.items()},
            kept={name: value[at] for name, value in self.kept.items()},
            zone=None if self.zone is None else [self.zone[k] for k in at],
        )


def read_blocks(mapping: Mapping, notes: Notes) -> Rows:
    """All blocks with an id and a shape, in the district's CRS. Raises InputError."""
    rows = read_shapes(mapping.read(mapping.blocks), mapping, notes)
    for table in mapping.blocks.tables:
        rows = _joined(rows, table, mapping, notes)
    if "students" in rows.counts or mapping.students is not None:
        return rows
    if mapping.blocks.each is not None and not mapping.counted:
        notes.estimates.append(f"nobody counted students: each block is taken to have {mapping.blocks.each:g}")
        each = np.full(len(rows.ids), mapping.blocks.each)
        notes.held["students"] = "the mapping", float(each.sum())
        return replace(rows, counts=rows.counts | {"students": each})
    groups = [rows.counts[f"students_{group}"] for group in mapping.counted]
    notes.lines.append("students are the sum of the groups")
    notes.held["students"] = "the groups", sum(notes.held[f"students_{group}"][1] for group in mapping.counted)
    return replace(rows, counts=rows.counts | {"students": np.sum(groups, axis=0)})


def read_shapes(source: Source, mapping: Asked, notes: Notes) -> Rows:
    """The rows of the layer of blocks, without its tables. Raises InputError."""
    asked = mapping.blocks
    if source.shape is None:
        raise InputError(Fault(source.where, "is a table", "[blocks] needs a layer of polygons"))
    ids = [text.strip() for text in source.column(asked.id, "[blocks] id")]
    counts, kept, zone = _columns(source, asked, ids, notes)
    notes.held["blocks"] = source.where, float(len(set(ids)))
    rows = Rows(ids, source.shape, "", counts, kept, zone)
    rows = _with_shapes(rows, source.where, mapping, notes)
    rows = _one_row_each(rows, source.where, mapping, notes)
    rows = rows.take(np.argsort(np.array(rows.ids, object), kind="stable"))  # whatever the order of the file
    return _in_crs(rows, source, mapping, notes)


def _columns(
    source: Source, asked: Any, ids: Sequence[str], notes: Notes
) -> tuple[dict[str, Floats], dict[str, Any], list[str] | None]:
    """Counts, further columns and zones, as the mapping names them."""
    fill = Fill(asked.empty, asked.suppressed)
    wanted = {"students": asked.students, "students_poverty": asked.poverty}
    wanted |= {f"students_{group}": column for group, column in asked.groups.items()}
    wanted |= {f"students_grade_{grade}": column for grade, column in asked.grades.items()}
    counts = {
        name: source.numbers(column, f"{name} in the mapping", ids, fill)
        for name, column in wanted.items()
        if column is not None
    }
    kept = {name: source.column(column, "[blocks.keep]").to_numpy(object) for name, column in asked.keep.items()}
    zone = None if asked.zone is None else source.column(asked.zone, "[blocks] zone").str.strip().tolist()
    notes.lines += fill.notes
    twice = tuple(sorted(set(counts) & set(notes.held)))
    if twice:
        raise InputError(Fault(source.where, "counts are given twice", "Name each in one file", ids=twice))
    notes.held |= {name: (source.where, float(value.sum())) for name, value in counts.items()}
    return counts, kept, zone


def _with_shapes(rows: Rows, where: str, mapping: Asked, notes: Notes) -> Rows:
    there = ~(shapely.is_missing(rows.shape) | shapely.is_empty(rows.shape))
    named = np.array([bool(text) for text in rows.ids], bool)
    gone = [rows.ids[k] or f"row {k + 1}" for k in np.flatnonzero(~(there & named))]
    if gone:
        rows = left_out(rows, there & named, where, "have no shape or no id", gone, mapping, notes)
        there = np.ones(len(rows.ids), bool)
    if len(rows.ids) == 0 or not np.isin(shapely.get_type_id(rows.shape), POLYGONS).all():
        problem = "holds shapes that are not polygons" if len(rows.ids) else "holds no shapes"
        raise InputError(Fault(where, problem, "[blocks] needs a layer of polygons"))
    return rows


def left_out(rows: Rows, stay: Bools, where: str, what: str, gone: Sequence[str], mapping: Asked, notes: Notes) -> Rows:
    """Without some blocks, where the mapping says so; else an error that says how."""
    mend = 'Mend the layer, or leave them out: [outside] blocks = "leave out"'
    if mapping.outside.blocks is None:
        raise InputError(Fault(where, f"{len(gone):,} blocks {what}", mend, ids=tuple(gone)))
    counted = rows.counts.get("students")
    lost = "" if counted is None else f", with {counted[~stay].sum():,.0f} students"
    done = f"left out, as the mapping says{lost}"
    notes.found(f"{len(gone):,} blocks {what}", gone, mend, done=done, shape=list(rows.shape[~stay]))
    return rows.take(stay)


def _one_row_each(rows: Rows, where: str, mapping: Asked, notes: Notes) -> Rows:
    """One row a block: rows of one id are parts of it."""
    number: dict[str, int] = {}
    first = [number.setdefault(text, k) for k, text in enumerate(rows.ids)]
    parted = sorted({rows.ids[k] for k, one in enumerate(first) if one != k})
    if not parted:
        return rows
    how = mapping.mend.rows
    if how is None:
        mend = 'Join them: [mend] rows = "once" where each row has the whole count, "sum" where each has its part'
        raise InputError(
            Fault(where, f"{len(parted):,} ids stand in several rows", mend, mapping.blocks.id, tuple(parted))
        )
    of = np.unique(first, return_inverse=True)[1]
    heads = np.array(sorted(set(first)))
    shape = np.array([shapely.union_all(rows.shape[of == k]) for k in range(len(heads))], object)
    counts = {name: _sums(of, value) if how == "sum" else value[heads] for name, value in rows.counts.items()}
    joined = rows.take(heads)
    many = [shape[joined.ids.index(text)] for text in parted]
    notes.found(f"{len(parted):,} ids stood in several rows", parted, "", done=f"joined ({how})", shape=many)
    return replace(joined, shape=shape, counts=counts)


def _sums(of: Any, value: Floats) -> Floats:
    return np.bincount(of, value).astype(np.float64)


def _in_crs(rows: Rows, source: Source, mapping: Asked, notes: Notes) -> Rows:
    """In the CRS that the mapping names, else in the UTM zone of the place; with shapes that can be worked with."""
    crs = mapping.crs or gpd.GeoSeries(rows.shape, crs=source.crs).estimate_utm_crs().to_string()
    if not pyproj.CRS(crs).is_projected:
        raise InputError(Fault("crs", f"'{crs}' is not projected", "Name one in metres, or leave it out"))
    shape = projected(Place(source.where, rows.shape, source.crs, rows.ids), crs)
    notes.lines.append(
        f"{source.where}: {len(rows.ids):,} blocks in {pyproj.CRS(source.crs).name}, worked with in {crs}"
    )
    broken = ~shapely.is_valid(shape)
    if broken.any():
        ids = [rows.ids[k] for k in np.flatnonzero(broken)]
        mend = 'Repair them: [mend] shapes = "repair"'
        if mapping.mend.shapes is None:
            raise InputError(Fault(source.where, f"{len(ids):,} shapes cross themselves", mend, ids=tuple(ids)))
        where = list(shape[broken])
        shape = np.where(broken, shapely.make_valid(shape, method="structure", keep_collapsed=False), shape)
        notes.found(f"{len(ids):,} shapes crossed themselves", ids, mend, done="repaired", shape=where)
    return replace(rows, shape=_covered(shape, rows, mapping, notes), crs=crs)


def _covered(shape: Any, rows: Rows, mapping: Asked, notes: Notes) -> Any:
    """Without gaps and overlaps up to the width that the mapping gives; those that stay are named."""
    width = mapping.mend.coverage
    pairs, places = _overlaps(shape, rows.ids)
    if width is not None:
        wide = [pair for pair, place in zip(pairs, places, strict=True) if _width(place) > width]
        if wide:
            problem = f"blocks lie over each other by more than {width:g} m"
            mend = "That is no matter of borders: mend the layer, or raise [mend] coverage"
            raise InputError(Fault(Path(mapping.blocks.file).name, problem, mend, ids=tuple(wide)))
        clean = shapely.coverage_clean  # type: ignore[attr-defined]  # the stubs are of an older version
        cleaned = np.asarray(clean(shape, gap_width=width, snapping_distance=0))
        changed = shapely.area(shapely.symmetric_difference(shape, cleaned)) > AREA
        ids = [rows.ids[k] for k in np.flatnonzero(changed)]
        done = f"borders of {len(ids):,} blocks moved, gaps of up to {width:g} m closed"
        notes.found("the blocks' borders did not meet", ids, "", done=done, shape=list(shape[changed]))
        lost = [rows.ids[k] for k in np.flatnonzero(shapely.is_empty(cleaned))]
        if lost:
            mend = "They lie wholly in others: take them out of the layer"
            raise InputError(Fault(Path(mapping.blocks.file).name, "nothing is left of blocks", mend, ids=tuple(lost)))
        return cleaned
    mend = "Close gaps and overlaps: [mend] coverage = 1 (metres)"
    notes.found(f"{len(pairs):,} pairs of blocks lie over each other", pairs, mend, shape=places)
    gaps = [gap for gap in _gaps(shape) if shapely.area(gap) > AREA]
    notes.found(
        f"{len(gaps):,} gaps lie between blocks", [f"{shapely.area(gap):,.0f} m²" for gap in gaps], mend, shape=gaps
    )
    return shape


def _overlaps(shape: Any, ids: Sequence[str]) -> tuple[list[str], list[Any]]:
    one, other = shapely.STRtree(shape).query(shape, predicate="overlaps")
    one, other = one[one < other], other[one < other]
    common = shapely.intersection(shape[one], shape[other])
    much = shapely.area(common) > AREA
    return [f"{ids[a]} and {ids[b]}" for a, b in zip(one[much], other[much], strict=True)], list(common[much])


def _width(shape: Any) -> float:
    """Of the widest place in it."""
    return float(2 * shapely.length(shapely.maximum_inscribed_circle(shape)))


def _gaps(shape: Any) -> Any:
    """Holes of all blocks together."""
    rings = shapely.get_rings(shapely.get_parts(shapely.union_all(shape)), return_index=True)
    first = np.unique(rings[1], return_index=True)[1]
    inner = np.delete(rings[0], first)
    return shapely.polygons(inner) if len(inner) else np.zeros(0, object)


def _joined(rows: Rows, table: Table, mapping: Mapping, notes: Notes) -> Rows:
    """With the columns of a table. Raises InputError where it does not fit: never joined by the order of rows."""
    source = mapping.read(table)
    key = source.column(table.id, "[[blocks.tables]] id").str.strip()
    twice = sorted(key[key.duplicated() & (key != "")].unique())
    if twice:
        raise InputError(
            Fault(source.where, "ids stand in several rows", "Keep one row a block", table.id, tuple(twice))
        )
    counts, kept, zone = _columns(source, table, key.tolist(), notes)
    at = pd.Series(np.arange(len(key)), index=key).reindex(rows.ids)
    strange = sorted(set(key) - set(rows.ids) - {""})
    mend = "Are both of one vintage, with all zeros in their ids?"
    if len(strange) > LOST * len(key) and mapping.outside.blocks is None:
        problem = f"{len(strange):,} of its ids are no blocks"
        raise InputError(
            Fault(source.where, problem, f'{mend} Else: [outside] blocks = "leave out"', table.id, tuple(strange))
        )
    notes.found(f"{source.where}: {len(strange):,} of its ids are no blocks", strange, mend, done="left out")
    place = at.fillna(0).to_numpy(np.int64)
    rows = replace(
        rows,
        counts=rows.counts | {name: value[place] for name, value in counts.items()},
        kept=rows.kept | {name: value[place] for name, value in kept.items()},
        zone=rows.zone if zone is None else [zone[k] for k in place],
    )
    missing = at.isna().to_numpy(bool)
    gone = [rows.ids[k] for k in np.flatnonzero(missing)]
    return left_out(rows, ~missing, source.where, "are not in it", gone, mapping, notes) if gone else rows
