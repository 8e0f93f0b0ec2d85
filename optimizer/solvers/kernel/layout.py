"""What stands where in the arrays that kernels of the search and Python share, by name. A last name says how many."""

from __future__ import annotations

# Kinds of moves: rows of State.moves, and their words.
FLIP, CHAIN, CLUSTER, RECOMBINATION, KINDS = range(5)
KIND_WORDS = ("flip", "chain", "cluster", "recombination")
# Columns of State.moves.
TRIED, ACCEPTED, TALLIES = range(3)

# State.total and Move.value.
COST, LINEAR, EXCESS, PENALTY, TOTALS = range(5)
# State.count.
BORDER, LOGGED, STAMP, TOGGLED, COUNTS = range(5)
# State.best: the best cost; 1 if that plan was met in this chunk and is not stored yet; the excess held.
BEST_COST, NOT_STORED, HELD, BESTS = range(4)
# Move.count: blocks of the move in hand, zones that it touches.
BLOCKS, ZONES, MOVE_COUNTS = range(3)
# Instance.setting: what is on; PERIMETER is a feature, or -1; BENT: some budget is on curved parts.
CONTIGUOUS, EXCESS_FIRST, EDGES, PERIMETER, BENT = range(5)

# Kinds of curved parts, and how many inner values each has (NORM: as many as its x).
NORM, UNEVEN, ENTROPY, BAND, ROUND = range(5)
INNER = (0, 1, 1, 3, 2)
# Kinds of checks.
LARGEST, COMPACT = range(2)
# Columns of Instance.curve_at and check_at: features x (so many in a row), y and z; the part's first inner value.
X, MANY, Y, Z, CHECK_PLACES = range(5)
FIRST_INNER, CURVE_PLACES = 4, 5
# Columns of Instance.curve_number; a band has its rate and width besides.
SCALE, RATE, WIDTH, CURVE_NUMBERS = range(4)
# Columns of Instance.check_number: the least value, and what a unit below it weighs as excess.
LEAST, WEIGHT, CHECK_NUMBERS = range(3)
# Inner values of BAND: whether a zone lies outside it, whether it has students, how far outside it lies.
OUTSIDE, THERE, BEYOND = range(3)
# Inner values of ROUND: 4 pi area / perimeter^2, and whether the zone has an area.
ROUNDNESS, WITH_AREA = range(2)

# Rows of Trees.sums and inner: the two zones that are drawn anew.
ONE, OTHER, PAIR = range(3)
# Trees.parent of a block that is no member, and of one that is not in the tree yet.
NO_MEMBER, NO_PARENT = -2, -1
