"""`rezone export`: what of runs goes into which files, with where it comes from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from optimizer.measures import Measures, Place, up_to
from optimizer.plan import Plan
from scenarios.asking.options import MINIMUM_KEY
from scenarios.exports.layers import block_frame, layer_name, write_layers, zone_frame
from scenarios.exports.runs import Run
from scenarios.exports.tables import measures_frame, tables_of
from scenarios.paper.sheets import write_workbook
from scenarios.version import rezone_version

WARNING = "Holds small counts of children: for planning only, not to be published (see rezone publish)"


def write_export(out: Path, runs: Sequence[Run], formats: Sequence[str]) -> list[Path]:
    """plans.gpkg, plans-*.geojson, plans-*.shp.zip and plans.xlsx, as far as `formats` has them."""
    docs = {run.name: run.doc for run in runs}
    plans = {run.name: run.plan for run in runs}
    about = {"warning": WARNING, **provenance(runs)}
    layers = {"zones_status_quo": zone_frame(_today(runs), runs[0].doc.by_school.status_quo, scores(runs[0].doc.today))}
    for run in runs:
        name = layer_name(run.name)
        layers[f"zones_{name}"] = zone_frame(run.plan, run.doc.by_school.plan, scores(run.doc.measures))
        layers[f"blocks_{name}"] = block_frame(run.plan)
    paths = write_layers(out, "plans", layers, {"scores": measures_frame(docs)}, about, formats)
    if "xlsx" in formats:
        paths.append(out / "plans.xlsx")
        write_workbook(paths[-1], tables_of(docs, plans), about=about)
    return paths


def _today(runs: Sequence[Run]) -> Plan:
    plan = runs[0].plan
    return Plan.today(plan.district)


def scored() -> tuple[str, ...]:
    """The measures of the layers of zones."""
    return tuple(name for name in up_to(Place.COMPARED) if name != "utilisation_max")


def scores(measures: Measures) -> dict[str, float | None]:
    """The main ones of a plan or of today's zones, as columns."""
    return {f"plan_{name.replace('.', '_')}": measures.get(name) for name in scored()}


def provenance(runs: Sequence[Run]) -> dict[str, str]:
    """Where the figures come from."""
    first = runs[0].doc.summary
    found = {"district": first.district, "program": f"rezone {rezone_version()}"}
    for run in runs:
        summary = run.doc.summary
        plan = run.file.read_bytes()
        known = vars(summary.limits) | {MINIMUM_KEY: summary.limits.minimum}
        limits = ", ".join(f"{key} {value}" for key, value in known.items())
        found[f"plan {run.name}"] = (
            f"objective {summary.objective}, status {summary.status}, seed {summary.seed}, made by rezone "
            f"{summary.version}; limits: {limits}; {len(summary.rules)} further rules; SHA-256 of the plan "
            f"{hashlib.sha256(plan).hexdigest()}"
        )
    found["units"] = f"shares are fractions from 0 to 1; travel in {runs[0].doc.travel_unit}"
    return found
