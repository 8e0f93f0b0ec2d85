"""The one object behind the routes: a district, its plans as they stand, and who is told of what happens to them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import numpy as np

from optimizer.arrays import Ints
from optimizer.plan import Plan
from scenarios.answer.redraws import OneByOne
from scenarios.asking.options import Settings
from scenarios.paper.words import words
from scenarios.table.about import Once, Packed
from scenarios.table.atlas import district_data, drawn
from scenarios.table.bodies import DATA, Edit, Step
from scenarios.table.checked import checked
from scenarios.table.figures import Judge, Judged, Teller
from scenarios.table.jobs import Jobs
from scenarios.table.journal import Journal, Kind, Row, StaleError
from scenarios.table.lines import Lines
from scenarios.table.needs import changes, named_once, need_blocks, stale
from scenarios.table.proposals import Proposals
from scenarios.table.refusals import RefusedError, unknown
from scenarios.table.sent import Sent
from scenarios.table.state import NOTHING, Change, PlanState
from scenarios.table.windows import Hear, Listener, Windows, as_text
from scenarios.table.wishes import need_rule


@dataclass
class Live:
    """A plan as it stands. judged: at edit `judged_at`. mark: the edit that changes are told against."""

    row: Row
    state: PlanState
    mark: int
    marked: Judged
    judged: Judged

    @property
    def id(self) -> int:
        return self.row.id


class Table:
    """Its methods may be called by any thread; what a plan is changed by goes one after the other."""

    jobs: Jobs  # of the engine; laid with the table, as what the public leaves, redraws, and the district's folder
    proposals: Proposals
    redraws: OneByOne
    source: Path | None = None
    addresses: Packed | None = None

    def __init__(self, judge: Judge, settings: Settings, journal: Journal, language: str, draws: int = 0) -> None:
        """language: where a window asks for none. draws: how many redraws of the counts figures may be told on."""
        self.judge, self.settings, self.journal, self.draws = judge, settings, journal, draws
        self.language, self.tellers = language, dict[str, Teller]()
        self.drawn = cache(partial(drawn, judge.district))
        self.abouts = Once(self._about)
        self.lines = Lines(journal, judge.district, settings)
        self.lock = threading.RLock()
        self.live: dict[int, Live] = {}
        self.windows = Windows(self.lock)
        self.publish = self.windows.tell
        if not journal.plans():
            self.create(str(self.teller().t("table.first_plan")), judge.district.status_quo)

    def teller(self, language: str | None = None) -> Teller:
        """Raises InputError on a language that is not there."""
        language = language or self.language
        with self.lock:
            if language not in self.tellers:
                self.tellers[language] = Teller(self.judge, words(language))
            return self.tellers[language]

    def about(self, language: str | None = None) -> Future[Packed]:
        """What the page knows of the district, as JSON: begun now, where it has not been."""
        teller = self.teller(language)
        with self.lock:
            return self.abouts.want(teller.t.language)

    def _about(self, language: str) -> bytes:
        there = self.addresses is not None
        told = district_data(self.teller(language), self.settings, self.drawn(), draws=self.draws, addresses=there)
        return as_text(told).encode()

    def close(self) -> None:
        """Let all windows go, and the file of plans."""
        with self.lock:
            self.windows.let_go()
            self.journal.close()
        self.abouts.close()
        self.jobs.close()
        self.proposals.close()

    def listen(self, hear: Hear, language: str | None = None, window: str = "") -> Callable[[], None]:
        """From now on, to all but what `window` does itself. The answer ends it. Raises InputError on a language that
        is not there."""
        return self.windows.add(Listener(hear, self.teller(language).t.language, window))

    # Plans

    def plans(self) -> list[Sent]:
        """One line for each."""
        with self.lock:
            found = [vars(row) | self.lines.of(row.id, partial(self._line, row.id)) for row in self.journal.plans()]
            self.lines.keep()
            return found

    def _line(self, number: int) -> Sent:
        live = self.plan(number)
        return {
            "seq": live.state.seq,
            "valid": live.judged.record.valid,
            "value": live.judged.value,
            "moved_students": live.judged.record.moved,
            "wishes": len(live.state.wishes),
        }

    def plan(self, number: int) -> Live:
        """Raises RefusedError where there is none of this id."""
        with self.lock:
            if number not in self.live:
                row = next((row for row in self.journal.plans() if row.id == number), None)
                if row is None:
                    raise unknown("plan")
                self.live[number] = self._read(row)
            return self.live[number]

    def _read(self, row: Row) -> Live:
        entries = list(self.journal.entries(row.id))
        state = PlanState.of(entries)
        mark = min(int(self.journal.meta(f"mark.{row.id}") or 0), state.seq)
        marked = self.judge.of(PlanState.of(entries[: mark + 1]).school)
        same = mark == state.seq
        return Live(row, state, mark, marked, marked if same else self.judge.of(state.school))

    def create(self, name: str, schools: Ints, *, parent: int | None = None, window: str = "") -> int:
        """A new plan, of these schools by block. Raises RefusedError where the name is taken."""
        with self.lock, named_once(name):
            row = self.journal.add(name, [int(j) for j in schools], parent=parent, window=window)
            self.publish("plans", {"plan": row.id})
            return row.id

    def rename(self, number: int, name: str, window: str) -> None:
        """Raises RefusedError where the name is taken."""
        with self.lock, named_once(name):
            live = self.plan(number)
            self.journal.rename(number, name)
            self._put(live, "rename", {"name": name}, window)
            live.row = Row(number, name, live.row.made, live.row.parent)
            self.publish("plans", {"plan": number})

    def remove(self, number: int) -> None:
        """Raises RefusedError where it is the last."""
        with self.lock:
            self.plan(number)
            if len(self.journal.plans()) == 1:
                raise RefusedError(409, "last")
            self.journal.remove(number)
            del self.live[number]
            self.publish("plans", {"plan": number})

    # Edits

    def state(self, number: int, language: str | None = None) -> Sent:
        """All of a plan."""
        with self.lock:
            live = self.plan(number)
            state = live.state
            return {
                "id": number,
                "name": live.row.name,
                "seq": state.seq,
                "schools": state.school.tolist(),
                "locked": np.flatnonzero(state.locked).tolist(),
                "undo": len(state.undo),
                "redo": len(state.redo),
                "wishes": list(state.wishes.values()),
                "figures": self._figures(live, language),
                "mark": live.mark,
            }

    def edit(self, number: int, edit: Edit, language: str | None = None) -> Sent:
        """What the edit changed. Raises RefusedError where others have edited meanwhile, or it cannot be."""
        with self.lock:
            live = self.plan(number)
            data = checked(DATA[edit.kind], edit.data)
            self._need_head(live, edit.seq, data["blocks"] if edit.kind != "wish" else ())
            need_blocks(live.state, self.judge.district, edit.kind, data)
            if data.get("rule"):
                need_rule(data["rule"])
            if not changes(live.state, edit.kind, data):
                return self._delta(live, edit.kind, NOTHING, language)
            return self._put(live, edit.kind, data, edit.window, language)

    def undo(self, number: int, step: Step, language: str | None = None) -> Sent:
        """Take back what was done last. Raises RefusedError where there is nothing."""
        return self._back("undo", number, step, language)

    def redo(self, number: int, step: Step, language: str | None = None) -> Sent:
        """Do again what was taken back last."""
        return self._back("redo", number, step, language)

    def _back(self, kind: Kind, number: int, step: Step, language: str | None) -> Sent:
        with self.lock:
            live = self.plan(number)
            stack = live.state.undo if kind == "undo" else live.state.redo
            self._need_head(live, step.seq, stack[-1].blocks.tolist() if stack else ())
            if not stack:
                raise RefusedError(409, f"nothing_to_{kind}")
            return self._put(live, kind, {"of": stack[-1].seq}, step.window, language)

    def mark(self, number: int, step: Step, language: str | None = None) -> Sent:
        """Remember the plan as it stands: changes are told against it from now on."""
        with self.lock:
            live = self.plan(number)
            self._need_head(live, step.seq, ())
            self.journal.keep(f"mark.{number}", str(live.state.seq))
            live.mark, live.marked = live.state.seq, live.judged
            about = {"plan": number, "mark": live.mark, "window": step.window}
            self.publish("mark", lambda own: about | {"figures": self._figures(live, own)}, step.window)
            return {"mark": live.mark, "figures": self._figures(live, language)}

    def _put(self, live: Live, kind: Kind, data: Sent, window: str, language: str | None = None) -> Sent:
        """To the journal first: what it does not take has not happened."""
        try:
            entry = self.journal.append(live.id, live.state.seq, kind, data, window)
        except StaleError:  # nobody else writes to the file: it was edited by hand
            raise RefusedError(409, "journal") from None
        change = live.state.apply(entry)
        if len(change.blocks):
            live.judged = self.judge.of(live.state.school)
        about = {"plan": live.id, "window": window, "kind": kind, "data": entry.data}
        delta = cache(partial(self._delta, live, kind, change))  # once for each language, whoever is told
        self.publish("edit", lambda own: about | delta(own), window)
        return delta(language or self.language)

    def _figures(self, live: Live, language: str | None) -> Sent:
        return self.teller(language).figures(live.judged, live.marked)

    def _delta(self, live: Live, kind: str, change: Change, language: str | None) -> Sent:
        state = live.state
        found = {
            "seq": state.seq,
            "blocks": change.blocks.tolist(),
            "schools": state.school[change.blocks].tolist(),
            "locked": {"on": change.on.tolist(), "off": change.off.tolist()},
            "undo": len(state.undo),
            "redo": len(state.redo),
            "figures": self._figures(live, language),
        }
        return found | ({"wishes": list(state.wishes.values())} if kind == "wish" else {})

    def _need_head(self, live: Live, seq: int, blocks: Sequence[int]) -> None:
        if seq != live.state.seq:
            raise stale(live.state, seq, list(self.journal.entries(live.id, seq)), blocks)

    def snapshot(self, number: int, seq: int | None = None) -> PlanState:
        """The plan as it stands, which nothing changes any more. Raises RefusedError where `seq` is not the last."""
        with self.lock:
            live = self.plan(number)
            if seq is not None:
                self._need_head(live, seq, ())
            state = live.state
            return replace(state, school=state.school.copy(), locked=state.locked.copy(), wishes=dict(state.wishes),
                           undo=list(state.undo), redo=list(state.redo))  # fmt: skip

    def plan_of(self, number: int) -> Plan:
        """The plan as arrays, on the district as the rules have it."""
        with self.lock:
            return self.plan(number).judged.record.plan
