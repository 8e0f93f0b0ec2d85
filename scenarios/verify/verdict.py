"""`rezone verify`: from folder, plan and certificate to what is proved, in numbers and in words."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.measures import measure
from optimizer.plan import Plan
from scenarios.asking.options import limits_in_force
from scenarios.asking.settling import settle
from scenarios.folder import read_district, read_limits
from scenarios.folder.hashes import byte_hashes
from scenarios.plans.file import plan_hash, read_plan
from scenarios.reading.values import Table
from scenarios.verify.bound import proved_bound
from scenarios.verify.case import Case
from scenarios.verify.certificate import (
    OF_CONTENT,
    SOFT,
    VERSION,
    Head,
    Proof,
    Shape,
    read_head,
    read_proof,
    read_struck,
)
from scenarios.verify.reading import load_json
from scenarios.verify.validity import broken_limits, is_valid
from scenarios.verify.words import Verdict, by_race, minimum_note, sentence

NOUGHT = 1e-12  # an objective that sums which cancel leave: 0
TOLERANCE = 1e-9  # how far a claim may lie above what is proved, absolute up to 1 and relative beyond: rounding


@dataclass(frozen=True, eq=False)
class Certified:
    """A certificate that has been read. sealed: whether its seal fits."""

    head: Head
    proof: Proof
    sealed: bool


def verdict(folder: Path, plan: Path, certificate: Path | None) -> Verdict:
    """What `verify` gives."""
    district = read_district(folder)
    if certificate is None:
        settings = settle({}, None, read_limits(folder))
        spec = "disparity" if district.has_poverty else "travel_mean"
        case = Case.of(district, settings.options, [], spec, str(folder))
        return _verdict(case, read_plan(plan, district), None, [])
    case, certified = _read(folder, district, certificate)
    read = read_plan(plan, case.ground.shown)
    return _verdict(case, read, certified, _doubts(case, certified, read))


def _read(folder: Path, district: District, certificate: Path) -> tuple[Case, Certified]:
    """The certificate, and the case that it states; it must be about the folder as it is."""
    name = certificate.name
    data, sealed = load_json(certificate, district.blocks)
    head = read_head(data, name)
    same_district(head, district, folder, name)
    bases = (certificate.parent, folder, Path())
    case = Case.of(district, head.limits, head.rules, head.objective, name, bases, head.minimum)
    case, proof = stated(case, data, name, head.form)
    return case, Certified(head, proof, sealed)


def stated(case: Case, data: Table, name: str, form: int = VERSION) -> tuple[Case, Proof]:
    """The case with the pairs that a certificate leaves out, and its proof. Raises InputError at the first value that
    does not fit the district."""
    goal = replace(case.goal, old=form < SOFT)
    case = replace(case, goal=goal, struck=read_struck(data, name, case.ground.blocks, case.ground.schools))
    return case, read_proof(data, name, shape_of(case, form))


def shape_of(case: Case, form: int = VERSION) -> Shape:
    """What the lists of a certificate about the case must hold. form: the version of its format."""
    return Shape(
        blocks=case.ground.blocks,
        schools=case.ground.schools,
        kinds=case.goal.kinds,
        budgets=len(case.budgets),
        sums=len(case.sums) + len(case.goal.soft.most),
        takes=[may.school for may in case.candidates],
        curved=case.goal.curved,
        bordered=case.goal.half_border > 0,
        form=form,
    )


def same_district(head: Head, district: District, folder: Path, name: str) -> None:
    """Raises InputError naming the files that are not those that the certificate was made from."""
    problem, mend = "the certificate is for another district", "Verify with the folder that it was made from"
    if head.district != district.name:
        raise InputError(Fault(name, f"{problem}, '{head.district}' and not '{district.name}'", mend))
    of_content = head.form >= OF_CONTENT or head.inputs == district.inputs
    here = district.inputs if of_content else byte_hashes(folder)
    changed = sorted(file for file in {*here, *head.inputs} if here.get(file) != head.inputs.get(file))
    if changed:
        raise InputError(Fault(name, f"{problem} or its files have changed", mend, ids=tuple(changed)))


def _doubts(case: Case, certified: Certified, plan: Plan) -> list[str]:
    """What keeps a certificate that can be read from counting for this plan, whatever its proof is worth."""
    reasons = []
    silent = [name for name in case.relaxes if name not in certified.head.relaxes]
    if certified.proof.leaves and silent:
        reasons.append(f"It does not say that its proof makes no use of {', '.join(silent)}.")
    if not certified.sealed:
        reasons.append("The certificate has been changed since it was written: its seal does not fit.")
    if certified.head.plan != plan_hash(plan):
        reasons.append("The certificate was made for another plan than this file; its bound holds for this one too.")
    return reasons


def _verdict(case: Case, plan: Plan, certified: Certified | None, reasons: list[str]) -> Verdict:
    rows, value = broken_limits(case, plan.school), case.goal.value(plan.school)
    valid, bound, claimed = is_valid(rows), None, None
    reasons = list(reasons)
    if not valid:
        reasons.append("The plan breaks limits.")
    if certified is not None:
        proved, claimed = proved_bound(case, certified.proof), certified.head.bound
        bound = proved.bound
        reasons += proved.reasons
        if claimed - TOLERANCE * max(1.0, claimed) > bound:
            reasons.append(f"It claims a bound of {claimed:.9g}, and proves {bound:.9g}.")
        if valid and value + TOLERANCE * max(1.0, value) < bound:
            reasons.append("This valid plan lies below the bound: that cannot be. Please report it as a fault.")
    gap = None if bound is None or not valid else ((value - bound) / value if value > NOUGHT else 0.0)
    measures, today = measure(plan), measure(Plan.today(plan.district))
    district, head = plan.district, None if certified is None else certified.head
    found = Verdict(
        verified=not reasons,
        valid=valid,
        objective=case.goal.spec,
        objective_value=value if math.isfinite(value) else None,
        bound=bound,
        claimed=claimed,
        gap=gap,
        broken_limits=rows,
        limits=limits_in_force(case.options, district.travel.unit, case.minimum),
        rules=() if head is None else head.rules,
        relaxes=() if head is None else head.relaxes,
        measures=measures,
        measures_status_quo=today,
        reasons=reasons,
        notes=[] if head is None else minimum_note(head.form, head.minimum),
    )
    words = sentence(found, district.name, district.travel.unit)
    return replace(found, sentence=words, beside=by_race(measures, today))
