"""District folders with one thing wrong, and what is said of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from toys import EXAMPLE

from optimizer import InputError
from scenarios import read_district


def spoilt(folder: Path, column: str, value: Any, row: int = 1) -> Path:
    """The example with one cell of the blocks changed."""
    frame = EXAMPLE.blocks()
    frame[column] = frame[column].astype(object)
    frame.loc[row, column] = value
    return EXAMPLE.write(folder, blocks=frame)


def error_of(folder: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_district(folder)
    return str(caught.value)
