"""The last touch to a plan: nobody is asked to look at blocks that change zone and have no students."""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Ints
from optimizer.solvers.contract import Contraction
from optimizer.solvers.instance import instance_of, state_of
from optimizer.solvers.kernel.layout import COST, HELD
from optimizer.solvers.kernel.moves import empty_move
from optimizer.solvers.kernel.tidy import send_home


def tidied(contraction: Contraction, school: Ints, held: float) -> tuple[Ints, float] | None:
    """The plan with its empty blocks sent home as far as zones hold together and nothing gets worse, and its cost; None
    where there is none to send. school: (blocks,). held: the excess that may not grow."""
    district = contraction.model.district
    zone = contraction.over_nodes(school)
    empty = district.counts.max(axis=1, initial=0.0) == 0
    if not (empty & (zone != district.home) & (district.home >= 0)).any():
        return None
    return sent_home(contraction, zone, held)


def sent_home(contraction: Contraction, zone: Ints, held: float) -> tuple[Ints, float]:
    """The same from zones of nodes, whether there is anything to send or not."""
    inst = instance_of(contraction.model, contraction.compiled, zone, excess_first=False)
    st = state_of(inst, zone, np.random.default_rng(0))  # whose random numbers are never drawn
    st.best[HELD] = held
    send_home(inst, st, empty_move(inst))
    return contraction.expand(st.zone), float(st.total[COST])
