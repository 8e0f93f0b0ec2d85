"""From runs to what may be published of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimizer.plan import Plan
from scenarios.exports.runs import Run
from scenarios.publish.agree import tables_of
from scenarios.publish.cells import cells_of, families_of
from scenarios.publish.public import public_docs
from scenarios.publish.suppress import THRESHOLD, Suppression, suppress
from scenarios.reading.records import Document


@dataclass(frozen=True, eq=False)
class Protected:
    """docs: by the plan's name, the public form of report.json. suppression: how it was found; it holds the true
    counts, and is never written."""

    docs: Mapping[str, Document]
    suppression: Suppression


def protect(runs: Sequence[Run], *, threshold: float = THRESHOLD) -> Protected:
    """The runs' reports with None for every figure from which a count under `threshold` could be worked out, also by
    setting tables and plans against each other. All plans of a district that are ever published belong in one call.

    Raises InputError where seats and limits alone give small counts away."""
    plans = [Plan.today(runs[0].plan.district), *(run.plan for run in runs)]
    cells = cells_of(plans, families_of(plans[0].district))
    limits = [run.doc.summary.limits if run.doc.summary.valid else None for run in runs]
    found = suppress(cells, limits, threshold)
    docs = public_docs(runs, found, tables_of(found))
    return Protected(dict(zip((run.name for run in runs), docs, strict=True)), found)
