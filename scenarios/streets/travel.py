"""A district's travel over streets: from the files to the table that stands in its folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from optimizer.district import District, Geography
from optimizer.errors import Fault, InputError, doubt, listed
from scenarios.folder.points import block_of, read_points
from scenarios.reading.layers import projected_layer
from scenarios.streets.layers import Columns, read_streets
from scenarios.streets.network import Index, Network, Shapes, build, without
from scenarios.streets.routes import Homes, Journey, Ways, homes
from scenarios.streets.speeds import By, Speeds, read_speeds
from scenarios.writing.files import write_text
from scenarios.writing.staging import sha256_of

MARGIN = 5_000.0  # metres around the district from which streets are taken: ways may lead outside
PAIRS = 50_000_000  # without --reach: some 2 GB


@dataclass(frozen=True)
class Asked:
    """minutes: instead of metres. snap: metres, the farthest that a street may be from a point. reach: in the unit
    asked for, what is farther is left out. speeds: a table in place of the program's."""

    streets: Path
    by: By = "foot"
    minutes: bool = False
    columns: Columns = field(default_factory=Columns)
    speeds: Path | None = None
    addresses: Path | None = None
    barrier: Path | None = None
    snap: float = 1_000.0
    reach: float = np.inf

    @property
    def unit(self) -> str:
        """The column of the table."""
        return "minutes" if self.minutes else "distance_m"


@dataclass(frozen=True, eq=False)
class Found:
    """ways: all pairs that are reached. far: schools with no street near enough. lost: how many pairs are not reached;
    own: blocks that do not reach today's school of theirs."""

    district: District
    ways: Ways
    network: Network
    homes: Homes
    far: Index
    own: Index

    @property
    def lost(self) -> int:
        return self.district.blocks * self.district.schools - len(self.ways.block)


def travel(district: District, asked: Asked, told: Callable[[float], None] = lambda share: None) -> Found:
    """Every block's way to every school. told: of the share of the searches that is done. Raises InputError."""
    geography = district.geography
    if geography is None:
        raise InputError(Fault("DISTRICT", "has no shapes", "Give it blocks.gpkg, blocks.geojson or GeoParquet"))
    if not np.isfinite(asked.reach) and district.blocks * district.schools > PAIRS:
        problem = f"{district.blocks:,} blocks and {district.schools:,} schools are {PAIRS:,} pairs or more"
        raise InputError(Fault("--reach", problem, "Leave out what is too far for any plan: --reach 20000"))
    speeds = read_speeds(asked.by, asked.speeds)
    network, barrier = _network(geography, asked, speeds)
    inside = shapely.point_on_surface(geography.polygon)
    given = None if asked.addresses is None else _addresses(asked.addresses, geography)
    lived = homes(network, geography.polygon, inside, given)
    schools = network.places(np.asarray(shapely.points(geography.school_xy)), asked.snap, barrier)
    doors = network.places(lived.xy, asked.snap, barrier)
    far = np.flatnonzero(schools.edge < 0)
    if len(far) == district.schools:
        mend = "Are they streets of this place? Give others, or a larger --snap"
        raise InputError(Fault(asked.streets.name, f"no street is within {asked.snap:g} m of any school", mend))
    journey = Journey(
        network, schools, doors, lived.block, district.blocks, asked.minutes, speeds.off_street, asked.reach
    )
    ways = journey.ways(told)
    reached = np.zeros(district.blocks, bool)
    reached[ways.block[ways.school == district.status_quo[ways.block]]] = True
    return Found(district, ways, network, lived, far, np.flatnonzero(~reached))


def _network(geography: Geography, asked: Asked, speeds: Speeds) -> tuple[Network, Any]:
    crs, blocks = geography.crs, geography.polygon
    streets = read_streets(asked.streets, speeds, asked.columns, crs, blocks, MARGIN)
    if asked.barrier is None:
        return build(streets), None
    shapes = projected_layer(asked.barrier, crs, blocks).geometry.to_numpy()
    barrier = shapely.union_all(shapes)
    left = without(streets, barrier)
    if left is streets:
        doubt(asked.barrier.name, "crosses no street")
    return build(left), barrier


def _addresses(path: Path, geography: Geography) -> tuple[Shapes, Index]:
    """Points where children live, and the block of each; what lies in no block is counted and left out."""
    _, points = read_points(
        path, geography.crs, geography.polygon, lambda table: [f"row {k + 1}" for k in range(len(table))]
    )
    block = block_of(points, geography.polygon)
    inside = block >= 0
    if not inside.any():
        raise InputError(Fault(path.name, "no address lies in a block", "Check that they are of this district"))
    if not inside.all():
        doubt(path.name, f"{(~inside).sum():,} of {len(points):,} addresses lie in no block, and are left out")
    return points[inside], block[inside]


