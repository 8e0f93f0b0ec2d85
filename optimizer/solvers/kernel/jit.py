"""How the kernels are compiled, and where numba finds them again.

A kernel that Python calls is `called`; the others are `compiled`, or `inlined`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit
from numba.core.caching import CompileResultCacheImpl, FunctionCache, _CacheLocator

from optimizer import kernels


class _Locator(_CacheLocator):
    """Puts all kernels into the one folder of optimizer.kernels, whose name says what they are made of."""

    def __init__(self, function: Any) -> None:
        self.name = f"{function.__module__}-{function.__code__.co_firstlineno}"

    @classmethod
    def from_function(cls, function: Any, _: str) -> _Locator:
        return cls(function)

    def get_cache_path(self) -> str:
        return str(kernels.folder())

    def get_source_stamp(self) -> str:
        return ""

    def get_disambiguator(self) -> str:
        return self.name


class _Files(CompileResultCacheImpl):
    _locator_classes: list[type[object]] = [_Locator]  # noqa: RUF012 - numba's declaration


class _Kept(FunctionCache):
    """Kernels are written by the processes that compile all of them, and read by all others."""

    _impl_class = _Files

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        return super().load_overload(sig, target_context) if kernels.ensure() else None

    def save_overload(self, sig: Any, data: Any) -> None:
        if kernels.are_made_here():
            super().save_overload(sig, data)


def kept(options: dict[str, Any]) -> Callable[[Any], Any]:
    """A decorator that compiles with these options of njit."""

    def decorate(function: Any) -> Any:
        kernel = njit(**options)(function)
        if hasattr(kernel, "_cache"):  # not with NUMBA_DISABLE_JIT
            kernel._cache = _Kept(function)  # what `cache=True` does with numba's own places
        return kernel

    return decorate


# Without numba's reference counts (`_nrt`): State and Instance hold some fifty arrays between them, each counted by an
# atomic operation at every call, which made up three quarters of a proposal's time. The price: kernels
# allocate nothing.
# Without wrappers for C, which nobody calls.
LEAN = {"nogil": True, "error_model": "numpy", "_nrt": False, "no_cfunc_wrapper": True}
# What only other kernels call has no wrapper for Python either: unpacking all those arrays is half of what there is to
# compile.
INNER = LEAN | {"no_cpython_wrapper": True}

called = kept(LEAN)
compiled = kept(INNER)
# A call hands over every array of State and Instance as seven words each, 3 kB on the stack: where it happens at each
# proposal, writing the callee out in place saves 40 % of the time. It costs compile time, so only there.
inlined = kept(INNER | {"forceinline": True})
