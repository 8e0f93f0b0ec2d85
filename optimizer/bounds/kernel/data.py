"""What the kernels read of one school (School), and what they change (Work)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Floats, Ints, Offsets
from optimizer.solvers.kernel.handed import CodeTable, FloatTable, IntTable, handed

# Places in Work.count.
LEAVES, NODES, CUTS, SEPARATORS, MEMBERS, STAMP, FULL, COUNTS = range(8)
# Multipliers of a leaf, as columns of Work.stride: g, and from PRICES on the mu of each sum.
TILT, PRICES = range(2)
# Bits of count[FULL]: what had no room left.
NO_LEAF, NO_CUT, NO_LIST = 1, 2, 4
# In Work.fixed: what a node says of a block.
FREE, IN, OUT = range(3)
# In Work.split: what becomes of a node, where it is not the place of the block by which it is split.
LEAF, DEAD, RATE = -1, -2, -3


@handed(read_only=True)
class School:
    """One school. m candidate blocks in ascending order, s sums, q budgets. Blocks are local places, 0 .. m - 1."""

    block: Ints  # (m,) the candidates, by their places in the district
    poor: Floats  # (m,) P_i
    heads: Floats  # (m,) n_i
    curve: Floats  # (m,) c_i: follows the direction
    cost: Floats  # (m,) linear cost of the pair
    budget: FloatTable  # (q, m)
    load: FloatTable  # (s, m) what the block adds to each school sum, those with limits first, then soft ones
    low: Floats  # (s,) limits of the sums, as the validity check has them, with its allowance; 0 of soft ones
    high: Floats  # (s,)
    most: Floats  # (s,) how far the price of a soft sum may go, either way; inf where there is a limit
    shares: (
        int  # the sums from this one on are the groups of an entropy, negative: sum of share exp(price / unit) stays 1
    )
    share: Floats  # (s - shares,) of all students
    unit: float  # what the entropy costs a student
    heads_shared: Floats  # (m,) the sum of the groups' loads
    fee: float  # what the zone costs besides where its rate lies wholly outside the band
    band: Floats  # (2,) lowest and highest rate within it
    kind: NDArray[np.uint8]  # (m,)
    start: Offsets  # (m + 1,) neighbours among the candidates; none without contiguity
    index: Ints
    rates: Ints  # the blocks with students, by their rate, ascending
    root: int  # local place; -1 without contiguity, or for a school without a root
    top: float  # no zone's rate is above it
    curved: bool  # False: the cost is linear, and the rate plays no part


@handed(read_only=False)
class Work:
    """One school's zones in a tree: what a node holds of them is parted among its two children, by the rate or by
    whether a block is in the zone; k leaves, their multipliers and cuts. n nodes, x cuts, l cuts a leaf at most."""

    count: Offsets
    split: Ints  # (n,)
    middle: Floats  # (n,) where RATE: the rate by which it is split
    child: Ints  # (n,) the first child: the lower rates, or the block is in; the second is the next
    low: Floats  # (n,) of the rate
    high: Floats
    fixed: CodeTable  # (n, m) FREE, IN or OUT
    node: Ints  # (k,) of each leaf
    tilt: Floats  # (k,) g
    price: FloatTable  # (k, s) mu
    stride: FloatTable  # (k, PRICES + s) how far each multiplier went last time
    value: Floats  # (k,)
    done: Offsets  # (k,) the stamp of the last improvement
    length: Ints  # (k,) cuts in use
    cut: IntTable  # (k, l)
    weight: FloatTable  # (k, l) y
    excess: FloatTable  # (k, l) averaged x_t - sum of x over C
    effect: FloatTable  # (k, m) what the cuts add to r
    cut_block: Ints  # (x,)
    cut_separator: Ints  # (x,)
    start: Offsets  # (separators + 1,)
    member: Ints
    separator_key: Offsets  # (separators,) hashes
    slot: Ints  # hash table of separators, -1 where empty
    cut_slot: Ints  # hash table of (block, separator)
    cap: Floats  # (m,) scratch, of the leaf that is open: inf where IN, else 0: a block costs min(cap, r)
    shut: Floats  # (m,) scratch: FAR where OUT, else 0
    base: Floats  # (m,) scratch: cost + budget prices - block prices
    rest: Floats  # (m,) scratch
    r: Floats  # (m,) scratch
    mark: Offsets  # (m,) scratch
    seen: Offsets  # (m,) scratch
    queue: Ints  # (m,) scratch
    found: Ints  # (m,) scratch
