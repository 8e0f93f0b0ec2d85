"""From a district folder to a District, naming everything that is wrong on the way."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from optimizer.district import District, Geography
from optimizer.errors import Fault, InputError, nearest
from optimizer.travel import StraightLine
from scenarios.folder.blocks import block_ids, check_shapes, find_blocks, further_columns, read_counts, read_frame
from scenarios.folder.geometry import find_roots, projected_crs, rook, school_points
from scenarios.folder.links import places, read_adjacency, read_travel
from scenarios.folder.schools import read_schools
from scenarios.folder.tables import Faults
from scenarios.options import limit_faults

KEYS = ("name", "crs", "groups", "limits")
RESERVED = ("poverty", "race", "all")


def read_district(folder: str | Path) -> District:
    """The district in a folder. Raises InputError with every fault found, each with file, column, ids and mend."""
    folder = Path(folder)
    faults = Faults()
    head = _read_head(faults, folder)
    schools = read_schools(faults, folder)
    path = find_blocks(folder)
    frame = read_frame(path)
    names = block_ids(faults, path.name, frame)
    shaped = check_shapes(faults, path.name, frame, names)
    zone = places(faults, path.name, frame["school_id"], "school_id", schools.ids)
    columns, counts = read_counts(faults, path.name, frame, names, head["groups"])
    order = np.array(sorted(range(len(names)), key=lambda i: names[i]), int)
    ids = tuple(names[i] for i in order)
    travel = read_travel(faults, folder, ids, schools.ids)
    adjacency = read_adjacency(faults, folder, ids)
    crs = projected_crs(head.get("crs"), frame.estimate_utm_crs) if shaped else None
    faults.stop()
    assert crs is not None
    polygon = frame.geometry.to_crs(crs).to_numpy()[order]
    middle = shapely.get_coordinates(shapely.point_on_surface(polygon))
    school_xy = school_points(schools.lon_lat, crs)
    zone = zone[order]
    return District(
        name=head["name"],
        block_ids=ids,
        school_ids=schools.ids,
        school_names=schools.names,
        groups=tuple(head["groups"]),
        columns=tuple(columns),
        counts=counts[order],
        status_quo=zone,
        adjacency=rook(polygon) if adjacency is None else adjacency,
        travel=StraightLine(middle, school_xy) if travel is None else travel,
        root=find_roots(polygon, middle, school_xy, zone),
        capacity=schools.capacity,
        min_students=schools.min_students,
        other_students=schools.other_students,
        attributes={name: values[order] for name, values in further_columns(frame, columns).items()},
        geography=Geography(crs.to_string(), polygon, school_xy),
    )


def _read_head(faults: Faults, folder: Path) -> dict[str, Any]:
    """district.toml: stops where it cannot be read, since everything else hangs on it."""
    where = "district.toml"
    if not folder.is_dir():
        raise InputError(Fault(str(folder), "is not a folder", "Name a folder with district.toml in it"))
    try:
        head = tomllib.loads((folder / where).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise InputError(Fault(where, "is not there", f"Put the file {where} into the folder")) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(Fault(where, f"cannot be read as TOML ({error})", "Mend the line")) from None
    for key in head:
        if key not in KEYS:
            faults.add(where, f"the key is not known{nearest(key, KEYS)}", f"Keys are: {', '.join(KEYS)}", column=key)
    if not isinstance(head.get("name"), str):
        faults.add(where, "the name is missing", "Give the district's name as text", column="name")
    groups = head.get("groups")
    if not isinstance(groups, list) or not all(_is_group(group) for group in groups) or len(set(groups)) < len(groups):
        mend = "Give a list of different names of a-z, 0-9 and _, none of them poverty, race, all or grade_…; may be []"
        faults.add(where, "the groups cannot be used", mend, column="groups")
    if not isinstance(head.get("crs", ""), str):
        faults.add(where, "the crs is not text", "Give it as text, such as 'EPSG:32618'", column="crs")
    if "limits" in head:
        faults.found += limit_faults(head["limits"])
    faults.stop()
    return head


def read_limits(folder: str | Path) -> dict[str, Any]:
    """The default limits that a district folder gives, by option name; {} where it gives none."""
    faults = Faults()
    limits: dict[str, Any] = _read_head(faults, Path(folder)).get("limits", {})
    return limits


def _is_group(group: Any) -> bool:
    named = isinstance(group, str) and re.fullmatch(r"[a-z0-9_]+", group) is not None
    return named and group not in RESERVED and not group.startswith("grade_")
