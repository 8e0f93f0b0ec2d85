"""The certificate of a plan that was found from Python: what `rezone optimize` writes by itself."""

from __future__ import annotations

from pathlib import Path

from optimizer.errors import Fault, InputError
from optimizer.result import Result
from scenarios.answer.certificate import write_certificate
from scenarios.answer.summary import objective_spec
from scenarios.asking.options import limits_in_force
from scenarios.asking.question import order_limits, settings_of
from scenarios.folder import read_district
from scenarios.plans.file import plan_csv


def certify(result: Result, folder: str | Path, plan: str | Path, out: str | Path) -> None:
    """Write the proof of the result's bound to `out`, for `rezone verify`.

    folder: of the district that was read. plan: the file that `write_plan` wrote the result's plan to. Without a proof
    the certificate claims 0. Raises InputError where there is no valid plan, where the file holds another one, or where
    the rules are none that results state (`settings_of`).
    """
    if not result.valid:
        mend = "Relax a limit: rezone explain says which"
        raise InputError(Fault("result", "holds no valid plan, so there is nothing to certify", mend))
    settings = settings_of(result)
    text = plan_csv(result.plan).encode()
    if not Path(plan).is_file() or Path(plan).read_bytes() != text:
        mend = "Write it with write_plan(path, result.plan)"
        raise InputError(Fault(str(plan), "is not the file of the result's plan", mend))
    district = result.district
    write_certificate(
        Path(out),
        result.certificate,
        district=district.name,
        objective=objective_spec(result.objective),
        limits=limits_in_force(settings.options, district.travel.unit, settings.default_minimum),
        rules=[*settings.rules, *order_limits(result)],
        inputs=district.inputs or read_district(folder).inputs,
        plan=text,
    )
