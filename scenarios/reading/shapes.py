"""What every row of a layer must have, whoever reads it: a shape of the kind that is meant, and of some size. A row
left out in silence would be a zone, a river or an address that nobody misses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from optimizer.arrays import Bools
from optimizer.errors import Fault, InputError

if TYPE_CHECKING:
    import geopandas as gpd


class Kind(NamedTuple):
    """what: in words. types: shapely's. size: in words, what each must have, and how it is measured; None where a point
    will do."""

    what: str
    types: tuple[int, ...]
    size: str | None = None


LINES = Kind("lines", (1, 2, 5), "length")  # rings are lines too
POLYGONS = Kind("polygons", (3, 6), "area")
POINTS = Kind("points", (0,))
ANY = Kind("shapes", (0, 1, 2, 3, 4, 5, 6))


def shapes_of(where: str, frame: gpd.GeoDataFrame, kind: Kind) -> NDArray[Any]:
    """(rows,) the shapes of a layer, all of this kind. Raises InputError where the layer declares no CRS, and naming
    the rows whose shape is missing, of another kind, or of no size."""
    if frame.crs is None:
        mend = "Declare it in the file; a shapefile needs its .prj beside it"
        raise InputError(Fault(where, "declares no coordinate reference system", mend))
    shapes = frame.geometry.to_numpy()
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    if missing.all():
        raise InputError(Fault(where, f"holds no {kind.what}", f"Give a layer of {kind.what}"))
    other = ~missing & ~np.isin(shapely.get_type_id(shapes), kind.types)
    size = {None: None, "length": shapely.length, "area": shapely.area}[kind.size]
    with np.errstate(over="ignore", invalid="ignore"):  # coordinates that are no places are for `places` to name
        small = ~missing & ~other & (size(shapes) == 0) if size is not None else missing & False
    take = "take the row out"
    checks = (
        (missing, "has rows without a shape, or with a damaged one", f"Draw each, or {take}"),
        (other, f"holds shapes that are not {kind.what}", f"Give a layer of {kind.what}"),
        (small, f"holds {kind.what} without {kind.size}", f"Draw each anew, or {take}"),
    )
    faults = [Fault(where, problem, mend, ids=_rows(wrong)) for wrong, problem, mend in checks if wrong.any()]
    if faults:
        raise InputError(faults)
    return shapes


def _rows(wrong: Bools) -> tuple[str, ...]:
    return tuple(f"row {k + 1}" for k in np.flatnonzero(wrong).tolist())
