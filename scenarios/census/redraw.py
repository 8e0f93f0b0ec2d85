"""Counts that might be true: the estimate made again from what the sources' errors leave open.

A draw is one way that children could live, given what is published: areas' rates within their sampling error, people
of a block within the noise that hides persons, blocks whose share of children at public schools, and whose poverty,
differ from their zone's and area's, and then children, whole ones, one by one. Each draw adds up to every school's
enrolment by group and by poverty. How much blocks differ is not published: it is taken to be as much as zones are
seen to differ.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.special import expit, logit

from optimizer.arrays import Floats
from scenarios.census.fit import EDGE, Estimate, Known, block_rates, by_number, filled, fitted

SURELY = 1e-9  # a block's rate is kept as far from 0 and 1, so that odds are numbers


def redraw(known: Known, found: Estimate, random: np.random.Generator) -> tuple[Floats, Floats]:
    """(blocks, groups) children and (blocks,) those in poverty, in whole numbers."""
    people = _unhidden(known, random)
    apart = _effects(known, found.apart.within(random), random)
    seen = replace(known, people=filled(replace(known, people=people))[0])
    level = logit(np.clip(random.normal(known.rate, known.error), EDGE, 1 - EDGE))
    spread = found.astray.within(random)
    level += random.normal(0, spread, len(level))
    odds = random.multivariate_normal(found.odds, found.odds_error)
    astray = random.normal(0, spread, len(people))
    rates = block_rates(seen, expit(level), odds, astray[:, None])
    children, poor, _ = fitted(replace(seen, people=seen.people * np.exp(apart)[:, None]), rates)
    return _placed(known, children, poor, random)


def _effects(known: Known, spread: float, random: np.random.Generator) -> Floats:
    """(blocks,) what is common to an area, and what a block has of its own."""
    return random.normal(0, spread, len(known.rate))[known.area] + random.normal(0, spread, len(known.area))


def _unhidden(known: Known, random: np.random.Generator) -> Floats:
    """People as they may be behind the noise: each area's people of a group are taken as published, since noise on them
    is small beside them (the bureau's noise is of one size for small and large counts)."""
    if known.noise == 0:
        return known.people
    some = known.people.sum(axis=1, keepdims=True) > 0
    moved = np.maximum(known.people + random.normal(0, known.noise, known.people.shape), 0) * some
    before, after = (by_number(known.area, values, len(known.rate)) for values in (known.people, moved))
    return moved * np.divide(before, after, out=np.zeros_like(before), where=after > 0)[known.area]


def _placed(known: Known, children: Floats, poor: Floats, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Whole children: of each zone and group by the shares of its blocks; then those in poverty."""
    whole = np.zeros_like(children)
    order = np.argsort(known.zone, kind="stable")
    ends = np.searchsorted(known.zone[order], np.arange(known.zones + 1))
    for zone in range(known.zones):
        own = order[ends[zone] : ends[zone + 1]]
        for group, enrolled in enumerate(np.rint(known.enrolled[zone]).astype(np.int64).tolist()):
            share = children[own, group]
            if enrolled and share.sum() > 0:
                whole[own, group] = random.multinomial(enrolled, share / share.sum())
    everybody = children.sum(axis=1)
    rate = np.divide(poor, everybody, out=np.zeros_like(poor), where=everybody > 0)
    return whole, _in_poverty(known, whole.sum(axis=1), rate, random)


def _in_poverty(known: Known, children: Floats, rate: Floats, random: np.random.Generator) -> Floats:
    """(blocks,) as many of each zone's children as are in poverty, each as likely as its block's rate says: order
    sampling (Rosen, Journal of Statistical Planning and Inference 62, 1997, 159-191)."""
    block = np.repeat(np.arange(len(children)), children.astype(np.int64))
    rank = logit(random.random(len(block))) - logit(np.clip(rate, SURELY, 1 - SURELY))[block]
    zone = known.zone[block]
    order = np.lexsort((rank, zone))
    first = np.searchsorted(zone[order], np.arange(known.zones))
    place = np.arange(len(block)) - first[zone[order]]
    taken = order[place < np.rint(known.poor)[zone[order]]]
    return np.bincount(block[taken], minlength=len(children)).astype(np.float64)
