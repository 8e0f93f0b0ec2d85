"""Wishes: comments on places, and the rules that they become: these together, at this school, not across this line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from optimizer.district import District
from optimizer.errors import InputError
from optimizer.rules import Contiguity, breaches, under
from scenarios.asking.rule_tables import make_rule, rule_faults
from scenarios.paper.words import Words
from scenarios.reading.values import Table
from scenarios.table.figures import Judge, plain_text
from scenarios.table.refusals import RefusedError
from scenarios.table.sent import Sent

# What a wish's rule may hold, by its kind: nothing that names a file.
KINDS = {"keep_together": "blocks", "require": "pairs", "forbid": "pairs", "barrier": "points"}
CLOSE = 1e-7  # degrees, about a centimetre


def rules_of(wishes: Mapping[str, Mapping[str, Any]]) -> dict[str, Table]:
    """By the wish's id, the tables of [[rules]] of those that have become one."""
    return {key: wish["rule"] for key, wish in wishes.items() if wish.get("rule")}


def need_rule(rule: Table) -> None:
    """Raises RefusedError where a wish's rule is none that a wish may have."""
    kind = str(rule.get("kind"))
    if set(rule) != {"kind", KINDS.get(kind)}:
        known = ", ".join(f"{kind} ({key})" for kind, key in KINDS.items())
        raise RefusedError(422, "rule", known=known)
    try:
        faults = rule_faults(rule, "wish")
    except (TypeError, ValueError, RecursionError):  # what JSON can hold and TOML cannot
        raise RefusedError(422, "rule", known=", ".join(KINDS)) from None
    if faults:
        raise RefusedError(422, "rule", "input", lines=" ".join(map(str, faults)))


def together(blocks: Sequence[int], district: District) -> Table:
    """These blocks go to one school."""
    return {"kind": "keep_together", "blocks": [district.block_ids[i] for i in blocks]}


def at_school(blocks: Sequence[int], school: int, district: District) -> Table:
    """These blocks go to this school."""
    return {"kind": "require", "pairs": [[district.block_ids[i], district.school_ids[school]] for i in blocks]}


def not_across(line: Sequence[Sequence[float]], district: District) -> Table:
    """No zone reaches across this line. line: in units of the page's map."""
    import pyproj  # noqa: PLC0415 - slow to import

    from scenarios.drawing.frame import Frame  # noqa: PLC0415

    if district.geography is None:
        raise RefusedError(422, "rule", "no_line")
    frame = Frame.around(district.geography.polygon, district.geography.school_xy)
    at = np.array(line, np.float64) * [frame.metres, -frame.metres] + [frame.left, frame.top]
    back = pyproj.Transformer.from_crs(district.geography.crs, 4326, always_xy=True)
    points: list[list[float]] = []
    for lon, lat in zip(*back.transform(*at.T), strict=True):
        point = [round(float(lon), 7), round(float(lat), 7)]
        while point in points:  # a line may come back to where it was; a rule's list names nothing twice
            point = [round(point[0] + CLOSE, 7), point[1]]
        points.append(point)
    return {"kind": "barrier", "points": points}


def roots_apart(rule: Table, judge: Judge, t: Words) -> list[str]:
    """Where blocks that are to go to one school hold the sites of several: which, in words. A school's own block stays
    with it, where zones hang together."""
    district = judge.district
    if rule["kind"] != "keep_together" or not any(isinstance(known, Contiguity) for known in judge.rules):
        return []
    named: Any = rule["blocks"]
    rooted = [(district.block_ids[root], j) for j, root in enumerate(district.root) if root >= 0]
    found = [(block, j) for block, j in rooted if block in named]
    names = [district.school_names[j] or district.school_ids[j] for _, j in found]
    told = zip(found, names, strict=True)
    return (
        [plain_text(t("table.wish_root", block=block, school=name)) for (block, _), name in told] if names[1:] else []
    )


def states(wishes: Mapping[str, Mapping[str, Any]], school: Any, judge: Judge, t: Words) -> dict[str, Sent]:
    """By id, of each wish that is a rule: whether a plan keeps it; `cannot` with `why`, where the district has not what
    it names, or it asks for two schools at once. school: (blocks,)."""
    from optimizer.plan import Plan  # noqa: PLC0415

    found, read = dict[str, Sent](), judge.district.original
    for key, table in rules_of(wishes).items():
        if apart := roots_apart(table, judge, t):
            found[key] = {"state": "cannot", "why": " ".join(apart)}
            continue
        try:
            rules: tuple[Any, ...] = (make_rule(table),)
            # What a line parts is told by zones that hang together across it alone.
            rules += (Contiguity(),) if table["kind"] == "barrier" else ()
            plan = Plan(under(read, rules), np.array(school, np.int32))
            broken = [row for row in breaches(plan, rules) if not row.inherited or row.kind == table["kind"]]
            found[key] = {"state": "not_kept" if broken else "kept"}
        except InputError as error:
            found[key] = {"state": "cannot", "why": " ".join(error.lines)}
    return found
