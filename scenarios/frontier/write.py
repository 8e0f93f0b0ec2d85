"""The folder that `rezone frontier` leaves."""

from __future__ import annotations

from pathlib import Path

from optimizer.frontier import Curve
from scenarios.answer.certificate import certificate_text
from scenarios.asking.options import LimitValues
from scenarios.frontier.document import Found, moves_csv, table_csv
from scenarios.frontier.plot import draw
from scenarios.plans.file import plan_csv
from scenarios.reading.values import Table
from scenarios.writing.files import write_json, write_text


def write_curve(folder: Path, curve: Curve, found: Found) -> None:
    """Plans, certificates, tables and plot, in a folder of `writing`."""
    plans, proofs = folder / "plans", folder / "certificates"
    plans.mkdir()
    proofs.mkdir()
    for row, point in zip(found.points, curve.points, strict=True):
        text = plan_csv(point.plan)
        write_text(plans / Path(row.plan).name, text)
        limits, rules = _with_cap(found, point.cap)
        proof = certificate_text(
            point.certificate,
            district=found.asked.district,
            objective=found.objective,
            limits=limits,
            rules=rules,
            inputs=point.plan.district.original.inputs,
            plan=text.encode(),
        )
        write_text(proofs / f"{row.point:02d}.json", proof)
    write_text(folder / "frontier.csv", table_csv(found))
    write_text(folder / "moves.csv", moves_csv(found))
    write_text(folder / "frontier.svg", draw(found))
    write_json(folder / "frontier.json", found)


def _with_cap(found: Found, cap: float | None) -> tuple[LimitValues, list[Table]]:
    """Limits and rules of one point: its cap in place of one given, in the order that certificates have budgets in."""
    limits, rules = found.asked.limits, found.asked.rules
    if found.against == "moved":
        return {**limits, "max_moved": cap}, [rule for rule in rules if not _caps_moves(rule)]
    kept = [rule for rule in rules if rule["kind"] != "travel_mean"]
    return limits, [*kept, *([] if cap is None else [{"kind": "travel_mean", "limit": cap}])]


def _caps_moves(rule: Table) -> bool:
    return rule["kind"] == "moved" and rule.get("of", "all") == "all" and not rule.get("by_school", False)
