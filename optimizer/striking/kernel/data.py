"""What propagation reads (Ground), and what it changes (Left)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Ints, Offsets
from optimizer.solvers.kernel.handed import FloatTable, handed

# Bits of Entries.kind.
FORCED = 1  # every plan has the block in this zone: the root, or a block that has no other candidate
UNCUT = 2  # the block may be in the zone without a path to the root, or is the root: no cut for it

# Places in Left.count.
TRAIL, HEAD, TAIL, CONFLICT, LOOKS, COUNTS = range(6)


@handed(read_only=True)
class Ground:
    """The candidate pairs, school by school, as Entries has them: e of them, of n schools and b blocks; s sums whose
    parts are at least 0. Schools are places among those that any block may go to."""

    school: Ints  # (e,)
    block: Ints  # (e,)
    first: Offsets  # (n + 1,) where each school's entries lie
    own: Offsets  # (b + 1,) where each block's entries lie in `entry`
    entry: Ints  # (e,)
    start: Offsets  # (e + 1,) neighbours that are candidates of the same school; none without contiguity
    index: Ints
    root: Ints  # (n,) the entry of the root, -1 without one
    loose: NDArray[np.uint8]  # (e,) may be in the zone without a way to the root; the root itself
    load: FloatTable  # (s, e)
    low: FloatTable  # (s, n) beyond which no plan goes, with all allowances
    high: FloatTable


@handed(read_only=False)
class Left:
    """Which pairs are left under what is supposed. trail: those struck, in order, so that they can be put back."""

    count: Offsets
    alive: NDArray[np.uint8]  # (e,)
    choices: Ints  # (b,) pairs left of each block
    trail: Ints  # (e,)
    queue: Ints  # (n + 1,) schools that wait to be looked at, in a ring
    waits: NDArray[np.uint8]  # (n,)
    order: Ints  # (e,) scratch of the walk: when a pair was met, 0 where not
    back: Ints  # (e,) the earliest met that its branch of the walk touches
    parent: Ints  # (e,)
    at: Offsets  # (e,) how far its neighbours have been looked at
    below: Ints  # (e,) pairs of its branch that must be joined to the root
    stack: Ints  # (e,)
    found: Ints  # (e,)
    apart: NDArray[np.uint8]  # (e,) as `survey` saw it: without the block others are cut off
    behind: NDArray[np.uint8]  # (e,) or it is cut off without another that its school need not have
    must: FloatTable  # (s, n) what each school must have
    most: FloatTable  # (s, n) and may have
    lump: FloatTable  # (s, n) the largest load that it may have and need not
    stale: NDArray[np.uint8]  # (n,) whether to survey it again
    was: NDArray[np.uint8]  # (n,) scratch
