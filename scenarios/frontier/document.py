"""frontier.json and its tables: every point with its measures and bound, the caps without one, and the single moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from optimizer.district import District
from optimizer.frontier import Curve, Missing, Point, Step
from optimizer.gap import relative_gap
from optimizer.measures import Measures, Place, counts_children, measure, up_to
from optimizer.plan import Plan
from scenarios.answer.asked import Asked
from scenarios.answer.summary import objective_spec
from scenarios.asking.options import Settings
from scenarios.paper.absence import in_a_cell
from scenarios.paper.measures import DISPARITY
from scenarios.paper.sheets import safe_csv
from scenarios.writing.records import inlined, table


@dataclass(frozen=True, kw_only=True)
class PointRow:
    """The best plan found under a cap. bound: no valid plan under it has less. nested: whether its moves are all among
    those of the next point. gain: against today."""

    point: int
    plan: str
    cap: float | None
    nested: bool
    objective_value: float
    bound: float
    bound_relaxes: Sequence[str]
    gap: float | None
    gain: float
    measures: Measures


@dataclass(frozen=True, kw_only=True)
class MoveRow:
    """A single area that could move by itself, and what that gains."""

    blocks: Sequence[str]
    from_: str
    to: str
    students: float
    gain: float
    gain_per_student: float


@dataclass(frozen=True, kw_only=True)
class Found:
    """All that frontier.json holds. missing: the caps without a point. seconds: of the whole process."""

    asked: Asked = inlined()
    objective: str | Mapping[str, float]
    against: Literal["moved", "travel_mean"]
    groups: Sequence[str]
    objective_value_status_quo: float
    measures_status_quo: Measures
    points: Sequence[PointRow]
    missing: Sequence[Missing]
    moves: Sequence[MoveRow]
    seed: int
    stopped: bool
    seconds: float

    @property
    def told(self) -> str:
        """The measure whose figures the objective's are told as; nothing where it is none."""
        return DISPARITY if self.objective == DISPARITY else ""


def document(curve: Curve, moves: Sequence[Step], settings: Settings, seconds: float) -> Found:
    """The curve has a point at least."""
    district = curve.points[0].plan.district
    return Found(
        asked=Asked.of(district, settings),
        objective=objective_spec(curve.objective),
        against=curve.axis,
        groups=district.groups,
        objective_value_status_quo=curve.today,
        measures_status_quo=measure(Plan.today(district)),
        points=[_point(k, point, curve) for k, point in enumerate(curve.points)],
        missing=curve.missing,
        moves=[_move(step, district) for step in moves],
        seed=settings.options.seed,
        stopped=curve.stopped,
        seconds=round(seconds, 3),
    )


def _point(k: int, point: Point, curve: Curve) -> PointRow:
    return PointRow(
        point=k,
        plan=f"plans/{k:02d}.csv",
        cap=point.cap,
        nested=point.nested,
        objective_value=point.value,
        bound=point.bound,
        bound_relaxes=[] if point.certificate is None else point.certificate.relaxes,
        gap=relative_gap(point.value, point.bound),
        gain=curve.today - point.value,
        measures=measure(point.plan),
    )


def _move(step: Step, district: District) -> MoveRow:
    return MoveRow(
        blocks=[district.block_ids[b] for b in step.blocks],
        from_=district.school_ids[district.status_quo[step.blocks[0]]],
        to=district.school_ids[step.school],
        students=step.students,
        gain=step.gain,
        gain_per_student=step.each,
    )


def table_csv(found: Found) -> str:
    """frontier.csv: a row a point, and a row a cap without one, whose `missing` says why; by caps, ascending."""
    keys = ("point", "plan", "cap", "nested", "objective_value", "bound", "gap", "gain")
    exposures = [name for name in found.measures_status_quo if name.startswith(("exposure_to_poverty.", "isolation."))]
    # Poverty and race beside each other.
    names = [*(name for name in up_to(Place.FULL) if counts_children(name)), *exposures]
    rows = [{key: getattr(row, key) for key in keys} | {n: row.measures.get(n) for n in names} for row in found.points]
    rows += [{"cap": one.cap, "missing": one.why} for one in found.missing]
    frame = pd.DataFrame(rows, columns=[*keys, *names, "missing"]).astype({"point": "Int64"})
    return safe_csv(frame.sort_values("cap", kind="stable", na_position="last"))


def moves_csv(found: Found) -> str:
    """moves.csv: single areas by gain for each student moved, the greatest first."""
    rows = [{**table(row), "blocks": " ".join(row.blocks)} for row in found.moves]
    columns = ["from", "to", "students", "gain", "gain_per_student", "blocks"]
    return safe_csv(pd.DataFrame(rows, columns=columns))


MEND = "a longer --time-limit, more --iterations or fewer --points may find them"


def missing_in_words(missing: Sequence[Missing], cap: Callable[[float], str]) -> list[str]:
    """A line a reason, with how to get the points. cap: writes a cap."""
    lines = []
    for why in ("not found", "proved", "stopped"):
        caps = [cap(one.cap) for one in missing if one.why == why]
        if caps:
            reason = "stopped before them" if why == "stopped" else in_a_cell(why)  # type: ignore[arg-type]
            mend = "" if why == "proved" else f"; {MEND}" if why == "not found" else "; run it again to get them"
            lines.append(f"No plan under the caps {', '.join(caps)}: {reason}{mend}.")
    return lines
