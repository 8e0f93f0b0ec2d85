"""From the journal to a plan as it stands. Undo and redo are edits like others: a plan has one stack of them, whoever's
window they come from, and it has no end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from optimizer.arrays import Bools, Ints
from scenarios.table.journal import Entry
from scenarios.table.sent import Sent

UNDONE = ("assign", "lock")  # kinds that can be undone


@dataclass(frozen=True, eq=False)
class Step:
    """What an edit did, so that it can be undone and done again. before, after: of these blocks, their schools or
    whether they were locked."""

    seq: int
    kind: str
    blocks: Ints
    before: Any
    after: Any


@dataclass(frozen=True, eq=False)
class Change:
    """What an entry changed: blocks with another school; blocks locked, and unlocked."""

    blocks: Ints
    on: Ints
    off: Ints


NO_BLOCKS = np.zeros(0, np.int32)
NOTHING = Change(NO_BLOCKS, NO_BLOCKS, NO_BLOCKS)


@dataclass
class PlanState:
    """school, locked: (blocks,). wishes: by id, in the order in which they came. undo, redo: what either would take
    back or do again, the next one last. touched: by edit, the blocks that it concerned."""

    school: Ints
    locked: Bools
    seq: int = 0
    wishes: Sent = field(default_factory=dict)
    undo: list[Step] = field(default_factory=list)
    redo: list[Step] = field(default_factory=list)
    touched: list[Ints] = field(default_factory=lambda: [NO_BLOCKS])

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> PlanState:
        """The fold: the first entry is the plan as it was made."""
        rest = iter(entries)
        school = np.array(next(rest).data["schools"], np.int32)
        state = cls(school, np.zeros(len(school), bool))
        for entry in rest:
            state.apply(entry)
        return state

    def apply(self, entry: Entry) -> Change:
        """The next entry."""
        change = self._do(entry)
        self.seq = entry.seq
        self.touched.append(np.concatenate([change.blocks, change.on, change.off]))
        return change

    def touched_since(self, seq: int) -> Ints:
        """The blocks that edits after this one concerned."""
        return np.unique(np.concatenate([NO_BLOCKS, *self.touched[seq + 1 :]]))

    def _do(self, entry: Entry) -> Change:
        if entry.kind in UNDONE:
            step = self._step(entry)
            self.undo.append(step)
            self.redo.clear()
            return self._put(step, step.after)
        if entry.kind == "undo":
            self.redo.append(self.undo.pop())
            return self._put(self.redo[-1], self.redo[-1].before)
        if entry.kind == "redo":
            self.undo.append(self.redo.pop())
            return self._put(self.undo[-1], self.undo[-1].after)
        if entry.kind == "wish":
            if entry.data.get("removed"):
                self.wishes.pop(entry.data["id"], None)
            else:
                self.wishes[entry.data["id"]] = dict(entry.data)
        return NOTHING

    def _step(self, entry: Entry) -> Step:
        blocks = np.array(entry.data["blocks"], np.int32)
        if entry.kind == "assign":
            after = np.array(entry.data["schools"], np.int32)
            return Step(entry.seq, entry.kind, blocks, self.school[blocks], after)
        locked = np.full(len(blocks), bool(entry.data["on"]))
        return Step(entry.seq, entry.kind, blocks, self.locked[blocks], locked)

    def _put(self, step: Step, values: Any) -> Change:
        held = self.school if step.kind == "assign" else self.locked
        changed = step.blocks[held[step.blocks] != values]
        held[step.blocks] = values
        if step.kind == "assign":
            return Change(changed, NO_BLOCKS, NO_BLOCKS)
        on = self.locked[changed]
        return Change(NO_BLOCKS, changed[on], changed[~on])
