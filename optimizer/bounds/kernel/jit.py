"""How the kernels of the bound are compiled."""

from __future__ import annotations

from typing import Any

from numba import njit

_njit: Any = njit  # its types do not know `_nrt`

# Sums may be reordered, so that they run in vector registers; the same machine always orders them the same way.
# `_nrt`: see optimizer.solvers.kernel.jit; kernels allocate nothing.
compiled: Any = _njit(cache=True, nogil=True, error_model="numpy", _nrt=False, fastmath={"reassoc", "contract", "nsz"})

# What is claimed is summed in the order written, with no freedom for the compiler.
strict: Any = _njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
