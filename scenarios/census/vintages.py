"""Blocks and the areas that they lie in, told by their codes; not before both are known to be of one vintage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Floats
from optimizer.errors import Fault, InputError
from scenarios.census.areas import DIGITS, Areas
from scenarios.importing.blocks import LOST

VINTAGES = "Take the table of the blocks' vintage: ACS to 2015-19 uses codes of 2010, from 2016-20 on those of 2020"


def joined(areas: Areas, blocks: Sequence[str], people: Floats, where_blocks: str) -> NDArray[np.int64]:
    """(blocks,) the row of each block's area, -1 where the table lacks it, which at most 0.5 % of blocks and of people
    may be. blocks: codes of 15 digits. people: (blocks,) who live there. Raises InputError where more are, since the
    table is then of other areas that have the same names."""
    wrong = tuple(code for code in blocks if not (code.isdecimal() and len(code) == DIGITS["block"]))
    if wrong:
        raise InputError(Fault(where_blocks, "codes of blocks have not 15 digits", "Keep them as text", ids=wrong))
    rows = {code: k for k, code in enumerate(areas.ids)}
    found = np.array([rows.get(code[: DIGITS[areas.level]], -1) for code in blocks], np.int64)
    lost = found < 0
    lives = np.nan_to_num(np.asarray(people, np.float64))
    if lost.sum() > LOST * len(blocks) or lives[lost].sum() > LOST * lives.sum():
        many, lives_there = _of(lost.sum(), len(blocks)), _of(lives[lost].sum(), lives.sum())
        who = f"{many} blocks of {where_blocks}, with {lives_there} people"
        raise InputError(Fault(areas.where, f"lacks the {areas.level} of {who}", VINTAGES))
    return found


def _of(part: Any, whole: Any) -> str:
    return f"{part:,.0f} of {whole:,.0f}"
