"""Pairs that contiguity can never allow."""

from __future__ import annotations

from optimizer.model import Model
from optimizer.solvers.joined import joined
from optimizer.solvers.parted import Parting


def connected(model: Model) -> Model:
    """The model without pairs that contiguity can never allow: no way within the school's candidates joins the block,
    or one of its parts, to the school's root, and it does not lie detached there today."""
    if model.contiguity is None:
        return model
    if model.district.parts is None:
        return model.keep_pairs(joined(model))
    return model.keep_pairs(Parting(model, model.district.parts).possible())
