"""From a plan to numbers: pure functions, one file a family. `measure` gives all of them by FORMAT.md's names."""

from __future__ import annotations

from optimizer.measures.change import moved_share
from optimizer.measures.exposure import disparity, exposure_to_poverty, gaps, racial_exposure, variance, within_band
from optimizer.measures.groups import group_rows
from optimizer.measures.schools import school_rows, utilisation, utilisation_max
from optimizer.measures.segregation import dissimilarity, gini, isolation, tables, theil_h, variance_ratio
from optimizer.measures.shape import cut_edges, detached_pieces
from optimizer.measures.travel import travel_max, travel_mean, travel_p90
from optimizer.plan import Plan

Measures = dict[str, float | None]


def measure(plan: Plan) -> Measures:
    """Every measure of a plan, by name (FORMAT.md, Measures). None where it is not defined, never NaN."""
    return {
        "disparity": disparity(plan),
        "variance": variance(plan),
        **_exposures(plan),
        **_segregation(plan),
        **_dotted("within_band", within_band(plan)),
        **_change_and_travel(plan),
        "utilisation_max": utilisation_max(plan),
        "detached_pieces": detached_pieces(plan),
        "cut_edges": cut_edges(plan),
    }


def _exposures(plan: Plan) -> Measures:
    met = exposure_to_poverty(plan) or dict.fromkeys(plan.district.groups)
    rows = _dotted("exposure_to_poverty", met)
    for group, row in racial_exposure(plan).items():
        rows |= _dotted(f"exposure.{group}", row)
    return rows


def _segregation(plan: Plan) -> Measures:
    rows: Measures = {}
    for name, table in tables(plan).items():
        for index in (dissimilarity, theil_h, gini):
            rows[f"{index.__name__}.{name}"] = None if table is None else index(table)
    return rows | _dotted("isolation", isolation(plan)) | _dotted("variance_ratio", variance_ratio(plan))


def _change_and_travel(plan: Plan) -> Measures:
    district = plan.district
    rows: Measures = {"moved_share": plan.moved_share, "moved_counted": plan.moved_counted}
    rows["travel_mean"] = travel_mean(plan, district.students)
    for k, group in enumerate(district.groups):
        rows[f"moved_share.{group}"] = moved_share(plan, district.group_counts[:, k])
        rows[f"travel_mean.{group}"] = travel_mean(plan, district.group_counts[:, k])
    return rows | {"travel_p90": travel_p90(plan), "travel_max": travel_max(plan)}


def _dotted(name: str, rows: Measures) -> Measures:
    """`name` itself for the key "", and name.key for the others."""
    return {name if key == "" else f"{name}.{key}": value for key, value in rows.items()}


__all__ = [
    "Measures",
    "disparity",
    "exposure_to_poverty",
    "gaps",
    "group_rows",
    "measure",
    "racial_exposure",
    "school_rows",
    "utilisation",
    "variance",
    "within_band",
]
