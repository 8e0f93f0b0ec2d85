"""Random numbers inside compiled code: every start has a state of its own."""

from __future__ import annotations

import numpy as np

from optimizer.solvers.kernel.jit import inlined


@inlined
def rotate(x, k):
    return (x << np.uint64(k)) | (x >> np.uint64(64 - k))


@inlined
def uniform(random):
    """A float in [0, 1), by xoshiro256++ (Blackman and Vigna 2019)."""
    result = rotate(random[0] + random[3], 23) + random[0]
    t = random[1] << np.uint64(17)
    random[2] ^= random[0]
    random[3] ^= random[1]
    random[1] ^= random[2]
    random[0] ^= random[3]
    random[2] ^= t
    random[3] = rotate(random[3], 45)
    return (result >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@inlined
def below(random, n):
    """An integer in 0 .. n - 1."""
    return min(int(uniform(random) * n), n - 1)
