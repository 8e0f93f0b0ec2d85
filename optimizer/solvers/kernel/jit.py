"""How the kernels are compiled."""

from __future__ import annotations

from typing import Any

from numba import njit

# Without numba's reference counts (`_nrt`): State and Instance hold some fifty arrays between them, each counted by an
# atomic operation at every call, which made up three quarters of a proposal's time. The price: kernels
# allocate nothing.
_njit: Any = njit  # its types do not know `_nrt`
compiled: Any = _njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
# A call hands over every array of State and Instance as seven words each, 3 kB on the stack: where it happens at each
# proposal, writing the callee out in place saves 40 % of the time. It costs compile time, so only there.
inlined: Any = _njit(cache=True, nogil=True, error_model="numpy", _nrt=False, forceinline=True)
