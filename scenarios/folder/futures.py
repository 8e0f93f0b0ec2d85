"""futures.parquet: counts that will be, if a forecast is right: by future and year, long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from optimizer.arrays import Floats

FUTURES = "futures.parquet"
FUTURE, YEAR, BLOCK = "future", "year", "block_id"


def write_futures(
    path: Path,
    blocks: Sequence[str],
    years: Sequence[int],
    each: Iterator[tuple[str, Mapping[str, Floats]]],
    about: str,
) -> None:
    """each: a future's name, and by count column (years, blocks). about: JSON of how they were made."""
    names = pa.array(blocks, pa.string())
    block = names.take(pa.array(np.tile(np.arange(len(blocks)), len(years))))
    year = np.repeat(np.array(years, np.int32), len(blocks))
    writer = None
    for name, counts in each:
        columns = {FUTURE: pa.array([name] * len(year), pa.string()), YEAR: year, BLOCK: block} | {
            key: drawn.ravel() for key, drawn in counts.items()
        }
        table = pa.table(columns)
        if writer is None:
            writer = pq.ParquetWriter(path, table.schema.with_metadata({b"rezone.forecast": about.encode()}))
        writer.write_table(table)
    if writer is not None:
        writer.close()
