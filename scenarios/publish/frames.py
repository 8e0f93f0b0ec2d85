"""Tables of any kind, made public: each figure only as far as all agree that cannot be told from the true one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from scenarios.publish.agree import agreed, bracketed

Steps = Sequence[float]  # () for counts, which are whole numbers or nothing; else as `bracketed` has them
Frames = Mapping[str, pd.DataFrame]


def agreed_frames(frames: Sequence[Frames], steps: Callable[[str], Steps | None]) -> dict[str, pd.DataFrame]:
    """The first of the frames, which is the true one, as far as the others bear it out. frames: by table, of the same
    rows and columns. steps: by a column's name how its figures are rounded, None where no count enters it: the figure
    then stays as it is. What is not a number stays where all agree."""
    return {name: _agreed([table[name] for table in frames], steps) for name in frames[0]}


def _agreed(frames: Sequence[pd.DataFrame], steps: Callable[[str], Steps | None]) -> pd.DataFrame:
    made = {}
    for column in frames[0].columns:
        rounding = steps(str(column))
        cells = zip(*(frame[column].tolist() for frame in frames), strict=True)
        made[column] = pd.Series([_cell(list(values), rounding) for values in cells], dtype=object)
    return pd.DataFrame(made, columns=frames[0].columns)


def _cell(values: list[Any], steps: Steps | None) -> Any:
    if steps is None:
        return values[0]
    if not all(isinstance(value, int | float | np.number) and not isinstance(value, bool) for value in values):
        return values[0] if all(value == values[0] for value in values) else None
    plain = [None if np.isnan(value) else float(value) for value in values]
    return bracketed(plain[0], plain, steps)[0] if len(steps) else agreed(plain[0], plain, 1.0)
