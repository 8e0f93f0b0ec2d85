"""What contiguity asks of a linear programme: a block is in a zone only if some block is that separates it from the
zone's root. Found where a solution cuts something off; valid for every plan that holds together.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from scipy.sparse import csr_array, csr_matrix
from scipy.sparse.csgraph import connected_components

from optimizer.arrays import Floats, Ints, Offsets
from optimizer.striking.kernel.data import UNCUT
from optimizer.striking.pairs import Entries

TAKEN = 1e-6  # share from which on a block counts as being in a zone
EACH = 4  # blocks of a piece that is cut off for which a row is made


def separators(entries: Entries, share: Floats, students: Floats, pairs: int) -> csr_array:
    """(rows, pairs) rows <= 0: x of a block less the sum of x over a separator between it and its school's root.
    share: (pairs,) of a solution. students: (blocks,): of a piece that is cut off, the blocks with most get a row."""
    inside = share[entries.pair] > TAKEN
    piece = _pieces(entries, inside)
    rooted = _roots(entries)
    lost = inside & ~np.isin(piece, piece[rooted])
    rows: list[tuple[int, list[int]]] = []
    for label in np.unique(piece[lost]).tolist():
        members = np.flatnonzero(piece == label)
        able = members[(entries.kind[members] & UNCUT) == 0]
        if len(able):
            between = _between(entries, members)
            order = np.lexsort((able, -(students[entries.block[able]] + 1e-3) * share[entries.pair[able]]))
            rows += [(int(t), between) for t in able[order][:EACH]]
    return _matrix(entries, rows, pairs)


def _matrix(entries: Entries, rows: list[tuple[int, list[int]]], pairs: int) -> csr_array:
    at = np.repeat(np.arange(len(rows)), [1 + len(between) for _, between in rows])
    entry = np.array([e for t, between in rows for e in (t, *between)], np.int64)
    value = np.array([v for _, between in rows for v in (1.0, *[-1.0] * len(between))])
    return csr_array((value, (at, entries.pair[entry])), shape=(len(rows), pairs))


def _roots(entries: Entries) -> Ints:
    """The entries of the schools' roots."""
    has = entries.root >= 0
    return np.asarray(entries.first[:-1][has] + entries.root[has])


def _pieces(entries: Entries, inside: np.ndarray) -> Ints:
    """(entries,) the connected piece of each among those inside; each of the others alone."""
    size = len(entries.pair)
    row = np.repeat(np.arange(size), np.diff(entries.start))
    kept = inside[row] & inside[entries.index]
    graph = csr_matrix((np.ones(int(kept.sum()), np.int8), (row[kept], entries.index[kept])), (size, size))
    return np.asarray(connected_components(graph, directed=False)[1])


def _between(entries: Entries, members: Offsets) -> list[int]:
    """The candidates next to a piece that a walk from the school's root meets first."""
    at = int(np.searchsorted(entries.first, members[0], side="right")) - 1
    own = set(members.tolist())
    near = {other for e in own for other in _near(entries, e)} - own
    if entries.root[at] < 0:
        return sorted(near)
    root = int(entries.first[at] + entries.root[at])
    seen, queue, met = {root}, deque([root]), set()
    while queue:
        for other in _near(entries, queue.popleft()):
            if other in near:
                met.add(other)
            elif other not in seen:
                seen.add(other)
                queue.append(other)
    return sorted(met)


def _near(entries: Entries, e: int) -> list[int]:
    found: list[int] = entries.index[entries.start[e] : entries.start[e + 1]].tolist()
    return found
