"""Reading JSON that nobody vouches for: bounded in size before it is parsed, every value checked when it is taken."""

from __future__ import annotations

import hashlib
import math
import re
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.errors import Fault, InputError, nearest
from scenarios.reading.documents import parse_json
from scenarios.reading.files import read_bytes
from scenarios.reading.values import Table

MOST_RATE = 2.0  # rates end at 1, but for rounding
MEND = "Take the file as the program wrote it"
SEAL = re.compile(rb',"seal":"([0-9a-f]{64})"\}\s*\Z')
# What parsed JSON takes of memory is bounded by these, and with the file's size by the district's.
MOST_BYTES, BYTES, BYTES_A_BLOCK = 256_000_000, 20_000_000, 20_000
MOST_VALUES, MOST_TEXTS, MOST_CONTAINERS = 20_000_000, 8_000_000, 4_000_000
NUMBERS = {int, float}


def load_json(path: Path, blocks: int) -> tuple[Any, bool]:
    """The file's content, and whether its seal fits. blocks: of the district, which bounds the size of what is read.

    Raises InputError where the file cannot be read, is too large to be about the district, or is not JSON.
    """
    name, raw = path.name, read_bytes(path, "json")
    most = min(MOST_BYTES, BYTES + BYTES_A_BLOCK * blocks)
    if len(raw) > most:
        raise _too_large(name, f"{len(raw):,} bytes, where {most:,} are the most for {blocks:,} blocks")
    for mark, count, what in ((b",", MOST_VALUES, "values"), (b'"', 2 * MOST_TEXTS, "texts")):
        if raw.count(mark) > count:
            raise _too_large(name, f"too many {what}")
    if raw.count(b"[") + raw.count(b"{") > MOST_CONTAINERS:
        raise _too_large(name, "too many lists and tables")
    return parse_json(raw, name), seal_fits(raw)


def seal_fits(raw: bytes) -> bool:
    """Whether the seal at the end of the file is the SHA-256 of all that comes before it, with the brace closed."""
    found = SEAL.search(raw, max(0, len(raw) - 200))
    return found is not None and hashlib.sha256(raw[: found.start()] + b"}").hexdigest().encode() == found[1]


def _too_large(name: str, problem: str) -> InputError:
    return InputError(Fault(name, f"is too large to be read: {problem}", MEND))


class Reader:
    """Takes values out of parsed JSON, each checked. `path` says where a value stands, in errors."""

    def __init__(self, name: str) -> None:
        self.name = name

    def fail(self, path: str, problem: str, mend: str = MEND) -> NoReturn:
        raise InputError(Fault(self.name, problem, mend, column=path))

    def table(self, value: Any, path: str, keys: tuple[str, ...]) -> Table:
        """A table with exactly these keys."""
        if not isinstance(value, dict):
            self.fail(path, "is not a table")
        for key in value:
            if key not in keys:
                self.fail(
                    path, f"the key '{key[:40]}' is not known{nearest(key[:40], keys)}", f"Keys: {', '.join(keys)}"
                )
        for key in keys:
            if key not in value:
                self.fail(path, f"the key '{key}' is missing")
        return value

    def list(self, value: Any, path: str, length: int | None = None) -> list[Any]:
        if not isinstance(value, list):
            self.fail(path, "is not a list")
        if length is not None and len(value) != length:
            self.fail(path, f"has {len(value):,} entries where there must be {length:,}")
        return value

    def text(self, value: Any, path: str) -> str:
        if not isinstance(value, str):
            self.fail(path, "is not text")
        return value

    def number(self, value: Any, path: str, low: float = -math.inf) -> float:
        return float(self.numbers([value], path, 1, low)[0])

    def numbers(self, value: Any, path: str, length: int | None = None, low: float = -math.inf) -> Floats:
        """A list of finite numbers of at least `low`."""
        entries = self.list(value, path, length)
        if not set(map(type, entries)) <= NUMBERS:
            self.fail(path, "holds what is not a number")
        try:
            array = np.array(entries, np.float64)
        except OverflowError:
            self.fail(path, "holds a number that is not finite")
        if not np.isfinite(array).all():
            self.fail(path, "holds a number that is not finite")
        if (array < low).any():
            self.fail(path, f"holds a number below {low:g}")
        return array

    def place(self, value: Any, path: str, below: int) -> int:
        return int(self.places([value], path, below)[0])

    def places(self, value: Any, path: str, below: int) -> Ints:
        """A list of whole numbers from 0 to below - 1."""
        entries = self.list(value, path)
        if not set(map(type, entries)) <= {int}:
            self.fail(path, "holds what is not a whole number")
        if entries and not (min(entries) >= 0 and max(entries) < below):
            self.fail(path, f"holds a number that is not from 0 to {below - 1}")
        return np.array(entries, np.int32)

    def key_place(self, key: str, path: str, below: int) -> int:
        """A whole number from 0 to below - 1 that stands as a key."""
        if not (key.isascii() and key.isdigit() and len(key) < 10 and str(int(key)) == key and int(key) < below):
            self.fail(path, f"the key '{key[:20]}' is not a whole number from 0 to {below - 1}")
        return int(key)
