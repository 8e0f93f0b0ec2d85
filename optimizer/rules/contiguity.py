"""Zones hold together: nothing is newly cut off from its school."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from optimizer.arrays import frozen
from optimizer.district import District
from optimizer.model import Model, OneCluster
from optimizer.plan import Plan
from optimizer.rules.base import Breach


@dataclass(frozen=True)
class Contiguity:
    """Every connected piece of a zone holds the zone's root, or lies inside a piece of the same zone that was already
    away from the root under the status quo. A root never changes school. A block of several parts counts as its parts:
    no zone holds together through the block alone."""

    kind: ClassVar[str] = "contiguity"
    children: ClassVar[bool] = False

    def narrow(self, model: Model) -> Model:
        district = model.district
        school_of = np.full(district.blocks, -1, np.int32)  # of a root
        school_of[district.root[district.root >= 0]] = np.flatnonzero(district.root >= 0)
        bound = school_of[model.pairs.rows]
        model = model.keep_pairs((bound < 0) | (bound == model.pairs.index))
        return replace(model, contiguity=OneCluster(district.root, frozen(district.detached)))

    def excess(self, plan: Plan) -> list[Breach]:
        """One row for each root that left its school (amount 1) and for each piece newly cut off (amount: its blocks
        with a part that was not detached before), at the piece's smallest block id."""
        district = plan.district
        away, label = plan.away
        wrong = away & ~(district.part_detached & (plan.school == district.home)[district.part_block])
        rows = [
            Breach("contiguity", 1.0, 0.0, district.school_ids[j], district.block_ids[root], unit="blocks")
            for j, root in enumerate(district.root)
            if root >= 0 and plan.school[root] != j
        ]
        for piece in np.unique(label[wrong]):
            blocks = np.unique(district.part_block[(label == piece) & wrong])
            school = district.school_ids[plan.school[blocks[0]]]
            rows.append(
                Breach(
                    "contiguity",
                    amount=float(len(blocks)),
                    limit_value=0.0,
                    block=district.block_ids[blocks[0]],
                    school=school,
                    unit="blocks",
                )
            )
        return rows

    def attributes(self, district: District) -> tuple[str, ...]:
        return ()
