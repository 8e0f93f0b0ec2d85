"""The shape of zones, as far as the graph of neighbours tells it."""

from __future__ import annotations

import numpy as np

from optimizer.graph import away_from_root
from optimizer.measures.record import Measure, Place, one
from optimizer.plan import Plan


def detached_pieces(plan: Plan) -> int:
    """How many connected pieces of zones do not hold their zone's root; a block of several parts counts as its parts.
    Neighbours are those of the district as it is read, also where a rule parts them: so the figure means the same for
    every plan."""
    district, read = plan.district, plan.district.original
    if read.part_adjacency is district.part_adjacency:
        away, label = plan.away
    else:
        away, label = away_from_root(read.part_adjacency, plan.school[read.part_block], district.part_root)
    return len(np.unique(label[away]))


def cut_edges(plan: Plan) -> int:
    """How many pairs of neighbours lie in different zones; neighbours as for `detached_pieces`."""
    adjacency = plan.district.original.adjacency
    return int((plan.school[adjacency.rows] != plan.school[adjacency.index]).sum()) // 2


MEASURES = (
    Measure("detached_pieces", one(detached_pieces), "count", places={"": Place.FULL}, children=False),
    Measure("cut_edges", one(cut_edges), "count", places={}, children=False),
)
