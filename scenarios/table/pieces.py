"""A and B: the pieces in which two plans differ, and what each of them buys and costs, computed by applying it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Ints
from optimizer.graph import pieces
from optimizer.measures import Measures, measure
from optimizer.plan import Plan
from scenarios.answer.record import PlanRecord
from scenarios.paper.measures import DISPARITY, RACE, TRAVEL, change, short, sign
from scenarios.paper.movers import ALL
from scenarios.table.figures import NONE, Teller, plain_text
from scenarios.table.sent import Sent

MOST = 200  # pieces that are told, those of the most students first


@dataclass(frozen=True, eq=False)
class Piece:
    """Blocks that hang together, all from one school to one other. blocks: ascending."""

    blocks: Ints
    before: int
    after: int
    students: float


def pieces_of(one: Plan, other: Plan) -> list[Piece]:
    """Of the blocks whose schools differ, the most students first."""
    district = one.district
    differs = one.school != other.school
    way = np.where(differs, one.school.astype(np.int64) * district.schools + other.school, -1)
    label = pieces(district.adjacency, way)
    found = []
    for number in np.unique(label[differs]):
        blocks = np.flatnonzero((label == number) & differs).astype(np.int32)
        first = blocks[0]
        students = float(district.students[blocks].sum())
        found.append(Piece(blocks, int(one.school[first]), int(other.school[first]), students))
    return sorted(found, key=lambda piece: (-piece.students, int(piece.blocks[0])))


def told(teller: Teller, one: Plan, other: Plan) -> Sent:
    """All pieces with their figures, the whole difference beside them. left: how many small ones are not told."""
    found, ends = pieces_of(one, other), (measure(one), measure(other))
    return {
        "pieces": [_piece(teller, k, piece, one, other, ends) for k, piece in enumerate(found[:MOST])],
        "whole": {"rows": _rows(teller, *ends), "students": sum(piece.students for piece in found)},
        "left": max(len(found) - MOST, 0),
    }


def _piece(teller: Teller, k: int, piece: Piece, one: Plan, other: Plan, ends: tuple[Measures, Measures]) -> Sent:
    alone, without = one.school.copy(), other.school.copy()
    alone[piece.blocks], without[piece.blocks] = piece.after, piece.before
    t, district = teller.t, teller.district
    names = [district.school_names[j] or district.school_ids[j] for j in (piece.before, piece.after)]
    count = t.figures.count(len(piece.blocks))
    words = t.count("table.piece", piece.students, before=names[0], after=names[1], blocks=count)
    return {
        "id": k,
        "blocks": piece.blocks.tolist(),
        "from": piece.before,
        "to": piece.after,
        "students": piece.students,
        "words": plain_text(words),
        "alone": _effect(teller, ends[0], alone),
        "last": {"rows": _rows(teller, measure(Plan(district, without)), ends[1]), "valid": _valid(teller, without)},
    }


def _effect(teller: Teller, before: Measures, school: Ints) -> Sent:
    """What applying the piece to the first plan changes, and whether that is a valid plan. `last`: what it changes of
    all the others."""
    return {"rows": _rows(teller, before, measure(Plan(teller.district, school))), "valid": _valid(teller, school)}


def _valid(teller: Teller, school: Ints) -> bool:
    return PlanRecord.under(Plan(teller.district, school.copy()), teller.judge.rules).valid


def _rows(teller: Teller, before: Measures, after: Measures) -> list[Sent]:
    """The change of each measure that pieces are told by."""
    unit, f = teller.district.travel.unit, teller.t.figures
    names = [DISPARITY, RACE, *(f"exposure_to_poverty.{group}" for group in teller.district.groups), TRAVEL, ALL]
    rows = []
    for name in names:
        old, new = before.get(name), after.get(name)
        if old is None and new is None:
            continue
        by = None if old is None or new is None else new - old
        better = None if by is None or sign(name) == 0 or abs(by) < 1e-12 else by * sign(name) < 0
        shown = NONE if by is None else plain_text(change(name, by, unit, f))
        words = plain_text(short(name, "card", teller.t))
        rows.append({"id": name, "words": words, "change": by, "better": better, "shown": shown})
    return rows
