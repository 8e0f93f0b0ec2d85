"""The shape of zones, as far as the graph of neighbours tells it."""

from __future__ import annotations

import numpy as np

from optimizer.plan import Plan


def detached_pieces(plan: Plan) -> int:
    """How many connected pieces of zones do not hold their zone's root."""
    away, label = plan.away
    return len(np.unique(label[away]))


def cut_edges(plan: Plan) -> int:
    """How many pairs of neighbours lie in different zones."""
    adjacency = plan.district.adjacency
    return int((plan.school[adjacency.rows] != plan.school[adjacency.index]).sum()) // 2
