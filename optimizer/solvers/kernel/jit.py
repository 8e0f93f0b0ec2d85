"""How the kernels are compiled."""

from __future__ import annotations

from typing import Any

from numba import njit

# Without numba's reference counts (`_nrt`): State and Instance hold some fifty arrays between them, each counted by an
# atomic operation at every call, which made up three quarters of a proposal's time. The price: kernels
# allocate nothing.
# Without wrappers for C, which nobody calls.
LEAN = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False, "no_cfunc_wrapper": True}
# What only other kernels call has no wrapper for Python either: unpacking all those arrays is half of what there is to
# compile.
INNER = LEAN | {"no_cpython_wrapper": True}

_njit: Any = njit  # its types do not know `_nrt`
called: Any = _njit(**LEAN)  # called from Python
compiled: Any = _njit(**INNER)
# A call hands over every array of State and Instance as seven words each, 3 kB on the stack: where it happens at each
# proposal, writing the callee out in place saves 40 % of the time. It costs compile time, so only there.
inlined: Any = _njit(**INNER, forceinline=True)
