"""Any sequence of edits, undos and redos is what the journal says it is."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.table.journal import Entry
from scenarios.table.state import PlanState

BLOCKS, SCHOOLS = 6, 3
blocks = st.lists(st.integers(0, BLOCKS - 1), unique=True, min_size=1)
EDITS = st.one_of(
    st.tuples(st.just("assign"), blocks, st.integers(0, SCHOOLS - 1)),
    st.tuples(st.just("lock"), blocks, st.booleans()),
    st.tuples(st.sampled_from(["undo", "redo", "wish"]), st.just([]), st.integers(0, 2)),
)


class Oracle:
    """Whole pictures, one after another."""

    def __init__(self) -> None:
        self.past: list[Any] = []
        self.now = ([0] * BLOCKS, [False] * BLOCKS)
        self.future: list[Any] = []

    def do(self, kind: str, at: list[int], value: Any) -> None:
        if kind in ("assign", "lock"):
            self.past.append(self.now)
            self.future = []
            new = [list(part) for part in self.now]
            for i in at:
                new[kind == "lock"][i] = value
            self.now = (new[0], new[1])
        elif kind == "undo":
            self.future.append(self.now)
            self.now = self.past.pop()
        elif kind == "redo":
            self.past.append(self.now)
            self.now = self.future.pop()


@settings(deadline=None)
@given(st.lists(EDITS, max_size=30))
def test_the_fold_is_what_was_done(edits: list[tuple[str, list[int], Any]]) -> None:
    entries = [Entry(0, "base", {"schools": [0] * BLOCKS}, "", "")]
    live, oracle = PlanState.of(entries), Oracle()
    for kind, at, value in edits:
        if (kind == "undo" and not live.undo) or (kind == "redo" and not live.redo):
            continue
        data: dict[str, Any] = {"of": 0}
        if kind == "assign":
            data = {"blocks": at, "schools": [value] * len(at)}
        elif kind == "lock":
            data = {"blocks": at, "on": value}
        elif kind == "wish":
            data = {"id": str(value), "text": "", "removed": value == 2}
        before = live.school.copy(), live.locked.copy()
        entries.append(Entry(len(entries), kind, data, "", ""))  # type: ignore[arg-type]
        change = live.apply(entries[-1])
        oracle.do(kind, at, value)
        assert change.blocks.tolist() == [i for i in change.blocks if live.school[i] != before[0][i]]
        assert set(change.blocks.tolist()) == set(np.flatnonzero(live.school != before[0]).tolist())
        assert {*change.on, *change.off} == set(np.flatnonzero(live.locked != before[1]).tolist())
        assert (live.school.tolist(), live.locked.tolist()) == oracle.now
        assert (len(live.undo), len(live.redo)) == (len(oracle.past), len(oracle.future))
    again = PlanState.of(entries)
    assert (again.school.tolist(), again.locked.tolist(), again.seq) == (*oracle.now, len(entries) - 1)
    assert (len(again.undo), len(again.redo), again.wishes) == (len(live.undo), len(live.redo), live.wishes)
    everything = set(again.touched_since(0).tolist())
    assert everything == {i for entry in entries[1:] for i in again.touched[entry.seq].tolist()}
