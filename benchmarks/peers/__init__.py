"""Peers on the same districts, under the same limits, for the same objective: `python -m benchmarks.peers`.

One file a peer. Each is a `Peer`: it is given a `Question` and a budget, and gives an `Answer`. Whatever a peer says,
its plan is judged by `optimizer.rules.breaches`, and its value is recomputed from the plan.
"""

from __future__ import annotations

from benchmarks.peers.azp import Azp
from benchmarks.peers.cpsat import ClosedForm
from benchmarks.peers.cpsat_cuts import WithCuts
from benchmarks.peers.gerry import Annealing, Bursts, Tilted
from benchmarks.peers.greedy import Greedy
from benchmarks.peers.metis import Metis
from benchmarks.peers.question import Answer, Peer, Question
from benchmarks.peers.rezone import Rezone

PEERS: dict[str, Peer] = {
    peer.name: peer
    for peer in (Rezone(), Annealing(), Bursts(), Tilted(), ClosedForm(), WithCuts(), Azp(), Greedy(), Metis())
}

__all__ = ["PEERS", "Answer", "Peer", "Question"]
