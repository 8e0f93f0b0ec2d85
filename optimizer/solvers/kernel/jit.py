"""How the kernels are compiled, and where numba finds them again.

A kernel that Python calls is `called`; the others are `compiled`, or `inlined`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from numba import njit, types
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
            kernel.get_call_template = partial(_one_variant, kernel.get_call_template)
        return kernel

    return decorate


def _one_variant(get_call_template: Any, args: Any, kws: Any) -> Any:
    """How a call from another kernel finds what to call: with every integer as a long one and no constant apart, so
    that a kernel is compiled once, not for each width and each constant that it is called with."""
    plain = (types.unliteral(arg) for arg in args)
    wide = tuple(types.int64 if arg in types.signed_domain else arg for arg in plain)
    return get_call_template(wide, kws)


# Compiling takes a user's time once, and is kept short by what is left out:
# - numba's reference counts (`_nrt`), an atomic operation for each array at every call. So kernels allocate nothing;
# - wrappers for C, which nobody calls, and for Python around all that Python does not call: unpacking their arguments
#   was half of what there was to compile;
# - arrays handed over by value: see handed.py;
# - variants for integers of several widths, and for constants: `_one_variant`.
# It takes a third of the processor time that it took with all of these, and the cache a quarter of the room.
LEAN = {"nogil": True, "error_model": "numpy", "_nrt": False, "no_cfunc_wrapper": True}
INNER = LEAN | {"no_cpython_wrapper": True}

called = kept(LEAN)
compiled = kept(INNER)
# Small ones that take rows of arrays, seven words each, are written out in place: a proposal takes a tenth less time.
inlined = kept(INNER | {"forceinline": True})
