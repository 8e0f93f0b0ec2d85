"""How the kernels of the bound are compiled: `called` and `called_strict` are called from Python."""

from __future__ import annotations

from typing import Any

from numba import njit

# The same as in optimizer.solvers.kernel.jit, which says why.
LEAN = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False, "no_cfunc_wrapper": True}
INNER = LEAN | {"no_cpython_wrapper": True}

_njit: Any = njit  # its types do not know `_nrt`

# Sums may be reordered, so that they run in vector registers; the same machine always orders them the same way.
FREE = {"fastmath": {"reassoc", "contract", "nsz"}}
called: Any = _njit(**LEAN, **FREE)
compiled: Any = _njit(**INNER, **FREE)

# What is claimed is summed in the order written, with no freedom for the compiler.
called_strict: Any = _njit(**LEAN)
strict: Any = _njit(**INNER)
