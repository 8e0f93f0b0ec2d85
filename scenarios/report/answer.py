"""What the report says in sentences: the answer, and what is certain."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from markupsafe import Markup

from scenarios.report.words import Words

Doc = Mapping[str, Any]


def sentences(doc: Doc, t: Words) -> list[Markup]:
    """Three: what the plan does to poverty exposure and, beside it, to race; to whom; how sure that is."""
    return [_effect(doc, t), _people(doc, t), _standing(doc["summary"], t)]


def _effect(doc: Doc, t: Words) -> Markup:
    now, before = doc["summary"]["measures"], doc["summary"]["measures_status_quo"]
    parts = []
    shown = now["disparity"] is not None and before["disparity"] is not None
    if not shown and doc["has_poverty"]:
        parts.append(t("disparity_unknown"))
    elif not shown:
        travel = partial(t.figures.travel, unit=doc["travel_unit"])
        parts.append(t("travel_answer", before=travel(before["travel_mean"]), after=travel(now["travel_mean"])))
    else:
        kind = "disparity" if doc["groups"] else "disparity_poor"
        parts.append(_turn(t, kind, before["disparity"], now["disparity"], partial(t.figures.points, digits=1)))
    if now.get("dissimilarity.race") is not None and before.get("dissimilarity.race") is not None:
        parts.append(_turn(t, "race", before["dissimilarity.race"], now["dissimilarity.race"], t.figures.index))
    return t("two", one=parts[0], two=parts[1]) if len(parts) == 2 else t("one", one=parts[0])


def _people(doc: Doc, t: Words) -> Markup:
    share, measures = doc["summary"]["moved_share"], doc["summary"]
    if share == 0:
        return t("nobody_moves")
    travel = partial(t.figures.travel, unit=doc["travel_unit"])
    before, after = (travel(measures[key]["travel_mean"]) for key in ("measures_status_quo", "measures"))
    return t.count(
        "moved_stays" if before == after else "moved_answer",
        None if share is None or doc["students"] is None else share * doc["students"],
        share=t.figures.percent(share),
        before=before,
        after=after,
    )


def _standing(summary: Mapping[str, Any], t: Words) -> Markup:
    return t("two", one=limits_kept(summary, t), two=certainty(summary, t))


def limits_kept(summary: Mapping[str, Any], t: Words) -> Markup:
    """Whether the limits hold."""
    rows = summary["broken_limits"]
    if not summary["valid"]:
        return t.count("not_valid", sum(not row["inherited"] for row in rows))
    return t.count("holds_inherited", len(rows)) if rows else t("holds_all")


def certainty(summary: Mapping[str, Any], t: Words) -> Markup:
    """How much better another plan could be, as far as that is proved. Rounded against the plan."""
    if summary["proof"] == "solver":
        return t("proved_by_solver")
    if not summary["bound"]:
        return t("bound_unknown")
    gap = t.figures.percent(summary["gap"] + 0.0005)
    if summary["objective"] == "disparity":
        return t("bound_points", bound=t.figures.points(summary["bound"] - 0.00005, digits=2), gap=gap)
    return t("bound_known", objective=objective(summary), bound=f"{summary['bound']:.6g}", gap=gap)


def objective(summary: Mapping[str, Any]) -> str:
    """The objective as its options name it."""
    name = summary["objective"]
    return name if isinstance(name, str) else " + ".join(f"{weight:g} {part}" for part, weight in name.items())


def certain(doc: Doc, t: Words) -> list[Markup]:
    """Sentences on validity, bound and uncertainty of one plan."""
    summary, doubt = doc["summary"], doc.get("uncertainty")
    lines = [_alone(limits_kept(summary, t), t), _alone(certainty(summary, t), t)]
    if summary["bound"] and summary["bound_relaxes"]:
        lines.append(t("bound_relaxes", rules=", ".join(summary["bound_relaxes"])))
    if summary["proof"] == "certificate":
        lines.append(t("proved_by_certificate"))
    lines.append(t("uncertainty", model=doubt["draws_model"]) if doubt else t("no_uncertainty"))
    return lines


def _alone(clause: Markup, t: Words) -> Markup:
    return t("one", one=clause[:1].upper() + clause[1:])


def _turn(t: Words, what: str, before: float, after: float, style: Any) -> Markup:
    shown = {"before": style(before), "after": style(after)}
    turn = "stays" if shown["before"] == shown["after"] else "falls" if after < before else "rises"
    return t(f"{what}_{turn}", **shown)
