"""Any file of the user's as a frame of text cells and shapes: layers, CSV in any usual coding, workbooks, Parquet."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyogrio
import pyogrio.errors
import pyproj
import shapely

from optimizer.arrays import Floats
from optimizer.errors import Fault, InputError, nearest
from optimizer.places import WGS84
from scenarios.folder.tables import Faults
from scenarios.importing.delimited import delimited
from scenarios.reading.files import need_file, read_bytes
from scenarios.reading.layers import read_layer
from scenarios.reading.tables import plain, read_parquet

TABLES, BOOKS = (".csv", ".txt", ".tsv"), (".xlsx", ".ods")
SUPPRESSED = re.compile(
    "(?:\\*+|[<\u2264] *=? *\\d*|[\u2020\u2021\u2013\u2014]|-|M|N|[nN]/[aA]|\\(X\\)|null|NULL|s|S|PS)"
)  # marks of publishers
FEW, KINDS = 10, 30  # children who have a value, and values of a column, for a value to be shown
MINUS = re.compile(r"\s*-\d")


@dataclass(frozen=True, eq=False)
class Source:
    """A file as read. cells: text, '' where nothing stands. shape: (rows,) in crs; None of a table. secret: its rows
    are children, of whom no error says anything."""

    where: str
    cells: pd.DataFrame
    shape: Any = None
    crs: Any = None
    secret: bool = False

    def column(self, name: str, key: str) -> pd.Series[str]:
        """A column that the mapping names under `key`. Raises InputError where it is not there."""
        if name not in self.cells.columns:
            names = [str(one) for one in self.cells.columns]
            problem = f"the column that {key} names is missing{nearest(name, names)}"
            raise InputError(Fault(self.where, problem, f"The file has: {', '.join(names)}", column=name))
        return self.cells[name]

    def only(self, values: Mapping[str, Sequence[str]]) -> Source:
        """The rows that have one of these values in each of these columns."""
        kept = np.ones(len(self.cells), bool)
        for name, known in values.items():
            kept &= self.column(name, "only").isin(known).to_numpy(bool)
            if not kept.any():
                problem = f"no row is one of {', '.join(known)}"
                raise InputError(Fault(self.where, problem, f"There are {self.values(self.cells[name])}", name))
        shape = None if self.shape is None else self.shape[kept]
        return replace(self, cells=self.cells[kept].reset_index(drop=True), shape=shape)

    def values(self, cells: pd.Series[str]) -> str:
        """What stands in cells, for an error. Of children only what many of them have, in a column of few values: what
        else stands there may be a name, or tell who it is."""
        times = cells.value_counts().sort_index()
        open_ = (times >= FEW) & (len(times) <= KINDS) | (times.index == "") if self.secret else times > 0
        shown = [f"'{value}'" for value in times.index[open_][:8]]
        left = len(times) - len(shown)
        return ", ".join([*shown, *([f"{left:,} values that are not shown"] if left else [])])

    def numbers(self, name: str, key: str, ids: Sequence[str], fill: Fill) -> Floats:
        """(rows,) counts. Raises InputError on cells that are neither numbers nor filled."""
        text = self.column(name, key).str.strip()
        value = pd.to_numeric(text.str.replace(",", ""), errors="coerce").to_numpy(np.float64)
        empty = (text == "").to_numpy(bool)
        hidden = (text.str.fullmatch(SUPPRESSED) | text.str.match(MINUS)).to_numpy(bool) & ~empty
        faults = Faults()
        for kind, mask, put in (("empty", empty, fill.empty), ("suppressed", hidden, fill.suppressed)):
            if mask.any() and put is None:
                rows = [ids[k] for k in np.flatnonzero(mask).tolist()]
                mend = f"Say what stands for them: {kind} = 0 in the mapping, for instance"
                faults.add(self.where, f"{len(rows):,} cells are {kind}", mend, column=name, ids=rows)
            fill.note(self.where, name, kind, int(mask.sum()), put)
            value = np.where(mask, np.nan if put is None else put, value)
        wrong = ~np.isfinite(value) & ~empty & ~hidden
        if wrong.any():
            rows = [f"{ids[k]} ('{text.iloc[k][:20]}')" for k in np.flatnonzero(wrong).tolist()]
            faults.add(self.where, "are no numbers", "Name another column, or mend the cells", column=name, ids=rows)
        faults.stop()
        return value


class Fill:
    """What empty and suppressed cells stand for, and a note of each use."""

    def __init__(self, empty: float | None = None, suppressed: float | None = None) -> None:
        self.empty, self.suppressed = empty, suppressed
        self.notes: list[str] = []

    def note(self, where: str, column: str, kind: str, cells: int, put: float | None) -> None:
        if cells and put is not None:
            self.notes.append(f"{where}, {column}: {cells:,} {kind} cells stand for {put:g}")


def read_source(path: Path, layer: str | None = None, crs: str | None = None) -> Source:
    """A layer or a table. crs: said by the user, where the file does not. Raises InputError."""
    suffix = path.suffix.lower()
    if suffix in TABLES:
        return Source(path.name, delimited(read_bytes(path, "table"), path.name).cells)
    if suffix in BOOKS:
        return Source(path.name, _book(path, layer))
    if suffix == ".parquet" and not _is_geo(path):
        return Source(path.name, _texts(read_parquet(path)))
    frame = read_layer(path, layer=layer, mend="Name a layer that GIS programs read, a CSV file or a workbook")
    if frame.crs is None and crs is None:
        mend = 'A shapefile has it in its .prj; else say it: crs = "EPSG:2264"'
        raise InputError(Fault(path.name, "does not say in which CRS it is", mend))
    shapes = frame.geometry.to_numpy()
    own = frame.crs if frame.crs is not None else pyproj.CRS(crs)
    return Source(path.name, _texts(pd.DataFrame(frame.drop(columns="geometry"))), shapes, own)


def points_of(source: Source, lon: str | None, lat: str | None, crs: str | None, key: str) -> tuple[Any, Any]:
    """(rows,) points of a layer, or of a table with columns of coordinates, null where it has none; and their CRS."""
    if source.shape is not None:
        shape = source.shape
        there = ~(shapely.is_missing(shape) | shapely.is_empty(shape))
        dimension: Any = shapely.get_dimensions(shape[there])
        if (dimension > 0).any():
            raise InputError(Fault(source.where, "holds shapes that are not points", f"[{key}] needs points"))
        return np.where(there, shapely.centroid(shape), None), source.crs
    if lon is None or lat is None:
        mend = f'Name its columns: [{key}] lon = "COLUMN" and lat = "COLUMN"'
        raise InputError(Fault(source.where, "is a table without coordinates", mend))
    xy = [pd.to_numeric(source.column(name, f"[{key}]"), errors="coerce").to_numpy(float) for name in (lon, lat)]
    there = np.isfinite(xy[0]) & np.isfinite(xy[1])
    points = np.full(len(there), None, object)
    points[there] = shapely.points(np.column_stack(xy)[there])
    return points, WGS84 if crs is None else crs


def _texts(frame: pd.DataFrame) -> pd.DataFrame:
    cells = {str(name): [plain(cell) for cell in frame[name]] for name in frame.columns}
    return pd.DataFrame(cells, index=range(len(frame)), dtype=str)  # which a layer without columns has too


def _book(path: Path, sheet: str | None) -> pd.DataFrame:
    need_file(path, "table")
    try:
        sheets = [str(name) for name, _ in pyogrio.list_layers(path)]
        if sheet is None and len(sheets) > 1:
            raise InputError(Fault(path.name, f"holds several sheets: {', '.join(sheets)}", 'Name one: layer = "NAME"'))
        return _texts(pyogrio.read_dataframe(path, layer=sheet, read_geometry=False))
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError, RuntimeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(Fault(path.name, "cannot be read as a workbook", "Save it as .xlsx or CSV")) from None


def _is_geo(path: Path) -> bool:
    import pyarrow  # noqa: PLC0415 - slow to import
    import pyarrow.parquet  # noqa: PLC0415

    need_file(path, "table")
    try:
        return b"geo" in (pyarrow.parquet.read_schema(path).metadata or {})
    except (pyarrow.ArrowException, OSError):
        return False
