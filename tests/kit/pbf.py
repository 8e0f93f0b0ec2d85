"""A small OpenStreetMap extract in PBF: one way, as the format's own page describes it, written by hand."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path


def write_pbf(path: Path, places: Sequence[tuple[float, float]], tags: Mapping[str, str]) -> Path:
    """One way through these places (lon, lat)."""
    strings = ["", *(text for pair in tags.items() for text in pair)]
    ids = list(range(1, len(places) + 1))
    dense = _packed(1, [_zigzag(d) for d in _steps(ids)])
    dense += _packed(8, [_zigzag(d) for d in _steps([round(lat * 1e7) for _, lat in places])])
    dense += _packed(9, [_zigzag(d) for d in _steps([round(lon * 1e7) for lon, _ in places])])
    keys, values = range(1, len(strings), 2), range(2, len(strings), 2)
    way = _number(1, 1) + _packed(2, keys) + _packed(3, values) + _packed(8, [_zigzag(d) for d in _steps(ids)])
    table = b"".join(_bytes(1, text.encode()) for text in strings)
    block = _bytes(1, table) + _bytes(2, _bytes(2, dense)) + _bytes(2, _bytes(3, way))
    head = _bytes(4, b"OsmSchema-V0.6") + _bytes(4, b"DenseNodes")
    path.write_bytes(_blob("OSMHeader", head) + _blob("OSMData", block))
    return path


def _blob(kind: str, content: bytes) -> bytes:
    body = _number(2, len(content)) + _bytes(3, zlib.compress(content))
    header = _bytes(1, kind.encode()) + _number(3, len(body))
    return struct.pack(">I", len(header)) + header + body


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _zigzag(value: int) -> int:
    return value * 2 if value >= 0 else -value * 2 - 1


def _steps(values: Sequence[int]) -> list[int]:
    return [value - before for before, value in zip([0, *values], values, strict=False)]


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _packed(field: int, values: Sequence[int] | range) -> bytes:
    return _bytes(field, b"".join(_varint(value) for value in values))
