"""Prices: what the proof of a bound says of single blocks and of limits. docs/proof.md derives every figure.

A proof stays a proof when a block is forced somewhere or a limit is loosened: only what it adds up to changes. So each
figure is by how much the bound changes with all multipliers as they are. Of the best plan itself it is an estimate: the
bound is not the best plan's value, and better multipliers might prove more.
"""

from __future__ import annotations

from optimizer.errors import Fault, InputError
from optimizer.plan import Plan
from optimizer.prices.estimates import Prices
from optimizer.result import Result


def prices(result: Result, plan: Plan | None = None) -> Prices:
    """What a result's certificate says of blocks and limits. plan: whose schools they are held against, valid or not;
    None: the result's. Raises InputError where the result has no certificate."""
    from optimizer.prices.reading import read  # noqa: PLC0415 - numba takes a second to import

    if result.certificate is None:
        raise InputError(Fault("prices", "the result has no certificate to read them from", "Let it prove a bound"))
    return read(result, result.certificate, result.plan if plan is None else plan)