def write_travel(found: Found, asked: Asked, out: Path) -> None:
    """The table, sorted by block and school, in Parquet or CSV by its name; in Parquet with how it was made."""
    frame, unit = table(found, asked), asked.unit
    digits = {unit: 2, "least": 2, "most": 2}
    if out.suffix.lower() == ".csv":
        write_text(out, frame.round(digits).to_csv(index=False, lineterminator="\n"))
        return
    import pyarrow as pa  # noqa: PLC0415 - slow to import
    import pyarrow.parquet as pq  # noqa: PLC0415

    made = pa.Table.from_pandas(frame.round(digits), preserve_index=False)
    about = {b"rezone.travel": json.dumps(made_of(found, asked)).encode()}
    pq.write_table(made.replace_schema_metadata(about), out)


def table(found: Found, asked: Asked) -> pd.DataFrame:
    """A row a pair: block_id, school_id, the mean over the block's points, the least and the most of them."""
    ways, district = found.ways, found.district
    return pd.DataFrame(
        {
            "block_id": np.array(district.block_ids, object)[ways.block],
            "school_id": np.array(district.school_ids, object)[ways.school],
            asked.unit: ways.mean,
            "least": ways.least,
            "most": ways.most,
        }
    )


def write_unreached(found: Found, asked: Asked, out: Path) -> None:
    """A CSV file of the pairs of block and school without a way, or with a farther one than was asked for."""
    district, ways = found.district, found.ways
    every = np.arange(district.schools)
    ends = np.searchsorted(ways.block, np.arange(district.blocks + 1))
    none = [np.setdiff1d(every, ways.school[a:b]) for a, b in pairwise(ends)]
    block, school = np.repeat(np.arange(district.blocks), [len(row) for row in none]), np.concatenate(none)
    ids = np.array(district.block_ids, object)[block], np.array(district.school_ids, object)[school]
    frame = pd.DataFrame({"block_id": ids[0], "school_id": ids[1]})
    reach = f"{asked.reach:g}" if np.isfinite(asked.reach) else ""
    write_text(out, frame.assign(reach=reach).to_csv(index=False, lineterminator="\n"))


def made_of(found: Found, asked: Asked) -> Mapping[str, Any]:
    """How the table was made: what was asked, and the hashes of the files."""
    files = [path for path in (asked.streets, asked.speeds, asked.addresses, asked.barrier) if path is not None]
    return {
        "by": asked.by,
        "unit": asked.unit,
        "reach": asked.reach if np.isfinite(asked.reach) else None,
        "snap_m": asked.snap,
        "edges": len(found.network.metres),
        "points": len(found.homes.block),
        "files": {path.name: sha256_of(path) for path in files if path.is_file()},
    }


def in_words(found: Found, asked: Asked) -> str:
    """What was found, for the screen."""
    district, net, lived = found.district, found.network, found.homes
    lines = [
        f"{len(net.metres):,} pieces of street, {net.metres.sum() / 1000:,.0f} km, {net.nodes:,} nodes"
        + (f"; {net.joined:,} streets end on another between its vertices, and meet it" if net.joined else ""),
        f"{len(lived.block):,} points in {district.blocks:,} blocks"
        + (f"; {lived.addressed:,} blocks have addresses" if lived.addressed else ", spread along their streets"),
    ]
    if len(lived.bare):
        ids = listed([district.block_ids[b] for b in lived.bare])
        lines.append(f"{len(lived.bare):,} blocks have no street: a point within stands for each: {ids}")
    if len(found.far):
        ids = listed([district.school_ids[s] for s in found.far])
        lines.append(
            f"{len(found.far):,} schools have no street within {asked.snap:g} m, and nobody reaches them: {ids}"
        )
    if len(found.own):
        ids = listed([district.block_ids[b] for b in found.own])
        lines.append(f"{len(found.own):,} blocks do not reach today's school, and keep it: {ids}")
    pairs = district.blocks * district.schools
    beyond = " or within reach" if np.isfinite(asked.reach) else ""
    lines.append(f"{len(found.ways.block):,} of {pairs:,} pairs have a way{beyond}; {found.lost:,} have none")
    return "\n".join(lines)
