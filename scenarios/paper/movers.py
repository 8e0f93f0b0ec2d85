"""Two counts of movers: all who change school, and those whom limits on moves count. Where a rule closes or pairs
schools they differ, and whatever shows the one shows the other beside it, by name; elsewhere one column says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from optimizer.model import SHARE_SLACK

ALL, COUNTED = "moved_share", "moved_counted"
Measures = Mapping[Any, Any]


def counts_differ(measured: Iterable[Measures | None]) -> bool:
    """Whether the two counts differ under any of these plans. Results of older versions have but the one."""
    for measures in measured:
        every, counted = (None if measures is None else measures.get(name) for name in (ALL, COUNTED))
        if every is not None and counted is not None and abs(every - counted) > SHARE_SLACK:
            return True
    return False


def with_counted(names: Sequence[str], measured: Iterable[Measures | None]) -> tuple[str, ...]:
    """The measures to show: the second count after the first where the two differ."""
    both = counts_differ(measured)
    return tuple(shown for name in names for shown in ((ALL, COUNTED) if name == ALL and both else (name,)))
