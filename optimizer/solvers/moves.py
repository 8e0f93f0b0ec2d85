"""What a search did, by kinds of moves."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.arrays import Offsets
from optimizer.solvers.kernel.layout import ACCEPTED, KIND_WORDS, TRIED


@dataclass(frozen=True)
class Moves:
    """Of one kind. kind: `flip`, one block to a zone that it touches; `chain`, and one of that zone's blocks on to
    another; `cluster`, several neighbours at once; `recombination`, two zones drawn anew. tried: drawn at random,
    whether there was such a move or not. accepted: made."""

    kind: str
    tried: int
    accepted: int


def by_kind(counts: Offsets) -> tuple[Moves, ...]:
    """counts: (kinds, 2), as State.moves."""
    rows = zip(KIND_WORDS, counts[:, TRIED].tolist(), counts[:, ACCEPTED].tolist(), strict=True)
    return tuple(Moves(kind, tried, accepted) for kind, tried, accepted in rows)
