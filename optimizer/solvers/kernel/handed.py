"""Classes of arrays and numbers that a kernel takes as one pointer.

numba would hand over a tuple of arrays by value, seven words an array: 3 kB for a State and an Instance at every call,
and as much code to compile around it. Here an object keeps a table of its arrays' addresses and shapes, and a kernel
takes the table's address. An attribute becomes an array where it is used: its strides follow from its shape, and loads
from the table are marked as giving the same whenever they are made, so that they leave loops.

All arrays are contiguous. What a kernel sees of them, their type and whether it may write, is what the class says: one
variant of a kernel serves every caller.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Annotated, Any, dataclass_transform, get_args, get_origin, get_type_hints

import numpy as np
from llvmlite import ir
from numba import from_dtype
from numba.core import cgutils, types
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    NativeValue,
    infer_getattr,
    lower_getattr_generic,
    models,
    register_model,
    unbox,
)
from numba.np.arrayobj import make_array, populate_array
from numba.np.numpy_support import as_dtype
from numpy.typing import NDArray

FloatTable = Annotated[NDArray[np.float64], 2]  # of two dimensions; all others are of one
IntTable = Annotated[NDArray[np.int32], 2]
CountTable = Annotated[NDArray[np.int64], 2]
CodeTable = Annotated[NDArray[np.uint8], 2]

WORD = ir.IntType(64)
NUMBERS = {int: types.int64, float: types.float64, bool: types.boolean}


class Handed(types.Type):
    """The type of a class of them. members: by name, where it begins in the table, and its type."""

    def __init__(self, name: str, members: dict[str, tuple[int, Any]]) -> None:
        self.members = members
        super().__init__(name)


@dataclass_transform(frozen_default=True, eq_default=False)
def handed(*, read_only: bool) -> Callable[[type], type]:
    """Makes a dataclass that kernels take. read_only: they may not write to its arrays."""

    def decorate(cls: type) -> type:
        cls.__post_init__ = _lay_out  # type: ignore[attr-defined]
        cls.__reduce__ = _parts  # type: ignore[assignment,method-assign]
        cls._numba_type_ = Handed(cls.__name__, _members(cls, read_only))  # type: ignore[attr-defined]
        return dataclass(frozen=True, eq=False)(cls)

    return decorate


def _members(cls: type, read_only: bool) -> dict[str, tuple[int, Any]]:
    members, word = {}, 0
    for name, hint in get_type_hints(cls, include_extras=True).items():
        member = NUMBERS.get(hint) or _array(hint, read_only)
        members[name] = (word, member)
        word += 1 + getattr(member, "ndim", 0)
    return members


def _array(hint: Any, read_only: bool) -> Any:
    dimensions = 1
    if get_origin(hint) is Annotated:
        hint, dimensions = get_args(hint)
    (dtype,) = get_args(get_args(hint)[1])
    return types.Array(from_dtype(np.dtype(dtype)), dimensions, "C", readonly=read_only)


def _lay_out(self: Any) -> None:
    """Write the table. What is only read may be given as whole numbers, say, and is converted. Raises TypeError where
    an array is not what the class says."""
    words: list[Any] = []
    for name, (_, member) in self._numba_type_.members.items():
        value = getattr(self, name)
        if isinstance(member, types.Array):
            wanted = as_dtype(member.dtype)
            if not member.mutable and np.can_cast(value.dtype, wanted):
                value = np.ascontiguousarray(value, wanted)
                object.__setattr__(self, name, value)
            if value.dtype != wanted or value.ndim != member.ndim or not value.flags.c_contiguous:
                raise TypeError(f"{type(self).__name__}.{name}: {value.dtype}, {value.ndim} dimensions, not {member}")
            words += [value.__array_interface__["data"][0], *value.shape]
        else:
            words.append(np.float64(value).view(np.int64) if member is types.float64 else int(value))
    table = np.array(words, np.int64)
    object.__setattr__(self, "_table", table)
    object.__setattr__(self, "_address", table.__array_interface__["data"][0])


def _parts(self: Any) -> tuple[Any, ...]:
    """How it is copied: with a table of its own."""
    return type(self), tuple(getattr(self, field.name) for field in fields(self))


@register_model(Handed)
class _Pointer(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, WORD.as_pointer())


@unbox(Handed)
def _unbox(kind: Any, value: Any, c: Any) -> Any:
    address = c.pyapi.object_getattr_string(value, "_address")
    pointer = c.pyapi.long_as_voidptr(address)
    c.pyapi.decref(address)
    return NativeValue(c.builder.bitcast(pointer, WORD.as_pointer()))


@infer_getattr
class _Attributes(AttributeTemplate):
    key = Handed

    def generic_resolve(self, kind: Any, name: str) -> Any:  # type: ignore[override]
        return kind.members[name][1] if name in kind.members else None


@lower_getattr_generic(Handed)
def _attribute(context: Any, builder: Any, kind: Any, table: Any, name: str) -> Any:
    word, member = kind.members[name]
    if not isinstance(member, types.Array):
        value = _load(builder, table, word)
        if member is types.float64:
            return builder.bitcast(value, ir.DoubleType())
        return builder.icmp_signed("!=", value, WORD(0)) if member is types.boolean else value
    array = make_array(member)(context, builder)
    size = context.get_abi_sizeof(context.get_data_type(member.dtype))
    shape = [_load(builder, table, word + 1 + k) for k in range(member.ndim)]
    strides = [WORD(size)]
    for length in shape[:0:-1]:
        strides.insert(0, builder.mul(strides[0], length, flags=["nsw"]))
    pointer = builder.inttoptr(_load(builder, table, word), context.get_data_type(member.dtype).as_pointer())
    populate_array(array, pointer, shape, strides, WORD(size), None)
    return array._getvalue()


def _load(builder: Any, table: Any, word: int) -> Any:
    value = builder.load(cgutils.gep_inbounds(builder, table, word))
    value.set_metadata("invariant.load", builder.module.add_metadata([]))
    return value
