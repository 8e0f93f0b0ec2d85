"""`rezone export --for-checker`: a plan and its certificate beside plain inputs, for `proof_checker.py`.

What stands between the district's folder and these files (how far it is to each school, which block is the root of a
zone, who borders on whom) is computed here, as `rezone verify` has it; docs/proof_checker.md says what of it the
checker asks again.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from optimizer.bounds.bound import Duals
from optimizer.bounds.plain import plain
from optimizer.district import District
from optimizer.errors import Fault, InputError, doubt
from optimizer.model import Model
from optimizer.objectives import make_objective
from optimizer.plan import Plan
from optimizer.travel import StraightLine
from scenarios.answer.certificate import sealed
from scenarios.asking.options import Settings, limits_in_force, rules_of
from scenarios.exports.proof_checker import OBJECTIVES
from scenarios.exports.runs import Run
from scenarios.plans.file import plan_csv
from scenarios.verify.case import Case
from scenarios.verify.certificate import Head, read_head
from scenarios.verify.reading import load_json
from scenarios.verify.travel import middles
from scenarios.verify.verdict import same_district
from scenarios.writing.files import write_text

CERTIFICATE, CHECKER = "certificate.json", "proof_checker.py"


def write_for_checker(out: Path, run: Run, folder: Path | None) -> list[Path]:
    """The files of plain inputs, the certificate as it is, and the checker; the paths written. folder: the district's,
    as it was given; None takes the district that the run carries. Raises InputError where there is no certificate, or
    one that the checker would refuse."""
    path, district = run.file.parent / CERTIFICATE, run.plan.district.original
    if not path.is_file():
        raise InputError(Fault(str(path), "is not there", "Name a folder that rezone optimize wrote"))
    head = read_head(load_json(path, district.blocks)[0], CERTIFICATE)
    _need_known(head)
    if folder is not None:
        same_district(head, district, folder, CERTIFICATE)
    else:
        district = _measured(district, head)
    case = Case.of(district, head.limits, [], head.objective, CERTIFICATE, minimum=head.minimum)
    texts = plain_inputs(case, run.plan, head.inputs)
    texts |= {CERTIFICATE: without_trees(path.read_text(encoding="utf-8"), head, run.plan.over(district))}
    texts |= {CHECKER: Path(__file__).with_name(CHECKER).read_text(encoding="utf-8")}
    for name, text in texts.items():
        write_text(out / name, text)
    return [out / name for name in texts]


def without_trees(text: str, head: Head, plan: Plan) -> str:
    """A certificate as it is where its proof parts zones by their rates alone; else one that does, from its prices, and
    a doubt that says what that costs. plan: over a district whose travel is known."""
    content = json.loads(text)
    (leaf, *_) = content["leaves"] or [{"schools": []}]
    if not any("tree" in entry for entry in leaf["schools"]):
        return text
    model = Model.build(plan.district, rules_of(Settings(head.limits)))
    objective = make_objective(head.objective, plan.district)
    prices = Duals(np.array(leaf["prices"]), np.array(leaf["budget_prices"]))
    proof = plain(model, objective, plan.school, objective.value(plan), prices)
    problem = (
        f"proves {proof.bound:.6g} here, where the run's own proves {content['bound']:.6g}: {CHECKER} knows no trees"
    )
    doubt(CERTIFICATE, problem)
    del content["seal"]
    body = json.dumps(content | proof.document(), separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return sealed(body)


def _need_known(head: Head) -> None:
    """Raises InputError naming what the checker does not know."""
    mend = "Check it with rezone verify"
    if head.rules:
        kinds = ", ".join(sorted({str(rule.get("kind")) for rule in head.rules}))
        raise InputError(Fault(CHECKER, f"knows no further rules, and the certificate has {kinds}", mend))
    if head.objective not in OBJECTIVES:
        problem = f"knows the objectives {', '.join(OBJECTIVES)}, and the certificate is about {head.objective}"
        raise InputError(Fault(CHECKER, problem, mend))


def _measured(district: District, head: Head) -> District:
    """A carried district with its straight lines: its travel is known to few schools. Raises InputError where travel
    was a table, which it does not carry."""
    if "travel" in head.inputs or any(name.startswith("travel.") for name in head.inputs):
        problem = "was made with a table of travel, which a run does not carry"
        raise InputError(Fault(CERTIFICATE, problem, "Name the district's folder with --district"))
    assert district.geography is not None
    return replace(district, travel=StraightLine(middles(district), district.geography.school_xy))


def plain_inputs(case: Case, plan: Plan, inputs: dict[str, str]) -> dict[str, str]:
    """The CSV files by name, for a case without rules. inputs: what the certificate knows the district by."""
    district = case.ground.district
    limits = limits_in_force(case.options, district.travel.unit, case.minimum)
    return {
        "about.csv": _csv(("name", "value"), [("district", district.name), *sorted(inputs.items())]),
        "limits.csv": _csv(("name", "value"), [(name, json.dumps(value)) for name, value in limits.items()]),
        "blocks.csv": _blocks(case),
        "schools.csv": _schools(case),
        "pairs.csv": _csv(("block_id", "school_id", "travel"), _pairs(case)),
        "neighbours.csv": _csv(("block_id", "part", "neighbour_id", "neighbour_part"), _neighbours(case)),
        "plan.csv": plan_csv(plan),
    }


def _csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([head, *rows])
    return text.getvalue()


def _exact(value: float) -> str:
    """The shortest decimal that stands for this double and no other; nothing where it is not known."""
    if np.isnan(value):
        return ""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def _blocks(case: Case) -> str:
    ground, district = case.ground, case.ground.district
    known = [name for name in ("students_poverty",) if name in district.columns]
    names = ["students", *known, *(f"students_{group}" for group in district.groups)]
    counts = [district.column(name).tolist() for name in names]
    parts = np.bincount(ground.owner, minlength=ground.blocks).tolist()
    rows = [
        (block, ground.school_ids[j], count, *map(_exact, numbers))
        for block, j, count, *numbers in zip(district.block_ids, ground.today.tolist(), parts, *counts, strict=True)
    ]
    return _csv(("block_id", "school_id", "parts", *names), rows)


def _spots(case: Case) -> list[tuple[str, int]]:
    """Of each part its block's id, and which of the block's parts it is."""
    owner, seen, found = case.ground.owner.tolist(), dict[int, int](), []
    for block in owner:
        seen[block] = seen.get(block, -1) + 1
        found.append((case.ground.district.block_ids[block], seen[block]))
    return found


def _schools(case: Case) -> str:
    ground, spots = case.ground, _spots(case)
    root = {j: spots[part] for j, part in ground.anchor.items()}
    rows = [
        (school, *map(_exact, (ground.capacity[j], ground.least[j], ground.other[j])), *root.get(j, ("", "")))
        for j, school in enumerate(ground.school_ids)
    ]
    return _csv(("school_id", "capacity", "min_students", "other_students", "root", "part"), rows)


def _pairs(case: Case) -> Iterable[Sequence[Any]]:
    """The travel of each block to each school that takes blocks, where it is known."""
    ground = case.ground
    far = np.array([ground.far(j) for j in ground.takes])
    for i, block in enumerate(ground.district.block_ids):
        for j, travel in zip(ground.takes, far[:, i].tolist(), strict=True):
            if np.isfinite(travel):
                yield block, ground.school_ids[j], _exact(travel)


def _neighbours(case: Case) -> list[Sequence[Any]]:
    links, spots = case.ground.links, _spots(case)
    pairs = zip(links.rows.tolist(), links.index.tolist(), strict=True)
    return [(*spots[one], *spots[two]) for one, two in sorted(pairs) if one < two]
