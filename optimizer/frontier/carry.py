"""What a proof that was made under one cap proves under another."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimizer.bounds.certificate import Certificate
from optimizer.model import Model


@dataclass(frozen=True, eq=False)
class Proof:
    """A certificate, the model that it is about, and whether that has no cap."""

    certificate: Certificate
    model: Model
    free: bool

    def under(self, model: Model, place: int, *, free: bool) -> Certificate | None:
        """What it proves in a model that differs in the cap alone; None where that is nothing. place: of the cap among
        the budgets. free: whether the model has none."""
        if free:
            return self.certificate if self.free else None
        if self.free:
            return _with_budget(self.certificate, place)
        if not alike(self.model, model, place):
            return None
        return _moved_to(self.certificate, place, self.model.budgets[place].limit, model.budgets[place].limit)


def alike(one: Model, other: Model, place: int) -> bool:
    """Whether a cap's costs are the same in two models: travel that is not known makes them differ."""
    if len(one.budgets) != len(other.budgets):
        return False
    return bool(np.array_equal(one.budgets[place].cost, other.budgets[place].cost))


def _with_budget(certificate: Certificate, place: int) -> Certificate:
    """The same proof where there is one budget more, which it makes no use of."""
    leaves = [replace(leaf, budget_prices=np.insert(leaf.budget_prices, place, 0.0)) for leaf in certificate.leaves]
    return replace(certificate, leaves=tuple(leaves))


def _moved_to(certificate: Certificate, place: int, at: float, limit: float) -> Certificate:
    """What a proof under one limit of a budget proves under another: prices stay, the limit's part changes."""
    prices = [float(leaf.budget_prices[place]) for leaf in certificate.leaves]
    if limit == at or not prices or max(prices) == 0:
        return certificate
    # A hair less, so that rounding claims nothing that is not proved; a bound of 0 may have been cut off there.
    change = [price * (at - limit) - 1e-12 * price * (abs(at) + abs(limit)) for price in prices]
    if certificate.bound == 0:
        return certificate if min(change) >= 0 else replace(certificate, bound=0.0)
    bound = certificate.bound + min(change)
    return replace(certificate, bound=max(0.0, bound - 1e-12 * abs(bound)))
