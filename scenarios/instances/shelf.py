"""What is kept of each instance in known/: a line of instances.json, the best plan, and a certificate."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from optimizer import Disparity, District, Plan, breaches, is_valid, measure
from optimizer.bounds.certificate import Certificate
from optimizer.errors import Fault, InputError
from optimizer.rules import DEFAULT_RULES
from scenarios.answer.certificate import certificate_text
from scenarios.asking.options import Options, limits_in_force
from scenarios.instances.library import INSTANCES, Instance, fingerprint
from scenarios.paper.measures import RACE
from scenarios.plans.file import plan_csv, read_plan
from scenarios.verify.bound import proved_bound
from scenarios.verify.case import Case
from scenarios.verify.certificate import read_head
from scenarios.verify.verdict import stated
from scenarios.writing.files import write_json, write_text

HOME = Path(__file__).parent / "known"
DEFAULTS = Options.model_validate({})
BETTER = 1e-7  # a value or bound counts as better from here on: a hundred-thousandth of a point


@dataclass(frozen=True)
class Known:
    """fingerprint: of the district. status_quo, value, bound: disparity as a fraction. race_status_quo, race: racial
    dissimilarity of today's zones and of the best plan. found, proved: by what, and when."""

    fingerprint: str
    status_quo: float
    race_status_quo: float
    value: float
    race: float
    bound: float
    found: str
    proved: str

    @property
    def gap(self) -> float:
        return (self.value - self.bound) / self.value if self.value > 0 else 0.0


@dataclass(frozen=True)
class Shelf:
    """The folder that holds what is known."""

    home: Path = HOME

    def known(self) -> dict[str, Known]:
        file = self.home / "instances.json"
        rows = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        return {name: Known(**row) for name, row in rows.items()}

    def keep(self, instance: Instance, known: Known) -> None:
        rows = self.known() | {instance.name: known}
        order = [instance.name for instance in INSTANCES if instance.name in rows]
        write_json(self.home / "instances.json", {name: asdict(rows[name]) for name in order})

    def plan_file(self, instance: Instance) -> Path:
        return self.home / f"{instance.name}.csv"

    def plan(self, instance: Instance) -> Plan:
        return read_plan(self.plan_file(instance), instance.district())

    def certificate(self, instance: Instance) -> dict[str, Any]:
        return json.loads(gzip.decompress((self.home / f"{instance.name}.certificate.json.gz").read_bytes()))

    def keep_plan(self, instance: Instance, plan: Plan) -> None:
        write_text(self.plan_file(instance), plan_csv(plan))

    def keep_certificate(self, instance: Instance, text: str) -> None:
        packed = gzip.compress(text.encode(), mtime=0)
        (self.home / f"{instance.name}.certificate.json.gz").write_bytes(packed)

    def district(self, instance: Instance) -> District:
        """The instance's district. Raises InputError where this machine makes another one than the library's."""
        district, known = instance.district(), self.known().get(instance.name)
        if known is not None and fingerprint(district) != known.fingerprint:
            problem = f"{instance.name} comes out otherwise than in the library"
            mend = "Install the versions of requirements-dev.txt, and report it if that does not help"
            raise InputError(Fault("instance", problem, mend))
        return district


def judge(district: District, plan: Plan) -> tuple[bool, float]:
    """Whether the plan is valid under the default limits, and its disparity."""
    return is_valid(breaches(plan, DEFAULT_RULES)), Disparity().value(plan)


def race(plan: Plan) -> float:
    """Racial dissimilarity, which stands beside every disparity."""
    return float(measure(plan)[RACE] or 0.0)


def certificate_of(
    district: District, plan: Plan, proof: Certificate | None, inputs: Mapping[str, str] | None = None
) -> str:
    """The text of a certificate. inputs: none in the library, whose districts are known by their fingerprints."""
    return certificate_text(
        proof,
        district=district.name,
        objective="disparity",
        limits=limits_in_force(DEFAULTS, district.travel.unit),
        rules=[],
        inputs=inputs or {},
        plan=plan_csv(plan).encode(),
    )


def proved(district: District, document: dict[str, Any], name: str) -> float:
    """The bound that a certificate proves for the district under the default limits, whatever it claims. One that means
    the older default minimum will do where that is the same at every school. Raises InputError where it cannot be read,
    or is about another district or question."""
    head = read_head(document, name)
    if head.district != district.name:
        mend = f"Give a certificate of {district.name}, or name its own instance with --instance"
        raise InputError(Fault(name, f"is for another district, '{head.district}'", mend))
    case = Case.of(district, DEFAULTS, [], "disparity", name)
    if (
        limits_in_force(head.limits, "m") != limits_in_force(DEFAULTS, "m")
        or replace(case, minimum=head.minimum).sizes.low != case.sizes.low
        or head.rules
        or head.objective != "disparity"
    ):
        raise InputError(Fault(name, "is for other limits, rules or another objective", "Prove the default question"))
    return proved_bound(*stated(case, document, name, head.form)).bound
