"""context.gpkg: water, main roads and names of places, which maps draw and nothing computes with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from optimizer.district import Geography
from optimizer.errors import Fault, InputError, nearest
from optimizer.places import Source, box_of, need_right_way, projected
from scenarios.drawing.context import Context, Surrounded, cut, surroundings
from scenarios.folder.tables import Faults, check_names, need_columns
from scenarios.reading.files import there
from scenarios.reading.layers import layer_credit, layer_names, read_layer
from scenarios.reading.shapes import LINES, POINTS, Kind, shapes_of

CONTEXT = "context.gpkg"
WATER = Kind("areas or lines", (1, 2, 3, 5, 6), "length")
KINDS = {"water": WATER, "roads": LINES, "places": POINTS}
MEND = f"Write it anew as a GeoPackage with any of the layers {', '.join(KINDS)}, or take it away"


def with_context(folder: Path, geography: Geography) -> Geography:
    """The shapes, with what the folder gives to draw behind them. Raises InputError with all that is wrong in it."""
    path, faults = folder / CONTEXT, Faults()
    if not there(path):
        return geography
    layers = layer_names(path, mend=MEND)
    for name in layers:
        if name not in KINDS:
            faults.add(f"{CONTEXT}, layer {name}", f"the layer is not known{nearest(name, KINDS)}", MEND)
    if not layers:
        faults.add(CONTEXT, "holds no layer", MEND)
    shapes: dict[str, NDArray[Any]] = dict.fromkeys(KINDS, np.zeros(0, object))
    names: list[str] = []
    for name in (name for name in KINDS if name in layers):
        with faults.gather():
            where, frame = f"{CONTEXT}, layer {name}", read_layer(path, layer=name, mend=MEND)
            if len(frame):
                shapes[name] = _near(where, frame, KINDS[name], geography)
                names = _names(faults, where, frame) if name == "places" else names
    faults.stop()
    inside = ~shapely.is_empty(shapes["places"])
    kept = tuple(name for name, near in zip(names, inside, strict=True) if near)
    credit = ", ".join(dict.fromkeys(said for name in layers if (said := layer_credit(path, name))))
    context = Context(_there(shapes["water"]), _there(shapes["roads"]), _there(shapes["places"]), kept, credit)
    return Surrounded(geography.crs, geography.polygon, geography.school_xy, context)


def _near(where: str, frame: gpd.GeoDataFrame, kind: Kind, geography: Geography) -> NDArray[Any]:
    """(rows,) the shapes as far as they lie in the district's surroundings. Raises InputError where none does."""
    rows = [f"row {k + 1}" for k in range(len(frame))]
    shapes = shapes_of(where, frame, kind)
    source = Source(where, shapes, frame.crs, rows, around=box_of(geography.polygon, geography.crs))
    need_right_way(source)
    found = cut(projected(source, geography.crs), surroundings(geography.polygon))
    if shapely.is_empty(found).all():
        problem = "nothing of it lies in the district or near it"
        raise InputError(Fault(where, problem, "Cut it from files of this district, in the CRS that it declares"))
    return found


def _names(faults: Faults, where: str, frame: gpd.GeoDataFrame) -> list[str]:
    """What the places are called."""
    if not need_columns(faults, where, frame, ["name"]):
        return [""] * len(frame)
    cells = frame["name"].to_numpy(object)
    wrong = [k for k, cell in enumerate(cells) if not isinstance(cell, str) or not cell.strip()]
    if wrong:
        rows = [f"row {k + 1}" for k in wrong]
        faults.add(where, "no name", "Write it as text, or take the row out", column="name", ids=rows)
    names = [str(cell) for cell in cells]
    check_names(faults, where, names, "name")
    return names


def _there(shapes: NDArray[Any]) -> NDArray[Any]:
    return shapes[~shapely.is_empty(shapes)]
